#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh - generated charts, rendered by the real Helm and by `pitrix helm`, see compare. PEER_SEED (today's date) and PEER_COUNT say
# which ones. Exit status 77: no Helm here.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../peers.sh"
peer_pitrix
helm=$(peer_helm) || { echo "peer/helm: skipped: $helm"; exit 77; }
exec "$here/compare" --seed "${PEER_SEED:-$(date +%Y%m%d)000}" --count "${PEER_COUNT:-300}" "$helm" "$PITRIX" helm
