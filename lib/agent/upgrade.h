/* SPDX-License-Identifier: Apache-2.0 */
/* upgrade.h - the programs that an agent keeps of itself, and the record of which one was found
 * good.
 *
 * DATA/agent/ (0700): one file a program, named by its digest, `.part` while it comes; and
 * update.json. Drone and Frontgate both have one. Thread: one at a time.
 */
#ifndef PTXI_UPGRADE_H
#define PTXI_UPGRADE_H

#include "../base/ctx.h"
#include "../wire/release.h"

#define PTXI_UPGRADE_TRIAL_MS 60000

struct ptxi_upgrade {
	struct ptx_ctx *ctx;
	char *folder;
	char own_sha256[65]; /* of the program that runs */
	json_t *record;      /* {version, base?, good?, trying?, failed?}, each {id, statement,
				signature, error?} */
	int64_t trial_ms;    /* to be healthy within */
};

/* data: the agent's folder. A record that cannot be read counts as none. IO, NOMEM. */
int ptxi_upgrade_open(struct ptxi_upgrade *u, struct ptx_ctx *ctx, const char *data,
		      struct ptx_error **err);
void ptxi_upgrade_done(struct ptxi_upgrade *u);

/* May this release take over from the one that runs? UNTRUSTED (signature), PRECONDITION (it is
 * older), SYNTAX. */
int ptxi_upgrade_check(const struct ptxi_upgrade *u, const char *statement, const char *signature,
		       const char *root, const char *vpc, struct ptxi_release *r,
		       struct ptx_error **err);
bool ptxi_upgrade_runs(const struct ptxi_upgrade *u, const struct ptxi_release *r);

/* How many bytes of a program are here; its size when it is whole and was verified. */
int64_t ptxi_upgrade_have(const struct ptxi_upgrade *u, const struct ptxi_release *r);
/* Adds a piece at an offset: what is here already is skipped. With the last one the digest is
 * verified and the file gets its name. Other programs that nobody needs go first. CONFLICT (a gap),
 * LIMIT (more than its size), CORRUPT (the digest; nothing is kept), IO. */
int ptxi_upgrade_add(struct ptxi_upgrade *u, const struct ptxi_release *r, int64_t offset,
		     struct ptx_str piece, struct ptx_error **err);
/* Appends up to max bytes of a whole program from an offset. NOT_FOUND, INVALID, IO. */
int ptxi_upgrade_piece(const struct ptxi_upgrade *u, const char *sha256, int64_t offset, size_t max,
		       struct ptx_buf *out, int64_t *size, struct ptx_error **err);

/* Opens a whole program, its digest verified once more; the descriptor. */
int ptxi_upgrade_program(const struct ptxi_upgrade *u, const struct ptxi_release *r,
			 struct ptx_error **err);
/* Runs it and asks whether it is what it should be and can take over this state. FAILED, TIMEOUT.
 */
int ptxi_upgrade_ask(const struct ptxi_upgrade *u, const struct ptxi_release *r, const char *role,
		     const char *config, struct ptx_str state, struct ptx_error **err);

/* The record: what is (synced) true from now on. */
int ptxi_upgrade_try(struct ptxi_upgrade *u, const char *id, const char *statement,
		     const char *signature, struct ptx_error **err);
/* The one that was tried is good, or failed. */
void ptxi_upgrade_good(struct ptxi_upgrade *u);
void ptxi_upgrade_failed(struct ptxi_upgrade *u, const char *why);
/* The good one failed at the machine's start. */
void ptxi_upgrade_drop_good(struct ptxi_upgrade *u, const char *why);
/* The id of the request that a part of the record is of, or NULL: "good", "trying", "failed". */
const char *ptxi_upgrade_id(const struct ptxi_upgrade *u, const char *part);
/* Why the last one failed, or "". */
const char *ptxi_upgrade_why(const struct ptxi_upgrade *u);

/* At a machine's start: the good program, when it belongs in place of this one: it was put over
 * this very one, or is newer. Does not return when it runs. */
void ptxi_upgrade_choose(struct ptxi_upgrade *u, const char *root, const char *vpc);

#endif
