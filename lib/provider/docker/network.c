/* SPDX-License-Identifier: Apache-2.0 */
/* network.c - a VPC's network: a bridge of the engine, with a range of its own.
 *
 * Names are compared by us, over the list of all networks: Docker matches parts of ids too. A range
 * that nobody asked for is the first of 10.77.N.0/24 that meets neither a network of the engine nor
 * a route of this machine; where to begin comes from the name, so that several installations seldom
 * meet.
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "docker.h"

#define RANGES     256u
#define MOST_TRIES 8u

bool ptxi_ipv4_parse(struct ptx_str s, uint32_t *out)
{
	struct ptx_str part = { NULL, 0 };
	uint32_t ip = 0;
	unsigned parts = 0;
	uint64_t n = 0;

	while (ptxi_str_next(&s, '.', &part)) {
		if (++parts > 4 || part.n > 3 || !ptxi_parse_u64(part, &n, 255))
			return false;
		ip = ip << 8 | (uint32_t)n;
	}
	*out = ip;
	return parts == 4;
}

void ptxi_ipv4_format(uint32_t ip, char out[PTXI_IPV4_MAX])
{
	snprintf(out, PTXI_IPV4_MAX, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255,
		 ip & 255);
}

static uint32_t mask_of(unsigned bits)
{
	return bits == 0 ? 0 : ~(uint32_t)0 << (32 - bits);
}

bool ptxi_cidr_parse(struct ptx_str s, struct ptxi_cidr *out)
{
	size_t slash = ptxi_str_find_char(s, '/');
	uint64_t bits = 0;

	if (slash == SIZE_MAX || !ptxi_ipv4_parse(ptxi_str_sub(s, 0, slash), &out->base) ||
	    !ptxi_parse_u64(ptxi_str_from(s, slash + 1), &bits, 32))
		return false;
	out->bits = (unsigned)bits;
	out->base &= mask_of(out->bits);
	return true;
}

bool ptxi_cidr_overlap(struct ptxi_cidr a, struct ptxi_cidr b)
{
	uint32_t mask = mask_of(a.bits < b.bits ? a.bits : b.bits);

	return (a.base & mask) == (b.base & mask);
}

bool ptxi_network_range(const json_t *network, struct ptxi_cidr *range, uint32_t *gateway)
{
	const json_t *config = json_object_get(json_object_get(network, "IPAM"), "Config");
	const json_t *item = NULL;
	size_t i = 0;

	json_array_foreach(config, i, item)
	{
		if (!ptxi_cidr_parse(ptxi_str(ptxi_json_str(item, "Subnet")), range))
			continue;
		if (!ptxi_ipv4_parse(ptxi_str(ptxi_json_str(item, "Gateway")), gateway))
			*gateway = range->base + 1;
		return true;
	}
	return false;
}

static json_t *by_name(const json_t *networks, const char *name)
{
	json_t *item = NULL;
	size_t i = 0;

	json_array_foreach(networks, i,
			   item) if (strcmp(ptxi_json_str(item, "Name"), name) == 0) return item;
	return NULL;
}

int ptxi_network_find(struct ptxi_docker *d, const char *name, json_t **out, struct ptx_error **err)
{
	ptxi_auto_json networks = NULL;
	int code = ptxi_engine_list(d, "/networks", NULL, NULL, &networks, err);

	*out = code == 0 ? json_incref(by_name(networks, name)) : NULL;
	return code;
}

/* ---- choosing a range ---- */

/* Routes of this machine: /proc/net/route has them in hexadecimal, in the order of the machine's
 * bytes. */
static bool host_routes_meet(struct ptxi_cidr want)
{
	ptx_auto_file f = fopen("/proc/net/route", "re");
	char line[256] = "";
	bool meet = false;

	while (f && !meet && fgets(line, sizeof(line), f)) {
		char *at = strchr(line, '\t');
		char *end = NULL;
		struct ptxi_cidr route = { 0 };
		unsigned long destination = at ? strtoul(at, &end, 16) : 0;
		unsigned long mask = 0;

		if (!at || end == at)
			continue;
		for (int column = 0; column < 6 && at; column++)
			at = strchr(at + 1, '\t');
		mask = at ? strtoul(at, NULL, 16) : 0;
		route.base = __builtin_bswap32((uint32_t)destination);
		route.bits = (unsigned)__builtin_popcount((uint32_t)mask);
		/* The default route leads everywhere, and forbids nothing. */
		meet = route.bits > 0 && ptxi_cidr_overlap(route, want);
	}
	return meet;
}

static bool is_free(const json_t *networks, struct ptxi_cidr want)
{
	const json_t *item = NULL;
	size_t i = 0;

	json_array_foreach(networks, i, item)
	{
		struct ptxi_cidr range = { 0 };
		uint32_t gateway = 0;

		if (ptxi_network_range(item, &range, &gateway) && ptxi_cidr_overlap(range, want))
			return false;
	}
	return !host_routes_meet(want);
}

static unsigned first_range(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h % RANGES;
}

static bool choose_range(const json_t *networks, const char *name, unsigned skip,
			 struct ptxi_cidr *out)
{
	for (unsigned i = 0; i < RANGES; i++) {
		struct ptxi_cidr c = {
			UINT32_C(10) << 24 | 77u << 16 | (first_range(name) + i) % RANGES << 8, 24
		};

		if (!is_free(networks, c) || skip-- > 0)
			continue;
		*out = c;
		return true;
	}
	return false;
}

/* ---- create ---- */

static int report(const json_t *network, struct ptx_provider_call *call, struct ptx_error **err)
{
	struct ptxi_cidr range = { 0 };
	uint32_t gateway = 0;
	char base[PTXI_IPV4_MAX] = "";
	char gate[PTXI_IPV4_MAX] = "";

	if (!ptxi_network_range(network, &range, &gateway))
		return ptx_fail(err, PTX_E_UNTRUSTED, "network '%s' has no IPv4 range",
				ptxi_json_str(network, "Name"));
	ptxi_ipv4_format(range.base, base);
	ptxi_ipv4_format(gateway, gate);
	ptx_value_set_string(call->result, "network_id", ptxi_json_str(network, "Id"));
	ptx_value_set_string(call->result, "cidr",
			     ptxi_arena_printf(call->arena, "%s/%u", base, range.bits));
	ptx_value_set_string(call->result, "gateway", gate);
	return ptxi_arena_check(call->arena, err);
}

static int adopt(const json_t *network, const char *name, struct ptx_provider_call *call,
		 struct ptx_error **err)
{
	if (!ptxi_is_ours(json_object_get(network, "Labels"), call->tags)) {
		ptx_fail(err, PTX_E_EXISTS,
			 "a network '%s' exists that this installation did not make", name);
		ptxi_error_hint(err, "`podman network inspect %s` shows it", name);
		return PTX_E_EXISTS;
	}
	return report(network, call, err);
}

static json_t *make_body(const char *name, struct ptxi_cidr range, const struct ptx_value *tags)
{
	char base[PTXI_IPV4_MAX] = "";
	char gate[PTXI_IPV4_MAX] = "";
	char cidr[24] = "";

	ptxi_ipv4_format(range.base, base);
	ptxi_ipv4_format(range.base + 1, gate);
	snprintf(cidr, sizeof(cidr), "%s/%u", base, range.bits);
	return json_pack("{s:s, s:b, s:s, s:o, s:{s:[{s:s, s:s}]}}", "Name", name, "CheckDuplicate",
			 1, "Driver", "bridge", "Labels", ptxi_tags_json(tags), "IPAM", "Config",
			 "Subnet", cidr, "Gateway", gate);
}

static int read_wanted(struct ptx_provider_call *call, struct ptxi_cidr *want,
		       struct ptx_error **err)
{
	const char *cidr = ptx_value_as_string(ptx_value_get(call->directive, "cidr"), "");

	if (!*cidr)
		return 0;
	if (!ptxi_cidr_parse(ptxi_str(cidr), want) || want->bits < 8 || want->bits > 29)
		return ptx_fail(err, PTX_E_INVALID,
				"'%s' is not a range of addresses such as 10.77.1.0/24", cidr);
	return 1;
}

static bool range_is_taken(const struct ptxi_reply *reply)
{
	const char *words = ptxi_engine_words(reply);

	return strstr(words, "already used on the host") || strstr(words, "Pool overlaps");
}

int ptxi_docker_network_create(void *driver, struct ptx_provider_call *call, struct ptx_error **err)
{
	const char *name = ptxi_directive_name(call, "name", err);
	struct ptxi_cidr range = { 0 };
	int wanted = name ? read_wanted(call, &range, err) : PTX_E_INVALID;

	/* One request a look: each turn begins with one. */
	for (unsigned turn = 0; wanted >= 0; turn++) {
		ptxi_auto_json networks = NULL;
		ptxi_auto_json body = NULL;
		ptxi_auto_reply reply = { 0 };
		const json_t *there = NULL;

		if (ptxi_engine_list(driver, "/networks", NULL, NULL, &networks, err) < 0)
			return ptx_wrap(err, "while looking for network '%s'", name);
		there = by_name(networks, name);
		if (there)
			return adopt(there, name, call, err);
		if (turn >= MOST_TRIES || (!wanted && !choose_range(networks, name, turn, &range)))
			return ptx_fail(err, PTX_E_BUSY,
					"no range of addresses is free for network '%s'", name);
		body = make_body(name, range, call->tags);
		if (!body)
			return ptx_fail(err, PTX_E_NOMEM, "no memory for a request to the engine");
		if (ptxi_engine_call(driver, "POST", "/networks/create", body, NULL, &reply, err) <
		    0)
			return ptx_wrap(err, "while creating network '%s'", name);
		if (reply.status == 201 || reply.status == 200)
			continue;
		/* Refused: somebody may have been quicker, with the name or with the range; the
		 * next look tells. */
		if (turn > 0 && (wanted || !range_is_taken(&reply)))
			return ptxi_engine_refused(&reply, "creating a network", err);
	}
	return wanted;
}

/* ---- delete ---- */

int ptxi_docker_network_delete(void *driver, struct ptx_provider_call *call, struct ptx_error **err)
{
	const char *name = ptxi_directive_name(call, "name", err);
	ptxi_auto_json there = NULL;
	ptxi_auto_json still = NULL;
	ptxi_auto_reply reply = { 0 };
	ptx_auto_str path = name ? ptxi_asprintf("/networks/%s", name) : NULL;

	if (!name)
		return PTX_E_INVALID;
	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (ptxi_network_find(driver, name, &there, err) < 0)
		return ptx_wrap(err, "while looking for network '%s'", name);
	if (!there || !ptxi_is_ours(json_object_get(there, "Labels"), call->tags))
		return 0;
	if (ptxi_engine_call(driver, "DELETE", path, NULL, NULL, &reply, err) < 0)
		return ptx_wrap(err, "while deleting network '%s'", name);
	if (reply.status == 404 || (reply.status >= 200 && reply.status < 300))
		return 0;
	if (ptxi_network_find(driver, name, &still, err) < 0)
		return ptx_wrap(err, "while looking for network '%s'", name);
	return still ? ptxi_engine_refused(&reply, "deleting a network", err) : 0;
}
