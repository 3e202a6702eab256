/* SPDX-License-Identifier: Apache-2.0 */
/* gotype.h - which of Go's types a value stands for.
 *
 * Go's templates see types: printf "%d" of an int64 and of a float64 differ, a function that takes
 * []string refuses
 * []interface {}, and a nil []string is JSON's null. A value's kind says most of it; `go` in struct
 * ptx_value says the rest, and is 0 for what documents are read into:
 *
 *     null: nil   bool   int: int64   uint: uint64   float: float64   number: json.Number   string
 *     bytes: []uint8   time: time.Time   list: []interface {}   map: map[string]interface {}
 */
#ifndef PTXI_TEXT_GOTYPE_H
#define PTXI_TEXT_GOTYPE_H

#include "../value/value.h"

enum ptxi_go {
	PTXI_GO_PLAIN, /* the kind's own */
	/* of whole numbers */
	PTXI_GO_INT,
	PTXI_GO_INT8,
	PTXI_GO_INT16,
	PTXI_GO_INT32,
	PTXI_GO_UINT,
	PTXI_GO_UINT8,
	PTXI_GO_UINT16,
	PTXI_GO_UINT32,
	PTXI_GO_UINT64,
	PTXI_GO_DURATION, /* nanoseconds */
	PTXI_GO_MONTH,    /* time.Month and time.Weekday have names */
	PTXI_GO_WEEKDAY,
	/* of floats */
	PTXI_GO_FLOAT32,
	/* of lists */
	PTXI_GO_COMPLEX, /* complex128, as its two floats */
	PTXI_GO_STRINGS,
	PTXI_GO_INTS,
	PTXI_GO_PAIRS, /* []libconfd.KVPair */
	PTXI_GO_LISTS, /* [][]interface {} */
	PTXI_GO_MAPS,  /* []map[string]interface {} */
	/* of maps */
	PTXI_GO_STRING_MAP,  /* map[string]string */
	PTXI_GO_VALUES,      /* chartutil.Values, a map[string]interface {} with a name */
	PTXI_GO_PAIR,        /* the struct libconfd.KVPair: Key, Value */
	PTXI_GO_CERTIFICATE, /* the struct sprig.certificate: Cert, Key */
	PTXI_GO_SEMVER,      /* *semver.Version */
	/* what Helm's templates see of a chart */
	PTXI_GO_CHART,        /* struct { chart.Metadata; IsRoot bool } */
	PTXI_GO_MAINTAINERS,  /* []*chart.Maintainer */
	PTXI_GO_MAINTAINER,   /* *chart.Maintainer */
	PTXI_GO_DEPENDENCIES, /* []*chart.Dependency */
	PTXI_GO_DEPENDENCY,   /* *chart.Dependency */
	PTXI_GO_CAPABILITIES, /* *chartutil.Capabilities */
	PTXI_GO_KUBE_VERSION, /* chartutil.KubeVersion */
	PTXI_GO_VERSION_SET,  /* chartutil.VersionSet, a []string with a name */
	PTXI_GO_BUILD_INFO,   /* version.BuildInfo */
	PTXI_GO_FILES,        /* engine.files, a map[string][]uint8 with a name */
	PTXI_GO_COUNT
};

/* Set in `go` of a list, map or bytes that is Go's typed nil. */
#define PTXI_GO_NIL 0x8000u

static inline enum ptxi_go ptxi_go_of(const struct ptx_value *v)
{
	return (enum ptxi_go)(v->go & ~PTXI_GO_NIL);
}

/* The fields of a struct (or of what a pointer points to) are the entries of a map in their order.
 * The entry of this key, which no template can name, is what JSON and String() make of it, where
 * that is not its fields. */
#define PTXI_GO_SHOWN ""

/* The kinds of Go's package reflect, as far as they matter here. */
enum ptxi_go_kind {
	PTXI_KIND_INVALID, /* nil */
	PTXI_KIND_BOOL,
	PTXI_KIND_INT,  /* of any size */
	PTXI_KIND_UINT, /* of any size */
	PTXI_KIND_FLOAT,
	PTXI_KIND_STRING,
	PTXI_KIND_COMPLEX,
	PTXI_KIND_SLICE,
	PTXI_KIND_MAP,
	PTXI_KIND_STRUCT,
	PTXI_KIND_POINTER
};

enum ptxi_go_kind ptxi_go_kind(const struct ptx_value *v);
/* "int", "map[string]interface {}"; "<nil>" for nil. */
const char *ptxi_go_type(const struct ptx_value *v);
/* "int", "float64", "map", "slice", "struct", "invalid": what reflect's Kind prints. */
const char *ptxi_go_kind_name(const struct ptx_value *v);
/* True of a struct, and of a pointer to one, that is a map of its fields. */
bool ptxi_go_is_struct(const struct ptx_value *v);
/* True for nil, and for a typed nil. */
bool ptxi_go_is_nil(const struct ptx_value *v);
/* Go's truth: not the zero of its type; structs are always true. */
bool ptxi_go_truth(const struct ptx_value *v);
/* True when the members of a list or map are interfaces, so that one may be nil. */
bool ptxi_go_holds_any(const struct ptx_value *v);
/* The value of a whole number of either kind as Go's conversion gives it. */
int64_t ptxi_go_int(const struct ptx_value *v);
uint64_t ptxi_go_uint(const struct ptx_value *v);
/* reflect.DeepEqual. Deeper than 1,000 levels counts as different. */
bool ptxi_go_deep_equal(const struct ptx_value *a, const struct ptx_value *b);

/* Values of a type. */
struct ptx_value *ptxi_go_new_int(struct ptx_arena *a, int64_t i); /* int */
struct ptx_value *ptxi_go_new_complex(struct ptx_arena *a, double real, double imaginary);
struct ptx_value *ptxi_go_new_list(struct ptx_arena *a, enum ptxi_go type);
/* The parts of a complex number. */
double ptxi_go_real(const struct ptx_value *v);
double ptxi_go_imaginary(const struct ptx_value *v);
/* A typed nil. */
struct ptx_value *ptxi_go_new_nil(struct ptx_arena *a, enum ptx_kind kind, enum ptxi_go type);
/* The entry PTXI_GO_SHOWN of a struct, or NULL. */
const struct ptx_value *ptxi_go_shown(const struct ptx_value *v);
struct ptx_value *ptxi_go_new_pair(struct ptx_arena *a, struct ptx_str key, struct ptx_str value);

#endif
