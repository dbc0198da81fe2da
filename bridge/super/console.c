// SPDX-License-Identifier: Apache-2.0
/* What the guest's kernel log tells: lines that mean that something broke. */
#include "super.h"

#include <string.h>

static const struct {
	const char *text;
	const char *sentence;
} troubles[] = {
	{ "Kernel panic - not syncing", "the guest kernel panicked" },
	{ "BUG: unable to handle", "the guest kernel followed a bad pointer" },
	{ "BUG: KASAN", "KASAN found a bad access" },
	{ "BUG: KCSAN", "KCSAN found a data race" },
	{ "BUG: soft lockup", "a guest CPU was stuck for 20 s" },
	{ "BUG: scheduling while atomic", "the guest kernel slept where it may not" },
	{ "BUG: sleeping function called", "the guest kernel slept where it may not" },
	{ "kernel BUG at", "a BUG() of the guest kernel was hit" },
	{ "Oops: ", "the guest kernel oopsed" },
	{ "general protection fault", "the guest kernel took a protection fault" },
	{ "WARNING: CPU:", "the guest kernel printed a warning" },
	{ "UBSAN:", "UBSAN found undefined behaviour" },
	{ "rcu: INFO: rcu", "the guest kernel reported an RCU stall" },
	{ "INFO: task ", "a guest task hung" },
	{ "possible circular locking", "lockdep found a deadlock" },
	{ "inconsistent lock state", "lockdep found a lock used inconsistently" },
	{ "DMA-API:", "the DMA API debugging found a misuse" },
};

const char *riser_console_trouble(const char *line)
{
	size_t i;

	for (i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		if (strstr(line, troubles[i].text))
			return troubles[i].sentence;
	return NULL;
}

static const struct {
	const char *text;
	const char *sentence;
} recoveries[] = {
	{ "AER: Corrected", "the port's error reporting handles an error" },
	{ "AER: Uncorrect", "the port's error reporting handles an error" },
	{ "AER: Multiple", "the port's error reporting handles errors" },
	{ "AER: device recovery", "the card's error handling has ended" },
	{ "AER: can't recover", "the driver has no error handler" },
	{ "frozen state error detected", "the driver's error handler was called" },
	{ "error_detected", "the driver's error handler was called" },
	{ "timeout, aborting", "the driver aborts a request" },
	{ "timeout, reset controller", "the driver resets the card" },
	{ "timeout, disable controller", "the driver gives the card up" },
	{ "timeout, completion polled", "the driver looked for a completion whose interrupt did not come" },
	{ "controller is down; will reset", "the driver resets the card" },
	{ "resetting controller", "the driver resets the card" },
	{ "Removing after probe failure", "the driver gives the card up" },
	{ "NETDEV WATCHDOG", "the network stack's watchdog calls the driver" },
	{ "Detected Tx Unit Hang", "the driver sees a transmitter that hangs" },
	{ "Adapter Reset", "the driver resets the card" },
};

const char *riser_console_recovery(const char *line)
{
	size_t i;

	for (i = 0; i < sizeof(recoveries) / sizeof(recoveries[0]); i++)
		if (strstr(line, recoveries[i].text))
			return recoveries[i].sentence;
	return NULL;
}
