/* SPDX-License-Identifier: Apache-2.0 */
/* task.c - what the executors share: finding the target, drawing names, taking addresses. */
#define PTX_AREA PTX_AREA_ENGINE
#include "../base/ptxi.h"
#include "task.h"

#include "../base/rand.h"
#include "event.h"

#define MOST_NAME 40u

const struct ptxi_executor_row *ptxi_executor_find(const struct ptxi_action *a)
{
	const struct ptxi_executor_row *rows = a->executor == PTXI_EXEC_PROVIDER
						   ? ptxi_exec_provider
					       : a->executor == PTXI_EXEC_AGENT ? ptxi_exec_agent
										: ptxi_exec_local;

	for (; rows->action; rows++)
		if (strcmp(rows->action, a->name) == 0)
			return rows;
	return NULL;
}

struct ptxi_node *ptxi_run_node(const struct ptxi_run *r, struct ptx_error **err)
{
	struct ptxi_node *n = ptxi_cluster_node(r->engine->cluster, r->task->target);

	if (!n)
		ptx_fail(err, PTX_E_INTERNAL, "there is no node '%s' in the record",
			 r->task->target);
	return n;
}

bool ptxi_run_is_frontgate(const struct ptxi_run *r, const struct ptxi_node *n)
{
	return r->engine->cluster->vpc && n == &r->engine->cluster->vpc->frontgate;
}

/* Lower-case letters, digits and single dashes of text, cut to size - 1. */
static void plain_name(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; *text && n + 1 < size; text++) {
		char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (plain)
			out[n++] = c;
		else if (n && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n && out[n - 1] == '-')
		n--;
	out[n] = '\0';
}

int ptxi_run_name_instance(struct ptxi_run *r, struct ptxi_node *n, struct ptx_error **err)
{
	const struct ptxi_cluster *c = r->engine->cluster;
	bool frontgate = ptxi_run_is_frontgate(r, n);
	char id[PTXI_ID_MAX] = "";
	char of[MOST_NAME] = "";
	ptx_auto_str text = NULL;
	int rc = 0;

	if (n->instance)
		return 0;
	rc = ptxi_rand_id(r->engine->ctx, "i", id, err);
	if (rc < 0)
		return rc;
	if (frontgate)
		text = ptxi_asprintf("%s-frontgate", c->vpc->name);
	else
		text =
		    ptxi_asprintf("%s-%s-%u", c->name, *n->role ? n->role : "node", n->server_id);
	if (!text)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	plain_name(text, of, sizeof(of));
	n->instance = ptxi_arena_printf(c->arena, "%s-%s", of, id + 2);
	if (frontgate)
		r->engine->cluster->vpc->doc.dirty = true;
	n->doc.dirty = true;
	return ptxi_arena_check(c->arena, err);
}

static bool parse_ipv4(struct ptx_str s, uint32_t *out)
{
	uint32_t address = 0;
	struct ptx_str part = { 0 };
	uint64_t byte = 0;
	int parts = 0;

	while (ptxi_str_next(&s, '.', &part)) {
		if (!ptxi_parse_u64(part, &byte, 255) || ++parts > 4)
			return false;
		address = address << 8 | (uint32_t)byte;
	}
	*out = address;
	return parts == 4;
}

int ptxi_run_allocate(struct ptxi_run *r, struct ptxi_node *n, struct ptx_error **err)
{
	struct ptxi_vpc *v = r->engine->cluster->vpc;
	struct ptx_str cidr = ptxi_str(v->cidr ? v->cidr : "");
	size_t slash = ptxi_str_find_char(cidr, '/');
	uint32_t base = 0;
	uint64_t bits = 0;

	if (n->private_ip)
		return 0;
	if (slash == SIZE_MAX || !parse_ipv4(ptxi_str_sub(cidr, 0, slash), &base) ||
	    !ptxi_parse_u64(ptxi_str_from(cidr, slash + 1), &bits, 30) || bits < 8)
		return ptx_fail(err, PTX_E_INTERNAL,
				"the network of VPC '%s' has no range that can be used: '%.*s'",
				v->name, PTX_STR_ARG(cidr));
	for (uint32_t host = 2; host < (UINT32_C(1) << (32 - bits)) - 1; host++) {
		uint32_t a = base + host;
		char text[16] = "";

		snprintf(text, sizeof(text), "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255,
			 a & 255);
		if (ptx_value_has(v->addresses, text) ||
		    (v->gateway && strcmp(v->gateway, text) == 0))
			continue;
		n->private_ip = ptxi_arena_str(r->engine->cluster->arena, text);
		ptx_value_set_string(v->addresses, text, n->id);
		n->doc.dirty = v->doc.dirty = true;
		return ptxi_arena_check(r->engine->cluster->arena, err);
	}
	return ptx_fail(err, PTX_E_LIMIT, "the network %s of VPC '%s' has no free address", v->cidr,
			v->name);
}
