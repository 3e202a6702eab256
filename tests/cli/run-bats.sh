#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs one .bats file and closes with how many of its tests passed, as all suites do.
set -u
log=$(mktemp) || exit 99
trap 'rm -f "$log"' EXIT
bats --tap "$@" >"$log" 2>&1
status=$?
cat "$log"
ok=$(grep -c '^ok ' "$log")
bad=$(grep -c '^not ok ' "$log")
# A file that cannot be read at all has no test that could fail.
if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
	bad=1
fi
echo "$ok passed, $bad failed"
exit "$status"
