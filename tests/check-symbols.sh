#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every symbol that libpitrix.so exports starts with ptx_, is declared in a public header and is in
# lib/libpitrix.map; what the headers declare is exported; and pitrix-agent, where it is built, holds nothing of
# libcurl, SQLite, libgit2 and libarchive.
set -u
source=${PITRIX_SOURCE:?} build=${PITRIX_BUILD:?}
library=$build/.libs/libpitrix.so
passed=0 failed=0
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

complain() {
	failed=$((failed + 1))
	echo "not ok: $1"
}

if [ ! -f "$library" ]; then
	echo "not ok: there is no $library"
	exit 1
fi
# The version node itself is an absolute symbol.
nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | LC_ALL=C sort -u >"$work/exported"
# Names in front of a parenthesis, out of declarations without their comments.
find "$source/include/pitrix" -name '*.h' -exec cat {} + |
	tr '\n' ' ' | sed 's,/\*,\n&,g; s,\*/,&\n,g' | grep -v '^/\*' | tr -d '\n' |
	grep -o 'PTX_API[^;]*;' | grep -o 'ptx_[a-z0-9_]* *(' | tr -d ' (' | LC_ALL=C sort -u >"$work/declared"
# Patterns between "global:" and "local:".
sed -n '/global:/,/local:/p' "$source/lib/libpitrix.map" | grep -o '[a-z_0-9*]*;' | tr -d ';' >"$work/map"

in_map() {
	while read -r pattern; do
		# shellcheck disable=SC2254
		case $1 in $pattern) return 0 ;; esac
	done <"$work/map"
	return 1
}

while read -r symbol; do
	before=$failed
	case $symbol in
	ptx_*) ;;
	*) complain "$symbol is exported, but does not start with ptx_" ;;
	esac
	grep -qx "$symbol" "$work/declared" || complain "$symbol is exported, but no public header declares it"
	in_map "$symbol" || complain "$symbol is exported, but is not in lib/libpitrix.map"
	[ "$failed" -eq "$before" ] && passed=$((passed + 1))
done <"$work/exported"
[ -s "$work/exported" ] || complain "$library exports nothing"

missing=$(LC_ALL=C comm -13 "$work/exported" "$work/declared" | tr '\n' ' ')
[ -z "$missing" ] || echo "note: declared in a public header, but not in the library: $missing"

agent=$build/pitrix-agent
if [ -f "$agent" ]; then
	nm "$agent" 2>/dev/null | awk '{ print $NF }' >"$work/agent"
	for part in 'libcurl:curl_easy_|curl_multi_|curl_global_' 'SQLite:sqlite3_' 'libgit2:git_libgit2_|git_repository_' \
		'libarchive:archive_read_|archive_write_|archive_entry_'; do
		if grep -E "^(${part#*:})" "$work/agent" >"$work/heavy"; then
			complain "pitrix-agent holds ${part%%:*}: $(head -3 "$work/heavy" | tr '\n' ' ')"
		else
			passed=$((passed + 1))
		fi
	done
	[ -s "$work/agent" ] || complain "pitrix-agent has no symbols to look at: it was stripped"
else
	echo "skipped: pitrix-agent is not built"
fi
echo "symbols: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
