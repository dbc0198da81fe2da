// SPDX-License-Identifier: Apache-2.0
/*
 * Commands in flight and the memory that their PRPs name. Commands that ended
 * are kept until their place is needed, oldest first: a stray address is often
 * one that was right a moment ago.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nvme.h"

#define FIRST_PAGES	4096	/* a power of two */

static uint32_t hash_of(uint32_t sqid, uint32_t cid)
{
	return ((sqid << 16 | cid) * 0x9e3779b1U >> 16) % NVME_CMD_HASH;
}

int nvme_cmd_init(struct nvme *b)
{
	uint32_t i;

	b->cmd = calloc(NVME_MAX_CMDS, sizeof(*b->cmd));
	b->page = calloc(FIRST_PAGES, sizeof(*b->page));
	if (!b->cmd || !b->page)
		return -ENOMEM;
	b->page_room = FIRST_PAGES;
	for (i = 0; i < NVME_CMD_HASH; i++)
		b->cmd_hash[i] = NVME_NONE;
	for (i = 0; i < NVME_MAX_CMDS; i++)
		b->cmd[i].next = i + 1 < NVME_MAX_CMDS ? i + 1 : NVME_NONE;
	b->free_last = NVME_MAX_CMDS - 1;
	return 0;
}

void nvme_cmd_fini(struct nvme *b)
{
	uint32_t i;

	for (i = 0; b->cmd && i < NVME_MAX_CMDS; i++)
		free(b->cmd[i].buf);
	free(b->cmd);
	free(b->page);
}

/* ---- pages ---- */

static uint32_t page_hash(const struct nvme *b, uint64_t key)
{
	return (uint32_t)((key >> 12) * 0x9e3779b97f4a7c15ULL >> 40) & (b->page_room - 1);
}

static void page_put(struct nvme *b, struct nvme_page page)
{
	uint32_t i = page_hash(b, page.addr);

	while (b->page[i].addr)
		i = (i + 1) & (b->page_room - 1);
	b->page[i] = page;
	b->nr_pages++;
}

static bool page_grow(struct nvme *b)
{
	struct nvme_page *old = b->page;
	uint32_t room = b->page_room, i;
	struct nvme_page *more = calloc(2ULL * room, sizeof(*more));

	if (!more)
		return false;
	b->page = more;
	b->page_room = 2 * room;
	b->nr_pages = 0;
	for (i = 0; i < room; i++)
		if (old[i].addr)
			page_put(b, old[i]);
	free(old);
	return true;
}

/* The lowest bit says that the place is taken. */
static void page_add(struct nvme *b, uint64_t addr, uint32_t cmd, uint32_t index, bool is_list)
{
	if (2 * b->nr_pages >= b->page_room && !page_grow(b)) {
		b->is_blind = true;
		return;
	}
	page_put(b, (struct nvme_page){
		.addr = nvme_page_of(b, addr) | 1, .cmd = cmd, .index = (uint16_t)index,
		.is_list = is_list,
	});
}

static void page_remove(struct nvme *b, uint64_t addr, uint32_t cmd, uint32_t index, bool is_list)
{
	uint32_t mask = b->page_room - 1, i, j;
	uint64_t key = nvme_page_of(b, addr) | 1;

	for (i = page_hash(b, key); b->page[i].addr; i = (i + 1) & mask)
		if (b->page[i].addr == key && b->page[i].cmd == cmd &&
		    b->page[i].index == index && b->page[i].is_list == is_list)
			break;
	if (!b->page[i].addr)
		return;
	b->nr_pages--;
	/* whoever stands behind the hole and belongs before it moves up */
	for (j = (i + 1) & mask; b->page[j].addr; j = (j + 1) & mask) {
		uint32_t home = page_hash(b, b->page[j].addr);

		if (((j - home) & mask) < ((j - i) & mask))
			continue;
		b->page[i] = b->page[j];
		i = j;
	}
	b->page[i].addr = 0;
}

const struct nvme_page *nvme_page_next(const struct nvme *b, uint64_t addr, uint32_t *at)
{
	uint64_t key = nvme_page_of(b, addr) | 1;
	const struct nvme_page *page;

	for (;;) {
		page = &b->page[(page_hash(b, key) + *at) & (b->page_room - 1)];
		if (!page->addr)
			return NULL;
		(*at)++;
		if (page->addr == key)
			return page;
	}
}

/* ---- PRPs ---- */

static uint32_t first_bytes(const struct nvme *b, const struct nvme_cmd *cmd)
{
	return b->page_bytes - (uint32_t)(cmd->prp[0] & (b->page_bytes - 1));
}

uint64_t nvme_prp_range(const struct nvme *b, const struct nvme_cmd *cmd, uint32_t index,
			uint32_t *len, uint32_t *offset)
{
	uint32_t first = first_bytes(b, cmd);

	*offset = index ? first + (index - 1) * b->page_bytes : 0;
	*len = index ? b->page_bytes : first;
	if (*offset >= cmd->bytes)
		*len = 0;
	else if (*len > cmd->bytes - *offset)
		*len = cmd->bytes - *offset;
	return cmd->prp[index];
}

static void set_prp(struct nvme *b, struct nvme_cmd *cmd, uint32_t index, uint64_t addr)
{
	if (index >= cmd->nr_prps || cmd->prp[index] || !addr)
		return;
	cmd->prp[index] = addr;
	page_add(b, addr, (uint32_t)(cmd - b->cmd), index, false);
}

static void set_list(struct nvme *b, struct nvme_cmd *cmd, uint32_t first, uint64_t addr)
{
	uint32_t list = cmd->nr_lists;

	if (list == NVME_MAX_LISTS || !addr)
		return;
	cmd->list[list] = addr;
	cmd->list_first[list] = first;
	cmd->nr_lists++;
	page_add(b, addr, (uint32_t)(cmd - b->cmd), list, true);
}

void nvme_list_data(struct nvme *b, struct nvme_cmd *cmd, uint32_t list, uint64_t addr,
		    const uint8_t *data, uint32_t len)
{
	uint64_t base = cmd->list[list] & ~7ULL;
	uint32_t room = (b->page_bytes - (uint32_t)(base & (b->page_bytes - 1))) / 8;
	uint32_t rest = cmd->nr_prps - cmd->list_first[list];
	uint32_t entry;

	for (; len >= 8; addr += 8, data += 8, len -= 8) {
		if (addr < base)
			continue;
		entry = (uint32_t)(addr - base) / 8;
		if (rest > room && entry == room - 1) {
			if (cmd->nr_lists == list + 1)
				set_list(b, cmd, cmd->list_first[list] + room - 1,
					 nvme_le64(data));
		} else if (entry < rest) {
			set_prp(b, cmd, cmd->list_first[list] + entry, nvme_le64(data));
		}
	}
}

static void set_prps(struct nvme *b, struct nvme_cmd *cmd, uint64_t prp1, uint64_t prp2)
{
	uint32_t first = b->page_bytes - (uint32_t)(prp1 & (b->page_bytes - 1));

	if (!cmd->dir || cmd->is_opaque)
		return;
	if (!cmd->is_exact)
		cmd->bytes = first + (prp2 ? b->page_bytes : 0);
	cmd->nr_prps = 1;
	if (cmd->bytes > first)
		cmd->nr_prps += (cmd->bytes - first + b->page_bytes - 1) / b->page_bytes;
	if (cmd->nr_prps > NVME_MAX_PRPS) {
		cmd->nr_prps = 0;
		cmd->is_opaque = true;
		return;
	}
	set_prp(b, cmd, 0, prp1);
	if (cmd->nr_prps == 2)
		set_prp(b, cmd, 1, prp2);
	else if (cmd->nr_prps > 2)
		set_list(b, cmd, 1, prp2);
}

/* ---- begin ---- */

bool nvme_is_io(const struct nvme_cmd *cmd)
{
	return cmd->sqid != 0;
}

static void begin_io(struct nvme *b, struct nvme_cmd *cmd)
{
	cmd->dir = cmd->opcode & 3;
	cmd->lba = cmd->cdw[0] | (uint64_t)cmd->cdw[1] << 32;
	switch (cmd->opcode) {
	case 0x01:	/* Write */
	case 0x02:	/* Read */
	case 0x05:	/* Compare */
		cmd->nr_lbas = (cmd->cdw[2] & 0xffff) + 1;
		cmd->bytes = cmd->nr_lbas * b->lba_bytes;
		cmd->is_exact = true;
		/* metadata has a place of its own */
		if (b->meta_bytes)
			cmd->is_opaque = true;
		break;
	case 0x04:	/* Write Uncorrectable */
	case 0x08:	/* Write Zeroes */
		cmd->nr_lbas = (cmd->cdw[2] & 0xffff) + 1;
		break;
	case 0x09:	/* Dataset Management */
		cmd->bytes = ((cmd->cdw[0] & 0xff) + 1) * 16;
		cmd->is_exact = true;
		cmd->buf = calloc(1, NVME_BUF_BYTES);
		break;
	}
	if (cmd->opcode == 0x01 || cmd->opcode == 0x04 || cmd->opcode == 0x08)
		nvme_lba_begin_write(b, cmd->nsid, cmd->lba, cmd->nr_lbas);
}

/* The place of the command that ended longest ago. */
static struct nvme_cmd *take_cmd(struct nvme *b)
{
	struct nvme_cmd *cmd;

	if (b->free_first == NVME_NONE)
		return NULL;
	cmd = &b->cmd[b->free_first];
	b->free_first = cmd->next;
	free(cmd->buf);
	memset(cmd, 0, sizeof(*cmd));
	cmd->is_live = cmd->was_used = true;
	cmd->id = ++b->next_id;
	return cmd;
}

static void hash_cmd(struct nvme *b, struct nvme_cmd *cmd)
{
	uint32_t *head = &b->cmd_hash[hash_of(cmd->sqid, cmd->cid)];

	cmd->next = *head;
	*head = (uint32_t)(cmd - b->cmd);
}

void nvme_cmd_begin(struct nvme *b, const struct nvme_sq *sq, uint32_t slot, const uint8_t *entry)
{
	struct nvme_cmd *cmd = take_cmd(b);
	uint32_t i;

	if (!cmd) {
		b->is_blind = true;
		return;
	}
	cmd->opcode = entry[0];
	cmd->cid = (uint16_t)(nvme_le32(entry) >> 16);
	cmd->sqid = sq->qid;
	cmd->cqid = sq->cqid;
	cmd->slot = (uint16_t)slot;
	cmd->nsid = nvme_le32(entry + 4);
	cmd->bell = sq->bell[slot];
	cmd->begin_cycle = b->cycle;
	for (i = 0; i < 6; i++)
		cmd->cdw[i] = nvme_le32(entry + 40 + 4 * i);
	/* scatter-gather lists are not followed */
	cmd->is_opaque = entry[1] >> 6;
	if (nvme_is_io(cmd))
		begin_io(b, cmd);
	else
		nvme_admin_begin(b, cmd);
	/* Create Queue: the base, not data */
	cmd->prp[0] = 0;
	set_prps(b, cmd, nvme_le64(entry + 24), nvme_le64(entry + 32));
	if (!cmd->dir)
		cmd->prp[0] = nvme_le64(entry + 24);
	if (cmd->is_opaque)
		b->nr_opaque++;
	hash_cmd(b, cmd);
	nvme_hear(b, begin, (uint32_t)(cmd - b->cmd), sq, slot);
}

uint32_t nvme_cmd_find(const struct nvme *b, uint32_t sqid, uint32_t cid)
{
	uint32_t idx = b->cmd_hash[hash_of(sqid, cid)];

	while (idx != NVME_NONE && (b->cmd[idx].sqid != sqid || b->cmd[idx].cid != cid))
		idx = b->cmd[idx].next;
	return idx;
}

/* ---- end ---- */

static void release(struct nvme *b, uint32_t idx)
{
	struct nvme_cmd *cmd = &b->cmd[idx];
	uint32_t *at = &b->cmd_hash[hash_of(cmd->sqid, cmd->cid)], i;

	while (*at != idx)
		at = &b->cmd[*at].next;
	*at = cmd->next;
	for (i = 0; i < cmd->nr_prps; i++)
		if (cmd->prp[i])
			page_remove(b, cmd->prp[i], idx, i, false);
	for (i = 0; i < cmd->nr_lists; i++)
		page_remove(b, cmd->list[i], idx, i, true);
	if (cmd->is_opaque)
		b->nr_opaque--;
	cmd->is_live = false;
	cmd->end_cycle = b->cycle;
	cmd->next = NVME_NONE;
	if (b->free_first == NVME_NONE)
		b->free_first = idx;
	else
		b->cmd[b->free_last].next = idx;
	b->free_last = idx;
}

static void end_io(struct nvme *b, struct nvme_cmd *cmd, bool ok)
{
	enum nvme_lba_state state = NVME_LBA_UNKNOWN;

	switch (cmd->opcode) {
	case 0x01:
		if (ok && !cmd->is_opaque && !cmd->is_bad && cmd->moved >= cmd->bytes)
			state = NVME_LBA_WRITTEN;
		break;
	case 0x08:
		/* not when they may be deallocated as well */
		if (ok && !(cmd->cdw[2] >> 25 & 1))
			state = NVME_LBA_ZEROED;
		break;
	case 0x04:
		break;
	case 0x09:
		nvme_deallocate(b, cmd);
		return;
	default:
		return;
	}
	nvme_lba_end_write(b, cmd->nsid, cmd->lba, cmd->nr_lbas, state);
}

static void check_moved(struct nvme *b, const struct nvme_cmd *cmd)
{
	bool is_judged = nvme_is_io(cmd) ? cmd->opcode == 0x01 || cmd->opcode == 0x02 :
					   cmd->opcode == 0x06 || cmd->opcode == 0x02;

	if (!is_judged || !cmd->is_exact || cmd->is_opaque || cmd->is_bad ||
	    cmd->moved >= cmd->bytes)
		return;
	nvme_tell(b, NVME_SHORT_DATA, cmd, cmd->prp[0],
		  "it ends with success after %u of %u bytes", cmd->moved, cmd->bytes);
}

void nvme_cmd_end(struct nvme *b, uint32_t idx, bool ok)
{
	struct nvme_cmd *cmd = &b->cmd[idx];

	if (ok)
		check_moved(b, cmd);
	if (nvme_is_io(cmd))
		end_io(b, cmd, ok);
	release(b, idx);
	/* may end queues with their commands */
	if (ok && !nvme_is_io(cmd))
		nvme_admin_end(b, cmd);
}

void nvme_cmd_drop(struct nvme *b, uint32_t idx)
{
	nvme_hear(b, drop, idx);
	if (nvme_is_io(&b->cmd[idx]))
		end_io(b, &b->cmd[idx], false);
	release(b, idx);
}
