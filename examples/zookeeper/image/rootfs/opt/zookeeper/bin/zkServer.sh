#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Starts and stops the ZooKeeper server of this node.
#
#   zkServer.sh start         start in the background; done when it answers, whether or not there is a quorum yet
#   zkServer.sh stop          stop; done when it is gone
#   zkServer.sh restart       both
#   zkServer.sh reload        restart if it runs, and runs with a configuration other than the present one
#   zkServer.sh status        its mode (leader, follower, standalone); 1 if it has none
#   zkServer.sh check FILE    is this a zoo.cfg that it can run with?
#
# conf/zoo.cfg, conf/myid and conf/java.env are rendered by confd. The AdminServer is part of the server's process: it is on when
# conf/admin is there, which is rest.sh's business.

home=/opt/zookeeper
conf=$home/conf
data=/data/zookeeper
pid=/run/zookeeper.pid
used=/run/zookeeper.conf
out=$home/logs/zookeeper.out
java=/usr/share/java
classes=$conf
for jar in zookeeper zookeeper-jute slf4j-api slf4j-log4j12 log4j-1.2 netty-all netty-handler netty-transport netty-common \
	netty-buffer netty-codec netty-resolver netty-transport-native-unix-common netty-transport-native-epoll commons-cli commons-io \
	commons-lang metrics-core snappy-java jackson-core jackson-annotations jackson-databind findbugs-annotations \
	jetty9-server jetty9-servlet jetty9-http jetty9-io jetty9-util jetty9-util-ajax jetty9-security servlet-api javax.servlet-api; do
	[ ! -e "$java/$jar.jar" ] || classes=$classes:$java/$jar.jar
done

fail() {
	echo "zkServer.sh: $*" >&2
	exit 1
}

# A pid file outlives its process, and a number is given again: look at what runs under it.
alive() {
	[ -s $pid ] && tr '\0' ' ' <"/proc/$(<$pid)/cmdline" | grep -q QuorumPeerMain
} 2>/dev/null

# word WORD - asks the server one of its four letter words
word() {
	(exec 3<>/dev/tcp/127.0.0.1/2181 && printf '%s' "$1" >&3 && timeout 3 cat <&3) 2>/dev/null
}

heap() {
	heap_size=0 memory=1024
	[ ! -r $conf/java.env ] || . $conf/java.env
	[ "$heap_size" -gt 0 ] 2>/dev/null || heap_size=$((memory / 2))
	echo "$heap_size"
}

# All that the server is started with, to compare.
settings() {
	cat $conf/zoo.cfg $conf/myid 2>/dev/null
	echo "heap $(heap)"
	[ -e $conf/admin ] && echo admin
}

check() {
	grep -q '^dataDir=/' "$1" && grep -q '^clientPort=[0-9]' "$1" || fail "'$1' has no dataDir or no clientPort"
	! grep -E '^server\.' "$1" | grep -qvE '^server\.([1-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])=[^:]+:[0-9]+:[0-9]+' ||
		fail "'$1' has a server line that is not server.ID=ADDRESS:2888:3888 with an ID from 1 to 255"
}

start() {
	alive && { echo "ZooKeeper runs already (pid $(<$pid))"; return; }
	[ -s $conf/zoo.cfg ] || fail "there is no $conf/zoo.cfg yet"
	[ -s $conf/myid ] || fail "there is no $conf/myid yet"
	check $conf/zoo.cfg
	mkdir -p $data $home/logs && cp $conf/myid $data/myid && chown -R zookeeper:zookeeper $data $home/logs ||
		fail "cannot write to $data"
	admin=false
	[ ! -e $conf/admin ] || admin=true
	settings >$used
	setsid setpriv --reuid zookeeper --regid zookeeper --clear-groups \
		java -Xms64m "-Xmx$(heap)m" -XX:+ExitOnOutOfMemoryError -Djava.net.preferIPv4Stack=true \
		-Dzookeeper.admin.enableServer=$admin -Dzookeeper.jmx.log4j.disable=true \
		-cp "$classes" org.apache.zookeeper.server.quorum.QuorumPeerMain $conf/zoo.cfg \
		9>&- </dev/null >$out 2>&1 &
	echo $! >$pid
	for ((n = 0; n < 300; n++)); do
		[ "$(word ruok)" = imok ] && { echo "ZooKeeper started (pid $(<$pid))"; return; }
		((n < 10)) || alive || break
		sleep 0.1
	done
	tail -n 20 $out $home/logs/zookeeper.log >&2
	fail "ZooKeeper does not start"
}

stop() {
	alive || { rm -f $pid; echo "ZooKeeper does not run"; return; }
	kill "$(<$pid)"
	for ((n = 0; n < 300; n++)); do
		alive || break
		((n != 200)) || kill -KILL "$(<$pid)"
		sleep 0.05
	done
	alive && fail "ZooKeeper (pid $(<$pid)) does not stop"
	rm -f $pid
	echo "ZooKeeper stopped"
}

reload() {
	alive || return 0
	[ "$(settings)" != "$(<$used)" ] || return 0
	echo "the configuration has changed"
	stop && start
}

exec 9>/run/zookeeper.lock
case $1 in
start | stop | reload)
	flock -w 120 9 || fail "another command is at it"
	"$1"
	;;
restart)
	flock -w 120 9 || fail "another command is at it"
	stop && start
	;;
status)
	mode=$(word srvr | sed -n 's/^Mode: //p')
	[ -n "$mode" ] || fail "ZooKeeper $(alive && echo "has no quorum" || echo "does not run")"
	echo "$mode"
	;;
check) check "${2:?}" ;;
*)
	sed -n '3,10s/^# *//p' "$0" >&2
	exit 64
	;;
esac
