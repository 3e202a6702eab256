/* SPDX-License-Identifier: Apache-2.0 */
/* deploy.c - from a package and answers to a recorded cluster and the job that creates it.
 *
 * Everything is checked and planned first; then one commit writes the cluster, its nodes, the VPC
 * (new, or with one more cluster), all secrets and the job with its plan. Before that commit
 * nothing exists, after it everything can be resumed or deleted. The locks are held from the first
 * look to the commit.
 */
#define PTX_AREA PTX_AREA_FRONT
#include "../base/ptxi.h"
#include "front.h"
#include "links.h"
#include "saved.h"
#include "secrets.h"

#include "../base/encode.h"
#include "../base/opts.h"
#include "../base/rand.h"

#define MOST_NAME       40u
#define FRONTGATE_IMAGE "frontgate" /* every runtime has one of this name */

struct deploy {
	struct ptx_store *st;
	struct ptx_package *pkg;
	struct ptx_deploy_opts o;
	struct ptx_arena *arena;
	struct ptxi_world world;
	struct ptx_rendered rendered;
	struct ptxi_spec *spec;
	struct ptxi_cluster *cluster;
	struct ptxi_commit *commit;
	const char *vpc_name;
	char name[MOST_NAME + 1];
	bool vpc_is_new;
};

/* --- the name --- */

static int choose_name(struct deploy *d, struct ptx_error **err)
{
	const char *from = d->o.name ? d->o.name : d->spec->name;
	size_t n = 0;

	if (d->o.name) {
		size_t length = strlen(from);

		if (length > MOST_NAME || from[0] < 'a' || from[0] > 'z' ||
		    strspn(from, "abcdefghijklmnopqrstuvwxyz0123456789-") != length ||
		    from[length - 1] == '-')
			return ptx_fail(err, PTX_E_INVALID,
					"'%s' is no name of a cluster: a lower-case letter, then "
					"up to %u of a-z, 0-9 and -",
					from, MOST_NAME - 1);
		memcpy(d->name, from, length + 1);
		return 0;
	}
	for (; *from && n < MOST_NAME; from++) {
		char c = *from >= 'A' && *from <= 'Z' ? (char)(*from - 'A' + 'a') : *from;

		if ((c >= 'a' && c <= 'z') || (n && c >= '0' && c <= '9'))
			d->name[n++] = c;
		else if (n && d->name[n - 1] != '-')
			d->name[n++] = '-';
	}
	while (n && d->name[n - 1] == '-')
		n--;
	d->name[n] = '\0';
	if (!n)
		return ptx_fail(
		    err, PTX_E_INVALID,
		    "the name '%s' of the conf gives no name for the cluster; choose one",
		    d->spec->name);
	return 0;
}

/* --- render and check --- */

/* "env.K", or "nodes[N].env.K". */
static bool in_env(const char *path)
{
	const char *bracket = strncmp(path, "nodes[", 6) == 0 ? strchr(path, ']') : NULL;

	return strncmp(bracket ? bracket + 1 : path, bracket ? ".env." : "env.", bracket ? 5 : 4) ==
	       0;
}

static int render(struct deploy *d, struct ptx_error **err)
{
	struct ptx_render_opts ro = PTX_RENDER_OPTS_INIT;
	int rc = 0;

	ro.reveal_secrets = true;
	ro.diags = d->o.diags;
	rc = ptx_package_render(d->pkg, d->arena, d->o.answers, &ro, &d->rendered, err);
	if (rc < 0)
		return ptx_wrap(err, "while rendering package '%s'", ptx_package_path(d->pkg));
	for (size_t i = 0; i < ptx_value_count(d->rendered.secrets); i++) {
		const char *path = ptx_value_as_string(ptx_value_at(d->rendered.secrets, i), "");

		if (!in_env(path))
			return ptx_fail(err, PTX_E_INVALID,
					"%s: a password stands outside of env, where it would be "
					"recorded and shown",
					path);
	}
	d->spec = ptxi_spec_load(d->arena, d->rendered.conf, err);
	if (!d->spec)
		return PTX_E_INVALID;
	for (size_t i = 0; i < d->spec->role_count; i++)
		if (d->spec->roles[i].count)
			return choose_name(d, err);
	return ptx_fail(err, PTX_E_INVALID, "the conf has no node");
}

/* --- the VPC --- */

struct vpc_search {
	struct deploy *d;
	const char *id;
};

static int match_vpc(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		     struct ptx_error **err)
{
	struct vpc_search *s = user;

	(void)key;
	(void)rev;
	(void)err;
	if (strcmp(ptx_value_as_string(ptx_value_get(doc, "name"), ""), s->d->vpc_name) == 0 &&
	    strcmp(ptx_value_as_string(ptx_value_get(doc, "runtime"), ""),
		   s->d->world.runtime->name) == 0 &&
	    strcmp(ptx_value_as_string(ptx_value_get(doc, "status"), ""), "deleting") != 0)
		s->id =
		    ptxi_arena_str(s->d->arena, ptx_value_as_string(ptx_value_get(doc, "id"), ""));
	return 0;
}

static char *draw_id(struct deploy *d, const char *prefix, struct ptx_error **err)
{
	char id[PTXI_ID_MAX] = "";

	if (ptxi_rand_id(ptx_store_ctx(d->st), prefix, id, err) < 0)
		return NULL;
	return ptxi_arena_str(d->cluster->arena, id);
}

static int new_vpc(struct deploy *d, struct ptx_error **err)
{
	struct ptx_arena *a = d->cluster->arena;
	struct ptxi_vpc *v = ptxi_arena_alloc(a, sizeof(*v));

	if (!v)
		return ptxi_arena_check(a, err);
	v->id = draw_id(d, "vpc", err);
	v->frontgate.id = v->id ? draw_id(d, "node", err) : NULL;
	if (!v->frontgate.id)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	v->name = ptxi_arena_str(a, d->vpc_name);
	v->runtime = ptxi_arena_str(a, d->world.runtime->name);
	v->status = "pending";
	v->frontgate_image = FRONTGATE_IMAGE;
	v->frontgate.role = "frontgate";
	v->frontgate.status = "pending";
	v->frontgate.server_id = 1;
	v->clusters = ptx_value_list(a);
	v->running = ptx_value_list(a);
	v->addresses = ptx_value_map(a);
	v->images = ptx_value_map(a);
	d->cluster->vpc = v;
	d->vpc_is_new = true;
	return ptxi_arena_check(a, err);
}

/* The root key of a new VPC, once its id is known for certain. */
static int make_root(struct deploy *d, struct ptx_error **err)
{
	struct ptxi_vpc *v = d->cluster->vpc;
	char *secret = ptxi_pilot_vpc_new(ptx_store_ctx(d->st), v->id, err);

	if (!secret)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	v->secret = ptxi_arena_printf(d->cluster->arena, "%s.root", v->id);
	if (v->secret)
		ptxi_commit_secret(d->commit, v->secret, ptxi_str(secret));
	ptxi_free_secret(secret);
	return ptxi_arena_check(d->cluster->arena, err);
}

/* The VPC that the cluster will be in: recorded, or new. */
static int find_vpc(struct deploy *d, struct ptx_error **err)
{
	struct vpc_search s = { .d = d };
	struct ptxi_cluster *c = d->cluster;
	ptx_auto_str key = NULL;
	int64_t rev = 0;
	int rc = ptxi_store_each(d->st, "vpcs/", 0, match_vpc, &s, err);

	if (rc < 0)
		return rc;
	if (s.id) {
		const struct ptx_value *doc = NULL;

		key = ptxi_asprintf("vpcs/%s", s.id);
		doc = key ? ptxi_store_get(d->st, key, d->arena, &rev, err) : NULL;
		c->vpc = doc ? ptxi_vpc_load(c->arena, doc, err) : NULL;
		if (!c->vpc)
			return err && *err ? ptx_error_code(*err) : PTX_E_CORRUPT;
		c->vpc->doc.rev = rev;
		return 0;
	}
	return new_vpc(d, err);
}

static int join_vpc(struct deploy *d, struct ptx_error **err)
{
	struct ptxi_cluster *c = d->cluster;
	int rc = d->vpc_is_new ? make_root(d, err) : 0;

	c->vpc_id = c->vpc->id;
	c->vpc->doc.dirty = true;
	ptxi_vpc_join(c->arena, &c->vpc->clusters, c->id);
	ptxi_vpc_join(c->arena, &c->vpc->running, c->id);
	return rc < 0 ? rc : ptxi_arena_check(c->arena, err);
}

/* --- the record --- */

static void set_source(struct deploy *d, struct ptx_value *to, const char *image)
{
	const char *given = ptx_value_as_string(ptx_value_get(d->o.images, image), NULL);
	const char *source = given ? given : ptxi_runtime_image(d->world.runtime, image);

	if (source)
		ptx_value_set_string(to, image, source);
}

static int describe_package(struct deploy *d, struct ptx_error **err)
{
	struct ptxi_cluster *c = d->cluster;
	ptx_auto_str digest = ptx_package_digest(d->pkg, err);

	if (!digest)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	c->package = ptx_value_map(c->arena);
	ptx_value_set_string(c->package, "name", ptx_package_name(d->pkg));
	ptx_value_set_string(c->package, "version", ptx_package_version(d->pkg));
	ptx_value_set_string(c->package, "app_version", ptx_package_app_version(d->pkg));
	ptx_value_set_string(c->package, "source", ptx_package_path(d->pkg));
	ptx_value_set_string(c->package, "digest", digest);
	c->images = ptx_value_map(c->arena);
	for (size_t i = 0; i < d->spec->role_count; i++)
		set_source(d, c->images, d->spec->roles[i].image);
	set_source(d, c->images, FRONTGATE_IMAGE);
	return ptxi_arena_check(c->arena, err);
}

static int make_tokens(struct deploy *d, struct ptx_error **err)
{
	struct ptxi_cluster *c = d->cluster;

	for (size_t i = 0; i < c->node_count; i++) {
		unsigned char bytes[32];
		ptx_auto_buf text = { 0 };
		int rc = ptxi_ctx_random(ptx_store_ctx(d->st), bytes, sizeof(bytes), err);

		if (rc < 0)
			return rc;
		ptx_buf_init(&text, 0);
		ptxi_base64_encode(PTXI_BASE64_RAW_URL,
				   ptxi_strn((const char *)bytes, sizeof(bytes)), &text);
		c->nodes[i]->token = ptxi_arena_printf(c->arena, "%s.token", c->nodes[i]->id);
		if (c->nodes[i]->token)
			ptxi_commit_secret(d->commit, c->nodes[i]->token, ptx_buf_str(&text));
		ptxi_wipe(bytes, sizeof(bytes));
		ptxi_wipe(text.p, text.n);
	}
	return ptxi_arena_check(c->arena, err);
}

static int take_secrets(struct deploy *d, struct ptx_error **err)
{
	struct ptxi_cluster *c = d->cluster;
	ptx_auto_str of_conf = ptxi_asprintf("%s.conf", c->id);
	ptx_auto_str of_answers = ptxi_asprintf("%s.answers", c->id);
	const struct ptx_value *paths = ptx_package_secrets(d->pkg, d->arena, err);
	int rc = 0;

	if (!paths || !of_conf || !of_answers)
		return err && *err ? ptx_error_code(*err)
				   : ptx_fail(err, PTX_E_NOMEM, "out of memory");
	c->conf = ptx_value_copy(c->arena, d->rendered.conf);
	c->answers = ptx_value_copy(c->arena, d->rendered.answers);
	rc = ptxi_arena_check(c->arena, err);
	if (rc == 0)
		rc = ptxi_secrets_take(d->commit, c->conf, d->rendered.secrets, of_conf, err);
	return rc == 0 ? ptxi_secrets_take(d->commit, c->answers, paths, of_answers, err) : rc;
}

static int make_record(struct deploy *d, struct ptx_error **err)
{
	struct ptxi_cluster *c = d->cluster = ptxi_cluster_new(err);
	const char *owner = c ? ptxi_store_owner(d->st, err) : NULL;
	int rc = 0;

	d->commit = owner ? ptxi_commit_new(d->st, err) : NULL;
	if (!d->commit)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	c->id = draw_id(d, "cl", err);
	if (!c->id)
		return PTX_E_NOMEM;
	c->name = ptxi_arena_str(c->arena, d->name);
	c->status = PTXI_PENDING;
	/* Who loaded it failed, or there is one. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	c->runtime = ptxi_arena_str(c->arena, d->world.runtime->name);
	c->provider = d->world.runtime->provider->name;
	c->zone = ptxi_arena_str(c->arena, d->world.runtime->zone);
	c->subnet = ptxi_arena_str(c->arena, *d->spec->subnet ? d->spec->subnet : "default");
	c->owner = ptxi_arena_str(c->arena, owner);
	c->created_ns = c->updated_ns = ptxi_ctx_now(ptx_store_ctx(d->st));
	c->doc.dirty = true;
	rc = describe_package(d, err);
	if (rc == 0)
		rc = ptxi_cluster_make_nodes(ptx_store_ctx(d->st), c, d->spec, err);
	if (rc == 0)
		rc = find_vpc(d, err);
	if (rc == 0 && d->o.plan)
		rc = ptxi_saved_take_ids(d->o.plan, c, err);
	if (rc == 0)
		rc = join_vpc(d, err);
	if (rc == 0)
		rc = make_tokens(d, err);
	if (rc == 0)
		rc = take_secrets(d, err);
	return rc == 0 ? ptxi_links_resolve(d->st, c, err) : rc;
}

/* What the plan was made of: enough to make it again, but for the secrets. In d's arena. */
static struct ptx_value *make_basis(struct deploy *d, struct ptx_error **err)
{
	const struct ptxi_cluster *c = d->cluster;
	struct ptx_value *basis = ptx_value_map(d->arena);
	struct ptx_value *package = ptx_value_copy(d->arena, c->package);
	const struct ptx_value *paths = ptx_package_secrets(d->pkg, d->arena, err);
	char *absolute = realpath(ptx_package_path(d->pkg), NULL);

	if (!paths) {
		free(absolute);
		return NULL;
	}
	/* One that was saved says where its package lay then. */
	ptx_value_set_string(package, "source",
			     d->o.plan && ptx_plan_source(d->o.plan) ? ptx_plan_source(d->o.plan)
			     : absolute                              ? absolute
								     : ptx_package_path(d->pkg));
	free(absolute);
	ptx_value_set(basis, "package", package);
	ptx_value_set_string(basis, "runtime", c->runtime);
	ptx_value_set_string(basis, "vpc", d->vpc_name);
	ptx_value_set(basis, "images",
		      d->o.images ? ptx_value_copy(d->arena, d->o.images)
				  : ptx_value_map(d->arena));
	ptx_value_set(basis, "answers", ptxi_saved_answers(d->arena, d->o.answers, paths));
	if (ptx_value_count(ptx_value_get(c->conf, "links")))
		ptx_value_set(basis, "links",
			      ptx_value_copy(d->arena, ptx_value_get(c->conf, "links")));
	ptx_value_set(basis, "ids", ptxi_saved_ids(d->arena, c));
	return ptxi_arena_check(d->arena, err) < 0 ? NULL : basis;
}

static struct ptx_plan *make_plan(struct deploy *d, struct ptx_error **err)
{
	const struct ptxi_cluster *c = d->cluster;
	struct ptxi_spec *recorded = ptxi_spec_load(d->arena, c->conf, err);
	struct ptxi_plan_input in = { .cluster = c, .spec = recorded };
	ptx_auto(plan) plan = NULL;
	const struct ptx_value *basis = NULL;

	if (!recorded)
		return NULL;
	/* Whether an active VPC's Frontgate runs is its first task's to find out: it is mended
	 * there. */
	in.frontgate_up = false;
	plan = ptxi_op_plan(ptxi_op_find("create"), &in, err);
	basis = plan ? make_basis(d, err) : NULL;
	if (!basis || ptxi_plan_set_basis(plan, basis, err) < 0)
		return NULL;
	if (d->o.plan && ptxi_saved_check(d->o.plan, plan, err) < 0)
		return NULL;
	return ptx_steal(&plan);
}

/* A plan that was saved says what is deployed; only secrets and the package itself come from
 * elsewhere. */
static int take_plan(struct deploy *d, struct ptx_error **err)
{
	const struct ptx_plan *p = d->o.plan;
	const struct ptx_value *was = ptx_value_get(ptx_value_get(p->basis, "package"), "digest");
	ptx_auto_str digest = NULL;

	if (strcmp(p->operation, "create") != 0 || ptx_value_kind(p->basis) != PTX_MAP)
		return ptx_fail(err, PTX_E_INVALID,
				"this is a plan to %s cluster '%s', not to create one",
				p->operation, p->name);
	digest = ptx_package_digest(d->pkg, err);
	if (!digest)
		return err && *err ? ptx_error_code(*err) : PTX_E_NOMEM;
	if (strcmp(digest, ptx_value_as_string(was, "")) != 0)
		return ptxi_saved_stale(p, err, "its package is not the one that it was made of");
	d->o.name = p->name;
	d->o.runtime = ptx_value_as_string(ptx_value_get(p->basis, "runtime"), NULL);
	d->o.vpc = ptx_value_as_string(ptx_value_get(p->basis, "vpc"), NULL);
	d->o.images = ptx_value_get(p->basis, "images");
	d->o.answers =
	    ptxi_saved_fill(d->arena, ptx_value_get(p->basis, "answers"), d->o.answers, err);
	return d->o.answers ? 0 : PTX_E_INVALID;
}

static int prepare(struct deploy *d, struct ptx_package *pkg, struct ptx_store *st,
		   const struct ptx_deploy_opts *opts, struct ptx_error **err)
{
	int rc = 0;

	*d = (struct deploy){ .st = st, .pkg = pkg, .arena = ptx_arena_new(0) };
	if (!d->arena)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	rc = PTXI_OPTS_READ(&d->o, opts, err);
	if (rc == 0 && d->o.plan)
		rc = take_plan(d, err);
	d->vpc_name = d->o.vpc ? d->o.vpc : "default";
	if (rc == 0)
		rc = render(d, err);
	return rc == 0 ? ptxi_world_open(st, d->o.runtime, &d->world, err) : rc;
}

static void done(struct deploy *d)
{
	ptxi_commit_free(d->commit);
	ptxi_cluster_free(d->cluster);
	ptxi_world_close(&d->world);
	ptx_arena_free(d->arena);
}

struct ptx_plan *ptx_cluster_plan_deploy(struct ptx_store *st, struct ptx_package *pkg,
					 const struct ptx_deploy_opts *opts, struct ptx_error **err)
{
	struct deploy d;
	struct ptx_plan *plan = NULL;
	int rc = prepare(&d, pkg, st, opts, err);

	if (rc == 0)
		rc = make_record(&d, err);
	if (rc == 0)
		plan = make_plan(&d, err);
	done(&d);
	return plan;
}

/* The unfinished creation of the same package under this name: its job; *taken says that the name
 * is in use. */
static char *interrupted(struct deploy *d, bool *taken, struct ptx_error **err)
{
	struct ptx_error *why = NULL;
	ptx_auto_str id = ptxi_front_resolve(d->st, d->name, &why);
	ptxi_auto(cluster) c = id ? ptxi_engine_load(d->st, id, err) : NULL;
	ptx_auto_str digest = c ? ptx_package_digest(d->pkg, err) : NULL;
	bool same = false;

	*taken = id != NULL;
	if (!id && ptx_error_code(why) != PTX_E_NOT_FOUND) {
		*taken = true;
		if (err)
			*err = ptx_steal(&why);
	}
	ptx_error_free(why);
	if (!digest)
		return NULL;
	same = strcmp(ptx_value_as_string(ptx_value_get(c->package, "digest"), ""), digest) == 0 &&
	       (!d->o.plan || strcmp(d->o.plan->cluster, c->id) == 0);
	if (same && c->status == PTXI_PENDING && c->job && c->transition &&
	    strcmp(c->transition, "creating") == 0)
		return ptxi_strdup(c->job);
	ptx_fail(err, PTX_E_EXISTS, "there is a cluster '%s' already, and it is %s", c->name,
		 ptxi_status_name(c->status));
	if (c->status == PTXI_PENDING)
		ptxi_error_hint(err,
				"go on with: pitrix job resume %s, or: pitrix cluster delete %s",
				c->job, c->name);
	else
		ptxi_error_hint(
		    err,
		    "look at it with: pitrix cluster status %s, or give the new one another name",
		    c->name);
	return NULL;
}

/* Is the runtime there? What cannot be reached is said before anything is recorded. */
static int reach(struct deploy *d, struct ptx_error **err)
{
	struct ptx_value *tags = ptx_value_map(d->arena);
	struct ptx_error *why = NULL;
	int rc = 0;

	ptx_value_set_string(tags, "pitrix:owner", d->cluster->owner);
	ptx_value_set_string(tags, "pitrix:cluster", d->cluster->id);
	rc = ptxi_provider_find_tagged(d->world.runtime->provider, d->world.driver, tags,
				       ptx_value_list(d->arena), &why);
	if (rc >= 0 || rc == PTX_E_UNSUPPORTED) {
		ptx_error_free(why);
		return 0;
	}
	ptx_wrap(&why, "while looking at runtime '%s'", d->world.runtime->name);
	if (err)
		*err = why;
	else
		ptx_error_free(why);
	return rc;
}

static char *record(struct deploy *d, struct ptx_error **err)
{
	ptx_auto(plan) plan = NULL;
	int64_t rev = 0;

	if (make_record(d, err) < 0 || reach(d, err) < 0)
		return NULL;
	plan = make_plan(d, err);
	if (!plan)
		return NULL;
	d->cluster->transition = ptxi_op_find("create")->transition;
	if (!ptxi_front_add_job(d->st, d->commit, d->cluster, plan, err))
		return NULL;
	ptxi_engine_save(d->cluster, d->commit);
	if (ptxi_commit_run(d->commit, &rev, err) < 0) {
		ptx_wrap(err, "while recording cluster '%s'", d->name);
		return NULL;
	}
	return ptxi_strdup(d->cluster->job);
}

char *ptx_cluster_deploy(struct ptx_store *st, struct ptx_package *pkg,
			 const struct ptx_deploy_opts *opts, struct ptx_error **err)
{
	struct deploy d;
	struct ptxi_locks locks = { 0 };
	ptx_auto_str vpc = NULL;
	char *job = NULL;
	bool taken = false;
	int rc = prepare(&d, pkg, st, opts, err);

	if (rc == 0) {
		/* Who loaded it failed, or there is one. */
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		vpc = ptxi_asprintf("%s.%s", d.world.runtime->name, d.vpc_name);
		rc = vpc ? ptxi_front_lock(st, d.name, vpc, d.o.lock_timeout_ms, "deploying",
					   &locks, err)
			 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
	}
	if (rc == 0) {
		job = interrupted(&d, &taken, err);
		if (!taken && ptxi_front_reach(st, &d.world, err) == 0)
			job = record(&d, err);
	}
	ptxi_front_unlock(&locks);
	done(&d);
	return job;
}
