/* SPDX-License-Identifier: Apache-2.0 */
/* confd.h - keeps configuration files as their templates and the metadata say, while it is started.
 *
 * Thread: that of its event base.
 */
#ifndef PTXI_CONFD_H
#define PTXI_CONFD_H

#include "command.h"
#include "resource.h"

struct ptxi_confd;

struct ptxi_confd_opts {
	struct event_base *base;
	struct ptx_ctx *ctx;
	struct ptxi_commands *commands;
	const struct ptxi_view *view; /* lives longer */
	const char *folder;           /* "/etc/confd" */
	const char *prefix;           /* "/self": templates say /hosts; "/": they say /self/hosts */
	int64_t command_ms;           /* of check_cmd and of reload_cmd; 0: 300,000 */
	int64_t retry_ms;             /* a resource that failed is tried again after; 0: 30,000 */
};

/* Copies the texts. NOMEM. */
struct ptxi_confd *ptxi_confd_new(const struct ptxi_confd_opts *o, struct ptx_error **err);
void ptxi_confd_free(struct ptxi_confd *c);
PTXI_DEFINE_AUTO(confd);

/* ok: what was asked for is so. report: a line for each resource that was changed or failed;
 * borrowed. */
typedef void (*ptxi_confd_fn)(void *user, bool ok, const char *report);
/* Reads the resources and renders all of them once there is metadata; then tells. When one fails,
 * the others are rendered all the same, but confd is stopped again if it was stopped before. May be
 * asked while it runs. done NULL: nobody waits, and it runs whatever fails. NOMEM. */
int ptxi_confd_start(struct ptxi_confd *c, ptxi_confd_fn done, void *user, struct ptx_error **err);
/* Tells as soon as nothing is rendered or run any more. NOMEM. */
int ptxi_confd_stop(struct ptxi_confd *c, ptxi_confd_fn done, void *user, struct ptx_error **err);
/* Forgets who asked, and stops again what was started for them. */
void ptxi_confd_forget(struct ptxi_confd *c, void *user);

/* The view is another. */
void ptxi_confd_changed(struct ptxi_confd *c);
bool ptxi_confd_is_running(const struct ptxi_confd *c);
/* Nothing is rendered or run at present, and nobody waits. */
bool ptxi_confd_is_idle(const struct ptxi_confd *c);
/* What is wrong with a resource at present, or NULL; borrowed until the next event. */
const char *ptxi_confd_trouble(const struct ptxi_confd *c);

#endif
