/* SPDX-License-Identifier: Apache-2.0 */
/* gotype.c - names, kinds and equality of values as Go sees them. */
#define PTX_AREA PTX_AREA_TEXT
#include "gotype.h"

#define DEEPEST_EQUAL 1000u

/* The types that are no kind's own: a name, and a kind where it is not that of what holds them. */
static const struct {
	const char *name;
	enum ptxi_go_kind kind; /* 0: of what holds it */
	const char *kind_name;  /* NULL: the name */
} types[PTXI_GO_COUNT] = {
	[PTXI_GO_INT] = { "int", 0, NULL },
	[PTXI_GO_INT8] = { "int8", 0, NULL },
	[PTXI_GO_INT16] = { "int16", 0, NULL },
	[PTXI_GO_INT32] = { "int32", 0, NULL },
	[PTXI_GO_UINT] = { "uint", PTXI_KIND_UINT, NULL },
	[PTXI_GO_UINT8] = { "uint8", PTXI_KIND_UINT, NULL },
	[PTXI_GO_UINT16] = { "uint16", PTXI_KIND_UINT, NULL },
	[PTXI_GO_UINT32] = { "uint32", PTXI_KIND_UINT, NULL },
	[PTXI_GO_UINT64] = { "uint64", PTXI_KIND_UINT, NULL },
	[PTXI_GO_DURATION] = { "time.Duration", 0, "int64" },
	[PTXI_GO_MONTH] = { "time.Month", 0, "int" },
	[PTXI_GO_WEEKDAY] = { "time.Weekday", 0, "int" },
	[PTXI_GO_FLOAT32] = { "float32", 0, NULL },
	[PTXI_GO_COMPLEX] = { "complex128", PTXI_KIND_COMPLEX, NULL },
	[PTXI_GO_STRINGS] = { "[]string", 0, NULL },
	[PTXI_GO_INTS] = { "[]int", 0, NULL },
	[PTXI_GO_PAIRS] = { "[]libconfd.KVPair", 0, NULL },
	[PTXI_GO_LISTS] = { "[][]interface {}", 0, NULL },
	[PTXI_GO_MAPS] = { "[]map[string]interface {}", 0, NULL },
	[PTXI_GO_STRING_MAP] = { "map[string]string", 0, NULL },
	[PTXI_GO_VALUES] = { "chartutil.Values", 0, NULL },
	[PTXI_GO_PAIR] = { "libconfd.KVPair", PTXI_KIND_STRUCT, NULL },
	[PTXI_GO_CERTIFICATE] = { "sprig.certificate", PTXI_KIND_STRUCT, NULL },
	[PTXI_GO_SEMVER] = { "*semver.Version", PTXI_KIND_POINTER, NULL },
	[PTXI_GO_CHART] = { "struct { chart.Metadata; IsRoot bool }", PTXI_KIND_STRUCT, NULL },
	[PTXI_GO_MAINTAINERS] = { "[]*chart.Maintainer", 0, NULL },
	[PTXI_GO_MAINTAINER] = { "*chart.Maintainer", PTXI_KIND_POINTER, NULL },
	[PTXI_GO_DEPENDENCIES] = { "[]*chart.Dependency", 0, NULL },
	[PTXI_GO_DEPENDENCY] = { "*chart.Dependency", PTXI_KIND_POINTER, NULL },
	[PTXI_GO_CAPABILITIES] = { "*chartutil.Capabilities", PTXI_KIND_POINTER, NULL },
	[PTXI_GO_KUBE_VERSION] = { "chartutil.KubeVersion", PTXI_KIND_STRUCT, NULL },
	[PTXI_GO_VERSION_SET] = { "chartutil.VersionSet", 0, NULL },
	[PTXI_GO_BUILD_INFO] = { "version.BuildInfo", PTXI_KIND_STRUCT, NULL },
	[PTXI_GO_FILES] = { "engine.files", 0, NULL },
};

enum ptxi_go_kind ptxi_go_kind(const struct ptx_value *v)
{
	static const uint8_t kinds[] = {
		[PTX_NULL] = PTXI_KIND_INVALID,  [PTX_BOOL] = PTXI_KIND_BOOL,
		[PTX_INT] = PTXI_KIND_INT,       [PTX_UINT] = PTXI_KIND_UINT,
		[PTX_FLOAT] = PTXI_KIND_FLOAT,   [PTX_NUMBER] = PTXI_KIND_STRING,
		[PTX_STRING] = PTXI_KIND_STRING, [PTX_BYTES] = PTXI_KIND_SLICE,
		[PTX_TIME] = PTXI_KIND_STRUCT,   [PTX_LIST] = PTXI_KIND_SLICE,
		[PTX_MAP] = PTXI_KIND_MAP,
	};
	enum ptxi_go go = v ? ptxi_go_of(v) : PTXI_GO_PLAIN;

	if (go && go < PTXI_GO_COUNT && types[go].kind)
		return types[go].kind;
	return (enum ptxi_go_kind)kinds[ptx_value_kind(v)];
}

bool ptxi_go_is_struct(const struct ptx_value *v)
{
	enum ptxi_go_kind kind = ptxi_go_kind(v);

	return ptx_value_kind(v) == PTX_MAP &&
	       (kind == PTXI_KIND_STRUCT || kind == PTXI_KIND_POINTER);
}

const char *ptxi_go_type(const struct ptx_value *v)
{
	static const char *const plain[] = {
		[PTX_NULL] = "<nil>",
		[PTX_BOOL] = "bool",
		[PTX_INT] = "int64",
		[PTX_UINT] = "uint64",
		[PTX_FLOAT] = "float64",
		[PTX_NUMBER] = "json.Number",
		[PTX_STRING] = "string",
		[PTX_BYTES] = "[]uint8",
		[PTX_TIME] = "time.Time",
		[PTX_LIST] = "[]interface {}",
		[PTX_MAP] = "map[string]interface {}",
	};
	enum ptxi_go go = v ? ptxi_go_of(v) : PTXI_GO_PLAIN;

	return go && go < PTXI_GO_COUNT ? types[go].name : plain[ptx_value_kind(v)];
}

const char *ptxi_go_kind_name(const struct ptx_value *v)
{
	switch (ptxi_go_kind(v)) {
	case PTXI_KIND_SLICE:
		return "slice";
	case PTXI_KIND_MAP:
		return "map";
	case PTXI_KIND_STRUCT:
		return "struct";
	case PTXI_KIND_POINTER:
		return "ptr";
	case PTXI_KIND_STRING:
		return "string";
	case PTXI_KIND_INVALID:
		return "invalid";
	default:
		return ptxi_go_of(v) && types[ptxi_go_of(v)].kind_name
			   ? types[ptxi_go_of(v)].kind_name
			   : ptxi_go_type(v);
	}
}

bool ptxi_go_is_nil(const struct ptx_value *v)
{
	return ptx_value_kind(v) == PTX_NULL || (v->go & PTXI_GO_NIL);
}

bool ptxi_go_truth(const struct ptx_value *v)
{
	switch (ptx_value_kind(v)) {
	case PTX_BOOL:
		return v->b;
	case PTX_INT:
	case PTX_UINT:
		return v->u != 0;
	case PTX_FLOAT:
		return v->f != 0;
	case PTX_NUMBER:
	case PTX_STRING:
	case PTX_BYTES:
		return v->s.n > 0;
	case PTX_TIME:
		return true;
	case PTX_LIST:
		if (ptxi_go_of(v) == PTXI_GO_COMPLEX)
			return ptxi_go_real(v) != 0 || ptxi_go_imaginary(v) != 0;
		return v->list.n > 0;
	case PTX_MAP:
		return v->map.n > 0 || ptxi_go_kind(v) >= PTXI_KIND_STRUCT;
	case PTX_NULL:
		break;
	}
	return false;
}

bool ptxi_go_holds_any(const struct ptx_value *v)
{
	if (ptx_value_kind(v) == PTX_MAP)
		return ptxi_go_of(v) == PTXI_GO_PLAIN || ptxi_go_of(v) == PTXI_GO_VALUES;
	return ptx_value_kind(v) == PTX_LIST && ptxi_go_of(v) == PTXI_GO_PLAIN;
}

int64_t ptxi_go_int(const struct ptx_value *v)
{
	return ptx_value_kind(v) == PTX_INT || ptx_value_kind(v) == PTX_UINT ? v->i : 0;
}

uint64_t ptxi_go_uint(const struct ptx_value *v)
{
	return ptx_value_kind(v) == PTX_INT || ptx_value_kind(v) == PTX_UINT ? v->u : 0;
}

static bool deep_equal(const struct ptx_value *a, const struct ptx_value *b, unsigned depth)
{
	if (ptx_value_kind(a) != ptx_value_kind(b))
		return false;
	if (ptx_value_kind(a) == PTX_NULL)
		return true;
	if (a->go != b->go || depth > DEEPEST_EQUAL)
		return false;
	switch (ptx_value_kind(a)) {
	case PTX_BOOL:
		return a->b == b->b;
	case PTX_INT:
	case PTX_UINT:
		return a->u == b->u;
	case PTX_FLOAT:
		return a->f == b->f;
	case PTX_TIME:
		return a->time->unix_seconds == b->time->unix_seconds &&
		       a->time->nanoseconds == b->time->nanoseconds &&
		       a->time->offset_seconds == b->time->offset_seconds;
	case PTX_LIST:
		if (a->list.n != b->list.n)
			return false;
		for (size_t i = 0; a != b && i < a->list.n; i++)
			if (!deep_equal(a->list.v[i], b->list.v[i], depth + 1))
				return false;
		return true;
	case PTX_MAP:
		if (a->map.n != b->map.n)
			return false;
		for (size_t i = 0; a != b && i < a->map.n; i++) {
			const struct ptxi_entry *e = ptxi_value_find(b, a->map.v[i].key);

			if (!e || !deep_equal(a->map.v[i].value, e->value, depth + 1))
				return false;
		}
		return true;
	default:
		return ptxi_str_eq(a->s, b->s);
	}
}

bool ptxi_go_deep_equal(const struct ptx_value *a, const struct ptx_value *b)
{
	return deep_equal(a, b, 0);
}

struct ptx_value *ptxi_go_new_int(struct ptx_arena *a, int64_t i)
{
	struct ptx_value *v = ptx_value_int(a, i);

	if (v)
		v->go = PTXI_GO_INT;
	return v;
}

double ptxi_go_real(const struct ptx_value *v)
{
	return ptx_value_as_float(ptx_value_at(v, 0), 0);
}

double ptxi_go_imaginary(const struct ptx_value *v)
{
	return ptx_value_as_float(ptx_value_at(v, 1), 0);
}

struct ptx_value *ptxi_go_new_complex(struct ptx_arena *a, double real, double imaginary)
{
	struct ptx_value *v = ptxi_go_new_list(a, PTXI_GO_COMPLEX);

	ptx_value_append(v, ptx_value_float(a, real));
	ptx_value_append(v, ptx_value_float(a, imaginary));
	return v;
}

struct ptx_value *ptxi_go_new_list(struct ptx_arena *a, enum ptxi_go type)
{
	struct ptx_value *v = ptx_value_list(a);

	if (v)
		v->go = (uint16_t)type;
	return v;
}

struct ptx_value *ptxi_go_new_nil(struct ptx_arena *a, enum ptx_kind kind, enum ptxi_go type)
{
	struct ptx_value *v =
	    kind == PTX_BYTES ? ptx_value_bytes(a, "", 0) : ptxi_value_new(a, kind);

	if (v)
		v->go = (uint16_t)(type | PTXI_GO_NIL);
	return v;
}

struct ptx_value *ptxi_go_new_pair(struct ptx_arena *a, struct ptx_str key, struct ptx_str value)
{
	struct ptx_value *v = ptx_value_map(a);

	if (!v)
		return NULL;
	ptxi_value_put(v, PTXI_STR("Key"), true, ptx_value_strn(a, key));
	ptxi_value_put(v, PTXI_STR("Value"), true, ptx_value_strn(a, value));
	v->go = PTXI_GO_PAIR;
	return v;
}

const struct ptx_value *ptxi_go_shown(const struct ptx_value *v)
{
	return ptxi_go_kind(v) >= PTXI_KIND_STRUCT && v->kind == PTX_MAP
		   ? ptx_value_getn(v, PTXI_STR(PTXI_GO_SHOWN))
		   : NULL;
}
