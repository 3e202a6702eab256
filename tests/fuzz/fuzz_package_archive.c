/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_package_archive.c - whatever comes out of an archive has a plain name, and in all no more
 * than is allowed. */
#include <stdlib.h>

#include "base/path.h"
#include "fuzz.h"
#include "package/archive.h"

static const struct ptxi_archive_limits limits = { 1 << 20, 1 << 18, 200 };

struct seen {
	uint64_t bytes;
	size_t count;
};

static int on_file(const char *name, struct ptx_str content, bool executable, void *user,
		   struct ptx_error **err)
{
	struct seen *s = user;

	(void)executable;
	(void)err;
	s->bytes += content.n;
	s->count++;
	if (!ptxi_path_inside(ptxi_str(name)) || content.p[content.n] != '\0')
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct seen seen = { 0 };
	ptx_auto(error) err = NULL;
	int rc = ptxi_archive_read(a, ptxi_strn((const char *)data, size), "x", &limits, on_file,
				   &seen, &err);

	if ((rc < 0) != (err != NULL) || seen.bytes > limits.max_bytes ||
	    seen.count > limits.max_files)
		abort();
	if (rc < 0 && seen.count)
		abort();
	return 0;
}
