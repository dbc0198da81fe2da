// SPDX-License-Identifier: Apache-2.0
/* A project file of any bytes: options, or an exit code and no leftovers. */
#define _GNU_SOURCE
#include "../../bridge/project/project.h"
#include "memory_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct riser_project project = { 0 };
	static char errors[1 << 16];
	size_t i;
	int ret;

	/* mistakes are told character by character */
	setvbuf(stderr, errors, _IOFBF, sizeof(errors));
	ret = riser_project_read(memory_file(data, size), &project);
	MUST(ret == 0 || ret == 2);
	for (i = 0; !ret && i < project.nr; i++)
		MUST(project.argv[i] && !strncmp(project.argv[i], "--", 2));
	riser_project_fini(&project);
	return 0;
}
