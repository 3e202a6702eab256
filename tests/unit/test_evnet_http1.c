/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "evnet/http1.h"

Suite *suite_evnet_http1(void);

#define HEAD   "POST /a HTTP/1.1\r\nHost: x\r\n"
#define ANSWER "HTTP/1.1 200 OK\r\n"

static const struct {
	bool is_answer;
	const char *text;
	int code; /* PTXI_HTTP1_WHOLE, PTXI_HTTP1_MORE or an error */
	const char *body;
	bool keep_alive;
} messages[] = {
	{ false, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", PTXI_HTTP1_WHOLE, "", true },
	{ false, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n", PTXI_HTTP1_WHOLE, "",
	  false },
	{ false, "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", PTXI_HTTP1_WHOLE, "", true },
	{ false, HEAD "Content-Length: 5\r\n\r\nhello", PTXI_HTTP1_WHOLE, "hello", true },
	{ false,
	  HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nA: b\r\n\r\n",
	  PTXI_HTTP1_WHOLE, "hello", true },
	{ true, ANSWER "Content-Length: 2\r\n\r\nok", PTXI_HTTP1_WHOLE, "ok", true },
	{ true, "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", PTXI_HTTP1_WHOLE, "ok", false },
	{ true, "HTTP/1.1 204 No Content\r\n\r\n", PTXI_HTTP1_WHOLE, "", true },
	/* Not whole yet. */
	{ false, "GET / HTTP/1.1\r\nHost: x\r\n", PTXI_HTTP1_MORE, "", true },
	{ false, HEAD "Content-Length: 5\r\n\r\nhell", PTXI_HTTP1_MORE, "hell", true },
	{ false, HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", PTXI_HTTP1_MORE,
	  "hello", true },
	/* Two readers could disagree about these. */
	{ false, HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", PTX_E_SYNTAX, "",
	  true },
	{ false, HEAD "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", PTX_E_SYNTAX, "", true },
	{ false, HEAD "Content-Length: +5\r\n\r\n", PTX_E_SYNTAX, "", true },
	{ false, HEAD "Content-Length: 5, 5\r\n\r\n", PTX_E_SYNTAX, "", true },
	{ false, HEAD "Content-Length : 5\r\n\r\n", PTX_E_SYNTAX, "", true },
	{ false, HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n", PTX_E_UNSUPPORTED, "", true },
	{ false, HEAD "A: b\r\n c\r\n\r\n", PTX_E_SYNTAX, "", true },
	{ false, HEAD "no field\r\n\r\n", PTX_E_SYNTAX, "", true },
	{ false, HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloo\r\n", PTX_E_SYNTAX, "hello",
	  true },
	{ false, HEAD "Transfer-Encoding: chunked\r\n\r\nx\r\n", PTX_E_SYNTAX, "", true },
	{ false, HEAD "Transfer-Encoding: chunked\r\n\r\n-1\r\n", PTX_E_SYNTAX, "", true },
	{ false, HEAD "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", PTX_E_LIMIT, "",
	  true },
	{ true, ANSWER "\r\n", PTX_E_UNSUPPORTED, "", true },
	{ false, "GET / HTTP/1.1\r\n\r\n", PTX_E_SYNTAX, "", true },
	{ false, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", PTX_E_SYNTAX, "", true },
	{ false, "GET / HTTP/2\r\n\r\n", PTX_E_UNSUPPORTED, "", true },
	{ false, "GET http://x/ HTTP/1.1\r\n\r\n", PTX_E_SYNTAX, "", true },
	{ false, "GET  / HTTP/1.1\r\n\r\n", PTX_E_SYNTAX, "", true },
	{ false, "GET /\x01 HTTP/1.1\r\n\r\n", PTX_E_SYNTAX, "", true },
	{ false, "nonsense\r\n", PTX_E_SYNTAX, "", true },
	{ true, "HTTP/1.1 2x0 OK\r\n", PTX_E_SYNTAX, "", true },
	/* Limits: 200 bytes of header, 20 of body. */
	{ false, HEAD "Content-Length: 21\r\n\r\n", PTXI_HTTP1_MORE, "", true },
	{ false, HEAD "Content-Length: 21\r\n\r\nx", PTX_E_LIMIT, "", true },
	{ false, HEAD "Transfer-Encoding: chunked\r\n\r\n14\r\n01234567890123456789\r\n1\r\nx",
	  PTX_E_LIMIT, "01234567890123456789", true },
	{ false,
	  HEAD "A: "
	       "01234567890123456789012345678901234567890123456789012345678901234567890123456789012"
	       "34567890123456789"
	       "01234567890123456789012345678901234567890123456789012345678901234567890123456789012"
	       "34567890123456789",
	  PTX_E_LIMIT, "", true },
};

static int take(void *user, struct ptx_str bytes, struct ptx_error **err)
{
	(void)err;
	ptx_buf_addstr(user, bytes);
	return 0;
}

/* step: how many bytes come at once; the outcome is the same. */
static void check_message(int row, size_t step)
{
	struct evbuffer *in = evbuffer_new();
	struct ptx_buf body;
	struct ptxi_http1 h = { .is_answer = messages[row].is_answer,
				.max_header = 200,
				.max_body = 20,
				.body = take,
				.user = &body };
	const char *p = messages[row].text;
	size_t left = strlen(p);
	int code = PTXI_HTTP1_MORE;

	ptx_buf_init(&body, 0);
	ptxi_http1_reset(&h);
	while (left > 0 && (code == PTXI_HTTP1_MORE || code == PTXI_HTTP1_HEADER)) {
		size_t n = left < step ? left : step;

		evbuffer_add(in, p, n);
		p += n;
		left -= n;
		do
			code = ptxi_http1_feed(&h, in, NULL);
		while (code == PTXI_HTTP1_HEADER);
	}
	ck_assert_int_eq(code, messages[row].code);
	ck_assert_str_eq(body.p, messages[row].body);
	if (code == PTXI_HTTP1_WHOLE)
		ck_assert_int_eq(h.keep_alive, messages[row].keep_alive);
	ptxi_http1_done(&h);
	ptx_buf_done(&body);
	evbuffer_free(in);
}

START_TEST(a_message_is_read_at_once)
{
	check_message(_i, 100000);
}
END_TEST

START_TEST(a_message_is_read_byte_by_byte)
{
	check_message(_i, 1);
}
END_TEST

START_TEST(two_messages_follow_on_each_other)
{
	struct evbuffer *in = evbuffer_new();
	struct ptxi_http1 h = { .max_header = 200, .max_body = 20 };

	evbuffer_add_printf(in,
			    HEAD "Content-Length: 1\r\n\r\nxGET /b?c HTTP/1.1\r\nHost: x\r\n\r\n");
	ptxi_http1_reset(&h);
	ck_assert_int_eq(ptxi_http1_feed(&h, in, NULL), PTXI_HTTP1_HEADER);
	ck_assert_int_eq(ptxi_http1_feed(&h, in, NULL), PTXI_HTTP1_WHOLE);
	ck_assert_str_eq(h.method, "POST");
	ptxi_http1_reset(&h);
	ck_assert_int_eq(ptxi_http1_feed(&h, in, NULL), PTXI_HTTP1_HEADER);
	ck_assert_int_eq(ptxi_http1_feed(&h, in, NULL), PTXI_HTTP1_WHOLE);
	ck_assert_str_eq(h.target, "/b?c");
	ck_assert_uint_eq(evbuffer_get_length(in), 0);
	ptxi_http1_done(&h);
	evbuffer_free(in);
}
END_TEST

Suite *suite_evnet_http1(void)
{
	Suite *s = suite_create("evnet_http1");
	TCase *tc = tcase_create("http1");

	tcase_add_loop_test(tc, a_message_is_read_at_once, 0, PTXI_COUNT(messages));
	tcase_add_loop_test(tc, a_message_is_read_byte_by_byte, 0, PTXI_COUNT(messages));
	tcase_add_test(tc, two_messages_follow_on_each_other);
	suite_add_tcase(s, tc);
	return s;
}
