/* SPDX-License-Identifier: Apache-2.0 */
/* logs.h - the frames of an engine's logs, piece by piece. */
#ifndef PTXI_DOCKER_LOGS_H
#define PTXI_DOCKER_LOGS_H

#include <pitrix/sys/provider.h>

struct ptxi_frames;
/* Both borrowed; lines get a map for each line. NULL without memory. */
struct ptxi_frames *ptxi_frames_new(const struct ptx_provider_log_query *q,
				    struct ptx_value *lines);
void ptxi_frames_free(struct ptxi_frames *f);
/* Takes a piece (user: the frames). UNTRUSTED: these are no frames; LIMIT, NOMEM. */
int ptxi_frames_take(struct ptx_str piece, void *user);
/* What had no end of line is a line too. */
void ptxi_frames_end(struct ptxi_frames *f);

int ptxi_docker_logs(void *driver, const struct ptx_provider_log_query *q, struct ptx_value *lines,
		     struct ptx_error **err);

#endif
