# SPDX-License-Identifier: Apache-2.0
# How words become options and arguments, for every command alike.
load helpers

@test "an unknown option names the nearest" {
	pitrix version --hlep
	status_is 64
	out_empty
	err_has "unknown option '--hlep' (did you mean '--help'?)"
	err_has "Try 'pitrix version --help'."
}

@test "an unknown letter" {
	pitrix version -Z
	status_is 64
	err_has "unknown option '-Z'"
}

@test "a value may follow = or stand alone" {
	pitrix --color=never version
	status_is 0
	pitrix --color never version
	status_is 0
	pitrix version --color never
	status_is 0
}

@test "a value that is none of the choices" {
	pitrix --color=pink version
	status_is 64
	err_has "'pink' is no value for '--color': auto, always or never is expected"
}

@test "an option without its value" {
	pitrix version --color
	status_is 64
	err_has "option '--color' needs a value (WHEN)"
}

@test "letters may be bundled" {
	pitrix version -qv
	status_is 0
}

@test "a switch may be given a value" {
	pitrix version --quiet=false
	status_is 0
	pitrix version --quiet=perhaps
	status_is 64
	err_has "true or false is expected"
}

@test "-- ends the options" {
	pitrix completion -- --help
	status_is 64
	err_has "no completion for the shell '--help'"
}

@test "an environment variable gives a default, a bad one is named" {
	PITRIX_DEBUG=yes pitrix version
	status_is 0
	PITRIX_DEBUG=perhaps pitrix version
	status_is 78
	err_has "environment variable 'PITRIX_DEBUG'"
}

@test "a missing argument is explained" {
	pitrix completion
	status_is 64
	err_has "SHELL is missing: bash, zsh or fish"
}

@test "the tables pass their own test" {
	pitrix __selftest
	status_is 0
	out_has " passed, 0 failed"
}
