/* SPDX-License-Identifier: Apache-2.0 */
/* volume.c - volumes. An engine answers 201 for a volume that is there already, whoever made it, so
 * the labels of the answer are looked at too. Sizes cannot be enforced without quotas of the file
 * system: that is said. */
#define PTX_AREA PTX_AREA_PROVIDER
#include "docker.h"

static int look(struct ptxi_docker *d, const char *name, json_t **out, struct ptx_error **err)
{
	ptx_auto_str path = ptxi_asprintf("/volumes/%s", name);

	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	if (ptxi_engine_look(d, path, out, err) < 0)
		return ptx_wrap(err, "while looking for volume '%s'", name);
	return 0;
}

static int adopt(const json_t *volume, const char *name, struct ptx_provider_call *call,
		 struct ptx_error **err)
{
	if (!ptxi_is_ours(json_object_get(volume, "Labels"), call->tags)) {
		ptx_fail(err, PTX_E_EXISTS,
			 "a volume '%s' exists that this installation did not make", name);
		ptxi_error_hint(err, "`podman volume inspect %s` shows it", name);
		return PTX_E_EXISTS;
	}
	ptx_value_set_string(call->result, "volume_id", name);
	return ptxi_arena_check(call->arena, err);
}

int ptxi_docker_volume_create(void *driver, struct ptx_provider_call *call, struct ptx_error **err)
{
	const char *name = ptxi_directive_name(call, "name", err);
	int64_t size = ptx_value_as_int(ptx_value_get(call->directive, "size_gib"), 0);
	ptxi_auto_json there = NULL;
	ptxi_auto_json body = NULL;
	ptxi_auto_json now = NULL;
	ptxi_auto_reply reply = { 0 };
	int code = 0;

	if (!name)
		return PTX_E_INVALID;
	code = look(driver, name, &there, err);
	if (code < 0)
		return code;
	if (there)
		return adopt(there, name, call, err);
	body = json_pack("{s:s, s:s, s:o}", "Name", name, "Driver", "local", "Labels",
			 ptxi_tags_json(call->tags));
	if (!body)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a request to the engine");
	if (size > 0)
		ptxi_provider_say(call,
				  "volume %s: the size of %lld GiB is not enforced by this engine",
				  name, (long long)size);
	if (ptxi_engine_call(driver, "POST", "/volumes/create", body, NULL, &reply, err) < 0)
		return ptx_wrap(err, "while creating volume '%s'", name);
	if (reply.status >= 200 && reply.status < 300 && json_object_get(reply.json, "Name"))
		return adopt(reply.json, name, call, err);
	code = look(driver, name, &now, err);
	if (code < 0)
		return code;
	return now ? adopt(now, name, call, err)
		   : ptxi_engine_refused(&reply, "creating a volume", err);
}

int ptxi_docker_volume_delete(void *driver, struct ptx_provider_call *call, struct ptx_error **err)
{
	const char *name = ptxi_directive_name(call, "name", err);
	ptxi_auto_json there = NULL;
	ptxi_auto_reply reply = { 0 };
	ptx_auto_str path = name ? ptxi_asprintf("/volumes/%s", name) : NULL;
	int code = 0;

	if (!name)
		return PTX_E_INVALID;
	if (!path)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a path");
	code = look(driver, name, &there, err);
	if (code < 0)
		return code;
	if (!there || !ptxi_is_ours(json_object_get(there, "Labels"), call->tags))
		return 0;
	if (ptxi_engine_call(driver, "DELETE", path, NULL, NULL, &reply, err) < 0)
		return ptx_wrap(err, "while deleting volume '%s'", name);
	if (reply.status == 404 || (reply.status >= 200 && reply.status < 300))
		return 0;
	return ptxi_engine_refused(&reply, "deleting a volume", err);
}
