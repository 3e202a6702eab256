# SPDX-License-Identifier: Apache-2.0
load helpers

@test "version prints the version on stdout, and nothing else" {
	pitrix version
	status_is 0
	[[ ${out%%$'\n'*} =~ ^pitrix\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || report "no version"
	err_empty
}

@test "--version and -V are the same as version" {
	pitrix version
	want=$out
	pitrix --version
	status_is 0
	out_is "$want"
	pitrix -V
	out_is "$want"
}

@test "version takes no argument" {
	pitrix version 1
	status_is 64
	out_empty
	err_has "unexpected argument '1'"
}

@test "a full disk is an I/O error" {
	[ -e /dev/full ] || skip "no /dev/full"
	status=0
	"$program" version >/dev/full 2>"$HOME/.err" || status=$?
	err=$(cat "$HOME/.err")
	out=
	status_is 74
	err_has "cannot write the result"
}

@test "a reader that leaves early is not an error of ours" {
	"$program" help 2>"$HOME/.err" | true
	[ ! -s "$HOME/.err" ]
}

@test "version for programs" {
	pitrix version -o json
	status_is 0
	out_has '"library": "'
	pitrix version -o yaml
	status_is 0
	out_has 'library: '
	pitrix version -o name
	status_is 64
	err_has "table, json or yaml is expected"
}
