# SPDX-License-Identifier: Apache-2.0
# Commands on clusters, as far as they need no engine; tests/e2e runs them with one.
load helpers

setup_more()
{
	unset PITRIX_CONFIG PITRIX_RUNTIME
	zookeeper=$source/examples/zookeeper
}

@test "no clusters yet" {
	pitrix cluster list
	status_is 0
	out_empty
	err_has "There are no clusters."
	pitrix cluster list -o json
	out_is '[]'
	pitrix cluster list -o name
	out_empty
	err_empty
}

@test "a cluster that is not there" {
	for verb in show status start stop restart upgrade-agent events logs; do
		pitrix cluster $verb nothing
		status_is 66
		out_empty
		err_has "there is no cluster 'nothing'"
	done
	pitrix cluster delete nothing --yes
	status_is 66
	pitrix cluster exec nothing -- true
	status_is 66
}

@test "delete asks, and is refused where nobody can answer" {
	pitrix cluster delete zk
	status_is 64
	out_empty
	err_has "--yes"
}

@test "a plan changes nothing" {
	pitrix cluster plan zk "$zookeeper"
	status_is 0
	out_has "create instance of zk_node/1"
	out_has "create instance of zk_node/3"
	err_has "nothing was done"
	pitrix cluster deploy zk "$zookeeper" --plan
	status_is 0
	pitrix cluster list -o json
	out_is '[]'
	pitrix job list -o json
	out_is '[]'
}

@test "a plan as JSON, YAML and DOT" {
	pitrix cluster plan zk "$zookeeper" -o json
	status_is 0
	printf '%s' "$out" | python3 -c '
import json, sys
plan = json.load(sys.stdin)
assert plan["operation"] == "create" and plan["name"] == "zk", plan
ids = [t["id"] for t in plan["tasks"]]
assert all(a in ids for t in plan["tasks"] for a in t["after"])'
	pitrix cluster plan zk "$zookeeper" -o yaml
	out_has "operation: create"
	pitrix cluster plan zk "$zookeeper" -o dot
	out_has digraph
}

@test "answers change the plan" {
	pitrix cluster plan zk "$zookeeper" --set cluster.zk_node.count=1 -o json
	status_is 0
	[ "$(printf '%s' "$out" | grep -c '"instance.create"')" -eq 2 ] || report "not one node and a Frontgate"
}

@test "wrong answers are all told, and nothing is recorded" {
	pitrix cluster deploy zk "$zookeeper" --set cluster.zk_node.count=x,cluster.zk_node.cuont=3
	status_is 65
	out_empty
	err_has cluster.zk_node.count
	err_has cluster.zk_node.cuont
	pitrix cluster list -o json
	out_is '[]'
	pitrix job list -o json
	out_is '[]'
}

@test "a name that no cluster may have" {
	pitrix cluster deploy 'Not A Name' "$zookeeper"
	status_is 65
	err_has "'Not A Name'"
}

@test "a package that is not there" {
	pitrix cluster deploy zk nothing-here
	status_is 66
	err_has nothing-here
}

@test "a runtime that is not there" {
	pitrix cluster deploy zk "$zookeeper" --runtime nothing
	status_is 66
	err_has "'nothing'"
	PITRIX_RUNTIME=nothing pitrix cluster deploy zk "$zookeeper"
	status_is 66
}

@test "--image takes NAME=SOURCE" {
	pitrix cluster deploy zk "$zookeeper" --image zookeeper
	status_is 64
	err_has "NAME=SOURCE"
}

@test "create is another name of deploy" {
	pitrix cluster create zk "$zookeeper" --plan
	status_is 0
	out_has "create instance of zk_node/1"
}

@test "exec needs a command" {
	pitrix cluster exec zk
	status_is 64
	err_has "COMMAND is missing"
}

@test "a home that cannot be written to" {
	[ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
	mkdir closed
	chmod 500 closed
	PITRIX_HOME=$PWD/closed/state pitrix cluster list
	status_is 77
}

@test "completing a cluster makes no state" {
	pitrix __complete cluster show ''
	status_is 0
	out_is ':none'
	[ ! -e "$PITRIX_HOME" ]
}
