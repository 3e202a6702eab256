# SPDX-License-Identifier: Apache-2.0
load helpers

setup_more()
{
	unset PITRIX_CONFIG
	mkdir -p "$XDG_CONFIG_HOME/pitrix"
	cat >"$XDG_CONFIG_HOME/pitrix/runtimes.yaml" <<'END'
runtimes:
  test:
    provider: docker
    zone: here
    endpoint: unix:///nowhere/engine.sock
END
}

@test "doctor names what is lacking and what mends it, and ends with 1" {
	pitrix doctor test
	status_is 1
	out_has "ok    state in"
	out_has "lacks "
	pitrix doctor test --quiet
	status_is 1
	out_lacks "ok    "
	out_has "lacks "
}

@test "doctor for programs" {
	pitrix doctor test -o json
	status_is 1
	printf '%s' "$out" | python3 -c 'import json,sys; assert any(f["severity"] == "error" for f in json.load(sys.stdin))'
}

@test "doctor of a runtime that is not there" {
	pitrix doctor nothing
	status_is 66
	out_empty
}

@test "an engine that ends as soon as it is started: its last words are shown" {
	[ "$(id -u)" = 0 ] && unshare --mount true || skip "needs root and a mount namespace"
	mkdir fake
	printf '#!/bin/sh\necho first >&2\necho "Error: no room for a fake" >&2\nexit 125\n' >fake/podman
	chmod +x fake/podman
	status=0
	out=$(unshare --mount sh -c 'mount -t tmpfs tmpfs /run && PATH=$1:$PATH exec "$2" runtime check local' - \
		"$PWD/fake" "$program" 2>&1) || status=$?
	[ "$status" -ne 0 ]
	out_has "it said: Error: no room for a fake"
}
