/* SPDX-License-Identifier: Apache-2.0 */
/* regex_rewrite.c - a pattern in Go's syntax as one that RE2 takes and understands alike.
 *
 *     (?<name>...)          (?P<name>...), which older ones know; a name is of ASCII
 *     \p{Greek Extended}    names in any case and with blanks, - and _ between, and the aliases of
 * categories \pC, \p{Cn}, \p{LC}, \p{ASCII}, \p{Assigned}     as the sets that they are \C refused,
 * as Go does
 *
 * What is malformed is left for RE2 to refuse. The complement of a union cannot be written within a
 * class: there \P{LC}, \p{Cn} and \P{Assigned} are refused by name.
 */
#define PTX_AREA PTX_AREA_TEXT
#include "regex.h"

#include <ctype.h>

#define ASSIGNED     "\\pL\\pM\\pN\\pP\\pS\\pZ\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}"
#define VISIBLE      "\\pL\\pM\\pN\\pP\\pS\\pZ"
#define CASED        "\\p{Lu}\\p{Ll}\\p{Lt}"
#define LONGEST_NAME 64u

struct name {
	const char *folded; /* in small letters, without blanks, - and _ */
	const char *name;
};

/* General categories, their aliases, and scripts of Unicode 15, sorted by their folded names. */
/* clang-format off */
static const struct name names[] = {
	{"adlam","Adlam"}, {"ahom","Ahom"}, {"anatolianhieroglyphs","Anatolian_Hieroglyphs"},
	{"arabic","Arabic"}, {"armenian","Armenian"}, {"avestan","Avestan"},
	{"balinese","Balinese"}, {"bamum","Bamum"}, {"bassavah","Bassa_Vah"}, {"batak","Batak"},
	{"bengali","Bengali"}, {"bhaiksuki","Bhaiksuki"}, {"bopomofo","Bopomofo"},
	{"brahmi","Brahmi"}, {"braille","Braille"}, {"buginese","Buginese"}, {"buhid","Buhid"},
	{"c","C"}, {"canadianaboriginal","Canadian_Aboriginal"}, {"carian","Carian"},
	{"casedletter","LC"}, {"caucasianalbanian","Caucasian_Albanian"}, {"cc","Cc"},
	{"cf","Cf"}, {"chakma","Chakma"}, {"cham","Cham"}, {"cherokee","Cherokee"},
	{"chorasmian","Chorasmian"}, {"closepunctuation","Pe"}, {"cn","Cn"}, {"cntrl","Cc"},
	{"co","Co"}, {"combiningmark","M"}, {"common","Common"}, {"connectorpunctuation","Pc"},
	{"control","Cc"}, {"coptic","Coptic"}, {"cs","Cs"}, {"cuneiform","Cuneiform"},
	{"currencysymbol","Sc"}, {"cypriot","Cypriot"}, {"cyprominoan","Cypro_Minoan"},
	{"cyrillic","Cyrillic"}, {"dashpunctuation","Pd"}, {"decimalnumber","Nd"},
	{"deseret","Deseret"}, {"devanagari","Devanagari"}, {"digit","Nd"},
	{"divesakuru","Dives_Akuru"}, {"dogra","Dogra"}, {"duployan","Duployan"},
	{"egyptianhieroglyphs","Egyptian_Hieroglyphs"}, {"elbasan","Elbasan"},
	{"elymaic","Elymaic"}, {"enclosingmark","Me"}, {"ethiopic","Ethiopic"},
	{"finalpunctuation","Pf"}, {"format","Cf"}, {"georgian","Georgian"},
	{"glagolitic","Glagolitic"}, {"gothic","Gothic"}, {"grantha","Grantha"},
	{"greek","Greek"}, {"gujarati","Gujarati"}, {"gunjalagondi","Gunjala_Gondi"},
	{"gurmukhi","Gurmukhi"}, {"han","Han"}, {"hangul","Hangul"},
	{"hanifirohingya","Hanifi_Rohingya"}, {"hanunoo","Hanunoo"}, {"hatran","Hatran"},
	{"hebrew","Hebrew"}, {"hiragana","Hiragana"}, {"imperialaramaic","Imperial_Aramaic"},
	{"inherited","Inherited"}, {"initialpunctuation","Pi"},
	{"inscriptionalpahlavi","Inscriptional_Pahlavi"},
	{"inscriptionalparthian","Inscriptional_Parthian"}, {"javanese","Javanese"},
	{"kaithi","Kaithi"}, {"kannada","Kannada"}, {"katakana","Katakana"}, {"kawi","Kawi"},
	{"kayahli","Kayah_Li"}, {"kharoshthi","Kharoshthi"},
	{"khitansmallscript","Khitan_Small_Script"}, {"khmer","Khmer"}, {"khojki","Khojki"},
	{"khudawadi","Khudawadi"}, {"l","L"}, {"lao","Lao"}, {"latin","Latin"}, {"lc","LC"},
	{"lepcha","Lepcha"}, {"letter","L"}, {"letternumber","Nl"}, {"limbu","Limbu"},
	{"lineara","Linear_A"}, {"linearb","Linear_B"}, {"lineseparator","Zl"}, {"lisu","Lisu"},
	{"ll","Ll"}, {"lm","Lm"}, {"lo","Lo"}, {"lowercaseletter","Ll"}, {"lt","Lt"}, {"lu","Lu"},
	{"lycian","Lycian"}, {"lydian","Lydian"}, {"m","M"}, {"mahajani","Mahajani"},
	{"makasar","Makasar"}, {"malayalam","Malayalam"}, {"mandaic","Mandaic"},
	{"manichaean","Manichaean"}, {"marchen","Marchen"}, {"mark","M"},
	{"masaramgondi","Masaram_Gondi"}, {"mathsymbol","Sm"}, {"mc","Mc"}, {"me","Me"},
	{"medefaidrin","Medefaidrin"}, {"meeteimayek","Meetei_Mayek"},
	{"mendekikakui","Mende_Kikakui"}, {"meroiticcursive","Meroitic_Cursive"},
	{"meroitichieroglyphs","Meroitic_Hieroglyphs"}, {"miao","Miao"}, {"mn","Mn"},
	{"modi","Modi"}, {"modifierletter","Lm"}, {"modifiersymbol","Sk"},
	{"mongolian","Mongolian"}, {"mro","Mro"}, {"multani","Multani"}, {"myanmar","Myanmar"},
	{"n","N"}, {"nabataean","Nabataean"}, {"nagmundari","Nag_Mundari"},
	{"nandinagari","Nandinagari"}, {"nd","Nd"}, {"newa","Newa"}, {"newtailue","New_Tai_Lue"},
	{"nko","Nko"}, {"nl","Nl"}, {"no","No"}, {"nonspacingmark","Mn"}, {"number","N"},
	{"nushu","Nushu"}, {"nyiakengpuachuehmong","Nyiakeng_Puachue_Hmong"}, {"ogham","Ogham"},
	{"olchiki","Ol_Chiki"}, {"oldhungarian","Old_Hungarian"}, {"olditalic","Old_Italic"},
	{"oldnortharabian","Old_North_Arabian"}, {"oldpermic","Old_Permic"},
	{"oldpersian","Old_Persian"}, {"oldsogdian","Old_Sogdian"},
	{"oldsoutharabian","Old_South_Arabian"}, {"oldturkic","Old_Turkic"},
	{"olduyghur","Old_Uyghur"}, {"openpunctuation","Ps"}, {"oriya","Oriya"},
	{"osage","Osage"}, {"osmanya","Osmanya"}, {"other","C"}, {"otherletter","Lo"},
	{"othernumber","No"}, {"otherpunctuation","Po"}, {"othersymbol","So"}, {"p","P"},
	{"pahawhhmong","Pahawh_Hmong"}, {"palmyrene","Palmyrene"}, {"paragraphseparator","Zp"},
	{"paucinhau","Pau_Cin_Hau"}, {"pc","Pc"}, {"pd","Pd"}, {"pe","Pe"}, {"pf","Pf"},
	{"phagspa","Phags_Pa"}, {"phoenician","Phoenician"}, {"pi","Pi"}, {"po","Po"},
	{"privateuse","Co"}, {"ps","Ps"}, {"psalterpahlavi","Psalter_Pahlavi"}, {"punct","P"},
	{"punctuation","P"}, {"rejang","Rejang"}, {"runic","Runic"}, {"s","S"},
	{"samaritan","Samaritan"}, {"saurashtra","Saurashtra"}, {"sc","Sc"}, {"separator","Z"},
	{"sharada","Sharada"}, {"shavian","Shavian"}, {"siddham","Siddham"},
	{"signwriting","SignWriting"}, {"sinhala","Sinhala"}, {"sk","Sk"}, {"sm","Sm"},
	{"so","So"}, {"sogdian","Sogdian"}, {"sorasompeng","Sora_Sompeng"}, {"soyombo","Soyombo"},
	{"spaceseparator","Zs"}, {"spacingmark","Mc"}, {"sundanese","Sundanese"},
	{"surrogate","Cs"}, {"sylotinagri","Syloti_Nagri"}, {"symbol","S"}, {"syriac","Syriac"},
	{"tagalog","Tagalog"}, {"tagbanwa","Tagbanwa"}, {"taile","Tai_Le"},
	{"taitham","Tai_Tham"}, {"taiviet","Tai_Viet"}, {"takri","Takri"}, {"tamil","Tamil"},
	{"tangsa","Tangsa"}, {"tangut","Tangut"}, {"telugu","Telugu"}, {"thaana","Thaana"},
	{"thai","Thai"}, {"tibetan","Tibetan"}, {"tifinagh","Tifinagh"}, {"tirhuta","Tirhuta"},
	{"titlecaseletter","Lt"}, {"toto","Toto"}, {"ugaritic","Ugaritic"}, {"unassigned","Cn"},
	{"uppercaseletter","Lu"}, {"vai","Vai"}, {"vithkuqi","Vithkuqi"}, {"wancho","Wancho"},
	{"warangciti","Warang_Citi"}, {"yezidi","Yezidi"}, {"yi","Yi"}, {"z","Z"},
	{"zanabazarsquare","Zanabazar_Square"}, {"zl","Zl"}, {"zp","Zp"}, {"zs","Zs"},
};
/* clang-format on */

static int refuse(struct ptx_error **err, const char *what, struct ptx_str at)
{
	return ptx_fail(err, PTX_E_SYNTAX, "error parsing regexp: %s: `%.*s`", what,
			PTX_STR_ARG(at));
}

static const char *find_name(struct ptx_str name)
{
	char folded[LONGEST_NAME] = "";
	size_t n = 0;
	size_t lo = 0;
	size_t hi = PTXI_COUNT(names);

	for (size_t i = 0; i < name.n && n + 1 < sizeof(folded); i++) {
		char c = name.p[i];

		if (c != ' ' && c != '_' && c != '-')
			folded[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	folded[n] = '\0';
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(folded, names[mid].folded);

		if (c == 0)
			return names[mid].name;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	if (strcmp(folded, "any") == 0)
		return "Any";
	if (strcmp(folded, "ascii") == 0)
		return "ASCII";
	return strcmp(folded, "assigned") == 0 ? "Assigned" : NULL;
}

/* \p and \P with a letter or a name in braces; its end, at itself when it is none of that. */
static size_t property_end(struct ptx_str s, size_t at)
{
	size_t close = 0;

	if (at + 2 >= s.n)
		return at;
	if (s.p[at + 2] != '{')
		return (unsigned char)s.p[at + 2] < 0x80 ? at + 3 : at;
	close = ptxi_str_find_char(ptxi_str_from(s, at), '}');
	return close == SIZE_MAX ? at : at + close + 1;
}

/* A union of sets, or what is outside of it. */
static int put_union(const char *sets, bool negated, bool in_class, struct ptx_str written,
		     struct ptx_buf *out, struct ptx_error **err)
{
	if (in_class && negated)
		return ptx_fail(
		    err, PTX_E_UNSUPPORTED,
		    "the regular expression has %.*s within a class, which is not supported",
		    PTX_STR_ARG(written));
	if (in_class)
		ptx_buf_adds(out, sets);
	else
		ptx_buf_printf(out, negated ? "[^%s]" : "[%s]", sets);
	return 0;
}

static int put_property(struct ptx_str written, bool in_class, struct ptx_buf *out,
			struct ptx_error **err)
{
	bool negated = written.p[1] == 'P';
	bool braces = written.p[2] == '{';
	struct ptx_str name =
	    braces ? ptxi_str_sub(written, 3, written.n - 4) : ptxi_str_sub(written, 2, 1);
	const char *known = NULL;

	if (braces && name.n && name.p[0] == '^') {
		negated = !negated;
		name = ptxi_str_from(name, 1);
	}
	known = find_name(name);
	if (!known)
		return refuse(err, "invalid character class range", written);
	if (strcmp(known, "C") == 0)
		return negated || !in_class
			   ? put_union(VISIBLE, !negated, in_class, written, out, err)
			   : put_union("\\pC", false, true, written, out, err);
	if (strcmp(known, "Cn") == 0)
		return put_union(ASSIGNED, !negated, in_class, written, out, err);
	if (strcmp(known, "Assigned") == 0)
		return put_union(ASSIGNED, negated, in_class, written, out, err);
	if (strcmp(known, "LC") == 0)
		return put_union(CASED, negated, in_class, written, out, err);
	if (strcmp(known, "ASCII") == 0)
		return put_union(negated ? "\\x{80}-\\x{10FFFF}" : "\\x00-\\x7F", false, in_class,
				 written, out, err);
	ptx_buf_printf(out, "\\%c{%s}", negated ? 'P' : 'p', known);
	return 0;
}

/* The end of an escape of a character by its number, which begins at `at`: \x41, \x{41}, \101; `at`
 * for another. */
static size_t number_end(struct ptx_str s, size_t at)
{
	size_t i = at + 2;
	size_t most = i + 2;

	if (s.p[at + 1] == 'x' && i < s.n && s.p[i] == '{') {
		size_t close = ptxi_str_find_char(ptxi_str_from(s, i), '}');

		return close == SIZE_MAX ? at : i + close + 1;
	}
	if (s.p[at + 1] != 'x' && (s.p[at + 1] < '0' || s.p[at + 1] > '7'))
		return at;
	while (i < s.n && i < most &&
	       (s.p[at + 1] == 'x' ? isxdigit((unsigned char)s.p[i]) != 0
				   : s.p[i] >= '0' && s.p[i] <= '7'))
		i++;
	return i;
}

/* The end of what is quoted from `at` on, with the end of the quotation. */
static size_t quote_end(struct ptx_str s, size_t at)
{
	size_t end = ptxi_str_find(ptxi_str_from(s, at + 2), PTXI_STR("\\E"));

	return end == SIZE_MAX ? s.n : at + 2 + end + 2;
}

/* An escape at s.p[at] == '\\'; *next gets its end. */
static int put_escape(struct ptx_str s, size_t at, bool in_class, size_t *next, struct ptx_buf *out,
		      struct ptx_error **err)
{
	size_t end = 0;

	*next = at + 2 < s.n ? at + 2 : s.n;
	if (at + 1 >= s.n) {
		ptx_buf_addc(out, '\\');
		return 0;
	}
	switch (s.p[at + 1]) {
	case 'C':
		return refuse(err, "invalid escape sequence", PTXI_STR("\\C"));
	case 'Q':
		if (in_class)
			break;
		*next = quote_end(s, at);
		break;
	case 'p':
	case 'P':
		end = property_end(s, at);
		if (end == at)
			break;
		*next = end;
		return put_property(ptxi_str_sub(s, at, end - at), in_class, out, err);
	default:
		break;
	}
	ptx_buf_add(out, s.p + at, *next - at);
	return 0;
}

/* A class that begins at s.p[at] == '['; a `]` that comes first in it is a member. */
static int put_class(struct ptx_str s, size_t at, size_t *next, struct ptx_buf *out,
		     struct ptx_error **err)
{
	size_t i = at + 1;

	if (i < s.n && s.p[i] == '^')
		i++;
	if (i < s.n && s.p[i] == ']')
		i++;
	ptx_buf_add(out, s.p + at, i - at);
	while (i < s.n && s.p[i] != ']') {
		size_t end = i + 1;

		if (s.p[i] == '\\') {
			int code = put_escape(s, i, true, &end, out, err);

			if (code < 0)
				return code;
			i = end;
			continue;
		}
		if (s.p[i] == '[' && i + 1 < s.n && s.p[i + 1] == ':') {
			size_t close = ptxi_str_find(ptxi_str_from(s, i + 2), PTXI_STR(":]"));

			if (close != SIZE_MAX)
				end = i + 2 + close + 2;
		}
		ptx_buf_add(out, s.p + i, end - i);
		i = end;
	}
	*next = i < s.n ? i + 1 : s.n;
	ptx_buf_add(out, s.p + i, *next - i);
	return 0;
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* The name of a group from `from` on, up to a `>`. */
static int check_group_name(struct ptx_str s, size_t at, size_t from, struct ptx_error **err)
{
	size_t end = ptxi_str_find_char(ptxi_str_from(s, from), '>');
	struct ptx_str shown =
	    ptxi_str_sub(s, at, end == SIZE_MAX ? s.n - at : from + end + 1 - at);

	if (end == SIZE_MAX)
		return refuse(err, "invalid named capture", ptxi_str_from(s, at));
	for (size_t i = from; i < from + end; i++) {
		char c = s.p[i];

		if (c != '_' && !(c >= '0' && c <= '9') && !is_letter(c))
			return refuse(err, "invalid named capture", shown);
	}
	return end ? 0 : refuse(err, "invalid named capture", shown);
}

/* A quotation from `at` to `end`, as letters that RE2 cannot merge. */
static void put_quoted_apart(struct ptx_str s, size_t at, size_t end, struct ptx_buf *out)
{
	struct ptx_str text = ptxi_str_sub(s, at + 2, end - at - 2);

	if (ptxi_str_ends(text, "\\E"))
		text.n -= 2;
	for (size_t i = 0; i < text.n; i++) {
		if (is_letter(text.p[i]))
			ptx_buf_printf(out, "(?:%c{1})", text.p[i]);
		else if (ispunct((unsigned char)text.p[i]))
			ptx_buf_printf(out, "\\%c", text.p[i]);
		else
			ptx_buf_addc(out, text.p[i]);
	}
}

/* An escape outside a class, in a pattern of which RE2 must not merge letters. */
static int put_escape_apart(struct ptx_str s, size_t at, size_t *next, struct ptx_buf *out,
			    struct ptx_error **err)
{
	size_t end = at + 1 < s.n ? number_end(s, at) : at;

	if (end > at) {
		ptx_buf_printf(out, "(?:%.*s{1})", (int)(end - at), s.p + at);
		*next = end;
		return 0;
	}
	if (at + 1 >= s.n || s.p[at + 1] != 'Q')
		return put_escape(s, at, false, next, out, err);
	*next = quote_end(s, at);
	put_quoted_apart(s, at, *next, out);
	return 0;
}

/* Past the flags of a group that begins at `at`: `(?is-m`. */
static size_t flags_end(struct ptx_str s, size_t at)
{
	at += 2;
	while (at < s.n && (s.p[at] == '-' || is_letter(s.p[at])))
		at++;
	return at;
}

bool ptxi_regex_has_case_mix(struct ptx_str s)
{
	if (ptxi_str_find_char(s, '|') == SIZE_MAX)
		return false;
	for (size_t at = 0; at + 2 < s.n; at++)
		if (s.p[at] == '(' && s.p[at + 1] == '?' &&
		    memchr(s.p + at, 'i', flags_end(s, at) - at))
			return true;
	return false;
}

int ptxi_regex_rewrite(struct ptx_str s, bool apart, struct ptx_buf *out, struct ptx_error **err)
{
	size_t at = 0;
	int code = 0;

	while (at < s.n && code == 0) {
		struct ptx_str rest = ptxi_str_from(s, at);
		size_t next = at + 1;

		if (s.p[at] == '\\') {
			code = apart ? put_escape_apart(s, at, &next, out, err)
				     : put_escape(s, at, false, &next, out, err);
		} else if (s.p[at] == '[') {
			code = put_class(s, at, &next, out, err);
		} else if (ptxi_str_starts(rest, "(?<") || ptxi_str_starts(rest, "(?P<")) {
			next = at + (rest.p[2] == 'P' ? 4 : 3);
			code = check_group_name(s, at, next, err);
			ptx_buf_adds(out, "(?P<");
			if (code == 0) {
				size_t name = ptxi_str_find_char(ptxi_str_from(s, next), '>');

				ptx_buf_add(out, s.p + next, name);
				next += name;
			}
		} else if (ptxi_str_starts(rest, "(?")) {
			next = flags_end(s, at);
			ptx_buf_add(out, rest.p, next - at);
		} else if (apart && is_letter(s.p[at])) {
			ptx_buf_printf(out, "(?:%c{1})", s.p[at]);
		} else {
			ptx_buf_addc(out, s.p[at]);
		}
		at = next;
	}
	if (code < 0)
		return code;
	return ptx_buf_ok(out) ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}
