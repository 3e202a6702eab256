#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# embed.sh - a C program of somebody else's: examples/embed/deploy.c, built by pkg-config against what `make install` gave,
# deploys a cluster in a sandbox; interrupted, it stops at a safe point with 130, and goes on when it is called again.
# Exit status 77: this machine lacks what it takes.

set -u
here=$(dirname "$(readlink -f "$0")")
PITRIX_SOURCE=${PITRIX_SOURCE:-$here/../..} PITRIX_BUILD=${PITRIX_BUILD:-.}
export PITRIX_SOURCE PITRIX_BUILD
. "$here/tree.sh"
. "$here/installed.sh"

if [ "${1-}" != --inside ]; then
	for tool in pkg-config jq curl make; do
		command -v $tool >/dev/null || { echo "embed.sh: skipped: needs $tool"; exit 77; }
	done
	"$here/engine.sh" check || exit 77
	tree_images "${XDG_CACHE_HOME:-$HOME/.cache}/pitrix-tests"
	work=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-embed.XXXXXX") || exit 1
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
	export work
	installed_tree
	installed_program deploy
	"$here/engine.sh" run "$here/embed.sh" --inside
	exit
fi

# Nothing of the build tree: what was installed, at its place below DESTDIR.
installed_use
export PITRIX_HOME=$work/home PITRIX_ADDRESSES=$work/addresses
. "$here/judge.sh"
deploy() {
	"$work/deploy" "$tree_source/tests/e2e/packages/service" embedded \
		"busybox=$tree_source/tests/e2e/images/busybox/build" >"$work/out" 2>"$work/err" </dev/null
}

# Interrupted as soon as it has done something.
deploy &
shell=$!
until grep -q '^\[' "$work/out" 2>/dev/null || ! kill -0 $shell 2>/dev/null; do sleep 0.02; done
pkill -INT -P $shell
status=0
wait $shell || status=$?
ok 'interrupted, it ends with 130' [ $status = 130 ]
ok 'and says how to go on' grep -q 'job resume' "$work/err"
status=0
deploy || status=$?
ok 'called again, it goes on to the end' [ $status = 0 ]
ok 'it says what it does' grep -qE '^\[([0-9]+)/\1\]' "$work/out"
address=$(sed -n 's,^node/1 [0-9.]* \(127\.77\.[0-9.:]*\)$,\1,p' "$work/out")
ok 'it prints the published address' [ -n "$address" ]
ok 'the service answers there' eval 'curl -sS --max-time 5 "http://$address/state" | grep -q ^message='
count=$(curl -sS --unix-socket "$PITRIX_ENGINE_SOCKET" 'http://d/v1.41/containers/json' | jq length)
ok 'there is one instance and one Frontgate' [ "$count" = 2 ]
"$installed/bin/pitrix" cluster delete embedded --yes >"$work/out" 2>"$work/err" </dev/null
status=$?
ok 'the program deletes what the library made' [ $status = 0 ]
closing
