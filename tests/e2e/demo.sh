#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo.sh - the demo as a user runs it, on this machine's own engine: twice, a znode written through one node and read through another,
# stop and start with the data kept, delete, and nothing of it left. Ends with `N passed, N failed`.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
pitrix=$top/build/demo/inst/bin/pitrix
name=demo-$$
passed=0 failed=0

check() { # check TEXT COMMAND...
	text=$1
	shift
	if "$@" >"$top/build/demo.out" 2>&1; then
		passed=$((passed + 1))
		echo "ok: $text"
	else
		failed=$((failed + 1))
		echo "not ok: $text"
		tail -n 15 "$top/build/demo.out" | sed 's/^/    /'
	fi
}

clients() {
	"$pitrix" cluster show "$name" -o json | jq -r '.nodes[].endpoints[] | select(.name == "client") | .address'
}

# reads ADDRESS TEXT: the znode holds TEXT, within 30 s (an election may be going on).
reads() {
	tries=30
	until [ "$("$top/tests/e2e/znode.py" "$1" get /demo 2>&1)" = "$2" ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 1
	done
}

# All processes of the cluster's machines and of the Frontgate, with what watches them: as at the end of a user's last login.
end_all() {
	for container in $(podman ps -q --filter "name=^$name-" --filter "name=^default-frontgate-"); do
		# shellcheck disable=SC2046
		kill -KILL $(podman inspect --format '{{.State.ConmonPid}} {{.State.Pid}}' "$container") || return 1
	done
}

nothing_left() {
	[ -z "$("$pitrix" cluster list -o name | grep -x "$name")" ] &&
		[ -z "$(find "${PITRIX_HOME:-$HOME/.local/state/pitrix}/instances" -mindepth 1 -name "$name-*" 2>/dev/null)" ] &&
		! pgrep -f "QuorumPeerMain.*$name" >/dev/null
}

mkdir -p "$top/build"
check "the demo deploys" "$top/scripts/demo" "$name"
check "again, it says that it is up" "$top/scripts/demo" "$name"
# The hints of its end work as they stand.
hint=$(sed -n 's/^Look around: *//p; s/^ \{15\}//p' "$top/build/demo.out" | grep 'cluster exec')
check "it says how to run a command on a node" [ -n "$hint" ]
check "and that is so" sh -c "$hint"
# shellcheck disable=SC2046
set -- $(clients)
check "three addresses" [ $# = 3 ]
if [ $# = 3 ]; then
	check "a znode is written through one" "$top/tests/e2e/znode.py" "$1" set /demo "$name"
	check "and read through another" reads "$2" "$name"
	check "it stops" "$pitrix" cluster stop "$name"
	check "it starts" "$pitrix" cluster start "$name"
	check "with its data" reads "$3" "$name"
	check "all of it is killed" end_all
	check "the demo brings it up again" "$top/scripts/demo" "$name"
	check "with its data, still" reads "$1" "$name"
fi
check "it is deleted" "$pitrix" cluster delete --yes "$name"
check "and nothing is left" nothing_left
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
