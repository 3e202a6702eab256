/* SPDX-License-Identifier: Apache-2.0 */
/* measure.c - what a command costs: runs it N times and prints its CPU time and its peak memory.
 *
 *     measure [-q] N COMMAND [ARGUMENT...]
 *
 * prints "min_ms median_ms max_rss_kib" of user and system time together, as the kernel counts them
 * for the child. Memory is the child's own peak: the fork is made by a small parent, so that the
 * parent's size does not count. -q: the command's output goes to /dev/null. Ends with the status of
 * the first run that failed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_RUNS 100000L

static int compare(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

static double ms(const struct timeval *t)
{
	return (double)t->tv_sec * 1e3 + (double)t->tv_usec / 1e3;
}

static void child(char **argv, int quiet)
{
	if (quiet) {
		int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

		if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
			_exit(126);
	}
	execvp(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	int quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
	char **words = argv + 1 + quiet;
	long runs = argc - quiet > 2 ? strtol(words[0], NULL, 10) : 0;
	double *times = NULL;
	long peak_kib = 0;

	if (runs < 1 || runs > MOST_RUNS) {
		fputs("usage: measure [-q] N COMMAND [ARGUMENT...]\n", stderr);
		return 64;
	}
	times = calloc((size_t)runs, sizeof(*times));
	if (!times)
		return 70;
	for (long i = 0; i < runs; i++) {
		struct rusage used;
		int status = 0;
		pid_t pid = fork();

		if (pid == 0)
			child(words + 1, quiet);
		if (pid < 0 || wait4(pid, &status, 0, &used) < 0) {
			perror("measure");
			free(times);
			return 71;
		}
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
			fprintf(stderr, "measure: '%s' failed\n", words[1]);
			free(times);
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		}
		times[i] = ms(&used.ru_utime) + ms(&used.ru_stime);
		if (used.ru_maxrss > peak_kib)
			peak_kib = used.ru_maxrss;
	}
	qsort(times, (size_t)runs, sizeof(*times), compare);
	printf("%.2f %.2f %ld\n", times[0], times[runs / 2], peak_kib);
	free(times);
	return 0;
}
