/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.html: one file without anything else, readable on paper, in light and in
 * dark. No script: charts are SVG, details are titles that a pointer shows.
 */
#ifndef RISER_REPORT_PAGE_H
#define RISER_REPORT_PAGE_H

#include <stdio.h>

#include "account.h"
#include "lines.h"
#include "scene.h"

/**
 * struct riser_page_input - what is known of a run
 * @capture: path of run.pcapng; NULL when there is none, as @tally and @scene
 */
struct riser_page_input {
	char *dir;
	char *capture;
	const struct riser_account *account;
	const struct riser_tally *tally;
	const struct riser_scene *scene;
	struct riser_lines *lines;
};

/* Writes DIR/report.html in one piece; 0 or -errno and a sentence. */
int riser_page_write(const struct riser_page_input *input, char *error);

/* ---- html.c: text ---- */

extern const char riser_page_style[];

/* Text with everything escaped that HTML would take for its own. */
void riser_html(FILE *out, const char *text);
__attribute__((format(printf, 2, 3)))
void riser_htmlf(FILE *out, const char *format, ...);
/* A row of a table of facts; nothing when @value is NULL or "". */
void riser_html_fact(FILE *out, const char *name, const char *value);
void riser_html_section(FILE *out, const char *id, const char *title,
			const char *words);
void riser_html_section_end(FILE *out);
/* 1234567 as "1,234,567". @text has 32 bytes or more; returns it. */
char *riser_grouped(char *text, uint64_t number);
/* Microseconds with a unit that fits: "12.3 us", "4.56 ms". As above. */
char *riser_duration(char *text, double us);

/* ---- the parts of the page, in their order ---- */

void riser_page_head(FILE *out, const struct riser_page_input *input);
void riser_page_failure(FILE *out, const struct riser_page_input *input);
void riser_page_ladder(FILE *out, const struct riser_page_input *input);
void riser_page_heat(FILE *out, const struct riser_page_input *input);
void riser_page_charts(FILE *out, const struct riser_page_input *input);
void riser_page_config(FILE *out, const struct riser_page_input *input);
void riser_page_callers(FILE *out, const struct riser_page_input *input);
void riser_page_checks(FILE *out, const struct riser_page_input *input);
void riser_page_findings(FILE *out, const struct riser_page_input *input);
void riser_page_kernel_log(FILE *out, const struct riser_page_input *input);
void riser_page_files(FILE *out, const struct riser_page_input *input);

#endif /* RISER_REPORT_PAGE_H */
