# SPDX-License-Identifier: Apache-2.0
# What every .bats file loads: a home of its own for each test, and a way of running the program that keeps stdout,
# stderr and the exit status apart.

setup()
{
	HOME=$(mktemp -d "${BATS_TMPDIR:-/tmp}/pitrix-cli.XXXXXX")
	export HOME
	export PITRIX_HOME=$HOME/state XDG_CACHE_HOME=$HOME/cache XDG_CONFIG_HOME=$HOME/config
	export LC_ALL=C.UTF-8 TZ=UTC
	unset PITRIX_DEBUG NO_COLOR XDG_STATE_HOME COLUMNS
	# The program itself, not libtool's wrapper: that is a shell script.
	build=${PITRIX_BUILD:?}
	source=${PITRIX_SOURCE:?}
	program=$build/pitrix
	if [ -x "$build/.libs/pitrix" ]; then
		program=$build/.libs/pitrix
		export LD_LIBRARY_PATH=$build/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	fi
	cd "$HOME" || return 1
	if declare -F setup_more >/dev/null; then
		setup_more
	fi
}

teardown()
{
	cd / && rm -rf "$HOME"
}

# pitrix WORD... : sets out, err and status. There is never a terminal.
# PITRIX_UNDER: a program to run it under (valgrind).
pitrix()
{
	status=0
	${PITRIX_UNDER-} "$program" "$@" >"$HOME/.out" 2>"$HOME/.err" </dev/null || status=$?
	out=$(cat "$HOME/.out")
	err=$(cat "$HOME/.err")
}

# Says what the last run gave and fails.
report()
{
	printf '%s\nstatus: %s\nstdout:\n%s\nstderr:\n%s\n' "$1" "$status" "$out" "$err"
	return 1
}

status_is()
{
	[ "$status" -eq "$1" ] || report "the exit status is not $1"
}

out_is()
{
	[ "$out" = "$1" ] || report "stdout is not: $1"
}

out_has()
{
	[[ $out == *"$1"* ]] || report "stdout has no: $1"
}

out_lacks()
{
	[[ $out != *"$1"* ]] || report "stdout has: $1"
}

out_empty()
{
	[ -z "$out" ] || report "stdout is not empty"
}

err_has()
{
	[[ $err == *"$1"* ]] || report "stderr has no: $1"
}

err_lacks()
{
	[[ $err != *"$1"* ]] || report "stderr has: $1"
}

err_empty()
{
	[ -z "$err" ] || report "stderr is not empty"
}
