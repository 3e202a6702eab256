# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# judge.sh - for tests in a sandbox that judge one thing after another: sourced inside, with $work, a folder, set.
#
#   ok NAME COMMAND...     passes if the command does; else shows what the last run of pitrix said
#   closing                the last line, `N passed, N failed`, and the status
#   pitrix WORD...         the program; its status in $status, its output in $work/out and $work/err
#   is HAVE WANT, ends STATUS, says WORD       conditions, the last two on the last run
#   within SECONDS COMMAND...                  is it so before they are over?
#   api METHOD PATH        the engine's API;   engine_has: all that the engine holds, by name

package=$tree_source/tests/e2e/packages/service
image=busybox=$tree_source/tests/e2e/images/busybox/build
passed=0
failed=0

ok() {
	local name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ok - $name"
	else
		failed=$((failed + 1))
		echo "not ok - $name"
		tail -n 20 "$work"/*out "$work"/*err 2>/dev/null | sed 's/^/  /'
		echo "  status: ${status-}"
	fi
}

closing() {
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}

pitrix() {
	status=0
	timeout 200 "$PITRIX" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

is() { [ "$1" = "$2" ] || { echo "  have: $1"; echo "  want: $2"; false; }; }
ends() { is "$status" "$1"; }
says() { grep -q -- "$1" "$work/err" "$work/out"; }

within() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -le $end ] || return 1
		sleep 0.3
	done
}

api() { curl -sS --max-time 60 --unix-socket "$PITRIX_ENGINE_SOCKET" -X "$1" "http://d/v1.41$2"; }

engine_has() {
	api GET '/containers/json?all=1' | jq -r '.[].Names[0]' | sort
	api GET /volumes | jq -r '(.Volumes // [])[].Name' | sort
	api GET /networks | jq -r '.[].Name' | sort
}
