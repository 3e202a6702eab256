/* SPDX-License-Identifier: Apache-2.0 */
/* http1.c - a strict reader of HTTP/1.1 messages.
 *
 * Strict where leniency lets two readers disagree about where a message ends: lines end in CRLF, no
 * folded fields, no blank before a colon, a length only once and never along with a transfer
 * coding, only the coding `chunked`. Of the fields only those about framing are kept; nobody here
 * needs the others.
 *
 *     START -> FIELDS -> (header) -> BODY -> DONE
 *                            \-> CHUNK -> CHUNK_BODY -> CHUNK_END -> CHUNK ... -> TRAILER -> DONE
 */
#define PTX_AREA PTX_AREA_EVNET
#include "http1.h"

/* clang-format off */
static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 100, "Continue" },          { 200, "OK" },          { 204, "No Content" },         { 400, "Bad Request" },
	{ 401, "Unauthorized" },      { 403, "Forbidden" },   { 404, "Not Found" },          { 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },   { 409, "Conflict" },    { 412, "Precondition Failed" }, { 413, "Content Too Large" },
	{ 431, "Request Header Fields Too Large" },           { 500, "Internal Server Error" }, { 501, "Not Implemented" },
	{ 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
};
/* clang-format on */

const char *ptxi_http1_reason(int status)
{
	for (size_t i = 0; i < PTXI_COUNT(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Status";
}

void ptxi_http1_reset(struct ptxi_http1 *h)
{
	ptx_free(h->target);
	h->target = NULL;
	h->state = PTXI_HTTP1_START;
	h->method[0] = '\0';
	h->status = 0;
	h->keep_alive = true;
	h->is_chunked = h->has_length = h->wants_continue = false;
	h->length = h->body_n = 0;
	h->header_n = 0;
	h->hosts = 0;
}

void ptxi_http1_done(struct ptxi_http1 *h)
{
	ptx_free(h->target);
	h->target = NULL;
}

static bool is_token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(struct ptx_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token_char(s.p[i]))
			return false;
	return s.n > 0;
}

static bool same_word(struct ptx_str s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

static int parse_version(struct ptxi_http1 *h, struct ptx_str s, struct ptx_error **err)
{
	if (!ptxi_str_is(s, "HTTP/1.1") && !ptxi_str_is(s, "HTTP/1.0"))
		return ptx_fail(err, PTX_E_UNSUPPORTED, "the message is not HTTP/1.1");
	h->keep_alive = s.p[7] == '1';
	return 0;
}

static int parse_request_line(struct ptxi_http1 *h, struct ptx_str line, struct ptx_error **err)
{
	struct ptx_str rest = line;
	struct ptx_str method = { NULL, 0 };
	struct ptx_str target = { NULL, 0 };

	if (!ptxi_str_next(&rest, ' ', &method) || !is_token(method) ||
	    method.n >= sizeof(h->method) || !ptxi_str_next(&rest, ' ', &target) || target.n == 0 ||
	    target.p[0] != '/')
		return ptx_fail(err, PTX_E_SYNTAX, "the first line is no request of HTTP/1.1");
	for (size_t i = 0; i < target.n; i++)
		if ((unsigned char)target.p[i] <= 0x20 || (unsigned char)target.p[i] >= 0x7f)
			return ptx_fail(err, PTX_E_SYNTAX,
					"the request's path has a byte that must be escaped");
	memcpy(h->method, method.p, method.n);
	h->method[method.n] = '\0';
	h->target = ptxi_str_dup(target);
	if (!h->target)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a request");
	return parse_version(h, rest, err);
}

static int parse_status_line(struct ptxi_http1 *h, struct ptx_str line, struct ptx_error **err)
{
	int64_t status = 0;

	if (line.n < 12 || line.p[8] != ' ' || (line.n > 12 && line.p[12] != ' ') ||
	    !ptxi_parse_i64(ptxi_str_sub(line, 9, 3), &status, 100, 599))
		return ptx_fail(err, PTX_E_SYNTAX, "the first line is no answer of HTTP/1.1");
	h->status = (int)status;
	return parse_version(h, ptxi_str_sub(line, 0, 8), err);
}

static int parse_connection(struct ptxi_http1 *h, struct ptx_str value)
{
	struct ptx_str part = { NULL, 0 };

	while (ptxi_str_next(&value, ',', &part)) {
		if (same_word(ptxi_str_trim(part), "close"))
			h->keep_alive = false;
		else if (same_word(ptxi_str_trim(part), "keep-alive"))
			h->keep_alive = true;
	}
	return 0;
}

static int parse_field(struct ptxi_http1 *h, struct ptx_str line, struct ptx_error **err)
{
	size_t colon = ptxi_str_find_char(line, ':');
	struct ptx_str name = ptxi_str_sub(line, 0, colon == SIZE_MAX ? 0 : colon);
	struct ptx_str value =
	    ptxi_str_trim(ptxi_str_from(line, colon == SIZE_MAX ? line.n : colon + 1));

	if (!is_token(name))
		return ptx_fail(err, PTX_E_SYNTAX, "a line of the header is no field");
	if (memchr(line.p, 0, line.n) || memchr(line.p, '\r', line.n))
		return ptx_fail(err, PTX_E_SYNTAX, "a field of the header has a control byte");
	if (same_word(name, "content-length")) {
		uint64_t length = 0;

		if (!ptxi_parse_u64(value, &length, INT64_MAX) ||
		    (h->has_length && length != h->length))
			return ptx_fail(err, PTX_E_SYNTAX,
					"the length of the body is no number, or there are two");
		h->has_length = true;
		h->length = length;
	} else if (same_word(name, "transfer-encoding")) {
		if (h->is_chunked || !same_word(value, "chunked"))
			return ptx_fail(err, PTX_E_UNSUPPORTED,
					"the body has a transfer coding other than chunked");
		h->is_chunked = true;
	} else if (same_word(name, "connection")) {
		return parse_connection(h, value);
	} else if (same_word(name, "expect")) {
		h->wants_continue = same_word(value, "100-continue");
	} else if (same_word(name, "host")) {
		h->hosts++;
	}
	return 0;
}

/* The header is complete: how does the body end? */
static int end_header(struct ptxi_http1 *h, struct ptx_error **err)
{
	bool empty =
	    h->no_body || h->status == 204 || h->status == 304 || (h->is_answer && h->status < 200);

	if (h->is_chunked && h->has_length)
		return ptx_fail(err, PTX_E_SYNTAX, "the body has a length and a transfer coding");
	if (!h->is_answer && h->hosts != 1)
		return ptx_fail(err, PTX_E_SYNTAX, "the request must name one host");
	if (h->is_answer && !empty && !h->is_chunked && !h->has_length)
		return ptx_fail(err, PTX_E_UNSUPPORTED,
				"the answer does not say where its body ends");
	if (empty)
		h->is_chunked = false, h->length = 0;
	h->state = h->is_chunked   ? PTXI_HTTP1_CHUNK
		   : h->length > 0 ? PTXI_HTTP1_BODY
				   : PTXI_HTTP1_DONE;
	return PTXI_HTTP1_HEADER;
}

static int parse_chunk_line(struct ptxi_http1 *h, struct ptx_str line, struct ptx_error **err)
{
	size_t i = 0;

	h->length = 0;
	for (; i < line.n; i++) {
		char c = line.p[i];
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0')
				 : (c | 0x20) >= 'a' && (c | 0x20) <= 'f'
				     ? (unsigned)((c | 0x20) - 'a' + 10)
				     : 16;

		if (digit == 16)
			break;
		if (i >= 15)
			return ptx_fail(err, PTX_E_LIMIT, "a chunk of the body is too large");
		h->length = h->length * 16 + digit;
	}
	if (i == 0 || (i < line.n && line.p[i] != ';' && line.p[i] != ' '))
		return ptx_fail(err, PTX_E_SYNTAX, "a chunk of the body has no size");
	h->state = h->length > 0 ? PTXI_HTTP1_CHUNK_BODY : PTXI_HTTP1_TRAILER;
	return 0;
}

static int take_line(struct ptxi_http1 *h, struct ptx_str line, struct ptx_error **err)
{
	int code = 0;

	switch (h->state) {
	case PTXI_HTTP1_START:
		if (line.n == 0) /* some clients leave one behind */
			return 0;
		code = h->is_answer ? parse_status_line(h, line, err)
				    : parse_request_line(h, line, err);
		h->state = PTXI_HTTP1_FIELDS;
		return code;
	case PTXI_HTTP1_FIELDS:
		return line.n == 0 ? end_header(h, err) : parse_field(h, line, err);
	case PTXI_HTTP1_CHUNK:
		h->header_n = 0;
		return parse_chunk_line(h, line, err);
	case PTXI_HTTP1_CHUNK_END:
		if (line.n > 0)
			return ptx_fail(err, PTX_E_SYNTAX,
					"a chunk of the body is longer than its size");
		h->state = PTXI_HTTP1_CHUNK;
		return 0;
	default: /* TRAILER: fields after the body mean nothing here */
		if (line.n == 0)
			h->state = PTXI_HTTP1_DONE;
		return 0;
	}
}

static int read_line(struct ptxi_http1 *h, struct evbuffer *in, struct ptx_error **err)
{
	size_t n = 0;
	struct evbuffer_ptr end = evbuffer_search_eol(in, NULL, &n, EVBUFFER_EOL_CRLF_STRICT);
	size_t line_n = end.pos >= 0 ? (size_t)end.pos : evbuffer_get_length(in);
	const char *p = NULL;
	int code = 0;

	if (h->header_n + line_n > h->max_header)
		return ptx_fail(err, PTX_E_LIMIT, "the header has more than %zu bytes",
				h->max_header);
	if (end.pos < 0)
		return PTXI_HTTP1_MORE;
	p = (const char *)evbuffer_pullup(in, (ev_ssize_t)(line_n + n));
	if (!p)
		return ptx_fail(err, PTX_E_NOMEM, "no memory for a header");
	h->header_n += line_n + n;
	code = take_line(h, ptxi_strn(p, line_n), err);
	evbuffer_drain(in, line_n + n);
	return code;
}

static int read_body(struct ptxi_http1 *h, struct evbuffer *in, struct ptx_error **err)
{
	size_t n = evbuffer_get_contiguous_space(in);
	const char *p = NULL;
	int code = 0;

	if (n > h->length)
		n = (size_t)h->length;
	h->body_n += n;
	if (h->max_body && (h->body_n > h->max_body || h->length > h->max_body))
		return ptx_fail(err, PTX_E_LIMIT, "the body has more than %zu bytes", h->max_body);
	p = (const char *)evbuffer_pullup(in, (ev_ssize_t)n);
	if (h->body)
		code = h->body(h->user, ptxi_strn(p, n), err);
	evbuffer_drain(in, n);
	h->length -= n;
	if (h->length == 0)
		h->state = h->state == PTXI_HTTP1_BODY ? PTXI_HTTP1_DONE : PTXI_HTTP1_CHUNK_END;
	return code;
}

int ptxi_http1_feed(struct ptxi_http1 *h, struct evbuffer *in, struct ptx_error **err)
{
	while (h->state != PTXI_HTTP1_DONE) {
		bool in_body = h->state == PTXI_HTTP1_BODY || h->state == PTXI_HTTP1_CHUNK_BODY;
		size_t before = evbuffer_get_length(in);
		int code = 0;

		if (before == 0)
			return PTXI_HTTP1_MORE;
		code = in_body ? read_body(h, in, err) : read_line(h, in, err);
		if (code != 0)
			return code;
		if (evbuffer_get_length(in) == before)
			return PTXI_HTTP1_MORE;
	}
	return PTXI_HTTP1_WHOLE;
}
