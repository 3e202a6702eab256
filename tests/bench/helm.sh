#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What charts cost, beside the real Helm in the same run: CPU time and peak memory of whole processes. Goals: a tenth of each.
# The charts are the corpus' (PITRIX_CORPUS) and, the tiny one, made here.
set -u
here=$(dirname "$(readlink -f "$0")")
build=${PITRIX_BUILD:?} source=${PITRIX_SOURCE:?}
corpus=${PITRIX_CORPUS:-$source/../shared/corpus}/helm
# One chart makes keys, at random: the median of ten runs of it differs by a fifth from the next, that of 30 by a tenth.
runs=${BENCH_RUNS:-30}
. "$here/../peer/peers.sh"
peer_pitrix
helm=$(peer_helm) || { echo "skipped: $helm"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
HOME=$work KUBECONFIG=/dev/null TZ=UTC
export HOME KUBECONFIG TZ

# bench NAME WORD...: the same command line of both
bench() {
	name=$1
	shift
	theirs=$("$build/tests/bench/measure" -q "$runs" "$helm" "$@") || { echo "$name: helm failed"; return; }
	ours=$("$build/tests/bench/measure" -q "$((runs * 4))" "$PITRIX" helm "$@") || { echo "$name: pitrix failed"; return; }
	echo "$theirs $ours" | awk -v name="$name" '{
		printf "%-34s helm %8.1f ms %6.1f MB   pitrix %7.2f ms %5.1f MB   CPU 1/%.0f (goal 1/10: %s), memory 1/%.1f (goal 1/10: %s)\n",
			name, $2, $3 / 1024, $5, $6 / 1024, $2 / $5, ($2 >= 10 * $5 ? "met" : "missed"), $3 / $6, ($3 >= 10 * $6 ? "met" : "missed")
	}'
}

"$helm" create "$work/tiny" >/dev/null 2>&1 || exit 1
echo "whole processes: median CPU time and peak memory, $runs runs of Helm and $((runs * 4)) of pitrix"
bench "template, tiny" template demo "$work/tiny"
bench "lint, tiny" lint "$work/tiny"
bench "package, tiny" package -d "$work" "$work/tiny"
[ -d "$corpus" ] || { echo "the other charts are not measured: no corpus in $corpus"; exit 0; }
# Of those that render with their own values: ten around the middle by size, and the largest.
# shellcheck disable=SC2012
ls -rS "$corpus"/*/chart.tgz | while read -r chart; do
	[ ! -e "${chart%/chart.tgz}/default/expected.err" ] && echo "$chart"
done >"$work/by-size"
count=$(wc -l <"$work/by-size")
for chart in $(sed -n "$((count / 2 - 4)),$((count / 2 + 5))p" "$work/by-size") $(tail -n 1 "$work/by-size"); do
	chart_name=$(basename "$(dirname "$chart")")
	bench "template, $chart_name" template demo "$chart"
done
bench "lint, $chart_name" lint "$chart"
