// SPDX-License-Identifier: Apache-2.0
/*
 * Loads a model.so and makes an instance of it. Owns the shared object, the
 * instance and the memory of the backing stores; simulates nothing.
 */
#define _GNU_SOURCE
#include <riser/loader.h>

#include "remote.h"

#include <riser/link.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_MEM_BYTES ((uint64_t)1 << 44)

typedef const struct riser_model_ops *(*entry_fn)(uint32_t abi);

__attribute__((format(printf, 3, 4)))
static int fail(char *error, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, RISER_ERROR_BYTES, format, args);
	va_end(args);
	return code;
}

/* dlopen() searches when there is no slash; a model is always a path. */
static void *open_object(const char *path)
{
	char with_dir[4096];

	if (strchr(path, '/'))
		return dlopen(path, RTLD_NOW | RTLD_LOCAL);
	snprintf(with_dir, sizeof(with_dir), "./%s", path);
	return dlopen(with_dir, RTLD_NOW | RTLD_LOCAL);
}

/* 1 for a socket */
static int check_file(const char *path, char *error)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return fail(error, -errno, "model %s: %s", path,
			    strerror(errno));
	if (S_ISSOCK(st.st_mode))
		return 1;
	if (!S_ISREG(st.st_mode))
		return fail(error, -ENOEXEC, "model %s is not a file", path);
	if (access(path, R_OK) < 0)
		return fail(error, -errno, "model %s: %s", path,
			    strerror(errno));
	return 0;
}

static int check_abi(const struct riser_model_ops *ops, const char *path,
		     char *error)
{
	if (!ops)
		return fail(error, -EINVAL,
			    "model %s: its entry point returned nothing", path);
	if (ops->abi != RISER_MODEL_ABI)
		return fail(error, -EPROTONOSUPPORT,
			    "model %s was built for model ABI %u, this riser speaks ABI %u: rebuild the model",
			    path, ops->abi, RISER_MODEL_ABI);
	if (ops->size < offsetof(struct riser_model_ops, trace_open) ||
	    !ops->info || !ops->create || !ops->destroy || !ops->set_sideband ||
	    !ops->run)
		return fail(error, -EINVAL,
			    "model %s lacks one of the operations info, create, destroy, set_sideband, run",
			    path);
	return 0;
}

static int check_info(const struct riser_model_info *info, const char *path,
		      char *error)
{
	uint32_t i;

	if (!info)
		return fail(error, -EINVAL,
			    "model %s does not tell its facts", path);
	if (info->abi != RISER_MODEL_ABI || info->size != sizeof(*info))
		return fail(error, -EPROTONOSUPPORT,
			    "model %s describes itself with ABI %u and %u bytes, this riser expects ABI %u and %zu: rebuild the model",
			    path, info->abi, info->size, RISER_MODEL_ABI,
			    sizeof(*info));
	if (!info->clk_period_ps)
		return fail(error, -EINVAL,
			    "model %s has no clock period", path);
	if (info->nr_mems > RISER_MODEL_MAX_MEMS)
		return fail(error, -EINVAL,
			    "model %s has %u memories, at most %u are possible",
			    path, info->nr_mems, RISER_MODEL_MAX_MEMS);
	for (i = 0; i < info->nr_mems; i++)
		if (!info->mem[i].bytes ||
		    info->mem[i].bytes & (info->mem[i].bytes - 1) ||
		    info->mem[i].bytes > MAX_MEM_BYTES)
			return fail(error, -EINVAL,
				    "model %s: memory %s has %llu bytes, which is no power of two up to 16 TiB",
				    path, info->mem[i].name,
				    (unsigned long long)info->mem[i].bytes);
	return 0;
}

/* A simulator in another process, which is @path's model or listens on @path. */
static int load_remote(struct riser_card *card, const char *path, bool is_socket, char *error)
{
	int ret = is_socket ? riser_remote_connect(path, &card->remote, error) :
			      riser_remote_spawn(path, &card->remote, error);

	if (ret)
		return ret;
	card->ops = riser_remote_ops(card->remote);
	card->info = riser_remote_info(card->remote);
	ret = check_info(card->info, path, error);
	if (ret)
		riser_card_unload(card);
	return ret;
}

static int load_object(struct riser_card *card, const char *path, char *error)
{
	const char *reason;
	entry_fn entry;
	int ret;

	card->handle = open_object(path);
	if (!card->handle) {
		reason = dlerror();
		return fail(error, -ENOEXEC, "cannot load model %s: %s", path,
			    reason ? reason : "no reason given");
	}
	/* ISO C has no cast from void * to a function pointer */
	*(void **)&entry = dlsym(card->handle, RISER_MODEL_ENTRY);
	if (!entry)
		return fail(error, -ENOEXEC,
			    "%s is a shared object but no riser model: it does not export %s",
			    path, RISER_MODEL_ENTRY);
	card->ops = entry(RISER_MODEL_ABI);
	ret = check_abi(card->ops, path, error);
	if (ret)
		return ret;
	card->info = card->ops->info();
	return check_info(card->info, path, error);
}

int riser_card_load(struct riser_card *card, const char *path, char *error)
{
	int i, ret;

	memset(card, 0, sizeof(*card));
	for (i = 0; i < RISER_MODEL_MAX_MEMS; i++)
		card->mem_fd[i] = -1;
	ret = check_file(path, error);
	if (ret < 0)
		return ret;
	if (ret)
		return load_remote(card, path, true, error);
	ret = load_object(card, path, error);
	if (!ret && !(card->info->features & RISER_MODEL_F_PROCESS))
		return 0;
	riser_card_unload(card);
	return ret ? ret : load_remote(card, path, false, error);
}

static int preload(void *mem, uint64_t bytes, const char *path, char *error)
{
	struct stat st;
	size_t done = 0;
	ssize_t n = 1;
	int fd, ret = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(error, -errno, "preload %s: %s", path,
			    strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		ret = fail(error, -EINVAL, "preload %s is not a file", path);
	else if ((uint64_t)st.st_size > bytes)
		ret = fail(error, -EFBIG,
			   "preload %s has %lld bytes, the memory only %llu",
			   path, (long long)st.st_size,
			   (unsigned long long)bytes);
	while (!ret && n > 0) {
		n = read(fd, (char *)mem + done, (size_t)st.st_size - done);
		if (n < 0)
			ret = fail(error, -errno, "preload %s: %s", path,
				   strerror(errno));
		else
			done += (size_t)n;
	}
	close(fd);
	return ret;
}

static int shared_file(uint64_t bytes)
{
	int fd = memfd_create("riser-model-memory", MFD_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, (off_t)bytes)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int make_memories(struct riser_card *card,
			 const struct riser_card_options *options, char *error)
{
	uint64_t bytes;
	uint32_t i;
	void *mem;
	int ret;

	for (i = 0; i < card->info->nr_mems; i++) {
		bytes = card->info->mem[i].bytes;
		/* zero and not backed by anything until it is touched */
		if (card->remote)
			card->mem_fd[i] = shared_file(bytes);
		mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE, card->remote ?
			   MAP_SHARED | MAP_NORESERVE :
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			   card->mem_fd[i], 0);
		if (mem == MAP_FAILED)
			return fail(error, -ENOMEM,
				    "no room for the memory %s of %llu bytes: %s",
				    card->info->mem[i].name,
				    (unsigned long long)bytes, strerror(errno));
		card->mem[i] = mem;
		card->mem_bytes[i] = bytes;
		if (!options->preload[i])
			continue;
		ret = preload(mem, bytes, options->preload[i], error);
		if (ret)
			return ret;
	}
	for (; i < RISER_MODEL_MAX_MEMS; i++)
		if (options->preload[i])
			return fail(error, -EINVAL,
				    "preload %s: the model has only %u memories",
				    options->preload[i], card->info->nr_mems);
	return 0;
}

/* One byte for each page: zero, and not there until one is written. */
static int make_dirty_maps(struct riser_card *card, char *error)
{
	uint32_t i;
	void *map;

	if (!(card->info->features & RISER_MODEL_F_DIRTY))
		return 0;
	for (i = 0; i < card->info->nr_mems; i++) {
		size_t bytes = (card->mem_bytes[i] + RISER_MODEL_PAGE_BYTES -
				1) / RISER_MODEL_PAGE_BYTES;

		map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (map == MAP_FAILED)
			return fail(error, -ENOMEM,
				    "no room for the page map of memory %s: %s",
				    card->info->mem[i].name, strerror(errno));
		card->dirty[i] = map;
		card->dirty_bytes[i] = bytes;
	}
	return 0;
}

int riser_card_create(struct riser_card *card,
		      const struct riser_card_options *options, char *error)
{
	struct riser_model_params params = {
		.abi = RISER_MODEL_ABI,
		.size = sizeof(params),
		.x_init = options->x_init,
		.nr_plusargs = options->nr_plusargs,
		.plusargs = options->plusargs,
		.seed = options->seed,
		.message = options->message,
		.ctx = options->ctx,
		.dir = options->dir,
	};
	uint32_t i;
	int ret;

	ret = make_memories(card, options, error);
	if (!ret && options->track_writes)
		ret = make_dirty_maps(card, error);
	if (ret)
		return ret;
	for (i = 0; i < RISER_MODEL_MAX_MEMS; i++) {
		params.mem[i] = card->mem[i];
		params.dirty[i] = card->dirty[i];
	}
	ret = card->remote ?
	      riser_remote_create(card->remote, &params, card->mem_fd, &card->model) :
	      card->ops->create(&params, &card->model);
	if (ret)
		return fail(error, ret, "model %s cannot be created: %s",
			    card->info->name, strerror(-ret));
	return 0;
}

void riser_card_unload(struct riser_card *card)
{
	int i;

	if (card->model)
		card->ops->destroy(card->model);
	if (card->remote)
		riser_remote_free(card->remote);
	for (i = 0; i < RISER_MODEL_MAX_MEMS; i++) {
		if (card->mem[i])
			munmap(card->mem[i], card->mem_bytes[i]);
		if (card->mem[i] && card->mem_fd[i] >= 0)
			close(card->mem_fd[i]);
		if (card->dirty[i])
			munmap(card->dirty[i], card->dirty_bytes[i]);
	}
	if (card->handle)
		dlclose(card->handle);
	memset(card, 0, sizeof(*card));
	for (i = 0; i < RISER_MODEL_MAX_MEMS; i++)
		card->mem_fd[i] = -1;
}

int riser_card_trace_open(const struct riser_model_ops *ops, struct riser_model *model,
			  const char *path, const char *scopes)
{
	mode_t mask;
	int ret;

	if (!ops->trace_open)
		return -ENOTSUP;
	mask = umask(077);
	ret = ops->trace_open(model, path, scopes);
	umask(mask);
	return ret;
}
