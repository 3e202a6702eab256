# SPDX-License-Identifier: Apache-2.0
# The user's file of defaults.
load helpers

setup_more()
{
	mkdir -p "$XDG_CONFIG_HOME/pitrix"
	file=$XDG_CONFIG_HOME/pitrix/defaults.yaml
}

@test "a default for all commands that have the option" {
	echo 'output: json' >"$file"
	pitrix version
	status_is 0
	out_has '"version":'
}

@test "a command's own default wins over that, the command line over both" {
	printf 'output: json\nversion:\n  output: yaml\n' >"$file"
	pitrix version
	status_is 0
	out_has 'version: '
	pitrix version -o table
	out_has 'pitrix '
}

@test "an option that does not exist is named, with its place" {
	printf 'color: never\nouptut: json\n' >"$file"
	pitrix version
	status_is 78
	err_has "defaults.yaml:2: there is no option or command 'ouptut'"
}

@test "an option that the command does not have" {
	printf 'version:\n  strict: true\n' >"$file"
	pitrix version
	status_is 78
	err_has "defaults.yaml:2: the command has no option 'strict'"
}

@test "a value that the option does not take" {
	echo 'color: pink' >"$file"
	pitrix version
	status_is 78
	err_has "configuration: 'pink' is no value for '--color'"
}

@test "a file that is not YAML" {
	echo 'a: [' >"$file"
	pitrix version
	status_is 65
	err_has "defaults.yaml:"
}

@test "help is there even when the file is broken" {
	echo 'a: [' >"$file"
	pitrix version --help
	status_is 0
	pitrix __complete ver
	status_is 0
}

@test "another file by PITRIX_DEFAULTS, which must exist then" {
	echo 'output: json' >other.yaml
	PITRIX_DEFAULTS=other.yaml pitrix version
	out_has '"version":'
	PITRIX_DEFAULTS=missing.yaml pitrix version
	status_is 66
	err_has "missing.yaml"
}

@test "an empty file" {
	: >"$file"
	pitrix version
	status_is 0
	echo '# nothing yet' >"$file"
	pitrix version
	status_is 0
}
