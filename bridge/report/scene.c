// SPDX-License-Identifier: Apache-2.0
#include "scene.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine.h"

/* ---- rows of the heat maps ---- */

static int by_place(const void *a, const void *b)
{
	const struct riser_place_tally *x = *(void *const *)a;
	const struct riser_place_tally *y = *(void *const *)b;

	if (x->bar != y->bar)
		return x->bar < y->bar ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Rows that @nr places need when a row has @step bytes. */
static unsigned int count_rows(const struct riser_place_tally *const *place,
			       unsigned int nr, uint64_t step)
{
	unsigned int rows = 0, i;

	for (i = 0; i < nr; i++)
		if (!i || place[i]->offset / step != place[i - 1]->offset / step)
			rows++;
	return rows;
}

static void make_rows(struct riser_heat *heat,
		      const struct riser_place_tally *const *place,
		      unsigned int nr)
{
	unsigned int i, row = 0;

	heat->bar = place[0]->bar;
	for (heat->step = 4; count_rows(place, nr, heat->step) >
	     RISER_SCENE_ROWS; heat->step *= 2)
		;
	for (i = 0; i < nr; i++) {
		if (i && place[i]->offset / heat->step !=
		    place[i - 1]->offset / heat->step)
			row++;
		heat->offset[row] = place[i]->offset / heat->step * heat->step;
		heat->total[row][0] += place[i]->reads;
		heat->total[row][1] += place[i]->writes;
	}
	heat->nr_rows = row + 1;
}

static int make_heats(struct riser_scene *scene)
{
	const struct riser_tally *tally = scene->tally;
	const struct riser_place_tally **place;
	unsigned int nr = 0, from, i;

	place = calloc(tally->nr_places + 1, sizeof(*place));
	if (!place)
		return -ENOMEM;
	for (i = 0; i < RISER_TALLY_PLACES; i++)
		if (tally->place[i].is_used)
			place[nr++] = &tally->place[i];
	qsort(place, nr, sizeof(*place), by_place);
	for (from = 0; from < nr && scene->nr_heats < RISER_SCENE_BARS;
	     from = i) {
		for (i = from + 1; i < nr && place[i]->bar == place[from]->bar;
		     i++)
			;
		make_rows(&scene->heat[scene->nr_heats++], place + from,
			  i - from);
	}
	free(place);
	return 0;
}

/* ---- the second look ---- */

static unsigned int column_of(const struct riser_tally *tally, uint64_t cycle)
{
	double at = riser_axis_at(&tally->axis, cycle) * RISER_SCENE_COLUMNS;

	return at >= RISER_SCENE_COLUMNS ? RISER_SCENE_COLUMNS - 1 :
					   (unsigned int)at;
}

static void heat_up(struct riser_scene *scene, const struct riser_packet *packet,
		    unsigned int column)
{
	bool is_write = packet->tlp.tlp_class == RISER_POSTED;
	struct riser_heat *heat;
	unsigned int i, row;
	uint64_t offset;
	uint32_t bar;

	if (!riser_place_parse(packet->place, &bar, &offset))
		return;
	for (i = 0; i < scene->nr_heats; i++) {
		heat = &scene->heat[i];
		if (heat->bar != bar)
			continue;
		for (row = 0; row < heat->nr_rows; row++)
			if (offset - heat->offset[row] < heat->step)
				heat->hits[row][column][is_write]++;
	}
}

static void count(struct riser_scene *scene, const struct riser_packet *packet)
{
	const struct riser_tlp_event *event = &packet->tlp;
	const struct riser_tlp *tlp = event->tlp;
	unsigned int column = column_of(scene->tally, event->cycle);
	uint64_t *bytes = scene->bytes[column];
	int vector;

	if (packet->host_ns && !scene->host_ns[column])
		scene->host_ns[column] = packet->host_ns;
	if (!tlp)
		return;
	if (event->direction == RISER_TO_CARD) {
		if (tlp->kind == RISER_TLP_CPLD)
			bytes[RISER_FLOW_DMA_READ] += tlp->data_bytes;
		else if (tlp->kind == RISER_TLP_MWR)
			bytes[RISER_FLOW_MMIO_WRITE] +=
				riser_tlp_request_bytes(tlp);
		heat_up(scene, packet, column);
		return;
	}
	vector = riser_tally_vector(scene->tally, event);
	if (vector >= 0)
		scene->interrupts[vector][column]++;
	else if (tlp->kind == RISER_TLP_MWR)
		bytes[RISER_FLOW_DMA_WRITE] += riser_tlp_request_bytes(tlp);
	else if (tlp->kind == RISER_TLP_CPLD)
		bytes[RISER_FLOW_MMIO_READ] += tlp->data_bytes;
}

/* Both who look at a packet: the ladder needs the order, the counts the time. */
static void take(void *ctx, const struct riser_packet *packet)
{
	struct riser_ladder *ladder = ctx;

	riser_ladder_packet(ladder, packet);
	if (!packet->note)
		count(ladder->scene, packet);
}

int riser_scene_make(struct riser_scene **out, const struct riser_tally *tally,
		     const struct riser_account *account, const char *path,
		     char *error)
{
	struct riser_scene *scene = calloc(1, sizeof(*scene));
	struct riser_ladder ladder;
	struct riser_packets packets = { .take = take, .ctx = &ladder };
	int ret = -ENOMEM;

	if (scene) {
		scene->tally = tally;
		ret = make_heats(scene);
	}
	if (!ret)
		ret = riser_ladder_init(&ladder, scene, account);
	if (ret) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		free(scene);
		return ret;
	}
	ret = riser_packets_read(&packets, path, error);
	riser_ladder_finish(&ladder);
	if (ret)
		riser_scene_free(scene);
	else
		*out = scene;
	return ret;
}

void riser_scene_free(struct riser_scene *scene)
{
	free(scene);
}
