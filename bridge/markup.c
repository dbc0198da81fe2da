// SPDX-License-Identifier: Apache-2.0
#include "markup.h"

#include <string.h>

void riser_markup_put(FILE *file, const char *text)
{
	for (; text && *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (strchr("<>&\"'", c) || c > 0x7f)
			fprintf(file, "&#%d;", c);
		else if ((c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t')
			fputc(c, file);
	}
}
