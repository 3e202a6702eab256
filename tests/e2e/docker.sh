#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docker.sh - runs test_docker in a sandbox with an engine of its own.

here=$(dirname "$(readlink -f "$0")")
test=${PITRIX_BUILD:-.}/tests/e2e/test_docker

# One service for all who want one, and it is started again after it was killed.
starting() {
	mkdir -p /run/pitrix && mount -t tmpfs -o mode=700 tmpfs /run/pitrix || return 1
	for sock in /run/podman/podman.sock /var/run/docker.sock; do
		[ ! -e "$sock" ] || { echo "docker.sh: $sock exists; starting an engine is not tried"; return 0; }
	done
	for turn in first second; do
		"$test" start || return 1
		pids=$(pgrep -f '^[^ ]*podman system service .*/run/pitrix/engine.sock$')
		[ "$(echo "$pids" | wc -w)" = 1 ] || { echo "docker.sh: $turn: not one service: $pids"; return 1; }
		kill -KILL "$pids"
		sleep 0.1
	done
}

if [ "${1-}" = --inside ]; then
	"$test" scenario && (unset PITRIX_ENGINE && starting)
	exit
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-docker.XXXXXX") || exit 1
trap 'rm -rf "$work"; rmdir /run/pitrix 2>/dev/null' EXIT
trap 'exit 130' INT TERM
export PITRIX_HOME="$work/home" XDG_CACHE_HOME="$work/cache" PITRIX_ADDRESSES="$work/addresses"
sh "$here/engine.sh" run sh "$0" --inside
