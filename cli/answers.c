/* SPDX-License-Identifier: Apache-2.0 */
/* answers.c - the options by which answers are given. */
#include <stdlib.h>
#include <string.h>

#include <pitrix/package.h>

#include "answers.h"

/* The list as the library takes it: ended by NULL. */
static const char **ended(const struct opt_list *list)
{
	const char **items = calloc(list->n + 1, sizeof(*items));

	if (items && list->n)
		memcpy(items, list->items, list->n * sizeof(*items));
	return items;
}

struct ptx_value *answers_read(const struct answers_args *args, struct ptx_arena *a,
			       struct ptx_error **err)
{
	struct ptx_answers_source src = PTX_ANSWERS_SOURCE_INIT;
	const char **files = ended(&args->files);
	const char **sets = ended(&args->sets);
	const char **set_strings = ended(&args->set_strings);
	struct ptx_value *answers = NULL;

	src.files = files;
	src.sets = sets;
	src.set_strings = set_strings;
	if (files && sets && set_strings)
		answers = ptx_answers_read(a, &src, err);
	else
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
	free(files);
	free(sets);
	free(set_strings);
	return answers;
}
