#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the program of each corpus and the scripts beside this one, and adds up their closing lines, `NAME: N passed, N failed`.
# Status 1 when any row failed, 77 when no corpus is there at all.
#
#     run-all.sh [PROGRAM...]      programs in the build's folder; default: those of CORPUS_PROGRAMS
#     PITRIX_CORPUS=DIR            another folder of corpora      V=1  with the differences
set -u
here=$(cd "$(dirname "$0")" && pwd)
: "${PITRIX_SOURCE:?}" "${PITRIX_BUILD:?}"
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- ${CORPUS_PROGRAMS-}
passed=0 failed=0 status=0 ran=0 missing=
log=$(mktemp) || exit 99
trap 'rm -f "$log"' EXIT

# one NAME COMMAND...
one() {
	name=$1
	shift
	"$@" >"$log" 2>&1
	got=$?
	cat "$log"
	if [ "$got" -eq 77 ]; then
		missing="$missing $name"
		return
	fi
	sums=$(sed -n 's/^[a-z][a-z -]*: \([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' "$log" |
		awk '{ p += $1; f += $2 } END { if (NR) print p, f }')
	if [ -z "$sums" ]; then
		echo "$name: ended with status $got and no closing line"
		sums="0 1"
	elif [ "$got" -ne 0 ] && [ "${sums#* }" -eq 0 ]; then
		echo "$name: ended with status $got"
		sums="${sums% *} 1"
	fi
	ran=1
	passed=$((passed + ${sums% *})) failed=$((failed + ${sums#* }))
}

for program in "$@"; do
	one "$(basename "$program" | sed 's/^corpus_//')" "$PITRIX_BUILD/$program"
done
one values sh "$here/values.sh"
one charts sh "$here/charts.sh"

[ -z "$missing" ] || echo "corpora that are not there:$missing (in ${PITRIX_CORPUS:-$PITRIX_SOURCE/../shared/corpus})"
[ $ran = 1 ] || exit 77
[ "$failed" -eq 0 ] || status=1
echo "$passed passed, $failed failed"
exit $status
