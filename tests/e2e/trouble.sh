#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# trouble.sh - what a machine can do to a deployment that is under way: the engine stops, the engine hangs, the disk that holds
# the state fills up, an address is taken by somebody else. Each ends in time with an error that says what to do, and when the cause
# is mended `pitrix job resume` brings the cluster up with nothing leaked or doubled. In a sandbox of engine.sh; exit status 77:
# this machine lacks what it takes, the output says what.
# shellcheck disable=SC2016

set -u
here=$(dirname "$(readlink -f "$0")")
PITRIX_SOURCE=${PITRIX_SOURCE:-$here/../..} PITRIX_BUILD=${PITRIX_BUILD:-.}
export PITRIX_SOURCE PITRIX_BUILD
. "$here/tree.sh"

if [ "${1-}" != --inside ]; then
	for tool in python3 jq curl fallocate; do
		command -v $tool >/dev/null || { echo "trouble.sh: skipped: needs $tool"; exit 77; }
	done
	"$here/engine.sh" check || exit 77
	tree_images "${XDG_CACHE_HOME:-$HOME/.cache}/pitrix-tests"
	tree_use
	work=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-trouble.XXXXXX") || exit 1
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
	export work
	"$here/engine.sh" run "$here/trouble.sh" --inside
	exit
fi

export PITRIX_HOME=$work/home PITRIX_ADDRESSES=$work/addresses HOME=$work/user TMPDIR=$work
mkdir -p "$HOME"
. "$here/judge.sh"

containers() { api GET '/containers/json?all=1' | jq -r '.[].Names[0]' | sort; }
# deploy_until WORD: begins a deployment in the background (its pid: $deploying) and comes back when it has said WORD.
deploy_until() {
	local word=$1
	: >"$work/out" && : >"$work/err"
	timeout 200 "$PITRIX" cluster deploy svc "$package" --image "$image" --set cluster.node.count=2 \
		>"$work/out" 2>"$work/err" </dev/null &
	deploying=$!
	until grep -q -- "$word" "$work/err" || ! kill -0 $deploying 2>/dev/null; do sleep 0.02; done
}

deploy_ended() {
	status=0
	wait $deploying || status=$?
}

# The service of the sandbox's engine; what else runs here is no podman that listens.
engine_pid() { pgrep -f 'podman system service' | head -n 1; }
engine_start() {
	podman system service --time=0 "$PITRIX_ENGINE" >>"$work/engine.log" 2>&1 </dev/null &
	until curl -sf --max-time 5 --unix-socket "$PITRIX_ENGINE_SOCKET" http://d/_ping >/dev/null; do sleep 0.1; done
}

job() { "$PITRIX" job list -o json | jq -r '.[0].id'; }

# up WHAT: the job goes on, and what it made is there once.
up() {
	pitrix job resume "$(job)"
	ok "$1: job resume ends with 0" ends 0
	pitrix cluster status svc
	ok "$1: the cluster is well" ends 0
	ok "$1: two nodes and one Frontgate, none twice" is "$(containers | wc -l)" 3
	pitrix cluster delete svc --yes
	ok "$1: delete ends with 0" ends 0
	ok "$1: nothing is left" is "$(engine_has)" "$before"
}

before=$(engine_has)

# ---- the engine ends half way ---------------------------------------------------------------------------------------

deploy_until 'ok: create instance of frontgate'
kill -KILL "$(engine_pid)"
began=$SECONDS
deploy_ended
ok 'engine gone: exit status 69' ends 69
ok 'engine gone: it is said within two minutes' [ $((SECONDS - began)) -le 120 ]
ok 'engine gone: the error names the engine' says 'podman.sock'
ok 'engine gone: it says how to go on' says 'job resume'
rm -f "$PITRIX_ENGINE_SOCKET"
pitrix cluster delete svc --yes
ok 'engine gone: another command fails the same way' ends 69
engine_start
up 'engine back'

# ---- the engine hangs for a while -----------------------------------------------------------------------------------

deploy_until 'ok: create network'
stopped=$(engine_pid)
kill -STOP "$stopped"
sleep 5
ok 'engine hangs: the deployment waits' kill -0 $deploying
kill -CONT "$stopped"
deploy_ended
ok 'engine hangs: it ends well once the engine goes on' ends 0
ok 'engine hangs: two nodes and one Frontgate, none twice' is "$(containers | wc -l)" 3
pitrix cluster delete svc --yes
ok 'engine hangs: nothing is left after delete' is "$(engine_has)" "$before"

# ---- a machine ends half way ---------------------------------------------------------------------------------------

deploy_until 'ok: create instance of frontgate'
api POST "/containers/$(containers | sed -n 's,^/default-frontgate-,default-frontgate-,p')/kill?signal=SIGKILL" >/dev/null
began=$SECONDS
deploy_ended
ok 'machine gone: exit status 1' ends 1
ok 'machine gone: it is said within a minute' [ $((SECONDS - began)) -le 60 ]
ok 'machine gone: the error names it, and how it ended' says "instance 'default-frontgate-[a-z0-9]*' does not run: it ended with status 137"
up 'machine started again'

# ---- the disk of the state is full half way -------------------------------------------------------------------------

mkdir -p "$work/disk" && mount -t tmpfs -o size=48m tmpfs "$work/disk"
export PITRIX_HOME=$work/disk/home
deploy_until 'ok: create network'
fill() { dd if=/dev/zero of="$work/disk/fill" bs=4k 2>/dev/null; }
fill
deploy_ended
ok 'full disk: exit status 74' ends 74
ok 'full disk: it is said' says 'full\|space'
pitrix cluster list -o json
ok 'full disk: what was recorded can still be read' is "$(jq -r '.[0].name' "$work/out")" svc
rm -f "$work/disk/fill"
up 'disk free again'
umount "$work/disk"
export PITRIX_HOME=$work/home

# ---- somebody else has the address ----------------------------------------------------------------------------------

python3 - "$work/taken" <<'END' &
import socket, sys, time
held = []
for last in range(1, 9):
    s = socket.socket()
    s.bind(("127.77.0.%d" % last, 8080))
    s.listen()
    held.append(s)
open(sys.argv[1], "w").close()
time.sleep(600)
END
holder=$!
until [ -e "$work/taken" ]; do sleep 0.05; done
deploy_until '^$'
deploy_ended
ok 'addresses in use: others are taken' ends 0
pitrix cluster list -o json
ok 'addresses in use: none of the taken ones is published' \
	is "$(jq '[.[0].nodes[].endpoints[].address | select(test("^127[.]77[.]0[.][1-8]:"))] | length' "$work/out")" 0
kill $holder
wait $holder 2>/dev/null
pitrix cluster delete svc --yes
ok 'addresses in use: nothing is left after delete' is "$(engine_has)" "$before"

closing
