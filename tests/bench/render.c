/* SPDX-License-Identifier: Apache-2.0 */
/* render.c - a chart loaded once and rendered many times in one process.
 *
 *     render TIMES CHART [CHART...]
 *
 * Prints for each chart, and for all together, CPU seconds, MB of output and MB of output a CPU
 * second. Goal: 100 MB/s over all.
 */
#include <pitrix/pitrix.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static double cpu_seconds(void)
{
	struct rusage u = { 0 };

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Bytes that came out of all renderings; 0 when one failed, with its error. */
static size_t render(const struct ptx_chart *chart, long times, struct ptx_error **err)
{
	size_t total = 0;

	for (long i = 0; i < times; i++) {
		struct ptx_chart_render_opts o = PTX_CHART_RENDER_OPTS_INIT;
		struct ptx_chart_rendered *r = NULL;
		struct ptx_buf out;

		o.release = "demo";
		r = ptx_chart_render(chart, NULL, &o, err);
		if (!r)
			return 0;
		ptx_buf_init(&out, 0);
		ptx_chart_rendered_print(r, NULL, &out);
		total += out.n;
		ptx_buf_done(&out);
		ptx_chart_rendered_free(r);
	}
	return total;
}

static void report(const char *name, double seconds, size_t bytes, const char *goal)
{
	double mb = (double)bytes / 1e6;

	printf("%-44s %7.3f CPU s, %8.2f MB, %7.1f MB/s%s\n", name, seconds, mb, mb / seconds,
	       goal);
}

int main(int argc, char **argv)
{
	long times = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	double all_seconds = 0;
	size_t all_bytes = 0;

	if (times <= 0) {
		fputs("render TIMES CHART [CHART...]\n", stderr);
		return 64;
	}
	for (int i = 2; i < argc; i++) {
		struct ptx_error *err = NULL;
		struct ptx_chart *chart = ptx_chart_load(argv[i], NULL, &err);
		double from = cpu_seconds();
		size_t bytes = chart ? render(chart, times, &err) : 0;
		double seconds = cpu_seconds() - from;

		ptx_chart_free(chart);
		if (!bytes) {
			fprintf(stderr, "%s: %s\n", argv[i],
				err ? ptx_error_message(err) : "nothing came out");
			ptx_error_free(err);
			return 1;
		}
		report(argv[i], seconds, bytes, "");
		all_seconds += seconds;
		all_bytes += bytes;
	}
	report("all together", all_seconds, all_bytes,
	       all_bytes >= 100e6 * all_seconds ? " (goal 100: met)" : " (goal 100: missed)");
	return 0;
}
