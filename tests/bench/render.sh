#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a render costs once the chart is loaded: three large charts of the corpus, 100 times each in one process.
set -u
build=${PITRIX_BUILD:?} source=${PITRIX_SOURCE:?}
corpus=${PITRIX_CORPUS:-$source/../shared/corpus}/helm
[ -d "$corpus" ] || { echo "skipped: no corpus in $corpus"; exit 77; }
cd "$corpus" || exit 1
exec "$build/tests/bench/render" "${BENCH_RUNS:-100}" prom-kube-prometheus-stack/chart.tgz argo-argo-cd/chart.tgz bitnami-kube-prometheus/chart.tgz
