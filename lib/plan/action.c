/* SPDX-License-Identifier: Apache-2.0 */
/* action.c - the action table. The engine's executors have a row for each name here
 * (engine/exec_*.c). */
#define PTX_AREA PTX_AREA_PLAN
#include "../base/ptxi.h"
#include "action.h"

#define SECONDS 1000
#define MINUTES (60 * SECONDS)

static const struct ptxi_action actions[] = {
	/* clang-format off */
	{ "image.prepare",     PTXI_EXEC_PROVIDER, 60 * MINUTES, "prepare image", true },
	{ "network.create",    PTXI_EXEC_PROVIDER,  5 * MINUTES, "create network", false },
	{ "network.delete",    PTXI_EXEC_PROVIDER,  5 * MINUTES, "delete network", false },
	{ "volume.create",     PTXI_EXEC_PROVIDER, 10 * MINUTES, "create volume of", false },
	{ "volume.delete",     PTXI_EXEC_PROVIDER, 10 * MINUTES, "delete volume of", false },
	{ "instance.create",   PTXI_EXEC_PROVIDER, 20 * MINUTES, "create instance of", false },
	{ "instance.start",    PTXI_EXEC_PROVIDER, 10 * MINUTES, "start instance of", false },
	{ "instance.stop",     PTXI_EXEC_PROVIDER, 10 * MINUTES, "stop instance of", false },
	{ "instance.delete",   PTXI_EXEC_PROVIDER, 10 * MINUTES, "delete instance of", false },
	{ "frontgate.wait",    PTXI_EXEC_AGENT,    10 * MINUTES, "wait for Frontgate of", false },
	{ "drone.allow",       PTXI_EXEC_AGENT,     2 * MINUTES, "allow enrolment of", false },
	{ "drone.forget",      PTXI_EXEC_AGENT,          MINUTES, "forget enrolment of", false },
	{ "drone.wait",        PTXI_EXEC_AGENT,    10 * MINUTES, "wait for agent of", false },
	{ "metadata.put",      PTXI_EXEC_AGENT,     2 * MINUTES, "register metadata of", false },
	{ "metadata.remove",   PTXI_EXEC_AGENT,          MINUTES, "deregister metadata of", false },
	{ "confd.start",       PTXI_EXEC_AGENT,     2 * MINUTES, "start confd on", false },
	{ "confd.stop",        PTXI_EXEC_AGENT,          MINUTES, "stop confd on", false },
	{ "health.start",      PTXI_EXEC_AGENT,     2 * MINUTES, "start health checks of", false },
	{ "health.stop",       PTXI_EXEC_AGENT,    10 * MINUTES, "stop health checks of", false },
	{ "ssh.key",           PTXI_EXEC_AGENT,     2 * MINUTES, "make SSH key of", false },
	{ "custom.run",        PTXI_EXEC_AGENT,    10 * MINUTES, "collect metadata of", false },
	{ "service.run",       PTXI_EXEC_AGENT,    10 * MINUTES, "run service on", false },
	{ "agent.offer",       PTXI_EXEC_AGENT,    10 * MINUTES, "bring the new agent to", false },
	{ "agent.update",      PTXI_EXEC_AGENT,    10 * MINUTES, "update the agent of", false },
	{ "address.allocate",  PTXI_EXEC_LOCAL,          MINUTES, "allocate addresses of", true },
	{ "address.release",   PTXI_EXEC_LOCAL,          MINUTES, "release addresses of", true },
	{ "vpc.enter",         PTXI_EXEC_LOCAL,     60 * MINUTES, "take a turn at", true },
	{ "vpc.leave",         PTXI_EXEC_LOCAL,          MINUTES, "end the turn at", true },
	{ "vpc.close",         PTXI_EXEC_LOCAL,          MINUTES, "see who needs", true },
	{ "vpc.status",        PTXI_EXEC_LOCAL,          MINUTES, "record state of", true },
	{ "vpc.remove",        PTXI_EXEC_LOCAL,          MINUTES, "remove record of", true },
	{ "cluster.status",    PTXI_EXEC_LOCAL,          MINUTES, "record state of", true },
	{ "join",              PTXI_EXEC_LOCAL,          MINUTES, "wait for all of", false },
	/* clang-format on */
};

const struct ptxi_action *ptxi_action_find(const char *name)
{
	for (size_t i = 0; i < PTXI_COUNT(actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}
