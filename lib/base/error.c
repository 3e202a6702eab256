/* SPDX-License-Identifier: Apache-2.0 */
/* error.c - error objects, and the one table of codes.
 *
 * An error that cannot be allocated becomes a static object that says so; freeing that does
 * nothing. Setting an error that is set already is a bug of the caller: the assertion names both
 * sources.
 */
#define PTX_AREA PTX_AREA_BASE
#include "ptxi.h"

#define MOST_CONTEXTS 16u

struct ptx_error {
	int code;
	enum ptxi_area area;
	const char *source; /* static */
	char *message;
	char *hint;
	char *remote_code;
	char *contexts[MOST_CONTEXTS];
	size_t context_count;
	struct ptx_where where;
	char *file; /* of where; owned */
	bool has_where;
	int errnum;
	int http_status;
};

static char no_memory_text[] = "out of memory";
static struct ptx_error no_memory = {
	.code = PTX_E_NOMEM,
	.area = PTX_AREA_BASE,
	.source = "lib/base/error.c",
	.message = no_memory_text,
};

static const struct {
	int code;
	const char *name;
	int exit_status;
	bool retryable;
	const char *summary;
} codes[] = {
	{ PTX_OK, "ok", 0, false, "done" },
	{ PTX_E_FAILED, "failed", 1, false, "the operation itself failed" },
	{ PTX_E_USAGE, "usage", 64, false, "the call makes no sense as it is" },
	{ PTX_E_UNSUPPORTED, "unsupported", 64, false,
	  "a driver, format or build does not do this" },
	{ PTX_E_INVALID, "invalid", 65, false, "input is well formed but not acceptable" },
	{ PTX_E_SYNTAX, "syntax", 65, false, "input is not well formed" },
	{ PTX_E_LIMIT, "limit", 65, false, "input is larger or deeper than allowed" },
	{ PTX_E_CORRUPT, "corrupt", 65, false,
	  "stored or fetched bytes are not what they should be" },
	{ PTX_E_NOT_FOUND, "not_found", 66, false, "what was named does not exist" },
	{ PTX_E_UNAVAILABLE, "unavailable", 69, true,
	  "a remote does not answer; trying again may help" },
	{ PTX_E_INTERNAL, "internal", 70, false, "a bug of ours" },
	{ PTX_E_NOMEM, "nomem", 70, false, "no memory" },
	{ PTX_E_IO, "io", 74, false, "a file or disk failed" },
	{ PTX_E_BUSY, "busy", 75, true, "held by somebody else; trying again may help" },
	{ PTX_E_UNTRUSTED, "untrusted", 76, false,
	  "a signature, certificate or protocol answer does not hold" },
	{ PTX_E_DENIED, "denied", 77, false, "not allowed" },
	{ PTX_E_AUTH, "auth", 77, false, "who we are was not accepted" },
	{ PTX_E_CONFIG, "config", 78, false, "the configuration is wrong" },
	{ PTX_E_EXISTS, "exists", 79, false, "it is there already" },
	{ PTX_E_CONFLICT, "conflict", 79, false, "somebody else changed it meanwhile" },
	{ PTX_E_PRECONDITION, "precondition", 79, false, "not possible in the present state" },
	{ PTX_E_PARTIAL, "partial", 80, false, "partly done; can be resumed" },
	{ PTX_E_TIMEOUT, "timeout", 124, true, "it took longer than allowed" },
	{ PTX_E_CANCELED, "canceled", 130, false, "somebody asked to stop; can be resumed" },
};

static const char *const area_names[PTX_AREA_COUNT] = {
	[PTX_AREA_BASE] = "base",       [PTX_AREA_VALUE] = "value",
	[PTX_AREA_TEXT] = "text",       [PTX_AREA_SCHEMA] = "schema",
	[PTX_AREA_NET] = "net",         [PTX_AREA_EVNET] = "evnet",
	[PTX_AREA_CLUSTER] = "cluster", [PTX_AREA_TEMPLATE] = "template",
	[PTX_AREA_PACKAGE] = "package", [PTX_AREA_CHART] = "chart",
	[PTX_AREA_KUBE] = "kube",       [PTX_AREA_STORE] = "store",
	[PTX_AREA_REPO] = "repo",       [PTX_AREA_PROVIDER] = "provider",
	[PTX_AREA_WIRE] = "wire",       [PTX_AREA_PILOT] = "pilot",
	[PTX_AREA_AGENT] = "agent",     [PTX_AREA_MATCH] = "match",
	[PTX_AREA_PLAN] = "plan",       [PTX_AREA_ENGINE] = "engine",
	[PTX_AREA_FRONT] = "front",     [PTX_AREA_CLI] = "cli",
};

static size_t code_row(int code)
{
	for (size_t i = 0; i < PTXI_COUNT(codes); i++)
		if (codes[i].code == code)
			return i;
	return code_row(PTX_E_INTERNAL);
}

const char *ptx_code_name(int code)
{
	return codes[code_row(code)].name;
}

int ptx_code_exit_status(int code)
{
	return codes[code_row(code)].exit_status;
}

const char *ptx_code_summary(int code)
{
	size_t row = code_row(code);

	return codes[row].code == code ? codes[row].summary : NULL;
}

int ptx_code_from_name(const char *name)
{
	for (size_t i = 0; i < PTXI_COUNT(codes); i++)
		if (strcmp(codes[i].name, name) == 0)
			return codes[i].code;
	return PTX_E_INTERNAL;
}

bool ptx_error_retryable(const struct ptx_error *err)
{
	return err && codes[code_row(err->code)].retryable;
}

void ptx_error_free(struct ptx_error *err)
{
	if (!err || err == &no_memory)
		return;
	ptx_free(err->message);
	ptx_free(err->hint);
	ptx_free(err->remote_code);
	ptx_free(err->file);
	for (size_t i = 0; i < err->context_count; i++)
		ptx_free(err->contexts[i]);
	ptx_free(err);
}

/* The code of the last error of this thread that nobody wanted the object of. Callers may pass NULL
 * and still get the code, also where it comes back through ptx_wrap() or ptxi_error_hint(), which
 * see only the NULL. */
static _Thread_local int dropped_code = PTX_E_FAILED;

PTXI_PRINTF(6, 0)
static int vmake(struct ptx_error **err, int code, enum ptxi_area area, const char *source,
		 int errnum, const char *fmt, va_list ap)
{
	struct ptx_buf text;
	struct ptx_error *e = NULL;

	if (!err)
		return dropped_code = code;
	assert(!*err);
	ptx_buf_init(&text, 65536);
	ptx_buf_vprintf(&text, fmt, ap);
	if (errnum) {
		char what[128] = "";

		ptx_buf_printf(&text, ": %s", strerror_r(errnum, what, sizeof(what)));
	}
	e = ptxi_alloc(sizeof(*e));
	if (text.status == PTX_E_LIMIT) {
		ptx_buf_clear(&text);
		ptx_buf_adds(&text, "an error whose message is too long");
	}
	if (e)
		e->message = ptx_buf_steal(&text, NULL);
	else
		ptx_buf_done(&text);
	if (!e || !e->message) {
		ptx_free(e);
		*err = &no_memory;
		return code;
	}
	e->code = code;
	e->area = area;
	e->source = source;
	e->errnum = errnum;
	*err = e;
	return code;
}

int ptxi_error_make(struct ptx_error **err, int code, enum ptxi_area area, const char *source,
		    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vmake(err, code, area, source, 0, fmt, ap);
	va_end(ap);
	return code;
}

int ptxi_error_make_at(struct ptx_error **err, int code, enum ptxi_area area, const char *source,
		       struct ptx_where where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vmake(err, code, area, source, 0, fmt, ap);
	va_end(ap);
	ptxi_error_at(err, where);
	return code;
}

int ptxi_error_make_errno(struct ptx_error **err, int code, enum ptxi_area area, const char *source,
			  int errnum, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vmake(err, code, area, source, errnum, fmt, ap);
	va_end(ap);
	return code;
}

void ptx_error_set(struct ptx_error **err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vmake(err, code, PTX_AREA_CLI, "the program", 0, fmt, ap);
	va_end(ap);
}

static bool writable(struct ptx_error **err)
{
	return err && *err && *err != &no_memory;
}

static int code_of(struct ptx_error **err)
{
	if (err && *err)
		return (*err)->code;
	return err ? PTX_E_FAILED : dropped_code;
}

PTXI_PRINTF(1, 0)
static char *vformat(const char *fmt, va_list ap)
{
	struct ptx_buf text;

	ptx_buf_init(&text, 65536);
	ptx_buf_vprintf(&text, fmt, ap);
	return ptx_buf_steal(&text, NULL);
}

int ptx_wrap(struct ptx_error **err, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	if (!writable(err) || (*err)->context_count == MOST_CONTEXTS)
		return code_of(err);
	va_start(ap, fmt);
	text = vformat(fmt, ap);
	va_end(ap);
	if (text)
		(*err)->contexts[(*err)->context_count++] = text;
	return code_of(err);
}

int ptxi_error_hint(struct ptx_error **err, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	if (!writable(err))
		return code_of(err);
	va_start(ap, fmt);
	text = vformat(fmt, ap);
	va_end(ap);
	if (text) {
		ptx_free((*err)->hint);
		(*err)->hint = text;
	}
	return code_of(err);
}

int ptxi_error_at(struct ptx_error **err, struct ptx_where where)
{
	struct ptx_error *e = writable(err) ? *err : NULL;

	if (!e || e->has_where)
		return code_of(err);
	e->file = where.file ? ptxi_strdup(where.file) : NULL;
	e->where = (struct ptx_where){ e->file, where.line, where.column };
	e->has_where = true;
	return e->code;
}

int ptxi_error_remote(struct ptx_error **err, int http_status, const char *remote_code)
{
	struct ptx_error *e = writable(err) ? *err : NULL;

	if (!e)
		return code_of(err);
	e->http_status = http_status;
	ptx_free(e->remote_code);
	e->remote_code = remote_code ? ptxi_strdup(remote_code) : NULL;
	return e->code;
}

int ptxi_code_from_errno(int errnum)
{
	switch (errnum) {
	case 0:
		return PTX_OK;
	case ENOENT:
	case ENOTDIR:
		return PTX_E_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return PTX_E_DENIED;
	case EEXIST:
		return PTX_E_EXISTS;
	case ENOMEM:
		return PTX_E_NOMEM;
	case EISDIR:
	case EINVAL:
	case ELOOP:
	case ENAMETOOLONG:
		return PTX_E_INVALID;
	case EAGAIN:
	case EBUSY:
	case ETXTBSY:
		return PTX_E_BUSY;
	case ECONNREFUSED:
	case ECONNRESET:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EPIPE:
		return PTX_E_UNAVAILABLE;
	case ETIMEDOUT:
		return PTX_E_TIMEOUT;
	default:
		return PTX_E_IO;
	}
}

static char *copy_text(const char *s)
{
	return s ? ptxi_strdup(s) : NULL;
}

struct ptx_error *ptxi_error_copy(const struct ptx_error *err)
{
	struct ptx_error *e = NULL;

	if (!err || err == &no_memory)
		return (struct ptx_error *)err;
	e = ptxi_alloc(sizeof(*e));
	if (!e)
		return &no_memory;
	*e = *err;
	e->message = ptxi_strdup(err->message);
	e->hint = copy_text(err->hint);
	e->remote_code = copy_text(err->remote_code);
	e->file = copy_text(err->file);
	e->where.file = e->file;
	e->context_count = 0;
	for (size_t i = 0; i < err->context_count; i++) {
		char *text = ptxi_strdup(err->contexts[i]);

		if (text)
			e->contexts[e->context_count++] = text;
	}
	if (!e->message) {
		ptx_error_free(e);
		return &no_memory;
	}
	return e;
}

void ptxi_error_drop(struct ptx_error **err)
{
	if (!err)
		return;
	ptx_error_free(*err);
	*err = NULL;
}

int ptxi_error_lost(uint64_t before, int code, struct ptx_error **err)
{
	if (ptxi_alloc_lost() == before || code == PTX_E_NOMEM)
		return code;
	ptxi_error_drop(err);
	return ptx_fail(err, PTX_E_NOMEM, "out of memory");
}

int ptx_error_code(const struct ptx_error *err)
{
	return err ? err->code : 0;
}

const char *ptx_error_message(const struct ptx_error *err)
{
	return err ? err->message : "no error";
}

const char *ptx_error_hint(const struct ptx_error *err)
{
	return err ? err->hint : NULL;
}

const char *ptx_error_area(const struct ptx_error *err)
{
	return err ? area_names[err->area] : NULL;
}

const struct ptx_where *ptx_error_where(const struct ptx_error *err)
{
	return err && err->has_where ? &err->where : NULL;
}

const char *ptx_error_context(const struct ptx_error *err, size_t i)
{
	return err && i < err->context_count ? err->contexts[i] : NULL;
}

int ptx_error_errno(const struct ptx_error *err)
{
	return err ? err->errnum : 0;
}

int ptx_error_http_status(const struct ptx_error *err)
{
	return err ? err->http_status : 0;
}

const char *ptx_error_remote_code(const struct ptx_error *err)
{
	return err ? err->remote_code : NULL;
}

const char *ptx_error_source(const struct ptx_error *err)
{
	return err ? err->source : NULL;
}

void ptx_error_print(const struct ptx_error *err, struct ptx_buf *out)
{
	if (!err)
		return;
	if (err->has_where && err->file) {
		ptx_buf_adds(out, err->file);
		if (err->where.line)
			ptx_buf_printf(out, ":%u", err->where.line);
		if (err->where.line && err->where.column)
			ptx_buf_printf(out, ":%u", err->where.column);
		ptx_buf_adds(out, ": ");
	}
	ptx_buf_adds(out, err->message);
	for (size_t i = 0; i < err->context_count; i++)
		ptx_buf_printf(out, "\n  %s", err->contexts[i]);
	if (err->hint)
		ptx_buf_printf(out, "\n  hint: %s", err->hint);
}
