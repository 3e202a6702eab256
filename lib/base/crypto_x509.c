/* SPDX-License-Identifier: Apache-2.0 */
/* crypto_x509.c - certificates that are given, checked as Go's crypto/x509 does while it parses
 * one: all but what is inside of extensions. */
#define PTX_AREA PTX_AREA_BASE
#include "crypto_priv.h"

#include <openssl/err.h>

/* Where the bytes are no certificate at all. */
static const char *malformed(struct ptx_str der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	const unsigned char *end = p + der.n;
	long n = 0;

	return ptxi_crypto_next_tag(&p, end, &n) == V_ASN1_SEQUENCE &&
		       ptxi_crypto_next_tag(&p, end, &n) != V_ASN1_SEQUENCE
		   ? "x509: malformed tbs certificate"
		   : "x509: malformed certificate";
}

static const char *time_problem(const ASN1_TIME *t)
{
	if (ASN1_TIME_check(t) == 1)
		return NULL;
	return ASN1_STRING_type(t) == V_ASN1_UTCTIME ? "x509: malformed UTCTime"
						     : "x509: malformed GeneralizedTime";
}

/* NULL: nothing. In Go's order. */
static const char *cert_problem(X509 *cert)
{
	const X509_ALGOR *outer = NULL;
	const char *problem = NULL;
	const EVP_PKEY *key = X509_get0_pubkey(cert);

	if (X509_get_version(cert) > X509_VERSION_3)
		return "x509: invalid version";
	if (ASN1_STRING_type(X509_get_serialNumber(cert)) == V_ASN1_NEG_INTEGER)
		return "x509: negative serial number";
	X509_get0_signature(NULL, &outer, cert);
	if (X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(cert)) != 0)
		return "x509: inner and outer signature algorithm identifiers don't match";
	problem = time_problem(X509_get0_notBefore(cert));
	if (!problem)
		problem = time_problem(X509_get0_notAfter(cert));
	if (!problem && key && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
	    !ptxi_crypto_has_go_curve(key))
		problem = "x509: unsupported elliptic curve";
	return problem;
}

X509 *ptxi_crypto_read_cert(struct ptx_str pem, struct ptx_error **err)
{
	char *label = NULL;
	unsigned char *der = NULL;
	const unsigned char *p = NULL;
	const char *problem = NULL;
	long n = 0;
	X509 *cert = NULL;

	if (!ptxi_crypto_first_block(pem, &label, &der, &n)) {
		ptx_fail(err, PTX_E_INVALID, "unable to decode certificate");
		return NULL;
	}
	p = der;
	cert = d2i_X509(NULL, &p, n);
	problem = cert ? cert_problem(cert) : malformed(ptxi_strn((const char *)der, (size_t)n));
	if (!problem && p < der + n)
		problem = "x509: trailing data";
	if (problem) {
		ptx_fail(err, PTX_E_INVALID, "error parsing certificate: decodedCert.Bytes: %s",
			 problem);
		X509_free(cert);
		cert = NULL;
	}
	ERR_clear_error();
	OPENSSL_free(label);
	OPENSSL_free(der);
	return cert;
}

int ptxi_crypto_check_cert(struct ptx_str pem, struct ptx_error **err)
{
	X509 *cert = ptxi_crypto_read_cert(pem, err);

	X509_free(cert);
	return cert ? 0 : PTX_E_INVALID;
}
