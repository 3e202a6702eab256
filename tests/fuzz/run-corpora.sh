#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzz target over its seeds: tests/fuzz/fuzz_NAME over tests/fuzz/corpus/NAME.
set -e
found=0
for seeds in "${PITRIX_SOURCE:?}"/tests/fuzz/corpus/*; do
	name=${seeds##*/}
	target=${PITRIX_BUILD:?}/tests/fuzz/fuzz_$name
	if [ ! -x "$target" ]; then
		echo "no target for $seeds" >&2
		exit 1
	fi
	printf '%s: ' "$name"
	# A libFuzzer target runs files that it is given once, and folders for as long as it is let.
	"$target" "$seeds"/*
	found=$((found + 1))
done
[ "$found" -gt 0 ]
