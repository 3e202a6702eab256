#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What short commands cost. Goals: 3 ms of CPU and 6 MB of memory each; they are printed, never enforced.
set -u
build=${PITRIX_BUILD:?} source=${PITRIX_SOURCE:?}
runs=${BENCH_RUNS:-200}
program=$build/pitrix
if [ -x "$build/.libs/pitrix" ]; then
	program=$build/.libs/pitrix
	LD_LIBRARY_PATH=$build/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	export LD_LIBRARY_PATH
fi
PITRIX_HOME=$(mktemp -d) || exit 1
export PITRIX_HOME
trap 'rm -rf "$PITRIX_HOME"' EXIT

bench()
{
	name=$1
	shift
	figures=$("$build/tests/bench/measure" -q "$runs" "$program" "$@") || { echo "$name: failed"; return; }
	# shellcheck disable=SC2086
	set -- $figures
	awk -v name="$name" -v least="$1" -v median="$2" -v kib="$3" 'BEGIN {
		printf "%-22s CPU min %5.2f ms, median %5.2f ms (goal 3: %s), peak %5.2f MB (goal 6: %s)\n", name, least,
			median, median <= 3 ? "met" : "missed", kib / 1024, kib / 1024 <= 6 ? "met" : "missed"
	}'
}

echo "short commands, $runs runs each"
bench "version" version
bench "--help" --help
bench "__complete" __complete version --co
bench "lint" lint "$source/examples/zookeeper"
bench "render" render "$source/examples/zookeeper"
seed=$source/../shared/seed-zookeeper
if [ -d "$seed" ]; then
	bench "lint (seed)" lint "$seed"
	bench "render (seed)" render "$seed"
fi
