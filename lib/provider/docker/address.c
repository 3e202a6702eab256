/* SPDX-License-Identifier: Apache-2.0 */
/* address.c - addresses of this machine for published ports: one of 127.77.0.0/16 for each
 * instance.
 *
 * Who has which is recorded for the whole machine in one folder that everybody may write and nobody
 * may clear (mode 1777): a file named by the address, made with O_EXCL, which is the lock. It holds
 * the folder of the instance that has the address, readable by its owner only. A file of ours whose
 * folder is gone is nobody's. Beside the record every port is tried with bind(): what others have,
 * with or without a record, is left alone.
 *
 * Invariant: the instance's folder exists before its address is taken and goes after the address is
 * given back, so a crash anywhere leaves nothing that is not found again.
 */
#define PTX_AREA PTX_AREA_PROVIDER
#include "docker.h"
#include "../../base/fs.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_ADDRESS (UINT32_C(127) << 24 | 77u << 16 | 1u)
#define LAST_ADDRESS  (UINT32_C(127) << 24 | 77u << 16 | 0xfffeu)
/* So many addresses in a row with the same port taken: then something listens on all of them. */
#define TAKEN_EVERYWHERE 32u

static const char *records(void)
{
	const char *dir = secure_getenv("PITRIX_ADDRESSES");

	return dir && *dir == '/' ? dir : "/var/tmp/pitrix-addresses";
}

static int open_records(struct ptx_error **err)
{
	struct stat st = { 0 };
	int fd = -1;

	if (mkdir(records(), 0700) == 0 && chmod(records(), 01777) < 0)
		return ptx_fail_errno(err, PTX_E_IO, errno, "cannot set the mode of '%s'",
				      records());
	fd = open(records(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		int saved = errno;

		return ptx_fail_errno(err, ptxi_code_from_errno(saved), saved,
				      "cannot open '%s', the record of addresses in use",
				      records());
	}
	/* In a folder of somebody else's that is not sticky, others' records could be cleared. */
	if (fstat(fd, &st) < 0 ||
	    (st.st_uid != geteuid() && st.st_uid != 0 && (st.st_mode & 01777) != 01777)) {
		close(fd);
		return ptx_fail(err, PTX_E_DENIED, "'%s' is not a folder that everybody may use",
				records());
	}
	return fd;
}

/* Whose is this record? NULL: not ours to know. */
static char *read_holder(int dir, const char *name)
{
	char text[PATH_MAX] = "";
	struct stat st = { 0 };
	ptx_auto_fd fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return NULL;
	n = read(fd, text, sizeof(text) - 1);
	return n >= 0 ? ptxi_strndup(text, (size_t)n) : NULL;
}

static bool write_record(int dir, const char *name, const char *folder)
{
	ptx_auto_fd fd =
	    openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	size_t n = strlen(folder);

	if (fd < 0)
		return false;
	if (write(fd, folder, n) == (ssize_t)n)
		return true;
	unlinkat(dir, name, 0);
	return false;
}

/* Takes over the record of an instance that is no more. Two of us may have seen that: under a lock,
 * one looks again. Who cannot have the lock goes on to the next address. */
static bool inherit(int dir, const char *name, const char *folder)
{
	ptx_auto_str holder = NULL;
	bool ours = false;

	if (flock(dir, LOCK_EX | LOCK_NB) < 0)
		return false;
	holder = read_holder(dir, name);
	if (holder && *holder && !ptxi_fs_is_dir(holder))
		ours = unlinkat(dir, name, 0) == 0 && write_record(dir, name, folder);
	flock(dir, LOCK_UN);
	return ours;
}

/* Makes the record ours; false when it is somebody else's. */
static bool claim(int dir, const char *name, const char *folder)
{
	ptx_auto_str holder = NULL;

	if (write_record(dir, name, folder))
		return true;
	holder = read_holder(dir, name);
	if (!holder)
		return false;
	if (strcmp(holder, folder) == 0)
		return true;
	/* A record without a text is one that is being written just now. */
	return *holder && !ptxi_fs_is_dir(holder) && inherit(dir, name, folder);
}

/* Index of the first port that something has already; n when all are free. */
static size_t first_taken(uint32_t ip, const struct ptxi_port *ports, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct sockaddr_in a = { .sin_family = AF_INET,
					 .sin_port = htons(ports[i].port),
					 .sin_addr.s_addr = htonl(ip) };
		bool udp = strcmp(ports[i].protocol, "udp") == 0;
		ptx_auto_fd fd =
		    socket(AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
		int on = 1;

		/* Connections that were closed a moment ago do not count. */
		if (!udp)
			setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		/* EACCES: a port below 1024, which the engine may still be allowed to have. */
		if (fd >= 0 && bind(fd, (const struct sockaddr *)&a, sizeof(a)) < 0 &&
		    errno != EACCES)
			return i;
	}
	return n;
}

static void drop_record(int dir, const char *name)
{
	unlinkat(dir, name, 0);
}

/* The address that this folder's instance has already, if it is still good. */
static bool find_own(int dir, const char *folder, const struct ptxi_port *ports, size_t n,
		     char out[PTXI_IPV4_MAX])
{
	int copy = dup(dir);
	DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	const struct dirent *e = NULL;
	bool found = false;

	if (!d && copy >= 0)
		close(copy);
	if (d)
		rewinddir(d);
	while (d && !found && (e = readdir(d))) {
		uint32_t ip = 0;
		ptx_auto_str holder = NULL;

		if (!ptxi_ipv4_parse(ptxi_str(e->d_name), &ip))
			continue;
		holder = read_holder(dir, e->d_name);
		if (!holder || strcmp(holder, folder) != 0)
			continue;
		if (first_taken(ip, ports, n) == n) {
			snprintf(out, PTXI_IPV4_MAX, "%.15s", e->d_name);
			found = true;
		} else {
			drop_record(dir, e->d_name);
		}
	}
	if (d)
		closedir(d);
	return found;
}

static int no_address(const struct ptxi_port *everywhere, struct ptx_error **err)
{
	if (!everywhere) {
		ptx_fail(err, PTX_E_BUSY, "no address in 127.77.0.0/16 is left for an instance");
		ptxi_error_hint(err, "'%s' has who uses them", records());
		return PTX_E_BUSY;
	}
	ptx_fail(err, PTX_E_BUSY, "port %u (%s) of this machine is in use on every address",
		 everywhere->port, everywhere->protocol);
	ptxi_error_hint(err, "`ss -ln '( sport = :%u )'` shows what listens there",
			everywhere->port);
	return PTX_E_BUSY;
}

/* The folder of records was removed under us by the last one that had an address. */
static bool is_removed(int dir)
{
	struct stat st = { 0 };

	return fstat(dir, &st) == 0 && st.st_nlink == 0;
}

static int take_from(int dir, const char *folder, const struct ptxi_port *ports, size_t n,
		     char out[PTXI_IPV4_MAX], struct ptx_error **err)
{
	unsigned taken = 0;

	if (find_own(dir, folder, ports, n, out))
		return 0;
	for (uint32_t ip = FIRST_ADDRESS; ip <= LAST_ADDRESS; ip++) {
		char name[PTXI_IPV4_MAX] = "";
		size_t at = 0;

		ptxi_ipv4_format(ip, name);
		if (!claim(dir, name, folder)) {
			if (is_removed(dir))
				return PTX_E_NOT_FOUND;
			continue;
		}
		at = first_taken(ip, ports, n);
		if (at == n) {
			memcpy(out, name, sizeof(name));
			return 0;
		}
		drop_record(dir, name);
		if (++taken >= TAKEN_EVERYWHERE)
			return no_address(&ports[at], err);
	}
	return no_address(NULL, err);
}

int ptxi_address_take(const char *folder, const struct ptxi_port *ports, size_t n,
		      char out[PTXI_IPV4_MAX], struct ptx_error **err)
{
	for (;;) {
		ptx_auto_fd dir = open_records(err);
		int code = dir < 0 ? dir : take_from(dir, folder, ports, n, out, err);

		if (code != PTX_E_NOT_FOUND || !ptxi_fs_is_dir(folder))
			return code == PTX_E_NOT_FOUND ? ptx_fail(err, code, "'%s' is gone", folder)
						       : code;
	}
}

bool ptxi_address_hold(const char *folder, const char *address)
{
	ptx_auto_fd dir = open_records(NULL);
	uint32_t ip = 0;

	return dir >= 0 && ptxi_ipv4_parse(ptxi_str(address), &ip) && claim(dir, address, folder);
}

void ptxi_address_give(const char *folder)
{
	ptx_auto_fd dir = open(records(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int copy = dir >= 0 ? dup(dir) : -1;
	DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	const struct dirent *e = NULL;

	while (d && (e = readdir(d))) {
		ptx_auto_str holder = NULL;
		uint32_t ip = 0;

		if (!ptxi_ipv4_parse(ptxi_str(e->d_name), &ip))
			continue;
		holder = read_holder(dir, e->d_name);
		if (holder && strcmp(holder, folder) == 0)
			drop_record(dir, e->d_name);
	}
	if (d)
		closedir(d);
	else if (copy >= 0)
		close(copy);
	/* The last one out; it is made again by whoever needs it. */
	rmdir(records());
}
