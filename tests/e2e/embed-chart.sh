#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# embed-chart.sh - a C program of somebody else's that renders charts: examples/embed/render.c, built by pkg-config against
# what `make install` gave. It needs no engine.
# Exit status 77: this machine lacks what it takes.

set -u
here=$(dirname "$(readlink -f "$0")")
PITRIX_SOURCE=${PITRIX_SOURCE:-$here/../..} PITRIX_BUILD=${PITRIX_BUILD:-.}
export PITRIX_SOURCE PITRIX_BUILD
. "$here/tree.sh"
. "$here/installed.sh"

for tool in pkg-config make; do
	command -v $tool >/dev/null || { echo "embed-chart.sh: skipped: needs $tool"; exit 77; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-embed.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export work
installed_tree
installed_program render
installed_use
. "$here/judge.sh"
shop=$tree_source/tests/data/chart/shop
export HOME=$work/home XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config PITRIX_HOME=$work/state
PITRIX=$installed/bin/pitrix

render() {
	status=0
	"$work/render" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

pitrix template demo "$shop/chart" -f "$shop/values.yaml" --set replicas=7
cp "$work/out" "$work/want"
render "$shop/chart" demo "$shop/values.yaml" replicas=7
ok 'a chart is rendered' ends 0
ok 'as the program renders it' cmp "$work/out" "$work/want"
ok 'it tells the documents' says '^render: Deployment demo-shop$'
ok 'and hooks with their weight' says '^render: Job demo-shop-migrate, a hook of weight -5$'
ok 'and the notes' says '^  https://shop.example.org/$'

render "$shop/chart" demo secrets.token=
ok 'what a chart wants and does not get is an error of the data' ends 65
ok 'with its place' says 'shop/templates/secret.yaml:8'
render "$shop/chart" demo replicas=zero
ok 'a schema is obeyed' says 'replicas'

mkdir -p "$work/asks/templates"
printf 'apiVersion: v2\nname: asks\nversion: 1.0.0\n' >"$work/asks/Chart.yaml"
printf 'kind: %s\nname: {{ (%s "v1" "Namespace" "" "inner").metadata.name }}\n' Answer lookup >"$work/asks/templates/a.yaml"
render "$work/asks" demo
ok 'the callback answers what templates ask of a cluster' grep -qx 'name: inner' "$work/out"
# shellcheck disable=SC2016
printf '{{ define "again" }}{{ include "again" . }}{{ end }}{{ range $i := until 9999999 }}{{ end }}\n' >"$work/asks/templates/b.yaml"
render "$work/asks" demo
ok 'a chart without an end comes to one' ends 65
ok 'with its place' says 'asks/templates/b.yaml:1'

pitrix package "$shop/chart" -d "$work/www"
printf 'apiVersion: v1\nentries:\n  shop:\n  - {apiVersion: v2, name: shop, version: 0.3.1, urls: [shop-0.3.1.tgz]}\n' >"$work/www/index.yaml"
mkdir -p "$work/config/helm"
printf 'repositories:\n- {name: here, url: "file://%s/www"}\n' "$work" >"$work/config/helm/repositories.yaml"
render here/shop demo "$shop/values.yaml" replicas=7
ok 'a chart comes from a repository' cmp "$work/out" "$work/want"
render here/nothing demo
ok 'or is not in it' ends 66
closing
