// SPDX-License-Identifier: Apache-2.0
/* Registers and doorbells of an NVMe controller. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nvme.h"

#define REG_CAP_HI	0x04
#define REG_CC		0x14
#define REG_AQA		0x24
#define REG_ASQ		0x28
#define REG_ACQ		0x30
#define REG_DOORBELLS	0x1000
#define CC_ENABLE	0x1

const char *nvme_name(const struct nvme *b, uint32_t name)
{
	return name < b->nr_callers ? b->caller[name].text : "";
}

static const char *function_of(const struct nvme *b)
{
	const struct riser_tlp_event *event = b->event;

	if (event->caller && event->caller->function)
		return event->caller->function;
	if (event->site && event->site < b->site_room)
		return b->site[event->site];
	return NULL;
}

/* Who made the access: interned, since it is wanted long after. */
static uint32_t caller_of(struct nvme *b)
{
	const char *function = function_of(b);
	uint64_t pc = b->event->caller ? b->event->caller->pc : b->event->site;
	struct nvme_caller *caller;
	uint32_t i;

	if (!pc && !function)
		return NVME_NONE;
	for (i = 0; i < b->nr_callers; i++)
		if (b->caller[i].pc == pc)
			break;
	if (i == NVME_NAMES)
		return NVME_NONE;
	caller = &b->caller[i];
	if (i == b->nr_callers) {
		b->nr_callers++;
		caller->pc = pc;
		snprintf(caller->text, sizeof(caller->text), "0x%" PRIx64, pc);
	}
	if (function && caller->text[0] == '0')
		snprintf(caller->text, sizeof(caller->text), "%s", function);
	return i;
}

void nvme_disable(struct nvme *b)
{
	uint32_t i;

	for (i = 0; i < NVME_MAX_CMDS; i++)
		if (b->cmd[i].is_live)
			nvme_cmd_drop(b, i);
	for (i = 0; i < NVME_MAX_QUEUES; i++) {
		nvme_sq_delete(b, i);
		nvme_cq_delete(b, i);
	}
	b->is_enabled = false;
	b->is_blind = false;
	b->coalesce_cycles = 0;
	nvme_irq_reset(b);
}

static void enable(struct nvme *b)
{
	struct nvme_cq *cq;

	b->page_bytes = 4096U << (b->cc >> 7 & 0xf);
	b->is_enabled = true;
	cq = nvme_cq_create(b, 0, (b->aqa >> 16 & 0xfff) + 1, b->acq);
	if (cq)
		cq->has_interrupt = true;
	nvme_sq_create(b, 0, (b->aqa & 0xfff) + 1, b->asq, 0);
}

static void set_half(uint64_t *value, bool high, uint32_t half)
{
	if (high)
		*value = (*value & UINT32_MAX) | (uint64_t)half << 32;
	else
		*value = (*value & ~(uint64_t)UINT32_MAX) | half;
}

static void write_cc(struct nvme *b, uint32_t value)
{
	uint32_t old = b->cc;

	b->cc = value;
	if (!(old & CC_ENABLE) && value & CC_ENABLE) {
		nvme_disable(b);
		enable(b);
	} else if (old & CC_ENABLE && !(value & CC_ENABLE)) {
		nvme_disable(b);
	}
}

static void ring(struct nvme *b, uint32_t offset, uint32_t value)
{
	uint32_t stride = 4U << (b->cap_hi & 0xf);
	uint32_t nr = (offset - REG_DOORBELLS) / stride;

	if ((offset - REG_DOORBELLS) % stride || nr / 2 >= NVME_MAX_QUEUES)
		return;
	if (nr & 1)
		nvme_cq_bell(b, nr / 2, value & 0xffff);
	else
		nvme_sq_bell(b, nr / 2, value & 0xffff);
}

static void write_reg(struct nvme *b, uint32_t offset, uint32_t value)
{
	if (offset >= REG_DOORBELLS) {
		ring(b, offset, value);
		return;
	}
	switch (offset) {
	case REG_CC:
		write_cc(b, value);
		break;
	case REG_AQA:
		b->aqa = value;
		break;
	case REG_ASQ:
	case REG_ASQ + 4:
		set_half(&b->asq, offset == REG_ASQ + 4, value & (offset == REG_ASQ ?
			 0xfffff000 : UINT32_MAX));
		break;
	case REG_ACQ:
	case REG_ACQ + 4:
		set_half(&b->acq, offset == REG_ACQ + 4, value & (offset == REG_ACQ ?
			 0xfffff000 : UINT32_MAX));
		break;
	}
}

static void write_dword(struct nvme *b, uint64_t addr, uint32_t value)
{
	const struct nvme_bar *table = &b->bar[b->table_bir < 6 ? b->table_bir : 0];
	uint64_t offset = addr - table->base;

	if (b->msix_cap && offset < table->size && offset >= b->table_offset &&
	    offset - b->table_offset < 16ULL * b->nr_vectors)
		nvme_irq_table(b, (uint32_t)offset - b->table_offset, value);
	else if (addr - b->bar[0].base < b->bar[0].size)
		write_reg(b, (uint32_t)(addr - b->bar[0].base), value);
}

void nvme_bar_write(struct nvme *b, const struct riser_tlp *tlp)
{
	uint32_t i;

	for (i = 0; i + 4 <= tlp->data_bytes; i += 4) {
		uint8_t be = i == 0 ? tlp->first_be :
			     i + 4 == tlp->data_bytes ? tlp->last_be : 0xf;

		if (be == 0xf || (be == 0x3 && tlp->length_dw == 1))
			write_dword(b, tlp->addr + i, nvme_le32(tlp->data + i));
	}
}

void nvme_reg_value(struct nvme *b, uint32_t offset, uint32_t value)
{
	if (offset == REG_CAP_HI)
		b->cap_hi = value;
}

static struct nvme_bell bell_of(struct nvme *b)
{
	return (struct nvme_bell){
		.cycle = b->cycle, .seq = b->event->seq, .host_ns = b->event->host_ns,
		.name = caller_of(b),
	};
}

void nvme_sq_bell(struct nvme *b, uint32_t qid, uint32_t tail)
{
	struct nvme_sq *sq = b->sq[qid];
	struct nvme_bell bell;

	if (!sq || tail >= sq->size)
		return;
	bell = bell_of(b);
	for (; sq->tail != tail; sq->tail = (sq->tail + 1) % sq->size) {
		sq->state[sq->tail] = NVME_SLOT_RUNG;
		sq->bell[sq->tail] = bell;
	}
}

void nvme_cq_bell(struct nvme *b, uint32_t qid, uint32_t head)
{
	struct nvme_cq *cq = b->cq[qid];

	if (!cq || head >= cq->size)
		return;
	cq->head = head;
	nvme_irq_head(b, cq);
}
