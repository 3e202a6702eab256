/* SPDX-License-Identifier: Apache-2.0 */
/* journal.c - FOLDER/ID.json: {"version": 1, "kind": K, "acked": false, "outcome": {...}}; the
 * outcome's state is "running" until there is one. Commands are not written: they may hold secrets.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "journal.h"

#include <dirent.h>
#include <errno.h>

#include "../base/fs.h"
#include "../base/log.h"
#include "../base/path.h"
#include "../base/time.h"
#include "../base/vec.h"

#define MOST_ACKED   256
#define MOST_ENTRIES 1024
#define SUFFIX       ".json"

struct ptxi_journal {
	struct ptx_ctx *ctx;
	char *folder;
	PTX_VEC(struct ptxi_journal_entry *) entries; /* as they began */
};

static char *path_of(const struct ptxi_journal *j, const char *id)
{
	return ptxi_asprintf("%s/%s" SUFFIX, j->folder, id);
}

static int write_entry(struct ptxi_journal *j, const struct ptxi_journal_entry *e, bool acked,
		       json_t *outcome, struct ptx_error **err)
{
	ptx_auto_str path = path_of(j, e->id);
	json_t *doc = json_pack("{s:i, s:s, s:b, s:O}", "version", 1, "kind", e->kind, "acked",
				acked, "outcome", outcome);
	ptx_auto_buf text = { 0 };
	int code = 0;

	ptx_buf_init(&text, 0);
	if (!path || !doc || !ptxi_wire_format(doc, &text))
		code = ptx_fail(err, PTX_E_NOMEM, "no memory for the journal");
	else
		code = ptxi_fs_write(path, ptx_buf_str(&text), 0600, err);
	json_decref(doc);
	return code < 0 ? ptx_wrap(err, "while writing the journal") : 0;
}

static void entry_free(struct ptxi_journal_entry *e)
{
	if (e)
		json_decref(e->outcome);
	ptx_free(e);
}

static json_t *read_doc(struct ptxi_journal *j, const char *id, struct ptx_error **err)
{
	ptx_auto_str path = path_of(j, id);
	ptx_auto_buf text = { 0 };

	ptx_buf_init(&text, 0);
	if (!path) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for the journal");
		return NULL;
	}
	if (ptxi_fs_read(path, PTXI_WIRE_MAX_DRONE_BODY * 4, &text, err) < 0)
		return NULL;
	return ptxi_wire_parse(ptx_buf_str(&text), PTXI_WIRE_MAX_DRONE_BODY * 4, err);
}

static json_t *unknown_outcome(struct ptxi_journal *j, int64_t started)
{
	struct ptxi_wire_outcome o = {
		.state = PTXI_REQUEST_UNKNOWN,
		.exit_status = -1,
		.started_unix = started,
		.error = "the Drone ended while this ran; what became of it is not known",
		.ended_unix = ptxi_ctx_now(j->ctx) / PTXI_NS_PER_S
	};

	return ptxi_wire_outcome_write(&o);
}

static bool is_among(const json_t *ids, const char *id)
{
	for (size_t i = 0; i < json_array_size(ids); i++) {
		const char *s = json_string_value(json_array_get(ids, i));

		if (s && strcmp(s, id) == 0)
			return true;
	}
	return false;
}

/* What a file of a former life says. */
static struct ptxi_journal_entry *recall(struct ptxi_journal *j, const char *id,
					 const json_t *alive)
{
	struct ptxi_journal_entry *e = ptxi_alloc(sizeof(*e));
	struct ptx_error *why = NULL;
	json_t *doc = read_doc(j, id, &why);
	json_t *outcome = json_object_get(doc, "outcome");
	struct ptxi_wire_outcome o = { .state = PTXI_REQUEST_RUNNING };
	const char *kind = json_string_value(json_object_get(doc, "kind"));
	bool is_whole = outcome && ptxi_wire_outcome_read(outcome, &o, NULL) == 0;

	if (!e) {
		json_decref(doc);
		ptx_error_free(why);
		return NULL;
	}
	snprintf(e->id, sizeof(e->id), "%s", id);
	snprintf(e->kind, sizeof(e->kind), "%s", kind ? kind : "");
	e->started_unix = is_whole ? o.started_unix : 0;
	e->state = is_whole ? o.state : PTXI_REQUEST_RUNNING;
	e->is_acked = json_is_true(json_object_get(doc, "acked"));
	if (is_whole && e->state == PTXI_REQUEST_RUNNING && is_among(alive, id)) {
		e->is_acked = false;
	} else if (!ptxi_wire_state_is_final(e->state)) {
		e->state = PTXI_REQUEST_UNKNOWN;
		e->is_acked = false;
		e->outcome = unknown_outcome(j, e->started_unix);
		ptxi_log(j->ctx, PTX_LOG_WARN, "agent", "a request was left unfinished",
			 PTXI_F("id", id), PTXI_F_END);
		if (e->outcome) /* also when it cannot be written: then it is found like this once
				   more */
			write_entry(j, e, false, e->outcome, NULL);
	} else if (!e->is_acked) {
		e->outcome = json_incref(outcome);
	}
	json_decref(doc);
	ptx_error_free(why);
	return e;
}

static void forget_file(struct ptxi_journal *j, const char *id)
{
	ptx_auto_str path = path_of(j, id);

	if (path)
		ptxi_fs_remove(path, NULL);
}

/* Lets go of the oldest acknowledged ones. */
static void prune(struct ptxi_journal *j)
{
	size_t acked = 0;

	for (size_t i = 0; i < j->entries.n; i++)
		acked += j->entries.v[i]->is_acked;
	for (size_t i = 0; i < j->entries.n && acked > MOST_ACKED;) {
		struct ptxi_journal_entry *e = j->entries.v[i];

		if (!e->is_acked) {
			i++;
			continue;
		}
		forget_file(j, e->id);
		entry_free(e);
		memmove(&j->entries.v[i], &j->entries.v[i + 1],
			(j->entries.n - i - 1) * sizeof(j->entries.v[0]));
		j->entries.n--;
		acked--;
	}
}

/* In the order of their start. */
static bool insert(struct ptxi_journal *j, struct ptxi_journal_entry *e)
{
	size_t at = j->entries.n;

	if (!ptx_vec_push(&j->entries, e))
		return false;
	for (; at > 0 && j->entries.v[at - 1]->started_unix > e->started_unix; at--)
		j->entries.v[at] = j->entries.v[at - 1];
	j->entries.v[at] = e;
	return true;
}

static int recall_all(struct ptxi_journal *j, const json_t *alive, struct ptx_error **err)
{
	DIR *dir = opendir(j->folder);
	struct dirent *d = NULL;
	int code = 0;

	if (!dir)
		return ptx_fail_errno(err, PTX_E_IO, errno, "cannot read '%s'", j->folder);
	while (code == 0 && (d = readdir(dir))) {
		struct ptx_str name = ptxi_str(d->d_name);
		struct ptx_str id =
		    ptxi_str_sub(name, 0, name.n > strlen(SUFFIX) ? name.n - strlen(SUFFIX) : 0);
		ptx_auto_str text = NULL;
		struct ptxi_journal_entry *e = NULL;

		if (name.p[0] == '.' || !ptxi_str_ends(name, SUFFIX) || !ptxi_wire_id_ok(id))
			continue;
		text = ptxi_str_dup(id);
		e = text ? recall(j, text, alive) : NULL;
		if (!e || !insert(j, e)) {
			entry_free(e);
			code = ptx_fail(err, PTX_E_NOMEM, "no memory for the journal");
		}
	}
	closedir(dir);
	prune(j);
	return code;
}

struct ptxi_journal *ptxi_journal_open(const char *folder, struct ptx_ctx *ctx, const json_t *alive,
				       struct ptx_error **err)
{
	struct ptxi_journal *j = ptxi_alloc(sizeof(*j));

	if (j) {
		j->ctx = ctx;
		j->folder = ptxi_strdup(folder);
	}
	if (!j || !j->folder) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for the journal");
	} else if (ptxi_fs_mkdirs(folder, 0700, err) == 0 && recall_all(j, alive, err) == 0) {
		return j;
	}
	ptxi_journal_close(j);
	return NULL;
}

void ptxi_journal_close(struct ptxi_journal *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < j->entries.n; i++)
		entry_free(j->entries.v[i]);
	ptx_vec_done(&j->entries);
	ptx_free(j->folder);
	ptx_free(j);
}

size_t ptxi_journal_count(const struct ptxi_journal *j)
{
	return j->entries.n;
}

struct ptxi_journal_entry *ptxi_journal_at(struct ptxi_journal *j, size_t i)
{
	return j->entries.v[i];
}

struct ptxi_journal_entry *ptxi_journal_find(struct ptxi_journal *j, const char *id)
{
	for (size_t i = 0; i < j->entries.n; i++)
		if (strcmp(j->entries.v[i]->id, id) == 0)
			return j->entries.v[i];
	return NULL;
}

/* An entry in the list, of which nothing is written yet. */
static struct ptxi_journal_entry *add(struct ptxi_journal *j, const char *id, const char *kind,
				      struct ptx_error **err)
{
	struct ptxi_journal_entry *e = ptxi_alloc(sizeof(*e));

	if (e) {
		snprintf(e->id, sizeof(e->id), "%s", id);
		snprintf(e->kind, sizeof(e->kind), "%s", kind);
		e->state = PTXI_REQUEST_RUNNING;
		e->started_unix = ptxi_ctx_now(j->ctx) / PTXI_NS_PER_S;
	}
	if (!e || !insert(j, e)) {
		ptx_fail(err, PTX_E_NOMEM, "no memory for the journal");
		ptx_free(e);
		return NULL;
	}
	return e;
}

static void take_back(struct ptxi_journal *j, struct ptxi_journal_entry *e)
{
	size_t i = 0;

	while (j->entries.v[i] != e)
		i++;
	j->entries.n--;
	memmove(&j->entries.v[i], &j->entries.v[i + 1],
		(j->entries.n - i) * sizeof(j->entries.v[0]));
	forget_file(j, e->id);
	entry_free(e);
}

struct ptxi_journal_entry *ptxi_journal_begin(struct ptxi_journal *j, const char *id,
					      const char *kind, struct ptx_error **err)
{
	struct ptxi_wire_outcome o = { .state = PTXI_REQUEST_RUNNING, .exit_status = -1 };
	struct ptxi_journal_entry *e = NULL;
	json_t *outcome = NULL;
	int code = 0;

	if (j->entries.n >= MOST_ENTRIES) {
		ptx_fail(err, PTX_E_LIMIT, "more than %d requests have no acknowledged outcome",
			 MOST_ENTRIES - MOST_ACKED);
		return NULL;
	}
	e = add(j, id, kind, err);
	if (!e)
		return NULL;
	o.started_unix = e->started_unix;
	outcome = ptxi_wire_outcome_write(&o);
	code = outcome ? write_entry(j, e, false, outcome, err)
		       : ptx_fail(err, PTX_E_NOMEM, "no memory for the journal");
	json_decref(outcome);
	if (code == 0)
		return e;
	take_back(j, e);
	return NULL;
}

int ptxi_journal_refuse(struct ptxi_journal *j, const char *id, const char *kind,
			const struct ptxi_wire_outcome *o, struct ptx_error **err)
{
	struct ptxi_journal_entry *e = add(j, id, kind, err);

	if (!e)
		return PTX_E_NOMEM;
	ptxi_journal_end(j, e, o, NULL);
	if (e->outcome)
		return 0;
	take_back(j, e);
	return ptx_fail(err, PTX_E_NOMEM, "no memory for an outcome");
}

int ptxi_journal_end(struct ptxi_journal *j, struct ptxi_journal_entry *e,
		     const struct ptxi_wire_outcome *o, struct ptx_error **err)
{
	json_t *outcome = ptxi_wire_outcome_write(o);

	e->state = o->state;
	json_decref(e->outcome);
	e->outcome = outcome;
	if (!outcome)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for an outcome");
	return write_entry(j, e, false, outcome, err);
}

void ptxi_journal_ack(struct ptxi_journal *j, struct ptxi_journal_entry *e)
{
	if (e->is_acked)
		return;
	e->is_acked = true;
	if (e->outcome)
		write_entry(j, e, true, e->outcome,
			    NULL); /* else it is sent once more in the next life */
	json_decref(e->outcome);
	e->outcome = NULL;
	prune(j);
}

void ptxi_journal_unack(struct ptxi_journal *j, struct ptxi_journal_entry *e)
{
	json_t *doc = NULL;

	if (!e->is_acked)
		return;
	e->is_acked = false;
	doc = read_doc(j, e->id, NULL);
	e->outcome = json_incref(json_object_get(doc, "outcome"));
	if (!e->outcome)
		e->outcome = unknown_outcome(j, e->started_unix);
	json_decref(doc);
}
