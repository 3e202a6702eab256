#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check-valgrind.sh - the unit tests, the agent's among them, and the program's tests under valgrind's memcheck: errors and blocks that nothing
# points at any more. The unit tests run a suite at a time in one process (CK_FORK=no), so that what they leave is seen.
set -u
: "${PITRIX_SOURCE:?}" "${PITRIX_BUILD:?}"
command -v valgrind >/dev/null || { echo "skipped: valgrind is not installed"; exit 77; }
cd "$PITRIX_BUILD" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
suppressions=$PITRIX_SOURCE/tests/valgrind/suppressions
under="valgrind -q --error-exitcode=97 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
	--num-callers=24 --suppressions=$suppressions"
passed=0 failed=0

# verdict NAME STATUS LOG
verdict() {
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok: $1: status $2"
		tail -n 60 "$3"
	fi
}

for suite in ${VALGRIND_SUITES-$(sed -n 's/^\tSUITE(\([a-z0-9_]*\)).*/\1/p' "$PITRIX_SOURCE/tests/unit/suites.h")}; do
	# shellcheck disable=SC2086
	CK_FORK=no ./libtool --mode=execute $under ./tests/unit/unit "$suite" >"$work/log" 2>&1
	verdict "unit $suite" $? "$work/log"
done
for program in ${VALGRIND_AGENT-tests/agent/unit tests/agent/units}; do
	# shellcheck disable=SC2086
	CK_FORK=no ./libtool --mode=execute $under "./$program" >"$work/log" 2>&1
	verdict "$program" $? "$work/log"
done
for file in ${VALGRIND_BATS-"$PITRIX_SOURCE"/tests/cli/*.bats}; do
	PITRIX_UNDER="$under --log-file=$work/vg.%p" bats --tap "$file" >"$work/log" 2>&1
	status=$?
	# What a test does not look at, the exit status of a run, valgrind's own log tells.
	cat "$work"/vg.* >>"$work/log" 2>/dev/null
	[ -z "$(cat "$work"/vg.* 2>/dev/null)" ] || status=97
	verdict "${file##*/}" $status "$work/log"
	rm -f "$work"/vg.*
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
