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
# Under sanitizers: GCC 12's LeakSanitizer falls over the thread-local storage of what was loaded at run time.
cat >"$work/pitrix" <<END
#!/bin/sh
export LSAN_OPTIONS=${LSAN_OPTIONS:-use_tls=0:print_suppressions=0}
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

only=${CHARTS-}
# A process under sanitizers takes a quarter of a second: each chart with its own and with pinned values, no more.
[ -n "$only" ] || ! ldd "$program" | grep -q 'lib[at]san' || only='*/[dp]*'
if [ -x "$corpus/helm/run" ]; then
	found=1
	sums helm "$corpus/helm/run" -t 120 $verbose ${only:+--only "$only"} "$work/pitrix" template
else
	echo "skipped: $corpus/helm is not there"
fi
# Cases with symbolic links that a copy of the corpus may have lost (tests/cli/helm.bats has the same). They are run, and told.
pending=' lint-symlink-broken package-symlink-chart '

# cli_sums NAME COMMAND...: as sums, where pending cases do not count as failed.
cli_sums() {
	name=$1
	shift
	"$@" >"$work/log" 2>&1
	ended=$?
	awk -v name="$name" -v pending="$pending" -v ended="$ended" '
		/^FAIL / { case_name = $2; sub(/:$/, "", case_name); if (index(pending, " " case_name " ")) { later++; $1 = "pending" } }
		/^[0-9]+ passed, [0-9]+ failed$/ { told = 1; bad = $3 - later; printf "%s: %d passed, %d failed\n", name, $1, bad; next }
		{ print }
		END { exit told ? bad > 0 : ended }' "$work/log" || status=1
}

# The groups of the commands that there are.
if [ -x "$corpus/helm-cli/run" ] && [ -z "${CHARTS-}" ]; then
	found=1
	for group in 'lint*' 'package*' 'show*' 'create*' 'template*' 'version*' 'dep*' 'unknown*'; do
		cli_sums "helm-cli $(echo "$group" | tr -d '*-')" \
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
