#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# crash.sh - kills pitrix everywhere, see sweep. In a sandbox with an engine of its own.
#
#   crash.sh            all points of a one-node cluster, an eighth (by date) of a three-node one's, 30 random times
#   crash.sh --full     all points of both, 60 random times
#   crash.sh ARG...     sweep ARG...
#
# CRASH_SECONDS bounds it (480; with --full: nothing does). Points that were left out are counted, and others come first
# tomorrow. The images are kept in ${XDG_CACHE_HOME:-~/.cache}/pitrix-tests, so that only the first run makes them.

here=$(dirname "$(readlink -f "$0")")
PITRIX_SOURCE=${PITRIX_SOURCE:-$here/../..} PITRIX_BUILD=${PITRIX_BUILD:-.}
export PITRIX_SOURCE PITRIX_BUILD
. "$here/../e2e/tree.sh"

# Two sweeps, one sum.
both() {
	one=$1 three=$2 eighth=$3
	log=$(mktemp) || exit 1
	CRASH_SECONDS=$one python3 "$here/sweep" --random "$4" | tee "$log.1"
	CRASH_SECONDS=$three python3 "$here/sweep" --nodes 3 --share "$eighth" --random "$5" | tee "$log.2"
	cat "$log.1" "$log.2" >"$log"
	rm -f "$log.1" "$log.2"
	awk '/^points /{gsub(",", ""); for (i = 2; i <= 10; i += 2) t[i] += $i; n++}
		/^[0-9]+ passed, /{p += $1; f += $3}
		END {
			printf "both: points %d, run %d, leaked %d, doubled %d, failed %d\n", t[2], t[4], t[6], t[8], t[10]
			printf "%d passed, %d failed\n", p, f
			exit n != 2 || f > 0 || p == 0
		}' "$log"
	rc=$?
	rm -f "$log"
	return $rc
}

if [ "${1-}" = --inside ]; then
	shift
	case ${1-} in
	'') both $((seconds * 5 / 8)) $((seconds * 3 / 8)) "$(($(date +%s) / 86400 % 8))/8" 22 8 ;;
	--full) both 0 0 0/1 30 30 ;;
	*) exec python3 "$here/sweep" "$@" ;;
	esac
	exit
fi

seconds=${CRASH_SECONDS:-480}
export seconds
command -v python3 >/dev/null || { echo "crash.sh: skipped: needs python3"; exit 77; }
sh "$here/../e2e/engine.sh" check || exit 77
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pitrix-tests
tree_images "$cache"
tree_use
[ -e "$POINTS" ] || { echo "crash.sh: no $POINTS: make check-crash builds it"; exit 1; }
exec nice sh "$here/../e2e/engine.sh" --store "${CRASH_STORE:-$cache/engine}" run sh "$0" --inside "$@"
