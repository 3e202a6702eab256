# SPDX-License-Identifier: Apache-2.0
load helpers

@test "state needs a verb" {
	pitrix state
	status_is 64
	out_empty
	err_has "export"
}

@test "an unknown verb names the nearest" {
	pitrix state exprot
	status_is 64
	err_has "unknown command 'state exprot' (did you mean 'state export'?)"
}

@test "state export writes one JSON text to stdout" {
	pitrix state export
	status_is 0
	printf '%s' "$out" | python3 -c 'import json,sys; d=json.load(sys.stdin); assert "format" in d'
}

@test "an exported state is imported elsewhere, and is the same there" {
	echo 'correct horse' >key.txt
	pitrix state export state.json --passphrase-file key.txt
	status_is 0
	out_empty
	[ "$(stat -c %a state.json)" = 600 ]
	export PITRIX_HOME=$HOME/other
	pitrix state import state.json --passphrase-file key.txt
	status_is 0
	err_has imported
}

@test "a file that is no state changes nothing" {
	echo '{' >bad.json
	pitrix state import bad.json
	status_is 65
	err_has bad.json:2:1
	echo '{}' >bad.json
	pitrix state import bad.json
	status_is 65
	err_has bad.json:1:1
	pitrix state import missing.json
	status_is 66
	err_has missing.json
}

@test "an empty file of a passphrase is refused" {
	: >key.txt
	pitrix state export state.json --passphrase-file key.txt
	status_is 64
	[ ! -e state.json ]
}

@test "a folder that cannot be written to" {
	pitrix state export no/such/folder/state.json
	status_is 66
	[ ! -e no ]
}

@test "a full disk leaves no half file" {
	[ -e /dev/full ] || skip "no /dev/full"
	status=0
	"$program" state export >/dev/full 2>"$HOME/.err" || status=$?
	[ "$status" -eq 74 ]
}
