/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - what a user has set as the default of options.
 *
 * The file is a YAML map. A key at the top is the long name of an option, for all commands that
 * have it, or a command's path with a map of its own:
 *
 *     color: never
 *     cluster deploy:
 *       timeout: 30m
 *
 * The command line and the environment win over it. A key that is no option is an error, not
 * silence: a default that does not work is worse than none.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "config.h"

#define MOST_BYTES (1u << 20)

struct config {
	struct ptx_arena *arena;
	struct ptx_value *values;
};

static bool find_file(char *path, size_t size, bool *asked_for)
{
	const char *file = getenv("PITRIX_DEFAULTS");
	const char *xdg = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	int n = 0;

	*asked_for = file && *file;
	if (*asked_for)
		n = snprintf(path, size, "%s", file);
	else if (xdg && *xdg == '/')
		n = snprintf(path, size, "%s/pitrix/defaults.yaml", xdg);
	else if (home && *home == '/')
		n = snprintf(path, size, "%s/.config/pitrix/defaults.yaml", home);
	return n > 0 && (size_t)n < size;
}

static int read_file(const char *path, bool asked_for, struct ptx_buf *out, struct ptx_error **err)
{
	FILE *f = fopen(path, "r");
	int rc = 0;

	if (!f && (errno == ENOENT || errno == ENOTDIR) && !asked_for)
		return 0;
	if (!f) {
		rc = errno == EACCES ? PTX_E_DENIED : errno == ENOENT ? PTX_E_NOT_FOUND : PTX_E_IO;
		ptx_error_set(err, rc, "cannot read the configuration '%s': %s", path,
			      strerror(errno));
		return rc;
	}
	for (;;) {
		char chunk[4096];
		size_t n = fread(chunk, 1, sizeof(chunk), f);

		ptx_buf_add(out, chunk, n);
		if (n < sizeof(chunk))
			break;
	}
	if (ferror(f)) {
		rc = PTX_E_IO;
		ptx_error_set(err, rc, "cannot read the configuration '%s': %s", path,
			      strerror(errno));
	} else if (!ptx_buf_ok(out)) {
		rc = PTX_E_CONFIG;
		ptx_error_set(err, rc, "the configuration '%s' is larger than 1 MiB", path);
	}
	fclose(f);
	return rc;
}

static int bad(const char *path, const struct ptx_value *at, struct ptx_error **err,
	       const char *what, const char *key)
{
	ptx_error_set(err, PTX_E_CONFIG, "%s:%u: %s '%s'", path, ptx_value_where(at).line, what,
		      key);
	return PTX_E_CONFIG;
}

/* Turns a scalar into the text that the option's reader takes. */
static int settle(struct config *c, const char *path, struct ptx_value *map, const char *key,
		  struct ptx_value *v, struct ptx_error **err)
{
	char text[64] = "";

	switch (ptx_value_kind(v)) {
	case PTX_STRING:
	case PTX_NUMBER:
		ptx_value_set(map, key, ptx_value_strn(c->arena, ptx_value_str(v)));
		return 0;
	case PTX_BOOL:
		ptx_value_set_string(map, key, ptx_value_as_bool(v, false) ? "true" : "false");
		return 0;
	case PTX_INT:
		snprintf(text, sizeof(text), "%lld", (long long)ptx_value_as_int(v, 0));
		ptx_value_set_string(map, key, text);
		return 0;
	default:
		return bad(path, v, err, "there is no single value at", key);
	}
}

static bool may_be_set(const struct opt *o)
{
	return o && strcmp(o->name, "help") != 0 && strcmp(o->name, "version") != 0;
}

static bool any_has(const char *name, size_t n)
{
	if (may_be_set(opt_by_name(cli_global_opts, name, n)))
		return true;
	for (const struct cmd *const *c = commands; *c; c++)
		if (opt_by_name((*c)->opts, name, n))
			return true;
	return false;
}

static int check_command(struct config *c, const char *path, const struct cmd *cmd,
			 struct ptx_value *map, struct ptx_error **err)
{
	int rc = 0;

	for (size_t i = 0; i < ptx_value_count(map) && rc == 0; i++) {
		struct ptx_str key = { 0 };
		struct ptx_value *v = ptx_value_entry(map, i, &key);

		if (!opt_by_name(cmd->opts, key.p, key.n) &&
		    !may_be_set(opt_by_name(cli_global_opts, key.p, key.n)))
			return bad(path, v, err, "the command has no option", key.p);
		rc = settle(c, path, map, key.p, v, err);
	}
	return rc;
}

static int check(struct config *c, const char *path, struct ptx_error **err)
{
	int rc = 0;

	if (ptx_value_kind(c->values) != PTX_MAP && ptx_value_kind(c->values) != PTX_NULL)
		return bad(path, c->values, err, "a map of options is expected, not",
			   ptx_value_kind_name(c->values));
	for (size_t i = 0; i < ptx_value_count(c->values) && rc == 0; i++) {
		struct ptx_str key = { 0 };
		struct ptx_value *v = ptx_value_entry(c->values, i, &key);
		const struct cmd *cmd = command_find(key.p, key.n);

		if (cmd && ptx_value_kind(v) == PTX_MAP)
			rc = check_command(c, path, cmd, v, err);
		else if (any_has(key.p, key.n))
			rc = settle(c, path, c->values, key.p, v, err);
		else
			rc = bad(path, v, err, "there is no option or command", key.p);
	}
	return rc;
}

int config_load(struct config **out, struct ptx_error **err)
{
	struct ptx_read_opts opts = PTX_READ_OPTS_INIT;
	struct config *c = NULL;
	struct ptx_buf text;
	bool asked_for = false;
	char path[4096] = "";
	int rc = 0;

	*out = NULL;
	if (!find_file(path, sizeof(path), &asked_for))
		return 0;
	ptx_buf_init(&text, MOST_BYTES);
	rc = read_file(path, asked_for, &text, err);
	if (rc == 0 && text.n) {
		opts.file = path;
		c = calloc(1, sizeof(*c));
		if (c)
			c->arena = ptx_arena_new(16u << 20);
		if (!c || !c->arena) {
			rc = PTX_E_NOMEM;
			ptx_error_set(err, rc, "out of memory");
		} else {
			c->values = ptx_yaml_parse(c->arena, ptx_buf_str(&text), &opts, err);
			rc = c->values ? check(c, path, err) : ptx_error_code(*err);
		}
	}
	ptx_buf_done(&text);
	if (rc < 0) {
		config_free(c);
		return rc;
	}
	*out = c;
	return 0;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	ptx_arena_free(c->arena);
	free(c);
}

const char *config_get(const struct config *c, const struct cmd *cmd, const struct opt *o)
{
	const char *own = NULL;

	if (!c || !may_be_set(o))
		return NULL;
	own =
	    ptx_value_as_string(ptx_value_get(ptx_value_get(c->values, cmd->path), o->name), NULL);
	return own ? own : ptx_value_as_string(ptx_value_get(c->values, o->name), NULL);
}
