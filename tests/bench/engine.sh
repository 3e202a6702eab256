#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the engine itself costs. Goals: linear; 10,000 tasks in 0.5 s of CPU and 3 s.
set -u
cd "${PITRIX_BUILD:?}" || exit
echo "jobs of tasks that do nothing, through the provider table and the real store"
./tests/bench/engine
