// SPDX-License-Identifier: Apache-2.0
/* The reference's reads of host memory: answered with what the RTL has read. */
#define _GNU_SOURCE
#include "lockstep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUT_BYTES	128	/* the least Max_Payload_Size, and a multiple of every RCB */

void ls_read_add(struct riser_lockstep *ls, const struct riser_tlp *tlp)
{
	uint32_t lead = 0;
	struct ls_read *read;

	if (ls->nr_reads == LS_READS)
		return;
	while (lead < 3 && tlp->first_be && !(tlp->first_be >> lead & 1))
		lead++;
	read = &ls->read[ls->nr_reads++];
	*read = (struct ls_read){
		.tlp = *tlp, .addr = tlp->addr + lead, .bytes = riser_tlp_request_bytes(tlp),
		.since = ls->now,
	};
	read->tlp.data = NULL;
}

static bool put(struct riser_lockstep *ls, const struct riser_tlp *cpl)
{
	uint8_t bytes[RISER_TLP_MAX_BYTES];
	int len = riser_tlp_encode(cpl, bytes, sizeof(bytes));

	if (len < 0 || !ls_card_put(&ls->ref, RISER_COMPLETION, bytes, (uint32_t)len))
		return false;
	ls_tell_reference(ls, RISER_TO_CARD, bytes, (uint32_t)len, RISER_NO_SEQ, NULL);
	return true;
}

static struct riser_tlp head_of(const struct riser_lockstep *ls, const struct ls_read *read)
{
	return (struct riser_tlp){
		.kind = RISER_TLP_CPLD, .tc = read->tlp.tc, .attr = read->tlp.attr,
		.requester = read->tlp.requester, .tag = read->tlp.tag,
		.completer = ls->completer, .status = RISER_CPL_SC,
	};
}

static void put_data(struct riser_lockstep *ls, const struct ls_read *read, const uint8_t *data)
{
	uint8_t dwords[CUT_BYTES + 8];
	struct riser_tlp cpl = head_of(ls, read);
	uint32_t done, n, skip;
	uint64_t addr;

	for (done = 0; done < read->bytes; done += n) {
		addr = read->addr + done;
		n = CUT_BYTES - (uint32_t)(addr & (CUT_BYTES - 1));
		n = n < read->bytes - done ? n : read->bytes - done;
		skip = addr & 3;
		memset(dwords, 0, sizeof(dwords));
		memcpy(dwords + skip, data + done, n);
		cpl.byte_count = (uint16_t)(read->bytes - done);
		cpl.lower_addr = addr & 0x7f;
		cpl.length_dw = (uint16_t)((skip + n + 3) / 4);
		cpl.data = dwords;
		cpl.data_bytes = 4U * cpl.length_dw;
		put(ls, &cpl);
	}
}

/* A read with no byte enabled has a completion of one dword. */
static void put_nothing(struct riser_lockstep *ls, const struct ls_read *read)
{
	static const uint8_t zero[4];
	struct riser_tlp cpl = head_of(ls, read);

	cpl.byte_count = 1;
	cpl.length_dw = 1;
	cpl.data = zero;
	cpl.data_bytes = 4;
	cpl.lower_addr = read->tlp.addr & 0x7c;
	put(ls, &cpl);
}

static void put_refusal(struct riser_lockstep *ls, const struct ls_read *read)
{
	struct riser_tlp cpl = head_of(ls, read);

	cpl.kind = RISER_TLP_CPL;
	cpl.byte_count = 4;
	cpl.status = RISER_CPL_UR;
	put(ls, &cpl);
}

/* Room for all pieces of the largest read. */
static bool has_room(const struct riser_lockstep *ls)
{
	const struct riser_rx_queue *queue = &ls->ref.run.rx[RISER_COMPLETION];

	return LS_QUEUE - (queue->head - ls->ref.freed[RISER_COMPLETION]) > 4096 / CUT_BYTES + 1;
}

uint32_t ls_reads_answer(struct riser_lockstep *ls, bool force)
{
	uint8_t data[4096 + 4];
	struct ls_read read;
	uint32_t i, nr = 0;
	enum riser_lockstep_read how;

	for (i = 0; i < ls->nr_reads && has_room(ls);) {
		read = ls->read[i];
		how = !read.tlp.first_be && read.tlp.length_dw == 1 ? RISER_READ_DATA :
		      ls->ops->read(ls->comparator, read.tlp.tag, read.addr, read.bytes, force,
				    data);
		if (how == RISER_READ_WAIT) {
			i++;
			continue;
		}
		memmove(&ls->read[i], &ls->read[i + 1],
			(--ls->nr_reads - i) * sizeof(ls->read[0]));
		nr++;
		if (how == RISER_READ_REFUSED)
			put_refusal(ls, &read);
		else if (!read.tlp.first_be && read.tlp.length_dw == 1)
			put_nothing(ls, &read);
		else
			put_data(ls, &read, data);
	}
	if (nr)
		ls->quiet = 0;
	return nr;
}

void ls_reads_overdue(struct riser_lockstep *ls)
{
	struct riser_lockstep_place place = { .rule = "REF-05", .seq = RISER_NO_SEQ };
	struct ls_read *read;
	uint32_t i;

	for (i = 0; i < ls->nr_reads; i++) {
		read = &ls->read[i];
		if (ls->nr_rtl_reads)
			read->since = ls->now;
		if (ls->now - read->since <= ls->config.patience)
			continue;
		place.cycle = read->since + ls->config.patience;
		riser_lockstep_diverge(ls, &place,
				       "the reference reads %u bytes of host memory at 0x%" PRIx64
				       ", which the RTL has not read in %" PRIu64 " cycles since",
				       read->bytes, read->addr, ls->now - read->since);
		return;
	}
}
