// SPDX-License-Identifier: GPL-2.0
/*
 * Requests of the card to host memory, byte for byte against live mappings of
 * the function that asks, and their direction. Called by the drain, interrupts
 * off; room for completions was reserved.
 *
 * Bytes are copied under the table's lock, at most one TLP's worth at a time.
 * Writes become visible in rising address order, naturally aligned pieces whole
 * (ORD-15, ORD-16). What is not enabled is neither written nor shown.
 */
#include <linux/atomic.h>
#include <linux/ktime.h>
#include <uapi/linux/pci_regs.h>

#include "compat.h"
#include "dma.h"
#include "link.h"
#include "tlp.h"
#include "trace.h"

#define RCB_BYTES	64	/* the root port's: it reports 64 */
#define RC_COMPLETER	0x0000

/* A range the card asked for. */
struct asked {
	u64 addr;
	unsigned int bytes;
	u16 requester;
	bool is_write, is_read;		/* both: atomic */
};

static bool dir_allows(u8 dir, const struct asked *r)
{
	if (r->is_write && dir != DMA_FROM_DEVICE && dir != DMA_BIDIRECTIONAL)
		return false;
	return !r->is_read || dir == DMA_TO_DEVICE || dir == DMA_BIDIRECTIONAL;
}

/* Kernel address of the range; NULL when any byte of it is not allowed. @dma->lock is held. */
static void *find_range(struct pciem_dma *dma, const struct asked *r)
{
	struct pciem_map *map = pciem_dma_map_below(dma, r->addr);

	if (!map || r->addr - map->bus >= map->bytes || r->bytes > map->bytes - (r->addr - map->bus))
		return NULL;
	if (map->is_over || map->dd->bdf != r->requester || !dir_allows(map->dir, r))
		return NULL;
	return map->va + (r->addr - map->bus);
}

/* ---- why a request hit nothing ---- */

/* The driver may have bound since the device was set up. */
static const char *owner_name(const struct pciem_dma_dev *dd, char *buf, size_t bytes)
{
	snprintf(buf, bytes, "%s%s%s", dd->dev ? dev_driver_string(dd->dev) : "", dd->dev ? " " : "", dd->name);
	return buf;
}

static bool overlaps(u64 bus, u64 bytes, const struct asked *r)
{
	return r->addr < bus + bytes && bus < r->addr + r->bytes;
}

/* The latest mapping that ended and had a byte of the range. */
static const struct pciem_ended *find_ended(const struct pciem_dma *dma, const struct asked *r)
{
	unsigned int i, nr = min_t(unsigned int, dma->nr_ended, PCIEM_DMA_ENDED);

	for (i = 1; i <= nr; i++) {
		const struct pciem_ended *e = &dma->ended[(dma->nr_ended - i) % PCIEM_DMA_ENDED];

		if (overlaps(e->bus, e->bytes, r))
			return e;
	}
	return NULL;
}

/* The table is locked. Text without the request itself. */
static void explain(struct pciem_dma *dma, const struct asked *r, char *text, size_t size)
{
	struct pciem_map *below = pciem_dma_map_below(dma, r->addr + r->bytes - 1);
	const struct pciem_ended *ended = find_ended(dma, r);
	char owner[80];
	u64 end;

	if (below && overlaps(below->bus, below->bytes, r)) {
		end = below->bus + below->bytes;
		owner_name(below->dd, owner, sizeof(owner));
		if (r->addr < below->bus)
			scnprintf(text, size, "starts %llu bytes before mapping", below->bus - r->addr);
		else if (r->addr + r->bytes > end)
			scnprintf(text, size, "runs %llu bytes past the end of mapping", r->addr + r->bytes - end);
		else if (below->dd->bdf != r->requester)
			scnprintf(text, size, "requester %02x:%02x.%u has no right to mapping", r->requester >> 8,
				  (r->requester >> 3) & 31, r->requester & 7);
		else if (below->is_over)
			scnprintf(text, size, "its driver is gone and left mapping");
		else
			scnprintf(text, size, "wrong direction for mapping");
		end = strlen(text);
		scnprintf(text + end, size - end, " [0x%llx, 0x%llx) %s of %s", below->bus,
			  below->bus + below->bytes, pciem_dma_dir_name(below->dir), owner);
	} else if (ended) {
		scnprintf(text, size, "in mapping [0x%llx, 0x%llx) %s of %s, which was unmapped %llu us ago",
			  ended->bus, ended->bus + ended->bytes, pciem_dma_dir_name(ended->dir),
			  owner_name(ended->dd, owner, sizeof(owner)),
			  div_u64(ktime_get_mono_fast_ns() - ended->ended_ns, NSEC_PER_USEC));
	} else if (below && r->addr - (below->bus + below->bytes) < SZ_64K) {
		scnprintf(text, size, "%llu bytes past the end of mapping [0x%llx, 0x%llx) %s of %s",
			  r->addr - (below->bus + below->bytes), below->bus, below->bus + below->bytes,
			  pciem_dma_dir_name(below->dir), owner_name(below->dd, owner, sizeof(owner)));
	} else {
		scnprintf(text, size, "no mapping is or was near (%u are live)", dma->nr_maps);
	}
}

static void report_miss(struct pciem_link *link, const struct asked *r, const char *what)
{
	struct pciem_dma *dma = pciem_link_dma(link);
	unsigned long irqflags;
	char text[224];

	pciem_count(link, PCIEM_STAT_DMA_MISSES);
	raw_spin_lock_irqsave(&dma->lock, irqflags);
	explain(dma, r, text, sizeof(text));
	raw_spin_unlock_irqrestore(&dma->lock, irqflags);
	pciem_rx_event(link, PCIEM_EVENT_DMA_MISS, "%s of %u bytes at 0x%llx: %s", what, r->bytes, r->addr, text);
}

/* ---- copying ---- */

/* Largest naturally aligned piece at @addr that is not longer than @bytes. */
static unsigned int piece_at(const void *addr, unsigned int bytes)
{
	unsigned int piece = 8;

	while (piece > bytes || ((unsigned long)addr & (piece - 1)))
		piece >>= 1;
	return piece;
}

static void copy_to_host(void *to, const u8 *from, unsigned int bytes)
{
	while (bytes) {
		unsigned int piece = piece_at(to, bytes);

		switch (piece) {
		case 8:
			WRITE_ONCE(*(u64 *)to, get_unaligned((const u64 *)from));
			break;
		case 4:
			WRITE_ONCE(*(u32 *)to, get_unaligned((const u32 *)from));
			break;
		case 2:
			WRITE_ONCE(*(u16 *)to, get_unaligned((const u16 *)from));
			break;
		default:
			WRITE_ONCE(*(u8 *)to, *from);
		}
		to += piece;
		from += piece;
		bytes -= piece;
	}
}

static void copy_from_host(u8 *to, const void *from, unsigned int bytes)
{
	while (bytes) {
		unsigned int piece = piece_at(from, bytes);

		switch (piece) {
		case 8:
			put_unaligned(READ_ONCE(*(const u64 *)from), (u64 *)to);
			break;
		case 4:
			put_unaligned(READ_ONCE(*(const u32 *)from), (u32 *)to);
			break;
		case 2:
			put_unaligned(READ_ONCE(*(const u16 *)from), (u16 *)to);
			break;
		default:
			*to = READ_ONCE(*(const u8 *)from);
		}
		to += piece;
		from += piece;
		bytes -= piece;
	}
}

/* ---- write ---- */

/* Writes of one or two dwords may have holes: run by run. */
static void write_runs(void *dw0, const struct pciem_tlp *tlp, const u8 *payload)
{
	unsigned int mask = tlp->first_be | (tlp->len_dw > 1 ? tlp->last_be << 4 : 0);
	unsigned int at = 0, run;

	while (mask >> at) {
		if (!(mask & 1U << at)) {
			at++;
			continue;
		}
		for (run = 1; mask & 1U << (at + run); run++)
			;
		copy_to_host(dw0 + at, payload + at, run);
		at += run;
	}
}

void pciem_dma_mem_write(struct pciem_link *link, const u8 *hdr, const u8 *payload, unsigned int payload_bytes)
{
	struct pciem_dma *dma = pciem_link_dma(link);
	unsigned int first;
	struct pciem_tlp tlp;
	struct asked r;
	void *va;

	if (pciem_tlp_decode_header(hdr, PCIEM_TLP_HDR_MAX_BYTES, &tlp))
		return;
	pciem_count(link, PCIEM_STAT_DMA_WRITES);
	if (!(tlp.first_be | tlp.last_be))
		return;		/* no byte enabled (BE-09) */
	first = pciem_tlp_first_byte(tlp.first_be);
	r = (struct asked) {
		.addr = tlp.addr + first,
		.bytes = pciem_tlp_span(tlp.len_dw, tlp.first_be, tlp.last_be),
		.requester = tlp.requester,
		.is_write = true,
	};
	raw_spin_lock(&dma->lock);
	va = find_range(dma, &r);
	if (va && tlp.len_dw <= 2)
		write_runs(va - first, &tlp, payload);
	else if (va)
		copy_to_host(va, payload + first, r.bytes);
	raw_spin_unlock(&dma->lock);
	trace_pciem_dma_write(pciem_link_id(link), tlp.requester, r.addr, r.bytes, va ? PCIEM_SC : PCIEM_UR);
	if (!va) {
		report_miss(link, &r, "write");
		pciem_rx_root_error(link, PCI_ERR_UNC_UNSUP, hdr);
	}
}

/* ---- read ---- */

static void refuse(struct pciem_link *link, const struct pciem_tlp *req)
{
	struct pciem_tlp cpl;

	pciem_tlp_init_cpl(&cpl, req, RC_COMPLETER, PCIEM_TLP_UR, 0);
	pciem_rx_send_cpl(link, &cpl, NULL, 0, true);
}

/* The rest of a read of which a part has been answered. */
static void refuse_rest(struct pciem_link *link, const struct pciem_tlp *req, u64 addr, unsigned int left)
{
	struct pciem_tlp cpl;

	pciem_tlp_init_cpl(&cpl, req, RC_COMPLETER, PCIEM_TLP_UR, 0);
	cpl.byte_count = left;
	cpl.lower_addr = addr & 0x7f;
	pciem_rx_send_cpl(link, &cpl, NULL, 0, true);
}

/* One completion: @r->bytes from @r->addr, @left bytes of the request are outstanding with them. */
static bool send_chunk(struct pciem_link *link, const struct pciem_tlp *req, const struct asked *r,
		       unsigned int left)
{
	struct pciem_dma *dma = pciem_link_dma(link);
	unsigned int first = r->addr & 3;
	unsigned int payload_bytes = ALIGN(first + r->bytes, 4);
	struct pciem_tlp cpl;
	void *va;

	memset(link->tx_buf, 0, 4);	/* bytes that were not asked for are shown as 0 */
	memset(link->tx_buf + payload_bytes - 4, 0, 4);
	raw_spin_lock(&dma->lock);
	va = find_range(dma, r);
	if (va)
		copy_from_host(link->tx_buf + first, va, r->bytes);
	raw_spin_unlock(&dma->lock);
	if (!va)
		return false;
	pciem_tlp_init_cpl(&cpl, req, RC_COMPLETER, PCIEM_TLP_SC, payload_bytes / 4);
	cpl.byte_count = left;
	cpl.lower_addr = r->addr & 0x7f;
	pciem_rx_send_cpl(link, &cpl, link->tx_buf, payload_bytes, true);
	return true;
}

static bool range_is_mapped(struct pciem_dma *dma, const struct asked *r)
{
	void *va;

	raw_spin_lock(&dma->lock);
	va = find_range(dma, r);
	raw_spin_unlock(&dma->lock);
	return va;
}

/* A read without enabled bytes only flushes: all writes before it are done (BE-08). */
static void answer_flush(struct pciem_link *link, const struct pciem_tlp *req)
{
	struct pciem_tlp cpl;

	memset(link->tx_buf, 0, 4);
	pciem_tlp_init_cpl(&cpl, req, RC_COMPLETER, PCIEM_TLP_SC, 1);
	pciem_rx_send_cpl(link, &cpl, link->tx_buf, 4, true);
}

void pciem_dma_mem_read(struct pciem_link *link, const u8 *hdr)
{
	unsigned int mps = pciem_root_mps_bytes(link);
	struct asked all, chunk;
	struct pciem_tlp req;
	u64 end, chunk_end;

	if (pciem_tlp_decode_header(hdr, PCIEM_TLP_HDR_MAX_BYTES, &req))
		return;
	pciem_count(link, PCIEM_STAT_DMA_READS);
	if (req.len_dw == 1 && !req.first_be) {
		answer_flush(link, &req);
		return;
	}
	all = (struct asked) {
		.addr = req.addr + pciem_tlp_first_byte(req.first_be),
		.bytes = pciem_tlp_span(req.len_dw, req.first_be, req.last_be),
		.requester = req.requester,
		.is_read = true,
	};
	end = all.addr + all.bytes;
	if (!range_is_mapped(pciem_link_dma(link), &all)) {
		trace_pciem_dma_read(pciem_link_id(link), req.requester, all.addr, all.bytes, PCIEM_UR);
		report_miss(link, &all, "read");
		refuse(link, &req);
		return;
	}
	trace_pciem_dma_read(pciem_link_id(link), req.requester, all.addr, all.bytes, PCIEM_SC);
	for (chunk = all; chunk.addr < end; chunk.addr = chunk_end) {
		chunk_end = min(end, round_down((chunk.addr & ~3ULL) + mps, RCB_BYTES));
		chunk.bytes = chunk_end - chunk.addr;
		if (!send_chunk(link, &req, &chunk, end - chunk.addr)) {
			/* unmapped between two completions */
			report_miss(link, &chunk, "read");
			refuse_rest(link, &req, chunk.addr, end - chunk.addr);
			return;
		}
	}
}

/* ---- atomics ---- */

static u64 atomic_op(void *va, const struct pciem_tlp *tlp, const u8 *payload, unsigned int bytes)
{
	u64 a = bytes == 8 ? get_unaligned_le64(payload) : get_unaligned_le32(payload);
	u64 b = bytes == 8 ? get_unaligned_le64(payload + bytes) : get_unaligned_le32(payload + bytes);

	switch (tlp->kind) {
	case PCIEM_TLP_FETCHADD:
		return bytes == 8 ? (u64)atomic64_fetch_add(a, va) : (u32)atomic_fetch_add(a, va);
	case PCIEM_TLP_SWAP:
		return bytes == 8 ? xchg((u64 *)va, a) : xchg((u32 *)va, (u32)a);
	default:
		return bytes == 8 ? cmpxchg((u64 *)va, a, b) : cmpxchg((u32 *)va, (u32)a, (u32)b);
	}
}

void pciem_dma_atomic(struct pciem_link *link, const u8 *hdr, const u8 *payload, unsigned int payload_bytes)
{
	struct pciem_dma *dma = pciem_link_dma(link);
	struct pciem_tlp req, cpl;
	u8 operands[16] = { 0 };
	struct asked r;
	u64 old = 0;
	void *va;

	if (pciem_tlp_decode_header(hdr, PCIEM_TLP_HDR_MAX_BYTES, &req))
		return;
	pciem_count(link, PCIEM_STAT_DMA_ATOMICS);
	r = (struct asked) {
		.addr = req.addr,
		.bytes = req.kind == PCIEM_TLP_CAS ? payload_bytes / 2 : payload_bytes,
		.requester = req.requester,
		.is_read = true,
		.is_write = true,
	};
	if ((r.bytes != 4 && r.bytes != 8) || (r.addr & (r.bytes - 1)) || req.ep) {
		pciem_rx_event(link, PCIEM_EVENT_REFUSED, "%s of %u bytes at 0x%llx refused: not supported, not aligned or poisoned",
			       pciem_tlp_name(req.kind), r.bytes, r.addr);
		refuse(link, &req);
		return;
	}
	memcpy(operands, payload, min_t(unsigned int, payload_bytes, sizeof(operands)));
	raw_spin_lock(&dma->lock);
	va = find_range(dma, &r);
	if (va)
		old = atomic_op(va, &req, operands, r.bytes);
	raw_spin_unlock(&dma->lock);
	if (!va) {
		report_miss(link, &r, pciem_tlp_name(req.kind));
		refuse(link, &req);
		return;
	}
	put_unaligned_le64(old, link->tx_buf);
	pciem_tlp_init_cpl(&cpl, &req, RC_COMPLETER, PCIEM_TLP_SC, r.bytes / 4);
	pciem_rx_send_cpl(link, &cpl, link->tx_buf, r.bytes, true);
}
