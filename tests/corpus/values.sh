#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The corpora that the value room answers to: rows of template/ and the texts of hostile/, made here by its `make`.
# PITRIX_CORPUS is the corpora's folder; what is not there is said and skipped.
corpus=${PITRIX_CORPUS:-${PITRIX_SOURCE:?}/../shared/corpus}
build=${PITRIX_BUILD:?}/tests/corpus
status=0
found=0
if [ -f "$corpus/template/cases.jsonl" ]; then
	found=1
	"$build/run_values" "$corpus/template/cases.jsonl" || status=1
else
	echo "skipped: $corpus/template is not there"
fi
if [ -x "$corpus/hostile/make" ]; then
	found=1
	folder=$(mktemp -d) || exit 1
	trap 'rm -rf "$folder"' EXIT
	if "$corpus/hostile/make" "$folder" >/dev/null; then
		"$build/run_hostile_text" "$folder" || status=1
	else
		status=1
	fi
else
	echo "skipped: $corpus/hostile is not there"
fi
[ $found = 1 ] || exit 77
exit $status
