/* SPDX-License-Identifier: Apache-2.0 */
/* drone_fixture.h - a real Drone at the Frontgate of frontgate_fixture.h, in a folder of its own.
 * One at a time: Check forks for each test. */
#ifndef DRONE_FIXTURE_H
#define DRONE_FIXTURE_H

#include "frontgate_fixture.h"

#define INSTANCE "node-a"
#define ADDRESS  "127.77.199.11"

extern struct fixture f;
extern struct scripted who; /* token and allowance */
extern char *home;          /* of the Drone: data, confd, out */
extern pid_t drone;
extern int64_t drone_trial_ms; /* of its configuration */

void set_up(void);
void tear_down(void);
void write_config(void);
const char *agent_path(void);
/* in_namespace: as pid 1 of a pid namespace of its own. */
void start_drone(bool in_namespace);
/* Its exit status, 128 and more for a signal. */
int end_drone(int number);
/* Allowed, started, and up. */
void bring_up(void);

/* Files below home; texts are in the fixture's arena, "" when there is none. */
char *at(const char *name);
void put_file(const char *name, const char *text, mode_t mode);
const char *file_text(const char *name);
bool wait_text(const char *name, const char *text, int64_t ms);
/* A resource NAME.toml whose template is given; dest is home/out/NAME. */
void put_resource(const char *name, const char *template, const char *more);

/* What Frontgate says of it. */
const char *drone_status(const char *name);
bool wait_status(const char *name, const char *text, int64_t ms);
/* Metadata with one changing value. */
void put_metadata(const char *value);
void ask(const char *id, const char *kind, const char *cmd, int64_t timeout_ms);
/* Waits for a final outcome. */
const struct ptx_value *outcome(const char *id, int64_t ms);
const char *text_of(const struct ptx_value *v, const char *name);
/* Runs a command; its outcome's state. */
const char *run(const char *cmd, int64_t timeout_ms, const struct ptx_value **all);
/* Does a process with this command line run? Two words, the second one behind a NUL. */
bool runs(const char *words);

#endif
