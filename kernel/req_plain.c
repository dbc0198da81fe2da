// SPDX-License-Identifier: GPL-2.0
/*
 * The short way for host requests that are one TLP of 1, 2, 4 or 8 naturally aligned
 * bytes: the record is written where it will be read, and the requester takes the
 * completion that it waits for out of the ring itself.
 *
 * It does what req.c, ring.c and rx.c do for such a request, in the same order, under the
 * same locks and with the same checks, as long as everything is as it mostly is. Whatever
 * is not goes the long way: before anything was sent by saying so to the caller; afterwards
 * by pciem_req_await(), which finds the request as pciem_req_mem_read() would have left it.
 * A record that is not exactly the completion that was waited for is not touched here.
 *
 * Called with interrupts off, as the trap is entered. A read's wait has them on if the
 * trapped code had.
 */
#include <linux/ktime.h>
#include <linux/sched.h>
#include <asm/barrier.h>

#include "compat.h"
#include "link.h"
#include "reqtab_plain.h"
#include "req_plain.h"
#include "root.h"
#include "tlp_plain.h"
#include "trace.h"

/* Looks of pciem_ring_spin() before the wait is left to req.c: more than a card in simulation needs. */
#define ROUNDS		64
#define HEAD_BYTES	(sizeof(struct pciem_rec) + sizeof(struct pciem_caller))

/* A record with a request. */
struct request {
	struct pciem_rec rec;
	struct pciem_caller caller;
	u32 dw[PCIEM_PLAIN_MAX_DW + 2];
};

static_assert(sizeof(struct request) % PCIEM_REC_ALIGN == 0);
static_assert(offsetof(struct request, dw) == HEAD_BYTES);
static_assert(sizeof_field(struct pciem_caller, comm) == TASK_COMM_LEN);

/* The start of a record with a completion, with one dword of payload. */
struct answer {
	struct pciem_rec rec;
	u32 dw[4];
};

static_assert(sizeof(struct answer) % PCIEM_REC_ALIGN == 0);

/* One read on its way. */
struct flight {
	struct pciem_link *link;
	u64 addr;
	unsigned int nr_bytes;
	u32 tag;
	u64 word;		/* of its slot */
	u64 start_ns;
	u32 down_end;
	u64 val;
};

/* ---- down ---- */

/* down_lock is held. False also when the bridge's index cannot be: the long way says so. */
static __always_inline bool has_room(struct pciem_link *link, u32 pos, u32 bytes)
{
	u32 used = pciem_ring_down_used(link);

	return used <= link->down_bytes && link->down_bytes - pos >= bytes &&
	       link->down_bytes - used >= bytes + link->down_reserved;
}

static u8 context_now(void)
{
	return in_hardirq() ? PCIEM_CTX_HARDIRQ :
	       in_serving_softirq() ? PCIEM_CTX_SOFTIRQ : PCIEM_CTX_PROCESS;
}

/* Field by field as fill_caller() in req.c and put_record() in ring.c. */
static __always_inline void fill_head(struct request *to, const struct pt_regs *regs, u64 token)
{
	to->caller.pc = token;
	to->caller.pid = current->pid;
	to->caller.cpu = raw_smp_processor_id();
	to->caller.context = context_now();
	to->caller.irqs_off = !(regs->flags & X86_EFLAGS_IF);
	memcpy(to->caller.comm, current->comm, sizeof(to->caller.comm));
	to->caller.comm[TASK_COMM_LEN - 1] = 0;
}

static __always_inline void fill_rec(struct pciem_link *link, struct request *to, u32 bytes, u32 nr_dw, u32 site,
				     u64 now_ns)
{
	to->rec.bytes = bytes;
	to->rec.type = PCIEM_REC_TLP;
	to->rec.flags = PCIEM_RECF_CALLER;
	to->rec.len = sizeof(to->caller) + nr_dw * 4;
	to->rec.aux = site;
	to->rec.time = now_ns;
	to->rec.seq = link->down_seq++;
}

/* What pciem_poll_begin() does, for one who has down_lock. */
static void begin_polling(struct pciem_link *link)
{
	int nr = atomic_inc_return(&link->nr_pollers);

	WRITE_ONCE(link->kw->need_kick, 0);
	WRITE_ONCE(link->kw->nr_waiting, nr);
}

/* down_lock is held. Return: whether the bridge sleeps. */
static bool publish(struct pciem_link *link, u32 bytes)
{
	/* WRITE_ONCE for pciem_ring_down_is_empty(), which looks without the lock */
	WRITE_ONCE(link->down_head, link->down_head + bytes);
	WRITE_ONCE(link->kw->requests, ++link->nr_requests);
	/* pairs with the bridge's acquire of down_head */
	virt_store_release(&link->kw->down_head, link->down_head);
	/* between publishing down_head and reading need_kick; pairs with the same in the bridge before it sleeps */
	virt_mb();
	return READ_ONCE(link->bw->need_kick);
}

/*
 * Sends MRd, or MWr of @val. @f: for a read: out: when, and the end of its record.
 * Return: false when there is no session, no room in one piece, or the index of the
 * bridge cannot be; nothing is sent then.
 */
static __always_inline bool push(struct pciem_link *link, const struct pt_regs *regs, u64 addr,
				 unsigned int nr_bytes, u32 site, u64 token, u64 val, struct flight *f)
{
	u32 nr_dw = (addr >> 32 ? 4 : 3) + (f ? 0 : pciem_plain_len_dw(nr_bytes));
	u32 bytes = ALIGN(HEAD_BYTES + nr_dw * 4, PCIEM_REC_ALIGN);
	bool is_asleep;
	u64 now_ns;
	u32 i, pos;

	raw_spin_lock(&link->down_lock);
	pos = link->down_head & (link->down_bytes - 1);
	if (!test_bit(PCIEM_LINKF_SESSION, &link->flags) || !has_room(link, pos, bytes)) {
		raw_spin_unlock(&link->down_lock);
		return false;
	}
	{
		u8 *to = link->down + pos;
		struct request *req = (struct request *)to;

		now_ns = ktime_get_mono_fast_ns();
		fill_rec(link, req, bytes, nr_dw, site, now_ns);
		fill_head(req, regs, token);
		i = pciem_plain_request(req->dw, f ? PCIEM_PLAIN_MRD : PCIEM_PLAIN_MWR, addr, nr_bytes, f ? f->tag : 0);
		if (!f)
			i += pciem_plain_payload(req->dw + i, addr, nr_bytes, val);
		for (; HEAD_BYTES + i * 4 < bytes; i++)
			req->dw[i] = 0;
	}
	if (f) {
		begin_polling(link);
		f->start_ns = now_ns;
		f->down_end = link->down_head + bytes;
	}
	is_asleep = publish(link, bytes);
	raw_spin_unlock(&link->down_lock);
	if (unlikely(is_asleep))
		pciem_ring_kick(link);
	return true;
}

/* ---- up ---- */

enum popped {
	POP_MINE,	/* f->val is there, the slot is free, and nobody polls for us any more */
	POP_REST,	/* the same, and more has come: pciem_drain_rest() */
	POP_OTHER,	/* something else stands first */
	POP_BUSY,	/* another CPU drains */
};

/* What pciem_poll_end() does, for one who has drain_lock. Return: whether there is something to drain. */
static bool end_polling(struct pciem_link *link)
{
	int nr = atomic_dec_return(&link->nr_pollers);

	WRITE_ONCE(link->kw->nr_waiting, nr);
	if (nr)
		return false;
	WRITE_ONCE(link->kw->need_kick, 1);
	/* pairs with the bridge's barrier between publishing up_head and reading need_kick */
	virt_mb();
	return READ_ONCE(link->bw->up_head) != link->up_tail;
}

/* The checks of pop_one() in ring.c and of pciem_rx_record(), for what is expected. */
static bool is_mine(const struct pciem_link *link, const struct flight *f, const struct answer *got, u32 bytes)
{
	const struct pciem_rec *rec = &got->rec;

	return rec->bytes == bytes && rec->type == PCIEM_REC_TLP && !rec->flags &&
	       rec->len == 12 + pciem_plain_len_dw(f->nr_bytes) * 4 && rec->seq == link->up_seq &&
	       pciem_plain_is_answer(got->dw, f->addr, f->nr_bytes, f->tag);
}

/* drain_lock is held. Return: whether it was taken out of the ring. */
static bool pop(struct pciem_link *link, struct flight *f)
{
	u32 bytes = f->nr_bytes > 4 ? sizeof(struct answer) + PCIEM_REC_ALIGN : sizeof(struct answer);
	u32 used, pos, high = 0;
	struct answer got;
	const u8 *from;

	if (!test_bit(PCIEM_LINKF_SESSION, &link->flags) || test_bit(PCIEM_LINKF_FAILED, &link->flags))
		return false;
	/* pairs with the bridge's release of up_head after it wrote the record */
	used = virt_load_acquire(&link->bw->up_head) - link->up_tail;
	pos = link->up_tail & (link->up_bytes - 1);
	if (used < bytes || used > link->up_bytes || used % PCIEM_REC_ALIGN || link->up_bytes - pos < bytes)
		return false;
	from = link->up + pos;
	memcpy(&got, from, sizeof(got));
	if (f->nr_bytes > 4)
		memcpy(&high, from + sizeof(got), sizeof(high));
	barrier();
	if (!is_mine(link, f, &got, bytes) || !pciem_reqtab_plain_end(&link->reqtab, f->tag, f->word))
		return false;
	f->val = pciem_plain_value(f->addr, f->nr_bytes, got.dw[3], high);
	atomic_set(&link->expiries_in_row, 0);
	link->stalled_since_ns = 0;
	link->up_seq++;
	pciem_count(link, PCIEM_STAT_RX_TLPS);
	WRITE_ONCE(link->up_tail, link->up_tail + bytes);
	/* pairs with the bridge's acquire of up_tail before it reuses the room */
	virt_store_release(&link->kw->up_tail, link->up_tail);
	return true;
}

/* Interrupts are off. */
static enum popped try_pop(struct pciem_link *link, struct flight *f)
{
	enum popped popped = POP_OTHER;

	if (!raw_spin_trylock(&link->drain_lock))
		return POP_BUSY;
	if (pop(link, f))
		popped = end_polling(link) ? POP_REST : POP_MINE;
	raw_spin_unlock(&link->drain_lock);
	return popped;
}

static void irqs_back(bool irqs_on)
{
	if (irqs_on)
		local_irq_enable();
}

/*
 * Until the completion is there, in @f, with interrupts off again.
 * Return: false, with interrupts as they were, when the rest is the long way's.
 */
static bool wait(struct flight *f, bool irqs_on)
{
	struct pciem_link *link = f->link;
	enum popped popped;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		if (pciem_ring_spin(link)) {
			local_irq_disable();
			popped = try_pop(link, f);
			if (likely(popped == POP_MINE))
				return true;
			irqs_back(irqs_on);
			if (popped == POP_REST) {
				pciem_drain_rest(link);
				local_irq_disable();
				return true;
			}
			if (popped == POP_OTHER)
				pciem_drain_poll(link);
		}
		if (!pciem_reqtab_plain_is_pending(&link->reqtab, f->tag, f->word) || !pciem_link_is_up(link) ||
		    need_resched())
			return false;
	}
	return false;
}

/* Nothing was received for @f yet that it could take: all the long way has. Interrupts are as they were. */
static noinline void await(struct flight *f, const struct pt_regs *regs, bool irqs_on)
{
	const struct pciem_who who = {
		.pc = regs->ip, .regs = regs, .irqs_on = irqs_on, .may_sleep = pciem_may_sleep(irqs_on),
	};
	struct pciem_tlp hdr = { .kind = PCIEM_TLP_MRD, .tag = f->tag };
	enum pciem_status status;

	pciem_poll_end(f->link);
	pciem_tlp_set_range(&hdr, f->addr, f->nr_bytes);
	f->val = ~0ULL;
	status = pciem_req_await(f->link, &who, &hdr, f->start_ns, f->down_end, &f->val, f->nr_bytes);
	/* may_send() has seen it, and the window is pinned since */
	pciem_root_completion(pciem_link_root(f->link), status);
	if (f->nr_bytes < 8)
		f->val &= (1ULL << (8 * f->nr_bytes)) - 1;
}

/* ---- interface ---- */

/* Whether a read may be waited for here; may_ask() in req.c refuses some of these, with a count. */
static bool may_wait(struct pciem_link *link, bool irqs_on)
{
	/* perhaps inside stop_machine() */
	if (!irqs_on && (current->flags & PF_KTHREAD) && !in_hardirq())
		return false;
	if (trace_pciem_mmio_read_enabled() || !READ_ONCE(pciem_poll_us))
		return false;
	return !link->is_local || (num_online_cpus() > 1 && !pciem_link_current_is_bridge(link));
}

/* As may_ask() and access_piece() have it. */
static __always_inline bool may_send(struct pciem_link *link, u64 addr, unsigned int nr_bytes)
{
	struct pciem_root *root = READ_ONCE(link->root);

	return READ_ONCE(link->up_flag) && !in_nmi() && !trace_pciem_tlp_enabled() &&
	       root && pciem_root_routes_mem(root, addr, nr_bytes);
}

bool pciem_req_plain_read(struct pciem_link *link, const struct pt_regs *regs, u64 addr, unsigned int nr_bytes,
			  u64 *val)
{
	struct flight f = { .link = link, .addr = addr, .nr_bytes = nr_bytes };
	bool irqs_on = regs->flags & X86_EFLAGS_IF;
	u64 token;
	u32 site;

	if (unlikely(!may_send(link, addr, nr_bytes) || !may_wait(link, irqs_on)))
		return false;
	site = pciem_site_known(link, regs->ip, &token);
	if (unlikely(!site))
		return false;
	f.tag = pciem_reqtab_plain_next(&link->reqtab);
	if (unlikely(!pciem_reqtab_plain_arm(&link->reqtab, f.tag, addr, nr_bytes, &f.word)))
		return false;
	if (unlikely(!push(link, regs, addr, nr_bytes, site, token, 0, &f))) {
		pciem_reqtab_cancel(&link->reqtab, f.tag);
		return false;
	}
	pciem_count(link, PCIEM_STAT_MEM_READS);
	pciem_count(link, PCIEM_STAT_PLAIN_READS);
	irqs_back(irqs_on);
	if (unlikely(!wait(&f, irqs_on))) {
		await(&f, regs, irqs_on);
		local_irq_disable();
	}
	*val = f.val;
	return true;
}

bool pciem_req_plain_write(struct pciem_link *link, const struct pt_regs *regs, u64 addr, unsigned int nr_bytes,
			   u64 val)
{
	u64 token;
	u32 site;

	if (unlikely(!may_send(link, addr, nr_bytes) || trace_pciem_mmio_write_enabled()))
		return false;
	site = pciem_site_known(link, regs->ip, &token);
	if (unlikely(!site || !push(link, regs, addr, nr_bytes, site, token, val, NULL)))
		return false;
	pciem_count(link, PCIEM_STAT_MEM_WRITES);
	pciem_count(link, PCIEM_STAT_PLAIN_WRITES);
	return true;
}
