/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - the one list of commands, and how one is found in it. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli.h"

/* Every command, in the order of the help; cmd_NAME is its row. */
#define COMMANDS(ROW)                                                                              \
	ROW(create)                                                                                \
	ROW(lint)                                                                                  \
	ROW(render)                                                                                \
	ROW(package)                                                                               \
	ROW(show_all)                                                                              \
	ROW(show_chart)                                                                            \
	ROW(show_values)                                                                           \
	ROW(show_readme)                                                                           \
	ROW(show_crds)                                                                             \
	ROW(dependency_list)                                                                       \
	ROW(dependency_update)                                                                     \
	ROW(dependency_build)                                                                      \
	ROW(helm)                                                                                  \
	ROW(cluster_deploy)                                                                        \
	ROW(cluster_plan)                                                                          \
	ROW(cluster_list)                                                                          \
	ROW(cluster_show)                                                                          \
	ROW(cluster_status)                                                                        \
	ROW(cluster_start)                                                                         \
	ROW(cluster_stop)                                                                          \
	ROW(cluster_restart)                                                                       \
	ROW(cluster_upgrade_agent)                                                                 \
	ROW(cluster_delete)                                                                        \
	ROW(cluster_exec)                                                                          \
	ROW(cluster_logs)                                                                          \
	ROW(cluster_events)                                                                        \
	ROW(runtime_list)                                                                          \
	ROW(runtime_show)                                                                          \
	ROW(runtime_check)                                                                         \
	ROW(doctor)                                                                                \
	ROW(job_list)                                                                              \
	ROW(job_show)                                                                              \
	ROW(job_follow)                                                                            \
	ROW(job_resume)                                                                            \
	ROW(job_cancel)                                                                            \
	ROW(state_export)                                                                          \
	ROW(state_import)                                                                          \
	ROW(completion)                                                                            \
	ROW(help)                                                                                  \
	ROW(version)                                                                               \
	ROW(complete)                                                                              \
	ROW(generate)                                                                              \
	ROW(man)                                                                                   \
	ROW(selftest)

#define COMMAND_DECLARE(name) extern const struct cmd cmd_##name;
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

/* Every first word that has verbs, in the order of the help; noun_NAME is its row. */
#define NOUNS(ROW)                                                                                 \
	ROW(show)                                                                                  \
	ROW(dependency)                                                                            \
	ROW(cluster)                                                                               \
	ROW(runtime)                                                                               \
	ROW(job)                                                                                   \
	ROW(state)

#define NOUN_DECLARE(name) extern const struct cmd_noun noun_##name;
NOUNS(NOUN_DECLARE)
#undef NOUN_DECLARE

/* Both end with NULL. */
extern const struct cmd *const commands[];
extern const struct cmd_noun *const command_nouns[];

const char *command_group_title(enum cmd_group group);

/* The command with this path or alias, or NULL. */
const struct cmd *command_find(const char *path, size_t n);
/* The noun of this name, or NULL. */
const struct cmd_noun *command_noun(const char *name, size_t n);
/* True for the verbs of a noun. */
bool command_is_of(const struct cmd *c, const struct cmd_noun *noun);

/* What the first words name: one of the two is set. */
struct command_match {
	const struct cmd *cmd;
	const struct cmd_noun *noun;
};

/* Finds a command or noun by its first word. Returns 0.  Fails: USAGE, with what may have been
 * meant. */
int command_match_first(const char *word, struct command_match *m, struct ptx_error **err);
/* Finds the verb of m->noun and sets m->cmd. */
int command_match_verb(const char *word, struct command_match *m, struct ptx_error **err);
/* The two steps for words as people give them to `help` and `__man`. No words: neither is set. */
int command_match_words(const struct opt_list *words, struct command_match *m,
			struct ptx_error **err);

#endif
