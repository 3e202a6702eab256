#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh - generated charts, rendered by the real Helm and by `pitrix helm`, see compare. PEER_SEED (today's date) and PEER_COUNT say
# which ones. With PEER_CHARTS=FOLDER instead the charts below it, see wild; of so many PEER_EVERY one. Exit status 77: no Helm here.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../peers.sh"
peer_pitrix
helm=$(peer_helm) || { echo "peer/helm: skipped: $helm"; exit 77; }
seed=${PEER_SEED:-$(date +%Y%m%d)000}
[ -z "${PEER_CHARTS-}" ] || exec "$here/wild" --seed "$seed" --every "${PEER_EVERY:-1}" "$PEER_CHARTS" "$helm" "$PITRIX" helm
exec "$here/compare" --seed "$seed" --count "${PEER_COUNT:-300}" "$helm" "$PITRIX" helm
