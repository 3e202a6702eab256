#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every #include of lib/ and cli/ follows an arrow of docs/architecture.md (section "Arrows").
#
#     check-layers.sh [SOURCE]      the tree to look at (default: $PITRIX_SOURCE, else the folder above this one)
#     check-layers.sh --selftest    proves, on a made-up tree, that each kind of break is found
#
# Says file:line and the arrow that broke; ends with 1 when there was any.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 99

check() { # the tree's top folder
	cd "$1" || exit 99
	find lib cli include -type f \( -name '*.c' -o -name '*.h' -o -name '*.cc' \) 2>/dev/null | LC_ALL=C sort |
		LC_ALL=C awk '
	function complain(where, text) {
		print "not ok: " where ": " text
		failed++
	}
	# a/b/../c is a/c
	function normal(path,    parts, n, i, out, top) {
		n = split(path, parts, "/")
		top = 0
		for (i = 1; i <= n; i++) {
			if (parts[i] == "" || parts[i] == ".")
				continue
			if (parts[i] == ".." && top > 0 && out[top] != "..")
				top--
			else
				out[++top] = parts[i]
		}
		path = ""
		for (i = 1; i <= top; i++)
			path = path (i > 1 ? "/" : "") out[i]
		return path
	}
	function room_of(file,    parts, n) {
		n = split(file, parts, "/")
		return parts[1] == "lib" && n > 2 ? parts[2] : parts[1] == "lib" ? "" : parts[1]
	}
	# may[a, b]: room a may include room b
	function close_over(room, below,    i) {
		if ((room, below) in may)
			return
		may[room, below] = 1
		for (i = 1; i <= count[below]; i++)
			close_over(room, arrow[below, i])
	}
	function read_arrows(file,    line, inside, name, rest, i, list, n) {
		while ((getline line < file) > 0) {
			if (line ~ /^## /)
				inside = line == "## Arrows"
			if (!inside || line !~ /^    [a-z]/)
				continue
			sub(/^ +/, "", line)
			name = line
			sub(/[^a-z].*/, "", name)
			rest = substr(line, length(name) + 1)
			rooms[++room_count] = name
			known[name] = 1
			if (rest !~ /^ *<- /)
				continue
			sub(/^ *<- /, "", rest)
			if (rest ~ /^public headers only/)
				continue
			sub(/  .*/, "", rest)
			n = split(rest, list, /, */)
			for (i = 1; i <= n; i++)
				arrow[name, ++count[name]] = list[i]
		}
		if (!room_count)
			complain(file, "has no list of arrows")
		for (i = 1; i <= room_count; i++)
			for (n = 1; n <= count[rooms[i]]; n++)
				if (!known[arrow[rooms[i], n]])
					complain(file, rooms[i] " <- " arrow[rooms[i], n] ": there is no such room")
		for (i = 1; i <= room_count; i++) {
			for (n = 1; n <= count[rooms[i]]; n++)
				close_over(rooms[i], arrow[rooms[i], n])
			if ((rooms[i], rooms[i]) in may)
				complain(file, rooms[i] " is above itself")
		}
	}
	function exists(file) {
		return (file in files)
	}
	function check_quoted(file, where, target,    own, dir, to, other) {
		if (target == "config.h")
			return
		own = room_of(file)
		dir = file
		sub(/\/[^\/]*$/, "", dir)
		to = normal(dir "/" target)
		if (!exists(to) && exists(normal("lib/" target)) && own != "cli")
			to = normal("lib/" target)
		if (own == "include")
			return complain(where, "a public header includes \"" target "\": only <...> is installed with it")
		if (!exists(to))
			return complain(where, "\"" target "\" is not in the tree" (own == "cli" ? " of cli" : ""))
		other = room_of(to)
		if (other == own)
			return
		if (own == "cli")
			return complain(where, "cli <- " other ": cli may include only <pitrix/...> and its own headers")
		if (other == "include")
			return complain(where, "write <pitrix/...> for \"" target "\"")
		if (!((own, other) in may))
			complain(where, own " <- " other ": there is no such arrow (\"" target "\")")
	}
	function check_file(file,    line, n, target, own) {
		own = room_of(file)
		if (file ~ /^lib\/(tables|modules_[a-z0-9_]*)\.c$/)
			return
		if (own == "")
			return complain(file, "is in no room of lib/")
		if (own != "include" && !known[own])
			return complain(file, "room \"" own "\" is not in the list of arrows")
		while ((getline line < file) > 0) {
			n++
			if (line !~ /^[ \t]*#[ \t]*include[ \t]*["<]/)
				continue
			includes++
			target = line
			sub(/^[^"<]*["<]/, "", target)
			sub(/[">].*/, "", target)
			if (line ~ /^[^"<]*</) {
				if (target ~ /^pitrix\// && !exists("include/" target))
					complain(file ":" n, "there is no public header <" target ">")
				continue
			}
			check_quoted(file, file ":" n, target)
		}
		close(file)
	}
	{ files[$0] = 1; order[++file_count] = $0 }
	END {
		read_arrows("docs/architecture.md")
		for (f = 1; f <= file_count; f++)
			check_file(order[f])
		printf "layers: %d rooms, %d files, %d includes, %d broken\n", room_count, file_count, includes, failed
		exit failed > 0
	}'
}

passed=0
broken=0

# expect STATUS TEXT: runs the check on the made-up tree.
expect() {
	out=$("$0" "$tree" 2>&1)
	status=$?
	if [ "$status" -eq "$1" ] && printf '%s\n' "$out" | grep -qF -e "$2"; then
		passed=$((passed + 1))
	else
		broken=$((broken + 1))
		echo "not ok: wanted status $1 and '$2', got $status and:"
		printf '%s\n' "$out"
	fi
}

# plant FILE LINE TEXT: with this line in it, the check fails with the text; without it, it is fine again.
plant() {
	cp "$tree/$1" "$tree/kept" 2>/dev/null || : >"$tree/kept"
	printf '\n%s\n' "$2" >>"$tree/$1"
	expect 1 "$3"
	mv "$tree/kept" "$tree/$1"
}

selftest() {
	tree=$(mktemp -d) || exit 99
	trap 'rm -rf "$tree"' EXIT
	mkdir -p "$tree/docs" "$tree/include/pitrix" "$tree/cli" "$tree/lib/base" "$tree/lib/value" "$tree/lib/text" \
		"$tree/lib/net" "$tree/lib/text/sub"
	cat >"$tree/docs/architecture.md" <<'END'
## Arrows

    base
    value   <- base
    text    <- value      words
    net     <- text       more, words
    cli     <- public headers only

## Further

    evil    <- base
END
	for room in base value text net; do
		echo "#include <pitrix/a.h>" >"$tree/lib/$room/$room.h"
	done
	echo '#include <stdio.h>' >"$tree/include/pitrix/a.h"
	echo '#include "cli.h"' >"$tree/cli/main.c"
	echo '#include <pitrix/a.h>' >"$tree/cli/cli.h"
	printf '#include "config.h"\n#include "net.h"\n#include "../base/base.h"\n' >"$tree/lib/net/net.c"
	printf '#include "../text.h"\n#include "../../value/value.h"\n' >"$tree/lib/text/sub/deep.c"
	echo '#include "net/net.h"' >"$tree/lib/tables.c"
	echo '#include "net/net.h"' >"$tree/lib/modules_shared.c"
	expect 0 "5 rooms, 11 files, 12 includes, 0 broken"
	plant lib/base/base.h '#include "../value/value.h"' 'lib/base/base.h:3: base <- value'
	plant lib/value/value.h '  #  include	"net/net.h"' 'lib/value/value.h:3: value <- net'
	plant lib/text/sub/deep.c '#include "../../net/net.h"' 'lib/text/sub/deep.c:4: text <- net'
	plant lib/text/text.h '#include "../../cli/cli.h"' 'text <- cli'
	plant cli/main.c '#include "../lib/base/base.h"' 'cli/main.c:3: cli <- base'
	plant cli/main.c '#include "base/base.h"' 'cli/main.c:3: "base/base.h" is not in the tree'
	plant cli/main.c '#include <pitrix/none.h>' 'there is no public header <pitrix/none.h>'
	plant include/pitrix/a.h '#include "b.h"' 'include/pitrix/a.h:3: a public header'
	plant lib/net/net.h '#include "../../include/pitrix/a.h"' 'write <pitrix/...>'
	plant docs/architecture.md '## Arrows
    nowhere <- void' 'nowhere <- void: there is no such room'
	plant docs/architecture.md '## Arrows
    base    <- net' 'base is above itself'
	echo >"$tree/lib/stray.c"
	expect 1 'lib/stray.c: is in no room'
	rm "$tree/lib/stray.c"
	mkdir "$tree/lib/evil"
	echo >"$tree/lib/evil/evil.c"
	expect 1 'room "evil" is not in the list'
	rm -r "$tree/lib/evil" "$tree/docs/architecture.md"
	expect 1 'has no list of arrows'
	echo "layers selftest: $passed passed, $broken failed"
	[ "$broken" -eq 0 ]
}

case ${1-} in
--selftest) selftest ;;
'') "$here/check-layers.sh" --selftest && check "${PITRIX_SOURCE:-$here/..}" ;;
*) check "$1" ;;
esac
