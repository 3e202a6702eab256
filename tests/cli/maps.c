/* SPDX-License-Identifier: Apache-2.0 */
/* maps.c - preloaded into a program: at its end, writes what is mapped into it to
 * $PITRIX_TEST_MAPS. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static __attribute__((destructor)) void write_maps(void)
{
	const char *path = getenv("PITRIX_TEST_MAPS");
	int out = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	int in = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	char chunk[4096];
	ssize_t n = 0;

	while (in >= 0 && out >= 0 && (n = read(in, chunk, sizeof(chunk))) > 0)
		if (write(out, chunk, (size_t)n) != n)
			break;
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
}
