#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check-live.sh - every comparison with a real peer (peer/*/run.sh), or those that are named. What is skipped says why. The last
# line is `N passed, N failed` over all.
here=$(dirname "$(readlink -f "$0")")
[ $# -gt 0 ] || set -- $(cd "$here" && for run in */run.sh; do echo "${run%/run.sh}"; done)
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
passed=0 failed=0
for peer; do
	echo "== $peer"
	"$here/$peer/run.sh" >"$log" 2>&1
	status=$?
	cat "$log"
	line=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$log" | tail -n 1)
	if [ -n "$line" ]; then
		passed=$((passed + ${line% *})) failed=$((failed + ${line#* }))
		[ $status -eq 0 ] || [ "${line#* }" -gt 0 ] || failed=$((failed + 1))
	elif [ $status -ne 77 ]; then
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
