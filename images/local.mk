# SPDX-License-Identifier: Apache-2.0
# The scripts that build images, and the examples, installed side by side: an example's image/build finds images/lib.sh by
# its place.

nobase_dist_pkgdata_DATA += \
	images/lib.sh \
	examples/zookeeper/README.md \
	examples/zookeeper/cluster.json.tmpl \
	examples/zookeeper/config.json \
	examples/zookeeper/locale/en.json \
	examples/zookeeper/locale/zh_cn.json \
	examples/zookeeper/package.json \
	examples/zookeeper/image/rootfs/etc/confd/conf.d/java.env.toml \
	examples/zookeeper/image/rootfs/etc/confd/conf.d/myid.toml \
	examples/zookeeper/image/rootfs/etc/confd/conf.d/zoo.cfg.toml \
	examples/zookeeper/image/rootfs/etc/confd/templates/java.env.tmpl \
	examples/zookeeper/image/rootfs/etc/confd/templates/myid.tmpl \
	examples/zookeeper/image/rootfs/etc/confd/templates/zoo.cfg.tmpl \
	examples/zookeeper/image/rootfs/opt/zookeeper/conf/log4j.properties

nobase_dist_pkgdata_SCRIPTS = \
	images/frontgate/build \
	examples/zookeeper/image/build \
	examples/zookeeper/image/rootfs/opt/zookeeper/bin/health.sh \
	examples/zookeeper/image/rootfs/opt/zookeeper/bin/rest.sh \
	examples/zookeeper/image/rootfs/opt/zookeeper/bin/zkServer.sh

EXTRA_DIST += \
	scripts/demo \
	scripts/packages \
	scripts/test \
	tests/e2e/engine.sh \
	tests/e2e/zookeeper-image.sh \
	tests/e2e/images/busybox/build \
	tests/e2e/images/busybox/rootfs
