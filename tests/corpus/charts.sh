#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The corpora of charts, run through the program itself: helm/ (what charts render to), helm-cli/ (Helm's command line: exit
# statuses, output, files left behind) and json-schema-helm/ (what is said of values against values.schema.json).
#
#     PITRIX_CORPUS=DIR  another folder of corpora      CHARTS=GLOB  cases of helm/ of these names only, as "bitnami-*/default"
#     V=1  with the differences
here=$(cd "$(dirname "$0")" && pwd)
corpus=${PITRIX_CORPUS:-${PITRIX_SOURCE:?}/../shared/corpus}
build=${PITRIX_BUILD:?}
status=0 found=0
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# The runners empty the environment: a word of ours in the program's place sets what the build's modules need.
program=$build/pitrix
[ ! -x "$build/.libs/pitrix" ] || program=$build/.libs/pitrix
cat >"$work/pitrix" <<END
#!/bin/sh
PITRIX_MODULES=$build/.libs LD_LIBRARY_PATH=$build/.libs exec $program "\$@"
END
chmod +x "$work/pitrix"
verbose=
[ "${V:-0}" = 0 ] || verbose=-v

# sums NAME COMMAND...: a runner's last line, `N passed, M failed`, gets its corpus' name.
sums() {
	name=$1
	shift
	"$@" >"$work/log" 2>&1 || status=1
	sed "s/^\([0-9]* passed, [0-9]* failed\)\$/$name: \1/" "$work/log"
}

if [ -x "$corpus/helm/run" ]; then
	found=1
	sums helm "$corpus/helm/run" -t 120 $verbose ${CHARTS:+--only "$CHARTS"} "$work/pitrix" template
else
	echo "skipped: $corpus/helm is not there"
fi
# The groups of the commands that there are; show-none (its usage), show-pull and template-pull (--repo) wait for theirs.
if [ -x "$corpus/helm-cli/run" ] && [ -z "${CHARTS-}" ]; then
	found=1
	for group in 'lint*' 'package*' 'show-[!np]*' 'create*' 'template-[!p]*' 'version*' 'dep*' 'unknown*'; do
		sums "helm-cli $(echo "$group" | tr -d '*-')" \
			"$corpus/helm-cli/run" $verbose --only "$group" "$work/pitrix" helm
	done
else
	[ -n "${CHARTS-}" ] || echo "skipped: $corpus/helm-cli is not there"
fi
if [ -f "$corpus/json-schema-helm/cases.jsonl" ] && [ -z "${CHARTS-}" ]; then
	found=1
	python3 "$here/schema_helm.py" "$corpus/json-schema-helm" "$work/pitrix" helm || status=1
else
	[ -n "${CHARTS-}" ] || echo "skipped: $corpus/json-schema-helm is not there"
fi
[ $found = 1 ] || exit 77
exit $status
