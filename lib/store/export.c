/* SPDX-License-Identifier: Apache-2.0 */
/* export.c - the whole state as one JSON text, and back.
 *
 *     {"format":1, "documents":{KEY: DOCUMENT}, "secrets":{REF: SEALED}, "salt": BASE64}
 *
 * Without a passphrase the secrets stay as they are, sealed under this installation's key. With
 * one, each is opened and sealed anew under a key derived from it (scrypt) and the salt. An import
 * checks that every secret opens before anything is written, and writes all in one commit.
 */
#define PTX_AREA PTX_AREA_STORE
#include "../base/ptxi.h"
#include "seal.h"
#include "store.h"

#include "../base/encode.h"
#include "../base/opts.h"

#include <pitrix/codec.h>

#define FORMAT    1
#define SALT_SIZE 16
#define SECRETS   "secrets/"

struct collected {
	struct ptx_arena *arena;
	struct ptx_value *documents;
	struct ptx_value *secrets;
};

static int collect(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		   struct ptx_error **err)
{
	struct collected *c = user;
	size_t n = strlen(SECRETS);
	bool secret = strncmp(key, SECRETS, n) == 0;

	(void)rev;
	ptx_value_set(secret ? c->secrets : c->documents, secret ? key + n : key,
		      ptx_value_copy(c->arena, doc));
	return ptxi_arena_check(c->arena, err);
}

static struct ptxi_seal *seal_of(struct ptx_store *st, const char *passphrase, struct ptx_str salt,
				 struct ptx_error **err)
{
	return ptxi_seal_from_passphrase(ptx_store_ctx(st), passphrase, salt, err);
}

/* One sealed document under another key. */
static struct ptx_value *reseal(const struct ptxi_seal *to, const char *ref, char *plain,
				struct ptx_arena *a, struct ptx_error **err)
{
	ptx_auto_buf sealed = { 0 };
	struct ptx_value *v = NULL;

	ptx_buf_init(&sealed, 0);
	if (ptxi_seal_close(to, ref, ptxi_str(plain), &sealed, err) == 0)
		v = ptx_json_parse(a, ptx_buf_str(&sealed), NULL, err);
	ptxi_free_secret(plain);
	return v;
}

static int reseal_all(struct ptx_store *st, struct collected *c, const char *passphrase,
		      struct ptx_value *out, struct ptx_error **err)
{
	unsigned char salt[SALT_SIZE];
	ptx_auto_buf text = { 0 };
	ptxi_auto(seal) to = NULL;
	struct ptx_str ref = { 0 };

	ptx_buf_init(&text, 0);
	if (ptxi_ctx_random(ptx_store_ctx(st), salt, sizeof(salt), err) < 0)
		return PTX_E_INTERNAL;
	to = seal_of(st, passphrase, ptxi_strn((const char *)salt, sizeof(salt)), err);
	if (!to)
		return PTX_E_INTERNAL;
	ptxi_base64_encode(PTXI_BASE64_STD, ptxi_strn((const char *)salt, sizeof(salt)), &text);
	ptx_value_set(out, "salt", ptx_value_strn(c->arena, ptx_buf_str(&text)));
	for (size_t i = 0; i < ptx_value_count(c->secrets); i++) {
		char *plain =
		    ptx_value_entry(c->secrets, i, &ref) ? ptxi_store_secret(st, ref.p, err) : NULL;
		struct ptx_value *v = plain ? reseal(to, ref.p, plain, c->arena, err) : NULL;

		if (!v)
			return err && *err ? ptx_error_code(*err) : PTX_E_INTERNAL;
		ptx_value_setn(c->secrets, ref, v);
	}
	return 0;
}

int ptx_store_export(struct ptx_store *st, const char *passphrase, struct ptx_buf *out,
		     struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	struct collected c = { .arena = a,
			       .documents = ptx_value_map(a),
			       .secrets = ptx_value_map(a) };
	struct ptx_json_style style = PTX_JSON_STYLE_INIT;
	struct ptx_value *doc = ptx_value_map(a);
	int rc = ptxi_store_each(st, "", 0, collect, &c, err);

	ptx_value_set_int(doc, "format", FORMAT);
	if (rc == 0 && passphrase)
		rc = reseal_all(st, &c, passphrase, doc, err);
	if (rc < 0)
		return ptx_wrap(err, "while exporting the state");
	ptx_value_set(doc, "documents", c.documents);
	ptx_value_set(doc, "secrets", c.secrets);
	rc = ptxi_arena_check(a, err);
	if (rc < 0)
		return rc;
	style.indent = 1;
	ptx_json_format(doc, &style, out);
	ptx_buf_addc(out, '\n');
	return ptx_buf_ok(out) ? 0 : ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

static int count_one(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		     struct ptx_error **err)
{
	(void)doc;
	(void)rev;
	(void)err;
	/* Who this installation is says nothing about what it keeps. */
	if (strcmp(key, "installation") != 0)
		++*(size_t *)user;
	return 0;
}

static int add_old(const char *key, struct ptx_value *doc, int64_t rev, void *user,
		   struct ptx_error **err)
{
	(void)doc;
	(void)rev;
	(void)err;
	ptxi_commit_remove(user, key, PTX_STORE_ANY);
	return 0;
}

static int import_secrets(struct ptx_store *st, struct ptxi_commit *commit,
			  const struct ptx_value *doc, const char *passphrase,
			  struct ptx_error **err)
{
	const struct ptx_value *secrets = ptx_value_get(doc, "secrets");
	ptx_auto_buf salt = { 0 };
	ptxi_auto(seal) from = NULL;
	struct ptx_str ref = { 0 };

	ptx_buf_init(&salt, 0);
	if (ptx_value_has(doc, "salt")) {
		if (!passphrase)
			return ptx_fail(err, PTX_E_UNTRUSTED,
					"this export is sealed under a passphrase");
		if (!ptxi_base64_decode(PTXI_BASE64_STD, ptx_value_str(ptx_value_get(doc, "salt")),
					&salt, NULL))
			return ptx_fail(err, PTX_E_CORRUPT,
					"this export has no salt that can be read");
		from = seal_of(st, passphrase, ptx_buf_str(&salt), err);
		if (!from)
			return PTX_E_INTERNAL;
	}
	for (size_t i = 0; i < ptx_value_count(secrets); i++) {
		const struct ptx_value *one = ptx_value_entry(secrets, i, &ref);
		ptx_auto_buf text = { 0 };
		char *plain = NULL;

		ptx_buf_init(&text, 0);
		ptx_json_format(one, NULL, &text);
		plain = from ? ptxi_seal_open(from, ref.p, ptx_buf_str(&text), err)
			     : ptxi_store_unseal(st, ref.p, ptx_buf_str(&text), err);
		if (!plain)
			return err && *err ? ptx_error_code(*err) : PTX_E_UNTRUSTED;
		ptxi_commit_secret(commit, ref.p, ptxi_str(plain));
		ptxi_free_secret(plain);
	}
	return 0;
}

int ptx_store_import(struct ptx_store *st, struct ptx_str text, const struct ptx_import_opts *opts,
		     struct ptx_error **err)
{
	struct ptx_import_opts how = PTX_IMPORT_OPTS_INIT;
	ptx_auto(arena) a = ptx_arena_new(0);
	ptxi_auto(commit) commit = ptxi_commit_new(st, err);
	struct ptx_read_opts o = PTX_READ_OPTS_INIT;
	const struct ptx_value *doc = NULL;
	const struct ptx_value *documents = NULL;
	struct ptx_str key = { 0 };
	size_t count = 0;
	int rc = 0;

	rc = PTXI_OPTS_READ(&how, opts, err);
	if (rc < 0)
		return rc;
	o.file = how.file;
	o.numbers = PTX_NUMBERS_EXACT;
	o.max_bytes = (size_t)1 << 30;
	doc = commit ? ptx_json_parse(a, text, &o, err) : NULL;
	if (!doc)
		return err && *err ? ptx_error_code(*err) : PTX_E_SYNTAX;
	documents = ptx_value_get(doc, "documents");
	if (ptx_value_as_int(ptx_value_get(doc, "format"), 0) != FORMAT ||
	    ptx_value_kind(documents) != PTX_MAP)
		return ptx_fail_at(err, PTX_E_CORRUPT, ptx_value_where(doc),
				   "this is no exported state of format %d", FORMAT);
	rc = ptxi_store_each(st, "", 0, count_one, &count, err);
	if (rc == 0 && count && !how.replace) {
		ptx_fail(err, PTX_E_EXISTS, "the state holds %zu records already", count);
		return ptxi_error_hint(err,
				       "import into another home folder, or replace what is there");
	}
	if (rc == 0)
		rc = ptxi_store_each(st, "", 0, add_old, commit, err);
	for (size_t i = 0; rc == 0 && i < ptx_value_count(documents); i++) {
		const struct ptx_value *one = ptx_value_entry(documents, i, &key);

		ptxi_commit_put(commit, key.p, one, PTX_STORE_ANY);
	}
	if (rc == 0)
		rc = import_secrets(st, commit, doc, how.passphrase, err);
	return rc == 0 ? ptxi_commit_run(commit, NULL, err) : rc;
}
