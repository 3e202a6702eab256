/* SPDX-License-Identifier: Apache-2.0 */
/* resource.h - one template resource of confd: a file of /etc/confd/conf.d.
 *
 *     [template]
 *     src = "zoo.cfg.tmpl"            below the folder of templates
 *     dest = "/opt/zoo/zoo.cfg"
 *     keys = ["/hosts", "/env"]       what the template sees, and when it is rendered again
 *     mode, uid, gid, owner, group, prefix, check_cmd, reload_cmd
 *
 * Thread: one at a time.
 */
#ifndef PTXI_RESOURCE_H
#define PTXI_RESOURCE_H

#include "../template/confd_kv.h"
#include "../wire/kv.h"

#define PTXI_RESOURCE_MAX_BYTES    ((size_t)256 << 10)
#define PTXI_RESOURCE_MAX_KEYS     256
#define PTXI_RESOURCE_MAX_TEMPLATE ((size_t)4 << 20)
#define PTXI_RESOURCE_MAX_OUTPUT   ((size_t)16 << 20)

struct ptxi_resource {
	char *name; /* of the file, for people */
	char *src;  /* full paths */
	char *dest;
	char *prefix; /* "" or "/a/b": comes before keys, and is taken off what the template sees */
	char **keys;
	size_t key_count;
	int64_t mode;     /* -1: as dest is, else 0644 */
	int64_t uid, gid; /* -1: our own */
	char *check_cmd;  /* a template itself, with {{.src}}; or NULL */
	char *reload_cmd; /* or NULL */
};
/* Reads FOLDER/conf.d/NAME. Fails: SYNTAX, INVALID, LIMIT (with the place in the file), NOT_FOUND
 * (no such user), IO. */
int ptxi_resource_load(struct ptxi_resource *r, const char *folder, const char *name,
		       struct ptx_error **err);
void ptxi_resource_done(struct ptxi_resource *r);

/* The digest of the pairs that the resource sees, under the view's prefix: equal digests mean equal
 * input. */
int ptxi_resource_digest(const struct ptxi_resource *r, const struct ptxi_kv *view,
			 const char *prefix, unsigned char out[32], struct ptx_error **err);
/* Renders its template over those pairs and appends the text. */
int ptxi_resource_render(const struct ptxi_resource *r, const struct ptxi_kv *view,
			 const char *prefix, struct ptx_buf *out, struct ptx_error **err);
/* check_cmd with the path of the staged file in it; owned. */
char *ptxi_resource_check_cmd(const struct ptxi_resource *r, const char *staged,
			      struct ptx_error **err);

/* Writes content to a new file beside dest (folders are made), with mode and owner; its owned path.
 * *same: dest is that already, nothing was written and NULL is returned without an error. */
char *ptxi_resource_stage(const struct ptxi_resource *r, struct ptx_str content, bool *same,
			  struct ptx_error **err);
/* Moves the staged file over dest, or writes through it where it cannot be replaced (a bind mount).
 * The staged file is gone afterwards in any case. */
int ptxi_resource_install(const struct ptxi_resource *r, const char *staged,
			  struct ptx_error **err);

/* The number of a name in a file such as /etc/passwd (the third field of its line), without name
 * services; a name that is a number is that number. NOT_FOUND. */
int ptxi_resource_id(const char *file, const char *name, int64_t *id, struct ptx_error **err);

#endif
