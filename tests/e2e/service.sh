#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# service.sh - the whole life of a small cluster on a real engine, as a user has it: deploy, look, use, stop, start; what is
# killed is named and mended; bad input changes nothing; secrets stay secret; delete leaves nothing. In a sandbox of engine.sh;
# exit status 77: this machine lacks what it takes, the output says what.
# shellcheck disable=SC2016

set -u
here=$(dirname "$(readlink -f "$0")")
PITRIX_SOURCE=${PITRIX_SOURCE:-$here/../..} PITRIX_BUILD=${PITRIX_BUILD:-.}
export PITRIX_SOURCE PITRIX_BUILD
. "$here/tree.sh"

if [ "${1-}" != --inside ]; then
	for tool in python3 jq curl; do
		command -v $tool >/dev/null || { echo "service.sh: skipped: needs $tool"; exit 77; }
	done
	"$here/engine.sh" check || exit 77
	tree_images "${XDG_CACHE_HOME:-$HOME/.cache}/pitrix-tests"
	tree_use
	work=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-service.XXXXXX") || exit 1
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
	export work
	"$here/engine.sh" run "$here/service.sh" --inside
	exit
fi

export PITRIX_HOME=$work/home PITRIX_ADDRESSES=$work/addresses HOME=$work/user TMPDIR=$work
mkdir -p "$HOME"
secret=Tell-no-one-7f3a
. "$here/judge.sh"

folders() { # files of ours outside of the cache
	find "$work/home" "$PITRIX_ADDRESSES" /run/pitrix -mindepth 1 2>/dev/null |
	    grep -vE '/(state\.db(-wal|-shm)?|seal\.key(\.lock)?|locks(/.*)?|agents(/.*)?|cache(/.*)?|instances)$' | sort
}

container() { # ROLE - the name of its container
	api GET '/containers/json?all=1' | jq -r --arg role "$1" '.[] | select(.Labels["pitrix:role"] == $role) | .Names[0] | ltrimstr("/")'
}

# A first packet that gets lost between the sandbox's networks says nothing about the service.
started() { curl -sS --max-time 5 --retry 2 --retry-all-errors "http://$address/starts"; }

sick() { # WORD - status ends with 1 and names it
	pitrix cluster status svc
	[ "$status" = 1 ] && says "$1"
}

well() {
	pitrix cluster status svc
	[ "$status" = 0 ]
}

# ---- bad input: a clear error, nothing changed ----------------------------------------------------------------------

before=$(engine_has)
nothing_changed() { is "$(engine_has)" "$before" && is "$(folders)" ''; }

bad() { # NAME STATUS WORD ARGUMENT... - deploy is refused with the status and the word, and nothing is there
	local name=$1 want=$2 word=$3
	shift 3
	pitrix cluster deploy bad "$package" --image "$image" "$@"
	ok "bad input: $name: exit status $want" ends "$want"
	ok "bad input: $name: says '$word'" says "$word"
	ok "bad input: $name: nothing changed" nothing_changed
}

bad 'wrong type' 65 'count' --set-string cluster.node.count=many
bad 'out of range' 65 '200' --set cluster.node.count=999
bad 'unknown key' 65 "count" --set cluster.node.cuont=1
cp -r "$package" "$work/required"
sed -i '/"key": "count"/s/"default": 1, //' "$work/required/config.json"
package=$work/required bad 'missing required' 65 'count'
printf '{\n  "cluster": {\n    "name": oops\n  }\n}\n' >"$work/answers.json"
bad 'bad JSON' 65 'answers.json:3:13' -f "$work/answers.json"
# an image that neither the engine nor the runtime knows
pitrix cluster deploy bad "$package" --image "busybox=nowhere/no-such-image:1"
ok 'unknown image: fails' [ "$status" != 0 ]
ok 'unknown image: names it' says 'no-such-image'
pitrix cluster delete bad --yes
ok 'unknown image: what was recorded can be deleted' ends 0
ok 'unknown image: nothing is left' nothing_changed
PITRIX_ENGINE=unix://$work/nowhere.sock bad 'no engine' 69 'nowhere.sock'
pitrix cluster deploy bad "$work/no-such-package"
ok 'no such package: exit status 66' ends 66
mkdir -p "$work/readonly" && mount -t tmpfs -o ro,size=64k tmpfs "$work/readonly"
PITRIX_HOME=$work/readonly/home bad 'no permission' 77 'readonly'
mkdir -p "$work/small" && mount -t tmpfs -o size=64k tmpfs "$work/small"
PITRIX_HOME=$work/small/home bad 'full disk' 74 'small\|space\|full'
umount "$work/small" "$work/readonly"

# ---- deploy ---------------------------------------------------------------------------------------------------------

# All arguments and environments that there are while it works.
watch_arguments() {
	while :; do
		cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | sort -u >>"$work/arguments"
		sleep 0.1
	done
}
printf '{"cluster": {"node": {"count": 2}}, "env": {"secret": "%s", "message": "hi"}}' "$secret" >"$work/secret.json"
printf '{"env": {"secret": "%s"}}' "$secret" >"$work/only-secret.json"
watch_arguments &
watcher=$!
pitrix cluster deploy svc "$package" --image "$image" -f "$work/secret.json" --plan -o json
cp "$work/out" "$work/svc.plan"
ok 'a plan is saved' ends 0
ok 'the password is not in the plan' eval '! grep -qF -- "$secret" "$work/svc.plan"'
ok 'a plan changes nothing' nothing_changed
pitrix cluster deploy --from-plan "$work/svc.plan"
ok 'a plan without its secrets is refused: exit status 65' ends 65
ok 'a plan without its secrets: nothing changed' nothing_changed
pitrix cluster deploy --from-plan "$work/svc.plan" -f "$work/only-secret.json"
kill $watcher
wait $watcher 2>/dev/null
ok 'deploy from the plan ends with 0' ends 0
pitrix cluster show svc -o json
ok 'the cluster is that of the plan' is "$(jq -r .id "$work/out")" "$(jq -r .cluster "$work/svc.plan")"
pitrix cluster deploy --from-plan "$work/svc.plan" -f "$work/only-secret.json"
ok 'a plan is run once: exit status 79' ends 79
pitrix cluster status svc
ok 'status ends with 0' ends 0
pitrix cluster list -o json
address=$(jq -r '.[0].nodes[0].endpoints[0].address' "$work/out")
ok 'list -o json gives a published address' [ "${address#127.77.}" != "$address" ]
ok 'the service answers there' is "$(curl -sS --max-time 5 "http://$address/state" | grep ^message)" 'message=hi'
is_listening_elsewhere() { ss -Hltn 2>/dev/null | awk '{print $4}' | grep -v '^127\.77\.' | grep -v '^10\.77\.' | grep -q .; }
ok 'nothing of the host listens elsewhere' eval '! is_listening_elsewhere'
pitrix cluster deploy svc "$package" --image "$image"
ok 'the same name again is a conflict' ends 79
pitrix cluster exec svc -n node/1 -- cat /data/state
ok 'exec runs a command on a node' says 'message=hi'
pitrix cluster exec svc -n node/1 'exit 7'
ok 'exec ends with the status of the command' ends 7
pitrix cluster logs svc
ok 'logs show what services printed' says 'service started'
ok 'and what the machines said' says '^node/1 | .*the Drone is up'
pitrix cluster logs svc --source machines -n node/2 --tail 2 -o json
ok 'the last lines of one machine, for programs' is "$(jq -r 'map(.node + .source) | join(" ")' "$work/out")" 'node/2machine node/2machine'
sleep 2
pitrix cluster logs svc --source services --since 1s --tail 1
ok 'logs since a time leave out what is older' eval '! says "service started"'
pitrix cluster logs svc -n frontgate
ok 'the Frontgate has a log too' says '^frontgate | '
follow() { # until a line comes, once
	"$PITRIX" cluster logs svc --follow >"$work/followed" 2>"$work/err" </dev/null &
	local follower=$! seen=1
	sleep 1
	pitrix cluster exec svc -n node/1 -- sh -c 'echo to-be-followed >/proc/1/fd/2'
	within 10 grep -q '^node/1 | to-be-followed' "$work/followed" && seen=0
	sleep 1
	kill -TERM $follower # a shell lets its background ignore SIGINT
	wait $follower
	status=$?
	[ $seen = 0 ] && grep -q 'service started' "$work/followed" && is "$(grep -c to-be-followed "$work/followed")" 1
}
ok 'logs are followed' follow
ok 'until they are interrupted: exit status 130' ends 130

# ---- secrets --------------------------------------------------------------------------------------------------------

leaks_in_files() { grep -rlF -- "$secret" "$PITRIX_HOME" "$PITRIX_ADDRESSES" 2>/dev/null; }
leaks_in_output() {
	local words
	for words in 'cluster list -o json' 'cluster show svc -o json' 'cluster status svc -o json' 'cluster events svc -o json' \
	    'cluster logs svc -o json' 'job list -o json' 'job show svc -o json' 'state export' 'runtime show local -o json'; do
		# shellcheck disable=SC2086
		pitrix $words
		! grep -qF -- "$secret" "$work/out" "$work/err" || { echo "  in: pitrix $words"; return 0; }
	done
	return 1
}
leaks_in_logs() {
	local c
	for c in $(api GET '/containers/json?all=1' | jq -r '.[].Id'); do
		! api GET "/containers/$c/logs?stdout=1&stderr=1" | grep -aqF -- "$secret" || return 0
		! api GET "/containers/$c/json" | grep -qF -- "$secret" || return 0
	done
	return 1
}
leaks_in_arguments() { [ ! -s "$work/arguments" ] || grep -F -- "$secret" "$work/arguments"; }
ok 'the password is in no file of ours' eval '! leaks_in_files'
ok 'the password is in no output' eval '! leaks_in_output'
ok 'the password is in no log and no container' eval '! leaks_in_logs'
ok 'the password is in no argument or environment of a process' eval '! leaks_in_arguments'
pitrix cluster exec svc -n node/1 -- sh -c 'cat /opt/service/etc/* | wc -c'
ok 'the configuration is there' ends 0

# ---- stop, start ----------------------------------------------------------------------------------------------------

was=$(started)
pitrix cluster stop svc --plan -o json
cp "$work/out" "$work/stop.plan"
pitrix cluster restart svc --plan -o yaml
cp "$work/out" "$work/restart.plan"
ok 'plans of an active cluster are saved' [ -s "$work/stop.plan" -a -s "$work/restart.plan" ]
pitrix cluster stop --from-plan "$work/stop.plan"
ok 'stop from a plan ends with 0' ends 0
running() { api GET '/containers/json' | jq length; }
ok 'nothing runs after stop' is "$(running)" 0
pitrix cluster stop svc
ok 'stop of what is stopped does no harm' [ "$status" = 0 -o "$status" = 79 -o "$status" = 1 ]
pitrix cluster start svc
ok 'start ends with 0' ends 0
ok 'its data is kept: one start more is counted' is "$(started)" $((was + 1))
pitrix cluster restart --from-plan "$work/restart.plan"
ok 'a plan that was made before is stale: exit status 79' ends 79
ok 'and says so' says 'stale'
ok 'and nothing was done' is "$(started)" $((was + 1))

# ---- what is killed -------------------------------------------------------------------------------------------------

name=$(container node | head -n 1)
enrolled() { podman_logs | grep -c ' enrolled '; }
podman_logs() { for c in $(api GET '/containers/json?all=1' | jq -r '.[].Id'); do api GET "/containers/$c/logs?stdout=1&stderr=1" | tr -d '\000'; done; }
times=$(enrolled)
api POST "/containers/$name/kill?signal=SIGKILL" >/dev/null
ok 'a killed instance is named by status within 15 s, exit status 1' within 15 sick 'node/'
pitrix cluster start svc
ok 'start mends it' ends 0
ok 'all is well after it' within 15 well

name=$(container frontgate)
api POST "/containers/$name/kill?signal=SIGKILL" >/dev/null
ok 'a killed Frontgate is named by status within 15 s, exit status 1' within 15 sick 'Frontgate'
pitrix cluster start svc
ok 'start mends it' ends 0
ok 'all is well after it' within 15 well
ok 'nobody enrolled anew' is "$(enrolled)" "$times"

etcd=$(pgrep -x etcd)
kill -KILL "$etcd"
etcd_again() { [ -n "$(pgrep -x etcd)" ] && [ "$(pgrep -x etcd)" != "$etcd" ] && well; }
ok 'a killed etcd is started again within 15 s' within 15 etcd_again
pitrix cluster events svc
ok 'events say so' says 'etcd'
pitrix cluster exec svc -n node/2 -- true
ok 'the nodes are reached after it' ends 0

# ---- the agent, in place ---------------------------------------------------------------------------------------------

machines() { api GET '/containers/json' | jq -r '.[].Id' | while read -r id; do api GET "/containers/$id/json" | jq -r .State.Pid; done | sort; }
agents() { pitrix cluster exec svc -n "$1" -- sha256sum /proc/1/exe && cut -d ' ' -f 1 "$work/out"; }
sha() { sha256sum "$1" | cut -d ' ' -f 1; }
{ cat "$PITRIX_AGENT"; echo; } >"$work/agent" # the same, with another digest
printf '#!/bin/sh\n[ "$*" != --version ] || exec "%s" --version\nexit 1\n' "$PITRIX_AGENT" >"$work/no-agent"
chmod +x "$work/agent" "$work/no-agent"
own=$PITRIX_AGENT
was=$(machines) starts=$(started)
export PITRIX_AGENT=$work/no-agent
pitrix cluster upgrade-agent svc
ok 'an agent that cannot take over: exit status 1' ends 1
ok 'it says so' says 'update the agent of frontgate: cannot'
pitrix cluster exec svc -n node/1 -- true
ok 'the old agents work on' ends 0
ok 'the machines went on' is "$(machines)" "$was"
export PITRIX_AGENT=$work/agent
pitrix cluster upgrade-agent svc
ok 'upgrade-agent with another program ends with 0' ends 0
ok 'all is well after it' within 15 well
ok 'the machines went on' is "$(machines)" "$was"
ok 'so did the service' is "$(started)" "$starts"
ok 'node 1 runs the new agent' is "$(agents node/1)" "$(sha "$work/agent")"
ok 'node 2 runs the new agent' is "$(agents node/2)" "$(sha "$work/agent")"
ok 'nobody enrolled anew for it' is "$(enrolled)" "$times"
pitrix cluster upgrade-agent svc --plan
ok 'there is nothing more to update' [ "$(grep -c 'update the agent' "$work/out")" = 0 ]
{ cat "$own"; echo; echo; } >"$work/agent"
"$PITRIX" cluster upgrade-agent svc >"$work/out" 2>"$work/err" </dev/null &
sleep 0.4
kill -KILL $!
wait $! 2>/dev/null
pitrix job resume "$("$PITRIX" cluster list -o json | jq -r '.[0].job')"
ok 'an update that was killed goes on' ends 0
ok 'all is well after it' within 15 well
ok 'the machines went on' is "$(machines)" "$was"
ok 'node 1 runs the third agent' is "$(agents node/1)" "$(sha "$work/agent")"
export PITRIX_AGENT=$own
pitrix cluster stop svc
ok 'stop with the new agents ends with 0' ends 0
pitrix cluster start svc
ok 'start with the new agents ends with 0' ends 0
ok 'all is well after that' within 15 well
ok 'node 1 still runs the third agent' is "$(agents node/1)" "$(sha "$work/agent")"

# ---- health checks --------------------------------------------------------------------------------------------------

# The same service, in AppCenter's form, which may check more often than once a minute.
cp -r "$package" "$work/checked"
mv "$work/checked/cluster.json.tmpl" "$work/checked/cluster.json.mustache"
sed -i '$d' "$work/checked/cluster.json.mustache"
cat >>"$work/checked/cluster.json.mustache" <<-'END'
	, "health_check": { "enable": true, "interval_sec": 1, "timeout_sec": 5, "action_timeout_sec": 5, "healthy_threshold": 2,
		"unhealthy_threshold": 2, "check_cmd": "/opt/service/bin/service status", "action_cmd": "echo acted >>/data/acted" }
	}
END
pitrix cluster deploy hc "$work/checked" --image "$image"
ok 'a service with a health check is deployed' ends 0
health() { # STATUS WORD
	pitrix cluster status hc -o json
	[ "$status" = "$1" ] && [ "$(jq -r '.nodes[0].health' "$work/out")" = "$2" ]
}
healthy() { health 0 healthy; }
unhealthy() { health 1 unhealthy; }
ok 'it is healthy' within 15 healthy
pitrix cluster exec hc -- /opt/service/bin/service crash
ok 'a service that died makes its node unhealthy, exit status 1' within 15 unhealthy
pitrix cluster status hc
ok 'status names the node and what its check said' says 'node/1: unhealthy: stopped'
acted() { pitrix cluster exec hc -- cat /data/acted && is "$(cat "$work/out")" acted; }
ok 'the action was run' within 5 acted
sleep 3
ok 'and only once' acted
pitrix cluster exec hc -- /opt/service/bin/service start
ok 'it is healthy again' within 15 healthy
pitrix cluster events hc
ok 'events say so' eval "says 'is unhealthy: stopped' && says 'is healthy again'"
pitrix cluster stop hc
ok 'a cluster with a health check is stopped' ends 0
pitrix cluster start hc
ok 'and started' ends 0
ok 'and is checked again' within 15 healthy
pitrix cluster delete hc --yes
ok 'and deleted' ends 0

# ---- what nodes say of themselves, and what linked clusters see ---------------------------------------------------------

cp -r "$package" "$work/linked"
sed -i 's/"env": { "message"/"passphraseless": "ssh-rsa", "custom_metadata": { "cmd": "echo Token-$(hostname)" }, &/' \
    "$work/linked/cluster.json.tmpl"
sed -i '$d' "$work/linked/cluster.json.tmpl"
printf '\t, "links": { "peer": {{cluster.peer}} }\n}\n' >>"$work/linked/cluster.json.tmpl"
sed -i 's/{ "key": "subnet"/{ "key": "peer", "type": "string", "default": "", "required": "no" },\n\t\t\t&/' \
    "$work/linked/config.json"
pitrix cluster deploy linked "$work/linked" --image "$image" --set cluster.peer=nobody
ok 'a link to a cluster that is not there is refused: exit status 66' ends 66
ok 'and names the link' says "linking 'peer'"
pitrix cluster deploy linked "$work/linked" --image "$image" --set cluster.peer=svc --vpc elsewhere
ok 'a link into another network is refused: exit status 79' ends 79
pitrix cluster list -o json
ok 'and nothing is recorded' is "$(jq length "$work/out")" 1
pitrix cluster deploy linked "$work/linked" --image "$image" --set cluster.node.count=2 --set cluster.peer=svc
ok 'a cluster with a link, keys and metadata of its own is deployed' ends 0
seen() { pitrix cluster exec "$1" -n "$2" -- cat /opt/service/etc/seen; }
seen linked node/1
ok 'it sees the cluster that it is linked to' says '/links/peer/cluster/name svc'
ok 'and its hosts' is "$(grep -c '^/links/peer/hosts/node/.*/ip 10.77' "$work/out")" 2
ok 'it sees the keys of all its nodes' is "$(grep -c '^/hosts/node/.*/pub_key ssh-rsa AAAA' "$work/out")" 2
ok 'and what they said of themselves' is "$(grep -c '^/hosts/node/\(.*\)/token Token-\1$' "$work/out")" 2
seen svc node/1
ok 'the other one sees nothing of it' eval '! grep -q "links\|pub_key\|Token" "$work/out"'
pitrix cluster exec linked -n node/2 -- head -n 1 /root/.ssh/id_rsa
ok 'the private half of the key is on the node' says 'BEGIN RSA PRIVATE KEY'
private_somewhere() { grep -rlF -e 'BEGIN RSA' -e 'Token-linked' "$PITRIX_HOME"; }
ok 'and nowhere else, and what nodes said is sealed' eval '! private_somewhere'
pitrix cluster delete svc --yes
ok 'a cluster that another one uses is not deleted: exit status 79' ends 79
ok 'and it says which one' says "'linked'"
pitrix cluster delete linked --yes
ok 'the one that uses it is deleted' ends 0

# ---- interrupted ----------------------------------------------------------------------------------------------------

"$PITRIX" cluster restart svc >"$work/out" 2>"$work/err" </dev/null &
sleep 0.3
kill -INT $!
status=0
wait $! || status=$?
ok 'an interrupted restart ends with 130 (or was done)' [ "$status" = 130 -o "$status" = 0 ]
pitrix cluster restart svc
ok 'the same command again goes on' ends 0
ok 'all is well after it' within 15 well

# ---- delete ---------------------------------------------------------------------------------------------------------

pitrix cluster delete svc --plan -o json
cp "$work/out" "$work/delete.plan"
pitrix cluster delete --from-plan "$work/delete.plan"
ok 'delete from a plan asks too' ends 64
pitrix cluster delete --from-plan "$work/delete.plan" --yes
ok 'delete from a plan ends with 0' ends 0
ok 'no container, volume or network is left' is "$(engine_has)" "$before"
ok 'no folder is left' is "$(folders)" ''
no_process() { ! ps -eo comm= | grep -xE 'pitrix|pitrix-agent|agent|etcd|conmon|busybox|httpd'; }
ok 'no process is left' within 5 no_process
pitrix cluster list -o json
ok 'the list is empty' is "$(jq length "$work/out")" 0
pitrix cluster status svc
ok 'it is not found any more: exit status 66' ends 66

closing
