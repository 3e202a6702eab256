/* SPDX-License-Identifier: Apache-2.0 */
/* openssl_rows.h - the functions of OpenSSL and libcrypt that the library calls: ROW(result, name,
 * parameters, arguments).
 *
 * Included as often as something is to be made of them, with ROW defined. A function that is not
 * here is not found when the shared library is linked. */
/* clang-format off */
ROW(const unsigned char *, ASN1_STRING_get0_data, (const ASN1_STRING *a), (a))
ROW(int, ASN1_STRING_length, (const ASN1_STRING *a), (a))
ROW(int, ASN1_STRING_type, (const ASN1_STRING *a), (a))
ROW(int, ASN1_TIME_check, (const ASN1_TIME *a), (a))
ROW(int, ASN1_TIME_diff, (int *a, int *b, const ASN1_TIME *c, const ASN1_TIME *d), (a, b, c, d))
ROW(int, ASN1_get_object, (const unsigned char **a, long *b, int *c, int *d, long e), (a, b, c, d, e))
ROW(void, ASN1_TIME_free, (ASN1_TIME *a), (a))
ROW(ASN1_TIME *, ASN1_TIME_set, (ASN1_TIME *a, time_t b), (a, b))
ROW(long, BIO_ctrl, (BIO *a, int b, long c, void *d), (a, b, c, d))
ROW(int, BIO_free, (BIO *a), (a))
ROW(BIO *, BIO_new, (const BIO_METHOD *a), (a))
ROW(BIO *, BIO_new_mem_buf, (const void *a, int b), (a, b))
ROW(const BIO_METHOD *, BIO_s_mem, (void), ())
ROW(const BIO_METHOD *, BIO_s_secmem, (void), ())
ROW(void, BN_CTX_free, (BN_CTX *a), (a))
ROW(BN_CTX *, BN_CTX_new, (void), ())
ROW(int, BN_add, (BIGNUM *a, const BIGNUM *b, const BIGNUM *c), (a, b, c))
ROW(int, BN_add_word, (BIGNUM *a, unsigned long b), (a, b))
ROW(BIGNUM *, BN_bin2bn, (const unsigned char *a, int b, BIGNUM *c), (a, b, c))
ROW(char *, BN_bn2dec, (const BIGNUM *a), (a))
ROW(BIGNUM *, BN_copy, (BIGNUM *a, const BIGNUM *b), (a, b))
ROW(int, BN_dec2bn, (BIGNUM **a, const char *b), (a, b))
ROW(int, BN_div, (BIGNUM *a, BIGNUM *b, const BIGNUM *c, const BIGNUM *d, BN_CTX *e), (a, b, c, d, e))
ROW(int, BN_exp, (BIGNUM *a, const BIGNUM *b, const BIGNUM *c, BN_CTX *d), (a, b, c, d))
ROW(void, BN_free, (BIGNUM *a), (a))
ROW(int, BN_is_negative, (const BIGNUM *a), (a))
ROW(int, BN_is_zero, (const BIGNUM *a), (a))
ROW(int, BN_lshift1, (BIGNUM *a, const BIGNUM *b), (a, b))
ROW(int, BN_mod_exp, (BIGNUM *a, const BIGNUM *b, const BIGNUM *c, const BIGNUM *d, BN_CTX *e), (a, b, c, d, e))
ROW(int, BN_mod_mul, (BIGNUM *a, const BIGNUM *b, const BIGNUM *c, const BIGNUM *d, BN_CTX *e), (a, b, c, d, e))
ROW(int, BN_mul, (BIGNUM *a, const BIGNUM *b, const BIGNUM *c, BN_CTX *d), (a, b, c, d))
ROW(BIGNUM *, BN_new, (void), ())
ROW(int, BN_num_bits, (const BIGNUM *a), (a))
ROW(void, BN_set_negative, (BIGNUM *a, int b), (a, b))
ROW(int, BN_set_word, (BIGNUM *a, unsigned long b), (a, b))
ROW(int, BN_sub, (BIGNUM *a, const BIGNUM *b, const BIGNUM *c), (a, b, c))
ROW(int, BN_sub_word, (BIGNUM *a, unsigned long b), (a, b))
ROW(ASN1_INTEGER *, BN_to_ASN1_INTEGER, (const BIGNUM *a, ASN1_INTEGER *b), (a, b))
ROW(int, BN_ucmp, (const BIGNUM *a, const BIGNUM *b), (a, b))
ROW(void, CRYPTO_clear_free, (void *a, size_t b, const char *c, int d), (a, b, c, d))
ROW(void, CRYPTO_free, (void *a, const char *b, int c), (a, b, c))
ROW(void, ERR_clear_error, (void), ())
ROW(void, ERR_error_string_n, (unsigned long a, char *b, size_t c), (a, b, c))
ROW(unsigned long, ERR_get_error, (void), ())
ROW(unsigned long, ERR_peek_last_error, (void), ())
ROW(int, EVP_CIPHER_CTX_ctrl, (EVP_CIPHER_CTX *a, int b, int c, void *d), (a, b, c, d))
ROW(void, EVP_CIPHER_CTX_free, (EVP_CIPHER_CTX *a), (a))
ROW(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, (void), ())
ROW(int, EVP_CIPHER_CTX_set_padding, (EVP_CIPHER_CTX *a, int b), (a, b))
ROW(int, EVP_CipherInit_ex,
    (EVP_CIPHER_CTX *a, const EVP_CIPHER *b, ENGINE *c, const unsigned char *d, const unsigned char *e, int f),
    (a, b, c, d, e, f))
ROW(int, EVP_CipherUpdate,
    (EVP_CIPHER_CTX *a, unsigned char *b, int *c, const unsigned char *d, int e),
    (a, b, c, d, e))
ROW(int, EVP_DecryptFinal_ex, (EVP_CIPHER_CTX *a, unsigned char *b, int *c), (a, b, c))
ROW(int, EVP_DecryptInit_ex,
    (EVP_CIPHER_CTX *a, const EVP_CIPHER *b, ENGINE *c, const unsigned char *d, const unsigned char *e),
    (a, b, c, d, e))
ROW(int, EVP_DecryptUpdate,
    (EVP_CIPHER_CTX *a, unsigned char *b, int *c, const unsigned char *d, int e),
    (a, b, c, d, e))
ROW(int, EVP_DigestSign,
    (EVP_MD_CTX *a, unsigned char *b, size_t *c, const unsigned char *d, size_t e),
    (a, b, c, d, e))
ROW(int, EVP_DigestSignInit,
    (EVP_MD_CTX *a, EVP_PKEY_CTX **b, const EVP_MD *c, ENGINE *d, EVP_PKEY *e),
    (a, b, c, d, e))
ROW(int, EVP_DigestVerify,
    (EVP_MD_CTX *a, const unsigned char *b, size_t c, const unsigned char *d, size_t e),
    (a, b, c, d, e))
ROW(int, EVP_DigestVerifyInit,
    (EVP_MD_CTX *a, EVP_PKEY_CTX **b, const EVP_MD *c, ENGINE *d, EVP_PKEY *e),
    (a, b, c, d, e))
ROW(int, EVP_EncryptFinal_ex, (EVP_CIPHER_CTX *a, unsigned char *b, int *c), (a, b, c))
ROW(int, EVP_EncryptInit_ex,
    (EVP_CIPHER_CTX *a, const EVP_CIPHER *b, ENGINE *c, const unsigned char *d, const unsigned char *e),
    (a, b, c, d, e))
ROW(int, EVP_EncryptUpdate,
    (EVP_CIPHER_CTX *a, unsigned char *b, int *c, const unsigned char *d, int e),
    (a, b, c, d, e))
ROW(void, EVP_MD_CTX_free, (EVP_MD_CTX *a), (a))
ROW(EVP_MD_CTX *, EVP_MD_CTX_new, (void), ())
ROW(int, EVP_PBE_scrypt,
    (const char *a, size_t b, const unsigned char *c, size_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h, unsigned char *i, size_t j),
    (a, b, c, d, e, f, g, h, i, j))
ROW(EVP_PKEY *, EVP_PKCS82PKEY, (const PKCS8_PRIV_KEY_INFO *a), (a))
ROW(void, EVP_PKEY_CTX_free, (EVP_PKEY_CTX *a), (a))
ROW(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, (OSSL_LIB_CTX *a, const char *b, const char *c), (a, b, c))
ROW(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_pkey, (OSSL_LIB_CTX *a, EVP_PKEY *b, const char *c), (a, b, c))
ROW(int, EVP_PKEY_CTX_set_dsa_paramgen_bits, (EVP_PKEY_CTX *a, int b), (a, b))
ROW(int, EVP_PKEY_CTX_set_dsa_paramgen_q_bits, (EVP_PKEY_CTX *a, int b), (a, b))
ROW(int, EVP_PKEY_check, (EVP_PKEY_CTX *a), (a))
ROW(void, EVP_PKEY_free, (EVP_PKEY *a), (a))
ROW(int, EVP_PKEY_get_base_id, (const EVP_PKEY *a), (a))
ROW(int, EVP_PKEY_get_bits, (const EVP_PKEY *a), (a))
ROW(int, EVP_PKEY_get_group_name, (const EVP_PKEY *a, char *b, size_t c, size_t *d), (a, b, c, d))
ROW(int, EVP_PKEY_get_int_param, (const EVP_PKEY *a, const char *b, int *c), (a, b, c))
ROW(int, EVP_PKEY_keygen, (EVP_PKEY_CTX *a, EVP_PKEY **b), (a, b))
ROW(int, EVP_PKEY_keygen_init, (EVP_PKEY_CTX *a), (a))
ROW(int, EVP_PKEY_paramgen, (EVP_PKEY_CTX *a, EVP_PKEY **b), (a, b))
ROW(int, EVP_PKEY_paramgen_init, (EVP_PKEY_CTX *a), (a))
ROW(int, EVP_PKEY_set_int_param, (EVP_PKEY *a, const char *b, int c), (a, b, c))
ROW(int, EVP_PKEY_set_utf8_string_param, (EVP_PKEY *a, const char *b, const char *c), (a, b, c))
ROW(const EVP_CIPHER *, EVP_aes_256_cbc, (void), ())
ROW(const EVP_CIPHER *, EVP_aes_256_gcm, (void), ())
ROW(const EVP_MD *, EVP_md5, (void), ())
ROW(const EVP_MD *, EVP_sha1, (void), ())
ROW(const EVP_MD *, EVP_sha256, (void), ())
ROW(const EVP_MD *, EVP_sha384, (void), ())
ROW(const EVP_MD *, EVP_sha512, (void), ())
ROW(void, GENERAL_NAME_free, (GENERAL_NAME *a), (a))
ROW(unsigned char *, HMAC,
    (const EVP_MD *a, const void *b, int c, const unsigned char *d, size_t e, unsigned char *f, unsigned int *g),
    (a, b, c, d, e, f, g))
ROW(int, OBJ_obj2nid, (const ASN1_OBJECT *a), (a))
ROW(int, OBJ_obj2txt, (char *a, int b, const ASN1_OBJECT *c, int d), (a, b, c, d))
ROW(void, OPENSSL_cleanse, (void *a, size_t b), (a, b))
ROW(OPENSSL_STACK *, OPENSSL_sk_new_null, (void), ())
ROW(int, OPENSSL_sk_num, (const OPENSSL_STACK *a), (a))
ROW(void, OPENSSL_sk_pop_free, (OPENSSL_STACK *a, OPENSSL_sk_freefunc b), (a, b))
ROW(int, OPENSSL_sk_push, (OPENSSL_STACK *a, const void *b), (a, b))
ROW(void *, OPENSSL_sk_value, (const OPENSSL_STACK *a, int b), (a, b))
ROW(int, PEM_read_bio, (BIO *a, char **b, char **c, unsigned char **d, long *e), (a, b, c, d, e))
ROW(EVP_PKEY *, PEM_read_bio_PrivateKey, (BIO *a, EVP_PKEY **b, pem_password_cb *c, void *d), (a, b, c, d))
ROW(X509 *, PEM_read_bio_X509, (BIO *a, X509 **b, pem_password_cb *c, void *d), (a, b, c, d))
ROW(X509_REQ *, PEM_read_bio_X509_REQ, (BIO *a, X509_REQ **b, pem_password_cb *c, void *d), (a, b, c, d))
ROW(int, PEM_write_bio_PKCS8PrivateKey,
    (BIO *a, const EVP_PKEY *b, const EVP_CIPHER *c, const char *d, int e, pem_password_cb *f, void *g),
    (a, b, c, d, e, f, g))
ROW(int, PEM_write_bio_PrivateKey_traditional,
    (BIO *a, const EVP_PKEY *b, const EVP_CIPHER *c, const unsigned char *d, int e, pem_password_cb *f, void *g),
    (a, b, c, d, e, f, g))
ROW(int, PEM_write_bio_X509, (BIO *a, const X509 *b), (a, b))
ROW(int, PEM_write_bio_X509_REQ, (BIO *a, const X509_REQ *b), (a, b))
ROW(void, PKCS8_PRIV_KEY_INFO_free, (PKCS8_PRIV_KEY_INFO *a), (a))
ROW(int, PKCS8_pkey_get0,
    (const ASN1_OBJECT **a, const unsigned char **b, int *c, const X509_ALGOR **d, const PKCS8_PRIV_KEY_INFO *e),
    (a, b, c, d, e))
ROW(int, RAND_bytes, (unsigned char *a, int b), (a, b))
ROW(int, X509_ALGOR_cmp, (const X509_ALGOR *a, const X509_ALGOR *b), (a, b))
ROW(X509_EXTENSION *, X509V3_EXT_conf_nid,
    (LHASH_OF(CONF_VALUE) *a, X509V3_CTX *b, int c, const char *d),
    (a, b, c, d))
ROW(void, X509V3_set_ctx, (X509V3_CTX *a, X509 *b, X509 *c, X509_REQ *d, X509_CRL *e, int f), (a, b, c, d, e, f))
ROW(void, X509_EXTENSION_free, (X509_EXTENSION *a), (a))
ROW(int, X509_NAME_add_entry_by_txt,
    (X509_NAME *a, const char *b, int c, const unsigned char *d, int e, int f, int g),
    (a, b, c, d, e, f, g))
ROW(void, X509_REQ_free, (X509_REQ *a), (a))
ROW(EVP_PKEY *, X509_REQ_get0_pubkey, (X509_REQ *a), (a))
ROW(EVP_PKEY *, X509_REQ_get_pubkey, (X509_REQ *a), (a))
ROW(X509_NAME *, X509_REQ_get_subject_name, (const X509_REQ *a), (a))
ROW(X509_REQ *, X509_REQ_new, (void), ())
ROW(int, X509_REQ_set_pubkey, (X509_REQ *a, EVP_PKEY *b), (a, b))
ROW(int, X509_REQ_set_version, (X509_REQ *a, long b), (a, b))
ROW(int, X509_REQ_sign, (X509_REQ *a, EVP_PKEY *b, const EVP_MD *c), (a, b, c))
ROW(int, X509_REQ_verify, (X509_REQ *a, EVP_PKEY *b), (a, b))
ROW(void, X509_STORE_CTX_free, (X509_STORE_CTX *a), (a))
ROW(X509_VERIFY_PARAM *, X509_STORE_CTX_get0_param, (const X509_STORE_CTX *a), (a))
ROW(int, X509_STORE_CTX_get_error, (const X509_STORE_CTX *a), (a))
ROW(int, X509_STORE_CTX_init, (X509_STORE_CTX *a, X509_STORE *b, X509 *c, STACK_OF(X509) *d), (a, b, c, d))
ROW(X509_STORE_CTX *, X509_STORE_CTX_new, (void), ())
ROW(int, X509_STORE_add_cert, (X509_STORE *a, X509 *b), (a, b))
ROW(void, X509_STORE_free, (X509_STORE *a), (a))
ROW(X509_STORE *, X509_STORE_new, (void), ())
ROW(void, X509_VERIFY_PARAM_set_depth, (X509_VERIFY_PARAM *a, int b), (a, b))
ROW(void, X509_VERIFY_PARAM_set_time, (X509_VERIFY_PARAM *a, time_t b), (a, b))
ROW(int, X509_add_ext, (X509 *a, X509_EXTENSION *b, int c), (a, b, c))
ROW(int, X509_check_ca, (X509 *a), (a))
ROW(int, X509_check_issued, (X509 *a, X509 *b), (a, b))
ROW(int, X509_check_private_key, (const X509 *a, const EVP_PKEY *b), (a, b))
ROW(void, X509_free, (X509 *a), (a))
ROW(const ASN1_TIME *, X509_get0_notAfter, (const X509 *a), (a))
ROW(const ASN1_TIME *, X509_get0_notBefore, (const X509 *a), (a))
ROW(EVP_PKEY *, X509_get0_pubkey, (const X509 *a), (a))
ROW(void, X509_get0_signature, (const ASN1_BIT_STRING **a, const X509_ALGOR **b, const X509 *c), (a, b, c))
ROW(const ASN1_OCTET_STRING *, X509_get0_subject_key_id, (X509 *a), (a))
ROW(const X509_ALGOR *, X509_get0_tbs_sigalg, (const X509 *a), (a))
ROW(void *, X509_get_ext_d2i, (const X509 *a, int b, int *c, int *d), (a, b, c, d))
ROW(EVP_PKEY *, X509_get_pubkey, (X509 *a), (a))
ROW(ASN1_INTEGER *, X509_get_serialNumber, (X509 *a), (a))
ROW(X509_NAME *, X509_get_subject_name, (const X509 *a), (a))
ROW(long, X509_get_version, (const X509 *a), (a))
ROW(ASN1_TIME *, X509_getm_notAfter, (const X509 *a), (a))
ROW(ASN1_TIME *, X509_getm_notBefore, (const X509 *a), (a))
ROW(X509 *, X509_new, (void), ())
ROW(int, X509_set_issuer_name, (X509 *a, const X509_NAME *b), (a, b))
ROW(int, X509_set_pubkey, (X509 *a, EVP_PKEY *b), (a, b))
ROW(int, X509_set_version, (X509 *a, long b), (a, b))
ROW(int, X509_sign, (X509 *a, EVP_PKEY *b, const EVP_MD *c), (a, b, c))
ROW(int, X509_verify_cert, (X509_STORE_CTX *a), (a))
ROW(const char *, X509_verify_cert_error_string, (long a), (a))
ROW(PKCS8_PRIV_KEY_INFO *, d2i_PKCS8_PRIV_KEY_INFO,
    (PKCS8_PRIV_KEY_INFO **a, const unsigned char **b, long c),
    (a, b, c))
ROW(EVP_PKEY *, d2i_PrivateKey, (int a, EVP_PKEY **b, const unsigned char **c, long d), (a, b, c, d))
ROW(X509 *, d2i_X509, (X509 **a, const unsigned char **b, long c), (a, b, c))
ROW(int, i2d_PUBKEY, (const EVP_PKEY *a, unsigned char **b), (a, b))
ROW(int, i2d_PrivateKey, (const EVP_PKEY *a, unsigned char **b), (a, b))
ROW(int, i2d_X509, (const X509 *a, unsigned char **b), (a, b))
ROW(char *, crypt_rn, (const char *a, const char *b, void *c, int d), (a, b, c, d))
/* clang-format on */
#undef ROW
