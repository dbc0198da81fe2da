// SPDX-License-Identifier: Apache-2.0
/* Traffic and interrupts over time, latencies, TLPs by type. */
#include <inttypes.h>
#include <math.h>

#include "svg.h"

#define WIDTH		1080.0
#define LEFT		190.0
#define RIGHT		16.0
#define TOP		24.0
#define STRIP		46.0
#define MAX_VECTORS	12
#define MAX_BARS	48

/* ---- traffic ---- */

struct strip {
	char name[64];
	const char *unit;
	const char *class;
	double value[RISER_SCENE_COLUMNS];
	double total;
};

static void put_strip(FILE *out, const struct strip *strip, double y,
		      double width)
{
	double cell = width / RISER_SCENE_COLUMNS, peak = 0, h;
	unsigned int i;

	for (i = 0; i < RISER_SCENE_COLUMNS; i++)
		if (strip->value[i] > peak)
			peak = strip->value[i];
	fprintf(out, "<path class=\"x\" d=\"M%.0f %.1fh%.0f\"/>\n", LEFT,
		y + STRIP - 6, width);
	riser_svg_text(out, 0, y + 18, "", "%s", strip->name);
	riser_svg_text(out, 0, y + 33, "d", "peak %.4g %s", peak, strip->unit);
	if (peak <= 0)
		return;
	fprintf(out, "<path class=\"%s\" d=\"", strip->class);
	for (i = 0; i < RISER_SCENE_COLUMNS; i++) {
		h = strip->value[i] / peak * (STRIP - 12);
		if (h <= 0)
			continue;
		if (h < 1)
			h = 1;
		fprintf(out, "M%.1f %.1fh%.1fv%.1fh-%.1fz", LEFT + cell * i,
			y + STRIP - 6 - h, cell, h, cell);
	}
	fputs("\"/>\n", out);
}

/* Megabytes per second of simulated time. */
static void flow_strip(struct strip *strip, const struct riser_scene *scene,
		       enum riser_flow flow)
{
	static const struct {
		const char *name, *class;
	} flows[RISER_NR_FLOWS] = {
		[RISER_FLOW_DMA_WRITE] = { "DMA writes", "thf" },
		[RISER_FLOW_DMA_READ] = { "DMA reads, data", "rdf" },
		[RISER_FLOW_MMIO_WRITE] = { "register writes", "wrf" },
		[RISER_FLOW_MMIO_READ] = { "register reads, data", "rdf" },
	};
	double us = riser_tally_us(scene->tally,
				   scene->tally->axis.shown_cycles) /
		    RISER_SCENE_COLUMNS;
	unsigned int i;

	snprintf(strip->name, sizeof(strip->name), "%s", flows[flow].name);
	strip->unit = "MB/s";
	strip->class = flows[flow].class;
	for (i = 0; i < RISER_SCENE_COLUMNS; i++) {
		strip->value[i] = us > 0 ?
				  (double)scene->bytes[i][flow] / us : 0;
		strip->total += (double)scene->bytes[i][flow];
	}
}

static void vector_strip(struct strip *strip, const struct riser_scene *scene,
			 unsigned int nr)
{
	const struct riser_vector_tally *vector = &scene->tally->vector[nr];
	unsigned int i;
	char number[32];

	snprintf(strip->name, sizeof(strip->name), "%s, data %" PRIu32 ": %s",
		 vector->kind == RISER_MESSAGE_MSIX ? "MSI-X" : "MSI",
		 vector->data, riser_grouped(number, vector->count));
	strip->unit = "in a column";
	strip->class = "wrf";
	for (i = 0; i < RISER_SCENE_COLUMNS; i++)
		strip->value[i] = scene->interrupts[nr][i];
	strip->total = (double)vector->count;
}

static unsigned int make_strips(struct strip *strip,
				const struct riser_scene *scene)
{
	unsigned int nr = 0, i;

	for (i = 0; i < RISER_NR_FLOWS; i++) {
		strip[nr] = (struct strip){ .total = 0 };
		flow_strip(&strip[nr], scene, (enum riser_flow)i);
		nr += strip[nr].total > 0;
	}
	for (i = 0; i < scene->tally->nr_vectors && i < MAX_VECTORS; i++) {
		strip[nr] = (struct strip){ .total = 0 };
		vector_strip(&strip[nr++], scene, i);
	}
	return nr;
}

static void put_traffic(FILE *out, const struct riser_page_input *input)
{
	struct strip strip[RISER_NR_FLOWS + MAX_VECTORS];
	unsigned int nr = make_strips(strip, input->scene), i;
	struct riser_frame frame = {
		.out = out, .input = input, .left = LEFT,
		.width = WIDTH - LEFT - RIGHT, .top = TOP,
		.bottom = TOP + STRIP * nr,
	};

	riser_html_section(out, "traffic", "Throughput and interrupts over time",
			   "Per second of simulated time; times without any TLP are cut out.");
	if (nr) {
		riser_svg_open(out, WIDTH, frame.bottom + 24,
			       "Throughput and interrupts over time");
		for (i = 0; i < nr; i++)
			put_strip(out, &strip[i], TOP + STRIP * i, frame.width);
		riser_frame_phases(&frame);
		riser_frame_time(&frame);
		riser_svg_close(out);
	}
	if (!input->tally->nr_vectors)
		fputs("<p class=\"dim\" style=\"margin:8px 0 0\">No interrupt message was sent.</p>\n", out);
	riser_html_section_end(out);
}

/* ---- latency ---- */

static void put_bars(FILE *out, const struct riser_histogram *hist,
		     unsigned int first, unsigned int last, unsigned int step)
{
	double width = 300, height = 110, x = 34, peak = 0, h;
	unsigned int nr = (last - first) / step + 1, i, j;
	uint64_t count[MAX_BARS + 1] = { 0 };

	for (i = 0; i < nr; i++) {
		for (j = 0; j < step && first + i * step + j <= last; j++)
			count[i] += hist->bucket[first + i * step + j];
		peak = fmax(peak, (double)count[i]);
	}
	for (i = 1; i <= 4; i++)
		fprintf(out, "<path class=\"g\" d=\"M34 %.1fh%.0f\"/>\n",
			130 - height * i / 4, width);
	for (i = 0; i < nr; i++) {
		/* logarithmic, so that one slow read among thousands shows */
		h = count[i] ? height * (0.04 + 0.96 * log1p((double)count[i]) /
					 log1p(peak)) : 0;
		fprintf(out, "<g><rect class=\"rdf\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
			x + width * i / nr + 0.5, 130 - h,
			fmax(width / nr - 1, 0.5), h);
		fprintf(out, "<title>from %" PRIu64 " cycles: %" PRIu64 "</title></g>\n",
			riser_histogram_low(first + i * step), count[i]);
		if (nr <= 8 || i % ((nr + 5) / 6) == 0)
			riser_svg_text(out, x + width * i / nr, 146, "d",
				       "%" PRIu64, riser_histogram_low(first +
								       i * step));
	}
	riser_svg_text(out, 30, 26, "d e", "%.0f", peak);
	riser_svg_text(out, 30, 134, "d e", "0");
	fputs("<path class=\"x\" d=\"M34 130h300\"/>\n", out);
}

static void put_histogram(FILE *out, const struct riser_tally *tally,
			  const char *name, const struct riser_histogram *hist)
{
	unsigned int first = 0, last = RISER_HIST_BUCKETS - 1, step;
	char number[32], time[32];

	fputs("<div>\n", out);
	if (!hist->nr) {
		fprintf(out, "<h3>%s</h3><p class=\"dim\" style=\"margin:0\">none was completed</p></div>\n", name);
		return;
	}
	while (!hist->bucket[first])
		first++;
	while (!hist->bucket[last])
		last--;
	step = (last - first) / MAX_BARS + 1;
	fprintf(out, "<h3>%s <span class=\"dim\">%s, cycles</span></h3>\n",
		name, riser_grouped(number, hist->nr));
	riser_svg_open(out, 340, 152, name);
	put_bars(out, hist, first, last, step);
	riser_svg_close(out);
	fprintf(out, "<p class=\"dim\" style=\"margin:2px 0 0\">median %" PRIu64
		" (%s), 99 %% up to %" PRIu64 ", longest %" PRIu64 "</p></div>\n",
		riser_histogram_quantile(hist, 500),
		riser_duration(time, riser_tally_us(tally,
			riser_histogram_quantile(hist, 500))),
		riser_histogram_quantile(hist, 990), hist->max);
}

static void put_latency(FILE *out, const struct riser_page_input *input)
{
	const struct riser_tally *tally = input->tally;

	riser_html_section(out, "latency", "Latency of reads",
			   "From the request to the last beat of its last completion, in cycles of the PCIe user clock. The height is logarithmic.");
	fputs("<div class=\"grid\">\n", out);
	put_histogram(out, tally, "Register reads", &tally->mmio_reads);
	put_histogram(out, tally, "Configuration reads", &tally->cfg_reads);
	put_histogram(out, tally, "DMA reads of the card", &tally->dma_reads);
	fputs("</div>\n", out);
	riser_html_section_end(out);
}

/* ---- TLPs by type and direction ---- */

static void put_count(FILE *out, uint64_t count, uint64_t most,
		      const char *class)
{
	char number[32];

	if (!count) {
		fputs("<td class=\"num dim\">-</td><td></td>", out);
		return;
	}
	fprintf(out, "<td class=\"num\">%s</td><td><span class=\"share%s\" style=\"width:%.1f%%\"></span></td>",
		riser_grouped(number, count), class,
		(double)count / (double)most * 100);
}

static void put_counts(FILE *out, const struct riser_page_input *input)
{
	const struct riser_tally *tally = input->tally;
	uint64_t most = 1;
	char number[2][32];
	int kind, dir;

	for (kind = 0; kind < RISER_TLP_NR_KINDS; kind++)
		for (dir = 0; dir < RISER_NR_DIRECTIONS; dir++)
			if (tally->tlps[dir][kind] > most)
				most = tally->tlps[dir][kind];
	riser_html_section(out, "tlps", "TLPs by type and direction", NULL);
	fputs("<table>\n<thead><tr><th>type</th><th class=\"num\">host to card</th><th style=\"width:34%\"></th>"
	      "<th class=\"num\">card to host</th><th style=\"width:34%\"></th></tr></thead>\n<tbody>\n", out);
	for (kind = 0; kind < RISER_TLP_NR_KINDS; kind++) {
		if (!tally->tlps[0][kind] && !tally->tlps[1][kind])
			continue;
		fprintf(out, "<tr><td class=\"mono\">%s</td>",
			riser_tlp_name((enum riser_tlp_kind)kind, false));
		put_count(out, tally->tlps[RISER_TO_CARD][kind], most, "");
		put_count(out, tally->tlps[RISER_TO_HOST][kind], most, " h");
		fputs("</tr>\n", out);
	}
	fprintf(out, "<tr><td>all</td><td class=\"num\">%s</td><td class=\"dim\">%s bytes with headers</td>",
		riser_grouped(number[0], tally->total[RISER_TO_CARD]),
		riser_grouped(number[1], tally->bytes[RISER_TO_CARD]));
	fprintf(out, "<td class=\"num\">%s</td><td class=\"dim\">%s bytes with headers</td></tr>\n",
		riser_grouped(number[0], tally->total[RISER_TO_HOST]),
		riser_grouped(number[1], tally->bytes[RISER_TO_HOST]));
	fputs("</tbody></table>\n", out);
	if (tally->undecodable)
		fprintf(out, "<p class=\"ko\">%" PRIu64 " packets were no TLPs.</p>\n",
			tally->undecodable);
	riser_html_section_end(out);
}

void riser_page_charts(FILE *out, const struct riser_page_input *input)
{
	put_traffic(out, input);
	put_latency(out, input);
	put_counts(out, input);
}
