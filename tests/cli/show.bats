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

@test "show values --explain of a key that is not there" {
	pitrix show values web --explain image.nothing
	status_is 66
	out_empty
	err_has "image.nothing"
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
