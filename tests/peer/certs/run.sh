#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh - private keys of many kinds and forms, and spoilt ones, given to the real Helm and to `pitrix helm`, see compare. Exit
# status 77: no Helm or no openssl here.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../peers.sh"
peer_pitrix
command -v openssl >/dev/null || { echo "peer/certs: skipped: needs openssl"; exit 77; }
helm=$(peer_helm) || { echo "peer/certs: skipped: $helm"; exit 77; }
exec "$here/compare" "$helm" "$PITRIX" helm
