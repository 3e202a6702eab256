/* SPDX-License-Identifier: Apache-2.0 */
/* pattern_pcre2.c - the module `pattern`: PCRE2 under limits.
 *
 * Patterns come rewritten (pattern.c), so only options remain: references to groups that did not take part match the
 * empty text, `$` is the end and nothing before it, no pattern may change options or call out. The limits bound one
 * test to some tens of milliseconds and a few MiB, whatever the pattern.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern.h"
#include "../base/module.h"

#include <pcre2.h>

#define MATCH_LIMIT 500000u
#define DEPTH_LIMIT 5000u
#define HEAP_LIMIT_KIB 4096u
#define PATTERN_DEPTH 100u

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
	code = pcre2_compile((PCRE2_SPTR)text, n,
			     PCRE2_UTF | PCRE2_NEVER_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF |
				     PCRE2_NEVER_BACKSLASH_C,
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

static int test(const void *code, const char *text, size_t n)
{
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
	int rc = PCRE2_ERROR_NOMEMORY;

	if (context && data) {
		pcre2_set_match_limit(context, MATCH_LIMIT);
		pcre2_set_depth_limit(context, DEPTH_LIMIT);
		pcre2_set_heap_limit(context, HEAP_LIMIT_KIB);
		rc = pcre2_match(code, (PCRE2_SPTR)text, n, 0, 0, data, context);
	}
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
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

static const struct ptxi_pattern_table table = { PTXI_MODULE_ABI, compile, release, test };
PTXI_MODULE_EXPORT(pattern, table);
