# SPDX-License-Identifier: Apache-2.0
load helpers

setup_more()
{
	"$program" create app --quiet >/dev/null
}

@test "a new package lints without a word" {
	pitrix lint app
	status_is 0
	out_empty
	err_has "1 package: 0 errors, 0 warnings"
}

@test "--quiet says nothing when all is well" {
	pitrix lint app --quiet
	status_is 0
	out_empty
	err_empty
}

@test "a mistake in JSON has file, line and column" {
	printf '{\n  "name": "app",\n  "version": 1.0.0\n}\n' >app/package.json
	pitrix lint app
	status_is 65
	[[ $out =~ package.json:3:[0-9]+:\ error: ]] || report "no place"
	err_has "1 error"
}

@test "every problem is told, not the first only" {
	printf '{ "type": "array", "properties": [{ "key": "cluster", "type": "array", "properties": [\n' >app/config.json
	printf ' { "key": "name", "type": "strong", "default": "x", "required": true },\n' >>app/config.json
	printf ' { "key": "count", "type": "integer", "default": "x", "required": true } ] }] }\n' >>app/config.json
	pitrix lint app
	status_is 65
	out_has "config.json:2:"
	out_has "config.json:3:"
}

@test "a folder that is not there" {
	pitrix lint nothing-here
	status_is 66
	[[ $out$err == *nothing-here* ]] || report "it is not named"
}

@test "several packages: one that fails fails them all, and each is looked at" {
	"$program" create other --quiet >/dev/null
	echo '{' >app/package.json
	pitrix lint app other
	status_is 65
	err_has "2 packages"
	[ "${out%%$'\n'*}" = app: ] || report "it is not said which package"
}

@test "--strict lets warnings fail" {
	rm app/package.json
	pitrix lint app
	status_is 0
	out_has "warning:"
	pitrix lint --strict app
	status_is 65
}

@test "json holds packages and problems" {
	echo '{' >app/package.json
	pitrix lint app -o json
	status_is 65
	err_empty
	[ "$(printf '%s' "$out" | python3 -c 'import json,sys; d=json.load(sys.stdin); p=d[0]["problems"][0]
print(d[0]["package"], d[0]["errors"] > 0, p["severity"], p["line"] > 0)')" = "app True error True" ] || report "not as expected"
}

@test "lint needs a package" {
	pitrix lint
	status_is 64
	err_has "PACKAGE is missing"
}

@test "an archive lints as its folder does" {
	pitrix package app -o name
	status_is 0
	archive=$out
	pitrix lint "$archive"
	status_is 0
	out_empty
}
