/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process of a model may ask the kernel for. RTL, its C code and what
 * comes out of rings and files need memory, files, threads and time; they start no
 * program, have no network and change nothing of the machine.
 */
#ifndef RISER_SANDBOX_H
#define RISER_SANDBOX_H

#include <stdbool.h>

/* Of the environment, "off": processes that a bridge starts for models have none either. */
#define RISER_SANDBOX_ENV	"RISER_SANDBOX"

/* How each message ends. */
#define RISER_SANDBOX_WORDS	"its sandbox refuses; if that is meant, run with --no-sandbox"

/**
 * riser_sandbox_enter() - no way back, for all threads there are and will be
 * @program: its name, for messages; stays
 * @has_host: a model lives in a process of its own, with its own sandbox, and is
 *	started again at a reset: processes may be started
 *
 * A system call that is refused ends the process by SIGSYS, after a message on
 * standard error that names the call and says how to allow it. No message from a
 * thread that has signals blocked, which is how system() starts a process. On a build for a
 * sanitizer, whose own threads need more, and with RISER_SANDBOX=off nothing happens.
 *
 * Return: 0, or a negative error of a kernel without seccomp.
 */
int riser_sandbox_enter(const char *program, bool has_host);

/**
 * riser_sandbox_is_built() - whether riser_sandbox_enter() of this build does anything
 *
 * Return: false on a build for a sanitizer.
 */
bool riser_sandbox_is_built(void);

#endif /* RISER_SANDBOX_H */
