# SPDX-License-Identifier: Apache-2.0
load helpers

@test "--help lists every command on stdout" {
	pitrix --help
	status_is 0
	err_empty
	out_has "Usage:"
	out_has "version"
	out_lacks "__selftest"
}

@test "examples come first" {
	pitrix completion --help
	status_is 0
	before=${out%%Usage:*}
	[[ $before == *"Examples:"* ]] || report "no examples before the usage"
}

@test "help COMMAND is COMMAND --help" {
	pitrix version --help
	status_is 0
	want=$out
	pitrix help version
	status_is 0
	out_is "$want"
	pitrix -h version
	out_is "$want"
}

@test "--help wins over what is missing" {
	pitrix completion --help
	status_is 0
	out_has "SHELL"
}

@test "no command: help on stderr, wrong usage" {
	pitrix
	status_is 64
	out_empty
	err_has "Usage:"
}

@test "an unknown command names the nearest" {
	pitrix verison
	status_is 64
	out_empty
	err_has "unknown command 'verison' (did you mean 'version'?)"
}

@test "a command that is like no other gets no guess" {
	pitrix xyzzyplugh
	status_is 64
	err_has "unknown command 'xyzzyplugh'"
	err_lacks "did you mean"
}

@test "help of an unknown command fails" {
	pitrix help nothing-like-it
	status_is 64
	err_has "unknown command"
}

@test "no line of help is wider than 80 columns, examples apart" {
	for words in --help "help version" "help completion"; do
		pitrix $words
		status_is 0
		wide=$(printf '%s\n' "$out" | grep -v '^  pitrix ' | awk 'length > 80' | head -1)
		[ -z "$wide" ] || report "wide: $wide"
	done
}

@test "there are no colours without a terminal, and there are on demand" {
	pitrix --help
	[[ $out != *$'\e['* ]] || report "colours"
	pitrix --color=always --help
	[[ $out == *$'\e['* ]] || report "no colours"
}
