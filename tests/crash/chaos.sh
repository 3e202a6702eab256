#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# chaos.sh - a cluster's whole life with a proxy between pitrix and the engine that spoils one changing call after the other: its
# answer lost, the request lost, sent twice, a 500 instead, a hang. pitrix goes on by `job resume` where a command fails;
# after each operation what the engine has is counted, as sweep does.
#
#   chaos.sh            the fault of the day at every call
#   chaos.sh --all      every fault at every call
#
# The proxy is chaos of PITRIX_LIVE (default ../shared/live beside the source); without it, skipped.

here=$(dirname "$(readlink -f "$0")")
PITRIX_SOURCE=${PITRIX_SOURCE:-$here/../..} PITRIX_BUILD=${PITRIX_BUILD:-.}
export PITRIX_SOURCE PITRIX_BUILD
. "$here/../e2e/tree.sh"
live=${PITRIX_LIVE:-$tree_source/../shared/live}
if [ ! -x "$live/chaos/chaos.sh" ]; then
	echo "chaos.sh: skipped: no chaos in $live (PITRIX_LIVE)"
	exit 77
fi
hang='{"action":"hang","ms":300}'
error='{"action":"status","status":500}'

case ${1-} in
--inside)
	shift
	PITRIX_ENGINE=unix:$work/chaos.sock
	export PITRIX_ENGINE
	exec "$live/chaos/chaos.sh" sweep --upstream "unix:$PITRIX_ENGINE_SOCKET" --listen "unix:$work/chaos.sock" \
		--match '^(POST|PUT|DELETE|PATCH) ' "$@" python3 "$here/sweep" once
	;;
--all)
	set -- --fault lose-answer --fault lose-request --fault duplicate --fault "$error" --fault "$hang"
	;;
*)
	case $(($(date +%s) / 86400 % 5)) in
	0) set -- --fault lose-answer ;;
	1) set -- --fault lose-request ;;
	2) set -- --fault duplicate ;;
	3) set -- --fault "$error" ;;
	*) set -- --fault "$hang" ;;
	esac
	;;
esac
command -v python3 >/dev/null || { echo "chaos.sh: skipped: needs python3"; exit 77; }
sh "$here/../e2e/engine.sh" check || exit 77
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pitrix-tests
tree_images "$cache"
tree_use
work=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-chaos.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export work
nice sh "$here/../e2e/engine.sh" --store "${CRASH_STORE:-$cache/engine}" run sh "$0" --inside "$@"
