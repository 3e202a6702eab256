#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check-tsan.sh - builds for ThreadSanitizer in PITRIX_BUILD/tsan (with TSAN_TARGETS) and runs the test programs named. Reports of all
# processes count, of the agents too that the tests start and whose words go elsewhere. TSAN_SUITE: one unit suite only.
set -u
: "${PITRIX_SOURCE:?}" "${PITRIX_BUILD:?}"
build=$PITRIX_BUILD/tsan
mkdir -p "$build" && cd "$build" || exit 99
if [ ! -f Makefile ]; then
	"$PITRIX_SOURCE/configure" --enable-sanitizers=thread --disable-static-library >configure.out 2>&1 ||
		{ tail -n 20 configure.out; exit 1; }
fi
# shellcheck disable=SC2086
{ make -s -j"$(nproc)" all && make -s -j"$(nproc)" "$@" ${TSAN_TARGETS-}; } >make.out 2>&1 || { tail -n 20 make.out; exit 1; }

PITRIX_BUILD=$build PITRIX_MODULES=$build/.libs CK_TIMEOUT_MULTIPLIER=${CK_TIMEOUT_MULTIPLIER:-10}
export PITRIX_BUILD PITRIX_MODULES CK_TIMEOUT_MULTIPLIER
reports=$(mktemp -d) || exit 99
trap 'rm -rf "$reports"' EXIT
TSAN_OPTIONS="exitcode=66 second_deadlock_stack=1 log_path=$reports/tsan"
export TSAN_OPTIONS
passed=0 failed=0

for program; do
	case $program in
	*/unit/unit) set -- "./$program" ${TSAN_SUITE-} ;;
	*/engine) set -- "./$program" 2000 100 ;; # a job of that many tasks, so many at once
	*) set -- "./$program" ;;
	esac
	"$@" >"$program.tsan.log" 2>&1
	status=$?
	cat "$reports"/tsan.* >>"$program.tsan.log" 2>/dev/null && status=66
	rm -f "$reports"/tsan.*
	if [ $status -eq 77 ]; then
		echo "skipped: $program: $(grep -i skip "$program.tsan.log" | head -n 1)"
	elif [ $status -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok: $program: status $status"
		tail -n 60 "$program.tsan.log"
	fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
