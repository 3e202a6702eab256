/* SPDX-License-Identifier: Apache-2.0 */
/* seal.c - the sealed table's cipher.
 *
 * {"seal":1,"data":BASE64} with data = nonce (12 bytes) | ciphertext | tag (16 bytes), AES-256-GCM,
 * the reference as associated data. Nonces are random: far fewer than 2^32 secrets are ever sealed
 * under one key. The key is drawn at first use and lives outside the state file, so that the state
 * alone reveals nothing.
 */
#define PTX_AREA PTX_AREA_STORE
#include "../base/ptxi.h"
#include "seal.h"

#include "../base/arena.h"
#include "../base/encode.h"
#include "../base/fs.h"
#include "../base/path.h"
#include "../base/proc.h"
#include "../value/value.h"

#include <pitrix/codec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <sys/stat.h>

#define KEY_SIZE    32
#define NONCE_SIZE  12
#define TAG_SIZE    16
#define KEY_FILE    "seal.key"
#define MOST_SECRET (1u << 20)

struct ptxi_seal {
	const struct ptx_ctx *ctx;
	unsigned char key[KEY_SIZE];
};

static int parse_key(struct ptxi_seal *s, struct ptx_str text, const char *from,
		     struct ptx_error **err)
{
	ptx_auto_buf raw = { 0 };

	ptx_buf_init(&raw, KEY_SIZE);
	if (!ptxi_hex_decode(ptxi_str_trim(text), &raw) || raw.n != KEY_SIZE)
		return ptx_fail(err, PTX_E_CONFIG, "%s has to give %d hex digits", from,
				2 * KEY_SIZE);
	memcpy(s->key, raw.p, KEY_SIZE);
	ptxi_wipe(raw.p, raw.n);
	return 0;
}

static int key_from_command(struct ptxi_seal *s, const char *command, struct ptx_error **err)
{
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	struct ptxi_proc_opts o = { .argv = argv, .timeout_ms = 60000, .max_output = 4096 };
	struct ptxi_proc_result r = { 0 };
	int rc = ptxi_proc_run(s->ctx, &o, &r, err);

	if (rc == 0 && r.exit_status != 0)
		rc = ptx_fail(err, PTX_E_CONFIG,
			      "the command in PITRIX_STATE_KEY_COMMAND ended with status %d",
			      r.exit_status);
	if (rc == 0)
		rc = parse_key(s, ptx_buf_str(&r.out), "the command in PITRIX_STATE_KEY_COMMAND",
			       err);
	if (r.out.cap)
		ptxi_wipe(r.out.p, r.out.n);
	ptxi_proc_result_done(&r);
	return rc;
}

static int make_key_file(const struct ptxi_seal *s, const char *path, struct ptx_error **err)
{
	unsigned char key[KEY_SIZE];
	ptx_auto_buf text = { 0 };
	int rc = ptxi_ctx_random(s->ctx, key, sizeof(key), err);

	ptx_buf_init(&text, 0);
	if (rc == 0) {
		ptxi_hex_encode(ptxi_strn((const char *)key, sizeof(key)), &text);
		ptx_buf_addc(&text, '\n');
		rc = ptx_buf_ok(&text) ? ptxi_fs_write(path, ptx_buf_str(&text), 0600, err)
				       : ptx_fail(err, PTX_E_NOMEM, "out of memory");
		ptxi_wipe(text.p, text.n);
	}
	ptxi_wipe(key, sizeof(key));
	return rc;
}

/* The key file under a lock, so that two first processes agree on one key. */
static int key_from_file(struct ptxi_seal *s, const char *home, struct ptx_error **err)
{
	ptx_auto_str path = ptxi_path_join(home, KEY_FILE);
	ptx_auto_str lock_path = ptxi_path_join(home, KEY_FILE ".lock");
	ptx_auto_fd lock = -1;
	ptx_auto_buf text = { 0 };
	struct stat st = { 0 };
	int rc = 0;

	ptx_buf_init(&text, 0);
	if (!path || !lock_path)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	if (!ptxi_fs_exists(path)) {
		lock = ptxi_fs_lock(lock_path, 10000, "making the key of the secrets", err);
		if (lock < 0)
			return lock;
		rc = ptxi_fs_exists(path) ? 0 : make_key_file(s, path, err);
		if (rc < 0)
			return rc;
	}
	if (stat(path, &st) == 0 && (st.st_mode & 077))
		return ptx_fail(err, PTX_E_DENIED, "others may read the key '%s'; make it 0600",
				path);
	rc = ptxi_fs_read(path, 4096, &text, err);
	if (rc == 0)
		rc = parse_key(s, ptx_buf_str(&text), path, err);
	if (text.cap)
		ptxi_wipe(text.p, text.n);
	return rc;
}

struct ptxi_seal *ptxi_seal_new(const struct ptx_ctx *ctx, const char *home, struct ptx_error **err)
{
	struct ptxi_seal *s = ptxi_alloc(sizeof(*s));
	const char *given = secure_getenv("PITRIX_STATE_KEY");
	const char *command = secure_getenv("PITRIX_STATE_KEY_COMMAND");
	int rc = 0;

	if (!s) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	s->ctx = ctx;
	if (given && *given)
		rc = parse_key(s, ptxi_str(given), "PITRIX_STATE_KEY", err);
	else if (command && *command)
		rc = key_from_command(s, command, err);
	else
		rc = key_from_file(s, home, err);
	if (rc < 0) {
		ptx_wrap(err, "while getting the key of the sealed secrets");
		ptxi_seal_free(s);
		return NULL;
	}
	return s;
}

struct ptxi_seal *ptxi_seal_from_passphrase(const struct ptx_ctx *ctx, const char *passphrase,
					    struct ptx_str salt, struct ptx_error **err)
{
	struct ptxi_seal *s = ptxi_alloc(sizeof(*s));

	if (!s) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	s->ctx = ctx;
	if (EVP_PBE_scrypt(passphrase, strlen(passphrase), (const unsigned char *)salt.p, salt.n,
			   1u << 15, 8, 1, 64u << 20, s->key, sizeof(s->key)) != 1) {
		ptxi_seal_free(s);
		ptx_fail(err, PTX_E_INTERNAL, "no key could be derived from the passphrase");
		return NULL;
	}
	return s;
}

void ptxi_seal_free(struct ptxi_seal *s)
{
	if (!s)
		return;
	ptxi_wipe(s, sizeof(*s));
	ptx_free(s);
}

static bool encrypt(const struct ptxi_seal *s, const char *ref, struct ptx_str text,
		    unsigned char *data)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;
	int last = 0;
	bool ok =
	    c && EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, s->key, data) == 1 &&
	    EVP_EncryptUpdate(c, NULL, &n, (const unsigned char *)ref, (int)strlen(ref)) == 1 &&
	    EVP_EncryptUpdate(c, data + NONCE_SIZE, &n, (const unsigned char *)text.p,
			      (int)text.n) == 1 &&
	    EVP_EncryptFinal_ex(c, data + NONCE_SIZE + n, &last) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, data + NONCE_SIZE + text.n) == 1;

	EVP_CIPHER_CTX_free(c);
	return ok;
}

static bool decrypt(const struct ptxi_seal *s, const char *ref, unsigned char *data, size_t n,
		    unsigned char *text)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	size_t body = n - NONCE_SIZE - TAG_SIZE;
	int out = 0;
	int last = 0;
	bool ok =
	    c && EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, s->key, data) == 1 &&
	    EVP_DecryptUpdate(c, NULL, &out, (const unsigned char *)ref, (int)strlen(ref)) == 1 &&
	    EVP_DecryptUpdate(c, text, &out, data + NONCE_SIZE, (int)body) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, data + NONCE_SIZE + body) == 1 &&
	    EVP_DecryptFinal_ex(c, text + out, &last) == 1;

	EVP_CIPHER_CTX_free(c);
	return ok;
}

int ptxi_seal_close(const struct ptxi_seal *s, const char *ref, struct ptx_str text,
		    struct ptx_buf *out, struct ptx_error **err)
{
	size_t n = NONCE_SIZE + text.n + TAG_SIZE;
	unsigned char *data = NULL;
	int rc = 0;

	if (text.n > MOST_SECRET)
		return ptx_fail(err, PTX_E_LIMIT, "a secret of %zu bytes; %u are the most", text.n,
				MOST_SECRET);
	data = ptxi_alloc(n);
	if (!data)
		return ptx_fail(err, PTX_E_NOMEM, "out of memory");
	rc = ptxi_ctx_random(s->ctx, data, NONCE_SIZE, err);
	if (rc == 0 && !encrypt(s, ref, text, data))
		rc = ptx_fail(err, PTX_E_INTERNAL, "a secret could not be sealed");
	if (rc == 0) {
		ptx_buf_adds(out, "{\"seal\":1,\"data\":\"");
		ptxi_base64_encode(PTXI_BASE64_STD, ptxi_strn((const char *)data, n), out);
		ptx_buf_adds(out, "\"}");
		if (!ptx_buf_ok(out))
			rc = ptx_fail(err, PTX_E_NOMEM, "out of memory");
	}
	ptx_free(data);
	return rc;
}

char *ptxi_seal_open(const struct ptxi_seal *s, const char *ref, struct ptx_str sealed,
		     struct ptx_error **err)
{
	ptx_auto(arena) a = ptx_arena_new(0);
	const struct ptx_value *doc = ptx_json_parse(a, sealed, NULL, NULL);
	ptx_auto_buf data = { 0 };
	char *text = NULL;

	ptx_buf_init(&data, MOST_SECRET + NONCE_SIZE + TAG_SIZE);
	if (!ptxi_base64_decode(PTXI_BASE64_STD, ptx_value_str(ptx_value_get(doc, "data")), &data,
				NULL) ||
	    !ptx_buf_ok(&data) || data.n < NONCE_SIZE + TAG_SIZE) {
		ptx_fail(err, PTX_E_CORRUPT, "the sealed secret '%s' cannot be read", ref);
		return NULL;
	}
	text = ptxi_alloc(data.n + 1);
	if (!text) {
		ptx_fail(err, PTX_E_NOMEM, "out of memory");
		return NULL;
	}
	if (decrypt(s, ref, (unsigned char *)data.p, data.n, (unsigned char *)text)) {
		text[data.n - NONCE_SIZE - TAG_SIZE] = '\0';
		return text;
	}
	ptx_free(text);
	ptx_fail(err, PTX_E_UNTRUSTED, "the secret '%s' was sealed under another key", ref);
	ptxi_error_hint(err, "use the seal.key, PITRIX_STATE_KEY or PITRIX_STATE_KEY_COMMAND that "
			     "this state was made with");
	return NULL;
}
