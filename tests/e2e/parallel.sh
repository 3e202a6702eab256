#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# parallel.sh - clusters of one network that come and go at the same time, each by a program of its own: the network and its
# Frontgate are made once, are there as long as anybody needs them, and are gone with the last. In a sandbox of engine.sh; exit
# status 77: this machine lacks what it takes, the output says what.

set -u
here=$(dirname "$(readlink -f "$0")")
PITRIX_SOURCE=${PITRIX_SOURCE:-$here/../..} PITRIX_BUILD=${PITRIX_BUILD:-.}
export PITRIX_SOURCE PITRIX_BUILD
. "$here/tree.sh"

if [ "${1-}" != --inside ]; then
	for tool in jq curl; do
		command -v $tool >/dev/null || { echo "parallel.sh: skipped: needs $tool"; exit 77; }
	done
	"$here/engine.sh" check || exit 77
	tree_images "${XDG_CACHE_HOME:-$HOME/.cache}/pitrix-tests"
	tree_use
	work=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-parallel.XXXXXX") || exit 1
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
	export work
	"$here/engine.sh" run "$here/parallel.sh" --inside
	exit
fi

export PITRIX_HOME=$work/home PITRIX_ADDRESSES=$work/addresses HOME=$work/user TMPDIR=$work
mkdir -p "$HOME"
. "$here/judge.sh"

# begin NAME WORD...: pitrix in the background; its output in $work/NAME.out, its status by ended NAME
begin() {
	local name=$1
	shift
	(
		timeout 120 "$PITRIX" "$@" >"$work/$name.out" 2>&1 </dev/null
		echo $? >"$work/$name.status"
	) &
}
ended() { is "$(cat "$work/$1.status")" "${2-0}"; }

deploy() { begin "$1" cluster deploy "$1" "$package" --image "$image" --set cluster.node.count=2; }
delete() { begin "$1" cluster delete "$1" --yes; }

count() { api GET '/containers/json?all=1' | jq --arg role "$1" '[.[] | select(.Labels["pitrix:role"] == $role)] | length'; }
networks() { api GET /networks | jq '[.[] | select(.Labels["pitrix:owner"])] | length'; }
well() { "$PITRIX" cluster status "$1" >"$work/$1.out" 2>&1; }
addresses() { # the private ones of all nodes, that are there twice
	api GET '/containers/json?all=1' | jq -r '.[].NetworkSettings.Networks[].IPAddress' | sort | uniq -d
}

before=$(engine_has)

# ---- the first two of a network at once ----

deploy one
deploy two
wait
ok 'two deployments at once: the first ends with 0' ended one
ok 'the second ends with 0' ended two
ok 'the first is well' well one
ok 'the second is well' well two
ok 'there is one network' is "$(networks)" 1
ok 'there is one Frontgate' is "$(count frontgate)" 1
ok 'there are four nodes' is "$(count node)" 4
ok 'no address is given twice' is "$(addresses)" ''

# ---- one comes, one goes ----

deploy three
delete one
wait
ok 'a deployment beside a deletion ends with 0' ended three
ok 'the deletion ends with 0' ended one
ok 'the other ones are well' eval 'well two && well three'
ok 'there is still one Frontgate' is "$(count frontgate)" 1

# ---- both stop: the Frontgate stops with the last ----

begin two cluster stop two
begin three cluster stop three
wait
ok 'two stop at once' eval 'ended two && ended three'
running() { api GET /containers/json | jq length; }
ok 'nothing runs then, not even the Frontgate' is "$(running)" 0
begin two cluster start two
begin three cluster start three
wait
ok 'two start at once' eval 'ended two && ended three'
ok 'both are well' eval 'well two && well three'

# ---- both go ----

delete two
delete three
wait
ok 'two deletions at once' eval 'ended two && ended three'
ok 'nothing is left' is "$(engine_has)" "$before"
records() { "$PITRIX" state export | jq '[.documents | keys[] | select(startswith("vpcs/"))] | length'; }
ok 'no record of a network is left' is "$(records)" 0

# ---- one comes while the last one goes: at each of several moments ----

for moment in 0.2 0.6 1.0 1.4 1.8; do
	deploy last
	wait
	delete last
	sleep $moment
	deploy next
	wait
	ok "a deployment $moment s into the last deletion ends with 0" ended next
	ok 'the deletion ends with 0' ended last
	ok 'what was deployed is well' well next
	ok 'there is one Frontgate' is "$(count frontgate)" 1
	ok 'there is one network' is "$(networks)" 1
	delete next
	wait
	ok 'after its deletion nothing is left' is "$(engine_has)" "$before"
done

closing
