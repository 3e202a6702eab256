# SPDX-License-Identifier: Apache-2.0
# Short commands load only what they need.
load helpers

setup_more()
{
	maps=$build/tests/cli/.libs/maps.so
	[ -e "$maps" ] || skip "no $maps"
	unset PITRIX_TEST_MAPS
}

# lean WORD... : runs the program and looks at what was mapped into it when it ended.
lean()
{
	rm -f "$HOME/maps"
	status=0
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 LD_PRELOAD=$maps PITRIX_TEST_MAPS=$HOME/maps \
		"$program" "$@" >"$HOME/.out" 2>"$HOME/.err" </dev/null || status=$?
	out=$(cat "$HOME/.out") err=$(cat "$HOME/.err")
	status_is 0
	grep -q 'libpitrix\|pitrix$' "$HOME/maps"
	if grep -E 'lib(curl|sqlite3|git2|xml2|archive|re2|pcre2|event)' "$HOME/maps"; then
		report "a heavy library is loaded by: $*"
	fi
}

@test "version, help and completion load no heavy library" {
	lean version
	lean --help
	lean version --help
	lean __complete version --
	lean version -o json
	lean version -o yaml
}

@test "lint and render of a folder load no heavy library" {
	lean lint "$source/examples/zookeeper"
	lean render "$source/examples/zookeeper"
	lean render "$source/examples/zookeeper" -o yaml --set cluster.name=zk
	lean create app
}
