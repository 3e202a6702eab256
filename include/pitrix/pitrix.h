/* SPDX-License-Identifier: Apache-2.0 */
/* pitrix.h - all of the library's public headers. */
#ifndef PITRIX_PITRIX_H
#define PITRIX_PITRIX_H

#include <pitrix/buf.h>
#include <pitrix/chart.h>
#include <pitrix/cluster.h>
#include <pitrix/codec.h>
#include <pitrix/context.h>
#include <pitrix/doctor.h>
#include <pitrix/error.h>
#include <pitrix/job.h>
#include <pitrix/package.h>
#include <pitrix/plan.h>
#include <pitrix/repo.h>
#include <pitrix/runtime.h>
#include <pitrix/schema.h>
#include <pitrix/store.h>
#include <pitrix/template.h>
#include <pitrix/types.h>
#include <pitrix/value.h>
#include <pitrix/version.h>

#endif
