/* SPDX-License-Identifier: Apache-2.0 */
/* action.c - the action table. The engine's executors have a row for each name here (engine/exec_*.c). */
#define PTX_AREA PTX_AREA_PLAN
#include "../base/ptxi.h"
#include "action.h"

#define SECONDS 1000
#define MINUTES (60 * SECONDS)

static const struct ptxi_action actions[] = {
	/* clang-format off */
	{ "image.prepare",     PTXI_EXEC_PROVIDER, 60 * MINUTES, "prepare image" },
	{ "network.create",    PTXI_EXEC_PROVIDER,  5 * MINUTES, "create network" },
	{ "network.delete",    PTXI_EXEC_PROVIDER,  5 * MINUTES, "delete network" },
	{ "volume.create",     PTXI_EXEC_PROVIDER, 10 * MINUTES, "create volume of" },
	{ "volume.delete",     PTXI_EXEC_PROVIDER, 10 * MINUTES, "delete volume of" },
	{ "instance.create",   PTXI_EXEC_PROVIDER, 20 * MINUTES, "create instance of" },
	{ "instance.start",    PTXI_EXEC_PROVIDER, 10 * MINUTES, "start instance of" },
	{ "instance.stop",     PTXI_EXEC_PROVIDER, 10 * MINUTES, "stop instance of" },
	{ "instance.delete",   PTXI_EXEC_PROVIDER, 10 * MINUTES, "delete instance of" },
	{ "frontgate.wait",    PTXI_EXEC_AGENT,    10 * MINUTES, "wait for Frontgate of" },
	{ "drone.allow",       PTXI_EXEC_AGENT,     2 * MINUTES, "allow enrolment of" },
	{ "drone.forget",      PTXI_EXEC_AGENT,          MINUTES, "forget enrolment of" },
	{ "drone.wait",        PTXI_EXEC_AGENT,    10 * MINUTES, "wait for agent of" },
	{ "metadata.put",      PTXI_EXEC_AGENT,     2 * MINUTES, "register metadata of" },
	{ "metadata.remove",   PTXI_EXEC_AGENT,          MINUTES, "deregister metadata of" },
	{ "confd.start",       PTXI_EXEC_AGENT,     2 * MINUTES, "start confd on" },
	{ "confd.stop",        PTXI_EXEC_AGENT,          MINUTES, "stop confd on" },
	{ "health.start",      PTXI_EXEC_AGENT,     2 * MINUTES, "start health checks of" },
	{ "health.stop",       PTXI_EXEC_AGENT,    10 * MINUTES, "stop health checks of" },
	{ "ssh.key",           PTXI_EXEC_AGENT,     2 * MINUTES, "make SSH key of" },
	{ "custom.run",        PTXI_EXEC_AGENT,    10 * MINUTES, "collect metadata of" },
	{ "service.run",       PTXI_EXEC_AGENT,    10 * MINUTES, "run service on" },
	{ "agent.offer",       PTXI_EXEC_AGENT,    10 * MINUTES, "bring the new agent to" },
	{ "agent.update",      PTXI_EXEC_AGENT,    10 * MINUTES, "update the agent of" },
	{ "address.allocate",  PTXI_EXEC_LOCAL,          MINUTES, "allocate addresses of" },
	{ "address.release",   PTXI_EXEC_LOCAL,          MINUTES, "release addresses of" },
	{ "vpc.status",        PTXI_EXEC_LOCAL,          MINUTES, "record state of" },
	{ "vpc.remove",        PTXI_EXEC_LOCAL,          MINUTES, "remove record of" },
	{ "cluster.status",    PTXI_EXEC_LOCAL,          MINUTES, "record state of" },
	{ "join",              PTXI_EXEC_LOCAL,          MINUTES, "wait for all of" },
	/* clang-format on */
};

const struct ptxi_action *ptxi_action_find(const char *name)
{
	for (size_t i = 0; i < PTXI_COUNT(actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}
