// SPDX-License-Identifier: Apache-2.0
/*
 * lcov's tracefile, as geninfo(1) has it. A line that several points begin in was
 * executed as often as the one that was reached least: a branch that was never
 * taken is not hidden by the condition in front of it.
 */
#include "cover.h"

#include <errno.h>
#include <inttypes.h>

static void put_file(const struct riser_cover *cover, const struct riser_cover_file *file, FILE *f)
{
	const struct riser_cover_point *p = &cover->point[file->first], *end = p + file->nr;
	uint64_t found = 0, hit = 0, count;
	uint32_t line;

	fprintf(f, "TN:\nSF:%s\n", file->name);
	while (p < end) {
		if (p->kind != RISER_COVER_LINE) {
			p++;
			continue;
		}
		line = p->line;
		count = UINT64_MAX;
		for (; p < end && p->line == line; p++)
			if (p->kind == RISER_COVER_LINE && p->count < count)
				count = p->count;
		fprintf(f, "DA:%" PRIu32 ",%" PRIu64 "\n", line, count);
		found++;
		hit += count > 0;
	}
	fprintf(f, "LF:%" PRIu64 "\nLH:%" PRIu64 "\nend_of_record\n", found, hit);
}

int riser_cover_write_tracefile(const struct riser_cover *cover, const char *path)
{
	FILE *f = fopen(path, "we");
	size_t i;
	int ret;

	if (!f)
		return -errno;
	for (i = 0; i < cover->nr_files; i++)
		put_file(cover, &cover->file[i], f);
	ret = ferror(f) ? -EIO : 0;
	return fclose(f) ? -errno : ret;
}
