#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A Frontgate with DRONES (200) watching Drones: its memory, its processor time for CHANGES (100) changes of their metadata, and the
# time until the last of them has a change. Needs Debian's etcd-server.
exec "${PITRIX_BUILD:?}/tests/bench/frontgate_fan"
