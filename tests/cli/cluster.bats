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

# save_plan FILE WORD... : what --plan -o json prints
save_plan()
{
	local file=$1
	shift
	pitrix cluster deploy "$@" --plan -o json
	status_is 0
	printf '%s' "$out" >"$file"
}

# A copy of the package with a password among its answers, as tests/e2e has one.
service()
{
	service=$PWD/service
	cp -r "$source/tests/e2e/packages/service" "$service"
}

@test "a plan that was saved needs the engine only, and says so" {
	export PITRIX_ENGINE=unix://$PWD/nowhere.sock
	save_plan zk.plan zk "$zookeeper" --set cluster.zk_node.count=1
	pitrix cluster deploy --from-plan zk.plan
	status_is 69
	err_has nowhere.sock
	pitrix cluster list -o json
	out_is '[]'
	pitrix cluster plan zk "$zookeeper" -o yaml
	printf '%s' "$out" >zk.yaml
	pitrix cluster deploy --from-plan zk.yaml
	status_is 69
	"$program" cluster deploy --from-plan - <zk.plan 2>err || status=$?
	[ "$status" -eq 69 ]
}

@test "two plans of one deployment differ in their ids alone" {
	save_plan one zk "$zookeeper"
	save_plan two zk "$zookeeper"
	python3 -c '
import json
one, two = (json.load(open(name)) for name in ("one", "two"))
assert one["basis"]["ids"] != two["basis"]["ids"]
assert [t["title"] for t in one["tasks"]] == [t["title"] for t in two["tasks"]]
assert one["basis"]["package"] == two["basis"]["package"]'
}

@test "a plan that somebody changed is refused" {
	save_plan zk.plan zk "$zookeeper"
	for change in 's/"failure_allowed": false/"failure_allowed": true/' 's/"name": "zk"/"name": "other"/' \
	    's/"timeout_ms": 300000/"timeout_ms": 1/' 's/"runtime": "local"/"runtime": "other"/' '0,/{/s//{"more": 1,/'; do
		sed "$change" zk.plan >changed.plan
		! cmp -s zk.plan changed.plan
		pitrix cluster deploy --from-plan changed.plan
		status_is 65
		err_has "fingerprint"
	done
	pitrix cluster list -o json
	out_is '[]'
}

@test "what is no plan is refused" {
	echo '{"operation": "create"}' >no.plan
	pitrix cluster deploy --from-plan no.plan
	status_is 65
	err_has "no plan"
	echo '{' >no.plan
	pitrix cluster delete --yes --from-plan no.plan
	status_is 65
	err_has "no.plan:"
	pitrix cluster stop --from-plan missing.plan
	status_is 66
	save_plan zk.plan zk "$zookeeper"
	sed 's/"format": 1/"format": 2/' zk.plan >new.plan
	pitrix cluster deploy --from-plan new.plan
	status_is 64
	err_has "format 2"
}

@test "a plan of another operation is refused" {
	save_plan zk.plan zk "$zookeeper"
	pitrix cluster stop --from-plan zk.plan
	status_is 65
	err_has "a plan to create"
}

@test "a plan is stale once its package was changed" {
	service
	save_plan svc.plan svc "$service"
	echo >>"$service/cluster.json.tmpl"
	pitrix cluster deploy --from-plan svc.plan
	status_is 79
	err_has "stale"
	err_has "its package"
	pitrix cluster list -o json
	out_is '[]'
}

@test "a plan runs with the package where it is now" {
	export PITRIX_ENGINE=unix://$PWD/nowhere.sock
	service
	save_plan svc.plan svc "$service"
	mv "$service" moved
	pitrix cluster deploy --from-plan svc.plan
	status_is 66
	pitrix cluster deploy moved --from-plan svc.plan
	status_is 69
}

@test "no secret is in a plan: it is given again" {
	export PITRIX_ENGINE=unix://$PWD/nowhere.sock
	service
	save_plan svc.plan svc "$service" --set env.secret=Tell-no-one-7f3a --set env.message=hi
	! grep -q Tell-no-one svc.plan
	grep -q '"\$secret": "env.secret"' svc.plan
	pitrix cluster deploy --from-plan svc.plan
	status_is 65
	err_has "env.secret"
	pitrix cluster deploy --from-plan svc.plan --set env.secret=again --set env.message=other
	status_is 65
	err_has "'message'"
	pitrix cluster deploy --from-plan svc.plan --set env.secret=again
	status_is 69
	err_lacks again
}

@test "what a plan holds is not given beside it" {
	save_plan zk.plan zk "$zookeeper"
	for more in '--plan' '--runtime local' '--vpc other' '--image a=b'; do
		pitrix cluster deploy --from-plan zk.plan $more
		status_is 64
	done
	pitrix cluster deploy other "$zookeeper" --from-plan zk.plan
	status_is 64
	pitrix cluster stop zk --plan --from-plan zk.plan
	status_is 64
	pitrix cluster deploy
	status_is 64
	err_has "PACKAGE is missing"
	pitrix cluster stop
	status_is 64
	err_has "CLUSTER is missing"
}
