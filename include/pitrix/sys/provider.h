/* SPDX-License-Identifier: Apache-2.0 */
/* provider.h - what a driver of a cloud, or of the local machine, implements.
 *
 * A driver is one const struct in one table. It knows instances, volumes and networks, never
 * packages or clusters: it is told names, sizes and tags, and answers with ids, addresses and
 * states.
 *
 * The rule that every action obeys: START AND POLL ARE SAFE TO REPEAT. The engine may die, or an
 * answer may be lost, at any instant; then the same start() comes again with the same token. So a
 * driver first looks for what the token, the name or the tags say it made before (adopts it), and
 * only then makes it; something that is to be deleted and is not there is done. A mutating request
 * goes out at most once per look.
 *
 * Thread: one opened driver is called from many threads at once.
 */
#ifndef PITRIX_SYS_PROVIDER_H
#define PITRIX_SYS_PROVIDER_H

#include <pitrix/context.h>
#include <pitrix/error.h>
#include <pitrix/value.h>

PTX_BEGIN

enum ptx_provider_kind { PTX_PROVIDER_VM, PTX_PROVIDER_KUBERNETES };

/* One member of a runtime's configuration or credential. */
struct ptx_provider_field {
	const char *name;
	const char *type; /* "string", "integer", "boolean", "object" */
	bool secret;      /* belongs to the credential: never shown, logged or recorded */
	bool required;
	const char *env; /* environment variable that may give it, or NULL */
	const char *help;
};

/* A file that an instance must have before its first process runs. Its content may be secret: a
 * driver hands it over in the safest way that it has (a 0600 file mounted in, user data), never by
 * argv or environment. */
struct ptx_provider_file {
	const char *path; /* absolute, in the instance */
	struct ptx_str content;
	unsigned mode;
};

/* One call of an action. Values given are borrowed for the call; what the driver makes goes into
 * arena. */
struct ptx_provider_call {
	size_t size;
	struct ptx_arena *arena;
	const struct ptx_value
	    *directive;    /* what to do: members by action, see docs/adding-a-provider.md */
	const char *token; /* the same at every repetition of one task, never reused for another */
	const struct ptx_value *tags;          /* string -> string, to be put on all that is made */
	const struct ptx_provider_file *files; /* of instance.create */
	size_t file_count;
	struct ptx_value *handle; /* map; what start left for poll; recorded between the two */
	struct ptx_value *result; /* map; what is known when it is done, for the record */
	int64_t again_ms;         /* out: when to poll, if PTX_PROVIDER_AGAIN */
	void (*progress)(const char *text, void *user); /* may be NULL */
	void *progress_user;
};

/* What start and poll return, or a negative code. */
enum { PTX_PROVIDER_DONE = 0, PTX_PROVIDER_AGAIN = 1 };

typedef int (*ptx_provider_action_fn)(void *driver, struct ptx_provider_call *call,
				      struct ptx_error **err);

struct ptx_provider_action {
	const char *name; /* "instance.create" */
	ptx_provider_action_fn start;
	ptx_provider_action_fn poll; /* NULL: start always ends it */
	int64_t timeout_ms;          /* 0: the action table's */
};

/* Which lines of an instance's log are wanted. */
struct ptx_provider_log_query {
	size_t size;
	const char *name; /* the instance's */
	int64_t since_ns; /* since 1970: only what is later; 0: all */
	int64_t tail;     /* only the last so many; <0: all */
};

struct ptx_provider {
	const char *name;
	enum ptx_provider_kind kind;
	const char *summary;
	const struct ptx_provider_field *fields;   /* ends with a NULL name */
	const struct ptx_provider_action *actions; /* ends with a NULL name */

	/* Required. config: the runtime's members by `fields`, credentials resolved. Does not need
	 * the remote to answer. */
	int (*open)(struct ptx_ctx *ctx, const struct ptx_value *config, void **driver,
		    struct ptx_error **err);
	void (*close)(void *driver);

	/* Optional from here. */
	/* Is the runtime usable? Adds a problem for each thing that is not; fails only when it
	 * cannot tell. */
	int (*check)(void *driver, struct ptx_diags *problems, struct ptx_error **err);
	/* Appends a string for each zone. */
	int (*zones)(void *driver, struct ptx_value *zones, struct ptx_error **err);
	/* What exists: appends to `found` a map for every resource whose tags hold all of `tags`:
	 * {kind: network|volume|instance, id, name, state: running|stopped|creating|failed|unknown,
	 * tags, private_ip, public_ip, exit_status, ...}. */
	int (*find)(void *driver, const struct ptx_value *tags, struct ptx_value *found,
		    struct ptx_error **err);
	/* What an instance said on its standard streams or its console: appends {time_ns, stream:
	 * stdout|stderr, text} for each line, oldest first. NOT_FOUND where there is no such
	 * instance. */
	int (*logs)(void *driver, const struct ptx_provider_log_query *q, struct ptx_value *lines,
		    struct ptx_error **err);
};

PTX_END

#endif
