/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto_priv.h"

Suite *suite_base_crypto(void);

/* RFC 7914, section 12. */
START_TEST(scrypt)
{
	static const unsigned char want[] = { 0x77, 0xd6, 0x57, 0x62, 0x38, 0x65, 0x7b, 0x20,
					      0x3b, 0x19, 0xca, 0x42, 0xc1, 0x8a, 0x04, 0x97 };
	unsigned char got[16];

	ck_assert(ptxi_crypto_scrypt(PTXI_STR(""), PTXI_STR(""), 16, 1, 1, got, sizeof(got)));
	ck_assert(memcmp(got, want, sizeof(want)) == 0);
	ck_assert(
	    !ptxi_crypto_scrypt(PTXI_STR(""), PTXI_STR(""), 1u << 30, 8, 1, got, sizeof(got)));
}
END_TEST

START_TEST(bcrypt)
{
	static const unsigned char salt[16] = { 0 };
	ptx_auto(error) err = NULL;
	ptx_auto_buf long_one = { 0 };
	char a[64];
	char b[64];

	ptx_buf_init(&long_one, 0);
	ptx_buf_fill(&long_one, 'x', 73);
	ck_assert_int_eq(ptxi_crypto_bcrypt(PTXI_STR("hunter"), 4, salt, a, &err), 0);
	ck_assert(strncmp(a, "$2a$04$......................", 29) == 0);
	ck_assert_uint_eq(strlen(a), 60);
	ck_assert_int_eq(ptxi_crypto_bcrypt(PTXI_STR("huntes"), 4, salt, b, &err), 0);
	ck_assert_str_ne(a, b);
	ck_assert_int_eq(ptxi_crypto_bcrypt(ptx_buf_str(&long_one), 4, salt, a, &err),
			 PTX_E_INVALID);
}
END_TEST

START_TEST(aes_there_and_back)
{
	static const unsigned char key[32] = { 1 };
	static const unsigned char iv[16] = { 2 };
	ptx_auto_buf coded = { 0 };
	ptx_auto_buf plain = { 0 };

	ptx_buf_init(&coded, 0);
	ptx_buf_init(&plain, 0);
	ck_assert(ptxi_crypto_aes_cbc(true, key, iv, PTXI_STR("sixteen bytes ok"), &coded));
	ck_assert_uint_eq(coded.n, 16);
	ck_assert(ptxi_crypto_aes_cbc(false, key, iv, ptx_buf_str(&coded), &plain));
	ck_assert_str_eq(plain.p, "sixteen bytes ok");
}
END_TEST

static void new_key(const char *kind, struct ptx_buf *pem)
{
	long bits = strtol(kind, NULL, 10);

	ck_assert_int_eq(bits ? ptxi_crypto_new_rsa((unsigned)bits, pem, NULL)
			      : ptxi_crypto_new_key(kind, pem, NULL),
			 0);
}

START_TEST(keys_of_each_kind)
{
	static const struct {
		const char *kind, *begin; /* NULL: refused */
	} rows[] = {
		{ "ecdsa", "-----BEGIN EC PRIVATE KEY-----\n" },
		{ "ed25519", "-----BEGIN PRIVATE KEY-----\n" },
		{ "paper", NULL },
	};

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(error) err = NULL;
		ptx_auto_buf pem = { 0 };
		int code = 0;

		ptx_buf_init(&pem, 0);
		code = ptxi_crypto_new_key(rows[i].kind, &pem, &err);
		ck_assert_int_eq(code, rows[i].begin ? 0 : PTX_E_USAGE);
		if (code == 0)
			ck_assert(strncmp(pem.p, rows[i].begin, strlen(rows[i].begin)) == 0);
		if (code == 0)
			ck_assert_int_eq(ptxi_crypto_check_key(ptx_buf_str(&pem), &err), 0);
	}
}
END_TEST

/* A key of OpenSSL's as PEM: in its kind's own form, or in PKCS #8. */
static void print_key(EVP_PKEY *key, bool traditional, struct ptx_buf *pem)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n = 0;

	ck_assert_ptr_nonnull(key);
	ck_assert_int_eq(
	    traditional ? PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL)
			: PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL),
	    1);
	n = BIO_get_mem_data(bio, &p);
	ptx_buf_clear(pem);
	ptx_buf_add(pem, p, (size_t)n);
	BIO_free(bio);
	EVP_PKEY_free(key);
}

/* What Go knows of OpenSSL's keys. */
START_TEST(keys_of_others)
{
	static const struct {
		const char *kind; /* or a curve */
		bool traditional;
		const char *want; /* NULL: it is fine */
	} rows[] = {
		{ "P-224", true, NULL },
		{ "P-521", false, NULL },
		{ "secp256k1", true,
		  "parsing EC private key from PEM: x509: unknown elliptic curve" },
		{ "secp256k1", false,
		  "decoding PEM as PKCS#8: x509: failed to parse EC private key embedded in "
		  "PKCS#8: x509: unknown elliptic curve" },
		{ "ED25519", false, NULL },
		{ "X25519", false, NULL },
		{ "ED448", false,
		  "decoding PEM as PKCS#8: x509: PKCS#8 wrapping contained private key with "
		  "unknown algorithm: 1.3.101.113" },
	};
	ptx_auto_buf pem = { 0 };

	ptx_buf_init(&pem, 0);
	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(error) err = NULL;
		bool is_curve = strncmp(rows[i].kind, "P-", 2) == 0 || rows[i].kind[0] == 's';

		print_key(is_curve ? EVP_EC_gen(rows[i].kind)
				   : EVP_PKEY_Q_keygen(NULL, NULL, rows[i].kind),
			  rows[i].traditional, &pem);
		ck_assert_int_eq(ptxi_crypto_check_key(ptx_buf_str(&pem), &err),
				 rows[i].want ? PTX_E_INVALID : 0);
		if (rows[i].want)
			ck_assert_str_eq(ptx_error_message(err), rows[i].want);
	}
}
END_TEST

static void read_pem(X509 **cert, struct ptx_str pem)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);

	*cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	ck_assert_ptr_nonnull(*cert);
	BIO_free(bio);
}

/* What OpenSSL has printed, which is released. */
static void check_printed(BIO *bio, const char *want)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);

	if (!ptxi_str_is(ptxi_strn(p, (size_t)n), want))
		ck_abort_msg("%.*s, not %s", (int)n, p, want);
	BIO_free(bio);
}

/* What OpenSSL says of an extension, and whether it is critical. */
static void check_extension(X509 *cert, int nid, const char *want, bool critical)
{
	X509_EXTENSION *e = X509_get_ext(cert, X509_get_ext_by_NID(cert, nid, -1));
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(X509V3_EXT_print(bio, e, 0, 0), 1);
	ck_assert_int_eq(X509_EXTENSION_get_critical(e), critical);
	check_printed(bio, want);
}

static void check_name(const X509_NAME *name, const char *want)
{
	BIO *bio = BIO_new(BIO_s_mem());

	X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	check_printed(bio, want);
}

struct made {
	struct ptx_buf cert, key;
	X509 *x509;
};

static void make(struct made *m, const struct ptxi_cert_request *r)
{
	ptx_auto(error) err = NULL;

	ptx_buf_init(&m->cert, 0);
	ptx_buf_init(&m->key, 0);
	ck_assert_msg(ptxi_crypto_new_cert(r, &m->cert, &m->key, &err) == 0, "%s",
		      err ? ptx_error_message(err) : "");
	read_pem(&m->x509, ptx_buf_str(&m->cert));
	ck_assert_int_eq(ptxi_crypto_check_cert(ptx_buf_str(&m->cert), NULL), 0);
}

static void made_done(struct made *m)
{
	ptx_buf_done(&m->cert);
	ptx_buf_done(&m->key);
	X509_free(m->x509);
}

/* Who signs, by which kind of key, and what the signature is called. */
START_TEST(certificates)
{
	static const struct {
		const char *ca, *own; /* kinds of keys */
		int algorithm;
	} rows[] = {
		{ "1024", "1024", NID_sha256WithRSAEncryption },
		{ "1024", "ecdsa", NID_sha256WithRSAEncryption },
		{ "1024", "ed25519", NID_sha256WithRSAEncryption },
		{ "ecdsa", "1024", NID_ecdsa_with_SHA256 },
		{ "ed25519", "1024", NID_ED25519 },
		{ "ed25519", "ecdsa", NID_ED25519 },
	};
	const struct ptx_str addresses[] = { PTXI_STR("10.0.0.1"), PTXI_STR("fe80::1"),
					     PTXI_STR("::ffff:1.2.3.4") };
	const struct ptx_str dns[] = { PTXI_STR("ship.example"), PTXI_STR("ship") };

	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto_buf ca_key = { 0 };
		ptx_auto_buf key = { 0 };
		struct ptxi_cert_request r = { .name = PTXI_STR("fleet"),
					       .days = 10,
					       .now_unix = 1700000000,
					       .is_ca = true,
					       .serial = { 0x87 } };
		struct made ca;
		struct made own;

		ptx_buf_init(&ca_key, 0);
		ptx_buf_init(&key, 0);
		new_key(rows[i].ca, &ca_key);
		new_key(rows[i].own, &key);
		r.key = ptx_buf_str(&ca_key);
		make(&ca, &r);
		r = (struct ptxi_cert_request){ .name = PTXI_STR("\303\274ber*"),
						.addresses = addresses,
						.address_count = PTXI_COUNT(addresses),
						.dns = dns,
						.dns_count = PTXI_COUNT(dns),
						.days = 8000,
						.now_unix = 1700000000,
						.key = ptx_buf_str(&key),
						.ca_cert = ptx_buf_str(&ca.cert),
						.ca_key = ptx_buf_str(&ca_key),
						.serial = { 0, 8 } };
		make(&own, &r);
		ck_assert_str_eq(own.key.p, key.p);
		ck_assert_int_eq(X509_get_version(own.x509), X509_VERSION_3);
		ck_assert_int_eq(X509_verify(ca.x509, X509_get0_pubkey(ca.x509)), 1);
		ck_assert_int_eq(X509_verify(own.x509, X509_get0_pubkey(ca.x509)), 1);
		ck_assert_int_eq(X509_check_issued(ca.x509, own.x509), X509_V_OK);
		ck_assert_int_eq(X509_get_signature_nid(own.x509), rows[i].algorithm);
		check_name(X509_get_subject_name(ca.x509), "CN=fleet");
		check_name(X509_get_issuer_name(own.x509), "CN=fleet");
		check_name(X509_get_subject_name(own.x509), "CN=\303\274ber*");
		check_extension(ca.x509, NID_key_usage,
				"Digital Signature, Key Encipherment, Certificate Sign", true);
		check_extension(ca.x509, NID_basic_constraints, "CA:TRUE", true);
		check_extension(own.x509, NID_key_usage, "Digital Signature, Key Encipherment",
				true);
		check_extension(own.x509, NID_basic_constraints, "CA:FALSE", true);
		check_extension(own.x509, NID_ext_key_usage,
				"TLS Web Server Authentication, TLS Web Client Authentication",
				false);
		check_extension(own.x509, NID_subject_alt_name,
				"DNS:ship.example, DNS:ship, IP Address:10.0.0.1, "
				"IP Address:FE80:0:0:0:0:0:0:1, IP Address:1.2.3.4",
				false);
		ck_assert_int_eq(X509_get_ext_by_NID(ca.x509, NID_authority_key_identifier, -1),
				 -1);
		ck_assert_int_eq(X509_get_ext_by_NID(own.x509, NID_subject_key_identifier, -1), -1);
		ck_assert_int_eq(ASN1_STRING_cmp(X509_get0_subject_key_id(ca.x509),
						 X509_get0_authority_key_id(own.x509)),
				 0);
		made_done(&ca);
		made_done(&own);
	}
}
END_TEST

static void check_time(const ASN1_TIME *t, int type, const char *want)
{
	ck_assert_int_eq(ASN1_STRING_type(t), type);
	ck_assert_int_eq(ASN1_STRING_length(t), (int)strlen(want));
	ck_assert_int_eq(memcmp(ASN1_STRING_get0_data(t), want, strlen(want)), 0);
}

/* As Go has them: what ends after 292 years ends before it began. */
START_TEST(times_of_certificates)
{
	static const struct {
		int64_t days;
		int type;
		const char *end;
	} rows[] = {
		{ 1, V_ASN1_UTCTIME, "231115221320Z" },
		{ 9544, V_ASN1_UTCTIME, "491231221320Z" },
		{ 9545, V_ASN1_GENERALIZEDTIME, "20500101221320Z" },
		{ -26980, V_ASN1_UTCTIME, "500101221320Z" },
		{ -26981, V_ASN1_GENERALIZEDTIME, "19491231221320Z" },
		{ 106751, V_ASN1_GENERALIZEDTIME, "23160223221320Z" },
		{ 106752, V_ASN1_GENERALIZEDTIME, "17310805223846Z" },
		{ INT64_MAX, V_ASN1_GENERALIZEDTIME, NULL },
		{ INT64_MIN, V_ASN1_UTCTIME, NULL },
	};
	ptx_auto_buf key = { 0 };

	ptx_buf_init(&key, 0);
	ck_assert_int_eq(ptxi_crypto_new_key("ed25519", &key, NULL), 0);
	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		struct ptxi_cert_request r = { .name = PTXI_STR("x"),
					       .days = rows[i].days,
					       .now_unix = 1700000000,
					       .key = ptx_buf_str(&key) };
		struct made m;

		make(&m, &r);
		check_time(X509_get0_notBefore(m.x509), V_ASN1_UTCTIME, "231114221320Z");
		if (rows[i].end)
			check_time(X509_get0_notAfter(m.x509), rows[i].type, rows[i].end);
		made_done(&m);
	}
}
END_TEST

/* Without a name, and of an issuer with the subject's. */
START_TEST(names_of_certificates)
{
	struct ptx_str dns = PTXI_STR("ship");
	ptx_auto_buf key = { 0 };
	struct ptxi_cert_request r = { .dns = &dns, .dns_count = 1, .days = 1, .is_ca = true };
	struct made ca;
	struct made own;

	ptx_buf_init(&key, 0);
	ck_assert_int_eq(ptxi_crypto_new_rsa(1024, &key, NULL), 0);
	r.key = ptx_buf_str(&key);
	make(&ca, &r);
	check_name(X509_get_subject_name(ca.x509), "");
	check_extension(ca.x509, NID_subject_alt_name, "DNS:ship", true);
	r.ca_cert = ptx_buf_str(&ca.cert);
	r.ca_key = ptx_buf_str(&key);
	make(&own, &r);
	ck_assert_int_eq(X509_get_ext_by_NID(own.x509, NID_authority_key_identifier, -1), -1);
	made_done(&ca);
	made_done(&own);
}
END_TEST

/* A certificate of a request that is wrong in one way; words as of Helm 3.22. */
START_TEST(refused_certificates)
{
	static const struct {
		const char *kind, *ca_kind; /* of keys; "512" is RSA; a NULL ca_kind: its own */
		const char *name, *dns, *address;
		const char *want;
	} rows[] = {
		{ "ecdsa", NULL, "x", NULL, "10.0.0", "error parsing ip: 10.0.0" },
		{ "ecdsa", NULL, "x", "\303\274", NULL,
		  "error creating certificate: x509: \"\303\274\" cannot be encoded as an "
		  "IA5String" },
		{ "ecdsa", NULL, "\377", NULL, NULL,
		  "error creating certificate: asn1: string not valid UTF-8" },
		{ "512", NULL, "x", NULL, NULL,
		  "error creating certificate: crypto/rsa: 512-bit keys are insecure (see "
		  "https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)" },
		{ "dsa", NULL, "x", NULL, NULL,
		  "error creating certificate: x509: certificate private key does not implement "
		  "crypto.Signer" },
		{ "dsa", "ecdsa", "x", NULL, NULL,
		  "error creating certificate: x509: unsupported public key type: *dsa.PublicKey" },
		{ "ecdsa", "ecdsa", "x", NULL, NULL,
		  "error creating certificate: x509: provided PrivateKey doesn't match parent's "
		  "PublicKey" },
		{ "ecdsa", "1024", "x", NULL, NULL,
		  "error creating certificate: x509: provided PrivateKey doesn't match parent's "
		  "PublicKey" },
	};
	ptx_auto_buf signer = { 0 };
	struct made ca;

	ptx_buf_init(&signer, 0);
	ck_assert_int_eq(ptxi_crypto_new_key("ecdsa", &signer, NULL), 0);
	make(&ca, &(struct ptxi_cert_request){
		      .name = PTXI_STR("ca"), .is_ca = true, .key = ptx_buf_str(&signer) });
	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(error) err = NULL;
		struct ptx_str dns = ptxi_str(rows[i].dns ? rows[i].dns : "");
		struct ptx_str address = ptxi_str(rows[i].address ? rows[i].address : "");
		struct ptxi_cert_request r = { .name = ptxi_str(rows[i].name),
					       .dns = &dns,
					       .dns_count = rows[i].dns != NULL,
					       .addresses = &address,
					       .address_count = rows[i].address != NULL };
		struct ptx_buf out[4];

		for (size_t k = 0; k < PTXI_COUNT(out); k++)
			ptx_buf_init(&out[k], 0);
		new_key(rows[i].kind, &out[0]);
		r.key = ptx_buf_str(&out[0]);
		if (rows[i].ca_kind) {
			new_key(rows[i].ca_kind, &out[1]);
			r.ca_cert = ptx_buf_str(&ca.cert);
			r.ca_key =
			    ptx_buf_str(strcmp(rows[i].kind, "dsa") == 0 ? &signer : &out[1]);
		}
		ck_assert_int_eq(ptxi_crypto_new_cert(&r, &out[2], &out[3], &err), PTX_E_INVALID);
		ck_assert_str_eq(ptx_error_message(err), rows[i].want);
		for (size_t k = 0; k < PTXI_COUNT(out); k++)
			ptx_buf_done(&out[k]);
	}
	ck_assert_int_eq(ptxi_crypto_check_cert(PTXI_STR("x"), NULL), PTX_E_INVALID);
	made_done(&ca);
}
END_TEST

/* One place of a certificate's DER that is changed; words as of Go 1.26. */
START_TEST(spoilt_certificates)
{
	static const struct {
		const char *old, *new; /* of the same length, "" at the end */
		size_t n;
		const char *want; /* NULL: it is fine */
	} rows[] = {
		{ "", "", 0, NULL },
		{ "\xa0\x03\x02\x01\x02", "\xa0\x03\x02\x01\x00", 5, NULL },
		{ "\xa0\x03\x02\x01\x02", "\xa0\x03\x02\x01\x05", 5, "x509: invalid version" },
		{ "\x02\x10\x77", "\x02\x10\x87", 3, "x509: negative serial number" },
		{ "\x2b\x65\x70", "\x2b\x65\x71", 3,
		  "x509: inner and outer signature algorithm identifiers don't match" },
		{ "\x17\x0d\x32", "\x17\x0d\x78", 3, "x509: malformed UTCTime" },
		{ "\x18\x0f\x32", "\x18\x0f\x78", 3, "x509: malformed GeneralizedTime" },
		{ "\x30\x82\x01", "\x31\x82\x01", 3, "x509: malformed certificate" },
		{ "\x30\x81", "\x31\x81", 2, "x509: malformed tbs certificate" },
	};
	ptx_auto_buf key = { 0 };
	ptx_auto_buf der = { 0 };
	struct ptxi_cert_request r = { .days = 10000,
				       .now_unix = 1700000000,
				       .serial = { 0x77 },
				       .name = PTXI_STR("a longer name") };
	struct made m;

	ptx_buf_init(&key, 0);
	ptx_buf_init(&der, 0);
	new_key("ed25519", &key);
	r.key = ptx_buf_str(&key);
	make(&m, &r);
	ck_assert(ptxi_crypto_read_pem(ptx_buf_str(&m.cert), "CERTIFICATE", &der));
	for (size_t i = 0; i <= PTXI_COUNT(rows); i++) {
		ptx_auto(error) err = NULL;
		ptx_auto_buf spoilt = { 0 };
		ptx_auto_buf pem = { 0 };
		bool longer = i == PTXI_COUNT(rows);
		const char *want = longer ? "x509: trailing data" : rows[i].want;
		char *at = NULL;

		ptx_buf_init(&spoilt, 0);
		ptx_buf_init(&pem, 0);
		ptx_buf_addstr(&spoilt, ptx_buf_str(&der));
		if (longer) {
			ptx_buf_addc(&spoilt, '\0');
		} else {
			at = memmem(spoilt.p, spoilt.n, rows[i].old, rows[i].n);
			ck_assert_msg(at != NULL, "row %zu of %zu bytes", i, spoilt.n);
			memcpy(at, rows[i].new, rows[i].n);
		}
		ck_assert_int_eq(
		    ptxi_crypto_print_pem(ptx_buf_str(&spoilt), "CERTIFICATE", &pem, &err), 0);
		ck_assert_int_eq(ptxi_crypto_check_cert(ptx_buf_str(&pem), &err),
				 want ? PTX_E_INVALID : 0);
		if (want)
			ck_assert_str_eq(strstr(ptx_error_message(err), "x509:"), want);
	}
	made_done(&m);
}
END_TEST

/* What stands around a key, and what is wrong with it. */
START_TEST(checked_keys)
{
	static const struct {
		const char *form; /* K: the key's PEM, L: its lines without those around them */
		const char *want; /* NULL: it is fine */
	} rows[] = {
		{ "K", NULL },
		{ "before\nKafter\n", NULL },
		{ "", "no PEM data in input" },
		{ "-----BEGIN RSA PRIVATE KEY-----\nMAAA\n-----END RSA PRIVATE KEY-----\n",
		  "parsing RSA private key from PEM: it is malformed" },
		{ "-----BEGIN RSA PRIVATE KEY-----\nMIIB\nAAAA\n-----END RSA PRIVATE KEY-----\n",
		  "parsing RSA private key from PEM: asn1: syntax error: data truncated" },
		{ "-----BEGIN EC PRIVATE KEY-----\nL-----END EC PRIVATE KEY-----\n",
		  "parsing EC private key from PEM: x509: failed to parse private key (use "
		  "ParsePKCS1PrivateKey instead for this key format)" },
		{ "-----BEGIN PRIVATE KEY-----\nL-----END PRIVATE KEY-----\n",
		  "decoding PEM as PKCS#8: x509: failed to parse private key (use "
		  "ParsePKCS1PrivateKey instead for this key format)" },
		{ "-----BEGIN EC PRIVATE KEY-----\nMAAA\n-----END EC PRIVATE KEY-----\n",
		  "parsing EC private key from PEM: x509: failed to parse EC private key: it is "
		  "malformed" },
		{ "-----BEGIN DSA PRIVATE KEY-----\nL-----END DSA PRIVATE KEY-----\n",
		  "parsing DSA private key from PEM: it is malformed" },
		{ "-----BEGIN OLD PRIVATE KEY-----\nL-----END OLD PRIVATE KEY-----\n",
		  "invalid private key type OLD PRIVATE KEY" },
		{ "-----BEGIN KEY-----\nL-----END KEY-----\n",
		  "no private key data in PEM block of type KEY" },
	};
	ptx_auto_buf key = { 0 };
	struct ptx_str lines;

	ptx_buf_init(&key, 0);
	ck_assert_int_eq(ptxi_crypto_new_rsa(1024, &key, NULL), 0);
	lines = ptxi_str_from(ptx_buf_str(&key), strlen("-----BEGIN RSA PRIVATE KEY-----\n"));
	lines.n -= strlen("-----END RSA PRIVATE KEY-----\n");
	for (size_t i = 0; i < PTXI_COUNT(rows); i++) {
		ptx_auto(error) err = NULL;
		ptx_auto_buf text = { 0 };

		ptx_buf_init(&text, 0);
		for (const char *p = rows[i].form; *p; p++) {
			if (*p == 'K' && (p == rows[i].form || p[-1] == '\n'))
				ptx_buf_addstr(&text, ptx_buf_str(&key));
			else if (*p == 'L' && p[-1] == '\n')
				ptx_buf_addstr(&text, lines);
			else
				ptx_buf_addc(&text, *p);
		}
		ck_assert_int_eq(ptxi_crypto_check_key(ptx_buf_str(&text), &err),
				 rows[i].want ? PTX_E_INVALID : 0);
		if (rows[i].want)
			ck_assert_str_eq(ptx_error_message(err), rows[i].want);
	}
}
END_TEST

Suite *suite_base_crypto(void)
{
	Suite *s = suite_create("base/crypto");
	TCase *t = tcase_create("crypto");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, scrypt);
	tcase_add_test(t, bcrypt);
	tcase_add_test(t, aes_there_and_back);
	tcase_add_test(t, keys_of_each_kind);
	tcase_add_test(t, certificates);
	tcase_add_test(t, times_of_certificates);
	tcase_add_test(t, names_of_certificates);
	tcase_add_test(t, refused_certificates);
	tcase_add_test(t, spoilt_certificates);
	tcase_add_test(t, checked_keys);
	tcase_add_test(t, keys_of_others);
	suite_add_tcase(s, t);
	return s;
}
