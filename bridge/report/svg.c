// SPDX-License-Identifier: Apache-2.0
#include "svg.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "guestlog.h"

#define TICKS		8
#define MAX_CUTS	48	/* drawn; more would hide what is below them */
#define CHAR_PX		6.2	/* of the small type */

void riser_svg_open(FILE *out, double width, double height, const char *title)
{
	fprintf(out, "<div class=\"chart%s\"><svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"",
		width < 500 ? " small" : "", width, height);
	riser_html(out, title);
	fputs("\">\n", out);
}

void riser_svg_close(FILE *out)
{
	fputs("</svg></div>\n", out);
}

void riser_svg_text(FILE *out, double x, double y, const char *class,
		    const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	riser_html(out, text);
	fputs("</text>\n", out);
	free(text);
}

double riser_frame_x(const struct riser_frame *frame, uint64_t cycle)
{
	return frame->left + frame->width *
	       riser_axis_at(&frame->input->tally->axis, cycle);
}

static void line_down(const struct riser_frame *frame, double x,
		      const char *class)
{
	fprintf(frame->out, "<path class=\"%s\" d=\"M%.1f %.1fV%.1f\"/>\n",
		class, x, frame->top, frame->bottom);
}

/* Where a phase begins: the first column whose accesses are not before it. */
static double phase_x(const struct riser_frame *frame, uint64_t host_ns)
{
	const struct riser_scene *scene = frame->input->scene;
	unsigned int i;

	for (i = 0; i < RISER_SCENE_COLUMNS; i++)
		if (scene->host_ns[i] && scene->host_ns[i] >= host_ns)
			break;
	return frame->left + frame->width * i / RISER_SCENE_COLUMNS;
}

void riser_frame_phases(const struct riser_frame *frame)
{
	struct riser_guest_log log;
	double x, next, end = frame->left + frame->width;
	unsigned int i;

	riser_guest_log_read(&log, frame->input->dir);
	for (i = 0; i < log.nr; i++) {
		x = phase_x(frame, log.phase[i].host_ns);
		next = i + 1 < log.nr ?
		       phase_x(frame, log.phase[i + 1].host_ns) : end;
		if (next - x < (double)strlen(log.phase[i].name) * CHAR_PX + 6)
			continue;
		if (x > frame->left)
			line_down(frame, x, "x");
		riser_svg_text(frame->out, x + 3, frame->top - 5, "d", "%s",
			       log.phase[i].name);
	}
}

static void draw_cuts(const struct riser_frame *frame)
{
	const struct riser_axis *axis = &frame->input->tally->axis;
	char text[32];
	unsigned int i;

	for (i = 0; i < axis->nr_cuts && axis->nr_cuts <= MAX_CUTS; i++) {
		fputs("<g>", frame->out);
		line_down(frame, riser_frame_x(frame, axis->gap[i].to), "cut");
		fprintf(frame->out, "<title>%s without a TLP</title></g>\n",
			riser_duration(text, riser_tally_us(
				frame->input->tally, axis->gap[i].to -
				axis->gap[i].from)));
	}
}

void riser_frame_time(const struct riser_frame *frame)
{
	const struct riser_tally *tally = frame->input->tally;
	char text[32];
	uint64_t cycle;
	double x;
	int i;

	draw_cuts(frame);
	if (frame->input->scene->access_cycle)
		line_down(frame, riser_frame_x(frame,
					       frame->input->scene->access_cycle),
			  "now");
	for (i = 0; i <= TICKS; i++) {
		cycle = riser_axis_cycle(&tally->axis, (double)i / TICKS);
		x = frame->left + frame->width * i / TICKS;
		fprintf(frame->out, "<path class=\"x\" d=\"M%.1f %.1fv4\"/>\n",
			x, frame->bottom);
		riser_svg_text(frame->out, x, frame->bottom + 16,
			       i == 0 ? "d" : i == TICKS ? "d e" : "d c", "%s",
			       riser_duration(text, riser_tally_us(tally,
								   cycle)));
	}
}
