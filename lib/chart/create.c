/* SPDX-License-Identifier: Apache-2.0 */
/* create.c - begins a chart. */
#define PTX_AREA PTX_AREA_CHART
#include "create.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../text/gostring.h"

#define LONGEST_NAME 250u

static int check_name(const char *name, struct ptx_error **err)
{
	if (!name[0] || strlen(name) > LONGEST_NAME)
		return ptx_fail(err, PTX_E_INVALID,
				"chart name must be between 1 and %u characters", LONGEST_NAME);
	for (const char *p = name; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		      (*p >= '0' && *p <= '9') || strchr("._-", *p)))
			return ptx_fail(err, PTX_E_INVALID,
					"chart name must match the regular expression \"%s\"",
					"^[a-zA-Z0-9._-]+$");
	return 0;
}

static int write_one(const char *folder, const char *name, const struct ptxi_chart_starter *s,
		     void (*exists)(const char *path, void *user), void *user,
		     struct ptx_error **err)
{
	ptx_auto_str path = ptxi_path_join(folder, s->path);
	ptx_auto_str dir = path ? ptxi_path_dir(path) : NULL;
	ptx_auto_buf text = { 0 };
	int rc = 0;

	if (!dir)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (ptxi_fs_exists(path) && exists)
		exists(path, user);
	rc = ptxi_fs_mkdirs(dir, 0755, err);
	if (rc < 0)
		return rc;
	ptx_buf_init(&text, 0);
	ptxi_text_replace(ptxi_str(s->text), PTXI_STR("@NAME@"), ptxi_str(name), SIZE_MAX, &text);
	if (!ptx_buf_ok(&text))
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	return ptxi_fs_write(path, ptx_buf_str(&text), 0644, err);
}

int ptx_chart_create(const char *folder, void (*exists)(const char *path, void *user), void *user,
		     struct ptx_error **err)
{
	ptx_auto_str clean = ptxi_path_clean(folder);
	const char *name = clean ? ptxi_path_base(clean) : "";
	ptx_auto_str given = clean ? ptxi_path_dir(clean) : NULL;
	ptx_auto_str whole = given ? ptxi_fs_absolute(given, err) : NULL;
	ptx_auto_str above = whole ? ptxi_path_clean(whole) : NULL;
	ptx_auto_str full = above ? ptxi_path_join(above, name) : NULL;
	ptx_auto_str charts = full ? ptxi_path_join(full, "charts") : NULL;
	int rc = 0;

	if (!charts)
		return err && *err ? ptx_error_code(*err) : ptxi_chart_no_memory(err);
	rc = check_name(name, err);
	if (rc < 0)
		return rc;
	if (!ptxi_fs_exists(above))
		return ptx_fail(err, PTX_E_NOT_FOUND, "stat %s: no such file or directory", above);
	if (!ptxi_fs_is_dir(above))
		return ptx_fail(err, PTX_E_INVALID, "no such directory %s", above);
	if (ptxi_fs_exists(full) && !ptxi_fs_is_dir(full))
		return ptx_fail(err, PTX_E_EXISTS, "file %s already exists and is not a directory",
				full);
	for (const struct ptxi_chart_starter *s = ptxi_chart_starter; rc == 0 && s->path; s++)
		rc = write_one(full, name, s, exists, user, err);
	return rc < 0 ? rc : ptxi_fs_mkdirs(charts, 0755, err);
}
