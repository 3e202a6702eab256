# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# lib.sh - what the scripts that build images share: one root file system archive each, kept by content.
#
#   build [FILE]     write the archive (tar) to FILE, or to standard output
#   build --path     print where the archive lies in the cache, made if need be: nothing is copied
#   build --key      print the key of its content, at once: the same key, the same image
#
# An image is nothing but a root file system: what runs in it is said when an instance is made (the agent is mounted in,
# and is its first process). A build script sets image_name, image_packages (Debian's, whose versions belong to the key),
# image_inputs (files and folders that belong to the key), defines image_make, which writes $1/image.tar, and calls
# image_main "$@".
#
# Archives lie in ${XDG_CACHE_HOME:-~/.cache}/pitrix/images as NAME-KEY.tar; one build of a name runs at a time, a second one waits
# and takes its result. A build works in a folder of its own beside them, which goes with the build, and an archive gets its
# name when it is whole. The two newest of a name are kept.
#
# Packages come from the Debian mirrors in this machine's own apt configuration, with its proxies and credentials, and
# from nowhere else. PITRIX_APT_SOURCES=FILE names another sources.list. Root is not needed where user namespaces work.

set -u
umask 022
# Whatever is older keeps its time, whatever is younger gets this one.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1735689600}
export SOURCE_DATE_EPOCH
LC_ALL=C
export LC_ALL

image_fail() {
	echo "image '$image_name': $*" >&2
	exit 74
}

image_need() {
	for image_tool in "$@"; do
		command -v "$image_tool" >/dev/null 2>&1 && continue
		echo "image '$image_name': needs $image_tool, of which Debian has a package (scripts/packages install runtime)" >&2
		exit 69
	done
}

# The sources.list lines of this machine's Debian mirrors. An image is of the same release as the machine.
image_sources() {
	if [ -n "${PITRIX_APT_SOURCES-}" ]; then
		cat "$PITRIX_APT_SOURCES" || exit 66
		return
	fi
	apt-get indextargets --format '$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|$(SIGNED_BY)|' 'Created-By: Packages' 2>/dev/null |
	    awk -F'|' -v ring=/usr/share/keyrings/debian-archive-keyring.gpg '
		BEGIN { have = (getline line < ring) >= 0 }
		# without lists apt does not know an origin yet
		$4 == "Debian" || ($4 ~ /^(\$.*)?$/ && $1 ~ /debian/) {
			by = $5 ~ /^(\$.*)?$/ ? (have ? ring : "") : $5
			line = "deb " (by != "" ? "[signed-by=" by "] " : "") $1 " " $2 " " $3
			if (!seen[line]++) print line
		}'
}

# What apt on this machine is told about fetching: proxies, certificates, credentials. A file, since it may hold secrets.
image_apt_conf() {
	apt-config dump 2>/dev/null | grep -E '^Acquire::(http|https|ftp|Retries|ForceIPv[46]|Languages)' |
	    grep -vE '^Acquire::[^ ]*ProxyAutoDetect|^Acquire::[^ ]*Proxy-Auto-Detect|"";$'
	printf 'Dir::Etc::netrc "/etc/apt/auth.conf";\nDir::Etc::netrcparts "/etc/apt/auth.conf.d";\n'
}

# image_bootstrap VARIANT OUT [OPTION...] - mmdebstrap with $image_packages to the archive OUT
image_bootstrap() {
	image_need mmdebstrap tar
	variant=$1 out=$2
	shift 2
	image_sources >"$image_work/sources.list" || exit
	[ -s "$image_work/sources.list" ] ||
		image_fail "no Debian mirror among this machine's apt sources (PITRIX_APT_SOURCES=FILE names a sources.list)"
	(umask 077; image_apt_conf >"$image_work/apt.conf")
	suite=$(sed -n '1s/^deb \(\[[^]]*\] \)*[^ ]* \([^ ]*\) .*/\2/p' "$image_work/sources.list")
	# In a user namespace the work folder, which is this user's, cannot be entered.
	[ "$(id -u)" != 0 ] || { TMPDIR=$image_work; export TMPDIR; }
	image_run mmdebstrap --quiet --variant="$variant" --include="$(echo "$image_packages" | tr -s ' \n' ',,')" \
		--aptopt="$image_work/apt.conf" --aptopt='APT::Install-Recommends "false"' \
		--aptopt='Acquire::Languages "none"' \
		"$@" "$suite" "$out" "$image_work/sources.list"
}

# image_run COMMAND... - shows what it says only if it fails; ends with us
image_run() {
	"$@" >"$image_work/log" 2>&1 </dev/null &
	image_child=$!
	wait $image_child
	image_rc=$?
	image_child=
	[ $image_rc = 0 ] && return 0
	tail -n 30 "$image_work/log" >&2
	image_fail "'$1' failed"
}

# image_tar ARCHIVE FOLDER - FOLDER's content, owned by root, in a fixed order. An archive must not name a path twice:
# Podman refuses it.
image_tar() {
	tar --create --file "$1" --directory "$2" --format=gnu --sort=name --owner=0 --group=0 --numeric-owner \
		--mtime="@$SOURCE_DATE_EPOCH" --mode='u+rwX,go=rX' --exclude='*~' . || exit 74
}

# What apt would install. Asking it takes half a second, so the answer is kept until its lists, sources, preferences or what
# is installed change.
image_policy() {
	image_answer=$image_cache/policy-$(echo "$*" | sha256sum | cut -c1-16)
	image_fresh=
	for input in /var/lib/apt/lists /var/lib/apt/lists/* /etc/apt /etc/apt/*.d /etc/apt/sources.list /etc/apt/sources.list.d/* \
	    /etc/apt/preferences /etc/apt/preferences.d/* /var/lib/dpkg/status; do
		[ ! -e "$input" ] || [ "$image_answer" -nt "$input" ] || image_fresh=no
	done
	if [ -s "$image_answer" ] && [ -z "$image_fresh" ]; then
		cat "$image_answer"
		return
	fi
	image_text=$(apt-cache policy "$@" 2>/dev/null | grep -E '^[^ ]|Candidate:')
	echo "$image_text"
	mkdir -p "$image_cache" 2>/dev/null && echo "$image_text" >"$image_answer.$$" 2>/dev/null &&
	    mv "$image_answer.$$" "$image_answer" 2>/dev/null
	return 0
}

image_key() {
	{
		echo "format 1 $(dpkg --print-architecture 2>/dev/null || uname -m) $SOURCE_DATE_EPOCH"
		for input in "$0" "$image_lib" $image_inputs; do
			find "$input" \( -type f -o -type l \) ! -name '*~' | sort | while read -r file; do
				echo "$(basename "$input") ${file#"$input"} $([ -x "$file" ] && echo x) $(sha256sum <"$file")"
			done
		done
		# a package's fix makes another image
		if [ -n "$image_packages" ] && command -v apt-cache >/dev/null 2>&1; then
			# shellcheck disable=SC2086
			image_policy $image_packages
		fi
		echo "${image_extra-}"
	} | sha256sum | cut -c1-16
}

image_quit() {
	[ -z "${image_child-}" ] || { kill -TERM "$image_child" 2>/dev/null; wait "$image_child" 2>/dev/null; }
	[ -z "${image_work-}" ] || rm -rf "$image_work"
}

image_build() {
	trap image_quit EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	# of a build that was killed; we hold the lock
	rm -rf "$image_cache/.$image_name".??????
	image_work=$(mktemp -d "$image_cache/.$image_name.XXXXXX") || exit 74
	image_make "$image_work"
	[ -s "$image_work/image.tar" ] || image_fail "no archive was made"
	mv "$image_work/image.tar" "$1" || exit 74
	rm -rf "$image_work"
	image_work=
	# shellcheck disable=SC2012
	ls -t "$image_cache/$image_name"-????????????????.tar 2>/dev/null | tail -n +3 | while read -r old; do
		rm -f "$old"
	done
}

image_main() {
	image_cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/pitrix/images
	case ${1-} in
	--key)
		image_key
		return
		;;
	-h | --help)
		echo "usage: build [FILE | --path | --key]"
		return
		;;
	--path | -) ;;
	-*)
		echo "image '$image_name': unknown option '$1' (FILE, --path, --key)" >&2
		exit 64
		;;
	esac
	mkdir -p "$image_cache" || exit 74
	image_file=$image_cache/$image_name-$(image_key).tar
	if [ ! -s "$image_file" ]; then
		image_need flock
		exec 9>"$image_cache/$image_name.lock"
		flock 9 || exit 75
		[ -s "$image_file" ] || image_build "$image_file"
		exec 9>&-
	fi
	case ${1-} in
	--path) echo "$image_file" ;;
	'' | -) cat "$image_file" ;;
	*)
		cp --reflink=auto "$image_file" "$1.part$$" && mv "$1.part$$" "$1" || {
			rm -f "$1.part$$"
			exit 74
		}
		;;
	esac
}
