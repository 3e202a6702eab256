#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lint.sh - cppcheck over lib/ and cli/ and clang-tidy (.clang-tidy) over each of their files; clang-format (.clang-format) over
# everything that is C.
#
#   lint.sh [FILE...]       these files instead of all
#   CPPFLAGS                the flags that the build takes;   LINTERS="clang-format cppcheck clang-tidy": some of them only
#
# A false finding is suppressed on its line, with its reason. Closes with `N passed, N failed`, a file a test.
set -u
: "${PITRIX_SOURCE:?}" "${PITRIX_BUILD:?}"
cd "$PITRIX_SOURCE" || exit 99
linters=${LINTERS:-clang-format cppcheck clang-tidy}
formatted=$*
[ $# -gt 0 ] || formatted=$(find lib cli include tests examples -name '*.[ch]' | LC_ALL=C sort)
[ $# -gt 0 ] || set -- $(find lib cli -name '*.c' | LC_ALL=C sort)
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
export work
here=tests/lint
jobs=$(nproc)

# clang-tidy, one file: what it found, under the file's name.
cat >"$work/tidy" <<'END'
name=$(echo "$1" | tr / _)
if ! clang-tidy --quiet "$@" -- -std=gnu11 $CPPFLAGS >"$work/$name.log" 2>/dev/null; then
	mv "$work/$name.log" "$work/$name.bad"
fi
END

count=$#
for file in "$@"; do
	echo "$file"
done >"$work/files"
case " $linters " in
*' clang-format '*)
	command -v clang-format >/dev/null || { echo "skipped: clang-format is not installed"; exit 77; }
	echo "$formatted" | xargs -P "$jobs" -n 20 clang-format --dry-run -Werror >"$work/format" 2>&1
	grep 'error: code should be clang-formatted' "$work/format" | cut -d: -f1 | LC_ALL=C sort -u |
		tee -a "$work/names" | sed 's/$/: not as clang-format has it/'
	;;
esac
case " $linters " in
*' cppcheck '*)
	command -v cppcheck >/dev/null || { echo "skipped: cppcheck is not installed"; exit 77; }
	# shellcheck disable=SC2086
	cppcheck -q -j "$jobs" --std=c11 --enable=warning,performance,portability --inline-suppr \
		--library="$here/cppcheck.cfg" --suppress=missingIncludeSystem --suppress=unmatchedSuppression \
		--template='{file}:{line}:{column}: {message} [{id}]' $CPPFLAGS "$@" 2>"$work/cppcheck.all"
	grep '\[[A-Za-z]*\]$' "$work/cppcheck.all" | LC_ALL=C sort -u >"$work/cppcheck.found"
	cat "$work/cppcheck.found"
	cut -d: -f1 "$work/cppcheck.found" >>"$work/names"
	;;
esac
case " $linters " in
*' clang-tidy '*)
	command -v clang-tidy >/dev/null || { echo "skipped: clang-tidy is not installed"; exit 77; }
	xargs -P "$jobs" -n 1 sh "$work/tidy" <"$work/files"
	for bad in "$work"/*.bad; do
		[ -f "$bad" ] || continue
		sed "s,$PITRIX_SOURCE/,," "$bad"
		grep -o '^[^ :]*:[0-9]*:[0-9]*: error' "$bad" | sed "s,$PITRIX_SOURCE/,,; s,:.*,," >>"$work/names"
		# Broken without a place: the file could not be read as C.
		grep -q ': error' "$bad" || echo "${bad##*/}" >>"$work/names"
	done
	;;
esac
failed=0
[ ! -s "$work/names" ] || failed=$(LC_ALL=C sort -u "$work/names" | wc -l)
passed=$((count - failed))
[ $passed -ge 0 ] || passed=0
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
