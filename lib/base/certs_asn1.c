/* SPDX-License-Identifier: Apache-2.0 */
/* certs_asn1.c - keys and certificates as DER, by libtasn1 and the definitions of certs.asn. */
#include "certs_priv.h"

#include <libtasn1.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_NUMBER  2064u /* bytes of a number of 16,384 bits, its sign, and to spare */
#define MOST_NAME    80u   /* of an element */
#define MOST_DER     (1u << 24)
#define SEQUENCE     0x30u
#define LONGEST_HEAD 6u /* bytes: a tag, and a length of up to four bytes */

/* What asn1Parser makes of certs.asn. */
extern const asn1_static_node ptxi_certs_definitions[];

static const unsigned char der_null[] = { 0x05, 0x00 };

/* A structure of a type, owned; NULL without memory. */
static asn1_node new_node(const char *type)
{
	asn1_node definitions = NULL;
	asn1_node node = NULL;
	char name[MOST_NAME];

	snprintf(name, sizeof(name), "PITRIX.%s", type);
	if (asn1_array2tree(ptxi_certs_definitions, &definitions, NULL) != ASN1_SUCCESS)
		return NULL;
	if (asn1_create_element(definitions, name, &node) != ASN1_SUCCESS)
		node = NULL;
	asn1_delete_structure(&definitions);
	return node;
}

/* In DER, and nothing after it. */
static asn1_node read_node(const char *type, struct ptx_str der)
{
	asn1_node node = der.n <= MOST_DER ? new_node(type) : NULL;
	int n = (int)der.n;

	if (node &&
	    asn1_der_decoding2(&node, der.p, &n, ASN1_DECODE_FLAG_STRICT_DER, NULL) != ASN1_SUCCESS)
		asn1_delete_structure(&node);
	return node;
}

static bool put(asn1_node node, const char *name, const void *bytes, size_t n)
{
	return n <= MOST_DER && asn1_write_value(node, name, bytes, (int)n) == ASN1_SUCCESS;
}

/* A word: an object's number, a choice, TRUE, or a further element ("NEW"). */
static bool put_word(asn1_node node, const char *name, const char *word)
{
	return asn1_write_value(node, name, word, 1) == ASN1_SUCCESS;
}

static bool put_bits(asn1_node node, const char *name, const void *bytes, size_t n)
{
	return n <= MOST_DER && asn1_write_value(node, name, bytes, (int)n * 8) == ASN1_SUCCESS;
}

/* The DER of a structure, which is released; its length, 0 when `filled` is false. */
static size_t finish(asn1_node *node, bool filled, unsigned char *der, size_t room)
{
	int n = room <= INT_MAX ? (int)room : INT_MAX;
	int code = filled ? asn1_der_coding(*node, "", der, &n, NULL) : ASN1_GENERIC_ERROR;

	asn1_delete_structure2(node, ASN1_DELETE_FLAG_ZEROIZE);
	return (code == ASN1_SUCCESS || code == ASN1_MEM_ERROR) && n > 0 ? (size_t)n : 0;
}

/* What is in a DER element: the slice without its head. */
static bool content(struct ptx_str element, struct ptx_str *out)
{
	unsigned char class = 0;
	unsigned long tag = 0;
	int head = 0;
	int length_size = 0;
	long n = 0;

	if (asn1_get_tag_der((const unsigned char *)element.p, (int)element.n, &class, &head,
			     &tag) != ASN1_SUCCESS)
		return false;
	n = asn1_get_length_der((const unsigned char *)element.p + head, (int)element.n - head,
				&length_size);
	if (n < 0 || (size_t)n > element.n - (size_t)head - (size_t)length_size)
		return false;
	*out = (struct ptx_str){ element.p + head + length_size, (size_t)n };
	return true;
}

/* --- keys */

static bool put_number(asn1_node node, const char *name, const mpz_t number)
{
	unsigned char bytes[MOST_NUMBER] = { 0 };
	size_t n = (mpz_sizeinbase(number, 2) + 7) / 8;
	bool ok = n < sizeof(bytes);

	/* It is positive: a zero stands before it, which DER drops where it can. */
	if (ok)
		mpz_export(bytes + 1, NULL, 1, 1, 0, 0, number);
	ok = ok && put(node, name, bytes, n + 1);
	explicit_bzero(bytes, sizeof(bytes));
	return ok;
}

/* Whether an INTEGER has no byte too many (X.690, 8.3.2), which libtasn1 lets pass. */
static bool is_minimal(const unsigned char *bytes, int n)
{
	return n == 1 || (n > 1 && !(bytes[0] == 0 && bytes[1] < 0x80) &&
			  !(bytes[0] == 0xff && bytes[1] >= 0x80));
}

static bool get_number(asn1_node node, const char *name, mpz_t number)
{
	unsigned char bytes[MOST_NUMBER];
	int n = sizeof(bytes);
	bool ok = asn1_read_value(node, name, bytes, &n) == ASN1_SUCCESS && is_minimal(bytes, n);

	if (ok) {
		mpz_import(number, (size_t)n, 1, 1, 0, 0, bytes);
		if (bytes[0] & 0x80) {
			mpz_t beyond;

			mpz_init_set_ui(beyond, 1);
			mpz_mul_2exp(beyond, beyond, (mp_bitcnt_t)n * 8);
			mpz_sub(number, number, beyond);
			mpz_clear(beyond);
		}
	}
	explicit_bzero(bytes, sizeof(bytes));
	return ok;
}

#define NUMBERS 8u
static const char *const number_names[NUMBERS] = { "modulus",   "publicExponent", "privateExponent",
						   "prime1",    "prime2",         "exponent1",
						   "exponent2", "coefficient" };
#define NUMBERS_OF(k)                                                                              \
	{                                                                                          \
		(k)->n, (k)->e, (k)->d, (k)->p, (k)->q, (k)->dp, (k)->dq, (k)->qinv                \
	}

size_t ptxi_certs_write_rsa(const struct ptxi_rsa *k, unsigned char *der, size_t room)
{
	mpz_srcptr const numbers[NUMBERS] = NUMBERS_OF(k);
	asn1_node node = new_node("RSAPrivateKey");
	bool ok = node && put(node, "version", "", 1);

	for (unsigned i = 0; i < NUMBERS && ok; i++)
		ok = put_number(node, number_names[i], numbers[i]);
	return finish(&node, ok, der, room);
}

static bool get_numbers(struct ptx_str der, mpz_t version, struct ptxi_rsa *k)
{
	mpz_ptr const numbers[NUMBERS] = NUMBERS_OF(k);
	asn1_node node = read_node("RSAPrivateKey", der);
	bool ok = node && get_number(node, "version", version);

	for (unsigned i = 0; i < NUMBERS && ok; i++)
		ok = get_number(node, number_names[i], numbers[i]);
	asn1_delete_structure2(&node, ASN1_DELETE_FLAG_ZEROIZE);
	return ok;
}

/* What is wrong with a key that could be read, and has so many bytes after it. */
static const char *form_problem(const struct ptxi_rsa *k, const mpz_t version, size_t after)
{
	if (!mpz_fits_slong_p(k->e))
		return "asn1: structure error: integer too large";
	if (after)
		return "asn1: syntax error: trailing data";
	if (mpz_cmp_ui(version, 1) > 0)
		return "x509: unsupported private key version";
	return mpz_cmp_ui(version, 1) == 0 ? "" : NULL; /* more primes follow */
}

bool ptxi_certs_read_rsa(struct ptx_str der, struct ptxi_rsa *k, const char **problem)
{
	struct ptx_str inside = { NULL, 0 };
	size_t n = 0;
	mpz_t version;

	*problem = "";
	if (!content(der, &inside)) {
		if (der.n >= LONGEST_HEAD && (unsigned char)der.p[0] == SEQUENCE)
			*problem = "asn1: syntax error: data truncated";
		return false;
	}
	n = (size_t)(inside.p + inside.n - der.p);
	mpz_init(version);
	if (get_numbers((struct ptx_str){ der.p, n }, version, k))
		*problem = form_problem(k, version, der.n - n);
	mpz_clear(version);
	return !*problem;
}

size_t ptxi_certs_write_rsa_public(const struct ptxi_rsa *k, unsigned char *der, size_t room)
{
	unsigned char bits[2 * MOST_NUMBER];
	asn1_node key = new_node("RSAPublicKey");
	asn1_node info = new_node("SubjectPublicKeyInfo");
	size_t n = finish(&key,
			  key && put_number(key, "modulus", k->n) &&
			      put_number(key, "publicExponent", k->e),
			  bits, sizeof(bits));

	return finish(&info,
		      info && n && n <= sizeof(bits) &&
			  put_word(info, "algorithm.algorithm", "1.2.840.113549.1.1.1") &&
			  put(info, "algorithm.parameters", der_null, sizeof(der_null)) &&
			  put_bits(info, "subjectPublicKey", bits, n),
		      der, room);
}

size_t ptxi_certs_write_digest(const unsigned char digest[PTXI_CERTS_DIGEST], unsigned char *der,
			       size_t room)
{
	asn1_node info = new_node("DigestInfo");

	return finish(&info,
		      info &&
			  put_word(info, "digestAlgorithm.algorithm", "2.16.840.1.101.3.4.2.1") &&
			  put(info, "digestAlgorithm.parameters", der_null, sizeof(der_null)) &&
			  put(info, "digest", digest, PTXI_CERTS_DIGEST),
		      der, room);
}

/* --- what stands in certificates */

/* An element's bytes, its head among them, as a slice of the DER that it was read from. */
static bool slice(asn1_node node, const char *name, struct ptx_str der, struct ptx_str *out)
{
	int start = 0;
	int end = 0;

	if (asn1_der_decoding_startEnd(node, der.p, (int)der.n, name, &start, &end) != ASN1_SUCCESS)
		return false;
	*out = (struct ptx_str){ der.p + start, (size_t)(end - start) + 1 };
	return true;
}

bool ptxi_certs_public_bits(struct ptx_str public_key, struct ptx_str *bits)
{
	asn1_node info = read_node("SubjectPublicKeyInfo", public_key);
	bool ok = info && slice(info, "subjectPublicKey", public_key, bits) &&
		  content(*bits, bits) && bits->n > 0;

	asn1_delete_structure(&info);
	if (ok) { /* without how many bits are unused: none */
		bits->p++;
		bits->n--;
	}
	return ok;
}

/* The value of an extension, a slice of the certificate; empty where there is no such. */
static bool extension(asn1_node node, struct ptx_str cert, const char *id, struct ptx_str *out)
{
	int count = 0;
	char name[MOST_NAME];
	char found[MOST_NAME];

	*out = (struct ptx_str){ NULL, 0 };
	if (asn1_number_of_elements(node, "tbsCertificate.extensions", &count) != ASN1_SUCCESS)
		return true;
	for (int i = 1; i <= count; i++) {
		int n = sizeof(found);

		snprintf(name, sizeof(name), "tbsCertificate.extensions.?%d.extnID", i);
		if (asn1_read_value(node, name, found, &n) != ASN1_SUCCESS ||
		    strcmp(found, id) != 0)
			continue;
		snprintf(name, sizeof(name), "tbsCertificate.extensions.?%d.extnValue", i);
		return slice(node, name, cert, out) && content(*out, out);
	}
	return true;
}

#define ID_KEY_ID        "2.5.29.14"
#define ID_KEY_USAGE     "2.5.29.15"
#define ID_NAMES         "2.5.29.17"
#define ID_CONSTRAINTS   "2.5.29.19"
#define ID_AUTHORITY     "2.5.29.35"
#define ID_EXT_KEY_USAGE "2.5.29.37"
#define ID_SERVER        "1.3.6.1.5.5.7.3.1"
#define ID_CLIENT        "1.3.6.1.5.5.7.3.2"
#define ID_COMMON_NAME   "2.5.4.3"

/* Certificates of version 1 have no extensions, whatever stands there. */
static bool has_extensions(asn1_node cert)
{
	unsigned char version[2] = { 0 };
	int n = sizeof(version);

	return asn1_read_value(cert, "tbsCertificate.version", version, &n) == ASN1_SUCCESS &&
	       version[0] != 0;
}

bool ptxi_certs_read_issuer(struct ptx_str cert, struct ptx_str *subject, struct ptx_str *key_id,
			    struct ptx_str *public_key)
{
	asn1_node node = read_node("Certificate", cert);
	bool ok = node && slice(node, "tbsCertificate.subject", cert, subject) &&
		  slice(node, "tbsCertificate.subjectPublicKeyInfo", cert, public_key);

	*key_id = (struct ptx_str){ NULL, 0 };
	if (ok && has_extensions(node))
		ok = extension(node, cert, ID_KEY_ID, key_id) &&
		     (!key_id->p || content(*key_id, key_id));
	asn1_delete_structure(&node);
	return ok;
}

static bool put_algorithm(asn1_node node, const char *name, enum ptxi_certs_algorithm algorithm)
{
	static const struct {
		const char *id;
		bool has_null;
	} rows[] = {
		[PTXI_CERTS_RSA_SHA256] = { "1.2.840.113549.1.1.11", true },
		[PTXI_CERTS_ECDSA_SHA256] = { "1.2.840.10045.4.3.2", false },
		[PTXI_CERTS_ECDSA_SHA384] = { "1.2.840.10045.4.3.3", false },
		[PTXI_CERTS_ECDSA_SHA512] = { "1.2.840.10045.4.3.4", false },
		[PTXI_CERTS_ED25519] = { "1.3.101.112", false },
	};
	char element[MOST_NAME];

	snprintf(element, sizeof(element), "%s.algorithm", name);
	if (!put_word(node, element, rows[algorithm].id))
		return false;
	snprintf(element, sizeof(element), "%s.parameters", name);
	return rows[algorithm].has_null ? put(node, element, der_null, sizeof(der_null))
					: asn1_write_value(node, element, NULL, 0) == ASN1_SUCCESS;
}

/* Letters, digits and some signs are a PrintableString. */
static bool is_printable(struct ptx_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) &&
		    !(c && strchr(" '()+,-./:=?", c)))
			return false;
	}
	return true;
}

static bool put_common_name(asn1_node name, struct ptx_str s)
{
	const char *kind = is_printable(s) ? "printableString" : "utf8String";
	char element[MOST_NAME];

	snprintf(element, sizeof(element), "?1.?1.value.%s", kind);
	return put_word(name, "", "NEW") && put_word(name, "?1", "NEW") &&
	       put_word(name, "?1.?1.type", ID_COMMON_NAME) &&
	       put_word(name, "?1.?1.value", kind) && put(name, element, s.p, s.n);
}

/* Writes an element that was coded before; whether it has been. `n` is its length, 0 for none. */
static bool put_coded(asn1_node node, const char *name, const unsigned char *der, size_t n,
		      size_t room)
{
	return n && n <= room && put(node, name, der, n);
}

#define MOST_PART 512u /* bytes of an element of a fixed form */

static size_t name_room(const struct ptxi_certs_fields *f)
{
	size_t n = f->common_name.n + MOST_PART;

	for (size_t i = 0; i < f->name_count; i++)
		n += f->names[i].bytes.n + 16;
	return n;
}

/* Says in *same whether the issuer has the subject's name. */
static bool put_names(asn1_node tbs, const struct ptxi_certs_fields *f, unsigned char *part,
		      size_t room, bool *same)
{
	asn1_node subject = new_node("Name");
	bool ok = subject && (f->common_name.n == 0 || put_common_name(subject, f->common_name));
	size_t n = finish(&subject, ok, part, room);

	*same = f->issuer.n == 0 ||
		(n <= room && f->issuer.n == n && memcmp(f->issuer.p, part, n) == 0);
	return put_coded(tbs, "subject", part, n, room) &&
	       (f->issuer.n ? put(tbs, "issuer", f->issuer.p, f->issuer.n)
			    : put(tbs, "issuer", part, n));
}

/* Years from 1950 to 2049 have two digits (RFC 5280, 4.1.2.5). */
static bool put_time(asn1_node tbs, const char *name, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char element[MOST_NAME];
	char text[32];
	bool is_short = false;
	size_t n = 0;

	if (!gmtime_r(&t, &tm) || tm.tm_year < -1900 || tm.tm_year > 9999 - 1900)
		return false;
	is_short = tm.tm_year >= 50 && tm.tm_year < 150;
	n = (size_t)snprintf(text, sizeof(text),
			     is_short ? "%02d%02d%02d%02d%02d%02dZ" : "%04d%02d%02d%02d%02d%02dZ",
			     is_short ? tm.tm_year % 100 : tm.tm_year + 1900, tm.tm_mon + 1,
			     tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	snprintf(element, sizeof(element), "%s.%s", name, is_short ? "utcTime" : "generalTime");
	return put_word(tbs, name, is_short ? "utcTime" : "generalTime") &&
	       put(tbs, element, text, n);
}

static bool put_extension(asn1_node tbs, const char *id, bool critical, const unsigned char *value,
			  size_t n, size_t room)
{
	return put_word(tbs, "extensions", "NEW") && put_word(tbs, "extensions.?LAST.extnID", id) &&
	       put_word(tbs, "extensions.?LAST.critical", critical ? "TRUE" : "FALSE") &&
	       put_coded(tbs, "extensions.?LAST.extnValue", value, n, room);
}

static bool put_key_usage(asn1_node tbs, bool is_ca)
{
	/* digitalSignature (0), keyEncipherment (2) and keyCertSign (5), without zeros after them
	 */
	unsigned char bits = is_ca ? 0xa4 : 0xa0;
	unsigned char der[MOST_PART];
	asn1_node node = new_node("KeyUsage");
	bool ok = node && asn1_write_value(node, "", &bits, is_ca ? 6 : 3) == ASN1_SUCCESS;
	size_t n = finish(&node, ok, der, sizeof(der));

	return put_extension(tbs, ID_KEY_USAGE, true, der, n, sizeof(der));
}

static bool put_ext_key_usage(asn1_node tbs)
{
	unsigned char der[MOST_PART];
	asn1_node node = new_node("ExtKeyUsage");
	bool ok = node && put_word(node, "", "NEW") && put_word(node, "?LAST", ID_SERVER) &&
		  put_word(node, "", "NEW") && put_word(node, "?LAST", ID_CLIENT);
	size_t n = finish(&node, ok, der, sizeof(der));

	return put_extension(tbs, ID_EXT_KEY_USAGE, false, der, n, sizeof(der));
}

static bool put_constraints(asn1_node tbs, bool is_ca)
{
	unsigned char der[MOST_PART];
	asn1_node node = new_node("BasicConstraints");
	bool ok = node && put_word(node, "cA", is_ca ? "TRUE" : "FALSE");
	size_t n = finish(&node, ok, der, sizeof(der));

	return put_extension(tbs, ID_CONSTRAINTS, true, der, n, sizeof(der));
}

/* A key's identifier, the subject's or (`element` of `type`) the issuer's. */
static bool put_key_id(asn1_node tbs, const char *id, const char *type, const char *element,
		       struct ptx_str key_id)
{
	unsigned char der[MOST_PART];
	asn1_node node = NULL;
	size_t n = 0;

	if (key_id.n == 0)
		return true;
	node = new_node(type);
	n = finish(&node, node && put(node, element, key_id.p, key_id.n), der, sizeof(der));
	return put_extension(tbs, id, false, der, n, sizeof(der));
}

static bool put_further_names(asn1_node tbs, const struct ptxi_certs_fields *f, unsigned char *part,
			      size_t room)
{
	asn1_node names = NULL;
	bool ok = true;
	size_t n = 0;

	if (f->name_count == 0)
		return true;
	names = new_node("GeneralNames");
	for (size_t i = 0; names && i < f->name_count && ok; i++) {
		const char *kind = f->names[i].is_address ? "iPAddress" : "dNSName";
		char element[MOST_NAME];

		snprintf(element, sizeof(element), "?LAST.%s", kind);
		ok = put_word(names, "", "NEW") && put_word(names, "?LAST", kind) &&
		     put(names, element, f->names[i].bytes.p, f->names[i].bytes.n);
	}
	n = finish(&names, names && ok, part, room);
	/* Without a name of its own the subject has only these (RFC 5280, 4.2.1.6). */
	return put_extension(tbs, ID_NAMES, f->common_name.n == 0, part, n, room);
}

/* In the order of Go's x509. */
static bool put_extensions(asn1_node tbs, const struct ptxi_certs_fields *f, bool has_issuer,
			   unsigned char *part, size_t room)
{
	return put_key_usage(tbs, f->is_ca) && put_ext_key_usage(tbs) &&
	       put_constraints(tbs, f->is_ca) &&
	       put_key_id(tbs, ID_KEY_ID, "KeyIdentifier", "", f->key_id) &&
	       (!has_issuer || put_key_id(tbs, ID_AUTHORITY, "AuthorityKeyIdentifier",
					  "keyIdentifier", f->issuer_key_id)) &&
	       put_further_names(tbs, f, part, room);
}

static bool put_fields(asn1_node tbs, const struct ptxi_certs_fields *f, unsigned char *part,
		       size_t room)
{
	unsigned char serial[sizeof(f->serial) + 1] = { 0 };
	bool same = false;

	memcpy(serial + 1, f->serial, sizeof(f->serial));
	return put(tbs, "version", "\x02", 1) && put(tbs, "serialNumber", serial, sizeof(serial)) &&
	       put_algorithm(tbs, "signature", f->algorithm) &&
	       put_names(tbs, f, part, room, &same) &&
	       put_time(tbs, "validity.notBefore", f->not_before) &&
	       put_time(tbs, "validity.notAfter", f->not_after) &&
	       put(tbs, "subjectPublicKeyInfo", f->public_key.p, f->public_key.n) &&
	       asn1_write_value(tbs, "issuerUniqueID", NULL, 0) == ASN1_SUCCESS &&
	       asn1_write_value(tbs, "subjectUniqueID", NULL, 0) == ASN1_SUCCESS &&
	       put_extensions(tbs, f, !same, part, room);
}

size_t ptxi_certs_write_tbs(const struct ptxi_certs_fields *f, unsigned char *der, size_t room)
{
	size_t part_room = name_room(f);
	unsigned char *part = part_room <= MOST_DER ? malloc(part_room) : NULL;
	asn1_node tbs = part ? new_node("TBSCertificate") : NULL;
	size_t n = finish(&tbs, tbs && put_fields(tbs, f, part, part_room), der, room);

	free(part);
	return n;
}

size_t ptxi_certs_write_cert(struct ptx_str tbs, enum ptxi_certs_algorithm algorithm,
			     struct ptx_str signature, unsigned char *der, size_t room)
{
	asn1_node cert = new_node("SignedCertificate");

	return finish(&cert,
		      cert && put(cert, "tbsCertificate", tbs.p, tbs.n) &&
			  put_algorithm(cert, "signatureAlgorithm", algorithm) &&
			  put_bits(cert, "signature", signature.p, signature.n),
		      der, room);
}
