# SPDX-License-Identifier: Apache-2.0
load helpers
load repository

# The chart `app`, whose dependencies are the lines that are given: NAME VERSION REPOSITORY.
app()
{
	chart app 0.1.0
	echo 'dependencies:' >>app/Chart.yaml
	for line in "$@"; do
		read -r name range repository <<<"$line"
		printf -- '- {name: %s, version: "%s", repository: "%s"}\n' "$name" "$range" "$repository" >>app/Chart.yaml
	done
}

setup_more()
{
	repository
}

@test "update chooses the highest that fits, and writes a lock that Helm would write" {
	app "redis ^1 $url" "pg * $url/"
	pitrix dependency update app -o name
	status_is 0
	out_is "$(printf 'redis-1.2.0.tgz\npg-14.1.0.tgz')"
	cmp www/redis-1.2.0.tgz app/charts/redis-1.2.0.tgz
	cmp www/pg-14.1.0.tgz app/charts/pg-14.1.0.tgz
	grep -q '^  version: 1.2.0$' app/Chart.lock
	want=$(printf '[[{"name":"redis","version":"^1","repository":"%s"},{"name":"pg","version":"*","repository":"%s/"}],[{"name":"redis","version":"1.2.0","repository":"%s"},{"name":"pg","version":"14.1.0","repository":"%s/"}]]' \
		"$url" "$url" "$url" "$url" | sha256sum | cut -d' ' -f1)
	grep -q "^digest: sha256:$want\$" app/Chart.lock
	pitrix dependency list app
	status_is 0
	err_empty
	[[ $out == *redis*1.2.0*1.2.0*ok* ]] || report "the list does not tell"
}

@test "pre-releases are chosen only where they are asked for" {
	app "redis >=1.0.0-0 $url"
	pitrix dependency update app -o name
	out_is redis-2.0.0-rc.1.tgz
}

@test "what is there is not fetched again, what was fetched comes from the cache" {
	app "redis 1.x $url"
	pitrix dependency update app
	pitrix dependency update app
	out_has unchanged
	rm -r app/charts
	pitrix dependency build app
	status_is 0
	out_has cached
	[ "$(requests redis-1.2.0.tgz)" -eq 1 ]
	# What was spoiled in the cache or in charts/ is fetched again.
	for f in "$(archives)"/*; do
		[ -s "$f" ] && echo spoiled >"$f"
	done
	echo spoiled >app/charts/redis-1.2.0.tgz
	pitrix dependency list app
	[ "$status" -ne 0 ] || out_has corrupt
	rm app/charts/redis-1.2.0.tgz
	pitrix dependency build app
	status_is 0
	out_has downloaded
	cmp www/redis-1.2.0.tgz app/charts/redis-1.2.0.tgz
}

@test "a dry run says what would be done, and changes nothing" {
	app "redis 1.x $url"
	find app | sort >before
	pitrix dependency update --dry-run app
	status_is 0
	out_has "would be downloaded"
	err_has "would be written"
	find app | sort | cmp - before
	[ "$(requests redis-1)" -eq 0 ]
}

@test "build keeps to the lock, and refuses one that is out of date" {
	app "redis 1.x $url"
	pitrix dependency update app
	publish redis 1.3.0
	rm -r app/charts
	pitrix dependency build app -o name
	status_is 0
	out_is redis-1.2.0.tgz
	sed -i 's/1\.x/>=1/' app/Chart.yaml
	cp app/Chart.lock lock
	pitrix dependency build app
	status_is 79
	err_has "out of sync"
	err_has "pitrix dependency update"
	cmp lock app/Chart.lock
	pitrix dependency list app
	err_has "changed since the lock"
	pitrix dependency update app -o name
	out_is redis-1.3.0.tgz
	[ ! -e app/charts/redis-1.2.0.tgz ]
}

@test "a locked version that is gone is named, with those that there are" {
	app "redis 1.x $url"
	pitrix dependency update app
	rm -r app/charts www/redis.rows "$(archives)"
	publish redis 1.9.0
	pitrix dependency build app
	status_is 66
	err_has "no version 1.2.0 of 'redis'"
	err_has "there is 1.9.0"
}

@test "a range that nothing fits is told with what there is" {
	app "redis ^7 $url" "pg ^99 $url"
	pitrix dependency update app
	status_is 66
	err_has 'for 2 subchart(s): "redis"'
	err_has "of redis there is 2.0.0-rc.1, 1.2.0, 1.0.0"
	err_has "of pg there is 14.1.0"
	[ ! -e app/charts ] && [ ! -e app/Chart.lock ]
}

@test "an archive that is not what the index says is refused, and charts/ stays as it was" {
	app "redis 1.0.0 $url"
	pitrix dependency update app
	cp -r app old
	app "redis 1.x $url/spoiled"
	pitrix dependency update app
	status_is 65
	err_has "the index says sha256:"
	diff -r app/charts old/charts
	cmp app/Chart.lock old/Chart.lock
	# Another chart under its name is no better.
	sed -i 's/redis-1.2.0.tgz, *//; s/urls: \[redis-1.2.0.tgz\]/urls: [pg-14.1.0.tgz]/; s/digest: [0-9a-f]*//' www/index.yaml
	app "redis 1.2.0 $url"
	pitrix dependency update app
	status_is 65
	err_has "but it is pg 14.1.0"
	diff -r app/charts old/charts
}

@test "a server that misbehaves is a clear failure" {
	for row in "status/404 66 404" "status/401 77 401" "to-file 76 neither" "to/20 65 redirects" "nope 66 404"; do
		# shellcheck disable=SC2086
		set -- $row
		app "redis 1.x $url/$1"
		pitrix dependency update app
		status_is "$2"
		err_has "$3"
		[ ! -e app/charts ] || report "charts/ was made"
	done
	app "redis 1.x $url/to/3"
	pitrix dependency update app
	[ "$status" -eq 66 ] || [ "$status" -eq 0 ] || report "redirects within http are followed"
}

@test "an index without end is cut off" {
	app "redis 1.x $url/huge"
	pitrix dependency update app
	status_is 65
	err_has "larger than"
	[ -z "$(ls "$HOME/cache/helm/repository" 2>/dev/null)" ]
}

@test "an index may not lead into this machine's files" {
	app "redis 1.x $url"
	sed -i 's/redis-1.2.0.tgz\]/"file:\/\/\/etc\/passwd"]/' www/index.yaml
	pitrix dependency update app
	status_is 76
	err_has "a file of this machine"
	sed -i 's/"file:.*passwd"/"..%2F..%2Fevil.tgz"/' www/index.yaml
	pitrix dependency update app
	[ "$status" -ne 0 ] || report "it was taken"
	[ ! -e evil.tgz ] && [ ! -e app/evil.tgz ]
}

@test "who is killed while fetching leaves charts/ and the lock as they were" {
	app "redis 1.0.0 $url"
	pitrix dependency update app
	cp -r app old
	app "redis 1.x $url/slow"
	"$program" dependency update app >/dev/null 2>&1 3>&- &
	pid=$!
	for _ in $(seq 100); do
		[ "$(requests slow/redis)" -gt 0 ] && break
		sleep 0.1
	done
	kill -KILL "$pid"
	wait "$pid" || true
	diff -r app/charts old/charts
	cmp app/Chart.lock old/Chart.lock
	"$program" dependency update app >/dev/null 2>&1 3>&- &
	pid=$!
	for _ in $(seq 100); do
		[ "$(requests slow/redis)" -gt 1 ] && break
		sleep 0.1
	done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	status_is 130
	diff -r app/charts old/charts
	[ -z "$(find app -name '.pitrix*')" ]
}

@test "credentials go to their own repository alone, and into no message" {
	mkdir -p "$HOME/config/helm"
	printf 'apiVersion: ""\nrepositories:\n- {name: mine, url: "%s/auth", username: user, password: secret}\n' "$url" \
		>"$HOME/config/helm/repositories.yaml"
	app "redis 1.x @mine"
	pitrix --debug dependency update app
	status_is 0
	[[ $err != *secret* ]] || report "a secret is told"
	[[ $err != *dXNlcjpzZWNyZXQ* ]] || report "a secret is told"
	grep -q '^/auth/redis-1.2.0.tgz authorized$' requests
	grep -q "repository: $url/auth\$" app/Chart.lock
	# An absolute URL elsewhere gets none.
	sed -i "s#redis-1.2.0.tgz\]#\"http://localhost:$(cat port)/redis-1.2.0.tgz\"]#" www/index.yaml
	rm -r app/charts "$(archives)"
	pitrix dependency build app
	status_is 0
	grep -q '^/redis-1.2.0.tgz$' requests
	# Nor is one in a URL told.
	app "redis 1.x ${url/:\/\//://user:secret@}/status/404"
	pitrix dependency update app
	[[ $err$out != *secret* ]] || report "a secret is told"
	err_has '***'
}

@test "folders are packed, and fit or not" {
	chart lib 1.4.0
	app "lib 1.x file://../lib"
	pitrix dependency update app
	status_is 0
	out_has archived
	[ -f app/charts/lib-1.4.0.tgz ]
	pitrix dependency update app
	out_has unchanged
	sed -i 's/1\.4\.0/2.0.0/' lib/Chart.yaml
	pitrix dependency update app
	status_is 66
	err_has "../lib is at version 2.0.0" || err_has "lib is at version 2.0.0"
	sed -i 's/name: lib/name: other/; s/2\.0\.0/1.5.0/' lib/Chart.yaml
	pitrix dependency update app
	status_is 65
	err_has "called 'other', not 'lib'"
	[ -f app/charts/lib-1.4.0.tgz ]
}

@test "without a repository a chart is in charts/, as a folder or an archive" {
	app "redis 1.x"
	pitrix dependency update app
	status_is 66
	err_has "charts/ has no chart of that name"
	mkdir app/charts
	cp www/redis-1.2.0.tgz app/charts
	pitrix dependency update app
	status_is 0
	out_has local
	[ -f app/charts/redis-1.2.0.tgz ]
}

@test "a folder can be a repository, a registry cannot be one yet" {
	app "redis 1.x @local"
	mkdir -p "$HOME/config/helm"
	printf 'repositories:\n- {name: local, url: "file://%s/www"}\n' "$HOME" >"$HOME/config/helm/repositories.yaml"
	pitrix dependency update app
	status_is 0
	cmp www/redis-1.2.0.tgz app/charts/redis-1.2.0.tgz
	app "redis 1.x oci://127.0.0.1/charts"
	pitrix dependency update app
	status_is 64
	err_has "registries are not supported yet"
	app "redis 1.x @nobody"
	pitrix dependency update app
	status_is 66
	err_has "no repository definition for @nobody"
}

@test "an older index serves when the repository is away" {
	app "redis 1.x $url"
	pitrix dependency update app
	rm -r app/charts
	mv www/index.yaml away.yaml
	pitrix dependency build app
	status_is 0
	err_has "could not be fetched"
	rm -r app/charts
	pitrix dependency build --skip-refresh app
	status_is 0
	err_lacks "could not be fetched"
}

@test "archives that nothing depends on go, other things stay" {
	app "redis 1.x $url"
	mkdir -p app/charts/sub
	cp www/pg-14.1.0.tgz app/charts
	chart app/charts/sub 0.1.0 2>/dev/null
	printf 'apiVersion: v2\nname: sub\nversion: 0.1.0\n' >app/charts/sub/Chart.yaml
	rm -rf app/charts/sub/templates
	echo note >app/charts/.note
	pitrix dependency list app
	err_has "is in no list"
	pitrix dependency update app -o json
	status_is 0
	[ ! -e app/charts/pg-14.1.0.tgz ]
	[ -f app/charts/.note ] && [ -f app/charts/sub/Chart.yaml ]
	out_has '"pg-14.1.0.tgz"'
}

@test "helm's own words, and its leniences" {
	app "redis 1.x $url"
	sed -i 's/digest: [0-9a-f]*//' www/index.yaml
	pitrix helm dependency update app
	status_is 0
	out_is "Getting updates for unmanaged Helm repositories...
...Successfully got an update from the \"$url\" chart repository
Saving 1 charts
Downloading redis from repo $url
Deleting outdated charts"
	rm app/Chart.lock
	pitrix helm dep build app
	status_is 0
	pitrix helm dep up nowhere
	status_is 1
	[ "$err" = "Error: could not find nowhere: stat nowhere: no such file or directory" ]
}

@test "render fetches what is missing when it is asked to" {
	app "redis 1.x $url"
	pitrix render app
	status_is 65
	[ ! -e app/charts ]
	pitrix render --dependency-update app
	status_is 0
	out_has "# Source: app/charts/redis/templates/x.yaml"
	err_has "Fetching redis 1.2.0"
	pitrix render --dependency-update app
	err_empty
}
