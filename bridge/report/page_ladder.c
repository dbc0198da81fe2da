// SPDX-License-Identifier: Apache-2.0
/* The TLPs around the failure as arrows between host and card. */
#include <stdlib.h>
#include <string.h>

#include "svg.h"

#define WIDTH	1080.0
#define HOST_X	372.0
#define CARD_X	1000.0
#define ROW	30.0
#define TOP	34.0
#define MAX_TEXT 92	/* characters over an arrow */
#define MAX_NAME 31	/* characters left of it */

static bool is_answered(const struct riser_scene *scene, uint64_t seq)
{
	unsigned int i;

	for (i = 0; i < scene->nr_steps; i++)
		if (!scene->step[i].is_note &&
		    scene->step[i].request_seq == seq)
			return true;
	return false;
}

/* "... from 00:00.0" says nothing in a picture with a host in it. */
static void shorten(char *text, size_t size, const struct riser_step *step)
{
	const char *from = strstr(step->text, " from ");
	size_t len = step->direction == RISER_TO_CARD && from ?
		     (size_t)(from - step->text) : strlen(step->text);

	if (len > MAX_TEXT)
		snprintf(text, size, "%.*s...", MAX_TEXT - 3, step->text);
	else
		snprintf(text, size, "%.*s", (int)len, step->text);
}

static void put_arrow(FILE *out, const struct riser_step *step, double y)
{
	bool to_card = step->direction == RISER_TO_CARD;
	const char *line = step->is_access ? "fl" : to_card ? "rd" : "th";
	const char *fill = step->is_access ? "flf" : to_card ? "rdf" : "thf";

	fprintf(out, "<path class=\"%s\" d=\"M%.0f %.1fH%.0f\"/>", line,
		HOST_X + (to_card ? 3 : 9), y, CARD_X - (to_card ? 9 : 3));
	if (to_card)
		fprintf(out, "<path class=\"%s\" d=\"M%.0f %.1fl-8-4v8z\"/>\n",
			fill, CARD_X - 2, y);
	else
		fprintf(out, "<path class=\"%s\" d=\"M%.0f %.1fl8-4v8z\"/>\n",
			fill, HOST_X + 2, y);
}

static void put_tlp(FILE *out, const struct riser_scene *scene,
		    const struct riser_step *step, double y)
{
	char text[RISER_TLP_TEXT_BYTES], number[32];
	size_t len;

	shorten(text, sizeof(text), step);
	fputs("<g>", out);
	riser_svg_text(out, 62, y + 4, "d e", "%llu",
		       (unsigned long long)step->seq);
	riser_svg_text(out, 146, y + 4, "d e", "%s",
		       riser_grouped(number, step->cycle));
	len = strcspn(step->function, " ");
	if (len)
		riser_svg_text(out, HOST_X - 10, y + 4, step->is_access ?
			       "e m hot" : "e m", "%.*s%s",
			       (int)(len > MAX_NAME ? MAX_NAME - 3 : len),
			       step->function, len > MAX_NAME ? "..." : "");
	riser_svg_text(out, (HOST_X + CARD_X) / 2, y - 5,
		       step->is_access ? "c m hot" : "c m", "%s", text);
	put_arrow(out, step, y);
	if (step->request_seq != RISER_NO_SEQ)
		riser_svg_text(out, CARD_X + 10, y + 4, "d", "of %llu",
			       (unsigned long long)step->request_seq);
	else if (step->is_access && step->waits &&
		 !is_answered(scene, step->seq))
		riser_svg_text(out, CARD_X + 10, y + 4, "hot", "no answer");
	fputs("<title>", out);
	riser_htmlf(out, "%s  %s", step->text, step->function);
	fputs("</title></g>\n", out);
}

static void put_note(FILE *out, const struct riser_step *step, double y)
{
	char number[32];

	fputs("<g>", out);
	if (step->is_finding)
		fprintf(out, "<rect class=\"band\" x=\"0\" y=\"%.1f\" width=\"%.0f\" height=\"%.0f\"/>\n",
			y - ROW / 2, WIDTH, ROW);
	riser_svg_text(out, 146, y + 4, step->is_finding ? "e hot" : "d e", "%s",
		       riser_grouped(number, step->cycle));
	riser_svg_text(out, 162, y + 4, step->is_finding ? "hot" : "d",
		       "%.*s%s", 146, step->text,
		       strlen(step->text) > 146 ? "..." : "");
	fputs("<title>", out);
	riser_html(out, step->text);
	fputs("</title></g>\n", out);
}

/* Lines between which others were left out have room for saying so. */
static double put_steps(FILE *out, const struct riser_scene *scene, bool draw)
{
	const struct riser_step *step;
	double y = TOP + ROW / 2;
	char number[32];
	unsigned int i;

	for (i = 0; i < scene->nr_steps; i++) {
		step = &scene->step[i];
		if (step->skipped) {
			if (draw)
				riser_svg_text(out, (HOST_X + CARD_X) / 2,
					       y + 4, "d c",
					       "%s packets left out",
					       riser_grouped(number,
							     step->skipped));
			y += ROW;
		}
		if (draw && step->is_note)
			put_note(out, step, y);
		else if (draw)
			put_tlp(out, scene, step, y);
		y += ROW;
	}
	return y - ROW / 2;
}

void riser_page_ladder(FILE *out, const struct riser_page_input *input)
{
	const struct riser_scene *scene = input->scene;
	double end = put_steps(out, scene, false);

	if (!scene->nr_steps)
		return;
	riser_html_section(out, "ladder", scene->is_end ?
			   "The last TLPs of the run" :
			   "TLPs around the failure",
			   "Number, cycle and driver function; each arrow is a TLP, in the order in which they were seen.");
	riser_svg_open(out, WIDTH, end + 8, "Ladder of TLPs between host and card");
	fprintf(out, "<path class=\"life\" d=\"M%.0f %.0fV%.1f\"/><path class=\"life\" d=\"M%.0f %.0fV%.1f\"/>\n",
		HOST_X, TOP - 10, end, CARD_X, TOP - 10, end);
	riser_svg_text(out, 62, 16, "d e", "TLP");
	riser_svg_text(out, 146, 16, "d e", "cycle");
	riser_svg_text(out, HOST_X, 16, "c", "host");
	riser_svg_text(out, CARD_X, 16, "c", "card");
	put_steps(out, scene, true);
	riser_svg_close(out);
	riser_html_section_end(out);
}
