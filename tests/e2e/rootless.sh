#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# rootless.sh - a cluster's life as a user who is not root: pitrix starts a rootless Podman of its own. The user exists only in a
# sandbox (namespaces of the network, mounts and processes), with subordinate ids and a /dev/net/tun that is for everybody.
# Exit status 77: this machine lacks what it takes, the output says what.

set -u
here=$(dirname "$(readlink -f "$0")")
PITRIX_SOURCE=${PITRIX_SOURCE:-$here/../..} PITRIX_BUILD=${PITRIX_BUILD:-.}
export PITRIX_SOURCE PITRIX_BUILD
. "$here/tree.sh"
user=pitrix-test uid=7700

skip() {
	echo "rootless.sh: skipped: $*"
	exit 77
}

if [ "${1-}" != --inside ]; then
	for tool in jq curl newuidmap slirp4netns setpriv; do
		command -v $tool >/dev/null || skip "needs $tool (scripts/packages install test rootless)"
	done
	"$here/engine.sh" check || exit 77
	! getent passwd $uid >/dev/null || skip "there is a user with the id $uid"
	tree_images "${XDG_CACHE_HOME:-$HOME/.cache}/pitrix-tests"
	tree_use
	for file in "$PITRIX" "$PITRIX_AGENT" "$PITRIX_IMAGES/frontgate/build"; do
		setpriv --reuid $uid --regid $uid --clear-groups test -r "$file" || skip "$file cannot be read by other users"
	done
	busybox=$("$tree_source/tests/e2e/images/busybox/build" --path) || exit 1
	work=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-rootless.XXXXXX") || exit 1
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
	export work
	# What root has made need not be made again: there is no network in there.
	mkdir -p "$work/home/.cache/pitrix/images"
	cp "$busybox" "$work/busybox.tar"
	cp "$XDG_CACHE_HOME"/pitrix/images/frontgate-*.tar "$work/home/.cache/pitrix/images/"
	chmod 755 "$work" && chown -R $uid:$uid "$work/home" "$work/busybox.tar"
	setpriv --pdeathsig KILL unshare --net --mount --pid --ipc --fork --kill-child --mount-proc "$here/rootless.sh" --inside
	exit
fi

mount --make-rprivate /
mount --make-rshared /
ip link set lo up
mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p -m 700 /run/user/$uid && chown $uid:$uid /run/user/$uid || exit 1
mkdir -p /run/lock
{ mount -t tmpfs tmpfs /dev/net || { mkdir -p /dev/net && mount -t tmpfs tmpfs /dev/net; }; } && mknod -m 666 /dev/net/tun c 10 200 ||
	skip "no /dev/net/tun can be made here"
for file in passwd group subuid subgid; do
	cp /etc/$file "$work/$file"
done
echo "$user:x:$uid:$uid::$work/home:/bin/sh" >>"$work/passwd"
echo "$user:x:$uid:" >>"$work/group"
echo "$user:770000:65536" >>"$work/subuid"
echo "$user:770000:65536" >>"$work/subgid"
for file in passwd group subuid subgid; do
	touch /etc/$file && mount --bind "$work/$file" /etc/$file || exit 1
done

. "$here/judge.sh"
as_user() {
	(cd "$work/home" && setpriv --reuid $uid --regid $uid --clear-groups env -u XDG_CACHE_HOME -u PITRIX_ENGINE -u ASAN_OPTIONS \
		HOME="$work/home" USER=$user LOGNAME=$user XDG_RUNTIME_DIR=/run/user/$uid PITRIX_HOME="$work/home/state" \
		ASAN_OPTIONS="${ASAN_OPTIONS-}" "$@")
}
pitrix() { # WORD... - sets status; output in $work/out and $work/err
	status=0
	as_user timeout 200 "$PITRIX" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}
engine() { curl -sS --max-time 20 --unix-socket /run/user/$uid/pitrix/engine.sock "http://d/v1.41$1"; }

# A kernel that lets no user make namespaces is no fault of ours.
as_user unshare --user --map-root-user true 2>/dev/null || skip "users may make no user namespaces here"
pitrix doctor
ok 'doctor finds all that it takes' ends 0
pitrix cluster deploy svc "$tree_source/tests/e2e/packages/service" --set cluster.node.count=2 --image busybox="$work/busybox.tar"
ok 'deploy ends with 0' ends 0
no_engine_of_root() { [ "$(ps -eo uid=,args= | awk '/podman system service/ && !/awk/ {print $1}' | sort -u)" = $uid ]; }
ok "the engine runs as this user" no_engine_of_root
pitrix cluster status svc
ok 'status ends with 0' ends 0
pitrix cluster list -o json
address=$(jq -r '.[0].nodes[0].endpoints[0].address' "$work/out")
ok 'the service answers at its published address' eval 'curl -sS --max-time 5 "http://$address/state" | grep -q ^message='
pitrix cluster exec svc -n node/2 -- hostname
ok 'exec runs a command on a node' ends 0
pitrix cluster stop svc
ok 'stop ends with 0' ends 0
pitrix cluster start svc
ok 'start ends with 0' ends 0
pitrix cluster delete svc --yes
ok 'delete ends with 0' ends 0
ok 'nothing is left' [ "$(engine '/containers/json?all=1' | jq length) $(engine /volumes | jq '.Volumes | length')" = '0 0' ]
closing
