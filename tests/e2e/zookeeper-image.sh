#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# zookeeper-image.sh - does the example's image do what its package asks of it, without pitrix?
#
# Three containers of it on one network of an engine of its own, configured by hand as confd would. They must elect one leader, share a
# znode, answer at the AdminServer exactly while rest.sh has it started, restart for a changed configuration only, and keep
# their data over a stop and start. Exit status 77: this machine lacks what it takes (engine.sh says what).

set -u
here=$(dirname "$(readlink -f "$0")")
top=$here/../..

if [ "${1-}" != --inside ]; then
	"$here/engine.sh" check || exit
	image=$("$top/examples/zookeeper/image/build" --path) || exit
	exec "$here/engine.sh" run "$here/zookeeper-image.sh" --inside "$image"
fi

passed=0
failed=0
ok() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		echo "ok - $1"
	else
		failed=$((failed + 1))
		printf 'not ok - %s\n  want: %s\n  have: %s\n' "$1" "$3" "$2"
	fi
}

api() { # METHOD PATH [JSON]
	curl -sS --fail-with-body --max-time 300 --unix-socket "$PITRIX_ENGINE_SOCKET" -X "$1" "http://d/v1.41$2" \
		${3:+-H 'Content-Type: application/json' -d "$3"}
}

node() { # N COMMAND... - in container zkN
	local n=$1
	shift
	podman exec "zk$n" "$@"
}

zk() { # N COMMAND
	node "$1" /opt/zookeeper/bin/zkServer.sh "$2"
}

modes() {
	for n in 1 2 3; do
		zk $n status 2>/dev/null
	done | sort | paste -sd' '
}

quorum() {
	for ((t = 0; t < 100; t++)); do
		[ "$(modes)" = "follower follower leader" ] && break
		sleep 0.2
	done
	modes
}

admin() { # N - the mode as the AdminServer of node N tells it, from the host by its published address
	curl -s --max-time 5 "http://127.77.9.$1:8080/commands/srvr" | sed -n 's/.*"server_state" : "\([a-z]*\)".*/\1/p'
}

configure() { # N TICKTIME
	{
		printf 'tickTime=%s\ninitLimit=10\nsyncLimit=5\nmaxClientCnxns=60\ndataDir=/data/zookeeper\nclientPort=2181\n' "$2"
		printf '4lw.commands.whitelist=srvr, ruok, mntr, stat\nadmin.serverPort=8080\n'
		printf 'server.%s:2888:3888\n' 1=10.77.9.11 2=10.77.9.12 3=10.77.9.13
	} | podman exec -i "zk$1" tee /opt/zookeeper/conf/zoo.cfg >/dev/null
	echo "$1" | podman exec -i "zk$1" tee /opt/zookeeper/conf/myid >/dev/null
	printf 'heap_size=0\nmemory=512\n' | podman exec -i "zk$1" tee /opt/zookeeper/conf/java.env >/dev/null
}

znode() { # ADDRESS COMMAND... - ZooKeeper's own shell, in container 1
	local address=$1
	shift
	node 1 java -cp '/usr/share/java/*' -Dlog4j.rootLogger=OFF org.apache.zookeeper.ZooKeeperMain \
		-server "$address:2181" "$@" 2>/dev/null | grep -vE '^(Connecting|WATCHER|WatchedEvent|log4j|SLF4J|[0-9-]* [0-9:,]* |$)'
}

curl -sS --fail-with-body --unix-socket "$PITRIX_ENGINE_SOCKET" -X POST -H 'Content-Type: application/x-tar' \
	"http://d/v1.41/images/create?fromSrc=-&repo=localhost/pitrix/zookeeper:test" -T "$2" >/dev/null || exit 1
api POST /networks/create '{"Name": "zk", "Driver": "bridge", "IPAM": {"Config": [{"Subnet": "10.77.9.0/24", "Gateway": "10.77.9.1"}]}}' \
	>/dev/null || exit 1
files=$(ulimit -Hn)
for n in 1 2 3; do
	api POST "/volumes/create" "{\"Name\": \"zk$n\"}" >/dev/null || exit 1
	api POST "/containers/create?name=zk$n" '{"Image": "localhost/pitrix/zookeeper:test", "Hostname": "zk'$n'",
		"Entrypoint": ["/bin/bash", "-c", "trap \"exit 0\" TERM; while :; do sleep 1; done"],
		"HostConfig": {"NetworkMode": "zk", "Memory": 1073741824, "NanoCpus": 1000000000,
			"Mounts": [{"Type": "volume", "Source": "zk'$n'", "Target": "/data"}],
			"Ulimits": [{"Name": "nofile", "Soft": '"$files"', "Hard": '"$files"'}, {"Name": "nproc", "Soft": 4096, "Hard": 4096}],
			"PortBindings": {"2181/tcp": [{"HostIp": "127.77.9.'$n'", "HostPort": "2181"}],
				"8080/tcp": [{"HostIp": "127.77.9.'$n'", "HostPort": "8080"}]}},
		"NetworkingConfig": {"EndpointsConfig": {"zk": {"IPAMConfig": {"IPv4Address": "10.77.9.1'$n'"}}}}}' >/dev/null &&
		api POST "/containers/zk$n/start" || exit 1
	configure $n 2000
done

ok "start needs a configuration" "$(node 1 sh -c 'mv /opt/zookeeper/conf/myid /tmp; /opt/zookeeper/bin/zkServer.sh start 2>&1; echo $?
	mv /tmp/myid /opt/zookeeper/conf')" "zkServer.sh: there is no /opt/zookeeper/conf/myid yet
1"
ok "reload of a stopped server does nothing" "$(zk 1 reload)$(zk 1 status 2>&1)" "zkServer.sh: ZooKeeper does not run"
begun=$(date +%s%N)
for n in 1 2 3; do
	node $n sh -c '/opt/zookeeper/bin/zkServer.sh start;/opt/zookeeper/bin/rest.sh start' >"/tmp/zk-image.$$.$n" 2>&1 &
	eval "p$n=$!"
done
for n in 1 2 3; do
	eval "wait \$p$n"
	ok "the start command of node $n" "$? $(tail -n 1 "/tmp/zk-image.$$.$n")" "0 AdminServer answers on port 8080"
	rm -f "/tmp/zk-image.$$.$n"
done
ok "one leader, two followers" "$(quorum)" "follower follower leader"
echo "# $((($(date +%s%N) - begun) / 1000000)) ms from the start commands to the quorum"
ok "the AdminServers agree" "$(for n in 1 2 3; do admin $n; done | sort | paste -sd' ')" "follower follower leader"
ok "health" "$(node 2 /opt/zookeeper/bin/health.sh | sed 's/: .*//')" "ZooKeeper is well"
ok "srvr from the host, by the published address" \
	"$( (exec 3<>/dev/tcp/127.77.9.3/2181; printf srvr >&3; cat <&3) | grep -c '^Zookeeper version')" 1
ok "words that are not whitelisted are refused" \
	"$( (exec 3<>/dev/tcp/127.77.9.3/2181; printf conf >&3; cat <&3))" "conf is not executed because it is not in the whitelist."
ok "the heap is half of the memory" "$(node 1 pgrep -af QuorumPeerMain | grep -o -- '-Xmx[0-9]*m')" "-Xmx256m"
ok "the server is not root" "$(node 1 ps -o user= -C java)" zookeeper
znode 10.77.9.11 create /written here >/dev/null
ok "a znode written at one is read at another" "$(znode 10.77.9.13 get /written)" here
before=$(node 3 cat /run/zookeeper.pid)
ok "reload without a change" "$(zk 3 reload)" ""
ok "keeps the process" "$(node 3 cat /run/zookeeper.pid)" "$before"
configure 3 2500
ok "reload with a change restarts" "$(zk 3 reload | head -n 1)" "the configuration has changed"
ok "and the quorum is whole again" "$(quorum)" "follower follower leader"
ok "the AdminServer is still on" "$(admin 3 | grep -cE 'leader|follower')" 1
node 3 /opt/zookeeper/bin/rest.sh stop >/dev/null
ok "rest.sh stop: the AdminServer is gone" "$(admin 3; node 3 /opt/zookeeper/bin/rest.sh status)" stopped
ok "and ZooKeeper runs on" "$(quorum)" "follower follower leader"
for n in 1 2 3; do
	node $n sh -c '/opt/zookeeper/bin/rest.sh stop;/opt/zookeeper/bin/zkServer.sh stop' >/dev/null &
done
wait
ok "stopped" "$(node 1 /opt/zookeeper/bin/zkServer.sh stop)" "ZooKeeper does not run"
for n in 1 2 3; do
	api POST "/containers/zk$n/stop?t=5"
	api POST "/containers/zk$n/start"
	node $n sh -c '/opt/zookeeper/bin/zkServer.sh start;/opt/zookeeper/bin/rest.sh start' >/dev/null &
done
wait
ok "started again" "$(quorum)" "follower follower leader"
ok "the znode is still there" "$(znode 10.77.9.12 get /written)" here
echo "$passed passed, $failed failed"
[ $failed = 0 ]
