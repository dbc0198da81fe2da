// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "regs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <riser/link.h>

#define NR_BARS		6
#define NAME_BYTES	96
#define MAX_REGS	(1U << 20)

struct reg {
	uint64_t offset;
	uint64_t bytes;
	uint32_t bar;
	char name[NAME_BYTES];
};

static struct {
	struct reg *reg;	/* by BAR and offset */
	size_t nr;
} table;

void riser_regs_unload(void)
{
	free(table.reg);
	table.reg = NULL;
	table.nr = 0;
}

static int compare(const void *a, const void *b)
{
	const struct reg *x = a, *y = b;

	if (x->bar != y->bar)
		return x->bar < y->bar ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int add(const char *line)
{
	struct reg reg = { 0 }, *more;

	if (sscanf(line, "%u %" SCNi64 " %" SCNu64 " %95s", &reg.bar,
		   (int64_t *)&reg.offset, &reg.bytes, reg.name) != 4 ||
	    reg.bar >= NR_BARS || !reg.bytes || table.nr == MAX_REGS)
		return -EBADMSG;
	if (!(table.nr & (table.nr - 1))) {
		more = realloc(table.reg, (table.nr ? 2 * table.nr : 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		table.reg = more;
	}
	table.reg[table.nr++] = reg;
	return 0;
}

int riser_regs_load(const char *path, char *error)
{
	FILE *f = fopen(path, "re");
	unsigned int nr = 0;
	char *line = NULL;
	size_t size = 0;
	int ret = f ? 0 : -errno;

	riser_regs_unload();
	while (!ret && getline(&line, &size, f) >= 0) {
		nr++;
		if (*line != '\n')
			ret = add(line);
	}
	if (ret == -EBADMSG)
		snprintf(error, RISER_ERROR_BYTES,
			 "registers %.400s:%u: a line is BAR OFFSET BYTES NAME", path, nr);
	else if (ret)
		snprintf(error, RISER_ERROR_BYTES, "registers %.400s: %s", path, strerror(-ret));
	if (f)
		fclose(f);
	free(line);
	if (ret)
		riser_regs_unload();
	else if (table.nr)
		qsort(table.reg, table.nr, sizeof(*table.reg), compare);
	return ret;
}

void riser_regs_load_run(const char *dir)
{
	char error[RISER_ERROR_BYTES], *path;

	if (asprintf(&path, "%s/" RISER_REGS_FILE, dir) < 0)
		return;
	(void)riser_regs_load(path, error);
	free(path);
}

bool riser_regs_name(unsigned int bar, uint64_t offset, char *text, size_t size)
{
	size_t low = 0, high = table.nr, middle;
	const struct reg *reg;

	/* the last one that does not begin behind it */
	while (low < high) {
		middle = low + (high - low) / 2;
		reg = &table.reg[middle];
		if (reg->bar < bar || (reg->bar == bar && reg->offset <= offset))
			low = middle + 1;
		else
			high = middle;
	}
	reg = low ? &table.reg[low - 1] : NULL;
	if (!reg || reg->bar != bar || offset - reg->offset >= reg->bytes)
		return false;
	if (offset == reg->offset)
		snprintf(text, size, "%s", reg->name);
	else
		snprintf(text, size, "%s+%" PRIu64, reg->name, offset - reg->offset);
	return true;
}
