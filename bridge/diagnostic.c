// SPDX-License-Identifier: Apache-2.0
/* Did-you-mean and carets. */
#include "diagnostic.h"

#include <string.h>

/* Edits (insert, delete, replace) from a to b, for short words. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[65], diagonal, above;
	size_t la = strlen(a), lb = strlen(b), i, j;

	if (la > 64 || lb > 64)
		return 64;
	for (j = 0; j <= lb; j++)
		row[j] = (unsigned int)j;
	for (i = 1; i <= la; i++) {
		diagonal = row[0];
		row[0] = (unsigned int)i;
		for (j = 1; j <= lb; j++) {
			above = row[j];
			if (a[i - 1] != b[j - 1])
				diagonal++;
			if (above + 1 < diagonal)
				diagonal = above + 1;
			if (row[j - 1] + 1 < diagonal)
				diagonal = row[j - 1] + 1;
			row[j] = diagonal;
			diagonal = above;
		}
	}
	return row[lb];
}

const char *riser_nearest(const char *word, const char *const *names)
{
	unsigned int best = (unsigned int)strlen(word) / 3 + 2, d;
	const char *near = NULL;

	for (; *names; names++) {
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
