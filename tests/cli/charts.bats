# SPDX-License-Identifier: Apache-2.0
# Charts with the commands of every package: create, lint, render, package.
load helpers

setup_more()
{
	"$program" create web --kind helm --quiet >/dev/null
}

@test "a new chart lints, and what is only recommended is a note" {
	pitrix lint web
	status_is 0
	out_has "icon is recommended"
	err_has "1 package: 0 errors, 0 warnings"
}

@test "a folder that is not empty is not written into" {
	pitrix create web --kind helm
	status_is 79
	err_has "exists already"
}

@test "lint warns of whole numbers that print with an exponent, and of unknown keys where it is asked to" {
	printf 'bytes: 1000000\nlimit: "1000000"\n' >>web/values.yaml
	printf 'kind: A\nmetadata: {name: a}\na: {{ .Values.bytes }}\nb: {{ int64 .Values.bytes }}\nc: {{ .Values.limit }}\n' \
		>web/templates/a.yaml
	pitrix lint web --set imag.tag=x
	status_is 0
	out_has "web/templates/a.yaml:3:7: warning: .Values.bytes, 1000000, is printed as 1e+06 (\`| int64\` keeps the digits"
	out_has "note: .Values.bytes is set here"
	out_lacks "a.yaml:4"
	out_lacks "imag.tag"
	err_has "1 package: 0 errors, 1 warning"
	pitrix lint web --set imag.tag=x --strict-values --strict
	status_is 65
	out_has "--set imag.tag: warning: nothing in the chart reads '.Values.imag' (did you mean '.Values.image'?)"
	pitrix helm lint web
	status_is 0
	out_lacks "1e+06"
}

@test "lint tells of every template that fails, and of a document by the line that wrote it" {
	printf 'a: {{ .Values.image.tag.x }}\n' >web/templates/a.yaml
	printf 'a: {{ .Values.imag.tag }}\n' >web/templates/b.yaml
	pitrix lint web
	status_is 65
	out_has "web/templates/a.yaml:1:14: error: .Values.image.tag"
	out_has "web/templates/b.yaml:1:14: error: .Values.imag is not set"
	rm web/templates/[ab].yaml
	printf 'kind: A\na: {{ "b: c" }}\n' >web/templates/c.yaml
	pitrix lint web -o json
	status_is 65
	out_has '"file": "web/templates/c.yaml"'
	out_has '"line": 2'
}

@test "values are for charts only" {
	pitrix create tool --quiet
	pitrix lint tool --set a=b
	status_is 64
	err_has "values are given to charts only"
}

@test "a chart renders under the name that is given" {
	pitrix render shop web
	status_is 0
	err_empty
	out_has "# Source: web/templates/deployment.yaml"
	out_has "name: shop-web"
	[ "$(printf '%s\n' "$out" | grep -m1 '^kind:')" = "kind: ServiceAccount" ] || report "not in the order of installing"
}

@test "template is another name of render, and --show-only picks" {
	pitrix template shop web --show-only templates/service.yaml
	status_is 0
	out_has "kind: Service"
	out_lacks "kind: Deployment"
}

@test "values come from files and --set, the last wins" {
	printf 'replicaCount: 3\nimage: {tag: one}\n' >more.yaml
	pitrix render shop web -f more.yaml --set image.tag=two
	status_is 0
	out_has "replicas: 3"
	out_has 'image: "nginx:two"'
}

@test "values come from pipes, too" {
	pitrix render shop web -f <(printf 'replicaCount: 3\n') --set-file image.tag=<(printf two) -f /dev/null
	status_is 0
	out_has "replicas: 3"
	out_has 'image: "nginx:two"'
	pitrix helm template shop web -f <(printf 'replicaCount: 4\n')
	status_is 0
	out_has "replicas: 4"
}

@test "--skip-tests leaves the tests out, --no-hooks every hook" {
	pitrix render shop web
	out_has "templates/tests/test-connection.yaml"
	pitrix render shop web --skip-tests
	status_is 0
	out_lacks "templates/tests/test-connection.yaml"
	pitrix render shop web --no-hooks
	status_is 0
	out_lacks "helm.sh/hook"
}

@test "--output-dir writes a file for each template" {
	pitrix render shop web --output-dir made
	status_is 0
	[ -f made/web/templates/service.yaml ] || report "no file"
	grep -q 'name: shop-web' made/web/templates/service.yaml || report "another content"
}

@test "the Kubernetes version is seen by the templates" {
	printf 'v: "{{ .Capabilities.KubeVersion }} {{ .Capabilities.APIVersions.Has "shop/v1" }}"\n' >web/templates/v.yaml
	pitrix render shop web --kube-version 1.30.2 --api-versions shop/v1 --show-only templates/v.yaml
	status_is 0
	out_has 'v: "v1.30.2 true"'
}

@test "a mistake in a template has its file, line and column" {
	printf 'a: 1\nb: {{ required "b is needed" .Values.b }}\n' >web/templates/b.yaml
	pitrix render shop web
	status_is 65
	out_empty
	err_has "web/templates/b.yaml:2:"
	err_has "b is needed"
}

@test "all mistakes at once, each with the way to it, what was meant and where values were set" {
	printf '{{ define "name" }}{{ .Values.imag.tag }}{{ end }}' >web/templates/_more.tpl
	printf 'a: {{ include "name" . }}\n' >web/templates/a.yaml
	printf 'b: {{ .Values.image.tag.x }}\n' >web/templates/b.yaml
	printf 'image: {tag: one}\n' >more.yaml
	pitrix render shop web -f more.yaml
	status_is 65
	out_empty
	err_has "web/templates/_more.tpl:1:30: error: .Values.imag is not set: it has no 'tag' (did you mean '.Values.image'?)"
	err_has "web/templates/a.yaml:1:7: note: included from here, by 'include \"name\" .'"
	err_has "web/templates/b.yaml:1:14: error: .Values.image.tag is a string: it has no 'x'"
	err_has "more.yaml:1:14: note: .Values.image.tag is set here"
	err_has "2 errors"
	pitrix render shop web --set-string image.tag=secret
	err_has "--set-string image.tag: note: .Values.image.tag is set here"
	err_lacks "secret"
	pitrix helm template shop web -f more.yaml
	status_is 1
	err_lacks "note:"
}

@test "a document that is no YAML leads to the line of the template that wrote it" {
	printf '{{ define "labels" }}\na: 1\nb: {{ .Values.image.repository }}: c\n{{ end }}\n' >web/templates/_more.tpl
	printf 'kind: A\nmetadata:\n  {{- include "labels" . | nindent 2 }}\n' >web/templates/a.yaml
	pitrix render shop web
	status_is 65
	out_empty
	err_has "web/templates/_more.tpl:3:34: error: this renders to YAML that cannot be read: mapping values"
	err_has "web/templates/a.yaml:3:24: note: included from here"
	err_has "web/templates/a.yaml: note: rendered line 5>   b: nginx: c"
	pitrix helm template shop web
	status_is 1
	err_has "Error: YAML parse error on web/templates/a.yaml: error converting YAML to JSON: yaml: line 5: mapping values"
}

@test "--strict-values warns of keys that nothing knows, and renders all the same" {
	printf 'image: {tga: one}\npullPolicy: Always\nresources: {limits: {cpu: 1}}\n' >more.yaml
	pitrix render shop web -f more.yaml --set service.prot=80
	status_is 0
	err_empty
	pitrix render shop web -f more.yaml --set service.prot=80 --strict-values
	status_is 0
	out_has "kind: Deployment"
	err_has "more.yaml:1:9: warning: nothing in the chart reads '.Values.image.tga' (did you mean '.Values.image.tag'?) [unknown-value]"
	err_has "more.yaml:2:1: warning: nothing in the chart reads '.Values.pullPolicy' (there is '.Values.image.pullPolicy')"
	err_has "--set service.prot: warning: nothing in the chart reads '.Values.service.prot'"
	err_lacks "resources"
}

@test "values that values.schema.json forbids" {
	printf '{"properties": {"replicaCount": {"type": "integer"}}}\n' >web/values.schema.json
	pitrix render shop web --set replicaCount=many
	status_is 65
	out_empty
	err_has "replicaCount"
	err_has "integer"
}

@test "what needs a cluster is refused" {
	pitrix render shop web --validate
	status_is 64
	out_empty
	err_has "--validate"
}

@test "package writes the same bytes twice" {
	pitrix package web -d one
	status_is 0
	sleep 1
	pitrix package web -d two
	status_is 0
	cmp one/web-0.1.0.tgz two/web-0.1.0.tgz
	pitrix render shop one/web-0.1.0.tgz
	status_is 0
	out_has "name: shop-web"
}

@test "package takes other versions" {
	pitrix package web --version 2.0.0 --app-version 7
	status_is 0
	pitrix show chart web-2.0.0.tgz
	out_has "version: 2.0.0"
	out_has 'appVersion: "7"'
}

@test "a link in an archive that leads out of it is no way out" {
	mkdir evil && ln -s /etc evil/templates && cp web/Chart.yaml evil/
	tar czf evil.tgz evil
	pitrix render shop evil.tgz
	[ "$status" -ne 0 ] || report "it was rendered"
	out_empty
}

@test "templates without an end are ended, with their place, at limits that options move" {
	printf '{{- define "again" }}{{ include "again" . }}{{ end }}\n' >web/templates/_again.tpl
	printf 'a: {{ include "again" . }}\n' >web/templates/a.yaml
	pitrix render web
	status_is 65
	out_lacks "kind:"
	err_has "web/templates/_again.tpl:1:41: error: exceeded maximum template depth (1000)"
	pitrix render web --max-depth 3000
	err_has "exceeded maximum template depth (3000)"
	printf 'a: {{ range until 5000 }}{{ range until 5000 }}{{ end }}{{ end }}\n' >web/templates/a.yaml
	pitrix render web
	status_is 65
	err_has "web/templates/a.yaml:1:35: error: until: it takes more than 10000000 steps"
	pitrix render web --max-steps 3000
	err_has "it takes more than 3000 steps"
	printf 'a: {{ range until 30000 }}{{ repeat 100 "x" }}{{ end }}\n' >web/templates/a.yaml
	pitrix render web --max-output 1
	status_is 65
	err_has "web/templates/a.yaml:1:30: error: it writes more than"
	pitrix render web --max-output 4
	status_is 0
	printf 'a: {{ $s := list }}{{ range until 200000 }}{{ $s = append $s . }}{{ end }}\n' >web/templates/a.yaml
	pitrix render web --max-memory 1
	status_is 65
	err_has "it needs more than 1048576 bytes of memory"
	pitrix render web --max-memory 0
	status_is 64
}
