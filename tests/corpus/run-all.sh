#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the programs named, one for each corpus, and adds up their closing lines. Status 1 when any row failed.
#     PITRIX_CORPUS=DIR  another folder of corpora      V=1  with the differences
set -u
passed=0 failed=0 status=0
log=$(mktemp) || exit 99
trap 'rm -f "$log"' EXIT
for program in "$@"; do
	"./$program" >"$log" 2>&1
	got=$?
	cat "$log"
	[ "$got" -eq 77 ] && continue
	[ "$got" -eq 0 ] || status=1
	closing=$(sed -n 's/^[a-z-]*: \([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' "$log" | tail -n 1)
	if [ -z "$closing" ]; then
		echo "$program: ended with status $got and no closing line"
		closing="0 1" status=1
	fi
	passed=$((passed + ${closing% *})) failed=$((failed + ${closing#* }))
done
echo "$passed passed, $failed failed"
exit $status
