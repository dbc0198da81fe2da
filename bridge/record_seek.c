// SPDX-License-Identifier: Apache-2.0
/*
 * Goes through a log without unpacking all of it. The heads of the blocks say
 * what is in them; of blocks that are not wanted only call sites are read.
 */
#define _GNU_SOURCE
#include "record_internal.h"

#include <errno.h>
#include <string.h>

/* Whether another block begins behind the one whose head was read. */
static bool is_last_block(struct riser_rec_log *log)
{
	off_t here = ftello(log->file);
	uint32_t skip[2];
	bool is_last;

	is_last = fseeko(log->file, (off_t)log->head.packed_bytes, SEEK_CUR) ||
		  fread(skip, sizeof(skip), 1, log->file) != 1;
	fseeko(log->file, here, SEEK_SET);
	return is_last;
}

/* The call sites of a block, and nothing else of it. */
static int digest_block(struct riser_rec_log *log)
{
	struct riser_rec rec;
	int ret = riser_rec_read_block_body(log);

	while (ret >= 0 && log->at < log->end)
		ret = riser_rec_read_one(log, &rec);
	return ret < 0 ? ret : 0;
}

/* Behind the block whose head was read. */
static int pass_block(struct riser_rec_log *log)
{
	if (log->head.flags & RISER_REC_F_SITES)
		return digest_block(log);
	if (fseeko(log->file, (off_t)log->head.packed_bytes, SEEK_CUR))
		return -errno;
	riser_rec_enter_block(log);
	return 0;
}

int riser_rec_next_block(struct riser_rec_log *log)
{
	int ret;

	for (;;) {
		ret = riser_rec_read_block_head(log);
		if (ret)
			return ret;
		if (!log->wanted || log->head.flags & log->wanted ||
		    is_last_block(log))
			return riser_rec_read_block_body(log);
		ret = pass_block(log);
		if (ret)
			return ret;
	}
}

void riser_rec_only_findings(struct riser_rec_log *log)
{
	log->wanted = RISER_REC_F_FINDING;
}

/* Up to the head of block @number. */
static int pass_blocks(struct riser_rec_log *log, uint32_t number)
{
	int ret = 0;

	log->at = log->end;
	while (!ret && log->next_number < number) {
		ret = riser_rec_read_block_head(log);
		if (!ret)
			ret = pass_block(log);
	}
	return ret;
}

int riser_rec_seek(struct riser_rec_log *log,
		   const struct riser_rec_position *position)
{
	struct riser_rec rec;
	int ret;

	if (log->trouble)
		return log->trouble;
	if (position->log_id != log->log_id ||
	    position->block < log->next_number)
		return -EINVAL;
	ret = pass_blocks(log, position->block);
	/* between two blocks: the next one need not be there */
	if (ret || !position->offset)
		return ret;
	ret = riser_rec_read_block_head(log);
	if (!ret)
		ret = riser_rec_read_block_body(log);
	while (ret >= 0 && log->at < log->end &&
	       log->at < log->raw.data + position->offset)
		ret = riser_rec_read_one(log, &rec);
	if (ret < 0)
		return ret;
	return log->at == log->raw.data + position->offset ? 0 : -EINVAL;
}

/*
 * The number of the last block that begins before a point; the file is where it
 * was. Heads that cannot be read end the search: the trouble comes with reading.
 */
static uint32_t find_block(struct riser_rec_log *log,
			   bool (*is_before)(const struct riser_rec_block *head,
					     uint64_t point), uint64_t point)
{
	off_t here = ftello(log->file);
	uint32_t found = log->next_number, skip[2];
	struct riser_rec_block head;

	while (fread(skip, sizeof(skip), 1, log->file) == 1 &&
	       skip[0] == RISER_REC_SKIP_MAGIC &&
	       fread(&head, sizeof(head), 1, log->file) == 1 &&
	       head.magic == RISER_REC_BLOCK_MAGIC && is_before(&head, point)) {
		found = head.number;
		if (fseeko(log->file, (off_t)head.packed_bytes, SEEK_CUR))
			break;
	}
	fseeko(log->file, here, SEEK_SET);
	return found;
}

static bool is_before_seq(const struct riser_rec_block *head, uint64_t seq)
{
	return head->seq <= seq;
}

/* Records of one cycle may be in two blocks. */
static bool is_before_cycle(const struct riser_rec_block *head, uint64_t cycle)
{
	return head->cycle < cycle;
}

int riser_rec_seek_seq(struct riser_rec_log *log, uint64_t seq)
{
	if (log->trouble)
		return log->trouble;
	return pass_blocks(log, find_block(log, is_before_seq, seq));
}

int riser_rec_seek_cycle(struct riser_rec_log *log, uint64_t cycle)
{
	if (log->trouble)
		return log->trouble;
	return pass_blocks(log, find_block(log, is_before_cycle, cycle));
}
