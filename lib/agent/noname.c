/* SPDX-License-Identifier: Apache-2.0 */
/* noname.c - name services and dynamic loading, as a static program has them: not at all.
 *
 * libevent and OpenSSL refer to these functions of the C library, although no path of ours leads
 * there: addresses are numeric, and there are no plug-ins. The C library's own would load shared
 * objects at run time, which must be of the very same version; so here each says that there is
 * nothing. Linked into pitrix-agent only.
 */
#define PTX_AREA PTX_AREA_AGENT
#include "../base/ptxi.h"

#include <dlfcn.h>
#include <netdb.h>
#include <sys/socket.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		struct addrinfo **result)
{
	(void)node, (void)service, (void)hints;
	*result = NULL;
	return EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *result)
{
	(void)result;
}

int getnameinfo(const struct sockaddr *sa, socklen_t n, char *host, socklen_t host_n, char *service,
		socklen_t service_n, int flags)
{
	(void)sa, (void)n, (void)host, (void)host_n, (void)service, (void)service_n, (void)flags;
	return EAI_NONAME;
}

const char *gai_strerror(int code)
{
	(void)code;
	return "names are not looked up here";
}

struct hostent *gethostbyname(const char *name)
{
	(void)name;
	return NULL;
}

struct servent *getservbyname(const char *name, const char *protocol)
{
	(void)name, (void)protocol;
	return NULL;
}

struct protoent *getprotobynumber(int number)
{
	(void)number;
	return NULL;
}

/* The linker turns dlopen() into this (--wrap): the C library has one inside for itself, and warns
 * at the name. */
void *__wrap_dlopen(const char *file, int mode);

void *__wrap_dlopen(const char *file, int mode)
{
	(void)file, (void)mode;
	return NULL;
}

void *dlsym(void *handle, const char *name)
{
	(void)handle, (void)name;
	return NULL;
}

int dlclose(void *handle)
{
	(void)handle;
	return 0;
}

char *dlerror(void)
{
	static char text[] = "a static program loads nothing";

	return text;
}

int dladdr(const void *address, Dl_info *info)
{
	(void)address, (void)info;
	return 0;
}
