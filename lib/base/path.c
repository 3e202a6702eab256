/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - paths as text.
 *
 * Slashes only; the rules are those of Go's path package where a function has a counterpart there,
 * because charts and templates compare against it. ptxi_path_inside() is stricter than cleaning
 * would need: a name out of an archive that has to be argued about is refused.
 */
#define PTX_AREA PTX_AREA_BASE
#include "path.h"

char *ptxi_path_join(const char *dir, const char *name)
{
	size_t n = dir ? strlen(dir) : 0;

	if (n == 0)
		return ptxi_strdup(name);
	return ptxi_asprintf("%s%s%s", dir, dir[n - 1] == '/' ? "" : "/", name);
}

/* Drops the last part of out, but not the root's slash nor what `keep` bytes hold. */
static size_t drop_part(const char *out, size_t n, size_t keep)
{
	while (n > keep && out[n - 1] != '/')
		n--;
	return n > keep ? n - 1 : keep;
}

char *ptxi_path_clean(const char *path)
{
	bool rooted = path[0] == '/';
	size_t len = strlen(path);
	char *out = ptxi_alloc(len + 2);
	size_t n = 0;
	size_t keep = 0; /* out[0, keep) is what `..` cannot go above */

	if (!out)
		return NULL;
	if (rooted)
		out[n++] = '/';
	keep = n;
	for (size_t at = 0; at < len;) {
		size_t part = strcspn(path + at, "/");

		if (part == 0 || (part == 1 && path[at] == '.')) {
			at += part + 1;
			continue;
		}
		if (part == 2 && path[at] == '.' && path[at + 1] == '.') {
			if (n > keep) {
				n = drop_part(out, n, keep);
			} else if (!rooted) {
				if (n > 0)
					out[n++] = '/';
				out[n++] = '.';
				out[n++] = '.';
				keep = n;
			}
			at += part + 1;
			continue;
		}
		if (n > (rooted ? 1u : 0u))
			out[n++] = '/';
		memcpy(out + n, path + at, part);
		n += part;
		at += part + 1;
	}
	if (n == 0)
		out[n++] = '.';
	out[n] = '\0';
	return out;
}

bool ptxi_path_inside(struct ptx_str path)
{
	struct ptx_str rest = path;
	struct ptx_str part = { NULL, 0 };

	if (path.n == 0 || path.p[0] == '/' || memchr(path.p, '\\', path.n) ||
	    memchr(path.p, '\0', path.n))
		return false;
	while (ptxi_str_next(&rest, '/', &part))
		if (ptxi_str_is(part, ".."))
			return false;
	return true;
}

const char *ptxi_path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *ptxi_path_dir(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	if (!slash)
		return ptxi_strdup(".");
	while (n > 0 && path[n - 1] == '/')
		n--;
	return n == 0 ? ptxi_strdup("/") : ptxi_strndup(path, n);
}

const char *ptxi_path_ext(const char *path)
{
	const char *dot = strrchr(ptxi_path_base(path), '.');

	return dot ? dot : "";
}
