// SPDX-License-Identifier: Apache-2.0
/* Heat map of each BAR: which offsets were read and written, and when. */
#include <inttypes.h>

#include "svg.h"

#define WIDTH	1080.0
#define LEFT	96.0
#define RIGHT	150.0
#define TOP	24.0
#define ROW	18.0
#define LANE	7.0
#define LEVELS	5

/* 1 to LEVELS for a count that is not 0: each level is four times the one before. */
static unsigned int level_of(uint32_t hits)
{
	unsigned int level = 1;

	for (; hits >= 4 && level < LEVELS; hits /= 4)
		level++;
	return level;
}

/* All cells of one kind and level in one path. */
static void put_cells(FILE *out, const struct riser_heat *heat,
		      unsigned int kind, unsigned int level, double cell)
{
	unsigned int row, column, from;
	bool has_any = false;

	for (row = 0; row < heat->nr_rows; row++) {
		for (column = 0; column < RISER_SCENE_COLUMNS; column++) {
			from = column;
			while (column < RISER_SCENE_COLUMNS &&
			       heat->hits[row][column][kind] &&
			       level_of(heat->hits[row][column][kind]) == level)
				column++;
			if (column == from)
				continue;
			if (!has_any)
				fprintf(out, "<path class=\"%s l%u\" d=\"",
					kind ? "wrf" : "rdf", level);
			has_any = true;
			fprintf(out, "M%.1f %.1fh%.1fv%.0fh-%.1fz",
				LEFT + cell * from, TOP + ROW * row + 2 +
				(kind ? LANE : 0), cell * (column - from), LANE,
				cell * (column - from));
		}
	}
	if (has_any)
		fputs("\"/>\n", out);
}

static void put_rows(FILE *out, const struct riser_heat *heat)
{
	uint64_t last = 0;
	char number[32];
	unsigned int row;
	double y;

	for (row = 0; row < heat->nr_rows; row++) {
		y = TOP + ROW * row;
		if (row % 2)
			fprintf(out, "<rect class=\"alt\" x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\"/>\n",
				LEFT, y, WIDTH - LEFT - RIGHT, ROW);
		/* a line where offsets were left out that nobody touched */
		if (row && heat->offset[row] != last + heat->step)
			fprintf(out, "<path class=\"x\" d=\"M%.0f %.0fh70\"/>\n",
				LEFT - 76, y);
		last = heat->offset[row];
		riser_svg_text(out, LEFT - 8, y + 13, "e m", "+0x%04" PRIx64,
			       heat->offset[row]);
		if (heat->total[row][0])
			riser_svg_text(out, WIDTH - RIGHT + 66, y + 13, "e m",
				       "%s", riser_grouped(number,
							   heat->total[row][0]));
		if (heat->total[row][1])
			riser_svg_text(out, WIDTH - 8, y + 13, "e m", "%s",
				       riser_grouped(number,
						     heat->total[row][1]));
	}
}

static void put_map(FILE *out, const struct riser_page_input *input,
		    const struct riser_heat *heat)
{
	struct riser_frame frame = {
		.out = out, .input = input, .left = LEFT,
		.width = WIDTH - LEFT - RIGHT, .top = TOP,
		.bottom = TOP + ROW * heat->nr_rows,
	};
	double cell = frame.width / RISER_SCENE_COLUMNS;
	unsigned int level, kind;
	char name[32];

	if (heat->bar >= 8)
		snprintf(name, sizeof(name), "Function %u, BAR%u",
			 heat->bar / 8, heat->bar % 8);
	else
		snprintf(name, sizeof(name), "BAR%u", heat->bar);
	fprintf(out, "<h3>%s <span class=\"dim\">(a row is %" PRIu64 " bytes)</span></h3>\n",
		name, heat->step);
	riser_svg_open(out, WIDTH, frame.bottom + 24, name);
	put_rows(out, heat);
	riser_svg_text(out, WIDTH - RIGHT + 66, TOP - 5, "d e", "reads");
	riser_svg_text(out, WIDTH - 8, TOP - 5, "d e", "writes");
	for (level = 1; level <= LEVELS; level++)
		for (kind = 0; kind < 2; kind++)
			put_cells(out, heat, kind, level, cell);
	riser_frame_phases(&frame);
	riser_frame_time(&frame);
	riser_svg_close(out);
}

void riser_page_heat(FILE *out, const struct riser_page_input *input)
{
	const struct riser_scene *scene = input->scene;
	unsigned int i;

	riser_html_section(out, "registers", "Registers over time", NULL);
	if (!scene->nr_heats)
		fputs("<p class=\"dim\">No BAR was accessed.</p>\n", out);
	else
		fputs("<p class=\"dim\">Offsets that were touched, against simulated time. "
		      "<i class=\"key\" style=\"background:var(--read)\"></i>read"
		      "<i class=\"key\" style=\"background:var(--write)\"></i>write; "
		      "the stronger the colour, the more (1, 4, 16, 64, 256 and up). "
		      "Dotted lines are times without any TLP, which are cut out.</p>\n", out);
	for (i = 0; i < scene->nr_heats; i++)
		put_map(out, input, &scene->heat[i]);
	riser_html_section_end(out);
}
