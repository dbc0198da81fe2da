// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's side of both rings.
 *
 * Private indices; a record is copied once, the copy is validated, the copy is
 * used; nothing that the kernel published is ever read back. What cannot be is
 * answered with link-down. A full down ring makes the sender wait, up to the
 * deadline; while it waits it drains.
 *
 * down_lock (raw) is held for one record's copy. drain_lock (raw) is held for
 * one record's processing; whoever waits for a completion takes it by trylock,
 * so that nobody waits for a completion behind somebody else's.
 */
#include <linux/ktime.h>
#include <linux/module.h>
#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/processor.h>

#include "compat.h"
#include "link.h"

#define CPUID_HYPERVISOR	0x40000000
#define REC_BYTES	sizeof(struct pciem_rec)
#define DOORBELL_BUDGET	64
#define STALL_RETRY_MS	1
#define SMALL_BYTES	64
#define SPIN_LOOKS	48

unsigned int pciem_poll_us = 100;
module_param_named(poll_us, pciem_poll_us, uint, 0644);
MODULE_PARM_DESC(poll_us, "how long a waiter that may sleep polls first, in us (100)");

unsigned int pciem_idle_poll_us;
module_param_named(idle_poll_us, pciem_idle_poll_us, uint, 0644);
MODULE_PARM_DESC(idle_poll_us, "how long after a doorbell to poll for more, in us (0: not at all; pays with idle CPUs only)");

static_assert(sizeof(struct pciem_hdr) == 160);
static_assert(sizeof(struct pciem_kernel_words) == 64);
static_assert(sizeof(struct pciem_bridge_words) == 64);
static_assert(sizeof(struct pciem_rec) == 32);
static_assert(sizeof(struct pciem_caller) == 32);
static_assert(sizeof(struct pciem_site) == 72);
static_assert(offsetof(struct pciem_rec, time) == 16);
static_assert(offsetof(struct pciem_kernel_words, requests) == 32);
static_assert(offsetof(struct pciem_bridge_words, cycles) == 24);

/* PAUSE leaves QEMU's translated code, which takes as long as hundreds of instructions. */
static bool pause_is_slow;

void pciem_ring_setup(void)
{
	u32 eax, name[3];

	if (!boot_cpu_has(X86_FEATURE_HYPERVISOR))
		return;
	cpuid(CPUID_HYPERVISOR, &eax, &name[0], &name[1], &name[2]);
	pause_is_slow = !memcmp(name, "TCGTCGTCGTCG", sizeof(name));
}

void pciem_ring_init(struct pciem_link *link)
{
	raw_spin_lock_init(&link->down_lock);
	raw_spin_lock_init(&link->drain_lock);
	atomic_set(&link->nr_pollers, 0);
}

/* Both rings are empty; the bridge has done the same before it wrote its epoch. */
void pciem_ring_new_session(struct pciem_link *link)
{
	unsigned long irqflags;

	raw_spin_lock_irqsave(&link->drain_lock, irqflags);
	raw_spin_lock(&link->down_lock);
	/* WRITE_ONCE for those who look without the locks */
	WRITE_ONCE(link->down_head, 0);
	link->down_tail_seen = 0;
	link->down_reserved = 0;
	link->down_seq = 0;
	WRITE_ONCE(link->up_tail, 0);
	link->up_seq = 0;
	link->stalled_since_ns = 0;
	WRITE_ONCE(link->kw->down_head, 0);
	WRITE_ONCE(link->kw->up_tail, 0);
	WRITE_ONCE(link->kw->need_kick, 1);
	raw_spin_unlock(&link->down_lock);
	raw_spin_unlock_irqrestore(&link->drain_lock, irqflags);
}

/* ---- down ---- */

u32 pciem_ring_down_used(struct pciem_link *link)
{
	/* pairs with the bridge's release of down_tail after its last read of a record */
	u32 tail = virt_load_acquire(&link->bw->down_tail);

	if ((tail & (PCIEM_REC_ALIGN - 1)) ||
	    tail - link->down_tail_seen > link->down_head - link->down_tail_seen)
		return U32_MAX;
	link->down_tail_seen = tail;
	return link->down_head - tail;
}

u32 pciem_ring_down_tail(const struct pciem_link *link)
{
	u32 tail = 0;

	if (pciem_block_peek(link)) {
		tail = READ_ONCE(link->bw->down_tail);
		pciem_block_peeked(link);
	}
	return tail;
}

bool pciem_ring_down_is_empty(const struct pciem_link *link)
{
	return pciem_ring_down_tail(link) == READ_ONCE(link->down_head);
}

/* Most are headers and registers: a call, and string instructions, would cost more than the copy. */
static __always_inline void copy(void *to, const void *from, u32 bytes)
{
	if (bytes > SMALL_BYTES) {
		memcpy(to, from, bytes);
		return;
	}
	for (; bytes >= 8; bytes -= 8, to += 8, from += 8)
		put_unaligned(get_unaligned((const u64 *)from), (u64 *)to);
	for (; bytes >= 4; bytes -= 4, to += 4, from += 4)
		put_unaligned(get_unaligned((const u32 *)from), (u32 *)to);
	for (; bytes; bytes--, to++, from++)
		*(u8 *)to = *(const u8 *)from;
}

static void put_record(struct pciem_link *link, u32 pos, u32 bytes, u32 len, const struct pciem_push *push)
{
	struct pciem_rec rec = {
		.bytes = bytes,
		.type = push->type,
		.flags = push->flags,
		.len = len,
		.aux = push->aux,
		.time = ktime_get_mono_fast_ns(),
		.seq = link->down_seq++,
	};
	u8 *to = link->down + pos;
	unsigned int i;

	/* what the parts leave of the last 16 bytes stays 0 */
	memset(to + bytes - PCIEM_REC_ALIGN, 0, PCIEM_REC_ALIGN);
	memcpy(to, &rec, sizeof(rec));
	to += sizeof(rec);
	for (i = 0; i < ARRAY_SIZE(push->part); i++) {
		copy(to, push->part[i].data, push->part[i].bytes);
		to += push->part[i].bytes;
	}
}

/* One record, or -EAGAIN when there is no room, or -EPROTO. down_lock is held. */
static int push_locked(struct pciem_link *link, const struct pciem_push *push, unsigned int mode)
{
	u32 len = push->part[0].bytes + push->part[1].bytes + push->part[2].bytes;
	u32 bytes = ALIGN(REC_BYTES + len, PCIEM_REC_ALIGN);
	u32 pos = link->down_head & (link->down_bytes - 1);
	u32 room = link->down_bytes - pos;
	u32 need = room < bytes ? room + bytes : bytes;
	u32 used = pciem_ring_down_used(link);
	u32 set_aside = mode & PCIEM_PUSH_RESERVED ? 0 : link->down_reserved;

	if (used > link->down_bytes)
		return -EPROTO;
	if (link->down_bytes - used < need + set_aside)
		return -EAGAIN;
	if (room < bytes) {
		const u32 pad[4] = { room, PCIEM_REC_PAD, 0, 0 };

		memcpy(link->down + pos, pad, sizeof(pad));
		WRITE_ONCE(link->down_head, link->down_head + room);
		pos = 0;
	}
	put_record(link, pos, bytes, len, push);
	/* WRITE_ONCE for pciem_ring_down_is_empty(), which looks without the lock */
	WRITE_ONCE(link->down_head, link->down_head + bytes);
	if (mode & PCIEM_PUSH_RESERVED)
		link->down_reserved -= min(link->down_reserved, need);
	if (push->flags & PCIEM_RECF_CALLER)
		WRITE_ONCE(link->kw->requests, ++link->nr_requests);
	/* pairs with the bridge's acquire of down_head */
	virt_store_release(&link->kw->down_head, link->down_head);
	return 0;
}

static int try_push(struct pciem_link *link, const struct pciem_push *push, unsigned int mode)
{
	unsigned long irqflags;
	int ret;

	raw_spin_lock_irqsave(&link->down_lock, irqflags);
	if (test_bit(PCIEM_LINKF_SESSION, &link->flags))
		ret = push_locked(link, push, mode);
	else
		ret = -ENOLINK;
	raw_spin_unlock_irqrestore(&link->down_lock, irqflags);
	if (ret == -EPROTO)
		pciem_link_fail(link, PCIEM_REASON_RING);
	return ret;
}

/* Wakes the bridge if it sleeps. */
void pciem_ring_kick(struct pciem_link *link)
{
	bool is_needed;

	if (!pciem_block_peek(link))
		return;
	/* between publishing down_head and reading need_kick; pairs with the same in the bridge before it sleeps */
	virt_mb();
	is_needed = READ_ONCE(link->bw->need_kick);
	pciem_block_peeked(link);
	if (!is_needed || !pciem_block_enter(link))
		return;
	pciem_count(link, PCIEM_STAT_KICKS);
	link->ops->kick(link);
	pciem_block_leave(link);
}

/* A full ring: waits until the record is in, the deadline, or the link's end. */
static int push_wait(struct pciem_link *link, const struct pciem_push *push, unsigned int mode)
{
	u64 start_ns = ktime_get_mono_fast_ns();
	u64 limit_ns = (u64)link->deadline_atomic_ms * NSEC_PER_MSEC;
	unsigned int rounds = 0;
	int ret;

	pciem_count(link, PCIEM_STAT_FULL_WAITS);
	if (pciem_link_current_is_bridge(link))
		return -EDEADLK;
	pciem_poll_begin(link);
	do {
		pciem_ring_kick(link);
		pciem_drain_poll(link);
		if (!(++rounds & 63))
			pciem_link_check_words(link);
		if (mode & PCIEM_PUSH_MAY_SLEEP)
			cond_resched();
		cpu_relax();
		if (!pciem_link_is_up(link)) {
			ret = -ENOLINK;
			break;
		}
		if (ktime_get_mono_fast_ns() - start_ns > limit_ns) {
			pciem_link_fail(link, PCIEM_REASON_FULL);
			ret = -ENOLINK;
			break;
		}
		ret = try_push(link, push, mode);
	} while (ret == -EAGAIN);
	pciem_poll_end(link);
	return ret;
}

int pciem_ring_push(struct pciem_link *link, const struct pciem_push *push, unsigned int mode)
{
	int ret = try_push(link, push, mode);

	if (ret == -EAGAIN && !(mode & (PCIEM_PUSH_NOWAIT | PCIEM_PUSH_RESERVED)))
		ret = push_wait(link, push, mode);
	if (!ret)
		pciem_ring_kick(link);
	return ret;
}

bool pciem_ring_reserve(struct pciem_link *link, u32 bytes)
{
	unsigned long irqflags;
	bool ok;
	u32 used;

	bytes += PCIEM_REC_MAX_BYTES;	/* a pad */
	raw_spin_lock_irqsave(&link->down_lock, irqflags);
	used = pciem_ring_down_used(link);
	ok = used <= link->down_bytes && link->down_bytes - used >= bytes;
	/* set aside also when it is not there yet: a driver's writes do not take it as it comes */
	link->down_reserved = bytes;
	raw_spin_unlock_irqrestore(&link->down_lock, irqflags);
	if (used > link->down_bytes)
		pciem_link_fail(link, PCIEM_REASON_RING);
	return ok;
}

void pciem_ring_unreserve(struct pciem_link *link)
{
	unsigned long irqflags;

	raw_spin_lock_irqsave(&link->down_lock, irqflags);
	link->down_reserved = 0;
	raw_spin_unlock_irqrestore(&link->down_lock, irqflags);
}

int pciem_send_tlp(struct pciem_link *link, const struct pciem_caller *caller, u32 site, const void *hdr,
		   unsigned int hdr_bytes, const void *payload, unsigned int payload_bytes)
{
	const struct pciem_push push = {
		.type = PCIEM_REC_TLP,
		.flags = caller ? PCIEM_RECF_CALLER : 0,
		.aux = site,
		.part = {
			{ caller, caller ? sizeof(*caller) : 0 },
			{ hdr, hdr_bytes },
			{ payload, payload_bytes },
		},
	};

	if (hdr_bytes > 16 || payload_bytes > 4096)
		return -EINVAL;
	return pciem_ring_push(link, &push, PCIEM_PUSH_WAIT);
}

int pciem_send_reset(struct pciem_link *link, u32 what)
{
	const struct pciem_push push = { .type = PCIEM_REC_RESET, .aux = what };

	return pciem_ring_push(link, &push, PCIEM_PUSH_WAIT);
}

static void send_text(struct pciem_link *link, u16 type, u32 aux, const char *text, u32 bytes)
{
	const struct pciem_push push = {
		.type = type,
		.aux = aux,
		.part = { { text, bytes } },
	};

	/* a note is not worth waiting for: the bridge may be the one that is late */
	if (pciem_ring_push(link, &push, PCIEM_PUSH_NOWAIT))
		pciem_count(link, PCIEM_STAT_EVENTS_LOST);
}

void pciem_send_event(struct pciem_link *link, u32 event, const char *fmt, ...)
{
	char text[256];
	va_list args;
	int bytes;

	va_start(args, fmt);
	bytes = vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	send_text(link, PCIEM_REC_EVENT, event, text, bytes);
}

int pciem_send_mark(struct pciem_link *link, const char *text, unsigned int len)
{
	const struct pciem_push push = {
		.type = PCIEM_REC_MARK,
		.part = { { text, min_t(u32, len, PCIEM_TEXT_MAX_BYTES) } },
	};

	return pciem_ring_push(link, &push, PCIEM_PUSH_WAIT);
}

/* ---- up ---- */

enum popped {
	POP_EMPTY,
	POP_DONE,
	POP_STALL,	/* the record stays: no room for what it causes */
	POP_DEAD,
};

bool pciem_ring_up_is_empty(const struct pciem_link *link)
{
	bool is_empty = true;

	if (pciem_block_peek(link)) {
		is_empty = READ_ONCE(link->bw->up_head) == READ_ONCE(link->up_tail);
		pciem_block_peeked(link);
	}
	return is_empty;
}

bool pciem_ring_spin(const struct pciem_link *link)
{
	bool is_empty = true;
	unsigned int i;

	if (!pciem_block_peek(link))
		return false;
	for (i = 0; i < SPIN_LOOKS && is_empty; i++) {
		is_empty = READ_ONCE(link->bw->up_head) == READ_ONCE(link->up_tail);
		if (is_empty && !pause_is_slow)
			cpu_relax();
	}
	pciem_block_peeked(link);
	return !is_empty;
}

/* Whether a record header can be; @used bytes are published, @room are left to the ring's end. */
static bool rec_is_sane(const struct pciem_rec *rec, u32 used, u32 room)
{
	if (rec->bytes < REC_BYTES || rec->bytes > PCIEM_REC_MAX_BYTES)
		return false;
	if (rec->bytes % PCIEM_REC_ALIGN || rec->bytes > used || rec->bytes > room)
		return false;
	if (rec->len > rec->bytes - REC_BYTES || rec->flags)
		return false;
	return rec->type == PCIEM_REC_TLP || rec->type == PCIEM_REC_TIMEOUT;
}

static void consume(struct pciem_link *link, u32 bytes)
{
	WRITE_ONCE(link->up_tail, link->up_tail + bytes);
	/* pairs with the bridge's acquire of up_tail before it reuses the room */
	virt_store_release(&link->kw->up_tail, link->up_tail);
}

static enum popped bad_ring(struct pciem_link *link, const char *what, u64 value)
{
	/* first, since the console may be a card of ours, and drain_lock is held */
	pciem_link_fail(link, PCIEM_REASON_RING);
	pr_warn_ratelimited("pciem %s: up ring: %s (%llu at index %u): link down\n",
			    link->name, what, value, link->up_tail);
	return POP_DEAD;
}

/* A read found no room for its completions: try again soon, give up at the deadline. */
static enum popped stall(struct pciem_link *link)
{
	u64 now_ns = ktime_get_mono_fast_ns();

	pciem_count(link, PCIEM_STAT_RX_STALLS);
	if (!link->stalled_since_ns)
		link->stalled_since_ns = now_ns;
	/* signed: of another CPU this clock may be a little behind */
	if ((s64)(now_ns - link->stalled_since_ns) > (s64)link->deadline_sleep_ms * NSEC_PER_MSEC) {
		pciem_link_fail(link, PCIEM_REASON_FULL);
		return POP_DEAD;
	}
	queue_delayed_work(system_highpri_wq, &link->stall_work, msecs_to_jiffies(STALL_RETRY_MS));
	return POP_STALL;
}

/* drain_lock is held. */
static enum popped pop_one(struct pciem_link *link)
{
	struct pciem_rec rec = { 0 };
	u32 used, pos, room;
	const u8 *from;

	if (!test_bit(PCIEM_LINKF_SESSION, &link->flags) || test_bit(PCIEM_LINKF_FAILED, &link->flags))
		return POP_DEAD;
	/* pairs with the bridge's release of up_head after it wrote the record */
	used = virt_load_acquire(&link->bw->up_head) - link->up_tail;
	if (!used)
		return POP_EMPTY;
	if (used > link->up_bytes || used % PCIEM_REC_ALIGN)
		return bad_ring(link, "impossible head, bytes in use", used);
	pos = link->up_tail & (link->up_bytes - 1);
	room = link->up_bytes - pos;
	from = link->up + pos;

	/* the only copy of the header; used and room are multiples of 16 */
	if (likely(room >= REC_BYTES && used >= REC_BYTES))
		memcpy(&rec, from, REC_BYTES);
	else
		memcpy(&rec, from, 16);
	barrier();
	if (rec.type == PCIEM_REC_PAD) {
		if (rec.bytes != room || rec.bytes > used)
			return bad_ring(link, "pad that does not end the ring, bytes", rec.bytes);
		consume(link, rec.bytes);
		return POP_DONE;
	}
	if (room < REC_BYTES || used < REC_BYTES || !rec_is_sane(&rec, used, room))
		return bad_ring(link, "impossible record, type and size",
				(u64)rec.type << 32 | rec.bytes);
	if (rec.seq != link->up_seq)
		return bad_ring(link, "record out of sequence", rec.seq);
	copy(link->rx_buf, from + REC_BYTES, rec.len);
	barrier();
	if (pciem_rx_record(link, &rec, link->rx_buf) == -EAGAIN)
		return stall(link);
	link->stalled_since_ns = 0;
	link->up_seq++;
	consume(link, rec.bytes);
	return POP_DONE;
}

/* drain_lock is held. Whether its holder had interrupts on, or is one that ends soon. */
static void note_context(struct pciem_link *link, unsigned long irqflags)
{
	WRITE_ONCE(link->is_interruptible, !irqs_disabled_flags(irqflags) || in_hardirq());
}

bool pciem_drain_is_interruptible(const struct pciem_link *link)
{
	return READ_ONCE(link->is_interruptible);
}

bool pciem_drain_poll(struct pciem_link *link)
{
	unsigned long irqflags;
	enum popped popped;

	if (pciem_ring_up_is_empty(link))
		return false;
	if (!raw_spin_trylock_irqsave(&link->drain_lock, irqflags))
		return false;
	note_context(link, irqflags);
	popped = pop_one(link);
	raw_spin_unlock_irqrestore(&link->drain_lock, irqflags);
	return popped == POP_DONE;
}

bool pciem_drain_budget(struct pciem_link *link, unsigned int budget)
{
	unsigned long irqflags;
	enum popped popped;

	do {
		if (!budget--)
			return true;
		raw_spin_lock_irqsave(&link->drain_lock, irqflags);
		note_context(link, irqflags);
		popped = pop_one(link);
		raw_spin_unlock_irqrestore(&link->drain_lock, irqflags);
	} while (popped == POP_DONE);
	return false;
}

/* A ring's worth at most: a bridge that never stops sending does not keep us for ever. */
void pciem_drain(struct pciem_link *link)
{
	unsigned int rounds = link->up_bytes / PCIEM_REC_ALIGN / DOORBELL_BUDGET;

	while (pciem_drain_budget(link, DOORBELL_BUDGET)) {
		if (!--rounds) {
			queue_work(system_unbound_wq, &link->drain_work);
			return;
		}
		cond_resched();
	}
}

/* If somebody else drains, or there is much, it is left to the work. */
void pciem_drain_rest(struct pciem_link *link)
{
	if (pciem_drain_budget(link, DOORBELL_BUDGET))
		queue_work(system_unbound_wq, &link->drain_work);
}

void pciem_poll_begin(struct pciem_link *link)
{
	int nr = atomic_inc_return(&link->nr_pollers);

	if (!pciem_block_peek(link))
		return;
	WRITE_ONCE(link->kw->need_kick, 0);
	WRITE_ONCE(link->kw->nr_waiting, nr);
	pciem_block_peeked(link);
}

void pciem_poll_end(struct pciem_link *link)
{
	int nr = atomic_dec_return(&link->nr_pollers);

	if (!pciem_block_peek(link))
		return;
	WRITE_ONCE(link->kw->nr_waiting, nr);
	if (!nr)
		WRITE_ONCE(link->kw->need_kick, 1);
	/* pairs with the bridge's barrier between publishing up_head and reading need_kick */
	virt_mb();
	pciem_block_peeked(link);
	if (nr)
		return;
	/* what came in between was not kicked for */
	if (!pciem_ring_up_is_empty(link))
		pciem_drain_rest(link);
}

/*
 * What rang is served at once, since a vector's handler may follow. What the
 * card does next follows soon in most cases: the work polls for it, and the
 * bridge need not ring for each.
 */
void pciem_ring_doorbell(struct pciem_link *link)
{
	pciem_count(link, PCIEM_STAT_DOORBELLS);
	pciem_link_check_words(link);
	pciem_poll_begin(link);
	if (pciem_drain_budget(link, DOORBELL_BUDGET) || pciem_idle_poll_us)
		queue_work(system_unbound_wq, &link->drain_work);
	pciem_poll_end(link);
}

/* Drains until nothing has come for a while. Process context. */
void pciem_drain_and_poll(struct pciem_link *link)
{
	u64 idle_ns = (u64)pciem_idle_poll_us * NSEC_PER_USEC;
	u64 now_ns = ktime_get_mono_fast_ns();
	u64 seen_ns = now_ns;

	pciem_poll_begin(link);
	while (now_ns - seen_ns <= idle_ns && test_bit(PCIEM_LINKF_SESSION, &link->flags)) {
		u32 before = READ_ONCE(link->up_tail);

		pciem_drain_budget(link, DOORBELL_BUDGET);
		now_ns = ktime_get_mono_fast_ns();
		if (READ_ONCE(link->up_tail) != before)
			seen_ns = now_ns;
		if (need_resched())
			cond_resched();
		cpu_relax();
	}
	pciem_poll_end(link);
}
