/* SPDX-License-Identifier: Apache-2.0 */
/* later.c - contents that stay in the archive until somebody asks for them.
 *
 * Of a chart that is only rendered, large files that are neither templates nor values - those of
 * crds/ above all - are seldom read by anybody: only .Files, `--include-crds` and the like can ask
 * for them. A lean chart keeps its archive instead, whose soundness was checked to the end when it
 * was loaded, and unpacks all such contents the first time that one is wanted.
 *
 * A large archive is never in memory as a whole: its file stays open, so that it may be moved or
 * replaced, and is read again. It has to be the same then: in its times, its size, and its own sum,
 * which ends a gzip stream and is checked again. */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../package/archive.h"

#include <fcntl.h>
#include <unistd.h>

#define SMALLEST_LATER (UINT64_C(32) << 10) /* less is not worth it */
#define SMALLEST_AWAY  (UINT64_C(128) << 10)

bool ptxi_chart_wanted_now(const char *name, uint64_t size, void *user PTXI_UNUSED)
{
	static const char *const early[] = { "Chart.yaml",        "Chart.lock",
					     "values.yaml",       "values.schema.json",
					     "requirements.yaml", "requirements.lock",
					     ".helmignore" };
	const char *slash = strchr(name, '/');

	if (size < SMALLEST_LATER || !slash)
		return true;
	name = slash + 1;
	/* As the chart sees it that it belongs to. What lies in charts/ itself is a chart. */
	while (strncmp(name, "charts/", 7) == 0) {
		slash = strchr(name + 7, '/');
		if (!slash)
			return true;
		name = slash + 1;
	}
	for (size_t i = 0; i < PTXI_COUNT(early); i++)
		if (strcmp(name, early[i]) == 0)
			return true;
	return strncmp(name, "templates/", 10) == 0;
}

static bool wanted_later(const char *name, uint64_t size, void *user)
{
	const struct ptx_chart *c = user;
	const struct ptxi_chart_file *values = c->root->values_file;
	const char *slash = strchr(name, '/');

	if (!ptxi_chart_wanted_now(name, size, NULL))
		return true;
	return values && values->later && slash && strcmp(slash + 1, values->name) == 0;
}

static int take(const char *name, struct ptx_str content, bool executable PTXI_UNUSED, void *user,
		struct ptx_error **err PTXI_UNUSED)
{
	const struct ptx_chart *c = user;
	const char *slash = strchr(name, '/');
	const struct ptxi_chart_file *f =
	    slash ? ptxi_chart_files_find(&c->root->raw, slash + 1) : NULL;

	if (content.p && f && f->later)
		f->later->data = ptxi_chart_without_mark(content);
	return 0;
}

void ptxi_chart_drop_values_text(struct ptx_chart *c, struct ptx_arena *files)
{
	struct ptxi_chart_file *f = c->root->values_file;
	struct ptxi_chart_later *later = NULL;

	if ((c->rest.fd < 0 && !c->rest.bytes.n) || !f || f->data.n < SMALLEST_LATER)
		return;
	later = ptxi_arena_alloc(c->arena, sizeof(*later));
	if (later && ptxi_arena_drop(files, f->data.p, f->data.n + 1)) {
		f->later = later;
		f->data = ptxi_strn(NULL, 0);
	}
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* The end of a file of a size. */
static bool read_trailer(int fd, off_t size, char trailer[8])
{
	return size >= 8 && pread(fd, trailer, 8, size - 8) == 8;
}

void ptxi_chart_rest_init(struct ptxi_chart_rest *r)
{
	*r = (struct ptxi_chart_rest){ .fd = -1 };
	ptx_buf_init(&r->bytes, 0);
}

bool ptxi_chart_rest_open(struct ptxi_chart_rest *r, const char *path)
{
	char begin[3] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd >= 0 && fstat(fd, &r->st) == 0 && S_ISREG(r->st.st_mode) &&
	    (uint64_t)r->st.st_size >= SMALLEST_AWAY &&
	    pread(fd, begin, sizeof(begin), 0) == sizeof(begin) &&
	    memcmp(begin, "\x1f\x8b\x08", sizeof(begin)) == 0 &&
	    read_trailer(fd, r->st.st_size, r->trailer)) {
		r->fd = fd;
		return true;
	}
	if (fd >= 0)
		close(fd);
	return false;
}

void ptxi_chart_rest_done(struct ptxi_chart_rest *r)
{
	ptx_buf_done(&r->bytes);
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

static bool is_as_it_was(const struct ptxi_chart_rest *r)
{
	char trailer[8] = "";
	struct stat st = { 0 };

	return fstat(r->fd, &st) == 0 && same_time(&st.st_mtim, &r->st.st_mtim) &&
	       st.st_size == r->st.st_size && read_trailer(r->fd, st.st_size, trailer) &&
	       memcmp(trailer, r->trailer, sizeof(trailer)) == 0;
}

/* The contents, whose sum is checked again. */
static int read_again(struct ptx_chart *c, struct ptx_arena *a,
		      const struct ptxi_archive_limits *limits, struct ptx_error **err)
{
	int rc = 1;

	if (c->rest.fd < 0)
		return ptxi_archive_read(a, ptx_buf_str(&c->rest.bytes), c->path, limits, take, c,
					 err);
	if (lseek(c->rest.fd, 0, SEEK_SET) == 0 && is_as_it_was(&c->rest))
		rc = ptxi_archive_read_plain(a, c->rest.fd, c->path, limits, take, c, err);
	return rc == 1
		   ? ptx_fail(err, PTX_E_CORRUPT, "'%s' was changed while it was in use", c->path)
		   : rc;
}

static int unpack(struct ptx_chart *c, struct ptx_error **err)
{
	const struct ptxi_archive_limits limits = { c->opts.max_bytes, c->opts.max_file_bytes,
						    c->opts.max_files, wanted_later };
	struct ptx_arena *a = ptx_arena_new(0);
	int rc = a ? read_again(c, a, &limits, err) : ptxi_chart_no_memory(err);

	if (rc < 0) {
		ptx_arena_free(a);
		return rc;
	}
	c->later = a;
	ptxi_chart_rest_done(&c->rest);
	return 0;
}

int ptxi_chart_unpack_rest(const struct ptx_chart *chart, struct ptx_error **err)
{
	struct ptx_chart *c = (struct ptx_chart *)chart; /* what changes is under the lock */
	int rc = 0;

	pthread_mutex_lock(&c->lock);
	if (c->rest.fd >= 0 || c->rest.bytes.n)
		rc = unpack(c, err);
	pthread_mutex_unlock(&c->lock);
	return rc;
}

struct ptx_str ptxi_chart_file_text(const struct ptxi_chart_file *f)
{
	struct ptx_str text = f->later ? f->later->data : f->data;

	return text.p ? text : ptxi_strn("", 0);
}
