/* SPDX-License-Identifier: Apache-2.0 */
/* volume.h - formats and mounts the disks that a machine was given ("volumes" of drone.json). */
#ifndef PTXI_VOLUME_H
#define PTXI_VOLUME_H

#include <jansson.h>

#include "command.h"

#define PTXI_VOLUME_MOST 16

struct ptxi_volume {
	char *device; /* "/dev/vdb" */
	char *mount_point;
	char *filesystem; /* "ext4" or "xfs" */
	char *options;    /* "defaults,noatime" or NULL */
};
struct ptxi_volumes {
	struct ptxi_volume *v;
	size_t n;
};

/* From [{device, mount_point, filesystem?, mount_options?}]; j may be NULL. CONFIG. */
int ptxi_volumes_read(struct ptxi_volumes *v, const json_t *j, struct ptx_error **err);
void ptxi_volumes_done(struct ptxi_volumes *v);

/* The file system on a device or image: "ext4" (ext2 and ext3 too), "xfs", "" when its beginning
 * holds nothing, or "other". IO. */
int ptxi_volume_probe(const char *device, const char **filesystem, struct ptx_error **err);

typedef void (*ptxi_volumes_fn)(void *user, const struct ptx_error *e);
struct ptxi_volumes_work;
/* Makes file systems on blank devices, never on one that holds anything, and mounts all that are
 * not mounted. done comes once, never from within this. One at a time. NOMEM. */
struct ptxi_volumes_work *ptxi_volumes_prepare(const struct ptxi_volumes *v,
					       struct event_base *base,
					       struct ptxi_commands *commands, int64_t timeout_ms,
					       ptxi_volumes_fn done, void *user,
					       struct ptx_error **err);
/* Frees it without telling; a command that runs goes on. */
void ptxi_volumes_work_free(struct ptxi_volumes_work *w);

#endif
