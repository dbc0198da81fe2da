// SPDX-License-Identifier: Apache-2.0
/* What the card reads from and writes to the host's memory. */
#include <string.h>

#include "nvme.h"

/* The first enabled byte, and how many up to the last one. */
static uint32_t enabled_bytes(const struct riser_tlp *tlp, uint32_t *lead)
{
	uint8_t last = tlp->length_dw > 1 ? tlp->last_be : tlp->first_be;
	uint32_t trail = 0;

	*lead = 0;
	if (!tlp->first_be || !last)
		return 0;
	while (!(tlp->first_be >> *lead & 1))
		(*lead)++;
	while (!(last >> (3 - trail) & 1))
		trail++;
	return tlp->length_dw * 4U - *lead - trail;
}

static bool is_judged(const struct nvme *b)
{
	return b->is_enabled && !b->is_blind && !b->nr_opaque;
}

/* Several commands may use one page: the one whose turn it is. */
struct match {
	struct nvme_cmd *cmd;
	uint32_t prp;
	uint32_t offset;
};

static bool find_data(struct nvme *b, uint64_t addr, uint32_t len, enum nvme_dir dir,
		      struct match *best)
{
	uint32_t at = 0, prp_len, offset, done, rank = 0, best_rank = 0;
	const struct nvme_page *page;
	struct nvme_cmd *cmd;
	uint64_t start;

	while ((page = nvme_page_next(b, addr, &at))) {
		cmd = &b->cmd[page->cmd];
		if (page->is_list || !(cmd->dir & dir))
			continue;
		start = nvme_prp_range(b, cmd, page->index, &prp_len, &offset);
		if (addr < start || addr - start + len > prp_len)
			continue;
		offset += (uint32_t)(addr - start);
		done = dir == NVME_DIR_TO_CARD ? cmd->asked : cmd->moved;
		rank = done == offset ? 3 : done < cmd->bytes ? 2 : 1;
		if (rank <= best_rank)
			continue;
		best_rank = rank;
		*best = (struct match){ cmd, page->index, offset };
	}
	return best_rank;
}

/* Several lists may share a page: the one that begins last before the address. */
static const struct nvme_page *find_list(const struct nvme *b, uint64_t addr)
{
	const struct nvme_page *page, *best = NULL;
	uint64_t base, best_base = 0;
	uint32_t at = 0;

	while ((page = nvme_page_next(b, addr, &at))) {
		if (!page->is_list)
			continue;
		base = b->cmd[page->cmd].list[page->index];
		if (base > addr || (best && base < best_base))
			continue;
		best = page;
		best_base = base;
	}
	return best;
}

void nvme_card_read(struct nvme *b, const struct riser_tlp *tlp)
{
	struct nvme_read *read = &b->read[tlp->tag % NVME_TAGS];
	const struct nvme_page *page;
	uint32_t lead, len = enabled_bytes(tlp, &lead);
	uint64_t addr = tlp->addr + lead;
	struct match match;
	struct nvme_sq *sq;

	*read = (struct nvme_read){ .addr = addr, .len = len };
	if (!len || !b->is_enabled)
		return;
	if (find_data(b, addr, len, NVME_DIR_TO_CARD, &match)) {
		read->kind = NVME_READ_DATA;
		read->cmd = (uint32_t)(match.cmd - b->cmd);
		read->id = match.cmd->id;
		read->offset = match.offset;
		match.cmd->asked += len;
		match.cmd->last_cycle = b->cycle;
		return;
	}
	sq = nvme_sq_at(b, addr, len);
	if (sq) {
		read->kind = NVME_READ_SQ;
		read->qid = sq->qid;
		nvme_sq_fetch(b, sq, addr, len);
		return;
	}
	page = find_list(b, addr);
	if (page) {
		read->kind = NVME_READ_LIST;
		read->cmd = page->cmd;
		read->id = b->cmd[page->cmd].id;
		read->list = page->index;
		return;
	}
	if (!is_judged(b))
		return;
	nvme_hear(b, outside, false, addr, len);
	nvme_tell_outside(b, false, addr, len);
}

static void take_data(struct nvme *b, struct nvme_cmd *cmd, uint32_t offset, const uint8_t *data,
		      uint32_t len)
{
	cmd->moved += len;
	cmd->last_cycle = b->cycle;
	nvme_hear(b, data, (uint32_t)(cmd - b->cmd), offset, data, len);
	if (cmd->buf && offset < NVME_BUF_BYTES)
		memcpy(cmd->buf + offset, data,
		       len < NVME_BUF_BYTES - offset ? len : NVME_BUF_BYTES - offset);
	if (!nvme_is_io(cmd))
		return;
	if (cmd->opcode == 0x01)
		nvme_lba_write(b, cmd, offset, data, len);
	/* reads may find either from here on */
	if (cmd->opcode == 0x09 && cmd->moved >= cmd->bytes)
		nvme_deallocate(b, cmd);
}

static void take_completion(struct nvme *b, struct nvme_read *read, uint64_t addr,
			    const uint8_t *data, uint32_t len)
{
	struct nvme_cmd *cmd = &b->cmd[read->cmd];

	if (read->kind == NVME_READ_SQ) {
		if (b->sq[read->qid])
			nvme_sq_data(b, b->sq[read->qid], addr, data, len);
		return;
	}
	if (!cmd->is_live || cmd->id != read->id)
		return;
	if (read->kind == NVME_READ_LIST) {
		nvme_hear(b, list, read->cmd, read->list, addr, data, len);
		nvme_list_data(b, cmd, read->list, addr, data, len);
	} else {
		take_data(b, cmd, read->offset + (uint32_t)(addr - read->addr), data, len);
	}
}

void nvme_card_data(struct nvme *b, const struct riser_tlp *tlp)
{
	struct nvme_read *read = &b->read[tlp->tag % NVME_TAGS];
	uint32_t done, skip, len;

	if (read->kind == NVME_READ_NOTHING)
		return;
	if (tlp->status != RISER_CPL_SC || tlp->ep || !tlp->data) {
		if (read->kind == NVME_READ_DATA && b->cmd[read->cmd].id == read->id)
			b->cmd[read->cmd].is_bad = true;
		if (read->kind != NVME_READ_SQ && b->cmd[read->cmd].id == read->id)
			nvme_hear(b, refused, read->cmd);
		read->kind = NVME_READ_NOTHING;
		return;
	}
	if (tlp->byte_count > read->len)
		return;
	done = read->len - tlp->byte_count;
	skip = (uint32_t)(read->addr + done) & 3;
	len = tlp->data_bytes - skip;
	if (len >= tlp->byte_count)
		len = tlp->byte_count;
	take_completion(b, read, read->addr + done, tlp->data + skip, len);
	if (len == tlp->byte_count)
		read->kind = NVME_READ_NOTHING;
}

static void check_content(struct nvme *b, const struct match *match, uint64_t addr,
			  const uint8_t *data, uint32_t len)
{
	struct nvme_cmd *cmd = match->cmd;
	struct nvme_wrong wrong;

	if (!nvme_lba_compare(b, cmd, match->offset, data, len, &wrong) || cmd->is_told)
		return;
	cmd->is_told = true;
	nvme_tell_data(b, cmd, match->prp, addr + (wrong.offset - match->offset), &wrong);
}

void nvme_card_write(struct nvme *b, const struct riser_tlp *tlp)
{
	uint32_t lead, len = enabled_bytes(tlp, &lead);
	uint64_t addr = tlp->addr + lead;
	const uint8_t *data = tlp->data + lead;
	struct match match;
	struct nvme_cq *cq;

	if (!len || !b->is_enabled)
		return;
	if (find_data(b, addr, len, NVME_DIR_TO_HOST, &match)) {
		if (nvme_is_io(match.cmd) && match.cmd->opcode == 0x02 && !match.cmd->is_opaque)
			check_content(b, &match, addr, data, len);
		take_data(b, match.cmd, match.offset, data, len);
		return;
	}
	cq = nvme_cq_at(b, addr, len);
	if (cq) {
		nvme_cq_write(b, cq, addr, data, len);
		return;
	}
	if (!nvme_irq_message(b, addr, data, len) && is_judged(b)) {
		nvme_hear(b, outside, true, addr, len);
		nvme_tell_outside(b, true, addr, len);
	}
}
