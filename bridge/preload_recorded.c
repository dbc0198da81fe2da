// SPDX-License-Identifier: Apache-2.0
/* The files that a recorded run's memories began with, wherever they are now. */
#include "preload_recorded.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <riser/link.h>

static bool is_the_one(const struct riser_rec_facts *facts, int i, uint64_t hash, uint64_t bytes)
{
	return facts->preload[i] && facts->preload_hash[i] == hash &&
	       facts->preload_bytes[i] == bytes;
}

static int unreadable(const char *path, int ret, char *error)
{
	snprintf(error, RISER_ERROR_BYTES, "preload %.300s of the recorded run: %s", path,
		 strerror(-ret));
	return ret;
}

static int changed(const struct riser_rec_facts *facts, int i, const char *path, uint64_t hash,
		   uint64_t bytes, char *error)
{
	snprintf(error, RISER_ERROR_BYTES,
		 "preload %.250s has changed since the run: %" PRIu64 " bytes with hash %016" PRIx64
		 ", recorded were %" PRIu64 " bytes with hash %016" PRIx64,
		 path, bytes, hash, facts->preload_bytes[i], facts->preload_hash[i]);
	return -EINVAL;
}

/* The first memory that had the contents and has no file yet; else the first without one, to be named. */
static int take(const struct riser_rec_facts *facts, const char *file, const char **paths,
		char *error)
{
	uint64_t hash, bytes;
	int i, free = -1, ret = riser_hash64_file(file, &hash, &bytes);

	if (ret)
		return unreadable(file, ret, error);
	for (i = 0; i < RISER_MODEL_MAX_MEMS; i++) {
		if (!facts->preload[i] || paths[i])
			continue;
		if (is_the_one(facts, i, hash, bytes)) {
			paths[i] = file;
			return 0;
		}
		free = free < 0 ? i : free;
	}
	if (free >= 0)
		return changed(facts, free, file, hash, bytes, error);
	snprintf(error, RISER_ERROR_BYTES, "preload %.300s: the recorded run had no further one", file);
	return -EINVAL;
}

int riser_preload_recorded(const struct riser_rec_facts *facts, const char *const *files,
			   const char **paths, char *error)
{
	uint64_t hash, bytes;
	int i, ret = 0;

	memset(paths, 0, RISER_MODEL_MAX_MEMS * sizeof(*paths));
	for (; files && *files && !ret; files++)
		ret = take(facts, *files, paths, error);
	for (i = 0; i < RISER_MODEL_MAX_MEMS && !ret; i++) {
		if (!facts->preload[i] || paths[i])
			continue;
		paths[i] = facts->preload[i];
		ret = riser_hash64_file(paths[i], &hash, &bytes);
		if (ret)
			return unreadable(paths[i], ret, error);
		if (!is_the_one(facts, i, hash, bytes))
			return changed(facts, i, paths[i], hash, bytes, error);
	}
	return ret;
}
