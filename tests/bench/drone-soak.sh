#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A Drone's memory after CHANGES (1,000) changes of its metadata with its watch up, each rendered into two files; and the
# agent's file size, as built and stripped. Needs Debian's etcd-server.
program=${PITRIX_BUILD:?}/tests/bench/drone_soak
"$program" || exit $?
stripped=$(mktemp) || exit 1
trap 'rm -f "$stripped"' EXIT
strip -o "$stripped" "$PITRIX_BUILD/pitrix-agent" && echo "stripped: $(stat -c %s "$stripped") bytes"
