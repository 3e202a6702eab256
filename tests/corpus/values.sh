#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the value room answers to of the corpus template/. PITRIX_CORPUS is the corpora's folder; what is not there is said and
# skipped.
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
[ $found = 1 ] || exit 77
exit $status
