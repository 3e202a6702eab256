# SPDX-License-Identifier: Apache-2.0
load helpers

setup_more()
{
	"$program" create app --quiet >/dev/null
}

@test "package writes an archive and tells its path and digest" {
	pitrix package app
	status_is 0
	err_empty
	out_has "app-"
	out_has ".tgz"
	[ -f app-*.tgz ]
	pitrix package app -o name
	status_is 0
	[ -f "$out" ]
}

@test "the same content is the same bytes, whenever and wherever it is packed" {
	pitrix package app -d one -o name
	[ "$status" -eq 0 ] || { mkdir -p one; pitrix package app -d one -o name; }
	status_is 0
	first=$out
	cp -r app elsewhere
	mkdir -p two copy
	mv elsewhere copy/app
	find copy -exec touch -d '2001-01-01' {} +
	chmod 700 copy/app
	pitrix package copy/app -d two -o name
	status_is 0
	cmp "$first" "$out"
}

@test "a folder and its archive have one digest" {
	pitrix package app -o json
	status_is 0
	digest=$(printf '%s' "$out" | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["digest"])')
	archive=$(printf '%s' "$out" | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["path"])')
	[ -n "$digest" ]
	mkdir out
	tar -xzf "$archive" -C out
	pitrix package out/app -d out -o json
	[ "$(printf '%s' "$out" | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["digest"])')" = "$digest" ]
}

@test "--version is that of the archive" {
	pitrix package app --version 9.8.7 -o name
	status_is 0
	[ "${out##*/}" = app-9.8.7.tgz ]
	pitrix package app --version not-one
	status_is 65
}

@test "a package with an error is not packed" {
	echo '{' >app/config.json
	pitrix package app
	status_is 65
	out_empty
	err_has "config.json:"
	[ -z "$(ls ./*.tgz 2>/dev/null)" ]
}

@test "a folder that is not there" {
	pitrix package nothing-here
	status_is 66
	err_has nothing-here
}
