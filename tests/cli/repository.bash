# SPDX-License-Identifier: Apache-2.0
# A repository of charts behind HTTP, for the tests that fetch: after `repository` it is at $url, its files are in www/, and
# what was asked for in requests.

# A chart NAME VERSION in a folder of that name.
chart()
{
	mkdir -p "$1/templates"
	printf 'apiVersion: v2\nname: %s\nversion: %s\n' "$1" "$2" >"$1/Chart.yaml"
	printf 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: %s}\n' "$1" >"$1/templates/x.yaml"
}

# Packs a chart into www/ and adds it to the index.
publish()
{
	chart "$1" "$2"
	"$program" helm package "$1" -d www >/dev/null
	rm -r "$1"
	printf '  - {name: %s, version: %s, apiVersion: v2, urls: [%s-%s.tgz], digest: %s}\n' "$1" "$2" "$1" "$2" \
		"$(sha256sum "www/$1-$2.tgz" | cut -d' ' -f1)" >>"www/$1.rows"
	printf 'apiVersion: v1\nentries:\n' >www/index.yaml
	for rows in www/*.rows; do
		printf '  %s:\n' "$(basename "$rows" .rows)" >>www/index.yaml
		cat "$rows" >>www/index.yaml
	done
}

# serve [PEM]: starts the server, over TLS with that certificate and key.
serve()
{
	python3 "$source/tests/cli/repo-server.py" "$HOME/www" "$HOME/port" "$HOME/requests" "$@" 3>&- &
	server=$!
	for _ in $(seq 100); do
		[ -f port ] && break
		sleep 0.1
	done
	url=http${1:+s}://127.0.0.1:$(cat port)
}

repository()
{
	unset HELM_REPOSITORY_CONFIG HELM_REPOSITORY_CACHE HELM_CONFIG_HOME HELM_CACHE_HOME HELM_DATA_HOME
	export NO_PROXY='*'
	mkdir www
	publish redis 1.0.0
	publish redis 1.2.0
	publish redis 2.0.0-rc.1
	publish pg 14.1.0
	serve
}

unserve()
{
	kill "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
	rm -f port
}

teardown()
{
	unserve
	cd / && rm -rf "$HOME"
}

# Where fetched archives are kept.
archives()
{
	find "$HOME" -path '*/archives/sha256' -type d
}

requests()
{
	grep -c "$1" "$HOME/requests" || true
}
