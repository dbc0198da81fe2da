// SPDX-License-Identifier: Apache-2.0
/* The riser command: finds the sub-command and leaves the rest to it. */
#include <stdio.h>
#include <string.h>

#include "../diagnostic.h"
#include "../super/super.h"
#include "cli.h"

static const struct riser_command commands[] = {
	{ "run", "build what is stale, boot a guest, run a script against the card", riser_cmd_run },
	{ "wave", "show the waveform of the failing access, or of any moment", riser_cmd_wave },
	{ "replay", "put the record of a run into its model: is it the same?", riser_cmd_replay },
	{ "report", "write what happened in a run as a page and as a timeline", riser_cmd_report },
