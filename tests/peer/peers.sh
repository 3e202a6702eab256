# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# peers.sh - programs of others that ours is compared with: sourced. They are built once into $PITRIX_PEERS (default
# ~/.cache/pitrix-peers), by their own ecosystem's client.
#
#   peer_pitrix      $PITRIX and what it needs of the built tree (PITRIX_BUILD)
#   peer_helm        prints the path of the real Helm; or why there is none, and fails
#   peer_go NAME     builds the Go program of $here, the folder NAME, as $peer_go_program, or skips (status 77)

peer_cache=${PITRIX_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/pitrix-peers}

peer_pitrix() {
	peer_build=$(readlink -f "${PITRIX_BUILD:-.}")
	PITRIX=$peer_build/.libs/pitrix
	[ -x "$PITRIX" ] || PITRIX=$peer_build/pitrix
	LD_LIBRARY_PATH=$peer_build/.libs
	PITRIX_MODULES=$peer_build/.libs
	export PITRIX LD_LIBRARY_PATH PITRIX_MODULES
}

# The linker's flags are those of Helm's own releases: without them it takes another Kubernetes version for its default.
peer_helm() {
	peer_helm_version=v3.22.0
	peer_helm_program=$peer_cache/helm-$peer_helm_version/helm
	if [ ! -x "$peer_helm_program" ]; then
		command -v go >/dev/null || { echo "needs go, to build Helm"; return 1; }
		peer_module=helm.sh/helm/v3
		peer_flags="-w -s -X $peer_module/internal/version.version=$peer_helm_version -X $peer_module/internal/version.gitTreeState=clean"
		peer_flags="$peer_flags -X $peer_module/pkg/lint/rules.k8sVersionMajor=1 -X $peer_module/pkg/lint/rules.k8sVersionMinor=37"
		peer_flags="$peer_flags -X $peer_module/pkg/chartutil.k8sVersionMajor=1 -X $peer_module/pkg/chartutil.k8sVersionMinor=37"
		mkdir -p "${peer_helm_program%/*}" || return 1
		peer_log=$peer_cache/helm.log
		GOBIN=${peer_helm_program%/*} go install -ldflags "$peer_flags" "$peer_module/cmd/helm@$peer_helm_version" >"$peer_log" 2>&1 ||
			{ echo "Helm cannot be built here: $(tail -n 1 "$peer_log")"; return 1; }
	fi
	echo "$peer_helm_program"
}

peer_go() {
	command -v go >/dev/null || { echo "peer/$1: skipped: needs go"; exit 77; }
	peer_go_folder=$peer_cache/$1
	peer_go_program=$peer_go_folder/peer
	mkdir -p "$peer_go_folder" && cp "$here/main.go" "$here/go.mod" "$peer_go_folder" || exit 1
	(cd "$peer_go_folder" && go mod tidy && go build -o peer .) >"$peer_go_folder/log" 2>&1 ||
		{ echo "peer/$1: skipped: cannot be built here: $(tail -n 1 "$peer_go_folder/log")"; exit 77; }
}
