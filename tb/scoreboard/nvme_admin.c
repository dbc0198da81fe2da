// SPDX-License-Identifier: Apache-2.0
/* Admin commands that change what the scoreboard believes. */
#include <stdlib.h>

#include "nvme.h"

#define OP_DELETE_SQ	0x00
#define OP_CREATE_SQ	0x01
#define OP_GET_LOG	0x02
#define OP_DELETE_CQ	0x04
#define OP_CREATE_CQ	0x05
#define OP_IDENTIFY	0x06
#define OP_SET_FEATURES	0x09
#define OP_NS_MANAGE	0x0d
#define OP_DOORBELLS	0x7c
#define OP_FORMAT	0x80
#define OP_SANITIZE	0x84
#define FEATURE_COALESCE	0x08
#define FEATURE_HOST_BUFFER	0x0d
#define COALESCE_UNIT_PS	100000000ULL

void nvme_admin_begin(struct nvme *b, struct nvme_cmd *cmd)
{
	uint64_t bytes;

	cmd->dir = cmd->opcode & 3;
	switch (cmd->opcode) {
	case OP_CREATE_SQ:
	case OP_CREATE_CQ:
		cmd->dir = NVME_DIR_NONE;
		break;
	case OP_IDENTIFY:
		cmd->bytes = 4096;
		cmd->is_exact = true;
		if (!(cmd->cdw[0] & 0xff))
			cmd->buf = calloc(1, NVME_BUF_BYTES);
		break;
	case OP_GET_LOG:
		bytes = ((cmd->cdw[0] >> 16 | (uint64_t)(cmd->cdw[1] & 0xffff) << 16) + 1) * 4;
		cmd->is_exact = true;
		cmd->bytes = (uint32_t)bytes;
		cmd->is_opaque |= bytes > (uint64_t)(NVME_MAX_PRPS - 1) * b->page_bytes;
		break;
	case OP_SET_FEATURES:
		/* most have no data, and no pages then */
		if ((cmd->cdw[0] & 0xff) == FEATURE_HOST_BUFFER && cmd->cdw[1] & 1)
			b->is_blind = true;
		break;
	case OP_DOORBELLS:
		b->is_blind = true;
		break;
	}
}

static void create_sq(struct nvme *b, const struct nvme_cmd *cmd)
{
	if (!(cmd->cdw[1] & 1)) {
		b->is_blind = true;
		return;
	}
	nvme_sq_create(b, cmd->cdw[0] & 0xffff, (cmd->cdw[0] >> 16) + 1, cmd->prp[0],
		       cmd->cdw[1] >> 16);
}

static void create_cq(struct nvme *b, const struct nvme_cmd *cmd)
{
	struct nvme_cq *cq;

	if (!(cmd->cdw[1] & 1)) {
		b->is_blind = true;
		return;
	}
	cq = nvme_cq_create(b, cmd->cdw[0] & 0xffff, (cmd->cdw[0] >> 16) + 1, cmd->prp[0]);
	if (!cq)
		return;
	cq->has_interrupt = cmd->cdw[1] >> 1 & 1;
	cq->vector = (uint16_t)(cmd->cdw[1] >> 16);
}

/* The block size of the namespace. */
static void learn_namespace(struct nvme *b, const struct nvme_cmd *cmd)
{
	uint32_t format, shift;

	if (!cmd->buf)
		return;
	format = nvme_le32(cmd->buf + 128 + 4 * (cmd->buf[26] & 0xf));
	shift = format >> 16 & 0xff;
	if (shift < 9 || shift > 12)
		return;
	/* chunks are made for one size */
	if (1U << shift != b->lba_bytes)
		nvme_lba_fini(b);
	b->lba_bytes = 1U << shift;
	b->meta_bytes = format & 0xffff;
}

void nvme_admin_end(struct nvme *b, struct nvme_cmd *cmd)
{
	switch (cmd->opcode) {
	case OP_CREATE_SQ:
		create_sq(b, cmd);
		break;
	case OP_CREATE_CQ:
		create_cq(b, cmd);
		break;
	case OP_DELETE_SQ:
		nvme_sq_delete(b, cmd->cdw[0] & 0xffff);
		break;
	case OP_DELETE_CQ:
		nvme_cq_delete(b, cmd->cdw[0] & 0xffff);
		break;
	case OP_IDENTIFY:
		learn_namespace(b, cmd);
		break;
	case OP_SET_FEATURES:
		if ((cmd->cdw[0] & 0xff) == FEATURE_COALESCE)
			b->coalesce_cycles = (cmd->cdw[1] >> 8 & 0xff) * COALESCE_UNIT_PS /
					     b->clk_period_ps;
		break;
	case OP_NS_MANAGE:
	case OP_FORMAT:
	case OP_SANITIZE:
		nvme_lba_forget_all(b);
		break;
	}
}

void nvme_deallocate(struct nvme *b, const struct nvme_cmd *cmd)
{
	const uint8_t *range = cmd->buf;
	uint32_t i;

	if (!range || !(cmd->cdw[1] & 4))
		return;
	for (i = 0; i <= (cmd->cdw[0] & 0xff); i++, range += 16)
		nvme_lba_forget(b, cmd->nsid, nvme_le64(range + 8), nvme_le32(range + 4));
}
