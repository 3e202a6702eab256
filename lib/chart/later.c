/* SPDX-License-Identifier: Apache-2.0 */
/* later.c - contents that stay in the archive until somebody asks for them.
 *
 * Of a chart that is only rendered, large files that are neither templates nor values - those of crds/ above all - are seldom
 * read by anybody: only .Files, `--include-crds` and the like can ask for them. A lean chart keeps its archive instead, whose
 * soundness was checked to the end when it was loaded, and unpacks all such contents the first time that one is wanted.
 *
 * A large archive is not even kept in memory: its file stays open, so that it may be moved or replaced, and is read again.
 * It has to be the same then: in its times, its size, and its own sum, which ends a gzip stream and is checked again. */
#define PTX_AREA PTX_AREA_CHART
#include "chart.h"
#include "../base/fs.h"
#include "../package/archive.h"

#include <fcntl.h>
#include <unistd.h>

#define SMALLEST_LATER (UINT64_C(32) << 10) /* less is not worth it */
#define SMALLEST_AWAY  (UINT64_C(128) << 10)

bool ptxi_chart_wanted_now(const char *name, uint64_t size, void *user PTXI_UNUSED)
{
	static const char *const early[] = { "Chart.yaml",	   "Chart.lock",       "values.yaml", "values.schema.json",
					     "requirements.yaml", "requirements.lock", ".helmignore" };
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
	const struct ptxi_chart_file *f = slash ? ptxi_chart_files_find(&c->root->raw, slash + 1) : NULL;

	if (content.p && f && f->later)
		f->later->data = ptxi_chart_without_mark(content);
	return 0;
}

void ptxi_chart_drop_values_text(struct ptx_chart *c)
{
	struct ptxi_chart_file *f = c->root->values_file;
	struct ptxi_chart_later *later = NULL;

	if (!c->archive.n || !f || f->data.n < SMALLEST_LATER)
		return;
	later = ptxi_arena_alloc(c->arena, sizeof(*later));
	if (later && ptxi_arena_drop(c->arena, f->data.p, f->data.n + 1)) {
		f->later = later;
		f->data = ptxi_strn(NULL, 0);
	}
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

void ptxi_chart_put_away(struct ptx_chart *c)
{
	ptx_auto_fd fd = -1;
	struct ptxi_chart_away *away = &c->away;
	size_t n = c->archive.n;

	if (n < SMALLEST_AWAY)
		return;
	fd = open(c->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &away->st) < 0 || !S_ISREG(away->st.st_mode) || (uint64_t)away->st.st_size != n)
		return;
	memcpy(away->trailer, c->archive.p + n - sizeof(away->trailer), sizeof(away->trailer));
	away->fd = fd;
	fd = -1;
	ptx_buf_done(&c->archive);
}

void ptxi_chart_away_done(struct ptx_chart *c)
{
	if (c->away.fd >= 0)
		close(c->away.fd);
	c->away.fd = -1;
}

/* The archive as it was. */
static int take_back(struct ptx_chart *c, struct ptx_error **err)
{
	struct ptxi_chart_away *away = &c->away;
	size_t n = (size_t)away->st.st_size;
	struct stat st = { 0 };
	int rc = lseek(away->fd, 0, SEEK_SET) == 0 ? ptxi_fs_read_fd(away->fd, c->path, n, &c->archive, err) :
						     ptx_fail_errno(err, PTX_E_IO, errno, "cannot read '%s'", c->path);

	if (rc < 0)
		return rc;
	if (fstat(away->fd, &st) < 0 || !same_time(&st.st_mtim, &away->st.st_mtim) || c->archive.n != n ||
	    memcmp(c->archive.p + n - sizeof(away->trailer), away->trailer, sizeof(away->trailer)) != 0) {
		ptx_buf_done(&c->archive);
		return ptx_fail(err, PTX_E_CORRUPT, "'%s' was changed while it was in use", c->path);
	}
	return 0;
}

static int unpack(struct ptx_chart *c, struct ptx_error **err)
{
	const struct ptxi_archive_limits limits = { c->opts.max_bytes, c->opts.max_file_bytes, c->opts.max_files,
						    wanted_later };
	struct ptx_arena *a = ptx_arena_new(0);
	int rc = a ? ptxi_archive_read(a, ptx_buf_str(&c->archive), c->path, &limits, take, c, err) :
		     ptxi_chart_no_memory(err);

	if (rc < 0) {
		ptx_arena_free(a);
		return rc;
	}
	c->later = a;
	ptx_buf_done(&c->archive);
	ptxi_chart_away_done(c);
	return 0;
}

int ptxi_chart_unpack_rest(const struct ptx_chart *chart, struct ptx_error **err)
{
	struct ptx_chart *c = (struct ptx_chart *)chart; /* what changes is under the lock */
	int rc = 0;

	pthread_mutex_lock(&c->lock);
	if (c->away.fd >= 0 && !c->archive.n)
		rc = take_back(c, err);
	if (rc == 0 && c->archive.n)
		rc = unpack(c, err);
	pthread_mutex_unlock(&c->lock);
	return rc;
}

struct ptx_str ptxi_chart_file_text(const struct ptxi_chart_file *f)
{
	struct ptx_str text = f->later ? f->later->data : f->data;

	return text.p ? text : ptxi_strn("", 0);
}
