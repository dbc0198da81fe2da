// SPDX-License-Identifier: Apache-2.0
#include "rtlfile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <riser/link.h>
#include <riser/record.h>

#define BEGIN "reads "

struct riser_rtl_file {
	struct riser_rtl_file *next;
	char words[];
};

void riser_rtl_file_words(const char *name, const char *path, char *text, size_t size)
{
	uint64_t hash, bytes;
	int ret = riser_hash64_file(path, &hash, &bytes);

	if (ret)
		snprintf(text, size, BEGIN "%s (%s)", name, strerror(-ret));
	else
		snprintf(text, size, BEGIN "%" PRIu64 " bytes, hash %016" PRIx64 ": %s",
			 bytes, hash, name);
}

const char *riser_rtl_file_name(const char *words)
{
	const char *colon;

	if (strncmp(words, BEGIN, strlen(BEGIN)))
		return NULL;
	colon = strstr(words, ": ");
	return colon ? colon + 2 : words + strlen(BEGIN);
}

static int push(struct riser_rtl_files *files, int side, const char *words)
{
	struct riser_rtl_file *file = malloc(sizeof(*file) + strlen(words) + 1);

	if (!file)
		return -ENOMEM;
	file->next = NULL;
	strcpy(file->words, words);
	if (files->waiting)
		files->last->next = file;
	else
		files->waiting = file;
	files->last = file;
	files->side = side;
	return 0;
}

int riser_rtl_files_add(struct riser_rtl_files *files, int side, const char *words,
			char *error)
{
	struct riser_rtl_file *other = files->waiting;
	const char *was, *is;
	int ret = 0;

	if (!other || files->side == side)
		return push(files, side, words);
	was = side ? other->words : words;
	is = side ? words : other->words;
	if (strcmp(was, is)) {
		snprintf(error, RISER_ERROR_BYTES,
			 "file %.100s, which the RTL reads, has changed since the run: it %.150s; in the run it %.150s",
			 riser_rtl_file_name(was), is, was);
		ret = -EINVAL;
	}
	files->waiting = other->next;
	free(other);
	return ret;
}

const char *riser_rtl_files_left(const struct riser_rtl_files *files)
{
	return files->waiting ? riser_rtl_file_name(files->waiting->words) : NULL;
}

void riser_rtl_files_fini(struct riser_rtl_files *files)
{
	struct riser_rtl_file *file;

	while ((file = files->waiting)) {
		files->waiting = file->next;
		free(file);
	}
}
