#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each public header compiles alone, and twice in one file, as C99 and as C++, without a warning; it includes only the
# C library and other public headers; and it is installed.
set -u
source=${PITRIX_SOURCE:?}
cc=${CC:-cc} cxx=${CXX:-c++}
warnings="-Wall -Wextra -Werror -pedantic -Wundef"
passed=0 failed=0
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

complain() {
	failed=$((failed + 1))
	echo "not ok: $1"
	[ ! -s "$work/log" ] || sed 's/^/    /' "$work/log" | head -20
	: >"$work/log"
}

# compile NAME COMMAND...: the command on the test's source.
compile() {
	name=$1
	shift
	# shellcheck disable=SC2086
	if "$@" $warnings -I"$source/include" -fsyntax-only >"$work/log" 2>&1; then
		passed=$((passed + 1))
	else
		complain "$name"
	fi
	: >"$work/log"
}

for file in $(cd "$source/include" && find pitrix -name '*.h' | LC_ALL=C sort); do
	printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' "$file" "$file" >"$work/one.c"
	cp "$work/one.c" "$work/one.cc"
	# shellcheck disable=SC2086
	compile "<$file> as C99" $cc -std=c99 "$work/one.c"
	# shellcheck disable=SC2086
	compile "<$file> as C++" $cxx -std=c++11 "$work/one.cc"
	if grep -q "include/$file" "$source/lib/local.mk"; then
		passed=$((passed + 1))
	else
		complain "<$file> is not in lib/local.mk, so it would not be installed"
	fi
	if [ "$file" = pitrix/pitrix.h ] || [ "${file#pitrix/sys/}" != "$file" ] ||
		grep -q "<$file>" "$source/include/pitrix/pitrix.h"; then
		passed=$((passed + 1))
	else
		complain "<$file> is not included by <pitrix/pitrix.h>"
	fi
done
echo "headers: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
