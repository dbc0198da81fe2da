/* SPDX-License-Identifier: Apache-2.0 */
/* What charts over time have in common: axis, cuts, phases, the failure's moment. */
#ifndef RISER_REPORT_SVG_H
#define RISER_REPORT_SVG_H

#include "page.h"

/* Where the time is in a chart. */
struct riser_frame {
	FILE *out;
	const struct riser_page_input *input;
	double left, width;	/* of the plot */
	double top, bottom;
};

/* Begins a chart; @title is for those who cannot see it. */
void riser_svg_open(FILE *out, double width, double height, const char *title);
void riser_svg_close(FILE *out);
/* @class: words of the style; @text is escaped. */
__attribute__((format(printf, 5, 6)))
void riser_svg_text(FILE *out, double x, double y, const char *class,
		    const char *format, ...);
double riser_frame_x(const struct riser_frame *frame, uint64_t cycle);
/* Names of the guest's phases above the plot, lines between them. */
void riser_frame_phases(const struct riser_frame *frame);
/* Cuts, the failure's moment, and times below. */
void riser_frame_time(const struct riser_frame *frame);

#endif /* RISER_REPORT_SVG_H */
