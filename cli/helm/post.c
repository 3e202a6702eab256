/* SPDX-License-Identifier: Apache-2.0 */
/* post.c - the program of --post-renderer, found as Go's exec.LookPath finds it, with its words
 * where it does not. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helm.h"

/* 0, or why a file is no program. */
static int why_not(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return st.st_mode & 0111 ? 0 : EACCES;
}

/* The first of PATH that is a program, into full. */
static bool look_for(const char *name, struct ptx_buf *full)
{
	const char *path = getenv("PATH");

	for (const char *p = path ? path : ""; *p;) {
		size_t n = strcspn(p, ":");

		ptx_buf_clear(full);
		ptx_buf_add(full, p, n);
		ptx_buf_printf(full, "%s%s", n ? "/" : "", name);
		if (ptx_buf_ok(full) && why_not(full->p) == 0)
			return true;
		p += n + (p[n] == ':');
	}
	return false;
}

static int not_found(const char *name, int why, struct ptx_error **err)
{
	char text[PATH_MAX + 64] = "executable file not found in $PATH";

	if (why == EACCES)
		snprintf(text, sizeof(text), "permission denied");
	else if (why == EISDIR)
		snprintf(text, sizeof(text), "is a directory");
	else if (why)
		snprintf(text, sizeof(text), "stat %s: %s", name,
			 why == ENOENT ? "no such file or directory" : strerror(why));
	ptx_error_set(err, PTX_E_USAGE,
		      "invalid argument \"%s\" for \"--post-renderer\" flag: unable to find binary "
		      "at %s: exec: \"%s\": %s",
		      name, name, name, text);
	return PTX_E_USAGE;
}

int helm_post_renderer(struct helm *h, struct ptx_error **err)
{
	const char *name = h->args.post_renderer;
	size_t n = h->args.post_renderer_args.n;
	const char **argv = NULL;
	char here[PATH_MAX] = "";
	struct ptx_buf full;
	int why = 0;
	int rc = 0;

	if (!name || !name[0])
		return 0;
	ptx_buf_init(&full, 0);
	if (strchr(name, '/')) {
		why = why_not(name);
		rc = why ? not_found(name, why, err) : 0;
		while (strncmp(name, "./", 2) == 0)
			name += 2;
		if (name[0] != '/' && getcwd(here, sizeof(here)))
			ptx_buf_printf(&full, "%s/", here);
		ptx_buf_adds(&full, name);
	} else if (!look_for(name, &full)) {
		rc = not_found(name, 0, err);
	}
	argv = rc == 0 ? calloc(n + 2, sizeof(*argv)) : NULL;
	if (argv) {
		argv[0] = ptx_value_as_string(ptx_value_string(h->arena, full.p), NULL);
		for (size_t i = 0; i < n; i++)
			argv[i + 1] = h->args.post_renderer_args.items[i];
	}
	if (rc == 0 && (!argv || !argv[0] || !ptx_buf_ok(&full))) {
		ptx_error_set(err, PTX_E_NOMEM, "out of memory");
		rc = PTX_E_NOMEM;
	}
	ptx_buf_done(&full);
	h->args.template.post_renderer = argv; /* freed with the arguments */
	return rc;
}
