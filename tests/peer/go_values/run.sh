#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh - generated files of values and lines of --set, read by Go with Helm's own packages and by pitrix, see compare.
# PEER_SEED (today's date) and PEER_COUNT say which ones. Exit status 77: no Go here.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../peers.sh"
peer_pitrix
command -v go >/dev/null || { echo "peer/go_values: skipped: needs go"; exit 77; }
folder=$peer_cache/go_values
mkdir -p "$folder" && cp "$here/main.go" "$here/go.mod" "$folder" || exit 1
(cd "$folder" && go mod tidy && go build -o peer .) >"$folder/log" 2>&1 ||
	{ echo "peer/go_values: skipped: cannot be built here: $(tail -n 1 "$folder/log")"; exit 77; }
exec "$here/compare" --seed "${PEER_SEED:-$(date +%Y%m%d)}" --count "${PEER_COUNT:-6000}" "$folder/peer" \
	"$peer_build/tests/peer/go_values/ours"
