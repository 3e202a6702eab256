# SPDX-License-Identifier: Apache-2.0
# Helm's own command line: its output, its words, its exit statuses.
load helpers

setup_more()
{
	"$program" helm create web >/dev/null
	ln -s "$program" helm
}

@test "create says what it makes" {
	pitrix helm create shop
	status_is 0
	out_is "Creating shop"
	[ -f shop/templates/_helpers.tpl ] || report "no helpers"
}

@test "template renders, and -s picks" {
	pitrix helm template rel web -s templates/service.yaml --set service.port=81
	status_is 0
	out_has "# Source: web/templates/service.yaml"
	out_has "port: 81"
	err_empty
}

@test "a link named helm speaks Helm's command line" {
	program=$HOME/helm
	pitrix version --short
	status_is 0
	[[ $out == v3.* ]] || report "not Helm's version"
	pitrix template rel web
	status_is 0
	out_has "kind: Deployment"
}

@test "a failure is Helm's: status 1 and Error:" {
	pitrix helm template rel nothing
	status_is 1
	out_empty
	[[ $err == "Error: "* ]] || report "another beginning"
}

@test "a template that fails is named as Helm names it" {
	printf 'a: {{ .Values.a.b.c }}\n' >web/templates/a.yaml
	pitrix helm template rel web
	status_is 1
	err_has "web/templates/a.yaml:1:"
	err_has "nil pointer evaluating interface {}.b"
	err_has "Use --debug flag to render out invalid YAML"
}

@test "lint" {
	pitrix helm lint web
	status_is 0
	out_is "==> Linting web
[INFO] Chart.yaml: icon is recommended

1 chart(s) linted, 0 chart(s) failed"
	printf 'a: {{ .Values.a.b }}\n' >web/templates/a.yaml
	pitrix helm lint web
	status_is 1
	out_has "[ERROR] templates/: template: web/templates/a.yaml:1:"
	err_has "Error: 1 chart(s) linted, 1 chart(s) failed"
}

@test "package says where the archive is" {
	pitrix helm package web -d out
	status_is 0
	out_has "Successfully packaged chart and saved it to: "
	[ -f out/web-0.1.0.tgz ] || report "no archive"
}

@test "show chart" {
	pitrix helm show chart web
	status_is 0
	out_has "name: web"
}

@test "dependency list" {
	printf 'dependencies:\n- {name: db, version: 1.0.0, repository: "https://charts.example.org"}\n' >>web/Chart.yaml
	pitrix helm dependency list web
	status_is 0
	out_has "NAME"
	out_has "missing"
}

@test "what is not done is refused by its name" {
	pitrix helm install rel web
	status_is 1
	out_empty
	err_has "helm install"
	err_has "not supported"
}

@test "flags may stand before and after the words, as cobra has them" {
	pitrix helm template --namespace=shop web rel2 --nothing
	status_is 1
	err_has "unknown flag: --nothing"
}

@test "a link that leads nowhere fails the lint, with both paths" {
	ln -s gone.yaml web/templates/link.yaml
	pitrix helm lint web
	status_is 1
	out_is "==> Linting web
[INFO] Chart.yaml: icon is recommended
[ERROR] templates/: error evaluating symlink $HOME/web/templates/link.yaml: lstat $HOME/web/templates/gone.yaml: no such file or directory
[ERROR] : unable to load chart
	error evaluating symlink $HOME/web/templates/link.yaml: lstat $HOME/web/templates/gone.yaml: no such file or directory"
	[ "$err" = "Error: 1 chart(s) linted, 1 chart(s) failed" ] || report "another message"
}

@test "a link to a chart's folder is packed as the folder is" {
	ln -s web lnk
	pitrix helm package web -d want
	pitrix helm package lnk
	status_is 0
	out_is "Successfully packaged chart and saved it to: $HOME/web-0.1.0.tgz"
	err_empty
	diff <(tar -tvzf want/web-0.1.0.tgz | cut -c1-30,47-) <(tar -tvzf web-0.1.0.tgz | cut -c1-30,47-)
	[ "$(tar -xOzf web-0.1.0.tgz web/values.yaml | sha256sum)" = "$(sha256sum <web/values.yaml)" ] || report "another content"
	[ "$(tar -tzf web-0.1.0.tgz | head -1)" = web/Chart.yaml ] || report "another order"
}

@test "a command that only has others below it tells which" {
	pitrix helm show
	status_is 0
	err_empty
	out_has "  helm show [command]"
	out_has "  readme      show the chart's README"
	out_has "  -h, --help   help for show"
	out_has "  -n, --namespace string                namespace scope for this request"
	out_has "containing cached repository indexes (default \"$HOME/cache/helm/repository\")"
	[[ $out == *'Use "helm show [command] --help" for more information about a command.' ]] || report "another end"
	shown=$out
	for words in "inspect" "help show" "show --help" "show nonsense" "--debug show -n other"; do
		# shellcheck disable=SC2086
		pitrix helm $words
		status_is 0
		out_is "$shown"
	done
	HELM_NAMESPACE=shop HELM_KUBETOKEN=hush-hush pitrix helm show
	out_has 'namespace scope for this request (default "shop")'
	out_lacks hush-hush
	pitrix helm dependency
	status_is 0
	out_has "dependency, dep, dependencies"
	pitrix helm show --nothing
	status_is 1
	err_has "unknown flag: --nothing"
	pitrix helm help show values
	out_has "helm show values [CHART]"
}

@test "flags may stand between the words of a command" {
	pitrix helm show -n other values web
	status_is 0
	out_has "replicaCount: 1"
}

@test "lint reads documents as Kubernetes does" {
	printf '\xff\xfea\x00:\x00 \x001\x00\n\x00' >web/templates/z.yaml
	pitrix helm lint web
	status_is 1
	out_has "[ERROR] templates/z.yaml: unable to parse YAML: error converting YAML to JSON: yaml: incomplete UTF-16 character"
	printf 'a: \xe2\x82' >web/templates/z.yaml
	pitrix helm lint web
	out_has "yaml: invalid trailing UTF-8 octet"
	printf 'kind: A\n--- x\nkind: B\n' >web/templates/z.yaml
	pitrix helm lint web
	status_is 1
	out_has "[ERROR] templates/z.yaml: unable to parse YAML: invalid Yaml document separator: x"
	printf -- '---\nkind: A\na: b: c\n' >web/templates/z.yaml
	pitrix helm lint web
	out_has "yaml: line 3: mapping values are not allowed in this context"
	printf -- 'kind: A\n---\nkind: B\na: b: c\n' >web/templates/z.yaml
	pitrix helm lint web
	out_has "yaml: line 2: mapping values are not allowed in this context"
}

@test "lint knows the types that Kubernetes has given up, those of its oldest version, too" {
	printf 'apiVersion: v1\nkind: Endpoints\nmetadata:\n  name: a\n' >web/templates/a.yaml
	printf 'apiVersion: v1\nkind: ComponentStatus\nmetadata:\n  name: b\n' >web/templates/b.yaml
	printf 'apiVersion: apidiscovery.k8s.io/v2beta1\nkind: APIGroupDiscovery\nmetadata:\n  name: c\n' >web/templates/c.yaml
	pitrix helm lint web
	[ "$(printf '%s\n' "$out" | grep WARNING)" = \
		"[WARNING] templates/a.yaml: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice
[WARNING] templates/b.yaml: v1 ComponentStatus is deprecated in v1.19+" ] || report "other warnings"
	pitrix helm lint --kube-version 1.32 web
	[ "$(printf '%s\n' "$out" | grep WARNING)" = "[WARNING] templates/b.yaml: v1 ComponentStatus is deprecated in v1.19+" ] ||
		report "other warnings for an older version"
}

@test "lint quotes names as Go does, and says where Helm would have failed" {
	rm -rf web/templates/*
	cat >web/templates/a.yaml <<-'END'
		apiVersion: apps/v1
		kind: Deployment
		metadata:
		  name: 'x"y'
		  labels: {a: {{ required "an empty one" "" }}, b: {{ required "none" .Values.none }}, c: {{ fail "c" }}}
	END
	pitrix helm lint web
	status_is 1
	out_has 'naming requirements: "x\"y": metadata.name: Invalid value: "x\"y": a lowercase'
	out_has 'a Deployment must contain matchLabels or matchExpressions, and "x\"y" does not'
	err_has 'engine.go:214: [INFO] Missing required value: an empty one'
	err_has 'engine.go:206: [INFO] Missing required value: none'
	err_has 'engine.go:227: [INFO] Fail: c'
}

@test "lint of an archive that Helm would not unpack says why" {
	mkdir bad
	printf 'apiVersion: v2\nname: bad\nversion: 1.0.0\na: *b\n' >bad/Chart.yaml
	tar czf bad.tgz bad
	pitrix helm lint bad.tgz
	status_is 1
	out_has "Error unable to extract tarball: cannot load Chart.yaml: error converting YAML to JSON: yaml: unknown anchor 'b' referenced"
	printf 'apiVersion: v2\nname: ..\nversion: 1.0.0\n' >bad/Chart.yaml
	tar czf bad.tgz bad
	pitrix helm lint bad.tgz
	out_has 'Error unable to extract tarball: chart name ".." is not allowed'
	rm bad/Chart.yaml
	echo 'a: 1' >bad/values.yaml
	tar czf bad.tgz bad
	pitrix helm lint bad.tgz
	out_has 'Error unable to extract tarball: chart name not specified'
}

@test "a key that cannot be one is shown as Go shows it" {
	printf 'a: {{ b }}\n' >more.yaml
	pitrix helm template web -f more.yaml
	status_is 1
	err_has 'failed to parse more.yaml: error converting YAML to JSON: yaml: invalid map key: map[interface {}]interface {}{"b":interface {}(nil)}'
	printf 'a:\n- 1\n[]\nb: 2\n' >more.yaml
	pitrix helm template web -f more.yaml
	err_has "failed to parse more.yaml: error converting YAML to JSON: yaml: line 2: did not find expected key"
	printf 'a: {9223372036854775808: [1]}\n' >more.yaml
	pitrix helm template web -f more.yaml
	err_has 'unsupported map key of type: uint64, key: 0x8000000000000000, value: []interface {}{1}'
}

@test "--debug shows what the templates wrote, where it is no YAML" {
	rm -rf web/templates/tests web/templates/[!_]*
	printf 'a: b: c\n\n' >web/templates/b.yaml
	printf 'kind: A\n' >web/templates/a.yaml
	pitrix helm template rel web
	status_is 1
	out_empty
	err_has "Use --debug flag to render out invalid YAML"
	pitrix helm template rel web --debug
	status_is 1
	out_is "---
# Source: web/templates/a.yaml
kind: A

---
# Source: web/templates/b.yaml
a: b: c"
	[ "$err" = "Error: YAML parse error on web/templates/b.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context" ] ||
		report "another message"
	printf '{{ fail "no" }}' >web/templates/b.yaml
	pitrix helm template rel web --debug
	status_is 1
	out_is ""
	err_lacks "Use --debug"
}

@test "links lead out of a chart's folder, and each is told of" {
	mkdir out
	mv web/templates/service.yaml out/s.yaml
	ln -s ../../out/s.yaml web/templates/service.yaml
	pitrix helm template rel web -s templates/service.yaml
	status_is 0
	out_has "# Source: web/templates/service.yaml"
	[ "$err" = "walk.go:75: found symbolic link in path: $HOME/web/templates/service.yaml resolves to $HOME/out/s.yaml. Contents of linked file included and used" ] ||
		report "another line of the log"
	pitrix helm lint web
	status_is 0
	[ "$(printf '%s\n' "$err" | grep -c 'walk.go:75: found symbolic link')" = 2 ] || report "not told at each reading"
	ln -s /dev/null web/templates/null.yaml
	pitrix helm template rel web
	status_is 1
	err_has "null.yaml resolves to /dev/null. Contents of linked file included and used"
	err_has "Error: cannot load irregular file $HOME/web/templates/null.yaml as it has file mode type bits set"
	rm web/templates/null.yaml
	ln -s ../../none/../x/y web/templates/b.yaml
	pitrix helm template rel web
	err_has "Error: error evaluating symlink $HOME/web/templates/b.yaml: lstat $HOME/none: no such file or directory"
	# The program's own commands stay inside.
	rm web/templates/b.yaml
	pitrix render web
	status_is 77
	err_has "'templates/service.yaml' is a link out of the chart's folder"
	err_has "\`pitrix helm\` follows such links"
	mv out/s.yaml web/templates/_s.yaml
	ln -sf _s.yaml web/templates/service.yaml
	pitrix render web -s templates/service.yaml
	status_is 0
	out_has "kind: Service"
	err_empty
}

@test "an update of dependencies leaves a link to a chart's folder where it is" {
	printf 'dependencies:\n- {name: shop, version: "*", repository: "file://../shop"}\n' >>web/Chart.yaml
	"$program" helm create shop >/dev/null
	mkdir -p web/charts
	ln -s ../../shop web/charts/shop
	pitrix helm dependency update web
	status_is 0
	out_is "Saving 1 charts
Deleting outdated charts
Could not verify web/charts/shop for deletion: cannot load a directory (Skipping)"
	[ -L web/charts/shop ] || report "the link is gone"
	[ -f web/charts/shop-0.1.0.tgz ] || report "no archive"
}

@test "lint takes JSON for JSON, as Kubernetes does, and falls back to YAML" {
	try_lint()
	{
		printf '{{ .Files.Get "text" }}' >web/templates/a.yaml
		printf '%s' "$1" >web/text
		pitrix helm lint web
		told=$(printf '%s\n' "$out" | grep a.yaml) || told=
		[ "$told" = "${2:+[ERROR] templates/a.yaml: $2}" ] || report "of $1 another line: $told"
	}
	rm -rf web/templates/*
	one='{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}'
	try_lint "$one" ""
	try_lint "$one$one
$one" ""
	try_lint "$one
---
$one" ""
	try_lint '{name: a, metadata: {name: b}}' ""
	try_lint '{ {- $a := 1 }}' "unable to parse YAML: json: offset 3: invalid character '{' looking for beginning of object key string"
	try_lint '{"a": 1' "unable to parse YAML: unexpected EOF"
	try_lint "${one}x" "unable to parse YAML: json: offset 63: invalid character 'x' looking for beginning of value"
	try_lint "$one${one}x" "unable to parse YAML: invalid character 'x' looking for beginning of value"
	try_lint '{"kind": [], "metadata": {"name": "a"}}' \
		"unable to parse YAML: json: cannot unmarshal array into Go struct field K8sYamlStruct.Kind of type string"
	try_lint '{"kind": 5, "metadata": {"name": "a"}}' ""
	try_lint 'Kind: Deployment
metadata: {name: a}' 'a Deployment must contain matchLabels or matchExpressions, and "a" does not'
	try_lint 'KIND: [a]' "unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field K8sYamlStruct.Kind of type string"
}

@test "a chart that is used twice has its dependencies once" {
	rm -rf web
	mkdir -p web/templates web/charts/child/templates web/charts/child/charts/inner
	printf 'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: child, alias: foo, version: 1.0.0}\n- {name: child, alias: bar, version: 1.0.0}\n' >web/Chart.yaml
	printf 'apiVersion: v2\nname: child\nversion: 1.0.0\ndependencies:\n- {name: inner, version: 1.0.0, import-values: [{parent: d, child: d}, more]}\n' >web/charts/child/Chart.yaml
	printf 'apiVersion: v2\nname: inner\nversion: 1.0.0\n' >web/charts/child/charts/inner/Chart.yaml
	printf 'd: {v: 42}\nexports: {more: {m: 1}}\n' >web/charts/child/charts/inner/values.yaml
	printf 'd: {{ toJson .Values.d }}\nm: {{ toJson .Values.m }}\nt: {{ (index .Chart.Dependencies 0).ImportValues | toString | quote }}\n' >web/charts/child/templates/a.yaml
	pitrix helm template rel web
	status_is 0
	out_is "---
# Source: web/charts/bar/templates/a.yaml
d: null
m: null
t: \"[]\"
---
# Source: web/charts/foo/templates/a.yaml
d: {\"v\":42}
m: 1
t: \"[]\""
	sed -i '/alias: bar/d' web/Chart.yaml
	pitrix helm template rel web
	out_has "t: \"[map[child:d parent:d] map[child:exports.more parent:.]]\""
}

@test "structs are written in the order of their fields, whatever writes them" {
	rm -rf web/templates/*
	printf 'maintainers:\n- {url: u, name: me}\nannotations: {z: "1", a: "2"}\ndependencies: [{name: sub, version: "*", alias: s}]\n' >>web/Chart.yaml
	mkdir -p web/charts/sub
	printf 'apiVersion: v2\nname: sub\nversion: 1.0.0\n' >web/charts/sub/Chart.yaml
	cat >web/templates/a.yaml <<-'END'
		m: {{ toJson .Chart.Maintainers }}
		d: {{ toJson .Chart.Dependencies }}
		k: {{ toJson (dict "z" .Capabilities.KubeVersion "a" 1) }}
		h: {{ toJson .Capabilities.HelmVersion | trunc 12 | quote }}
		j: {{ toJson .Chart | quote }}
		c: {{ toYamlPretty (index .Chart.Dependencies 0) | quote }}
		e: {{ toYamlPretty (index .Chart.Maintainers 0) | quote }}
		t: {{ toToml (index .Chart.Dependencies 0) | quote }}
		y: {{ toYaml (index .Chart.Maintainers 0) | quote }}
		i: {{ toYamlPretty .Chart | regexFind "(?s)type:.*" | quote }}
	END
	pitrix helm template rel web --kube-version 1.20.3
	status_is 0
	out_is '---
# Source: web/templates/a.yaml
m: [{"name":"me","url":"u"}]
d: [{"name":"s","version":"*","repository":"","enabled":true,"alias":"s"}]
k: {"a":1,"z":{"Version":"v1.20.3","Major":"1","Minor":"20"}}
h: "{\"version\":\""
j: "{\"name\":\"web\",\"version\":\"0.1.0\",\"description\":\"A Helm chart for Kubernetes\",\"maintainers\":[{\"name\":\"me\",\"url\":\"u\"}],\"apiVersion\":\"v2\",\"appVersion\":\"1.16.0\",\"annotations\":{\"a\":\"2\",\"z\":\"1\"},\"dependencies\":[{\"name\":\"s\",\"version\":\"*\",\"repository\":\"\",\"enabled\":true,\"alias\":\"s\"}],\"type\":\"application\",\"IsRoot\":true}"
c: "name: s\nversion: '"'*'"'\nrepository: \"\"\nenabled: true\nalias: s"
e: "name: me\nemail: \"\"\nurl: u"
t: "Name = \"s\"\nVersion = \"*\"\nRepository = \"\"\nCondition = \"\"\nEnabled = true\nAlias = \"s\"\n"
y: "name: me\nurl: u"
i: "type: application\nisroot: true"'
}

@test "-s shows of a file what stands beside the line that says where it is from" {
	rm -rf web/templates/*
	mkdir web/crds
	printf -- '---\n---\nkind: A\n' >web/templates/a.yaml
	printf 'kind: B\n---\nkind: C\n' >web/templates/b.yaml
	printf -- '---\nkind: D\n---\nkind: E\n' >web/crds/d.yaml
	pitrix helm template rel web --include-crds -s 'templates/*' -s crds/d.yaml
	status_is 0
	out_is "---
# Source: web/templates/a.yaml
---
# Source: web/templates/b.yaml
kind: B
---
# Source: web/templates/b.yaml
kind: C
---
# Source: web/crds/d.yaml"
	pitrix helm template rel web
	out_is "---
# Source: web/templates/a.yaml
---
kind: A
---
# Source: web/templates/b.yaml
kind: B
---
# Source: web/templates/b.yaml
kind: C"
}

@test "a lock that does not fit is told before a registry is refused" {
	printf 'dependencies:\n- {name: shop, version: "1", repository: "oci://127.0.0.1/charts"}\n' >>web/Chart.yaml
	printf 'dependencies:\n- {name: shop, version: "1.0.0", repository: "oci://127.0.0.1/charts"}\ndigest: sha256:00\ngenerated: "2024-01-01T00:00:00Z"\n' >web/Chart.lock
	pitrix helm dependency build web
	status_is 1
	err_has "Error: the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies"
	pitrix helm dependency update web
	status_is 1
	err_has "registries are not supported yet"
}

@test "what was rendered goes through a post-renderer, and hooks do not" {
	rm -rf web/templates/*
	printf 'kind: B\n' >web/templates/b.yaml
	printf 'kind: Job\nmetadata: {annotations: {helm.sh/hook: test}}\n' >web/templates/job.yaml
	printf '#!/bin/sh\nsed "s/kind: B/kind: $1/"; echo "---\n# Source: web/templates/new.yaml\nkind: New"\n' >post
	chmod +x post
	pitrix helm template rel web --post-renderer ./post --post-renderer-args 'C D'
	status_is 0
	out_is "---
# Source: web/templates/b.yaml
kind: C D
---
# Source: web/templates/new.yaml
kind: New
---
# Source: web/templates/job.yaml
kind: Job
metadata: {annotations: {helm.sh/hook: test}}"
	pitrix helm template rel web --post-renderer ./post -s templates/new.yaml
	out_is "---
# Source: web/templates/new.yaml
kind: New"
	pitrix helm template rel web --post-renderer sh --post-renderer-args -c --post-renderer-args 'echo why >&2; exit 3'
	status_is 1
	out_empty
	err_has "Error: error while running post render on files: error while running command /usr/bin/sh. error output:
why
: exit status 3

Use --debug flag to render out invalid YAML"
	pitrix helm template rel web --post-renderer sh --post-renderer-args -c --post-renderer-args 'kill -9 $$'
	err_has ": signal: killed"
	pitrix helm template rel web --post-renderer nowhere
	status_is 1
	err_has 'Error: invalid argument "nowhere" for "--post-renderer" flag: unable to find binary at nowhere: exec: "nowhere": executable file not found in $PATH'
	pitrix helm template rel web --post-renderer ./web
	err_has 'exec: "./web": is a directory'
	pitrix helm template rel web --post-renderer true
	status_is 0
	[ "$out" = "
---
# Source: web/templates/job.yaml
kind: Job
metadata: {annotations: {helm.sh/hook: test}}" ] || report "another text for nothing"
}

@test "a subchart's values are chartutil.Values to itself and a plain map to its parent, and the same map to both" {
	rm -rf web
	mkdir -p web/templates web/charts/sub/templates
	printf 'apiVersion: v2\nname: web\nversion: 1.0.0\n' >web/Chart.yaml
	printf 'apiVersion: v2\nname: sub\nversion: 1.0.0\n' >web/charts/sub/Chart.yaml
	printf 'a: {b: 1}\n' >web/charts/sub/values.yaml
	# Deepest first: the subchart writes, the parent reads and writes, the subchart's helper reads.
	printf 't: {{ typeOf .Values }}\nd: {{ dig "a" "b" "x" .Values.AsMap }}\ns: {{ $v := .Values }}{{ $_ := set $v "w" 2 }}{{ $v.w }}{{ .Values.w }}{{ typeOf $_ }}\n' \
		>web/charts/sub/templates/a.yaml
	printf '{{ define "sub.p" }}{{ .Values.p }}{{ end }}' >web/charts/sub/templates/_p.tpl
	printf 't: {{ typeOf .Values }}, {{ typeOf .Values.sub }}, {{ typeOf .Subcharts.sub.Values }}\nw: {{ .Values.sub.w }}\np: {{ $_ := set .Values.sub "p" 3 }}{{ include "sub.p" .Subcharts.sub }}\nd: {{ dig "a" "b" "x" .Values.sub }}\n' \
		>web/templates/z.yaml
	pitrix helm template rel web
	status_is 0
	out_is "---
# Source: web/charts/sub/templates/a.yaml
t: chartutil.Values
d: 1
s: 22map[string]interface {}
---
# Source: web/templates/z.yaml
t: chartutil.Values, map[string]interface {}, chartutil.Values
w: 2
p: 3
d: 1"
	printf 'd: {{ dig "a" "b" "x" .Values }}\n' >web/charts/sub/templates/a.yaml
	pitrix helm template rel web
	status_is 1
	err_has "error calling dig: interface conversion: interface {} is chartutil.Values, not map[string]interface {}"
}

@test "a post-renderer ends with the program, when a terminal ends it" {
	setsid "$program" helm template rel web --post-renderer sh --post-renderer-args -c --post-renderer-args 'echo $$ >pid; exec sleep 60' \
		>/dev/null 2>&1 &
	leader=$!
	for _ in $(seq 100); do
		[ -s pid ] && break
		sleep 0.1
	done
	[ -s pid ] || report "the post-renderer was not started"
	kill -TERM -- "-$leader"
	wait "$leader" || true
	for _ in $(seq 50); do
		kill -0 "$(cat pid)" 2>/dev/null || return 0
		sleep 0.1
	done
	kill "$(cat pid)"
	report "the post-renderer goes on"
}

# What goes into a string of Chart.yaml is a float32 to sigs.k8s.io/yaml, and the members of a map come in order.
@test "Chart.yaml is read as Go fills a struct" {
	"$program" helm create odd >/dev/null
	rm -r odd/templates odd/values.yaml
	mkdir odd/templates
	echo 'at: {{ .Chart.AppVersion }} {{ toJson .Chart.Annotations | quote }}' >odd/templates/a.yaml
	printf '%s\n' 'apiVersion: v2' 'Name: odd' 'VERSION: 1.0.0' 'appVersion: 1.23456789' \
		'Annotations: {b: 1e6, a: null}' 'annotations: {c: true}' >odd/Chart.yaml
	pitrix helm template odd
	status_is 0
	out_has 'at: 1.2345679 "{\"a\":\"\",\"b\":\"1e+06\",\"c\":\"true\"}"'

	printf '%s\n' 'apiVersion: v2' 'name: []' 'version: 1.0.0' 'annotations: {b: {}, a: []}' >odd/Chart.yaml
	pitrix helm template odd
	status_is 1
	err_has "cannot unmarshal array into Go struct field Metadata.annotations of type string"

	printf '%s\n' 'apiVersion: v2' 'name: odd' 'version: 1.0.0' 'dependencies: [{name: a, enabled: 5}]' >odd/Chart.yaml
	pitrix helm show chart odd
	status_is 1
	err_has "cannot unmarshal number into Go struct field Dependency.dependencies.enabled of type bool"
}

@test "Chart.lock has a time, and is packed with it as Go writes it" {
	echo 'generated: "2020-01-01T00:00:00.500000+00:00"' >web/Chart.lock
	pitrix helm package web
	status_is 0
	[ "$(tar xOf web-0.1.0.tgz web/Chart.lock | grep generated)" = 'generated: "2020-01-01T00:00:00.5Z"' ] || report "another time"

	echo 'generated: yesterday' >web/Chart.lock
	pitrix helm template web
	status_is 1
	err_has 'cannot load Chart.lock: error unmarshaling JSON: while decoding JSON: parsing time "yesterday"'

	echo 'generated: 5' >web/Chart.lock
	pitrix helm template web
	status_is 1
	err_has "Time.UnmarshalJSON: input is not a JSON string"
}

@test "a document's members are found in any case" {
	rm -r web/templates
	mkdir web/templates
	printf '%s\n' 'KIND: Deployment' 'Metadata: {name: last}' >web/templates/a.yaml
	printf '%s\n' 'kind: Secret' 'metadata: {name: first}' >web/templates/b.yaml
	printf '%s\n' 'kind: Pod' 'metadata: {Annotations: {helm.sh/hook: test, helm.sh/hook-weight: 1e6}}' --- \
		'kind: Pod' 'metadata: {Annotations: {helm.sh/hook: test, helm.sh/hook-weight: 5}}' >web/templates/c.yaml
	pitrix helm template web
	status_is 0
	[ "$(grep -c . <<<"$out")" = 16 ] || report "another length"
	[[ $out == *"name: first"*"name: last"*"weight: 1e6"*"weight: 5"* ]] || report "another order"

	printf '%s\n' 'kind: Pod' 'metadata: {name: [], annotations: []}' >web/templates/b.yaml
	pitrix helm template web
	status_is 1
	err_has "cannot unmarshal array into Go struct field .metadata.annotations of type map[string]string"
}

@test "lint reads the items of a list as Helm does" {
	rm -r web/templates
	mkdir web/templates
	printf '%s\n' 'kind: List' 'apiVersion: v1' 'Items: [{Metadata: {Annotations: {helm.sh/resource-policy: keep}}}]' \
		>web/templates/a.yaml
	pitrix helm lint web
	status_is 1
	out_has "Annotation 'helm.sh/resource-policy' within List objects are ignored"

	printf '%s\n' 'kind: List' 'apiVersion: v1' 'items: [5]' >web/templates/a.yaml
	pitrix helm lint web
	status_is 1
	out_has "unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal number into Go struct field .Items of type struct { Metadata struct { Annotations map[string]string } }"
}

@test "a values file in the place of a chart is told by its whole path" {
	echo 'a: 1' >values.yaml
	pitrix helm template values.yaml
	status_is 1
	err_has "Error: file '$PWD/values.yaml' seems to be a YAML file, but expected a gzipped archive"
	pitrix helm dependency list values.yaml
	status_is 1
	err_has "Error: file 'values.yaml' seems to be a YAML file"
	pitrix helm lint values.yaml
	status_is 1
	out_has "stat values.yaml/Chart.yaml: not a directory"
}

@test "flags are of types, and what is none is told as Go tells it" {
	local rows=(
		'--timeout x|invalid argument "x" for "--timeout" flag: time: invalid duration "x"'
		'--timeout 5|invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'
		'--timeout 5x|invalid argument "5x" for "--timeout" flag: time: unknown unit "x" in duration "5x"'
		'--burst-limit 1.5|invalid argument "1.5" for "--burst-limit" flag: strconv.ParseInt: parsing "1.5": invalid syntax'
		'--burst-limit 9999999999999999999|flag: strconv.ParseInt: parsing "9999999999999999999": value out of range'
		'--qps x|invalid argument "x" for "--qps" flag: strconv.ParseFloat: parsing "x": invalid syntax'
		'--labels a|invalid argument "a" for "-l, --labels" flag: a must be formatted as key=value'
		'--values a"b|invalid argument "a\"b" for "-f, --values" flag: parse error on line 1, column 2: bare " in non-quoted-field'
		'--values "a|invalid argument "\"a" for "-f, --values" flag: parse error on line 1, column 3: extraneous or missing " in quoted-field'
		'--values "a"b|invalid argument "\"a\"b" for "-f, --values" flag: parse error on line 1, column 3: extraneous or missing " in quoted-field'
		'--values a,|open a: no such file or directory'
		'--dry-run=x|Invalid dry-run flag. Flag must one of the following: false, true, none, client, server'
		'---x|bad flag syntax: ---x'
	)
	local row

	for row in "${rows[@]}"; do
		# shellcheck disable=SC2086 # its words
		pitrix helm template web ${row%%|*}
		status_is 1
		err_has "${row#*|}"
	done
	echo 'replicaCount: 7' >'a,b.yaml'
	pitrix helm template web --values '"a,b.yaml"' --timeout 1h2m3.5s --burst-limit -0x10 --qps 1e3 --dry-run -l a=b,c
	status_is 0
	out_has "replicas: 7"
	pitrix helm template web --values 'a,b.yaml'
	status_is 1
}

@test "what is wrong with --set is told as Helm tells it" {
	pitrix helm template web --set a
	status_is 1
	err_has 'Error: failed parsing --set data: key "a" has no value'
	pitrix helm lint web --set-string a=1,a.b=2
	status_is 1
	err_has "failed parsing --set-string data: unable to parse key: interface conversion: interface {} is string, not map[string]interface {}"
	pitrix helm template web --set-file a=web
	status_is 1
	err_has "failed parsing --set-file data: read web: is a directory"
	pitrix helm template web --values web
	status_is 1
	err_has "Error: read web: is a directory"
	# In our own words elsewhere.
	pitrix render web --set a=1,a.b=2
	err_has "'a' is integer already, not object"
}

@test "flags without a command are looked at, too" {
	pitrix helm --nope
	status_is 1
	err_has "Error: unknown flag: --nope"
	pitrix helm --namespace
	status_is 1
	err_has "Error: flag needs an argument: --namespace"
	pitrix helm --debug
	status_is 0
	out_has "Available Commands:"
	pitrix helm help nope
	status_is 0
	out_empty
	err_has 'Unknown help topic [`nope`]'
}

@test "what more than two words are is told, every one of them" {
	pitrix helm template a b c d
	status_is 1
	err_has "expected at most two arguments, unexpected arguments: c, d"
}

@test "an archive that cannot be written was not saved" {
	pitrix helm package web -d web/Chart.yaml
	status_is 1
	err_has "Error: failed to save: is not a directory: web/Chart.yaml"
	echo '{' >web/values.schema.json
	pitrix helm package web
	status_is 1
	err_has "Error: failed to save: Invalid JSON in values.schema.json"
}

@test "a JSON path shows nothing where a chart has no values" {
	rm web/values.yaml
	pitrix helm show values web --jsonpath .a
	status_is 0
	out_empty
}
