#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# crash.sh - kills pitrix everywhere, see sweep. In sandboxes with an engine of their own, CRASH_JOBS of them side by side (one
# for each processor): each takes its share of the points.
#
#   crash.sh            all points of a one-node cluster, an eighth (by date) of a three-node one's, 30 random times
#   crash.sh --full     all points of both, 60 random times
#   crash.sh ARG...     sweep ARG..., in one sandbox
#
# CRASH_SECONDS bounds it (0: nothing does). Points that were left out are counted, and others come first tomorrow. The images
# are kept in ${XDG_CACHE_HOME:-~/.cache}/pitrix-tests, so that only the first run makes them.

here=$(dirname "$(readlink -f "$0")")
PITRIX_SOURCE=${PITRIX_SOURCE:-$here/../..} PITRIX_BUILD=${PITRIX_BUILD:-.}
export PITRIX_SOURCE PITRIX_BUILD
. "$here/../e2e/tree.sh"

# In a sandbox: its share of one node's points and of three nodes'.
share() {
	part=$1 parts=$2 of_three=$3 random=$4
	rc=0
	CRASH_SECONDS=$((seconds * 5 / 8)) python3 "$here/sweep" --share "$part/$parts" --random $((random * 3 / 4 / parts)) || rc=1
	# every parts-th of those that are numbered eighth + of_three * n
	CRASH_SECONDS=$((seconds * 3 / 8)) python3 "$here/sweep" --nodes 3 --share "$((eighth + of_three * part))/$((of_three * parts))" \
		--random $((random / 4 / parts)) || rc=1
	return $rc
}

# What the sweeps of all sandboxes said, and their sum. Points are counted by each of them.
sum_up() {
	awk -v sweeps=$((2 * jobs)) '
		/^points /{gsub(",", ""); for (i = 2; i <= 10; i += 2) t[i] += $i; n++}
		/^[0-9]+ passed, /{p += $1; f += $3}
		END {
			printf "both: points %d, run %d, leaked %d, doubled %d, failed %d\n", 2 * t[2] / sweeps, t[4], t[6], t[8], t[10]
			printf "%d passed, %d failed\n", p, f
			exit n != sweeps || f > 0 || p == 0
		}' "$@"
}

sandbox() { # NUMBER ARG... - this script again, inside
	number=$1
	shift
	exec nice sh "$here/../e2e/engine.sh" --store "${CRASH_STORE:-$cache/engine}$number" run sh "$0" --inside "$@"
}

if [ "${1-}" = --inside ]; then
	shift
	if [ "$1" = --share ]; then
		shift
		share "$@"
		exit
	fi
	exec python3 "$here/sweep" "$@"
fi

seconds=${CRASH_SECONDS:-0}
eighth=$(($(date +%s) / 86400 % 8))
export seconds eighth
command -v python3 >/dev/null || { echo "crash.sh: skipped: needs python3"; exit 77; }
sh "$here/../e2e/engine.sh" check || exit 77
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pitrix-tests
tree_images "$cache"
tree_use
[ -e "$POINTS" ] || { echo "crash.sh: no $POINTS: make check-crash builds it"; exit 1; }
case ${1-} in
'') of_three=8 random=30 ;;
--full) of_three=1 random=60 eighth=0 ;;
*) sandbox '' "$@" ;;
esac
jobs=${CRASH_JOBS:-$(nproc)}
log=$(mktemp -d) || exit 1
# What a sandbox holds ends with it; the next one clears up behind it.
trap 'kill -KILL $children 2>/dev/null; wait; rm -rf "$log"' EXIT
trap 'exit 130' INT TERM
children=
n=0
while [ $n -lt "$jobs" ]; do
	(sandbox "-$n" --share $n "$jobs" $of_three $random) >"$log/$n" 2>&1 &
	children="$children $!"
	n=$((n + 1))
done
# shellcheck disable=SC2086
wait $children
children=
cat "$log"/*
sum_up "$log"/*
