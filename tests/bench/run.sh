#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every benchmark of this folder, or those named; they print figures beside their goals and fail nothing.
here=$(dirname "$0")
[ $# -gt 0 ] || set -- $(cd "$here" && ls ./*.sh | sed 's,^\./,,; s,\.sh$,,' | grep -v '^run$')
for name; do
	echo "== $name"
	"$here/$name.sh" || echo "$name: ended with $?"
done
