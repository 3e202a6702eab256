/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - the one list of commands.
 *
 * Everything that walks commands (running, help, manual pages, completions, the self test) walks
 * this list; its order is the order of the help. A path has one word, or a noun and a verb.
 */
#include <string.h>

#include "commands.h"

#define ROW(name) &cmd_##name,
const struct cmd *const commands[] = { COMMANDS(ROW) NULL };
#undef ROW

#define ROW(name) &noun_##name,
const struct cmd_noun *const command_nouns[] = { NOUNS(ROW) NULL };
#undef ROW

const char *command_group_title(enum cmd_group group)
{
	static const char *const titles[GROUP_COUNT] = {
		[GROUP_PACKAGE] = "Packages", [GROUP_CLUSTER] = "Clusters",
		[GROUP_RUNTIME] = "Runtimes", [GROUP_JOB] = "Jobs and state",
		[GROUP_OTHER] = "More",
	};

	return titles[group];
}

static bool same(const char *a, const char *b, size_t n)
{
	return a && strlen(a) == n && memcmp(a, b, n) == 0;
}

const struct cmd *command_find(const char *path, size_t n)
{
	for (const struct cmd *const *c = commands; *c; c++)
		if (same((*c)->path, path, n) || same((*c)->alias, path, n))
			return *c;
	return NULL;
}

const struct cmd_noun *command_noun(const char *name, size_t n)
{
	for (const struct cmd_noun *const *noun = command_nouns; *noun; noun++)
		if (same((*noun)->name, name, n))
			return *noun;
	return NULL;
}

static bool begins_with_noun(const char *path, const struct cmd_noun *noun)
{
	size_t n = strlen(noun->name);

	return path && strncmp(path, noun->name, n) == 0 && path[n] == ' ';
}

bool command_is_of(const struct cmd *c, const struct cmd_noun *noun)
{
	return begins_with_noun(c->path, noun);
}

int command_match_first(const char *word, struct command_match *m, struct ptx_error **err)
{
	struct opt_nearest near;
	size_t n = strlen(word);

	m->cmd = command_find(word, n);
	m->noun = m->cmd ? NULL : command_noun(word, n);
	if (m->cmd || m->noun)
		return 0;
	opt_nearest_init(&near, word, n);
	for (const struct cmd *const *c = commands; *c; c++)
		if (!(*c)->hidden && !strchr((*c)->path, ' ')) {
			opt_nearest_offer(&near, (*c)->path);
			if ((*c)->alias)
				opt_nearest_offer(&near, (*c)->alias);
		}
	for (const struct cmd_noun *const *noun = command_nouns; *noun; noun++)
		opt_nearest_offer(&near, (*noun)->name);
	if (near.best)
		return cli_usage(err, "unknown command '%s' (did you mean '%s'?)", word, near.best);
	return cli_usage(err, "unknown command '%s'", word);
}

static const char *verb_of(const char *path, const struct cmd_noun *noun)
{
	return begins_with_noun(path, noun) ? path + strlen(noun->name) + 1 : NULL;
}

int command_match_verb(const char *word, struct command_match *m, struct ptx_error **err)
{
	struct opt_nearest near;

	opt_nearest_init(&near, word, strlen(word));
	for (const struct cmd *const *c = commands; *c; c++) {
		const char *names[] = { verb_of((*c)->path, m->noun),
					verb_of((*c)->alias, m->noun) };

		for (size_t i = 0; i < CLI_COUNT(names); i++) {
			if (names[i] && strcmp(names[i], word) == 0) {
				m->cmd = *c;
				return 0;
			}
			if (names[i])
				opt_nearest_offer(&near, names[i]);
		}
	}
	if (near.best)
		return cli_usage(err, "unknown command '%s %s' (did you mean '%s %s'?)",
				 m->noun->name, word, m->noun->name, near.best);
	return cli_usage(err, "unknown command '%s %s'", m->noun->name, word);
}

int command_match_words(const struct opt_list *words, struct command_match *m,
			struct ptx_error **err)
{
	int rc = 0;

	*m = (struct command_match){ 0 };
	if (words->n == 0)
		return 0;
	rc = command_match_first(words->items[0], m, err);
	if (rc == 0 && m->noun && words->n > 1)
		rc = command_match_verb(words->items[1], m, err);
	if (rc == 0 && words->n > (m->cmd && m->noun ? 2u : m->cmd ? 1u : 2u))
		return cli_usage(err, "no command has the words '%s %s ...'", words->items[0],
				 words->items[1]);
	return rc;
}
