# SPDX-License-Identifier: Apache-2.0
load helpers

setup_more()
{
	mkdir app
	cat >app/package.json <<'END'
{ "name": "app", "version": "1.2.3", "description": "for tests" }
END
	cat >app/config.json <<'END'
{ "type": "array", "properties": [
  { "key": "cluster", "description": "cluster", "type": "array", "properties": [
    { "key": "name", "label": "Name", "description": "name", "type": "string", "default": "app", "required": "no" },
    { "key": "description", "label": "Description", "description": "description", "type": "string", "default": "", "required": "no" },
    { "key": "subnet", "label": "Subnet", "description": "subnet", "type": "string", "default": "", "required": "no" },
    { "key": "node", "label": "Node", "description": "node", "type": "array", "properties": [
      { "key": "count", "label": "Count", "description": "count", "type": "integer", "default": 1, "min": 1, "max": 5, "required": "yes" },
      { "key": "cpu", "label": "CPU", "description": "cpu", "type": "integer", "default": 1, "range": [1, 2], "required": "yes" },
      { "key": "memory", "label": "Memory", "description": "memory", "type": "integer", "default": 1024, "range": [1024, 2048], "required": "yes" }
    ] }
  ] },
  { "key": "env", "description": "env", "type": "array", "properties": [
    { "key": "secret", "label": "Secret", "description": "a password", "type": "password", "default": "", "required": "no" },
    { "key": "a.b-c", "label": "Dots", "description": "a key with dots", "type": "string", "default": "x", "required": "no" }
  ] }
] }
END
	cat >app/cluster.json.tmpl <<'END'
{
    "name": {{cluster.name}},
    "description": {{cluster.description}},
    "subnet": {{cluster.subnet}},
    "nodes": [{
        "role": "node",
        "container": { "type": "docker", "image": "busybox" },
        "count": {{cluster.node.count}},
        "cpu": {{cluster.node.cpu}},
        "memory": {{cluster.node.memory}},
        "services": { "start": { "cmd": "true" } }
    }],
    "env": { "secret": {{env.secret}}, "dots": {{env.a.b-c}} }
}
END
}

# value EXPRESSION : of the JSON on stdout
value()
{
	printf '%s' "$out" | python3 -c "import json,sys; d=json.load(sys.stdin); print($1)"
}

@test "the defaults fill the template" {
	pitrix render app
	status_is 0
	err_empty
	[ "$(value 'd["name"], d["nodes"][0]["count"], d["env"]["dots"]')" = "app 1 x" ] || report "wrong"
}

@test "template is another name of render" {
	pitrix render app
	want=$out
	pitrix template app
	status_is 0
	out_is "$want"
}

@test "--set, several of them, and several in one" {
	pitrix render app --set cluster.node.count=3 --set cluster.node.cpu=2,cluster.name=zk
	status_is 0
	[ "$(value 'd["name"], d["nodes"][0]["count"], d["nodes"][0]["cpu"]')" = "zk 3 2" ] || report "wrong"
}

@test "--set-string keeps text that looks like a number" {
	pitrix render app --set-string cluster.name=123
	status_is 0
	[ "$(value 'repr(d["name"])')" = "'123'" ] || report "wrong"
	pitrix render app --set cluster.name=123
	status_is 65
}

@test "answers from files, the later wins, --set wins over both" {
	printf 'cluster:\n  name: one\n  node:\n    count: 2\n' >one.yaml
	printf '{ "cluster": { "name": "two" } }' >two.json
	pitrix render app -f one.yaml -f two.json
	[ "$(value 'd["name"], d["nodes"][0]["count"]')" = "two 2" ] || report "wrong"
	pitrix render app -f one.yaml -f two.json --set cluster.name=three
	[ "$(value 'd["name"]')" = three ] || report "wrong"
}

@test "a file of answers that is not there" {
	pitrix render app -f nothing.yaml
	status_is 66
	out_empty
	err_has nothing.yaml
}

@test "a file of answers with a mistake has its place" {
	printf '{\n  "cluster": }\n' >bad.json
	pitrix render app -f bad.json
	status_is 65
	out_empty
	err_has "bad.json:2:"
}

@test "wrong type, out of range, unknown: all told at once, nothing rendered" {
	pitrix render app --set cluster.node.count=9 --set-string cluster.node.cpu=two --set cluster.node.cuont=1
	status_is 65
	out_empty
	err_has "cluster.node.count"
	err_has "cluster.node.cpu"
	err_has "cluster.node.cuont"
	err_has "did you mean 'cluster.node.count'?"
}

@test "a path that the answers do not have is named with its place" {
	sed -i 's/cluster.node.count/cluster.node.cuont/' app/cluster.json.tmpl
	pitrix render app
	status_is 65
	out_empty
	[[ $err =~ cluster.json.tmpl:8:[0-9]+: ]] || report "no place"
	err_has "cuont"
	err_has "count"
}

@test "secrets are masked, unless asked for" {
	printf 'env:\n  secret: hunter2\n' >answers.yaml
	pitrix render app -f answers.yaml
	status_is 0
	out_lacks hunter2
	pitrix render app -f answers.yaml --show-secrets
	out_has hunter2
}

@test "--answers prints the full answers" {
	pitrix render app --answers --set cluster.node.count=2
	status_is 0
	[ "$(value 'd["cluster"]["node"]["count"], d["cluster"]["node"]["memory"]')" = "2 1024" ] || report "wrong"
}

@test "yaml" {
	pitrix render app -o yaml
	status_is 0
	out_has "nodes:"
	pitrix render app -o table
	status_is 64
}

@test "a package that is not there" {
	pitrix render nothing-here
	status_is 66
	out_empty
	err_has nothing-here
}
