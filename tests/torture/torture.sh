#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# torture.sh - torture.c over the packages of the tree.
here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "${PITRIX_SOURCE:-$here/../..}")
"${PITRIX_BUILD:-.}/tests/torture/torture" "$source/examples/zookeeper" "$source/tests/e2e/packages/service"
