/* SPDX-License-Identifier: Apache-2.0 */
/* pattern_pcre2.c - the module `pattern`: PCRE2 under limits.
 *
 * Patterns come rewritten (pattern.c), so only options remain: references to groups that did not
 * take part match the empty text, `$` is the end and nothing before it, a newline is LF, no pattern
 * may change options or call out. The limits bound one test to some tens of milliseconds and a few
 * MiB, and one find to 2 ms and 128 KiB, whatever the pattern.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern.h"
#include "../base/module.h"

#include <pcre2.h>

#define MATCH_LIMIT    500000u
#define DEPTH_LIMIT    5000u
#define HEAP_LIMIT_KIB 4096u
#define PATTERN_DEPTH  100u

/* find() gives up early, since its caller has somebody else to ask: RE2, which takes 1 ms to load.
 */
#define FIND_WORK     4000000u /* characters gone through, at the worst: 2 ms */
#define FIND_MOST     10000u
#define FIND_LEAST    4u
#define FIND_HEAP_KIB 128u

static void *compile(const char *text, size_t n, size_t *offset, char *why, size_t why_size)
{
	int number = 0;
	PCRE2_SIZE at = 0;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_code *code = NULL;

	if (!context) {
		*offset = SIZE_MAX;
		return NULL;
	}
	pcre2_set_parens_nest_limit(context, PATTERN_DEPTH);
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	code = pcre2_compile((PCRE2_SPTR)text, n,
			     PCRE2_UTF | PCRE2_NEVER_UCP | PCRE2_DOLLAR_ENDONLY |
				 PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C,
			     &number, &at, context);
	pcre2_compile_context_free(context);
	if (code)
		return code;
	*offset = at;
	if (pcre2_get_error_message(number, (PCRE2_UCHAR *)why, why_size) < 0)
		snprintf(why, why_size, "error %d", number);
	return NULL;
}

static void release(void *code)
{
	pcre2_code_free(code);
}

/* What PCRE2 said in our words. */
static int said(int rc)
{
	if (rc >= 0)
		return 1;
	switch (rc) {
	case PCRE2_ERROR_NOMATCH:
		return 0;
	case PCRE2_ERROR_MATCHLIMIT:
	case PCRE2_ERROR_DEPTHLIMIT:
	case PCRE2_ERROR_HEAPLIMIT:
		return PTX_E_LIMIT;
	case PCRE2_ERROR_NOMEMORY:
		return PTX_E_NOMEM;
	default:
		return PTX_E_INVALID;
	}
}

struct limits {
	uint32_t match, depth, heap_kib;
};

static int run(const void *code, const char *text, size_t n, size_t from, uint32_t options,
	       struct limits limits, pcre2_match_data *data)
{
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	int rc = PCRE2_ERROR_NOMEMORY;

	if (context && data) {
		pcre2_set_match_limit(context, limits.match);
		pcre2_set_depth_limit(context, limits.depth);
		pcre2_set_heap_limit(context, limits.heap_kib);
		rc = pcre2_match(code, (PCRE2_SPTR)text, n, from, options, data, context);
	}
	pcre2_match_context_free(context);
	return rc;
}

static int test(const void *code, const char *text, size_t n)
{
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
	int rc = run(code, text, n, 0, 0,
		     (struct limits){ MATCH_LIMIT, DEPTH_LIMIT, HEAP_LIMIT_KIB }, data);

	pcre2_match_data_free(data);
	return said(rc);
}

/* PCRE2 counts the steps back that it takes, anew at each place that a match could begin at, and
 * between two of them it goes through the rest of the text and of the pattern once at most. So that
 * is how many there may be for FIND_WORK in all. */
static size_t find_limit(const void *code, size_t rest)
{
	uint32_t options = 0;
	size_t size = 0;
	size_t starts = rest + 1;

	pcre2_pattern_info(code, PCRE2_INFO_ALLOPTIONS, &options);
	pcre2_pattern_info(code, PCRE2_INFO_SIZE, &size);
	if (options & PCRE2_ANCHORED)
		starts = 1;
	return starts > FIND_WORK ? 0 : FIND_WORK / starts / (rest + size);
}

static int find(const void *code, const char *text, size_t n, size_t from, size_t *at,
		size_t groups)
{
	size_t most = find_limit(code, n - from);
	uint32_t limit = most > FIND_MOST ? FIND_MOST : (uint32_t)most;
	pcre2_match_data *data = NULL;
	int rc = 0;

	if (limit < FIND_LEAST)
		return PTX_E_LIMIT;
	data = pcre2_match_data_create_from_pattern(code, NULL);
	rc = run(code, text, n, from, PCRE2_NO_UTF_CHECK,
		 (struct limits){ limit, limit, FIND_HEAP_KIB }, data);
	for (size_t i = 0; rc > 0 && i < 2 * groups; i++)
		at[i] = i < 2 * (size_t)rc ? pcre2_get_ovector_pointer(data)[i] : SIZE_MAX;
	pcre2_match_data_free(data);
	return said(rc);
}

static const struct ptxi_pattern_table table = { PTXI_MODULE_ABI, compile, release, test, find };
PTXI_MODULE_EXPORT(pattern, table);
