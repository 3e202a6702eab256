#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docker-chaos.sh - a life of an instance through a proxy that spoils one changing call after the other: its answer lost, the
# request lost, sent twice, a 500 instead, a hang. Whatever happens, nothing may be missing, doubled or left.
# `docker-chaos.sh --all` tries every fault at every call (2 to 3 minutes); without it the fault of the day.
# The proxy is chaos of PITRIX_LIVE (default ../shared/live beside the source); without it, skipped.

here=$(dirname "$(readlink -f "$0")")
live=${PITRIX_LIVE:-${PITRIX_SOURCE:-$here/../..}/../shared/live}
if [ ! -x "$live/chaos/chaos.sh" ]; then
	echo "docker-chaos.sh: skipped: no chaos in $live (PITRIX_LIVE)"
	exit 77
fi
hang='{"action":"hang","ms":200}'
error='{"action":"status","status":500}'
case ${1-} in
--inside)
	shift
	exec "$live/chaos/chaos.sh" sweep --upstream "unix:$PITRIX_ENGINE_SOCKET" --listen "unix:$WORK/chaos.sock" \
		--match '^(POST|PUT|DELETE|PATCH) ' "$@" "${PITRIX_BUILD:-.}/tests/e2e/test_docker" life
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
WORK=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-chaos.XXXXXX") || exit 1
trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM
export WORK PITRIX_HOME="$WORK/home" XDG_CACHE_HOME="$WORK/cache" PITRIX_ADDRESSES="$WORK/addresses"
sh "$here/engine.sh" run sh "$0" --inside "$@"
