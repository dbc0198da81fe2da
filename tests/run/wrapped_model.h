/* SPDX-License-Identifier: Apache-2.0 */
/* Models that do something besides what another model does. */
#ifndef TESTS_RUN_WRAPPED_MODEL_H
#define TESTS_RUN_WRAPPED_MODEL_H

#include <riser/model.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * The operations of the model whose path is in the environment as @path_name; *@number is
 * what is there as @number_name. Without them the process ends.
 */
static const struct riser_model_ops *wrapped_model(uint32_t abi, const char *path_name,
						   const char *number_name, uint64_t *number)
{
	const char *path = getenv(path_name), *text = getenv(number_name);
	void *object = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	const struct riser_model_ops *(*entry)(uint32_t abi);

	if (!object || !text) {
		fprintf(stderr, "%s and %s are needed: %s\n", path_name, number_name,
			object ? "no number" : path ? dlerror() : "no model");
		abort();
	}
	*(void **)&entry = dlsym(object, RISER_MODEL_ENTRY);
	*number = strtoull(text, NULL, 10);
	return entry(abi);
}

#endif /* TESTS_RUN_WRAPPED_MODEL_H */
