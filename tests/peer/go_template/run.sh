#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh - generated expressions over Helm's functions and generated regular expressions, evaluated by Go (with Helm's own
# engine) and by pitrix, see compare. PEER_SEED (today's date) and PEER_COUNT say which ones. Exit status 77: no Go here.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../peers.sh"
peer_pitrix
peer_go go_template
exec "$here/compare" --seed "${PEER_SEED:-$(date +%Y%m%d)}" --count "${PEER_COUNT:-6000}" "$peer_go_program" \
	"$peer_build/tests/peer/go_template/ours"
