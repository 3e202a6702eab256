# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# tree.sh - for tests that run the built program as a user does: sourced, with PITRIX_SOURCE and PITRIX_BUILD set.
#
#   tree_use            environment of the built tree (program, modules, agent, data), nothing of the user's
#   tree_images DIR     the images of the tests, made in the cache DIR before a sandbox is entered, which has no network;
#                       exits with 77 and a word where that cannot be done
#
# A test sets PITRIX_HOME and PITRIX_ADDRESSES itself.

tree_source=${PITRIX_SOURCE:?} tree_build=${PITRIX_BUILD:?}
tree_source=$(readlink -f "$tree_source") tree_build=$(readlink -f "$tree_build")

tree_use() {
	PITRIX=$tree_build/.libs/pitrix
	[ -x "$PITRIX" ] || PITRIX=$tree_build/pitrix
	LD_LIBRARY_PATH=$tree_build/.libs
	PITRIX_MODULES=$tree_build/.libs
	PITRIX_AGENT=$tree_build/pitrix-agent
	PITRIX_IMAGES=$tree_source/images
	POINTS=$tree_build/.libs/points.so
	XDG_CONFIG_HOME=/nonexistent
	unset PITRIX_CONFIG DOCKER_HOST PITRIX_RUNTIME PITRIX_STATE_KEY PITRIX_STATE_KEY_COMMAND PITRIX_STATE_PASSPHRASE
	export PITRIX LD_LIBRARY_PATH PITRIX_MODULES PITRIX_AGENT PITRIX_IMAGES POINTS XDG_CONFIG_HOME
}

tree_images() {
	XDG_CACHE_HOME=$1
	export XDG_CACHE_HOME
	mkdir -p "$XDG_CACHE_HOME" || exit 1
	for tree_image in "$tree_source/images/frontgate/build" "$tree_source/tests/e2e/images/busybox/build"; do
		tree_word=$("$tree_image" --path 2>&1 >/dev/null) || {
			echo "skipped: an image cannot be built here: $(echo "$tree_word" | tail -n 1)"
			exit 77
		}
	done
}
