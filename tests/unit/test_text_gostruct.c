/* SPDX-License-Identifier: Apache-2.0 */
/* Documents into a struct. What is expected was printed by Go 1.26 with encoding/json and
 *sigs.k8s.io/yaml 1.6, for
 *
 *	type Inner struct { Word string `json:"word"`; List []string `json:"list"` }
 *	type Outer struct {
 *		*Inner
 *		Name string `json:"name"`; Set bool `json:"set"`; At time.Time `json:"at"`
 *		Tags []string `json:"tags"`; Notes map[string]string `json:"notes"`
 *		Any []interface{} `json:"any"`; Map map[string]interface{} `json:"map"`
 *		One struct { Text string `json:"text"` } `json:"one"`
 *		Many []*Inner `json:"many"`
 *	}
 */
#include <check.h>
#include <pitrix/codec.h>

#include "text/gostruct.h"

Suite *suite_text_gostruct(void);

struct inner {
	const char *word;
	const struct ptx_value *list;
};

struct one {
	const char *text;
};

struct outer {
	struct inner embedded;
	const char *name, *at, *own;
	bool set;
	const struct ptx_value *tags, *notes, *any, *map;
	struct one one;
	struct inner *many;
	size_t many_count;
};

static const struct ptxi_go_struct inner = { "Inner", "main.Inner",
					     (const struct ptxi_go_field[]){
						 PTXI_GO_FIELD(TEXT, inner, "word", word),
						 PTXI_GO_FIELD(TEXTS, inner, "list", list),
						 PTXI_GO_FIELDS_END,
					     },
					     sizeof(struct inner) };

static const struct ptxi_go_struct one = { "", "struct { Text string \"json:\\\"text\\\"\" }",
					   (const struct ptxi_go_field[]){
					       PTXI_GO_FIELD(TEXT, one, "text", text),
					       PTXI_GO_FIELDS_END,
					   },
					   sizeof(struct one) };

static const struct ptxi_go_struct outer = {
	"Outer", "main.Outer",
	(const struct ptxi_go_field[]){
	    PTXI_GO_FIELD_OF(EMBEDDED, outer, "Inner", embedded, inner),
	    PTXI_GO_FIELD(TEXT, outer, "name", name),
	    PTXI_GO_FIELD(FLAG, outer, "set", set),
	    PTXI_GO_FIELD(INSTANT, outer, "at", at),
	    PTXI_GO_FIELD(TEXTS, outer, "tags", tags),
	    PTXI_GO_FIELD(TEXT_MAP, outer, "notes", notes),
	    PTXI_GO_FIELD(ANYS, outer, "any", any),
	    PTXI_GO_FIELD(ANY_MAP, outer, "map", map),
	    PTXI_GO_FIELD_OF(OBJECT, outer, "one", one, one),
	    PTXI_GO_FIELD_LIST(outer, "many", many, many_count, inner),
	    PTXI_GO_FIELD(OWN_TEXT, outer, "own", own),
	    PTXI_GO_FIELD_KNOWN("ignored"),
	    PTXI_GO_FIELDS_END,
	},
	sizeof(struct outer)
};

static void show_texts(const char *name, const struct ptx_value *list, struct ptx_buf *out)
{
	if (!list)
		return;
	ptx_buf_printf(out, " %s=[", name);
	for (size_t i = 0; i < ptx_value_count(list); i++)
		ptx_buf_printf(out, "%s%s", i ? "," : "",
			       ptx_value_as_string(ptx_value_at(list, i), "?"));
	ptx_buf_adds(out, "]");
}

static void show_text(const char *name, const char *text, struct ptx_buf *out)
{
	if (text[0])
		ptx_buf_printf(out, " %s=%s", name, text);
}

static void show_inner(const struct inner *in, struct ptx_buf *out)
{
	show_text("word", in->word, out);
	show_texts("list", in->list, out);
}

/* What is not as it is in an empty struct. */
static void show(const struct outer *o, struct ptx_buf *out)
{
	show_inner(&o->embedded, out);
	show_text("name", o->name, out);
	show_text("at", o->at, out);
	show_text("own", o->own, out);
	if (o->set)
		ptx_buf_adds(out, " set");
	show_texts("tags", o->tags, out);
	for (size_t i = 0; i < ptx_value_count(o->notes); i++)
		ptx_buf_printf(out, " notes.%s=%s", o->notes->map.v[i].key.p,
			       ptx_value_as_string(o->notes->map.v[i].value, "?"));
	if (o->any)
		ptx_buf_printf(out, " any=%zu", ptx_value_count(o->any));
	if (o->map)
		ptx_buf_printf(out, " map=%zu", ptx_value_count(o->map));
	show_text("one", o->one.text, out);
	for (size_t i = 0; i < o->many_count; i++) {
		ptx_buf_printf(out, " %zu:", i);
		if (!o->many[i].word)
			ptx_buf_adds(out, " null");
		else
			show_inner(&o->many[i], out);
	}
}

/* clang-format off */
static const struct {
	const char *text;
	const char *shown; /* what was taken, also of what is wrong elsewhere */
	const char *error; /* or NULL; behind the words about YAML */
} rows[] = {
	{ "null", "", NULL },
	{ "{}", "", NULL },
	{ "name: x\nunknown: [1]\nignored: {}\n", " name=x", NULL },
	{ "NAME: x\n", " name=x", NULL },
	{ "name: a\nName: b\nNAME: c\n", " name=a", NULL },       /* the last in the order of bytes */
	{ "Name: b\nname: null\n", " name=b", NULL },
	{ "name: 1.10\n", " name=1.1", NULL },
	{ "name: 1.23456789\n", " name=1.2345679", NULL },        /* as a float32 */
	{ "name: 1000000.0\n", " name=1e+06", NULL },
	{ "name: -5\n", " name=-5", NULL },
	{ "name: 18446744073709551615\n", " name=18446744073709551615", NULL },
	{ "name: true\n", " name=true", NULL },
	{ "name: []\n", "", "json: cannot unmarshal array into Go struct field Outer.name of type string" },
	{ "name: {}\nset: true\n", " set", "json: cannot unmarshal object into Go struct field Outer.name of type string" },
	{ "set: 1\n", "", "json: cannot unmarshal number into Go struct field Outer.set of type bool" },
	{ "set: x\nname: []\n", "", "json: cannot unmarshal array into Go struct field Outer.name of type string" },
	{ "at: 2020-01-02T03:04:05.500Z\n", " at=2020-01-02T03:04:05.5Z", NULL },
	{ "at: 2020-01-02T03:04:05+00:00\n", " at=2020-01-02T03:04:05Z", NULL },
	{ "at: 2020-01-02T03:04:05-07:30\n", " at=2020-01-02T03:04:05-07:30", NULL },
	{ "at: null\n", "", NULL },
	{ "at: 5\n", "", "Time.UnmarshalJSON: input is not a JSON string" },
	{ "at: []\n", "", "Time.UnmarshalJSON: input is not a JSON string" },
	{ "at: x\nAny: 5\nname: y\n", "",
	  "parsing time \"x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\"" }, /* no other error counts */
	{ "tags: [a, 1, 2.50, false, null]\n", " tags=[a,1,2.5,false,]", NULL },
	{ "tags: []\n", " tags=[]", NULL },
	{ "Tags: [a]\ntags: null\n", "", NULL },
	{ "tags: x\n", "", "json: cannot unmarshal string into Go struct field Outer.tags of type []string" },
	{ "tags: [a, {}]\n", " tags=[a,]", "json: cannot unmarshal object into Go struct field Outer.tags of type string" },
	{ "notes: {b: 1, a: x, c: null}\n", " notes.a=x notes.b=1 notes.c=", NULL },
	{ "Notes: {a: 1, b: 2}\nnotes: {b: 3}\n", " notes.a=1 notes.b=3", NULL },
	{ "notes: {b: {}, a: []}\n", " notes.a= notes.b=",
	  "json: cannot unmarshal array into Go struct field Outer.notes of type string" },
	{ "notes: []\n", "", "json: cannot unmarshal array into Go struct field Outer.notes of type map[string]string" },
	{ "any: [1, {}]\nmap: {a: 1}\n", " any=2 map=1", NULL },
	{ "any: {}\n", "", "json: cannot unmarshal object into Go struct field Outer.any of type []interface {}" },
	{ "map: []\n", "", "json: cannot unmarshal array into Go struct field Outer.map of type map[string]interface {}" },
	{ "one: {text: 5}\n", " one=5", NULL },
	{ "one: {text: []}\n", "", "json: cannot unmarshal array into Go struct field .one.text of type string" },
	{ "one: x\n", "",
	  "json: cannot unmarshal string into Go struct field Outer.one of type struct { Text string \"json:\\\"text\\\"\" }" },
	{ "One: {text: a}\none: {}\n", " one=a", NULL },
	{ "many: [{word: 1, LIST: [2]}, null, {}]\n", " 0: word=1 list=[2] 1: null 2:", NULL },
	{ "many: {}\n", "", "json: cannot unmarshal object into Go struct field Outer.many of type []*main.Inner" },
	{ "many: [5]\n", " 0: null", "json: cannot unmarshal number into Go struct field Outer.many of type main.Inner" }, /* Go: empty */
	{ "many: [{list: [[]]}]\n", " 0: list=[]", "json: cannot unmarshal array into Go struct field Inner.many.list of type string" },
	{ "word: x\nlist: [z]\n", " word=x list=[z]", NULL },
	{ "word: 5\n", "", "json: cannot unmarshal number into Go struct field Outer.Inner.word of type string" },
	{ "list: [5]\n", " list=[]", "json: cannot unmarshal number into Go struct field Outer.Inner.list of type string" },
	{ "own: x\n", " own=x", NULL },
	{ "own: 5\n", "", NULL },
	{ "[]", "", "json: cannot unmarshal array into Go value of type main.Outer" },
	{ "x", "", "json: cannot unmarshal string into Go value of type main.Outer" },
};

/* The same with other readers. */
static const struct {
	const char *text;
	struct ptxi_go_source source;
	const char *shown;
	const char *error; /* whole */
} others[] = {
	{ "{\"name\":\"x\",\"tags\":[\"a\"]}", { .json = true }, " name=x tags=[a]", NULL },
	{ "{\"name\":5}", { .json = true }, "", "json: cannot unmarshal number into Go struct field Outer.name of type string" },
	{ "{\"set\":5,\"name\":5}", { .json = true }, "", /* as they come */
	  "json: cannot unmarshal number into Go struct field Outer.set of type bool" },
	{ "{\"name\":5,\"word\":6}", { .json = true, .lenient = true }, " word=6 name=5", NULL },
	{ "word: 5\n", { .lenient = true }, " word=5", NULL },
	{ "name: x\nZ: 1\nb: 2\n", { .strict = true }, " name=x",
	  "error unmarshaling JSON: while decoding JSON: json: unknown field \"Z\"" },
	{ "many: [{\"a\\\"b\": 1}]\n", { .strict = true }, " 0:",
	  "error unmarshaling JSON: while decoding JSON: json: unknown field \"a\\\"b\"" },
	{ "ignored: 1\nword: x\n", { .strict = true }, " word=x", NULL },
	{ "word: 5\n", { .owner = "File", .field = "entries" }, "", "error unmarshaling JSON: while decoding JSON: "
	  "json: cannot unmarshal number into Go struct field Outer.entries.Inner.word of type string" },
	{ "5", { .owner = "File", .field = "entries" }, "", "error unmarshaling JSON: while decoding JSON: "
	  "json: cannot unmarshal number into Go struct field File.entries of type main.Outer" },
};
/* clang-format on */

static void check(const char *text, const struct ptxi_go_source *source, const char *shown,
		  const char *error)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) e = NULL;
	ptx_auto_buf out = { 0 };
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct outer o = { 0 };
	const struct ptx_value *v = NULL;
	int rc = 0;

	opts.numbers = PTX_NUMBERS_EXACT;
	v = ptx_yaml_parse(a, ptxi_str(text), &opts, NULL);
	ck_assert_ptr_nonnull(v);
	rc = ptxi_go_struct_read(a, v, &outer, source, &o, &e);
	ck_assert_int_eq(rc, error ? PTX_E_INVALID : 0);
	if (error)
		ck_assert_str_eq(ptx_error_message(e), error);
	ptx_buf_init(&out, 0);
	show(&o, &out);
	ck_assert_str_eq(out.n ? out.p : "", shown);
}

START_TEST(documents)
{
	const struct ptxi_go_source yaml = { 0 };
	ptx_auto_str error =
	    rows[_i].error
		? ptxi_asprintf("error unmarshaling JSON: while decoding JSON: %s", rows[_i].error)
		: NULL;

	check(rows[_i].text, &yaml, rows[_i].shown, error);
}
END_TEST

START_TEST(readers)
{
	check(others[_i].text, &others[_i].source, others[_i].shown, others[_i].error);
}
END_TEST

/* What the second text does not name stays. */
START_TEST(two_texts)
{
	static const char *const texts[] = { "name: x\ntags: [a]\n", "tags: [b]\nset: true\n" };
	const struct ptxi_go_source yaml = { 0 };
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto_buf out = { 0 };
	struct outer o = { 0 };

	for (size_t i = 0; i < PTXI_COUNT(texts); i++) {
		const struct ptx_value *v = ptx_yaml_parse(a, ptxi_str(texts[i]), NULL, NULL);

		ck_assert_int_eq(ptxi_go_struct_read(a, v, &outer, &yaml, &o, NULL), 0);
	}
	ptx_buf_init(&out, 0);
	show(&o, &out);
	ck_assert_str_eq(out.p, " name=x set tags=[b]");
}
END_TEST

Suite *suite_text_gostruct(void)
{
	Suite *s = suite_create("text/gostruct");
	TCase *t = tcase_create("gostruct");

	tcase_add_loop_test(t, documents, 0, PTXI_COUNT(rows));
	tcase_add_loop_test(t, readers, 0, PTXI_COUNT(others));
	tcase_add_test(t, two_texts);
	suite_add_tcase(s, t);
	return s;
}
