/* SPDX-License-Identifier: Apache-2.0 */
/* gostruct.h - what a document says, into the members of a C struct, as Go's encoding/json fills a
 * struct of its own.
 *
 * Members are found in any case; an object's are taken in the order of their bytes (of a document
 * that is JSON: as they come), so the first that is wrong is the one that Go names. YAML goes
 * through sigs.k8s.io/yaml, which makes a string of any scalar where a string is wanted: a version
 * of 1.10 is "1.1".
 *
 * Left out: letters that only Unicode folds (the Kelvin sign for a k).
 */
#ifndef PTXI_TEXT_GOSTRUCT_H
#define PTXI_TEXT_GOSTRUCT_H

#include "../value/value.h"

enum ptxi_go_field_kind {
	PTXI_GO_TEXT,     /* string: const char *, "" where nothing is said */
	PTXI_GO_FLAG,     /* bool */
	PTXI_GO_INSTANT,  /* time.Time: const char *, as Go writes it again */
	PTXI_GO_TEXTS,    /* []string: const struct ptx_value *, a list of its own */
	PTXI_GO_TEXT_MAP, /* map[string]string: const struct ptx_value * */
	PTXI_GO_ANYS,     /* []interface {}: const struct ptx_value * */
	PTXI_GO_ANY_MAP,  /* map[string]interface {}: const struct ptx_value * */
	PTXI_GO_OBJECT,   /* a struct, which lies in this one */
	PTXI_GO_EMBEDDED, /* the same, where its fields count as this one's */
	PTXI_GO_OBJECTS, /* a list of structs: an array in the arena, not NULL when a list is there;
			    a null is all zeros */
	PTXI_GO_OWN_TEXT, /* no field of Go's: const char *, taken where it is a string */
	PTXI_GO_NOTHING,  /* known to be there, and not looked at */
};

struct ptxi_go_struct;

struct ptxi_go_field {
	const char *name; /* NULL ends the fields */
	enum ptxi_go_field_kind kind;
	size_t offset;
	size_t count;                    /* of OBJECTS: where their number goes */
	const struct ptxi_go_struct *of; /* OBJECT, EMBEDDED, OBJECTS */
	const char *type; /* of OBJECTS, ANYS, ANY_MAP: Go's type, where it is not the usual one */
};

/* Rows of a table of fields: kind, C struct, name, member. */
#define PTXI_GO_FIELD(kind, type, name, member)                                                    \
	{                                                                                          \
		name, PTXI_GO_##kind, offsetof(struct type, member), 0, NULL, NULL                 \
	}
#define PTXI_GO_FIELD_OF(kind, type, name, member, of)                                             \
	{                                                                                          \
		name, PTXI_GO_##kind, offsetof(struct type, member), 0, &(of), NULL                \
	}
#define PTXI_GO_FIELD_LIST(type, name, member, number, of)                                         \
	{                                                                                          \
		name, PTXI_GO_OBJECTS, offsetof(struct type, member),                              \
		    offsetof(struct type, number), &(of), NULL                                     \
	}
#define PTXI_GO_FIELD_KNOWN(name)                                                                  \
	{                                                                                          \
		name, PTXI_GO_NOTHING, 0, 0, NULL, NULL                                            \
	}
#define PTXI_GO_FIELDS_END                                                                         \
	{                                                                                          \
		NULL, PTXI_GO_NOTHING, 0, 0, NULL, NULL                                            \
	}

struct ptxi_go_struct {
	const char *name; /* without the package: "Metadata"; "" for one without a name */
	const char *type; /* "chart.Metadata" */
	const struct ptxi_go_field *fields;
	size_t size;
};

struct ptxi_go_source {
	bool json;    /* the document is JSON; else YAML */
	bool strict;  /* a member that no field takes is an error */
	bool lenient; /* strings are made in JSON as well, and in what is embedded */
	/* Where the value stands in another, for messages: the struct's name and the field's; or
	 * NULL. */
	const char *owner, *field;
};

/* Fills *out, of which what the value does not name stays as it is. A null changes nothing.
 *
 * Strings are in the arena, or the value's own.  Fails: INVALID with Go's words, NOMEM; what could
 * be taken is taken.
 */
int ptxi_go_struct_read(struct ptx_arena *a, const struct ptx_value *v,
			const struct ptxi_go_struct *s, const struct ptxi_go_source *source,
			void *out, struct ptx_error **err);

/* "array", "number", ...: what encoding/json calls a value in messages. */
const char *ptxi_go_json_kind(const struct ptx_value *v);

#endif
