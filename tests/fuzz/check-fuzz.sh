#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check-fuzz.sh - builds the fuzz targets named for libFuzzer (clang, ASan, UBSan) in PITRIX_BUILD/fuzzers and lets each
# run FUZZ_SECONDS (default 15) from its seeds in tests/fuzz/corpus. What breaks one is kept in fuzzers/found.
set -u
: "${PITRIX_SOURCE:?}" "${PITRIX_BUILD:?}"
seconds=${FUZZ_SECONDS:-15}
build=$PITRIX_BUILD/fuzzers
command -v clang >/dev/null || { echo "skipped: clang is not installed"; exit 77; }

mkdir -p "$build/found" && cd "$build" || exit 99
if [ ! -f Makefile ]; then
	"$PITRIX_SOURCE/configure" CC=clang CXX=clang++ --enable-fuzzers --disable-static-library >configure.out 2>&1 ||
		{ tail -n 20 configure.out; exit 1; }
fi
# shellcheck disable=SC2086
make -s -j"$(nproc)" "$@" $FUZZ_MODULES >make.out 2>&1 || { tail -n 20 make.out; exit 1; }

passed=0 failed=0
for target in "$@"; do
	name=${target##*/fuzz_}
	mkdir -p "corpus/$name"
	# What is found new goes to the first folder; the seeds stay as they are.
	PITRIX_MODULES=$build/.libs "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$build/found/$name-" "corpus/$name" "$PITRIX_SOURCE/tests/fuzz/corpus/$name" \
		>"$name.out" 2>&1
	status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$name.out")
	if [ $status -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
		passed=$((passed + 1))
		echo "$name: $runs runs in $seconds s"
	else
		failed=$((failed + 1))
		echo "not ok: $name: status $status, ${runs:-0} runs"
		grep -v '^#[0-9]' "$name.out" | tail -n 40
	fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
