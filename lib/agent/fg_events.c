/* SPDX-License-Identifier: Apache-2.0 */
/* fg_events.c - what happened in a VPC, numbered, the last thousand.
 *
 * A number is the milliseconds since 1970, or one more than the last: so numbers grow across a
 * store that was lost and a Frontgate that was made anew. Events are kept in the store; while it is
 * away they wait in memory.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "frontgate_priv.h"

#define KEPT     1000
#define UNSAVED  200
#define ANSWERED 200

void ptxi_fg_event(struct frontgate *fg, const char *kind, const char *instance, const char *text)
{
	int64_t now_ms = ptxi_ctx_now(fg->ctx) / 1000000;
	json_t *j = NULL;

	fg->last_event = now_ms > fg->last_event ? now_ms : fg->last_event + 1;
	j = json_pack("{s:I, s:I, s:s, s:s*, s:s}", "n", (json_int_t)fg->last_event, "time",
		      (json_int_t)(now_ms / 1000), "kind", kind, "instance", instance, "text",
		      text);
	ptxi_log(fg->ctx, PTX_LOG_INFO, "agent", "event", PTXI_F("kind", kind),
		 PTXI_F("instance", instance ? instance : "-"), PTXI_F("text", text), PTXI_F_END);
	if (json_array_size(fg->unsaved) >= UNSAVED)
		json_array_remove(fg->unsaved, 0);
	if (j)
		json_array_append_new(fg->unsaved, j);
	ptxi_fg_events_save(fg);
}

static void on_saved(int code, const struct ptx_error *e, void *user)
{
	struct frontgate *fg = user;

	(void)e;
	fg->is_saving = false;
	if (code < 0)
		return; /* they stay; the tick tries again */
	/* Those that the store has now. */
	for (size_t i = json_array_size(fg->unsaved); i > 0; i--) {
		char key[64];

		snprintf(key, sizeof(key), PTXI_WIRE_EVENT "%020lld",
			 (long long)json_integer_value(
			     json_object_get(json_array_get(fg->unsaved, i - 1), "n")));
		if (ptxi_kv_get(ptxi_mirror_kv(fg->mirror), key))
			json_array_remove(fg->unsaved, i - 1);
	}
	ptxi_fg_events_save(fg);
}

void ptxi_fg_events_save(struct frontgate *fg)
{
	const struct ptxi_kv *kv = NULL;
	struct ptxi_txn *t = NULL;
	size_t count = json_array_size(fg->unsaved);
	size_t from = 0;
	size_t end = 0;

	if (count == 0 || fg->is_saving || fg->is_ending || !fg->mirror ||
	    !ptxi_mirror_is_ready(fg->mirror))
		return;
	kv = ptxi_mirror_kv(fg->mirror);
	t = ptxi_txn_new();
	for (size_t i = 0; i < count; i++) {
		json_t *j = json_array_get(fg->unsaved, i);
		char key[64];

		snprintf(key, sizeof(key), PTXI_WIRE_EVENT "%020lld",
			 (long long)json_integer_value(json_object_get(j, "n")));
		ptxi_txn_put_json(t, key, json_incref(j));
	}
	end = ptxi_kv_range(kv, PTXI_STR(PTXI_WIRE_EVENT), &from);
	for (; end - from + count > KEPT && from < end; from++)
		ptxi_txn_remove(t, kv->v[from].key);
	fg->is_saving = true;
	ptxi_mirror_commit(fg->mirror, t, on_saved, fg);
}

json_t *ptxi_fg_events_after(struct frontgate *fg, int64_t n)
{
	const struct ptxi_kv *kv = ptxi_mirror_kv(fg->mirror);
	json_t *list = json_array();
	size_t from = 0;
	size_t end = ptxi_kv_range(kv, PTXI_STR(PTXI_WIRE_EVENT), &from);
	int64_t last = n;

	for (size_t i = from; i < end && json_array_size(list) < ANSWERED; i++) {
		json_t *j = ptxi_wire_parse(ptxi_str(kv->v[i].value), PTXI_WIRE_MAX_BODY, NULL);
		int64_t at = json_integer_value(json_object_get(j, "n"));

		if (at > n) {
			json_array_append(list, j);
			last = at;
		}
		json_decref(j);
	}
	for (size_t i = 0; i < json_array_size(fg->unsaved) && json_array_size(list) < ANSWERED;
	     i++) {
		json_t *j = json_array_get(fg->unsaved, i);

		if (json_integer_value(json_object_get(j, "n")) > last)
			json_array_append(list, j);
	}
	return list;
}
