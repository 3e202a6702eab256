#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Is this node healthy: does its server answer, and is it part of a quorum? The action to take is zkServer.sh restart.

mode=$(/opt/zookeeper/bin/zkServer.sh status) || exit 1
echo "ZooKeeper is well: $mode"
