// SPDX-License-Identifier: Apache-2.0
#include "stream.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <riser/link.h>

#define MAX_TLP 4200

static void on_report(void *ctx, const struct riser_finding *finding)
{
	struct stream *s = ctx;

	if (!s->is_quiet)
		printf("         %s\n", finding->text);
	if (s->nr_findings < sizeof(s->finding) / sizeof(s->finding[0]))
		s->finding[s->nr_findings++] = *finding;
}

static uint64_t emit(struct stream *s, enum riser_direction direction, const struct riser_tlp *tlp,
		     uint64_t request_seq)
{
	static const struct riser_tlp_caller caller = { .pc = 0x1234, .function = CALLER };
	uint8_t bytes[MAX_TLP];
	struct riser_tlp_event event = {
		.seq = s->seq, .request_seq = request_seq, .cycle = s->cycle, .bytes = bytes,
		.direction = direction,
		.host_ns = direction == RISER_TO_CARD ? s->host_ns : 0,
		.caller = direction == RISER_TO_CARD ? &caller : NULL,
	};
	int len = riser_tlp_encode(tlp, bytes, sizeof(bytes));

	assert(len > 0);
	event.len = (uint32_t)len;
	s->observer.ops->tlp(s->observer.ctx, &event);
	s->cycle += 4;
	s->host_ns += 1000;
	return s->seq++;
}

static void put32(uint8_t *bytes, uint32_t value)
{
	bytes[0] = (uint8_t)value;
	bytes[1] = (uint8_t)(value >> 8);
	bytes[2] = (uint8_t)(value >> 16);
	bytes[3] = (uint8_t)(value >> 24);
}

static void put64(uint8_t *bytes, uint64_t value)
{
	put32(bytes, (uint32_t)value);
	put32(bytes + 4, (uint32_t)(value >> 32));
}

/* ---- host ---- */

void cfg_write(struct stream *s, uint16_t reg, uint8_t be, uint32_t value)
{
	uint8_t data[4];
	struct riser_tlp tlp = {
		.kind = RISER_TLP_CFGWR0, .length_dw = 1, .first_be = be, .target = 0x100,
		.reg = reg, .data = data, .data_bytes = 4,
	};

	put32(data, value);
	emit(s, RISER_TO_CARD, &tlp, RISER_NO_SEQ);
}

void cfg_read(struct stream *s, uint16_t reg, uint32_t value)
{
	struct riser_tlp tlp = {
		.kind = RISER_TLP_CFGRD0, .length_dw = 1, .first_be = 0xf, .target = 0x100,
		.reg = reg,
	};
	uint64_t seq = emit(s, RISER_TO_CARD, &tlp, RISER_NO_SEQ);
	uint8_t data[4];
	struct riser_tlp cpl = {
		.kind = RISER_TLP_CPLD, .length_dw = 1, .byte_count = 4, .data = data,
		.data_bytes = 4,
	};

	put32(data, value);
	emit(s, RISER_TO_HOST, &cpl, seq);
}

void host_write(struct stream *s, uint64_t offset, uint32_t value)
{
	uint8_t data[4];
	struct riser_tlp tlp = {
		.kind = RISER_TLP_MWR, .length_dw = 1, .first_be = 0xf, .addr = BAR0 + offset,
		.data = data, .data_bytes = 4,
	};

	put32(data, value);
	emit(s, RISER_TO_CARD, &tlp, RISER_NO_SEQ);
}

void mask_vector(struct stream *s, uint32_t vector, bool is_masked)
{
	host_write(s, 0x2000 + 16 * vector + 12, is_masked);
}

void function_mask(struct stream *s, bool is_masked)
{
	cfg_write(s, MSIX_CAP, 0xc, 0x80030000 | (is_masked ? 0x40000000U : 0));
}

void take_all(struct stream *s, uint32_t qid)
{
	host_write(s, 0x1004 + 8 * qid, s->posted[qid] % QUEUE_SIZE);
}

static void enumerate(struct stream *s)
{
	uint32_t i;

	cfg_read(s, 0x34, MSIX_CAP);
	cfg_read(s, MSIX_CAP, 0x00030011);
	cfg_read(s, MSIX_CAP + 4, 0x2000);
	cfg_write(s, 0x10, 0xf, 0xffffffff);
	cfg_read(s, 0x10, 0xffffc004);
	cfg_write(s, 0x14, 0xf, 0xffffffff);
	cfg_read(s, 0x14, 0xffffffff);
	cfg_write(s, 0x10, 0xf, (uint32_t)BAR0 | 4);
	cfg_write(s, 0x14, 0xf, 0);
	for (i = 0; i < 4; i++) {
		host_write(s, 0x2000 + 16 * i, (uint32_t)MSG_ADDR);
		host_write(s, 0x2004 + 16 * i, 0);
		host_write(s, 0x2008 + 16 * i, 0x40 + i);
		mask_vector(s, i, false);
	}
	function_mask(s, false);
}

void bring_up(struct stream *s)
{
	struct sqe cq = { .opcode = 5, .cid = 1, .prp1 = IO_CQ,
			  .cdw = { (QUEUE_SIZE - 1) << 16 | 1, 1 << 16 | 3 } };
	struct sqe sq = { .opcode = 1, .cid = 2, .prp1 = IO_SQ,
			  .cdw = { (QUEUE_SIZE - 1) << 16 | 1, 1 << 16 | 1 } };

	memset(s->tail, 0, sizeof(s->tail));
	memset(s->posted, 0, sizeof(s->posted));
	host_write(s, 0x24, (QUEUE_SIZE - 1) << 16 | (QUEUE_SIZE - 1));
	host_write(s, 0x28, (uint32_t)ASQ);
	host_write(s, 0x2c, 0);
	host_write(s, 0x30, (uint32_t)ACQ);
	host_write(s, 0x34, 0);
	host_write(s, 0x14, 0x00460001);
	submit(s, 0, &cq);
	complete(s, 0, 1);
	submit(s, 0, &sq);
	complete(s, 0, 2);
}

void stream_init(struct stream *s)
{
	struct riser_scoreboard_config config = { .report = on_report, .ctx = s, .max_told = 8 };
	char error[RISER_ERROR_BYTES];

	memset(s, 0, sizeof(*s));
	s->host_ns = 1000000000;
	if (riser_scoreboard_open("nvme", &config, &s->board, error))
		abort();
	s->observer = riser_scoreboard_observer(s->board);
	s->observer.ops->sideband(s->observer.ctx, 0, RISER_SB_LINK_UP);
	enumerate(s);
	bring_up(s);
}

void stream_fini(struct stream *s)
{
	riser_scoreboard_close(s->board);
}

/* ---- card ---- */

static uint8_t byte_enables(uint32_t first, uint32_t last)
{
	return (uint8_t)((0xf << first & 0xf) & (0xf >> (3 - last)));
}

/* Address, length and byte enables of a request for bytes. */
static void set_range(struct riser_tlp *tlp, uint64_t addr, uint32_t bytes)
{
	uint32_t first = (uint32_t)addr & 3, last = (uint32_t)(addr + bytes - 1) & 3;

	tlp->addr = addr & ~3ULL;
	tlp->is_4dw = addr >> 32;
	tlp->length_dw = (uint16_t)((first + bytes + 3) / 4);
	tlp->first_be = byte_enables(first, tlp->length_dw == 1 ? last : 3);
	tlp->last_be = tlp->length_dw == 1 ? 0 : byte_enables(0, last);
}

void card_read(struct stream *s, uint64_t addr, const void *data, uint32_t bytes, uint32_t split)
{
	struct riser_tlp tlp = { .kind = RISER_TLP_MRD, .tag = s->tag, .requester = 0x100 };
	uint8_t buf[MAX_TLP] = { 0 };
	uint32_t done, n;
	uint64_t seq;

	set_range(&tlp, addr, bytes);
	seq = emit(s, RISER_TO_HOST, &tlp, RISER_NO_SEQ);
	for (done = 0; done < bytes; done += n) {
		uint32_t skip = (uint32_t)(addr + done) & 3;
		struct riser_tlp cpl = {
			.kind = RISER_TLP_CPLD, .tag = s->tag, .requester = 0x100, .data = buf,
			.byte_count = (uint16_t)(bytes - done),
			.lower_addr = (uint8_t)((addr + done) & 0x7f),
		};

		n = bytes - done < split ? bytes - done : split;
		memcpy(buf + skip, (const uint8_t *)data + done, n);
		cpl.length_dw = (uint16_t)((skip + n + 3) / 4);
		cpl.data_bytes = cpl.length_dw * 4U;
		emit(s, RISER_TO_CARD, &cpl, seq);
	}
	s->tag = (s->tag + 1) % 256;
}

void card_write(struct stream *s, uint64_t addr, const void *data, uint32_t bytes)
{
	uint8_t buf[MAX_TLP] = { 0 };
	struct riser_tlp tlp = { .kind = RISER_TLP_MWR, .requester = 0x100, .data = buf };

	set_range(&tlp, addr, bytes);
	tlp.data_bytes = tlp.length_dw * 4U;
	memcpy(buf + (addr & 3), data, bytes);
	emit(s, RISER_TO_HOST, &tlp, RISER_NO_SEQ);
}

void card_message(struct stream *s, uint32_t vector)
{
	uint8_t data[4];

	put32(data, 0x40 + vector);
	card_write(s, MSG_ADDR, data, 4);
}

/* ---- commands ---- */

static uint64_t sq_base(uint32_t sqid)
{
	return sqid ? IO_SQ : ASQ;
}

void submit(struct stream *s, uint32_t sqid, const struct sqe *sqe)
{
	uint32_t slot = s->tail[sqid], i;
	uint8_t entry[64] = { sqe->opcode };

	put32(entry, sqe->opcode | (uint32_t)sqe->cid << 16);
	put32(entry + 4, sqe->nsid);
	put64(entry + 24, sqe->prp1);
	put64(entry + 32, sqe->prp2);
	for (i = 0; i < 6; i++)
		put32(entry + 40 + 4 * i, sqe->cdw[i]);
	s->tail[sqid] = (slot + 1) % QUEUE_SIZE;
	host_write(s, 0x1000 + 8 * sqid, s->tail[sqid]);
	card_read(s, sq_base(sqid) + 64ULL * slot, entry, 64, 64);
}

struct sqe io(uint8_t opcode, uint16_t cid, uint64_t lba, uint32_t nr_lbas, uint64_t prp1,
	      uint64_t prp2)
{
	return (struct sqe){
		.opcode = opcode, .cid = cid, .nsid = 1, .prp1 = prp1, .prp2 = prp2,
		.cdw = { (uint32_t)lba, (uint32_t)(lba >> 32), nr_lbas - 1 },
	};
}

void post(struct stream *s, uint32_t sqid, uint16_t cid, uint16_t status)
{
	uint32_t nr = s->posted[sqid]++;
	bool phase = !(nr / QUEUE_SIZE % 2);
	uint8_t entry[16] = { 0 };

	put32(entry + 8, sqid << 16 | s->tail[sqid]);
	put32(entry + 12, cid | (uint32_t)(status << 1 | phase) << 16);
	card_write(s, (sqid ? IO_CQ : ACQ) + 16ULL * (nr % QUEUE_SIZE), entry, 16);
}

void complete(struct stream *s, uint32_t sqid, uint16_t cid)
{
	post(s, sqid, cid, 0);
	card_message(s, sqid);
	take_all(s, sqid);
}

void write_block(struct stream *s, uint16_t cid, uint64_t lba, uint8_t value)
{
	struct sqe sqe = io(1, cid, lba, 1, DATA, 0);
	uint8_t data[512];

	memset(data, value, sizeof(data));
	submit(s, 1, &sqe);
	card_read(s, DATA, data, 512, 128);
	complete(s, 1, cid);
}

void read_block(struct stream *s, uint16_t cid, uint64_t lba, uint8_t value)
{
	struct sqe sqe = io(2, cid, lba, 1, DATA, 0);
	uint8_t data[512];

	memset(data, value, sizeof(data));
	submit(s, 1, &sqe);
	card_write(s, DATA, data, 256);
	card_write(s, DATA + 256, data, 256);
	complete(s, 1, cid);
}
