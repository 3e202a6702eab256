/* SPDX-License-Identifier: Apache-2.0 */
/* logs.c - what the processes of an instance wrote on their standard streams.
 *
 * GET /containers/NAME/logs (Docker Engine API 1.41, ContainerLogs) answers with frames, one stream
 * in another: a byte that says which (1: output, 2: errors), three of nothing, four of length in
 * network order, then so many bytes. A line may come in several frames, and a frame may hold
 * several lines; each begins with its time in RFC 3339.
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "docker.h"
#include "logs.h"

#include "../../base/time.h"
#include "../../net/http.h"
#include "../../value/value.h"

#define HEAD      8
#define STREAMS   2
#define MOST_LINE ((size_t)64 << 10)

struct ptxi_frames {
	const struct ptx_provider_log_query *query;
	struct ptx_value *lines;
	unsigned char head[HEAD];
	size_t head_n;
	size_t left; /* of the frame */
	int stream;  /* of the frame: 0 or 1 */
	struct ptx_buf line[STREAMS];
};

struct ptxi_frames *ptxi_frames_new(const struct ptx_provider_log_query *q, struct ptx_value *lines)
{
	struct ptxi_frames *f = ptxi_alloc(sizeof(*f));

	if (!f)
		return NULL;
	f->query = q;
	f->lines = lines;
	for (int i = 0; i < STREAMS; i++)
		ptx_buf_init(&f->line[i], 0);
	return f;
}

void ptxi_frames_free(struct ptxi_frames *f)
{
	if (!f)
		return;
	for (int i = 0; i < STREAMS; i++)
		ptx_buf_done(&f->line[i]);
	ptx_free(f);
}

/* One whole line of a stream: "2026-11-28T20:54:27.5Z text". */
static void end_line(struct ptxi_frames *f, int stream)
{
	struct ptx_arena *a = ptxi_value_arena(f->lines);
	struct ptx_str line = ptx_buf_str(&f->line[stream]);
	size_t blank = ptxi_str_find_char(line, ' ');
	struct ptx_str text =
	    blank == SIZE_MAX ? (struct ptx_str){ "", 0 } : ptxi_str_from(line, blank + 1);
	struct ptx_value *v = NULL;
	int64_t seconds = 0;
	int32_t nanoseconds = 0;
	int32_t offset = 0;

	if (ptxi_time_parse_rfc3339(ptxi_str_sub(line, 0, blank == SIZE_MAX ? line.n : blank),
				    &seconds, &nanoseconds, &offset)) {
		int64_t ns = seconds * PTXI_NS_PER_S + nanoseconds;

		if (ns > f->query->since_ns) {
			v = ptx_value_map(a);
			ptx_value_set_int(v, "time_ns", ns);
			ptx_value_set_string(v, "stream", stream ? "stderr" : "stdout");
			ptx_value_set(v, "text", ptx_value_strn(a, text));
			ptx_value_append(f->lines, v);
		}
	}
	ptx_buf_truncate(&f->line[stream], 0);
}

static void add_text(struct ptxi_frames *f, struct ptx_str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n')
			end_line(f, f->stream);
		else if (text.p[i] != '\r' && f->line[f->stream].n < MOST_LINE)
			ptx_buf_addc(&f->line[f->stream], text.p[i]);
	}
}

static int begin_frame(struct ptxi_frames *f)
{
	f->head_n = 0;
	if (f->head[0] > 2 || f->head[1] || f->head[2] || f->head[3])
		return PTX_E_UNTRUSTED;
	f->stream = f->head[0] == 2;
	f->left = (size_t)f->head[4] << 24 | (size_t)f->head[5] << 16 | (size_t)f->head[6] << 8 |
		  f->head[7];
	return 0;
}

int ptxi_frames_take(struct ptx_str piece, void *user)
{
	struct ptxi_frames *f = user;

	while (piece.n) {
		size_t n = piece.n;
		int code = 0;

		if (!f->left) {
			f->head[f->head_n++] = (unsigned char)piece.p[0];
			n = 1;
			code = f->head_n == HEAD ? begin_frame(f) : 0;
		} else {
			n = n < f->left ? n : f->left;
			add_text(f, ptxi_str_sub(piece, 0, n));
			f->left -= n;
		}
		if (code < 0)
			return code;
		piece = ptxi_str_from(piece, n);
	}
	return ptx_arena_status(ptxi_value_arena(f->lines));
}

void ptxi_frames_end(struct ptxi_frames *f)
{
	for (int i = 0; i < STREAMS; i++)
		if (f->line[i].n)
			end_line(f, i);
}

static char *path_of(const struct ptx_provider_log_query *q)
{
	char since[48] = "";
	char tail[32] = "all";

	if (q->since_ns > 0)
		snprintf(since, sizeof(since), "&since=%lld.%09lld",
			 (long long)(q->since_ns / PTXI_NS_PER_S),
			 (long long)(q->since_ns % PTXI_NS_PER_S));
	if (q->tail >= 0)
		snprintf(tail, sizeof(tail), "%lld", (long long)q->tail);
	return ptxi_asprintf("/containers/%s/logs?stdout=1&stderr=1&timestamps=1&tail=%s%s",
			     q->name, tail, since);
}

int ptxi_docker_logs(void *driver, const struct ptx_provider_log_query *q, struct ptx_value *lines,
		     struct ptx_error **err)
{
	ptx_auto_str path = path_of(q);
	struct ptxi_frames *f = ptxi_frames_new(q, lines);
	struct ptxi_call_opts o = { .on_body = ptxi_frames_take, .user = f };
	ptxi_auto_reply reply = { 0 };
	int code = 0;

	if (!path || !f)
		code = ptx_fail(err, PTX_E_NOMEM, "no memory for a log");
	if (code == 0)
		code = ptxi_engine_call(driver, "GET", path, NULL, &o, &reply, err);
	if (code == 0 && reply.status == 404)
		code = ptx_fail(err, PTX_E_NOT_FOUND, "there is no container '%s'", q->name);
	else if (code == 0 && reply.status != 200)
		code = ptxi_engine_refused(&reply, "reading a log", err);
	if (code == 0)
		ptxi_frames_end(f);
	ptxi_frames_free(f);
	return code < 0 ? ptx_wrap(err, "while reading the log of '%s'", q->name)
			: ptxi_arena_check(ptxi_value_arena(lines), err);
}
