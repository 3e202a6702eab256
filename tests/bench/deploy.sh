#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From nothing to an active cluster: three nodes of a service that starts at once, with their network and Frontgate, over the time of
# a shell script that makes the same containers at the same engine, one call after another, and runs the same commands in them.
# Goal: 1.5 times. In a sandbox of tests/e2e/engine.sh; 77: this machine lacks what it takes, the output says what.
set -u
here=$(dirname "$(readlink -f "$0")")
PITRIX_SOURCE=${PITRIX_SOURCE:-$here/../..} PITRIX_BUILD=${PITRIX_BUILD:-.}
export PITRIX_SOURCE PITRIX_BUILD
. "$PITRIX_SOURCE/tests/e2e/tree.sh"
nodes=3
runs=${BENCH_DEPLOYS:-5}

if [ "${1-}" != --inside ]; then
	for tool in jq curl; do
		command -v $tool >/dev/null || { echo "skipped: needs $tool"; exit 77; }
	done
	"$PITRIX_SOURCE/tests/e2e/engine.sh" check || exit 77
	tree_images "${XDG_CACHE_HOME:-$HOME/.cache}/pitrix-tests"
	tree_use
	work=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-bench.XXXXXX") || exit 1
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
	export work
	"$PITRIX_SOURCE/tests/e2e/engine.sh" run "$here/deploy.sh" --inside
	exit
fi

export PITRIX_HOME=$work/home PITRIX_ADDRESSES=$work/addresses HOME=$work/user TMPDIR=$work
mkdir -p "$HOME"
image=busybox=$tree_source/tests/e2e/images/busybox/build

fail() {
	echo "deploy.sh: $*" >&2
	tail -n 20 "$work/out" >&2
	exit 1
}

api() { # METHOD PATH [JSON] - fails unless 2xx or 304
	curl -sS --max-time 60 --unix-socket "$PITRIX_ENGINE_SOCKET" -X "$1" -H 'Content-Type: application/json' -o "$work/out" \
	    -w '%{http_code}' ${3:+-d "$3"} "http://d/v1.41$2" >"$work/code" || fail "$1 $2"
	case $(cat "$work/code") in
	2* | 304) ;;
	*) fail "$1 $2: $(cat "$work/code")" ;;
	esac
}

ours() { "$PITRIX" cluster deploy bench "$tree_source/tests/e2e/packages/service" --image "$image" \
	--set "cluster.node.count=$nodes" >"$work/out" 2>&1 </dev/null || fail "pitrix cluster deploy"; }
ours_gone() { "$PITRIX" cluster delete bench --yes >"$work/out" 2>&1 </dev/null || fail "pitrix cluster delete"; }

# A container as pitrix makes one, but for its first process: a node's waits, the Frontgate's is etcd alone.
container() { # NAME IMAGE ADDRESS PORT PUBLIC MOUNT COMMAND-AS-JSON
	api POST /volumes/create "{\"Name\":\"vol-$1\",\"Labels\":{\"bench\":\"yes\"}}"
	api POST "/containers/create?name=$1" "{\"Image\":\"$2\",\"Hostname\":\"$1\",\"Entrypoint\":$7,
		\"Labels\":{\"bench\":\"yes\"},\"ExposedPorts\":{\"$4/tcp\":{}},\"HostConfig\":{\"NetworkMode\":\"bench\",
		\"Memory\":268435456,\"Binds\":[\"vol-$1:$6\"],\"PortBindings\":{\"$4/tcp\":[{\"HostIp\":\"$5\",\"HostPort\":\"$4\"}]}},
		\"NetworkingConfig\":{\"EndpointsConfig\":{\"bench\":{\"IPAMConfig\":{\"IPv4Address\":\"$3\"}}}}}"
	api POST "/containers/$1/start"
}

run() { # NAME COMMAND...
	local name=$1
	shift
	api POST "/containers/$name/exec" "$(jq -cn '{AttachStdout: true, AttachStderr: true, Cmd: $ARGS.positional}' --args -- "$@")"
	api POST "/exec/$(jq -r .Id "$work/out")/start" '{"Detach":false,"Tty":false}'
}

script() {
	api POST /networks/create '{"Name":"bench","Driver":"bridge","IPAM":{"Config":[{"Subnet":"10.99.0.0/24"}]}}'
	container bench-frontgate "$frontgate" 10.99.0.2 9111 127.77.99.2 /var/lib/pitrix '["/usr/bin/etcd","--data-dir","/var/lib/pitrix/etcd"]'
	local i
	for i in $(seq $nodes); do
		container "bench-$i" "$node" "10.99.0.$((i + 2))" 8080 "127.77.99.$((i + 2))" /data '["/bin/sleep","3600"]'
	done
	for i in $(seq $nodes); do
		run "bench-$i" /opt/service/bin/service start
	done
}

script_gone() {
	local i
	for i in frontgate $(seq $nodes); do
		api DELETE "/containers/bench-$i?force=1"
		api DELETE "/volumes/vol-bench-$i"
	done
	api DELETE /networks/bench
}

now() { date +%s%N; }

median() { sort -n "$1" | sed -n "$((($(wc -l <"$1") + 1) / 2))p"; }

# The first deployment gets the images into the engine.
ours
"$PITRIX" cluster list -o json >"$work/out"
curl -sS --unix-socket "$PITRIX_ENGINE_SOCKET" "http://d/v1.41/containers/json?all=1" >"$work/containers"
node=$(jq -r '[.[] | select(.Labels["pitrix:role"] == "node")][0].Image' "$work/containers")
frontgate=$(jq -r '[.[] | select(.Labels["pitrix:role"] == "frontgate")][0].Image' "$work/containers")
ours_gone
script
script_gone
for _ in $(seq "$runs"); do
	t=$(now)
	ours
	echo $((($(now) - t) / 1000000)) >>"$work/ours"
	ours_gone
	t=$(now)
	script
	echo $((($(now) - t) / 1000000)) >>"$work/script"
	script_gone
done
[ -z "${BENCH_VERBOSE-}" ] || paste "$work/ours" "$work/script"
awk -v ours="$(median "$work/ours")" -v script="$(median "$work/script")" -v runs="$runs" -v nodes=$nodes 'BEGIN {
	printf "%d nodes, create to active: %.2f s; the same by a script: %.2f s; ratio %.2f (goal 1.5: %s), medians of %d\n", nodes,
		ours / 1000, script / 1000, ours / script, ours <= 1.5 * script ? "met" : "missed", runs
}'
