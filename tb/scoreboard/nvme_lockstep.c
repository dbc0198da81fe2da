// SPDX-License-Identifier: Apache-2.0
/*
 * What must be equal of two NVMe controllers. Each side has a model of its own,
 * made of the TLPs of that side; a command of the RTL and the same entry of the
 * same submission queue in the reference are a pair.
 *
 * Equal: status and result of each command, the data that goes to the host, and
 * that there is no DMA but for commands and queues. Each entry has its interrupt
 * after it when the reference's has. Free: the order in which commands end, queue
 * slots, phase tags, SQ Head Pointer, how DMA is cut, how many interrupts there
 * are for several entries.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.h"
#include "nvme_both.h"

#define INTERRUPT_NS	100000000ULL	/* when the card's clock stands */
#define ENTRY_NS	1000000000ULL
#define STANDING_CYCLES	20000		/* in that time: it stood */
#define MIN_CYCLES	16
#define LIST_BYTES	4096

/* ---- the reference's reads ---- */

static enum riser_lockstep_read read_entry(struct nvme_both *both, uint64_t addr, uint32_t bytes,
					   uint8_t *data)
{
	struct nvme *b = both->side[RISER_SIDE_REFERENCE].b;
	const struct nvme_sq *sq = nvme_sq_at(b, addr, bytes);
	const struct nvme_pair *pair = NULL;
	uint32_t i, at, slot = NVME_NONE;

	for (i = 0; sq && i < bytes; i++) {
		at = (uint32_t)(addr - sq->base) + i;
		if (at / 64 != slot) {
			slot = at / 64;
			pair = nvme_both_find(both, sq, slot, sq->pass[slot] + 1);
		}
		if (!pair)
			return RISER_READ_WAIT;
		data[i] = pair->sqe[at % 64];
	}
	return sq ? RISER_READ_DATA : RISER_READ_REFUSED;
}

/* The RTL has ended the command without these bytes. */
static enum riser_lockstep_read unread(struct nvme_both *both, const struct nvme_pair *pair,
				       uint64_t addr, uint32_t bytes, uint8_t *data)
{
	const struct nvme_half *rtl = &pair->half[RISER_SIDE_RTL];
	const struct riser_lockstep_place place = {
		.rule = "REF-05", .cycle = rtl->cycle, .seq = rtl->seq, .access = pair->text,
		.function = pair->function,
	};

	if (!rtl->is_done && !rtl->is_dropped)
		return RISER_READ_WAIT;
	if (rtl->is_done && !nvme_pair_status(pair, RISER_SIDE_RTL) && !pair->is_free)
		riser_lockstep_diverge(both->ls, &place,
				       "the reference reads %u bytes at 0x%" PRIx64
				       " for %s, which the RTL has ended with success without them",
				       bytes, addr, pair->text);
	memset(data, 0, bytes);
	return RISER_READ_DATA;
}

static enum riser_lockstep_read read_data(struct nvme_both *both, const struct nvme_read *read,
					  const struct nvme_pair *pair, uint64_t addr,
					  uint32_t bytes, uint8_t *data)
{
	const struct nvme_half *rtl = &pair->half[RISER_SIDE_RTL];

	if (!rtl->data || !rtl->has || read->offset + bytes > pair->bytes ||
	    memchr(rtl->has + read->offset, 0, bytes))
		return unread(both, pair, addr, bytes, data);
	memcpy(data, rtl->data + read->offset, bytes);
	return RISER_READ_DATA;
}

static enum riser_lockstep_read read_list(const struct nvme_pair *pair, uint32_t list,
					  uint64_t addr, uint32_t bytes, uint8_t *data)
{
	const struct nvme_half *rtl = &pair->half[RISER_SIDE_RTL];
	uint32_t at = addr & (LIST_BYTES - 1);
	bool is_there = pair->list[list] && at + bytes <= LIST_BYTES;

	/* what is behind the last entry that is needed may stay unread */
	if (!rtl->is_done && !rtl->is_dropped &&
	    (!is_there || memchr(pair->has_list[list] + at, 0, bytes)))
		return RISER_READ_WAIT;
	memset(data, 0, bytes);
	if (is_there)
		memcpy(data, pair->list[list] + at, bytes);
	return RISER_READ_DATA;
}

static enum riser_lockstep_read on_read(void *comparator, uint16_t tag, uint64_t addr,
					uint32_t bytes, bool force, uint8_t *data)
{
	struct nvme_both *both = comparator;
	struct nvme_side *side = &both->side[RISER_SIDE_REFERENCE];
	const struct nvme_read *read = &side->b->read[tag % NVME_TAGS];
	const struct nvme_pair *pair;
	struct riser_lockstep_place place = { .rule = "REF-05", .seq = RISER_NO_SEQ };

	(void)force;
	if (read->kind == NVME_READ_SQ)
		return read_entry(both, addr, bytes, data);
	pair = read->kind == NVME_READ_NOTHING ? NULL : nvme_both_pair(side, read->cmd);
	if (!pair) {
		place.cycle = riser_lockstep_now(both->ls);
		if (read->kind == NVME_READ_NOTHING)
			riser_lockstep_diverge(both->ls, &place,
					       "the reference reads %u bytes of host memory at 0x%"
					       PRIx64 ", which no command names", bytes, addr);
		return RISER_READ_REFUSED;
	}
	if (pair->is_refused)
		return RISER_READ_REFUSED;
	if (read->kind == NVME_READ_LIST)
		return read_list(pair, read->list, addr, bytes, data);
	return read_data(both, read, pair, addr, bytes, data);
}

/* ---- what the script waits for ---- */

static bool is_met_stray(const struct nvme_both *both, const struct nvme_stray *stray)
{
	uint32_t i;

	for (i = 0; i < NVME_STRAYS && i < both->nr_ref_strays; i++)
		if (both->ref_stray[i].is_write == stray->is_write &&
		    both->ref_stray[i].addr <= stray->addr &&
		    both->ref_stray[i].addr + both->ref_stray[i].len >= stray->addr + stray->len)
			return true;
	return false;
}

static bool is_met(void *comparator, uint32_t token)
{
	struct nvme_both *both = comparator;
	uint32_t value = token & NVME_TOKEN_VALUE;
	struct nvme_pair *pair;

	if (token & NVME_TOKEN_STRAY)
		return is_met_stray(both, &both->stray[value]);
	if (token & NVME_TOKEN_MESSAGE)
		return both->side[RISER_SIDE_REFERENCE].nr_free[value] >=
		       both->side[RISER_SIDE_RTL].nr_free[value];
	pair = &both->pair[value];
	if (!pair->half[RISER_SIDE_REFERENCE].is_done &&
	    !pair->half[RISER_SIDE_REFERENCE].is_dropped)
		return false;
	if (pair->half[RISER_SIDE_REFERENCE].is_done)
		nvme_pair_compare(pair, both->ls);
	pair->is_expected = false;
	nvme_both_forget(both, pair);
	return true;
}

static void tell_stray(struct nvme_both *both, const struct nvme_stray *stray)
{
	const struct riser_lockstep_place place = {
		.rule = "REF-04", .cycle = stray->cycle, .seq = stray->seq,
		.access = stray->access,
	};

	riser_lockstep_diverge(both->ls, &place,
			       "the RTL %s %u bytes at 0x%" PRIx64
			       ", which belong to no command in flight; the reference does not (%s)",
			       stray->is_write ? "writes" : "reads", stray->len, stray->addr,
			       stray->access);
}

static char *overdue(void *comparator, uint32_t token, char *text, size_t size)
{
	struct nvme_both *both = comparator;
	uint32_t value = token & NVME_TOKEN_VALUE;
	const struct nvme_vector *v = &both->side[RISER_SIDE_RTL].b->vector[value %
									    NVME_MAX_VECTORS];
	struct riser_lockstep_place place = { .rule = "REF-04" };

	if (token & NVME_TOKEN_STRAY) {
		tell_stray(both, &both->stray[value]);
		return text;
	}
	if (token & NVME_TOKEN_MESSAGE) {
		place.cycle = v->free_cycle;
		place.seq = v->free_seq;
		riser_lockstep_diverge(both->ls, &place,
				       "the RTL sends the interrupt message of vector %u without a completion entry, the reference does not",
				       value);
		return text;
	}
	place.cycle = both->pair[value].half[RISER_SIDE_RTL].cycle;
	place.seq = both->pair[value].half[RISER_SIDE_RTL].seq;
	place.access = both->pair[value].text;
	place.function = both->pair[value].function;
	riser_lockstep_diverge(both->ls, &place,
			       "the RTL has ended %s, the reference does not",
			       both->pair[value].text);
	snprintf(text, size, "%s", both->pair[value].text);
	return text;
}

/* ---- what the RTL owes ---- */

static bool is_drained(const struct nvme *b, const struct nvme_half *half)
{
	const struct nvme_cq *cq = b->cq[half->cqid % NVME_MAX_QUEUES];

	return !cq || !b->msix_on || cq->head == cq->tail;
}

static void owed_entry(struct nvme_both *both, const struct nvme_pair *pair, uint64_t cycle,
		       uint64_t host_ns)
{
	const struct nvme_half *ref = &pair->half[RISER_SIDE_REFERENCE];
	uint64_t patience = riser_lockstep_config(both->ls)->patience;
	uint64_t ns = host_ns > pair->host_ns ? host_ns - pair->host_ns : 0;
	uint64_t cycles = cycle - ref->cycle;
	struct riser_lockstep_place place = {
		.rule = "REF-05", .seq = RISER_NO_SEQ, .access = pair->text,
		.function = pair->function, .cycle = cycle,
	};

	if (cycles <= patience &&
	    (ns < ENTRY_NS || cycles < MIN_CYCLES || cycles > STANDING_CYCLES))
		return;
	if (cycles > patience)
		place.cycle = ref->cycle + patience;
	riser_lockstep_diverge(both->ls, &place,
			       "the reference has ended %s, the RTL has not in %" PRIu64
			       " cycles and %.1f ms of the host's time", pair->text, cycles,
			       (double)ns / 1e6);
}

static void owed_interrupt(struct nvme_both *both, struct nvme_pair *pair, uint64_t cycle,
			   uint64_t host_ns)
{
	const struct nvme_half *rtl = &pair->half[RISER_SIDE_RTL];
	const struct nvme *b = both->side[RISER_SIDE_RTL].b;
	uint64_t limit = riser_lockstep_config(both->ls)->interrupt_cycles, cycles;
	struct riser_lockstep_place place = {
		.rule = "REF-05", .seq = rtl->seq, .access = pair->text,
		.function = pair->function,
	};

	if (b->function_mask || b->vector[rtl->vector].is_masked || !pair->owed_cycle) {
		pair->owed_cycle = cycle;
		pair->owed_ns = host_ns;
		return;
	}
	cycles = cycle - pair->owed_cycle;
	if (cycles <= limit + b->coalesce_cycles &&
	    (host_ns < pair->owed_ns + INTERRUPT_NS || cycles < MIN_CYCLES))
		return;
	place.cycle = cycles > limit ? pair->owed_cycle + limit : pair->owed_cycle;
	riser_lockstep_diverge(both->ls, &place,
			       "%s has its entry in cycle %" PRIu64
			       " and no interrupt of vector %u in %" PRIu64
			       " cycles since nothing masks it; the reference has sent it",
			       pair->text, rtl->cycle, rtl->vector, cycles);
}

static void on_time(void *comparator, uint64_t cycle, uint64_t host_ns)
{
	struct nvme_both *both = comparator;
	struct nvme_half *rtl, *ref;
	struct nvme_pair *pair;
	uint32_t i, s;

	if (!host_ns)
		host_ns = both->side[RISER_SIDE_RTL].b->host_ns;
	for (i = 0; i < both->nr_pairs; i++) {
		pair = &both->pair[i];
		if (!pair->is_used)
			continue;
		rtl = &pair->half[RISER_SIDE_RTL];
		ref = &pair->half[RISER_SIDE_REFERENCE];
		if (ref->is_done && !rtl->is_done && !rtl->is_dropped && !pair->is_free)
			owed_entry(both, pair, cycle, host_ns);
		for (s = 0; s < RISER_NR_SIDES; s++)
			if (pair->half[s].needs_interrupt &&
			    is_drained(both->side[s].b, &pair->half[s]))
				pair->half[s].needs_interrupt = false;
		if (rtl->needs_interrupt && ref->is_done && !ref->needs_interrupt)
			owed_interrupt(both, pair, cycle, host_ns);
		if (rtl->is_done && ref->is_done)
			nvme_both_forget(both, pair);
	}
}

/* ---- events ---- */

static void on_tlp(void *comparator, enum riser_side which_side,
		   const struct riser_tlp_event *event)
{
	struct nvme_both *both = comparator;

	riser_scoreboard_nvme.observer.tlp(both->side[which_side].b, event);
}

static void on_sideband(void *comparator, enum riser_side which_side, uint64_t cycle,
			uint32_t levels)
{
	struct nvme_both *both = comparator;

	riser_scoreboard_nvme.observer.sideband(both->side[which_side].b, cycle, levels);
}

static void on_site(void *comparator, const struct riser_site *site)
{
	struct nvme_both *both = comparator;

	riser_scoreboard_nvme.observer.site(both->side[RISER_SIDE_RTL].b, site);
}

static void on_start(void *comparator, const struct riser_run_facts *facts)
{
	struct nvme_both *both = comparator;
	int i;

	for (i = 0; i < RISER_NR_SIDES; i++)
		riser_scoreboard_nvme.observer.start(both->side[i].b, facts);
}

static void no_report(void *ctx, const struct riser_finding *finding)
{
	(void)ctx;
	(void)finding;
}

static void destroy(void *comparator)
{
	struct nvme_both *both = comparator;
	uint32_t i;

	for (i = 0; i < RISER_NR_SIDES; i++)
		if (both->side[i].b) {
			both->side[i].b->listener = NULL;
			riser_scoreboard_nvme.destroy(both->side[i].b);
		}
	for (i = 0; both->pair && i < both->nr_pairs; i++)
		nvme_pair_free(&both->pair[i]);
	free(both->pair);
	free(both);
}

static int create(struct riser_lockstep *ls, void **comparator)
{
	/* contents are the scoreboard's business: here the reference has them */
	const struct riser_scoreboard_config config = {
		.report = no_report, .interrupt_cycles = UINT64_MAX / 2,
		.max_content_bytes = 1, .max_told = 1,
	};
	struct nvme_both *both = calloc(1, sizeof(*both));
	void *board = NULL;
	int i, ret = both ? 0 : -ENOMEM;

	if (ret)
		return ret;
	both->ls = ls;
	both->pair = calloc(NVME_MAX_PAIRS, sizeof(*both->pair));
	if (!both->pair)
		ret = -ENOMEM;
	for (i = 0; !ret && i < RISER_NR_SIDES; i++) {
		both->side[i].both = both;
		memset(both->side[i].pair, 0xff, sizeof(both->side[i].pair));
		ret = riser_scoreboard_nvme.create(&config, &board);
		if (ret)
			break;
		both->side[i].b = board;
		both->side[i].b->listener = &nvme_both_listener;
		both->side[i].b->listener_ctx = &both->side[i];
	}
	if (ret)
		destroy(both);
	else
		*comparator = both;
	return ret;
}

const struct riser_comparator_ops riser_comparator_nvme = {
	.name = "nvme",
	.words = "NVMe: status, result and data of each command, DMA, interrupts",
	.class_code = 0x010802,
	.class_mask = 0xffffff,
	.create = create,
	.destroy = destroy,
	.start = on_start,
	.tlp = on_tlp,
	.sideband = on_sideband,
	.site = on_site,
	.read = on_read,
	.is_met = is_met,
	.overdue = overdue,
	.time = on_time,
};

static const struct riser_comparator_ops *const comparators[] = {
	&riser_comparator_nvme,
	NULL,
};

const struct riser_comparator_ops *const *riser_comparators(void)
{
	return comparators;
}
