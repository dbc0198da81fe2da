// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../markup.h"
#include "page.h"

void riser_html(FILE *out, const char *text)
{
	riser_markup_put(out, text);
}

void riser_htmlf(FILE *out, const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	riser_html(out, text);
	free(text);
}

void riser_html_fact(FILE *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	fprintf(out, "<tr><th scope=\"row\">%s</th><td>", name);
	riser_html(out, value);
	fputs("</td></tr>\n", out);
}

void riser_html_section(FILE *out, const char *id, const char *title,
			const char *words)
{
	fprintf(out, "<section id=\"%s\">\n<h2>%s</h2>\n", id, title);
	if (words)
		fprintf(out, "<p class=\"dim\">%s</p>\n", words);
}

void riser_html_section_end(FILE *out)
{
	fputs("</section>\n", out);
}

char *riser_grouped(char *text, uint64_t number)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, number), i;
	char *p = text;

	for (i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = '\0';
	return text;
}

char *riser_duration(char *text, double us)
{
	static const struct {
		double below;
		double factor;
		const char *unit;
	} units[] = {
		{ 1, 1e3, "ns" }, { 1e3, 1, "us" }, { 1e6, 1e-3, "ms" },
		{ 1e300, 1e-6, "s" },
	};
	size_t i = 0;
	double value;

	while (us >= units[i].below)
		i++;
	value = us * units[i].factor;
	snprintf(text, 32, "%.*f %s", value < 10 ? 2 : value < 100 ? 1 : 0,
		 value, units[i].unit);
	return text;
}
