/* SPDX-License-Identifier: Apache-2.0 */
/* process.h - what the system says of a process. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <sys/types.h>

/* A row of /proc/PID/status in KiB ("VmRSS"); -1: there is none. */
long process_kib(pid_t pid, const char *name);
/* Processor time, user's and system's; -1: unknown. */
double process_cpu_s(pid_t pid);

#endif
