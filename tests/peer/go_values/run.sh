#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh - generated files of values and lines of --set, read by Go with Helm's own packages and by pitrix, see compare.
# PEER_SEED (today's date) and PEER_COUNT say which ones. Exit status 77: no Go here.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../peers.sh"
peer_pitrix
peer_go go_values
exec "$here/compare" --seed "${PEER_SEED:-$(date +%Y%m%d)}" --count "${PEER_COUNT:-6000}" "$peer_go_program" \
	"$peer_build/tests/peer/go_values/ours"
