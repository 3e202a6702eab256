/* SPDX-License-Identifier: Apache-2.0 */
/* answer.c - reading an HTTP answer: its headers, its Retry-After, and what its status means for
 * the caller. */
#define PTX_AREA PTX_AREA_NET
#include "http.h"
#include "../base/time.h"

#include <strings.h>

#define REMOTE_WORDS_MAX 300u

void ptxi_http_answer_init(struct ptxi_http_answer *a)
{
	*a = (struct ptxi_http_answer){ 0 };
	ptx_buf_init(&a->headers, 0);
	ptx_buf_init(&a->body, 0);
}

void ptxi_http_answer_done(struct ptxi_http_answer *a)
{
	ptx_buf_done(&a->headers);
	ptx_buf_done(&a->body);
	ptx_free(a->url);
	a->url = NULL;
}

struct ptx_str ptxi_http_header(const struct ptxi_http_answer *answer, const char *name)
{
	struct ptx_str rest = ptx_buf_str(&answer->headers);
	struct ptx_str line = { NULL, 0 };
	struct ptx_str found = { NULL, 0 };
	size_t n = strlen(name);

	while (ptxi_str_next(&rest, '\n', &line))
		if (line.n > n && line.p[n] == ':' && strncasecmp(line.p, name, n) == 0)
			found = ptxi_str_trim(ptxi_str_from(line, n + 1));
	return found;
}

void ptxi_http_escape(struct ptx_str text, struct ptx_buf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    c == '-' || c == '.' || c == '_' || c == '~')
			ptx_buf_addc(out, (char)c);
		else
			ptx_buf_printf(out, "%%%02X", c);
	}
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7; the obsolete forms are not taken). */
static bool parse_http_date(struct ptx_str s, int64_t *unix_seconds)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct ptxi_civil c = { 0 };
	int64_t day = 0, hour = 0, minute = 0, second = 0;
	struct ptx_str month = { NULL, 0 };
	size_t at = 0;

	if (s.n != 29 || s.p[3] != ',' || !ptxi_str_ends(s, " GMT") || s.p[19] != ':' ||
	    s.p[22] != ':')
		return false;
	month = ptxi_str_sub(s, 8, 3);
	at = ptxi_str_find(PTXI_STR("JanFebMarAprMayJunJulAugSepOctNovDec"), month);
	if (at >= sizeof(months) - 1 || at % 3 != 0)
		return false;
	if (!ptxi_parse_i64(ptxi_str_sub(s, 5, 2), &day, 1, 31) ||
	    !ptxi_parse_i64(ptxi_str_sub(s, 12, 4), &c.year, 1970, 9999) ||
	    !ptxi_parse_i64(ptxi_str_sub(s, 17, 2), &hour, 0, 23) ||
	    !ptxi_parse_i64(ptxi_str_sub(s, 20, 2), &minute, 0, 59) ||
	    !ptxi_parse_i64(ptxi_str_sub(s, 23, 2), &second, 0, 60))
		return false;
	c.month = (int)(at / 3) + 1;
	c.day = (int)day;
	c.hour = (int)hour;
	c.minute = (int)minute;
	c.second = (int)second;
	*unix_seconds = ptxi_time_unix(&c);
	return true;
}

int64_t ptxi_http_retry_after(struct ptx_str value, int64_t now_unix)
{
	int64_t n = 0;

	value = ptxi_str_trim(value);
	if (ptxi_parse_i64(value, &n, 0, 365 * 86400))
		return n * 1000;
	if (parse_http_date(value, &n) && n - now_unix < 365 * 86400)
		return n > now_unix ? (n - now_unix) * 1000 : 0;
	return -1;
}

int ptxi_http_code(int status)
{
	switch (status) {
	case 400:
	case 422:
		return PTX_E_INVALID;
	case 401:
	case 407:
		return PTX_E_AUTH;
	case 403:
	case 451:
		return PTX_E_DENIED;
	case 404:
	case 410:
		return PTX_E_NOT_FOUND;
	case 405:
	case 501:
		return PTX_E_UNSUPPORTED;
	case 408:
	case 504:
		return PTX_E_TIMEOUT;
	case 409:
		return PTX_E_CONFLICT;
	case 412:
		return PTX_E_PRECONDITION;
	case 413:
	case 414:
	case 431:
		return PTX_E_LIMIT;
	case 423:
	case 429:
		return PTX_E_BUSY;
	default:
		return status >= 500 ? PTX_E_UNAVAILABLE : PTX_E_FAILED;
	}
}

/* The start of a body as one printable line. */
static void add_words(struct ptx_str body, struct ptx_buf *out)
{
	body = ptxi_str_trim(body);
	if (body.n == 0)
		return;
	ptx_buf_adds(out, ": ");
	for (size_t i = 0; i < body.n && i < REMOTE_WORDS_MAX; i++)
		ptx_buf_addc(out, (unsigned char)body.p[i] < 0x20 || body.p[i] == 0x7f ? ' '
										       : body.p[i]);
	if (body.n > REMOTE_WORDS_MAX)
		ptx_buf_adds(out, "...");
}

int ptxi_http_expect(const struct ptxi_http_answer *answer, const char *what,
		     struct ptx_error **err)
{
	ptx_auto_buf words = { 0 };
	int code = 0;

	if (answer->status >= 200 && answer->status < 300)
		return 0;
	ptx_buf_init(&words, 0);
	add_words(ptx_buf_str(&answer->body), &words);
	code = ptx_fail(err, ptxi_http_code(answer->status), "%s: the server answered %d%s", what,
			answer->status, words.p);
	ptxi_error_remote(err, answer->status, NULL);
	return code;
}
