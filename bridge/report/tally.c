// SPDX-License-Identifier: Apache-2.0
#include "tally.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine.h"

bool riser_place_parse(const char *place, uint32_t *bar, uint64_t *offset)
{
	unsigned int fn = 0, idx;
	unsigned long long at;

	if (!place)
		return false;
	if (sscanf(place, "BAR%u+0x%llx", &idx, &at) != 2 &&
	    sscanf(place, "fn%u.BAR%u+0x%llx", &fn, &idx, &at) != 3)
		return false;
	if (fn >= RISER_MAX_FUNCTIONS || idx >= RISER_NR_BARS)
		return false;
	*bar = fn * 8 + idx;
	*offset = at;
	return true;
}

double riser_tally_us(const struct riser_tally *tally, uint64_t cycle)
{
	return (double)cycle * (double)tally->period_ps / 1e6;
}

static void count_place(struct riser_tally *tally,
			const struct riser_packet *packet, bool is_read)
{
	struct riser_place_tally *slot;
	uint64_t offset;
	uint32_t bar, i, tries;

	if (!riser_place_parse(packet->place, &bar, &offset))
		return;
	offset &= ~3ULL;
	i = (uint32_t)(((offset >> 2) + bar * 0x10001ULL) *
		       0x9e3779b97f4a7c15ULL >> 40);
	for (tries = 0; tries < RISER_TALLY_PLACES; tries++, i++) {
		slot = &tally->place[i & (RISER_TALLY_PLACES - 1)];
		if (slot->is_used &&
		    (slot->bar != bar || slot->offset != offset))
			continue;
		tally->nr_places += !slot->is_used;
		slot->is_used = true;
		slot->bar = bar;
		slot->offset = offset;
		slot->reads += is_read;
		slot->writes += !is_read;
		return;
	}
}

static uint16_t find_caller(struct riser_tally *tally,
			    const struct riser_tlp_caller *caller)
{
	struct riser_caller_tally *c;
	unsigned int i;

	if (!caller || !caller->function)
		return 0;
	for (i = 0; i < tally->nr_callers; i++)
		if (!strncmp(tally->caller[i].function, caller->function,
			     sizeof(c->function) - 1))
			return (uint16_t)(i + 1);
	if (tally->nr_callers == RISER_TALLY_CALLERS)
		return 0;
	c = &tally->caller[tally->nr_callers++];
	snprintf(c->function, sizeof(c->function), "%s", caller->function);
	c->frame = caller->frame;
	return (uint16_t)tally->nr_callers;
}

static void wait_for(struct riser_tally *tally,
		     const struct riser_tlp_event *event, uint16_t caller)
{
	tally->wait[event->seq & (RISER_TALLY_WAITS - 1)] = (struct riser_wait){
		.seq = event->seq, .cycle = event->cycle,
		.kind = event->tlp->kind, .is_used = true, .caller = caller,
	};
}

static void count_request(struct riser_tally *tally,
			  const struct riser_packet *packet)
{
	const struct riser_tlp_event *event = &packet->tlp;
	uint16_t nr = find_caller(tally, event->caller);
	struct riser_caller_tally none = { 0 };
	struct riser_caller_tally *caller = nr ? &tally->caller[nr - 1] : &none;

	switch (event->tlp->kind) {
	case RISER_TLP_MRD:
	case RISER_TLP_MRDLK:
	case RISER_TLP_IORD:
		caller->reads++;
		count_place(tally, packet, true);
		break;
	case RISER_TLP_MWR:
	case RISER_TLP_IOWR:
		caller->writes++;
		count_place(tally, packet, false);
		break;
	case RISER_TLP_CFGRD0:
	case RISER_TLP_CFGRD1:
	case RISER_TLP_CFGWR0:
	case RISER_TLP_CFGWR1:
		caller->configs++;
		break;
	default:
		break;
	}
	if (event->tlp_class == RISER_NONPOSTED)
		wait_for(tally, event, nr);
}

static void count_completion(struct riser_tally *tally,
			     const struct riser_tlp_event *event)
{
	struct riser_wait *wait =
		&tally->wait[event->request_seq & (RISER_TALLY_WAITS - 1)];
	struct riser_caller_tally *caller;
	uint64_t cycles;

	if (event->request_seq == RISER_NO_SEQ || !wait->is_used ||
	    wait->seq != event->request_seq ||
	    (event->tlp->kind == RISER_TLP_CPLD &&
	     !riser_cpl_is_last(event->tlp)))
		return;
	wait->is_used = false;
	cycles = event->cycle - wait->cycle;
	if (wait->kind == RISER_TLP_CFGRD0 || wait->kind == RISER_TLP_CFGRD1)
		riser_histogram_add(&tally->cfg_reads, cycles);
	else if (event->direction == RISER_TO_CARD)
		riser_histogram_add(&tally->dma_reads, cycles);
	else if (wait->kind == RISER_TLP_MRD)
		riser_histogram_add(&tally->mmio_reads, cycles);
	if (!wait->caller)
		return;
	caller = &tally->caller[wait->caller - 1];
	caller->answered++;
	caller->wait_cycles += cycles;
	if (cycles > caller->max_cycles)
		caller->max_cycles = cycles;
}

static uint32_t message_data(const struct riser_tlp *tlp)
{
	return tlp->data_bytes < 4 ? 0 :
	       (uint32_t)tlp->data[0] | (uint32_t)tlp->data[1] << 8 |
	       (uint32_t)tlp->data[2] << 16 | (uint32_t)tlp->data[3] << 24;
}

int riser_tally_vector(const struct riser_tally *tally,
		       const struct riser_tlp_event *event)
{
	const struct riser_vector_tally *vector;
	unsigned int i;
	uint32_t data;

	if (!event->tlp || event->direction != RISER_TO_HOST ||
	    event->tlp->kind != RISER_TLP_MWR || event->tlp->length_dw != 1)
		return -1;
	data = message_data(event->tlp);
	for (i = 0; i < tally->nr_vectors; i++) {
		vector = &tally->vector[i];
		if (vector->addr == event->tlp->addr && vector->data == data)
			return (int)i;
	}
	return -1;
}

static void count_message(struct riser_tally *tally,
			  const struct riser_tlp_event *event)
{
	enum riser_message_kind kind;
	int i;

	if (event->tlp->kind != RISER_TLP_MWR)
		return;
	kind = riser_bar_map_message(&tally->words.bars, event->tlp);
	if (kind == RISER_NO_MESSAGE)
		return;
	tally->interrupts++;
	i = riser_tally_vector(tally, event);
	if (i < 0 && tally->nr_vectors < RISER_TALLY_VECTORS) {
		i = (int)tally->nr_vectors++;
		tally->vector[i].kind = kind;
		tally->vector[i].addr = event->tlp->addr;
		tally->vector[i].data = message_data(event->tlp);
	}
	if (i >= 0)
		tally->vector[i].count++;
}

static void count_tlp(struct riser_tally *tally,
		      const struct riser_packet *packet)
{
	const struct riser_tlp_event *event = &packet->tlp;

	tally->nr_tlps++;
	tally->total[event->direction]++;
	tally->bytes[event->direction] += event->len;
	riser_axis_add(&tally->axis, event->cycle);
	if (!event->tlp) {
		tally->undecodable++;
		return;
	}
	riser_words_learn(&tally->words, event);
	tally->tlps[event->direction][event->tlp->kind]++;
	if (event->tlp_class == RISER_COMPLETION)
		count_completion(tally, event);
	else if (event->direction == RISER_TO_CARD)
		count_request(tally, packet);
	else if (event->tlp_class == RISER_NONPOSTED)
		wait_for(tally, event, 0);
	else
		count_message(tally, event);
}

static int by_vector(const void *a, const void *b)
{
	const struct riser_vector_tally *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->data < y->data ? -1 : x->data > y->data;
}

static void take(void *ctx, const struct riser_packet *packet)
{
	if (!packet->note)
		count_tlp(ctx, packet);
}

int riser_tally_make(struct riser_tally **out, const char *path, char *error)
{
	struct riser_tally *tally = calloc(1, sizeof(*tally));
	struct riser_packets packets = { .take = take, .ctx = tally };
	int ret;

	if (!tally || riser_words_init(&tally->words)) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		free(tally);
		return -ENOMEM;
	}
	riser_axis_init(&tally->axis);
	ret = riser_packets_read(&packets, path, error);
	if (ret) {
		riser_tally_free(tally);
		return ret;
	}
	riser_axis_finish(&tally->axis);
	qsort(tally->vector, tally->nr_vectors, sizeof(tally->vector[0]),
	      by_vector);
	tally->is_cut = packets.is_cut;
	tally->period_ps = packets.period_ps;
	memcpy(tally->hardware, packets.hardware, sizeof(tally->hardware));
	*out = tally;
	return 0;
}

void riser_tally_free(struct riser_tally *tally)
{
	if (!tally)
		return;
	riser_words_fini(&tally->words);
	free(tally);
}
