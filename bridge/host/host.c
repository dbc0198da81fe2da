// SPDX-License-Identifier: Apache-2.0
/*
 * riser-model-host MODEL.so: simulate a model in a process of its own, for a
 * bridge on descriptor 3. Started by the model loader for models that allow
 * one instance in a process (SystemC).
 */
#include <riser/serve.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "../sandbox.h"

#define SOCKET_FD 3

int main(int argc, char **argv)
{
	const struct riser_model_ops *(*entry)(uint32_t abi);
	const struct riser_model_ops *ops;
	void *handle;
	int ret;

	if (argc != 2) {
		fprintf(stderr, "usage: riser-model-host MODEL.so (a bridge's socket is descriptor 3)\n");
		return 2;
	}
	handle = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
	if (!handle) {
		fprintf(stderr, "riser-model-host: error: %s\n", dlerror());
		return 2;
	}
	*(void **)&entry = dlsym(handle, RISER_MODEL_ENTRY);
	ops = entry ? entry(RISER_MODEL_ABI) : NULL;
	if (!ops || ops->abi != RISER_MODEL_ABI) {
		fprintf(stderr, "riser-model-host: error: %s is no model of ABI %d\n", argv[1],
			RISER_MODEL_ABI);
		return 2;
	}
	ret = riser_sandbox_enter("riser-model-host", false);
	if (ret)
		fprintf(stderr, "riser-model-host: warning: no sandbox: %s\n", strerror(-ret));
	ret = riser_model_serve(SOCKET_FD, ops);
	if (ret)
		fprintf(stderr, "riser-model-host: error: %s\n", strerror(-ret));
	return ret ? 1 : 0;
}
