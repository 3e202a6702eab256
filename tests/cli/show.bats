# SPDX-License-Identifier: Apache-2.0
load helpers

setup_more()
{
	"$program" create web --kind helm --quiet >/dev/null
	printf 'how to use it\n' >web/README.md
	mkdir -p web/crds
	printf 'kind: CustomResourceDefinition\nmetadata: {name: things.example.org}\n' >web/crds/things.yaml
}

@test "show chart prints Chart.yaml as it was read" {
	pitrix show chart web
	status_is 0
	out_is "apiVersion: v2
appVersion: 1.16.0
description: A Helm chart for Kubernetes
name: web
type: application
version: 0.1.0"
	err_empty
}

@test "show values prints values.yaml as it stands" {
	pitrix show values web
	status_is 0
	cmp <(cat web/values.yaml; echo) "$HOME/.out" || cmp web/values.yaml "$HOME/.out"
}

@test "show values --explain says where a value comes from" {
	pitrix show values web --explain image.repository
	status_is 0
	out_has 'image.repository: "nginx"'
	out_has "values.yaml:"
}

@test "show values --explain tells every source, the one that wins marked" {
	printf 'image: {tag: one}\n' >one.yaml
	printf 'image: {tag: two}\n' >two.yaml
	pitrix show values web -f one.yaml -f two.yaml --set replicaCount=2 --explain image.tag
	status_is 0
	out_is 'image.tag: "two"
set by two.yaml:1:14
  web/values.yaml:'"$(grep -n '^  tag:' web/values.yaml | cut -d: -f1)"':8: ""
  one.yaml:1:14: "one"
* two.yaml:1:14: "two"'
	pitrix show values web -f one.yaml --set-string image.tag=3 --explain image.tag -o json
	status_is 0
	[ "$(printf '%s' "$out" | python3 -c 'import json, sys; s = json.load(sys.stdin)["sources"]; print([(x["source"], x.get("line"), x["wins"]) for x in s][1:])')" \
		= "[('one.yaml', 1, False), ('--set-string image.tag', None, True)]" ] || report "other sources"
	pitrix show values web --set image=null --explain image.tag
	status_is 0
	out_has "image.tag: not there"
	out_has "taken out by --set image"
}

@test "show values --explain reads a pipe once" {
	pitrix show values web -f <(printf 'image: {tag: one}') --set-file image.tag=<(printf two) --explain image.tag
	status_is 0
	out_has 'set by --set-file image.tag'
	out_has ': "one"'
}

@test "values that are given without --explain are refused, not ignored" {
	pitrix show values web --set a=b
	status_is 64
	out_empty
	err_has "--explain"
}

@test "show values --explain of a key that is not there" {
	pitrix show values web --explain image.nothing
	status_is 66
	out_empty
	err_has "image.nothing"
	pitrix show values web --explain image.tga
	status_is 66
	err_has "did you mean 'image.tag'?"
}

@test "show readme and show crds" {
	pitrix show readme web
	status_is 0
	out_is "how to use it"
	pitrix show crds web
	status_is 0
	out_has "things.example.org"
}

@test "show all has every part" {
	pitrix show all web
	status_is 0
	out_has "name: web"
	out_has "repository: nginx"
	out_has "how to use it"
	out_has "things.example.org"
}

@test "a chart that is not there" {
	pitrix show chart nothing
	status_is 66
	out_empty
	err_has "nothing"
}
