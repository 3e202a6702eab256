/* SPDX-License-Identifier: Apache-2.0 */
/* TLS of the HTTP client: authorities from memory, names, client certificates, fingerprints,
 * TLS 1.3. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http.h"

Suite *suite_net_tls(void);

struct identity {
	EVP_PKEY *key;
	X509 *cert;
	char *cert_pem;
	char *key_pem;
};

static struct identity authority, server, client, stranger;
static struct ptx_ctx *ctx;
static struct ptxi_http *http;
static atomic_bool stop;
static int port;
static int most_version;
static pthread_t thread;

static char *bio_text(BIO *b)
{
	char *p = NULL;
	long n = BIO_get_mem_data(b, &p);
	char *copy = ptxi_strndup(p, (size_t)n);

	BIO_free(b);
	return copy;
}

static void add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	ck_assert_ptr_nonnull(e);
	X509_add_ext(cert, e, -1);
	X509_EXTENSION_free(e);
}

static void make(struct identity *id, const char *name, const struct identity *issuer)
{
	BIO *b = NULL;
	static long serial = 1;

	id->key = EVP_EC_gen("P-256");
	id->cert = X509_new();
	X509_set_version(id->cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(id->cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(id->cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(id->cert), 3600);
	X509_set_pubkey(id->cert, id->key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(id->cert), "CN", MBSTRING_ASC,
				   (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(id->cert, X509_get_subject_name(issuer ? issuer->cert : id->cert));
	if (issuer) {
		char text[80] = "";

		snprintf(text, sizeof(text), "DNS:%s", name);
		add_extension(id->cert, NID_subject_alt_name, text);
	} else {
		add_extension(id->cert, NID_basic_constraints, "critical,CA:TRUE");
	}
	ck_assert_int_gt(X509_sign(id->cert, issuer ? issuer->key : id->key, EVP_sha256()), 0);
	b = BIO_new(BIO_s_mem());
	PEM_write_bio_X509(b, id->cert);
	id->cert_pem = bio_text(b);
	b = BIO_new(BIO_s_mem());
	PEM_write_bio_PrivateKey(b, id->key, NULL, NULL, 0, NULL, NULL);
	id->key_pem = bio_text(b);
}

static void drop(struct identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->cert);
	ptx_free(id->cert_pem);
	ptx_free(id->key_pem);
}

/* Answers each connection once, with the name in the client's certificate. */
static void answer(SSL_CTX *tls, int fd)
{
	SSL *s = SSL_new(tls);
	char request[4096] = "";
	char name[64] = "nobody";
	char text[256] = "";
	X509 *peer = NULL;

	SSL_set_fd(s, fd);
	if (SSL_accept(s) == 1 && SSL_read(s, request, sizeof(request) - 1) > 0) {
		peer = SSL_get1_peer_certificate(s);
		if (peer)
			X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name,
						  sizeof(name));
		X509_free(peer);
		snprintf(text, sizeof(text),
			 "HTTP/1.1 200 X\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
			 strlen(name), name);
		SSL_write(s, text, (int)strlen(text));
		SSL_shutdown(s);
	}
	SSL_free(s);
	close(fd);
}

static void *serve(void *arg)
{
	int fd = *(int *)arg;
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	X509_STORE *store = SSL_CTX_get_cert_store(tls);
	sigset_t pipe;

	/* Of this thread only: the client must not need it. */
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, NULL);
	SSL_CTX_use_certificate(tls, server.cert);
	SSL_CTX_use_PrivateKey(tls, server.key);
	X509_STORE_add_cert(store, authority.cert);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_max_proto_version(tls, most_version);
	/* So that sessions are resumed, and what is checked then too. */
	SSL_CTX_set_session_id_context(tls, (const unsigned char *)"t", 1);
	while (!stop) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int got = poll(&p, 1, 20) > 0 ? accept(fd, NULL, NULL) : -1;

		if (got >= 0)
			answer(tls, got);
	}
	SSL_CTX_free(tls);
	close(fd);
	return NULL;
}

static void set_up(void)
{
	static int fd;
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(in);

	make(&authority, "authority", NULL);
	make(&stranger, "stranger", NULL);
	make(&server, "frontgate.example", &authority);
	make(&client, "pilot", &authority);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&in, sizeof(in)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	getsockname(fd, (struct sockaddr *)&in, &n);
	port = ntohs(in.sin_port);
	stop = false;
	if (!most_version)
		most_version = TLS1_3_VERSION;
	ck_assert_int_eq(pthread_create(&thread, NULL, serve, &fd), 0);
	ctx = ptx_ctx_new();
	http = ptxi_http_new(ctx, NULL);
	ck_assert_ptr_nonnull(http);
}

static void set_up_old(void)
{
	most_version = TLS1_2_VERSION;
	set_up();
}

static void tear_down(void)
{
	stop = true;
	pthread_join(thread, NULL);
	ptxi_http_free(http);
	ptx_ctx_free(ctx);
	drop(&authority);
	drop(&stranger);
	drop(&server);
	drop(&client);
}

/* The name of the client as the server saw it, or the code. */
static int ask(const char *name, const struct ptxi_http_tls *tls, char *seen, size_t max)
{
	ptxi_auto_answer a = { 0 };
	char url[128] = "";
	char to[32] = "";
	struct ptxi_http_request r = {
		.method = "GET", .url = url, .connect_to = to, .tls = tls, .attempts = 1
	};
	int code = 0;

	snprintf(url, sizeof(url), "https://%s:%d/", name, port);
	snprintf(to, sizeof(to), "127.0.0.1:%d", port);
	ptxi_http_answer_init(&a);
	code = ptxi_http_send(http, &r, &a, NULL);
	if (seen)
		snprintf(seen, max, "%s", a.body.p);
	return code;
}

static char *fingerprint(const struct identity *id)
{
	static char hex[65];
	unsigned char d[32] = { 0 };

	X509_digest(id->cert, EVP_sha256(), d, NULL);
	for (size_t i = 0; i < sizeof(d); i++)
		snprintf(hex + 2 * i, 3, "%02X", d[i]);
	return hex;
}

START_TEST(the_chain_and_the_name_must_hold)
{
	char seen[64] = "";
	struct ptxi_http_tls ours = { .ca_pem = ptxi_str(authority.cert_pem), .tls13 = true };
	struct ptxi_http_tls other = { .ca_pem = ptxi_str(stranger.cert_pem) };

	ck_assert_int_eq(ask("frontgate.example", &ours, seen, sizeof(seen)), 0);
	ck_assert_str_eq(seen, "nobody");
	ck_assert_int_eq(ask("another.example", &ours, NULL, 0), PTX_E_UNTRUSTED);
	ck_assert_int_eq(ask("frontgate.example", &other, NULL, 0), PTX_E_UNTRUSTED);
	ck_assert_int_eq(ask("frontgate.example", NULL, NULL, 0), PTX_E_UNTRUSTED);
	ck_assert_int_eq(ask("frontgate.example", &ours, NULL, 0), 0);
}
END_TEST

START_TEST(a_client_shows_its_certificate)
{
	char seen[64] = "";
	struct ptxi_http_tls tls = { .ca_pem = ptxi_str(authority.cert_pem),
				     .cert_pem = ptxi_str(client.cert_pem),
				     .key_pem = ptxi_str(client.key_pem) };
	struct ptxi_http_tls wrong = tls;

	ck_assert_int_eq(ask("frontgate.example", &tls, seen, sizeof(seen)), 0);
	ck_assert_str_eq(seen, "pilot");
	wrong.key_pem = ptxi_str(stranger.key_pem);
	ck_assert_int_eq(ask("frontgate.example", &wrong, NULL, 0), PTX_E_CONFIG);
}
END_TEST

START_TEST(a_fingerprint_stands_for_chain_and_name)
{
	struct ptxi_http_tls right = { .fingerprint = fingerprint(&server) };
	struct ptxi_http_tls wrong = { .fingerprint = fingerprint(&client) };

	/* fingerprint() has one buffer: the last one asked for. */
	ck_assert_int_eq(ask("whoever.example", &wrong, NULL, 0), PTX_E_UNTRUSTED);
	right.fingerprint = fingerprint(&server);
	ck_assert_int_eq(ask("whoever.example", &right, NULL, 0), 0);
	right.fingerprint = "";
	ck_assert_int_eq(ask("whoever.example", &right, NULL, 0), PTX_E_UNTRUSTED);
}
END_TEST

START_TEST(old_tls_is_refused_where_asked)
{
	struct ptxi_http_tls tls = { .ca_pem = ptxi_str(authority.cert_pem) };

	ck_assert_int_eq(ask("frontgate.example", &tls, NULL, 0), 0);
	tls.tls13 = true;
	ck_assert_int_lt(ask("frontgate.example", &tls, NULL, 0), 0);
}
END_TEST

Suite *suite_net_tls(void)
{
	Suite *s = suite_create("net_tls");
	TCase *now = tcase_create("tls 1.3");
	TCase *old = tcase_create("tls 1.2");

	tcase_add_checked_fixture(now, set_up, tear_down);
	tcase_add_test(now, the_chain_and_the_name_must_hold);
	tcase_add_test(now, a_client_shows_its_certificate);
	tcase_add_test(now, a_fingerprint_stands_for_chain_and_name);
	suite_add_tcase(s, now);
	tcase_add_checked_fixture(old, set_up_old, tear_down);
	tcase_add_test(old, old_tls_is_refused_where_asked);
	suite_add_tcase(s, old);
	return s;
}
