# SPDX-License-Identifier: Apache-2.0
load helpers

setup_more()
{
	unset PITRIX_CONFIG
	mkdir -p "$XDG_CONFIG_HOME/pitrix"
	file=$XDG_CONFIG_HOME/pitrix/runtimes.yaml
	cat >"$file" <<'END'
runtimes:
  test:
    provider: docker
    zone: here
    endpoint: unix:///nowhere/engine.sock
    labels: {stage: test}
END
}

@test "the runtime local is always there" {
	rm "$file"
	pitrix runtime list -o name
	status_is 0
	out_is local
	err_empty
}

@test "configured runtimes follow" {
	pitrix runtime list
	status_is 0
	out_has RUNTIME
	out_has local
	out_has unix:///nowhere/engine.sock
	pitrix runtime list -o name
	out_is $'local\ntest'
}

@test "a table's last line ends like every other" {
	pitrix runtime list
	[ "$(tail -c 1 "$HOME/.out" | od -An -tx1)" = ' 0a' ]
	[ "$(tail -c 2 "$HOME/.out" | od -An -tx1)" != ' 0a 0a' ]
}

@test "show tells what a runtime is and can do" {
	pitrix runtime show test
	status_is 0
	out_has here
	out_has instance.create
	pitrix runtime show test -o json
	printf '%s' "$out" | python3 -c 'import json,sys; d=json.load(sys.stdin); assert d["labels"]["stage"] == "test" and d["actions"]'
}

@test "a runtime that is not there names the nearest" {
	pitrix runtime show tset
	status_is 66
	out_empty
	err_has "'tset'"
	err_has "test"
}

@test "check of a runtime whose engine does not answer" {
	pitrix runtime check test
	status_is 1
	out_has error
	out_has /nowhere/engine.sock
	pitrix runtime check test -o json
	status_is 1
	printf '%s' "$out" | python3 -c 'import json,sys; assert json.load(sys.stdin)[0]["severity"] == "error"'
}

@test "a mistake in the file has its place" {
	printf 'runtimes:\n  test:\n    zone: [1]\n' >"$file"
	pitrix runtime list
	status_is 78
	err_has "runtimes.yaml:3"
}

@test "runtimes are completed" {
	pitrix __complete runtime show t
	out_is $'test\tdocker\n:none'
}
