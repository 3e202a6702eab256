#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docker.sh - runs test_docker in a sandbox with an engine of its own.

here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d "${TMPDIR:-/tmp}/pitrix-docker.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export PITRIX_HOME="$work/home" XDG_CACHE_HOME="$work/cache" PITRIX_ADDRESSES="$work/addresses"
sh "$here/engine.sh" run "${PITRIX_BUILD:-.}/tests/e2e/test_docker" scenario
