#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# engine.sh - a container engine of its own, in a sandbox that nothing leaves.
#
#   engine.sh [--store DIR] run COMMAND [ARG...]      run COMMAND inside; everything is gone when it ends
#   engine.sh [--store DIR] --state DIR start         start a sandbox that stays; DIR says where it is
#   engine.sh --state DIR exec COMMAND [ARG...]       run COMMAND inside that one
#   engine.sh --state DIR stop                        end it; nothing stays
#   engine.sh check                                   is there all that this needs? (0 or 77, with a word)
#
# COMMAND sees PITRIX_ENGINE=unix:///... and PITRIX_ENGINE_SOCKET=/..., an engine without containers,
# networks and volumes. Its exit status is ours.
#
# The sandbox is a network, mount, pid, ipc and (where it can be) cgroup namespace: loopback is up and there is no other
# interface, /run, /dev/shm and /etc/containers are private, so that an engine which somebody starts in there by hand
# uses the sandbox's folders too. The first process of the pid namespace is this script: when it ends, by whatever
# cause, the kernel ends every process inside, and the mounts and interfaces go with the last of them. What is then left
# is one folder and one cgroup, which the outer half removes; a run that was killed leaves them to the next one.
#
# --store DIR keeps the engine's storage, and with it the images, in DIR between runs. Containers, networks and
# volumes are removed at the end all the same, and one run at a time uses it: others wait.
#
# It needs root, podman, runc or crun, and namespaces; where one is missing it says which and exits with 77 (skipped).

set -u
umask 022

self=$(readlink -f "$0")
base=${TMPDIR:-/tmp}

say() {
	echo "engine.sh: $*" >&2
}

skip() {
	say "skipped: $*"
	exit 77
}

usage() {
	sed -n '4,8s/^# *//p' "$self" >&2
	exit 64
}

check() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	for c in podman unshare setpriv nsenter ip mount flock curl; do
		command -v "$c" >/dev/null 2>&1 || skip "needs $c (see scripts/packages)"
	done
	command -v runc >/dev/null 2>&1 || command -v crun >/dev/null 2>&1 ||
		skip "needs an OCI runtime, runc or crun (see scripts/packages)"
	unshare --net --mount --pid --ipc --fork --mount-proc true 2>/dev/null ||
		skip "needs namespaces: unshare --net --mount --pid is refused here"
}

# ---- inside the sandbox ---------------------------------------------------------------------------------------

# A driver is taken when the kernel mounts with it on this very file system.
storage_driver() {
	d=$dir/probe
	mkdir -p "$d/lower" "$d/upper" "$d/work" "$d/merged"
	if mount -t overlay overlay -o "lowerdir=$d/lower,upperdir=$d/upper,workdir=$d/work" "$d/merged" 2>/dev/null; then
		umount "$d/merged"
		echo overlay
	else
		echo vfs
	fi
	rm -rf "$d"
}

config() {
	mkdir -p "$dir/etc" "$dir/networks" "$dir/run" "$dir/tmp"
	cp -a /etc/containers/. "$dir/etc/" 2>/dev/null
	rm -f "$dir/etc/libpod.conf"
	[ -e "$dir/etc/policy.json" ] ||
		echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$dir/etc/policy.json"
	cat >"$dir/etc/storage.conf" <<-END
		[storage]
		driver = "$driver"
		graphroot = "$store/storage"
		runroot = "$dir/run"
	END
	cat >"$dir/etc/containers.conf" <<-END
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		runtime = "$1"
		tmp_dir = "$dir/tmp"
		static_dir = "$store/storage/libpod"
		volume_path = "$store/storage/volumes"
		[network]
		network_config_dir = "$dir/networks"
	END
}

# A root file system of one static program (as true: busybox goes by its name), run with each runtime in turn: the first that really starts a container is ours.
oci_runtime() {
	for r in runc crun; do
		command -v "$r" >/dev/null 2>&1 || continue
		config "$r"
		mkdir -p "$dir/rootfs/bin"
		cp "$probe" "$dir/rootfs/bin/true"
		if podman run --rm --network none --cgroups enabled --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 \
		    --rootfs "$dir/rootfs" /bin/true --version >"$dir/$r.log" 2>&1; then
			rm -rf "$dir/rootfs"
			echo "$r"
			return 0
		fi
		say "OCI runtime $r does not start a container here: $(tail -n 1 "$dir/$r.log")"
	done
	return 1
}

# Fresh cgroup mounts show only the sandbox's own part of each hierarchy, so no other cgroup can be touched.
cgroups() {
	[ -n "$1" ] || return 0
	grep -E ' cgroup2? ' /proc/self/mounts >"$dir/cgroups"
	while read -r _ where type opts _; do
		umount -l "$where"
		case $type in
		cgroup2)
			mount -t cgroup2 cgroup2 "$where" || continue
			# a group that hands controllers down must hold no process itself
			mkdir "$where/init" && echo 1 >"$where/init/cgroup.procs"
			for c in $(cat "$where/cgroup.controllers"); do
				echo "+$c" >"$where/cgroup.subtree_control"
			done 2>/dev/null
			;;
		*)
			opts=$(echo "$opts" | tr , '\n' | grep -vE '^(rw|ro|relatime|nosuid|nodev|noexec|xattr|release_agent=.*)$' |
			    paste -sd, -)
			mount -t cgroup -o "$opts" cgroup "$where"
			;;
		esac || say "cannot mount $where anew; its limits do not work"
	done <"$dir/cgroups"
}

empty() {
	podman rm --all --force --time 0 >/dev/null 2>&1
	podman volume rm --all --force >/dev/null 2>&1
}

inner() {
	dir=$1 store=$2 cgroup=$3
	shift 3
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	exec 9>&-

	unset CONTAINERS_CONF CONTAINERS_STORAGE_CONF CONTAINER_HOST DOCKER_HOST DOCKER_CONTEXT
	mount --make-rprivate /
	ip link set lo up
	# All of /run: sockets of the machine's engines are out of reach, and what is started in here leaves none behind.
	mount -t tmpfs -o mode=755 tmpfs /run && mount -t tmpfs -o mode=1777 tmpfs /dev/shm ||
		{ say "cannot mount in here"; exit 1; }
	mkdir -p -m 755 /run/netns /run/lock
	[ -z "${XDG_RUNTIME_DIR-}" ] || mkdir -p -m 700 "$XDG_RUNTIME_DIR"
	[ ! -d /var/lib/cni ] || mount -t tmpfs -o mode=700 tmpfs /var/lib/cni || exit 1
	cgroups "$cgroup"

	driver=$(storage_driver)
	mkdir -p "$dir/etc"
	mount --bind "$dir/etc" /etc/containers || exit 1
	probe=$(command -v busybox || echo /sbin/ldconfig)
	runtime=$(oci_runtime) || { say "no OCI runtime works here"; exit 77; }
	config "$runtime"
	[ "$store" = "$dir" ] || empty

	PITRIX_ENGINE_SOCKET=$dir/podman.sock
	PITRIX_ENGINE=unix://$PITRIX_ENGINE_SOCKET
	PITRIX_ENGINE_DIR=$dir
	export PITRIX_ENGINE PITRIX_ENGINE_SOCKET PITRIX_ENGINE_DIR
	podman system service --time=0 "$PITRIX_ENGINE" >"$dir/service.log" 2>&1 </dev/null &
	service=$!
	n=0
	until [ -S "$PITRIX_ENGINE_SOCKET" ] &&
	    curl -sf --max-time 5 --unix-socket "$PITRIX_ENGINE_SOCKET" http://d/_ping >/dev/null; do
		n=$((n + 1))
		if [ $n -gt 200 ] || ! kill -0 $service 2>/dev/null; then
			cat "$dir/service.log" >&2
			say "the engine does not start"
			exit 1
		fi
		sleep 0.05
	done
	"$@"
	rc=$?
	[ "$store" = "$dir" ] || empty
	exit $rc
}

# What stays inside for start: it says where it is and sleeps until stop ends it.
linger() {
	printf 'PITRIX_ENGINE=%s\nPITRIX_ENGINE_SOCKET=%s\nPITRIX_ENGINE_DIR=%s\n' \
		"$PITRIX_ENGINE" "$PITRIX_ENGINE_SOCKET" "$PITRIX_ENGINE_DIR" >"$1/env.new"
	mv "$1/env.new" "$1/env"
	while sleep 86400; do :; done
}

# ---- outside ---------------------------------------------------------------------------------------------------

# One cgroup of this name in each hierarchy; the shell that becomes the sandbox moves into them before the namespace.
cgroup_dirs() {
	awk '$3 == "cgroup" || $3 == "cgroup2" {print $2, $3}' /proc/self/mounts | while read -r where type; do
		own=$(awk -F: -v w="$where" -v t="$type" '
			t == "cgroup2" && $1 == 0 {print "/"}
			t == "cgroup" && $1 != 0 {n = split($2, a, ","); for (i = 1; i <= n; i++) {
				c = a[i]; sub(/^name=/, "", c); if (w ~ ("(^|[/,])" c "($|,)")) {print $3; exit}}}' /proc/self/cgroup)
		[ -n "$own" ] && [ -d "$where$own" ] && echo "$where${own%/}/$1"
	done
}

cgroup_make() {
	for d in $(cgroup_dirs "$1"); do
		mkdir "$d" 2>/dev/null || return 1
		# cpuset hands no CPU to a new group unless told so
		if [ -e "$d/cgroup.controllers" ]; then
			for c in cpu memory pids; do
				echo "+$c" >"$d/../cgroup.subtree_control"
			done
		elif [ -e "$d/cpuset.cpus" ]; then
			cat "$d/../cpuset.cpus" >"$d/cpuset.cpus"
			cat "$d/../cpuset.mems" >"$d/cpuset.mems"
			echo 1 >"$d/cgroup.clone_children"
		fi
	done 2>/dev/null
	return 0
}

cgroup_remove() {
	for d in $(cgroup_dirs "$1"); do
		n=0
		while [ -d "$d" ] && [ $n -lt 50 ]; do
			find "$d" -depth -type d -exec rmdir {} + 2>/dev/null
			[ -d "$d" ] || break
			n=$((n + 1))
			sleep 0.1
		done
	done
}

# Folders of runs that were killed: theirs is a lock that nobody holds.
sweep() {
	for d in "$base"/pitrix-engine.*; do
		[ -f "$d/lock" ] || continue
		(flock -n 8 && discard "$d") 8<"$d/lock"
	done
}

discard() {
	cgroup_remove "$(basename "$1")"
	rm -rf --one-file-system "$1"
}

# prepare - makes dir, store and cgroup; holds the locks on 9 (dir) and 7 (store)
prepare() {
	check
	sweep
	dir=$(mktemp -d "$base/pitrix-engine.XXXXXX") || exit 1
	trap 'discard "$dir"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	exec 9>"$dir/lock"
	flock 9
	if [ -n "$store" ]; then
		mkdir -p "$store" || exit 1
		store=$(readlink -f "$store")
		exec 7>"$store/lock"
		flock -n 7 || { say "waiting for another run that uses $store"; flock 7; }
		# the engine's record of containers holds the paths of the run that made it
		rm -rf "$store/storage/libpod" "$store/storage/volumes"
	else
		store=$dir
	fi
	cgroup=$(basename "$dir")
	cgroup_make "$cgroup" || { cgroup_remove "$cgroup"; cgroup=; }
}

# enter COMMAND... - becomes the inner half; what it starts keeps none of our locks
enter() {
	for d in ${cgroup:+$(cgroup_dirs "$cgroup")}; do
		echo 0 >"$d/cgroup.procs" || say "cannot move into $d"
	done
	exec 9>&- 7>&-
	# it dies with its parent, and all inside with it
	exec setpriv --pdeathsig KILL unshare --net --mount --pid --ipc ${cgroup:+--cgroup} --fork --kill-child --mount-proc \
		/bin/sh "$self" --inner "$dir" "$store" "$cgroup" "$@"
}

start() {
	mkdir -p "$state" || exit 1
	state=$(readlink -f "$state")
	[ ! -e "$state/env" ] || { say "there is one in $state already"; exit 1; }
	setsid /bin/sh "$self" --keep "$state" "$store" >"$state/log" 2>&1 </dev/null &
	n=0
	until [ -e "$state/env" ]; do
		n=$((n + 1))
		if ! kill -0 $! 2>/dev/null || [ $n -gt 600 ]; then
			wait $!
			rc=$?
			cat "$state/log" >&2
			rm -f "$state/log"
			exit $rc
		fi
		sleep 0.1
	done
	cat "$state/env"
}

keep() {
	state=$1 store=$2
	prepare
	enter "$self" --linger "$state" &
	echo $! >"$state/pid"
	echo $$ >"$state/keeper"
	trap 'kill -KILL $(cat "$state/pid") 2>/dev/null; wait; rm -f "$state/env" "$state/pid" "$state/keeper"; discard "$dir"' EXIT
	wait
}

# The first process inside, seen from here: the child of unshare.
inside() {
	[ -e "$state/env" ] && [ -e "$state/pid" ] || { say "none is running in $state"; exit 1; }
	cat "/proc/$(cat "$state/pid")/task/$(cat "$state/pid")/children" 2>/dev/null | tr -d ' '
}

stop() {
	[ -e "$state/keeper" ] || { say "none is running in $state"; exit 1; }
	keeper=$(cat "$state/keeper")
	kill -TERM "$keeper" 2>/dev/null
	while [ -d "/proc/$keeper" ]; do
		sleep 0.05
	done
	rm -f "$state/env" "$state/pid" "$state/keeper" "$state/log"
	rmdir "$state" 2>/dev/null
	return 0
}

case ${1-} in
--inner)
	shift
	inner "$@"
	;;
--linger)
	linger "$2"
	exit
	;;
--keep)
	keep "$2" "$3"
	exit
	;;
esac

store=
state=
while :; do
	case ${1-} in
	--store | --state)
		[ $# -ge 2 ] || usage
		[ "$1" = --store ] && store=$2 || state=$2
		shift 2
		;;
	*) break ;;
	esac
done
verb=${1-}
[ $# -gt 0 ] && shift
case $verb in
run)
	[ $# -gt 0 ] || usage
	prepare
	(enter "$@")
	;;
start)
	[ -n "$state" ] || usage
	check
	start
	;;
exec)
	[ -n "$state" ] && [ $# -gt 0 ] || usage
	p=$(inside) || exit 1
	# shellcheck disable=SC2046
	exec nsenter --target "$p" --net --mount --pid --ipc --cgroup --wd="$PWD" env $(cat "$state/env") "$@"
	;;
stop)
	[ -n "$state" ] || usage
	stop
	;;
check) check ;;
*) usage ;;
esac
