// SPDX-License-Identifier: Apache-2.0
/* Which memory of a model a file is for. Pure: no file is looked at. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <riser/link.h>
#include <riser/loader.h>

#include "diagnostic.h"

const char *riser_preload_file(const char *word, size_t *name_len)
{
	size_t len = strcspn(word, "=/");

	*name_len = word[len] == '=' ? len : 0;
	return *name_len ? word + len + 1 : word;
}

static int no_memory(const struct riser_model_info *info, const char *name, size_t len,
		     char *error)
{
	const char *names[RISER_MODEL_MAX_MEMS + 1] = { 0 }, *near;
	char wanted[64];
	uint32_t i;

	for (i = 0; i < info->nr_mems && i < RISER_MODEL_MAX_MEMS; i++)
		names[i] = info->mem[i].name;
	snprintf(wanted, sizeof(wanted), "%.*s", (int)len, name);
	near = riser_nearest(wanted, names);
	if (!info->nr_mems)
		snprintf(error, RISER_ERROR_BYTES, "the model has no memory to preload");
	else if (near)
		snprintf(error, RISER_ERROR_BYTES,
			 "the model has no memory '%s'; did you mean '%s'?", wanted, near);
	else
		snprintf(error, RISER_ERROR_BYTES, "the model has no memory '%s': its first is '%s'",
			 wanted, names[0]);
	return -EINVAL;
}

int riser_preload_place(const struct riser_model_info *info, const char *word,
			const char **files, char *error)
{
	size_t len;
	const char *file = riser_preload_file(word, &len);
	uint32_t i;

	for (i = 0; i < info->nr_mems && i < RISER_MODEL_MAX_MEMS; i++) {
		if (len && (strncmp(info->mem[i].name, word, len) || info->mem[i].name[len]))
			continue;
		files[i] = file;
		return 0;
	}
	return no_memory(info, len ? word : "", len, error);
}
