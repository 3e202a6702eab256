/* SPDX-License-Identifier: Apache-2.0 */
/* fault.h - what makes tests/agent/faulty-agent fail, once it has taken over. */
#ifndef AGENT_FAULT_H
#define AGENT_FAULT_H

#ifdef __cplusplus
extern "C"
#endif
    void
    agent_fault(const char **config);

#endif
