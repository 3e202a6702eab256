#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages, completions and docs/errors.md that are committed are what the program's tables make.
# `make update-generated` writes them anew.
set -u
source=${PITRIX_SOURCE:?} build=${PITRIX_BUILD:?}
new=$(mktemp -d) || exit 99
trap 'rm -rf "$new"' EXIT
passed=0 failed=0

"$build/pitrix" __generate "$new" || exit 1
for file in $(cd "$new" && find . -type f | sort); do
	if cmp -s "$new/$file" "$source/$file"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok: ${file#./} differs from the tables (make update-generated)"
		diff -u "$source/$file" "$new/$file" | head -20
	fi
done
# What is committed or listed, and no longer made.
for file in "$source"/man/*.1; do
	name=man/$(basename "$file")
	if [ ! -f "$new/$name" ]; then
		failed=$((failed + 1))
		echo "not ok: $name: no such command"
	elif ! grep -q "$name" "$source/cli/local.mk"; then
		failed=$((failed + 1))
		echo "not ok: $name is not in cli/local.mk"
	else
		passed=$((passed + 1))
	fi
done
# The functions of templates, by their tables: pitrix-templates(7) names each.
for name in $(sed -n 's/^\t{ "\([a-z][A-Za-z0-9_]*\)", .*/\1/p' "$source"/lib/template/funcs_*.c | sort -u); do
	if grep -qw "$name" "$source/man/pitrix-templates.7"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok: man/pitrix-templates.7 does not name $name"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
