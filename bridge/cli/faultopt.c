// SPDX-License-Identifier: Apache-2.0
/* --fault, for the commands that have it. */
#include <errno.h>
#include <stdlib.h>

#include <riser/fault.h>

#include "../diagnostic.h"
#include "cli.h"

int riser_cli_fault(const char *text, struct riser_fault **faults,
		    uint32_t *nr)
{
	struct riser_fault_error error;
	struct riser_fault *grown;

	if (*nr == RISER_MAX_FAULTS) {
		fprintf(stderr, "riser: error: --fault: at most %d in one run\n",
			RISER_MAX_FAULTS);
		return EBADMSG;
	}
	grown = realloc(*faults, (*nr + 1) * sizeof(*grown));
	if (!grown)
		return ENOMEM;
	*faults = grown;
	if (riser_fault_parse(text, &grown[*nr], &error)) {
		riser_complain(stderr, "--fault", text, error.column, error.len,
			       error.text);
		return EBADMSG;
	}
	++*nr;
	return 0;
}
