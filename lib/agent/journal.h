/* SPDX-License-Identifier: Apache-2.0 */
/* journal.h - which requests a Drone has begun, and what became of them: the memory that makes them
 * run at most once.
 *
 * A file for each id, synced before the request runs and after it ended. One that was left running
 * by a Drone that died is `unknown` from then on. Outcomes that were acknowledged are kept (the
 * youngest 256), since an id may come again: from a line that was on its way, or from a Frontgate
 * that lost its data. Thread: one at a time.
 */
#ifndef PTXI_JOURNAL_H
#define PTXI_JOURNAL_H

#include "../base/ctx.h"
#include "../wire/wire.h"

struct ptxi_journal;

struct ptxi_journal_entry {
	char id[65];
	char kind[16];
	enum ptxi_wire_state state; /* RUNNING or final */
	bool is_acked;
	bool is_sending; /* the user's: its outcome is on its way */
	int64_t started_unix;
	json_t *outcome; /* of a final one that was not acknowledged; owned by the journal */
};

/* Reads what is in a folder (made, 0700). Files that cannot be read count as unknown outcomes of
 * their ids. alive: a list of ids that still run, since only the program of the Drone is another
 * one; NULL: none. */
struct ptxi_journal *ptxi_journal_open(const char *folder, struct ptx_ctx *ctx, const json_t *alive,
				       struct ptx_error **err);
void ptxi_journal_close(struct ptxi_journal *j);

size_t ptxi_journal_count(const struct ptxi_journal *j);
struct ptxi_journal_entry *ptxi_journal_at(struct ptxi_journal *j, size_t i);
/* NULL when this id never began. */
struct ptxi_journal_entry *ptxi_journal_find(struct ptxi_journal *j, const char *id);
/* Writes that the request begins: only when this returned an entry may it run. IO (a full disk),
 * LIMIT, NOMEM. */
struct ptxi_journal_entry *ptxi_journal_begin(struct ptxi_journal *j, const char *id,
					      const char *kind, struct ptx_error **err);
/* A request that does not run at all: its final outcome from the start, in memory even where it
 * cannot be written. NOMEM. */
int ptxi_journal_refuse(struct ptxi_journal *j, const char *id, const char *kind,
			const struct ptxi_wire_outcome *o, struct ptx_error **err);
/* Writes its outcome. When that fails the entry has it all the same, for as long as this process
 * lives. */
int ptxi_journal_end(struct ptxi_journal *j, struct ptxi_journal_entry *e,
		     const struct ptxi_wire_outcome *o, struct ptx_error **err);
/* Frontgate has its outcome. */
void ptxi_journal_ack(struct ptxi_journal *j, struct ptxi_journal_entry *e);
/* Frontgate asks again: the outcome is to be sent once more. */
void ptxi_journal_unack(struct ptxi_journal *j, struct ptxi_journal_entry *e);

#endif
