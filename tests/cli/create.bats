# SPDX-License-Identifier: Apache-2.0
load helpers

@test "create writes a package that lints, renders and packs" {
	pitrix create my-app
	status_is 0
	out_is my-app
	err_has "pitrix lint my-app"
	[ -f my-app/package.json ] && [ -f my-app/config.json ] && [ -f my-app/cluster.json.tmpl ]
	pitrix lint --strict my-app
	status_is 0
	pitrix render my-app
	status_is 0
	out_has '"nodes"'
	pitrix package my-app
	status_is 0
}

@test "create takes a description" {
	pitrix create app --description 'A cache "of" three nodes'
	status_is 0
	grep -q 'A cache \\"of\\" three nodes' app/package.json
}

@test "create does not touch a folder that holds something" {
	mkdir app
	echo mine >app/file
	pitrix create app
	status_is 79
	out_empty
	[ "$(ls app)" = file ]
}

@test "create needs a name that a package may have" {
	pitrix create 'Not A Name!'
	status_is 65
	[ ! -e 'Not A Name!' ]
}

@test "create where nobody may write" {
	[ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
	mkdir closed
	chmod 500 closed
	pitrix create closed/app
	status_is 77
}
