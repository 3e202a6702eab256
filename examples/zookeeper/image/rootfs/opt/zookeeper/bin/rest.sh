#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Starts and stops ZooKeeper's AdminServer, its commands over HTTP: http://ADDRESS:8080/commands.
#
#   rest.sh start | stop | status
#
# ZooKeeper serves it from the server's own process and reads once, at its start, whether to (admin.enableServer). So this sets the
# switch, and a server that runs otherwise is restarted; one that does not run finds the switch when it starts.

bin=/opt/zookeeper/bin
switch=/opt/zookeeper/conf/admin
pid=/run/zookeeper.pid

answers() {
	(exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /commands/ruok HTTP/1.0\r\n\r\n' >&3 &&
		timeout 3 cat <&3 | grep -q '"error" : null') 2>/dev/null
}

case $1 in
start)
	touch $switch && $bin/zkServer.sh reload >/dev/null || exit 1
	[ -s $pid ] || { echo "ZooKeeper does not run; its AdminServer starts with it"; exit 0; }
	for ((n = 0; n < 100; n++)); do
		answers && { echo "AdminServer answers on port 8080"; exit 0; }
		sleep 0.1
	done
	echo "rest.sh: the AdminServer does not answer on port 8080" >&2
	exit 1
	;;
stop)
	rm -f $switch && $bin/zkServer.sh reload >/dev/null || exit 1
	echo "AdminServer stopped"
	;;
status)
	answers && echo running || { echo stopped; exit 3; }
	;;
*)
	sed -n '5s/^# *//p' "$0" >&2
	exit 64
	;;
esac
