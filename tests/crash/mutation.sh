#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mutation.sh - proves that the crash test notices: pitrix is built with --enable-test-mutation, which acts on `instance.create`
# without having committed its intent, and the sweep over the points around that call must find doubled instances.

here=$(dirname "$(readlink -f "$0")")
PITRIX_SOURCE=$(readlink -f "${PITRIX_SOURCE:-$here/../..}")
good=$(readlink -f "${PITRIX_BUILD:-.}")
work=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-mutation.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
(cd "$work" && "$PITRIX_SOURCE/configure" --enable-test-mutation --disable-static-library &&
	make -j2 pitrix pitrix-agent points.la pitrix-archive.la pitrix-certs.la pitrix-curl.la pitrix-deflate.la pitrix-openssl.la pitrix-pattern.la pitrix-regex.la pitrix-sqlite.la) \
	>"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 1; }

# trial BUILD: the answer of the engine to `instance.create` is there, and nobody has seen it
trial() {
	PITRIX_SOURCE=$PITRIX_SOURCE PITRIX_BUILD=$1 CRASH_SECONDS=0 sh "$here/crash.sh" --ops deploy --kill-on 'containers/create' \
		>"$work/out" 2>&1
}

trial "$good"
rc=$?
[ $rc -ne 77 ] || { cat "$work/out"; exit 77; }
[ $rc -eq 0 ] || { cat "$work/out"; echo "mutation.sh: the program itself fails"; exit 1; }
tail -n 2 "$work/out"
if trial "$work"; then
	cat "$work/out"
	echo "mutation.sh: the crash test did not notice that an intent was not committed"
	exit 1
fi
cat "$work/out"
if ! grep -q '^points .* \(leaked\|doubled\) [1-9]' "$work/out"; then
	echo "mutation.sh: it failed for another reason"
	exit 1
fi
echo "mutation.sh: noticed"
echo "2 passed, 0 failed"
