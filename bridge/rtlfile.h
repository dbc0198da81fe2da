/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that the RTL reads while it runs ($readmemh, $fopen). Their contents are
 * part of what the card does, so a run's record has a note of each, and a replay
 * compares. Threads: one caller at a time.
 */
#ifndef RISER_BRIDGE_RTLFILE_H
#define RISER_BRIDGE_RTLFILE_H

#include <stddef.h>

/**
 * riser_rtl_file_words() - what the note of a file says: hash, size and name
 * @name: as the RTL has it
 * @path: where it is
 *
 * A file that cannot be read has these words too.
 */
void riser_rtl_file_words(const char *name, const char *path, char *text, size_t size);
/* Where the name begins in such a note; NULL: it is none. */
const char *riser_rtl_file_name(const char *words);

struct riser_rtl_file;

/**
 * struct riser_rtl_files - notes that the other side has not matched yet
 *
 * Zeroed at first. Files are opened in the same order in a replay, so the n-th of
 * one side belongs to the n-th of the other.
 */
struct riser_rtl_files {
	struct riser_rtl_file *waiting;
	struct riser_rtl_file *last;
	int side;
};

/**
 * riser_rtl_files_add() - one more note
 * @side: 0 recorded, 1 replayed
 * @error: RISER_ERROR_BYTES; a sentence when both differ
 *
 * Returns 0, -EINVAL when the two notes differ, -ENOMEM.
 */
int riser_rtl_files_add(struct riser_rtl_files *files, int side, const char *words,
			char *error);
/* The name of a file that one side alone has read; NULL: none. */
const char *riser_rtl_files_left(const struct riser_rtl_files *files);
void riser_rtl_files_fini(struct riser_rtl_files *files);

#endif /* RISER_BRIDGE_RTLFILE_H */
