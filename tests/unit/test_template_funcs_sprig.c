/* SPDX-License-Identifier: Apache-2.0 */
/* Sprig's functions and Helm's, family by family: what Go 1.26 makes of the same templates. */
#include <check.h>
#include <limits.h>
#include <string.h>

#include "template/exec.h"
#include "text/gostring.h"

#include <pitrix/codec.h>

Suite *suite_template_funcs_sprig(void);

/* clang-format off */
#define DATA "{\"s\":\"Ahoy crew\",\"n\":7,\"f\":2.5,\"b\":true,\"nil\":null,\"l\":[3,1,2],\"ls\":[\"oak\",\"elm\",\"ash\"]," \
	"\"m\":{\"z\":1,\"k\":{\"deep\":\"er\"}},\"ports\":[{\"name\":\"web\",\"port\":8080},{\"name\":\"adm\"}],\"big\":1000000,\"e\":\"\"}"

struct row {
	const char *template;
	const char *want;  /* NULL: it fails */
	const char *error; /* Go's whole text */
};

static const struct row rows[] = {
	/* string */
	{ "{{ upper \"a\303\251\" }}{{ lower \"\303\200B\" }}{{ title \"ab cd-ef\" }}{{ untitle \"Ab Cd\" }}{{ swapcase \"Ab cD\" }}",
	  "A\303\211\303\240bAb Cd-Efab cdaB Cd", NULL },
	{ "{{ trim \"  x\\n\" }}|{{ trimAll \"$-\" \"$-5-$\" }}|{{ trimSuffix \"-x\" \"a-x\" }}|{{ trimPrefix \"a\" \"a-x\" }}|{{ trimall \"\303\251\" \"\303\251a\303\251\" }}",
	  "x|5|a|-x|a", NULL },
	{ "{{ trunc 3 \"abcdef\" }} {{ trunc -3 \"abcdef\" }} {{ trunc 9 \"ab\" }} {{ substr 1 3 \"abcdef\" }} {{ substr -1 2 \"abc\" }} {{ substr 1 99 \"abc\" }}",
	  "abc def ab bc ab bc", NULL },
	{ "{{ substr 4 2 \"abcdef\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <substr 4 2 \"abcdef\">: error calling substr: runtime error: slice bounds out of range [4:2]" },
	{ "{{ repeat 3 \"ab\" }}{{ repeat 0 \"x\" }}|{{ nospace \"a b\\tc\" }}|{{ initials \"one two\" }}|{{ abbrev 6 \"abcdefghi\" }}|{{ abbrevboth 5 10 \"1234 5678 9123\" }}",
	  "ababab|abc|ot|abc...|...5678...", NULL },
	{ "{{ repeat -1 \"x\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <repeat -1 \"x\">: error calling repeat: strings: negative Repeat count" },
	{ "{{ indent 2 \"a\\nb\" }}|{{ nindent 3 \"a\\n\" }}|{{ \"x\" | nindent 0 }}",
	  "  a\n  b|\n   a\n   |\nx", NULL },
	{ "{{ indent -1 \"a\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <indent -1 \"a\">: error calling indent: strings: negative Repeat count" },
	{ "{{ quote \"a\\\"b\" 1 nil .f }} {{ squote \"it\" nil 2 }} {{ cat \"a\" nil 1 \"b\" }}",
	  "\"a\\\"b\" \"1\" \"2.5\" 'it' '2' a 1 b", NULL },
	{ "{{ replace \"a\" \"bb\" \"banana\" }} {{ replace \"\" \"-\" \"ab\" }} {{ plural \"one\" \"many\" 1 }}{{ plural \"one\" \"many\" 2 }}",
	  "bbbnbbnbb -a-b- onemany", NULL },
	{ "{{ contains \"an\" \"banana\" }} {{ hasPrefix \"ba\" \"banana\" }} {{ hasSuffix \"x\" \"banana\" }}",
	  "true true false", NULL },
	{ "{{ join \"-\" .ls }} {{ join \",\" .l }} {{ join \"+\" (list 1 nil \"b\") }} {{ join \",\" \"x\" }}",
	  "oak-elm-ash 3,1,2 1+b x", NULL },
	{ "{{ split \"/\" \"a/b/c\" }} {{ (split \"/\" \"a/b\")._1 }} {{ splitn \"/\" 2 \"a/b/c\" }} {{ splitList \",\" \"a,,b\" | len }} {{ splitList \"\" \"a\303\251\" }}",
	  "map[_0:a _1:b _2:c] b map[_0:a _1:b/c] 3 [a \303\251]", NULL },
	{ "{{ sortAlpha .ls }} {{ sortAlpha (list 10 9 \"a\") }} {{ sortAlpha \"x\" }} {{ toStrings .l }}",
	  "[ash elm oak] [10 9 a] [x] [3 1 2]", NULL },
	{ "{{ snakecase \"HTTPServer2Go\" }} {{ kebabcase \"fooBar baz_qux\" }} {{ camelcase \"http_server-x\" }} {{ snakecase \"Bld4Floor3rd\" }}",
	  "http_server2_go foo-bar-baz-qux HttpServerX bld4_floor_3rd", NULL },
	{ "{{ wrap 5 \"one two three\" }}|{{ wrapWith 4 \"/\" \"abcdefghij\" }}",
	  "one\ntwo\nthree|abcd/efgh/ij", NULL },
	{ "{{ randAlphaNum 7 | len }} {{ randAlpha 3 | regexMatch \"^[A-Za-z]{3}$\" }} {{ randNumeric 4 | regexMatch \"^[0-9]{4}$\" }} {{ randAscii 5 | len }} {{ shuffle \"abc\" | len }}",
	  "7 true true 5 3", NULL },
	{ "{{ fromYaml \"[h e] map[f:x opaque: path: ]\" }} {{ fromYaml \"[a]: 1\" }}",
	  "map[Error:error converting YAML to JSON: yaml: did not find expected key] map[Error:error converting YAML to JSON: yaml: invalid map key: []interface {}{\"a\"}]", NULL },
	{ "{{ toString 1.0 }} {{ toString .big }} {{ toString .l }} {{ toString nil }}",
	  "1 1e+06 [3 1 2] <nil>", NULL },
	/* list */
	{ "{{ list 1 \"a\" nil }} {{ tuple }} {{ append .l 4 }} {{ prepend .l 0 }} {{ .l }}",
	  "[1 a <nil>] [] [3 1 2 4] [0 3 1 2] [3 1 2]", NULL },
	{ "{{ first .l }} {{ last .l }} {{ rest .l }} {{ initial .l }} {{ first (list) }} {{ rest (list) | toJson }}",
	  "3 2 [1 2] [3 1]  null", NULL },
	{ "{{ reverse .l }} {{ uniq (list 1 1 2 1) }} {{ without .l 1 9 }} {{ compact (list 0 1 \"\" \"a\" nil) }}",
	  "[2 1 3] [1 2] [3 1 2] [1 a]", NULL },
	{ "{{ has 1.0 .l }} {{ has 1 .l }} {{ has \"x\" nil }} {{ slice .l 1 }} {{ slice .l 0 2 }} {{ concat .l (list \"x\") }}",
	  "true false false [1 2] [3 1] [3 1 2 x]", NULL },
	{ "{{ chunk 2 .l }} {{ printf \"%T\" (chunk 2 .l) }} {{ until 3 }} {{ untilStep 3 0 -2 }} {{ seq 2 4 }} {{ seq 3 }} {{ seq 0 2 6 }}",
	  "[[3 1] [2]] [][]interface {} [0 1 2] [3 1] 2 3 4 1 2 3 0 2 4 6", NULL },
	{ "{{ append \"x\" 1 }}", NULL,
	  "template: t:1:3: executing \"t\" at <append \"x\" 1>: error calling append: Cannot push on type string" },
	{ "{{ slice .l 2 9 }}", NULL,
	  "template: t:1:3: executing \"t\" at <slice .l 2 9>: error calling slice: reflect.Value.Slice: slice index out of bounds" },
	{ "{{ has 1 \"abc\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <has 1 \"abc\">: error calling has: Cannot find has on type string" },
	{ "{{ first nil }}", NULL,
	  "template: t:1:3: executing \"t\" at <first nil>: error calling first: runtime error: invalid memory address or nil pointer dereference" },
	{ "{{ concat .l 5 }}", NULL,
	  "template: t:1:3: executing \"t\" at <concat .l 5>: error calling concat: Cannot concat type int as list" },
	/* dict */
	{ "{{ dict \"a\" 1 \"b\" }} {{ dict 1 2 }} {{ get .m \"z\" }} [{{ get .m \"no\" }}] {{ hasKey .m \"k\" }}",
	  "map[a:1 b:] map[1:2] 1 [] true", NULL },
	{ "{{ $d := dict }}{{ $_ := set $d \"x\" (list 1) }}{{ $d }}{{ $_ := unset $d \"x\" }}{{ $d }}",
	  "map[x:[1]]map[]", NULL },
	{ "{{ pick .m \"z\" \"no\" }} {{ omit .m \"z\" }} {{ pluck \"name\" (index .ports 0) (index .ports 1) (dict) }} {{ keys (dict \"a\" 1) }} {{ values (dict \"a\" 1) }}",
	  "map[z:1] map[k:map[deep:er]] [web adm] [a] [1]", NULL },
	{ "{{ merge (dict \"a\" 1 \"m\" (dict \"x\" 1)) (dict \"a\" 2 \"m\" (dict \"x\" 9 \"y\" 2) \"c\" nil) | toJson }}",
	  "{\"a\":1,\"m\":{\"x\":1,\"y\":2}}", NULL },
	{ "{{ merge (dict \"a\" 0 \"s\" \"\" \"l\" (list)) (dict \"a\" 5 \"s\" \"t\" \"l\" (list 1)) | toJson }}",
	  "{\"a\":5,\"l\":[1],\"s\":\"t\"}", NULL },
	{ "{{ mergeOverwrite (dict \"a\" 1 \"m\" (dict \"x\" 1)) (dict \"a\" \"\" \"m\" (dict \"y\" 2)) (dict \"n\" nil) | toJson }}",
	  "{\"a\":\"\",\"m\":{\"x\":1,\"y\":2},\"n\":null}", NULL },
	{ "{{ $a := dict \"m\" (dict \"x\" 1) }}{{ $b := deepCopy $a }}{{ $_ := set $b.m \"x\" 2 }}{{ $a }}{{ $b }}",
	  "map[m:map[x:1]]map[m:map[x:2]]", NULL },
	{ "{{ dig \"k\" \"deep\" \"no\" .m }} {{ dig \"k\" \"x\" \"no\" .m }} {{ dig \"q\" \"x\" 5 .m }}",
	  "er no 5", NULL },
	{ "{{ dig \"z\" \"x\" \"no\" .m }}", NULL,
	  "template: t:1:3: executing \"t\" at <dig \"z\" \"x\" \"no\" .m>: error calling dig: interface conversion: interface {} is float64, not map[string]interface {}" },
	{ "{{ dig \"a\" .m }}", NULL,
	  "template: t:1:3: executing \"t\" at <dig \"a\" .m>: error calling dig: dig needs at least three arguments" },
	{ "{{ set .nil \"a\" 1 }}", NULL,
	  "template: t:1:7: executing \"t\" at <.nil>: wrong type for value; expected map[string]interface {}; got interface {}" },
	{ "{{ deepCopy (semver \"v1.2.3-beta+x\") }} {{ (index (deepCopy (list (semver \"2.0.0\"))) 0).Original }}|", "0.0.0 |", NULL },
	{ "{{ deepCopy nil }}", NULL,
	  "template: t:1:3: executing \"t\" at <deepCopy nil>: error calling deepCopy: reflect: call of reflect.Value.Type on zero Value" },
	/* math */
	{ "{{ add 1 \"2\" 3.9 .n }} {{ add1 .n }} {{ sub 5 7 }} {{ mul 2 3 4 }} {{ div 7 2 }} {{ mod 7 3 }} {{ max 1 5 3 }} {{ min 4 2 }}",
	  "13 8 -2 24 3 1 5 2", NULL },
	{ "{{ div 1 0 }}", NULL,
	  "template: t:1:3: executing \"t\" at <div 1 0>: error calling div: runtime error: integer divide by zero" },
	{ "{{ addf 0.1 0.2 }} {{ subf 1 0.9 }} {{ mulf 1.1 3 }} {{ divf 1 3 }} {{ divf 2 -3 }} {{ add1f 0.5 }} {{ maxf 1 2.5 }} {{ minf -1 2 }}",
	  "0.3 0.1 3.3 0.3333333333333333 -0.6666666666666667 1.5 2.5 -1", NULL },
	{ "{{ divf 1 0 }}", NULL,
	  "template: t:1:3: executing \"t\" at <divf 1 0>: error calling divf: decimal division by 0" },
	{ "{{ floor 2.7 }} {{ ceil 2.1 }} {{ round 2.567 2 }} {{ round 2.5 0 }} {{ round 123.45 -1 }} {{ round 1.24 1 0.3 }}",
	  "2 3 2.57 3 120 1.3", NULL },
	{ "{{ mul 9223372036854775807 2 }} {{ div -9223372036854775808 -1 }} {{ int64 \"0x10\" }} {{ int 1e10 }} {{ int \"12.00\" }} {{ int \"x\" }} {{ atoi \"-5\" }} {{ float64 \"1e3\" }} {{ toDecimal \"0777\" }}",
	  "-2 -9223372036854775808 16 10000000000 12 0 -5 1000 511", NULL },
	{ "{{ int true }} {{ float64 .b }} {{ int nil }} {{ int64 1e30 }}",
	  "1 1 0 -9223372036854775808", NULL },
	/* type */
	{ "{{ default \"d\" .e }} {{ default \"d\" .s }} {{ default 1 nil }} {{ empty 0 }} {{ empty .l }} {{ coalesce nil \"\" 0 \"x\" }} {{ all 1 \"\" }} {{ any 0 \"x\" }} {{ ternary 1 2 .b }} {{ false | ternary \"y\" \"n\" }}",
	  "d Ahoy crew 1 true false x false true 1 n", NULL },
	{ "{{ typeOf 1 }} {{ typeOf 1.5 }} {{ typeOf .n }} {{ typeOf .l }} {{ typeOf .m }} {{ typeOf nil }} {{ kindOf .m }} {{ kindOf nil }} {{ kindIs \"slice\" .l }} {{ typeIs \"string\" .s }} {{ typeIsLike \"semver.Version\" (semver \"1\") }}",
	  "int float64 float64 []interface {} map[string]interface {} <nil> map invalid true true true", NULL },
	{ "{{ deepEqual .l (list 3.0 1.0 2.0) }} {{ deepEqual .l (list 3 1 2) }} {{ hello }}",
	  "true false Hello!", NULL },
	{ "{{ fail \"no way\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <fail \"no way\">: error calling fail: no way" },
	{ "{{ ternary 1 2 \"x\" }}", NULL,
	  "template: t:1:15: executing \"t\" at <\"x\">: expected bool; found \"x\"" },
	/* encode */
	{ "{{ b64enc \"h\303\251y\" }} {{ b64dec \"aMOpeQ==\" }} {{ b64dec \"a!\" }} {{ b32enc \"abc\" }} {{ b32dec \"MFRGG===\" }}",
	  "aMOpeQ== h\303\251y illegal base64 data at input byte 1 MFRGG=== abc", NULL },
	{ "{{ toJson .m }} {{ toJson \"<&>\" }} {{ toRawJson \"<&>\" }} {{ toPrettyJson (dict \"a\" (list 1 (dict))) }} {{ toJson (dict \"n\" .big \"f\" 1e21) }}",
	  "{\"k\":{\"deep\":\"er\"},\"z\":1} \"\\u003c\\u0026\\u003e\" \"<&>\" {\n  \"a\": [\n    1,\n    {}\n  ]\n} {\"f\":1e+21,\"n\":1000000}", NULL },
	{ "{{ fromJson \"{\\\"a\\\":[1,2.5,null]}\" | toJson }} {{ (fromJson \"[1\").Error }} {{ fromJsonArray \"[1,\\\"x\\\"]\" }} {{ mustFromJson \"5\" }} {{ fromJson \"null\" | toJson }}",
	  "{\"a\":[1,2.5,null]} unexpected end of JSON input [1 x] 5 null", NULL },
	{ "{{ mustFromJson \"{\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <mustFromJson \"{\">: error calling mustFromJson: unexpected end of JSON input" },
	{ "{{ (fromJson \"{\\\"a\\\":tru}\").Error }}|{{ (fromJson \"{\\\"a\\\" 1}\").Error }}|{{ (fromJson \"[1 2]\").Error }}|{{ (fromJson \"\\\"\\\\q\\\"\").Error }}|{{ (fromJson \"-\").Error }}|{{ (fromJson \"1.x\").Error }}",
	  "invalid character '}' in literal true (expecting 'e')|invalid character '1' after object key|invalid character '2' after array element|invalid character 'q' in string escape code|invalid character ' ' in numeric literal|invalid character 'x' after decimal point in numeric literal", NULL },
	/* helm */
	{ "{{ toYaml .m }}|{{ toYaml (list 1 \"yes\" \"1\" nil) }}|{{ toYaml (dict \"a\" (list) \"b\" (dict) \"c\" \"x: y\") }}",
	  "k:\n  deep: er\nz: 1|- 1\n- \"yes\"\n- \"1\"\n- null|a: []\nb: {}\nc: 'x: y'", NULL },
	{ "{{ toYamlPretty (dict \"l\" (list 1 (dict \"a\" \"y\" \"b\" (list \"x\"))) \"n\" .big) }}",
	  "l:\n  - 1\n  - a: \"y\"\n    b:\n      - x\n\"n\": 1e+06", NULL },
	{ "{{ fromYaml \"a: 1\\nb: [x, {c: d}]\" | toJson }} {{ fromYamlArray \"- 1\\n- a\" | toJson }} {{ fromYaml \"\" | toJson }} {{ (fromYaml \"a: b: c\").Error }} {{ fromYamlArray \"a: 1\" | first }}",
	  "{\"a\":1,\"b\":[\"x\",{\"c\":\"d\"}]} [1,\"a\"] {} error converting YAML to JSON: yaml: mapping values are not allowed in this context error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go value of type []interface {}", NULL },
	{ "{{ toToml (dict \"a\" 1 \"t\" (dict \"x\" (list 1 2) \"u\" (dict \"y\" true)) \"l\" (list (dict \"k\" \"v\"))) }}",
	  "a = 1\n\n[[l]]\n  k = \"v\"\n\n[t]\n  x = [1, 2]\n  [t.u]\n    y = true\n", NULL },
	{ "{{ fromToml \"a = 1\\n[t]\\nb = [true, 'x']\\n[[q]]\\nz = 1.5\" | toJson }} {{ (fromToml \"x\").Error }} {{ printf \"%T\" (fromToml \"[[q]]\\na = 1\").q }}",
	  "{\"a\":1,\"q\":[{\"z\":1.5}],\"t\":{\"b\":[true,\"x\"]}} toml: line 1: unexpected EOF; expected key separator '=' []map[string]interface {}", NULL },
	{ "{{ define \"in\" }}<{{ .x }}>{{ end }}{{ include \"in\" (dict \"x\" 1) | upper }}{{ include \"in\" (dict) }}",
	  "<1><>", NULL },
	{ "{{ include \"gone\" . }}", NULL,
	  "template: t:1:3: executing \"t\" at <include \"gone\" .>: error calling include: template: no template \"gone\" associated with template \"gotpl\"" },
	{ "{{ tpl \"{{ .s }}-{{ .nope }}\" . }} {{ tpl \"plain\" . }} {{ tpl \"{{ define \\\"q\\\" }}Q{{ end }}{{ include \\\"q\\\" . }}\" . }} {{ define \"o\" }}O{{ end }}{{ tpl \"{{ template \\\"o\\\" }}\" . }}",
	  "Ahoy crew- plain Q O", NULL },
	{ "{{ tpl \"{{ nope }}\" . }}", NULL,
	  "template: t:1:3: executing \"t\" at <tpl \"{{ nope }}\" .>: error calling tpl: cannot parse template \"{{ nope }}\": template: gotpl:1: function \"nope\" not defined" },
	{ "{{ tpl \"{{ .s.x }}\" . }}", NULL,
	  "template: t:1:3: executing \"t\" at <tpl \"{{ .s.x }}\" .>: error calling tpl: error during tpl function execution for \"{{ .s.x }}\": template: gotpl:1:5: executing \"gotpl\" at <.s.x>: can't evaluate field x in type interface {}" },
	{ "{{ required \"say it\" .s }} {{ lookup \"v1\" \"Pod\" \"\" \"\" }} {{ getHostByName \"x\" }}",
	  "Ahoy crew map[] ", NULL },
	{ "{{ required \"say it\" .nil }}", NULL,
	  "template: t:1:3: executing \"t\" at <required \"say it\" .nil>: error calling required: say it" },
	{ "{{ required \"say it\" \"\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <required \"say it\" \"\">: error calling required: say it" },
	/* path */
	{ "{{ base \"/a/b.tar.gz\" }} {{ base \"\" }} {{ base \"/\" }} {{ dir \"/a/b\" }} {{ dir \"x\" }} {{ clean \"a/../b//c\" }} {{ ext \"a.tar.gz\" }} {{ isAbs \"/x\" }} {{ osBase \"a/b\" }} {{ osDir \"/a/\" }} {{ osClean \"./a\" }} {{ osExt \"f\" }} {{ osIsAbs \"f\" }}",
	  "b.tar.gz . / /a . b/c .gz true b /a a  false", NULL },
	/* regex */
	{ "{{ regexMatch \"^a.c$\" \"abc\" }} {{ regexMatch \"(\" \"x\" }} {{ regexFind \"[0-9]+\" \"a12b3\" }} {{ regexFindAll \"[0-9]\" \"a1b2c3\" 2 }} {{ regexFindAll \"x\" \"abc\" -1 | toJson }}",
	  "true false 12 [1 2] null", NULL },
	{ "{{ regexReplaceAll \"(a+)(b)\" \"aab ab\" \"${2}<$1>\" }} {{ regexReplaceAll \"a*\" \"baaac\" \"-\" }} {{ regexReplaceAllLiteral \"b\" \"abc\" \"$0\" }} {{ regexReplaceAll \"(?P<x>.)y\" \"ay\" \"$x$$$9\" }}",
	  "b<aa> b<a> -b-c- a$0c a$", NULL },
	{ "{{ regexSplit \"z+\" \"pizza\" -1 }} {{ regexSplit \",\" \"a,b,c\" 2 }} {{ regexSplit \"\" \"abc\" -1 }} {{ regexQuoteMeta \"a.b*c\" }} {{ regexFind \"\\\\p{greek}\" \"a\316\262\" }}",
	  "[pi a] [a b,c] [a b c] a\\.b\\*c \316\262", NULL },
	{ "{{ regexFind \"(\" \"x\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <regexFind \"(\" \"x\">: error calling regexFind: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`" },
	{ "{{ mustRegexFind \"(?=x)\" \"x\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <mustRegexFind \"(?=x)\" \"x\">: error calling mustRegexFind: error parsing regexp: invalid or unsupported Perl syntax: `(?=`" },
	{ "{{ mustRegexReplaceAll \"[z-a]\" \"x\" \"y\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <mustRegexReplaceAll \"[z-a]\" \"x\" \"y\">: error calling mustRegexReplaceAll: error parsing regexp: invalid character class range: `z-a`" },
	/* semver */
	{ "{{ semver \"v1.2.3-rc.1+b\" }} {{ (semver \"1.2\").Patch }} {{ (semver \"1.2.3-a.1\").Prerelease }} {{ (semver \"v1.2\").Original }} {{ (semver \"1.2.3\").IncMinor }} {{ (semver \"1.0.0\").Compare (semver \"1.0.0-x\") }}",
	  "1.2.3-rc.1+b 0 a.1 v1.2 1.3.0 1", NULL },
	{ "{{ semverCompare \">=1.2 <2\" \"1.9.9\" }} {{ semverCompare \"^1.2.3\" \"2.0.0\" }} {{ semverCompare \"~1.2 || 3.x\" \"3.9\" }} {{ semverCompare \"1.0 - 2.0\" \"1.5.0\" }} {{ semverCompare \">=1.18\" \"1.20.1-gke.5\" }} {{ semverCompare \">=1.18-0\" \"1.20.1-gke.5\" }}",
	  "true false true true false true", NULL },
	{ "{{ semver \"one\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <semver \"one\">: error calling semver: invalid semantic version" },
	{ "{{ semverCompare \"nope\" \"1.0.0\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <semverCompare \"nope\" \"1.0.0\">: error calling semverCompare: improper constraint: \"nope\"" },
	{ "{{ (semver \"1.2.3\") | toJson }} {{ kindOf (semver \"1\") }} {{ printf \"%d\" (semver \"1.2.3\") }}",
	  "\"1.2.3\" ptr &{1 2 3 %!d(string=) %!d(string=) %!d(string=1.2.3)}", NULL },
	{ "{{ (semver \"1.2.3\").major }}", NULL,
	  "template: t:1:11: executing \"t\" at <\"1.2.3\">: major is an unexported field of struct type *semver.Version" },
	/* net */
	{ "{{ urlParse \"https://u:p%40@h.example:8443/a%20b?q=1#f\" | toJson }}",
	  "{\"fragment\":\"f\",\"host\":\"h.example:8443\",\"hostname\":\"h.example\",\"opaque\":\"\",\"path\":\"/a b\",\"query\":\"q=1\",\"scheme\":\"https\",\"userinfo\":\"u:p%40\"}", NULL },
	{ "{{ urlJoin (dict \"scheme\" \"http\" \"host\" \"h:1\" \"path\" \"/a b\" \"query\" \"x=1\" \"userinfo\" \"u:p\") }} {{ urlJoin (urlParse \"mailto:x@y\") }} {{ (urlParse \"http://[::1]:80/\").hostname }}",
	  "http://u:p@h:1/a%20b?x=1 mailto:x@y ::1", NULL },
	{ "{{ urlParse \"http://h:x/\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <urlParse \"http://h:x/\">: error calling urlParse: unable to parse url: parse \"http://h:x/\": invalid port \":x\" after host" },
	{ "{{ urlParse \":a\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <urlParse \":a\">: error calling urlParse: unable to parse url: parse \":a\": missing protocol scheme" },
	{ "{{ urlJoin (dict \"scheme\" 1) }}", NULL,
	  "template: t:1:3: executing \"t\" at <urlJoin (dict \"scheme\" 1)>: error calling urlJoin: unable to parse scheme key, must be of type string, but int found" },
	/* date */
	{ "{{ $t := toDate \"2006-01-02 15:04\" \"2021-07-04 05:06\" }}{{ $t }} {{ date \"Mon Jan _2 3:04PM 06\" $t }} {{ dateInZone \"15:04 MST -07:00\" $t \"America/New_York\" }} {{ dateInZone \"15:04 MST\" $t \"No/Where\" }} {{ unixEpoch $t }} {{ htmlDate 86400 }}",
	  "2021-07-04 05:06:00 +0000 UTC Sun Jul  4 5:06AM 21 01:06 EDT -04:00 05:06 UTC 1625375160 1970-01-02", NULL },
	{ "{{ $t := toDate \"2006-01-02\" \"2021-03-28\" }}{{ dateModify \"36h30m\" $t }} {{ dateModify \"x\" $t }} {{ duration 3725 }} {{ duration \"95\" }} {{ durationRound \"2h10m5s\" }} {{ durationRound \"800h\" }} {{ durationRound 1 }}",
	  "2021-03-29 12:30:00 +0000 UTC 2021-03-28 00:00:00 +0000 UTC 0s 1m35s 2h 1mo 0s", NULL },
	{ "{{ toDate \"2006-01-02\" \"bad\" }} {{ dateInZone \"2006-01-02T15:04:05.000Z07:00\" 0 \"Asia/Kolkata\" }} {{ (toDate \"2006-01-02\" \"2024-02-29\").YearDay }} {{ (toDate \"2006-01-02\" \"2024-02-29\").Weekday }}",
	  "0001-01-01 00:00:00 +0000 UTC 1970-01-01T05:30:00.000+05:30 60 Thursday", NULL },
	{ "{{ mustToDate \"2006-01-02\" \"2021-02-30\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <mustToDate \"2006-01-02\" \"2021-02-30\">: error calling mustToDate: parsing time \"2021-02-30\": day out of range" },
	{ "{{ mustDateModify \"1x\" (toDate \"2006\" \"2020\") }}", NULL,
	  "template: t:1:3: executing \"t\" at <mustDateModify \"1x\" (toDate \"2006\" \"2020\")>: error calling mustDateModify: time: unknown unit \"x\" in duration \"1x\"" },
	{ "{{ unixEpoch \"x\" }}", NULL,
	  "template: t:1:13: executing \"t\" at <\"x\">: can't handle \"x\" for arg of type time.Time" },
	/* crypto */
	{ "{{ sha1sum \"a\" }} {{ adler32sum \"hello\" }} {{ sha256sum \"\" | trunc 8 }} {{ sha512sum \"x\" | trunc 8 }}",
	  "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8 103547413 e3b0c442 a4abd444", NULL },
	{ "{{ derivePassword 1 \"long\" \"secret\" \"user\" \"example.com\" }} {{ derivePassword 1 \"pin\" \"secret\" \"user\" \"example.com\" }} {{ derivePassword 1 \"odd\" \"a\" \"b\" \"c\" }}",
	  "JuvtQoceKaxy0, 6478 cannot find password template odd", NULL },
	{ "{{ encryptAES \"key\" \"plain text\" | decryptAES \"key\" }} {{ decryptAES \"k\" \"\" }}",
	  "plain text ", NULL },
	{ "{{ decryptAES \"k\" \"YWJj\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <decryptAES \"k\" \"YWJj\">: error calling decryptAES: runtime error: slice bounds out of range [:16] with capacity 3" },
	{ "{{ htpasswd \"a:b\" \"c\" }} {{ uuidv4 | regexMatch \"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$\" }} {{ randBytes 5 | b64dec | len }} {{ bcrypt \"x\" | hasPrefix \"$2a$10$\" }}",
	  "invalid username: a:b true 5 true", NULL },
	{ "{{ genPrivateKey \"none\" }} {{ genPrivateKey \"ed25519\" | hasPrefix \"-----BEGIN PRIVATE KEY-----\" }} {{ genPrivateKey \"ecdsa\" | hasPrefix \"-----BEGIN EC PRIVATE KEY-----\" }}",
	  "Unknown type none true true", NULL },
	{ "{{ $k := genPrivateKey \"ecdsa\" }}{{ $ca := genCAWithKey \"ca\" 1 $k }}{{ $c := genSignedCertWithKey \"h\" (list \"10.0.0.1\") (list \"h.x\") 1 $ca $k }}{{ $c.Cert | hasPrefix \"-----BEGIN CERTIFICATE-----\" }}{{ eq $c.Key $k }} {{ buildCustomCert (b64enc $c.Cert) (b64enc $c.Key) | typeOf }}",
	  "truetrue sprig.certificate", NULL },
	{ "{{ genCAWithKey \"ca\" 1 \"junk\" }}", NULL,
	  "template: t:1:3: executing \"t\" at <genCAWithKey \"ca\" 1 \"junk\">: error calling genCAWithKey: parsing private key: no PEM data in input" },
	{ "{{ genSelfSignedCertWithKey \"h\" (list \"nope\") nil 1 (genPrivateKey \"ecdsa\") }}", NULL,
	  "template: t:1:3: executing \"t\" at <genSelfSignedCertWithKey \"h\" (list \"nope\") nil 1 (genPrivateKey \"ecdsa\")>: error calling genSelfSignedCertWithKey: error parsing ip: nope" },
	{ "{{ genSelfSignedCertWithKey \"h\" (list 5) nil 1 (genPrivateKey \"ecdsa\") }}", NULL,
	  "template: t:1:3: executing \"t\" at <genSelfSignedCertWithKey \"h\" (list 5) nil 1 (genPrivateKey \"ecdsa\")>: error calling genSelfSignedCertWithKey: error parsing ip: 5 is not a string" },
	{ "{{ genSignedCert \"h\" nil nil 1 \"x\" }}", NULL,
	  "template: t:1:31: executing \"t\" at <\"x\">: can't handle \"x\" for arg of type sprig.certificate" },
};
/* clang-format on */

static void run(const char *template, struct ptx_buf *out, struct ptx_buf *go, int *code)
{
	struct ptx_template_opts opts = PTX_TEMPLATE_OPTS_INIT;
	struct ptx_execute_opts exec = PTX_EXECUTE_OPTS_INIT;
	struct ptx_read_opts read = PTX_READ_OPTS_INIT;
	struct ptxi_template_env env = { .go_error = go };
	ptx_auto(arena) a = ptx_arena_new(0);
	ptx_auto(error) err = NULL;
	ptx_auto_buf raw = { 0 };
	ptx_auto(template) t = NULL;

	opts.families = PTX_FUNCS_SPRIG | PTX_FUNCS_HELM;
	read.numbers = PTX_NUMBERS_FLOAT;
	exec.missing_key = PTX_MISSING_ZERO;
	t = ptx_template_new(&opts, &err);
	ptx_buf_init(&raw, 0);
	*code = ptx_template_parse(t, "t", ptxi_str(template), &err);
	if (*code == 0)
		*code =
		    ptxi_template_execute(t, "t", ptx_json_parse(a, PTXI_STR(DATA), &read, NULL),
					  &exec, &env, &raw, &err);
	else
		ptx_buf_adds(go, ptx_error_message(err));
	ptxi_text_replace(ptx_buf_str(&raw), PTXI_STR("<no value>"), PTXI_STR(""), SIZE_MAX, out);
}

START_TEST(as_go)
{
	const struct row *r = &rows[_i];
	ptx_auto_buf out = { 0 };
	ptx_auto_buf go = { 0 };
	int code = 0;

	ptx_buf_init(&out, 0);
	ptx_buf_init(&go, 0);
	run(r->template, &out, &go, &code);
	if (r->want) {
		ck_assert_msg(code == 0, "%s: %s", r->template, go.p);
		ck_assert_str_eq(out.p, r->want);
	} else {
		ck_assert_msg(code < 0, "%s gives '%s'", r->template, out.p);
		ck_assert_str_eq(go.p, r->error);
	}
}
END_TEST

/* A dict that holds itself is no endless walk. */
START_TEST(cycles)
{
	static const char *const templates[] = {
		"{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ len (toString $d) }}",
		"{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ toJson $d }}{{ toYaml $d }}",
		"{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ deepCopy $d }}",
		"{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ toYamlPretty $d }}",
		"{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ toToml $d }}",
		("{{ $a := dict \"x\" (dict) }}{{ $_ := set $a.x \"x\" $a }}{{ $b := dict \"x\" "
		 "(dict) }}{{ $_ := set $b.x \"x\" $b }}"
		 "{{ merge $a $b }}"),
	};
	ptx_auto_buf out = { 0 };
	ptx_auto_buf go = { 0 };
	int code = 0;

	ptx_buf_init(&out, 0);
	ptx_buf_init(&go, 0);
	run(templates[_i], &out, &go, &code);
	ck_assert(code == 0 || go.n > 0);
}
END_TEST

/* What a chart could ask for without end, or without measure. */
START_TEST(limits)
{
	static const char *const templates[] = {
		"{{ until 100000000 }}",
		"{{ repeat 1000000000 \"abcdef\" }}",
		"{{ nindent 1000000000 \"a\" }}",
		"{{ define \"x\" }}{{ include \"x\" . }}{{ end }}{{ include \"x\" . }}",
		"{{ define \"x\" }}{{ tpl \"{{ include \\\"x\\\" . }}\" . }}{{ end }}{{ include "
		"\"x\" . }}",
		"{{ range until 5000000 }}{{ range until 5000000 }}x{{ end }}{{ end }}",
		"{{ randAlpha 100000000 }}",
		"{{ mulf 1e300 1e300 1e300 | print }}{{ range until 9000000 }}{{ . }}{{ end }}{{ "
		"range until 9000000 }}{{ . }}{{ end }}",
	};
	ptx_auto_buf out = { 0 };
	ptx_auto_buf go = { 0 };
	int code = 0;

	ptx_buf_init(&out, 0);
	ptx_buf_init(&go, 0);
	run(templates[_i], &out, &go, &code);
	ck_assert_int_eq(code, PTX_E_LIMIT);
	ck_assert(strncmp(go.p, "template: t:1:", 14) == 0);
}
END_TEST

Suite *suite_template_funcs_sprig(void)
{
	Suite *s = suite_create("template_funcs_sprig");
	TCase *t = tcase_create("funcs");

	tcase_set_timeout(t, 20);
	tcase_add_loop_test(t, as_go, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_loop_test(t, cycles, 0, 6);
	tcase_add_loop_test(t, limits, 0, 8);
	suite_add_tcase(s, t);
	return s;
}
