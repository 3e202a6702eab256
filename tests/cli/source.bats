# SPDX-License-Identifier: Apache-2.0
# Charts that commands take from repositories: by name, by URL, with --repo.
load helpers
load repository

setup_more()
{
	repository
}

# configure [MEMBER...]: the repository is `stable`, with these members of repositories.yaml.
configure()
{
	mkdir -p "$HOME/config/helm"
	printf 'apiVersion: ""\nrepositories:\n- {name: stable, url: "%s"%s}\n' "$url" "${*/#/, }" >"$HOME/config/helm/repositories.yaml"
}

@test "--repo: the newest that is no pre-release, another one when it is asked for" {
	pitrix show chart redis --repo "$url"
	status_is 0
	out_has "version: 1.2.0"
	err_empty
	pitrix show chart redis --repo "$url" --devel
	out_has "version: 2.0.0-rc.1"
	pitrix show chart redis --repo "$url" --version '<1.2'
	out_has "version: 1.0.0"
	pitrix template demo redis --repo "$url" --version 1.0.0
	status_is 0
	out_has "# Source: redis/templates/x.yaml"
}

@test "by a URL, and by the name of a configured repository" {
	pitrix show chart "$url/pg-14.1.0.tgz"
	status_is 0
	out_has "name: pg"
	pitrix show chart "file://$HOME/www/pg-14.1.0.tgz"
	status_is 0
	configure
	pitrix render demo stable/pg
	status_is 0
	out_has "# Source: pg/templates/x.yaml"
	pitrix show values --explain a stable/pg
	status_is 66
	err_has "have no 'a'"
}

@test "the cached index serves until it lacks what is wanted" {
	configure
	pitrix show chart stable/redis --version 1.x
	out_has "version: 1.2.0"
	pitrix show chart stable/redis --version 1.0.0
	status_is 0
	[ "$(requests index.yaml)" -eq 1 ] || report "the index was fetched again"
	publish redis 1.3.0
	pitrix show chart stable/redis --version 1.x
	out_has "version: 1.2.0"
	pitrix show chart stable/redis --version '>=1.3 <2'
	out_has "version: 1.3.0"
	[ "$(requests index.yaml)" -eq 2 ] || report "the index was not fetched again"
	# What Helm has cached is never refreshed by its own command line.
	publish redis 1.4.0
	pitrix helm show chart stable/redis --version 1.4.0
	status_is 1
	[ "$err" = "Error: chart \"redis\" matching 1.4.0 not found in stable index. (try 'helm repo update'): no chart version found for redis-1.4.0" ] ||
		report "another message"
}

@test "what was fetched is kept by its digest, and what has another one is refused" {
	pitrix show chart redis --repo "$url" --version 1.0.0
	pitrix show chart redis --repo "$url" --version 1.0.0
	[ "$(requests redis-1.0.0.tgz)" -eq 1 ] || report "it was fetched twice"
	pitrix show chart redis --repo "$url/spoiled"
	status_is 65
	err_has "the index says sha256:"
	out_empty
	sed -i 's/redis-1.2.0.tgz, *//; s/urls: \[redis-1.2.0.tgz\]/urls: [pg-14.1.0.tgz]/; s/digest: [0-9a-f]*//' www/index.yaml
	pitrix show chart redis --repo "$url"
	status_is 65
	err_has "but it is pg 14.1.0"
}

@test "what is not there is told with what there is" {
	pitrix show chart redis --repo "$url" --version ^7
	status_is 66
	err_has "no version of 'redis'"
	err_has "there is 2.0.0-rc.1, 1.2.0, 1.0.0"
	pitrix show chart mysql --repo "$url"
	status_is 66
	err_has "no chart 'mysql'"
	pitrix show chart redis --repo "$url" --version newest
	status_is 65
	err_has "'newest' is no version"
	pitrix show chart redis --repo "$url/status/404"
	status_is 66
	err_has "while fetching the index"
	pitrix show chart nobody/redis
	status_is 66
	err_has "no repository 'nobody'"
	err_has "repositories.yaml"
	pitrix show chart oci://127.0.0.1/redis
	status_is 64
	err_has "registries (oci://) are not supported yet"
	pitrix show chart nothing
	status_is 66
	out_empty
}

@test "a chart that is here comes before a repository" {
	chart redis 9.9.9
	pitrix show chart redis --repo "$url"
	status_is 0
	out_has "version: 9.9.9"
	err_has "'redis' is here"
	pitrix helm show chart redis --repo "$url"
	out_has "version: 9.9.9"
	err_has "repository url ignored"
	[ ! -e requests ] || report "the repository was asked"
}

@test "an index may not lead into this machine's files" {
	sed -i "s#redis-1.2.0.tgz\]#\"file://$HOME/www/redis-1.2.0.tgz\"]#" www/index.yaml
	pitrix show chart redis --repo "$url"
	status_is 76
	pitrix helm show chart redis --repo "$url"
	status_is 1
	err_has "a file of this machine"
}

@test "a password comes from a file or the environment, and goes nowhere else" {
	pitrix show chart redis --repo "$url/auth"
	status_is 77
	printf 'secret\n' >word
	pitrix --debug show chart redis --repo "$url/auth" --username user --password-file word
	status_is 0
	err_lacks secret
	err_lacks dXNlcjpzZWNyZXQ
	grep -q '^/auth/redis-1.2.0.tgz authorized$' requests
	PITRIX_REPO_PASSWORD=secret pitrix show chart redis --repo "$url/auth" --username user
	status_is 0
	PITRIX_REPO_PASSWORD=wrongword pitrix --debug show chart redis --repo "$url/auth" --username user
	status_is 77
	err_lacks wrongword
	pitrix show chart redis --repo "$url/auth" --username user
	status_is 64
	err_has "--password-file"
	pitrix show chart redis --repo "$url/auth" --password-file word
	status_is 64
	# To another origin only when it is asked for.
	sed -i "s#redis-1.2.0.tgz\]#\"http://localhost:$(cat port)/redis-1.2.0.tgz\"]#; s/digest: [0-9a-f]*//" www/index.yaml
	pitrix show chart redis --repo "$url/auth" --username user --password-file word
	status_is 0
	grep -q '^/redis-1.2.0.tgz$' requests
	pitrix show chart redis --repo "$url/auth" --username user --password-file word --pass-credentials
	grep -q '^/redis-1.2.0.tgz authorized$' requests
	grep -rq secret "$HOME/cache" "$HOME/state" && report "it was kept"
	true
}

@test "helm's own flags: credentials too, which leave the list of processes" {
	pitrix helm show chart redis --repo "$url/auth"
	status_is 1
	err_has "looks like \"$url/auth\" is not a valid chart repository or cannot be reached: failed to fetch $url/auth/index.yaml : 401 Unauthorized"
	pitrix helm --debug show chart redis --repo "$url/auth" --username user --password secret
	status_is 0
	out_has "version: 1.2.0"
	err_lacks secret
	"$program" helm template demo redis --repo "$url/slow" --username=user --password=hush-hush >/dev/null 2>&1 3>&- &
	pid=$!
	for _ in $(seq 100); do
		[ "$(requests slow/redis)" -gt 0 ] && break
		sleep 0.1
	done
	words=$(tr '\0' ' ' <"/proc/$pid/cmdline")
	kill -KILL "$pid"
	wait "$pid" || true
	[[ $words == *--password=\** && $words != *hush* ]] || report "the list of processes shows: $words"
}

@test "what repositories.yaml says of a repository goes along" {
	url=$url/auth
	configure "username: user" "password: secret"
	for name in stable/redis "$url/redis-1.2.0.tgz" "redis --repo $url"; do
		# shellcheck disable=SC2086
		pitrix show chart $name
		status_is 0
		err_lacks secret
	done
	pitrix helm show chart stable/redis
	status_is 0
}

@test "certificates are checked, with authorities that are named, or not at all where it is asked for" {
	command -v openssl >/dev/null || skip "needs openssl"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1 \
		-addext subjectAltName=IP:127.0.0.1 2>/dev/null
	cat cert.pem key.pem >both.pem
	unserve
	serve "$HOME/both.pem"
	pitrix show chart redis --repo "$url"
	status_is 76
	err_has certificate
	pitrix helm show chart redis --repo "$url"
	status_is 1
	for how in "--ca-file cert.pem" --insecure-skip-tls-verify; do
		for as in "" helm; do
			# shellcheck disable=SC2086
			pitrix $as show chart redis --repo "$url" --version 1.0.0 $how
			status_is 0
			out_has "version: 1.0.0"
		done
	done
	pitrix show chart redis --repo "$url" --insecure-skip-tls-verify
	err_has "is not checked"
	[ "$(requests known)" -eq 0 ]
	pitrix show chart pg --repo "$url" --ca-file cert.pem --cert-file cert.pem --key-file key.pem
	status_is 0
	[ "$(requests 'pg-14.1.0.tgz known')" -eq 1 ] || report "our certificate was not shown"
	pitrix show chart pg --repo "$url" --ca-file cert.pem --cert-file cert.pem
	status_is 78
	err_has "not its key"
	pitrix show chart pg --repo "$url" --ca-file nowhere.pem
	status_is 66
	err_has "authorities of repository '$url'"
	configure "insecure_skip_tls_verify: true"
	pitrix show chart stable/redis
	status_is 0
}

@test "what is missing of a chart from a repository cannot be updated" {
	app=www/app
	mkdir -p "$app"
	printf 'apiVersion: v2\nname: app\nversion: 0.1.0\ndependencies:\n- {name: redis, version: 1.x, repository: "%s"}\n' "$url" >"$app/Chart.yaml"
	tar -C www -czf www/app-0.1.0.tgz app
	pitrix render "$url/app-0.1.0.tgz" --dependency-update
	status_is 65
	err_has "missing in charts/ directory: redis"
	pitrix helm template x "$url/app-0.1.0.tgz" --dependency-update
	status_is 1
	[ "$err" = "Error: only unpacked charts can be updated" ] || report "another message"
}

@test "what cannot be done is refused by name" {
	pitrix helm show chart redis --repo "$url" --verify
	status_is 1
	err_has "--verify is not supported yet"
	pitrix show chart redis --repo "$url" --password secret
	status_is 64
	err_has "--password-file"
	err_lacks secret
}

@test "values come from a URL, too" {
	chart app 1.0.0
	echo 'kind: {{ .Values.kind }} {{ .Values.text }}' >app/templates/x.yaml
	echo 'kind: Served' >www/values.yaml
	printf 'the text' >www/text
	pitrix render app -f "$url/values.yaml" --set-file "text=$url/text"
	status_is 0
	out_has "kind: Served the text"
	pitrix helm template app -f "$url/values.yaml" --set-file "text=$url/text"
	status_is 0
	out_has "kind: Served the text"
	pitrix lint app -f "$url/values.yaml"
	status_is 0
	pitrix show values app --explain kind -f "$url/values.yaml"
	status_is 0
	out_has "$url/values.yaml"
	pitrix helm template app -f "$url/nothing.yaml"
	status_is 1
	err_has "failed to fetch $url/nothing.yaml : 404"
	echo 'a: [' >www/values.yaml
	pitrix render app -f "http://user:secret@${url#http://}/values.yaml"
	status_is 65
	err_has "failed to parse http://"
	[[ $err != *secret* ]] || report "the password is shown"
	pitrix helm template app -f oci://127.0.0.1/values
	status_is 1
	err_has "could not find protocol handler for: oci"
}
