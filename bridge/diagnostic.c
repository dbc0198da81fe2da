// SPDX-License-Identifier: Apache-2.0
/* Did-you-mean and carets. */
#include "diagnostic.h"

#include <string.h>

#define MAX_WORD 64

/*
 * Edits (insert, delete, replace, swap of two neighbours) from a to b, for short words;
 * MAX_WORD for long ones.
 */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int rows[3][MAX_WORD + 1], *before, *above, *row, d;
	size_t la = strlen(a), lb = strlen(b), i, j;

	if (la > MAX_WORD || lb > MAX_WORD)
		return MAX_WORD;
	for (j = 0; j <= lb; j++)
		rows[0][j] = (unsigned int)j;
	for (i = 1; i <= la; i++) {
		before = rows[(i + 1) % 3];
		above = rows[(i + 2) % 3];
		row = rows[i % 3];
		row[0] = (unsigned int)i;
		for (j = 1; j <= lb; j++) {
			d = above[j - 1] + (a[i - 1] != b[j - 1]);
			if (above[j] + 1 < d)
				d = above[j] + 1;
			if (row[j - 1] + 1 < d)
				d = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < d)
				d = before[j - 2] + 1;
			row[j] = d;
		}
	}
	return rows[la % 3][lb];
}

const char *riser_nearest(const char *word, const char *const *names)
{
	const size_t len = strlen(word);
	unsigned int best = (unsigned int)len / 3 + 2, d;
	const char *near = NULL;
	size_t other;

	for (; *names; names++) {
		other = strlen(*names);
		/* each edit makes it longer or shorter by one at most */
		if ((len < other ? other - len : len - other) >= best)
			continue;
		d = distance(word, *names);
		if (d < best) {
			best = d;
			near = *names;
		}
	}
	return near;
}

void riser_complain(FILE *file, const char *where, const char *line,
		    uint32_t column, uint32_t len, const char *text)
{
	uint32_t i;

	fprintf(file, "riser: error: %s:%u: %s\n  %s\n  ", where, column, text,
		line);
	for (i = 1; i < column; i++)
		fputc(line[i - 1] == '\t' ? '\t' : ' ', file);
	fputc('^', file);
	for (i = 1; i < len; i++)
		fputc('~', file);
	fputc('\n', file);
}
