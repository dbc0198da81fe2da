// SPDX-License-Identifier: GPL-2.0
/*
 * Host requests: from "read 4 bytes" to TLPs, and the wait for completions.
 *
 * A waiter drains the up ring itself, so what the card sent before the
 * completion is done when the request returns, without any other thread. Where
 * it may sleep it polls for a short time first, and then sleeps until whoever
 * drains wakes it. No lock is held while waiting; interrupts stay as the caller
 * has them. Every wait ends: by completion, by the engine's completion timeout,
 * by link-down, or by the wall-clock deadline, which is for liveness only and
 * says nothing of the card.
 */
#include <linux/hrtimer.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/ktime.h>
#include <uapi/linux/pci_regs.h>

#include "compat.h"
#include "link.h"
#include "tlp.h"
#include "trace.h"

#define RC_REQUESTER	0x0000	/* the root port's own id, 00:00.0 */
/* Rounds without any movement of the clock before it counts as stopped (early resume). */
#define STOPPED_CLOCK_ROUNDS	20000000UL
/* How often one who sleeps looks: so many times in a deadline at least, and each 10 ms. */
#define LOOKS_PER_DEADLINE	32
#define MAX_LOOK_NS		(10 * (u64)NSEC_PER_MSEC)
#define DRAINED_PER_CLOCK	8	/* records between two looks at the clock */
#define NAME_BYTES		128
/* A wait that makes progress all the time ends after this many deadlines all the same. */
#define MAX_DEADLINES		4
/* ... and, where it cannot sleep, after this time: interrupts may be off (H05). */
#define MAX_ATOMIC_NS		(5 * (u64)NSEC_PER_SEC)

static_assert((int)PCIEM_SC == (int)PCIEM_END_SC && (int)PCIEM_UR == (int)PCIEM_END_UR);
static_assert((int)PCIEM_RRS == (int)PCIEM_END_RRS && (int)PCIEM_CA == (int)PCIEM_END_CA);
static_assert((int)PCIEM_TIMEOUT == (int)PCIEM_END_TIMEOUT);
static_assert((int)PCIEM_LINK_DOWN == (int)PCIEM_END_LINK_DOWN);
static_assert((int)PCIEM_POISONED == (int)PCIEM_END_POISONED);
static_assert((int)PCIEM_BAD_CPL == (int)PCIEM_END_BAD_CPL);

static const struct pciem_who nobody = { .pc = 0 };

/* One request on its way. */
struct flight {
	struct pciem_link *link;
	const struct pciem_who *who;
	struct pciem_tlp hdr;
	const void *payload;
	unsigned int payload_bytes;
	u64 start_ns;
	u64 deadline_ns;	/* longest time without progress */
	u64 limit_ns;		/* longest time at all */
	u64 look_ns;		/* longest time between two looks, as planned */
	u64 progress_ns;
	u32 down_end;		/* our record ends here in the down ring */
	u32 seen_down, seen_up;	/* consumer indices when there was progress last */
	u64 last_ns;		/* to notice a stopped clock */
	unsigned long still_rounds;
	unsigned int drained;	/* records, by this waiter */
	bool may_sleep;
};

static void fill_caller(struct pciem_caller *caller, const struct pciem_who *who)
{
	memset(caller, 0, sizeof(*caller));
	caller->pid = current->pid;
	caller->cpu = raw_smp_processor_id();
	if (in_nmi())
		caller->context = PCIEM_CTX_NMI;
	else if (in_hardirq())
		caller->context = PCIEM_CTX_HARDIRQ;
	else if (in_serving_softirq())
		caller->context = PCIEM_CTX_SOFTIRQ;
	else
		caller->context = PCIEM_CTX_PROCESS;
	caller->irqs_off = who->regs ? regs_irqs_disabled((struct pt_regs *)who->regs) : irqs_disabled();
	memcpy(caller->comm, current->comm, sizeof(caller->comm));
	caller->comm[sizeof(caller->comm) - 1] = 0;
}

/* NMI takes no lock and waits for nothing; the bridge cannot answer itself. */
static bool may_ask(struct pciem_link *link, const struct pciem_who *who, bool waits,
		    enum pciem_status *status)
{
	if (unlikely(in_nmi())) {
		pciem_count(link, PCIEM_STAT_REFUSED_NMI);
		*status = PCIEM_BUSY;
		return false;
	}
	if (unlikely(!pciem_link_is_up(link))) {
		*status = PCIEM_LINK_DOWN;
		return false;
	}
	if (waits && unlikely(pciem_link_current_is_bridge(link))) {
		pciem_count(link, PCIEM_STAT_REFUSED_BRIDGE);
		*status = PCIEM_BUSY;
		return false;
	}
	/* the bridge has no CPU until we are done (H02) */
	if (waits && link->is_local && !(who && who->may_sleep) && unlikely(num_online_cpus() == 1)) {
		pciem_count(link, PCIEM_STAT_REFUSED_ONE_CPU);
		*status = PCIEM_BUSY;
		return false;
	}
	return true;
}

static void start_clock(struct flight *f, u64 now_ns)
{
	u32 ms = f->may_sleep ? f->link->deadline_sleep_ms : f->link->deadline_atomic_ms;

	f->start_ns = now_ns;
	f->last_ns = f->start_ns;
	f->progress_ns = f->start_ns;
	f->down_end = READ_ONCE(f->link->down_head);
	f->seen_down = pciem_ring_down_tail(f->link);
	f->seen_up = READ_ONCE(f->link->up_tail);
	f->still_rounds = 0;
	f->deadline_ns = (u64)ms * NSEC_PER_MSEC;
	f->look_ns = min(f->deadline_ns / LOOKS_PER_DEADLINE, MAX_LOOK_NS);
	f->limit_ns = MAX_DEADLINES * f->deadline_ns;
	if (!f->may_sleep)
		f->limit_ns = min(f->limit_ns, MAX_ATOMIC_NS);
}

/*
 * The bridge works off what was sent before our request, or we work off what
 * the card sent before its completion: the bridge lives. The bridge's index is
 * a hint here; whatever it says, limit_ns bounds the wait.
 *
 * It happened at some time since the last look, last_ns, and counts from there:
 * a bridge that stopped just after that gets no longer for our having slept.
 * But one look's time back at most: we may have had no CPU for longer.
 */
static void note_progress(struct flight *f, u64 now_ns)
{
	u32 down = pciem_ring_down_tail(f->link);
	u32 up = READ_ONCE(f->link->up_tail);

	if ((down != f->seen_down && (s32)(f->seen_down - f->down_end) < 0) || up != f->seen_up)
		f->progress_ns = max(f->last_ns, now_ns - f->look_ns);
	f->seen_down = down;
	f->seen_up = up;
}

/* Whether the time is over; also when the clock stands still for long. */
static bool is_over(struct flight *f)
{
	u64 now_ns = ktime_get_mono_fast_ns();

	if (now_ns != f->last_ns) {
		note_progress(f, now_ns);
		f->last_ns = now_ns;
		f->still_rounds = 0;
		return now_ns - f->progress_ns > f->deadline_ns ||
		       now_ns - f->start_ns > f->limit_ns;
	}
	return ++f->still_rounds > STOPPED_CLOCK_ROUNDS;
}

/* One round of a waiter that polls. Return: false when the wait must end. */
static bool poll_round(struct flight *f, unsigned int *rounds)
{
	/* the time is asked for less often than answers come, but always before long */
	if (pciem_ring_spin(f->link) && pciem_drain_poll(f->link) && ++f->drained % DRAINED_PER_CLOCK)
		return pciem_link_is_up(f->link);
	if (!pciem_link_is_up(f->link) || is_over(f))
		return false;
	if (!(++*rounds & 63))
		pciem_link_check_words(f->link);
	if (f->may_sleep && need_resched())
		cond_resched();
	return true;
}

/* How long to sleep before looking again: not beyond the end of the wait. */
static ktime_t sleep_ns(const struct flight *f)
{
	u64 end_ns = min(f->progress_ns + f->deadline_ns, f->start_ns + f->limit_ns);

	if (f->last_ns >= end_ns)
		return ns_to_ktime(NSEC_PER_USEC);
	return ns_to_ktime(min_t(u64, end_ns - f->last_ns + NSEC_PER_USEC, f->look_ns));
}

/* Sleeps until the slot is done or sleep_ns() is over; whoever drains wakes us. */
static void sleep_on_slot(struct flight *f, unsigned int tag)
{
	struct rcuwait *wait = &f->link->wait[tag];
	ktime_t left = sleep_ns(f);

	prepare_to_rcuwait(wait);
	set_current_state(TASK_UNINTERRUPTIBLE);
	if (!pciem_reqtab_is_done(&f->link->reqtab, tag) && pciem_link_is_up(f->link))
		schedule_hrtimeout(&left, HRTIMER_MODE_REL);
	finish_rcuwait(wait);
}

static void wait_polling(struct flight *f, unsigned int tag, u64 limit_ns)
{
	unsigned int rounds = 0;

	pciem_poll_begin(f->link);
	while (!pciem_reqtab_is_done(&f->link->reqtab, tag)) {
		if (!poll_round(f, &rounds))
			break;
		if (f->last_ns - f->start_ns > limit_ns)
			break;
	}
	pciem_poll_end(f->link);
}

/* Whose access it is, for the bridge: names, never addresses (see site.c). */
static const char *name_of(const struct pciem_who *who, char *buf, size_t bytes)
{
	if (who->pc && who->pc < TASK_SIZE_MAX)
		return "user space";
	scnprintf(buf, bytes, "%pS", (void *)who->pc);
	return strncmp(buf, "0x", 2) ? buf : "?";
}

/* Takes the link down after too many deadlines in a row. */
static void count_expiry(struct flight *f)
{
	struct pciem_link *link = f->link;
	char name[NAME_BYTES];

	pciem_count(link, PCIEM_STAT_EXPIRED);
	pciem_send_event(link, PCIEM_EVENT_TIMEOUT,
			 "%s by %s: no completion within %llu ms of wall time (liveness of the bridge, not a finding about the card)",
			 pciem_tlp_name(f->hdr.kind), name_of(f->who, name, sizeof(name)),
			 div_u64(f->last_ns - f->start_ns, NSEC_PER_MSEC));
	if (atomic_inc_return(&link->expiries_in_row) >= READ_ONCE(link->max_expiries))
		pciem_link_fail(link, PCIEM_REASON_DEADLINE);
}

/* How long to poll before sleeping; not at all when that keeps the bridge from running. */
static u64 poll_limit_ns(const struct flight *f)
{
	if (!f->may_sleep)
		return U64_MAX;
	return f->link->is_local && num_online_cpus() == 1 ? 0 : (u64)pciem_poll_us * NSEC_PER_USEC;
}

static enum pciem_status wait_done(struct flight *f, unsigned int tag, void *buf, unsigned int bytes)
{
	struct pciem_link *link = f->link;

	wait_polling(f, tag, poll_limit_ns(f));
	if (f->may_sleep && !pciem_reqtab_is_done(&link->reqtab, tag) && pciem_link_is_up(link)) {
		pciem_count(link, PCIEM_STAT_SLEEPS);
		while (!pciem_reqtab_is_done(&link->reqtab, tag) && pciem_link_is_up(link) && !is_over(f)) {
			pciem_link_check_words(link);
			sleep_on_slot(f, tag);
		}
	}
	if (pciem_reqtab_is_done(&link->reqtab, tag) || !pciem_reqtab_expire(&link->reqtab, tag))
		return (enum pciem_status)pciem_reqtab_take(&link->reqtab, tag, buf, bytes);
	if (!pciem_link_is_up(link))
		return PCIEM_LINK_DOWN;
	count_expiry(f);
	return PCIEM_TIMEOUT;
}

/* A tag, waiting for one if need be; negative: a status. */
static int get_tag(struct flight *f)
{
	int tag = pciem_reqtab_alloc(&f->link->reqtab);
	unsigned int rounds = 0;

	if (likely(tag >= 0))
		return tag;
	pciem_poll_begin(f->link);
	do {
		tag = pciem_reqtab_alloc(&f->link->reqtab);
	} while (tag < 0 && poll_round(f, &rounds));
	pciem_poll_end(f->link);
	if (tag < 0 && pciem_link_is_up(f->link)) {
		pr_warn_ratelimited("pciem %s: no free tag (%u timed out and never answered)\n", f->link->name,
				    pciem_reqtab_nr_quarantined(&f->link->reqtab));
		count_expiry(f);
	}
	return tag;
}

static int send(struct flight *f, bool with_stack)
{
	struct pciem_link *link = f->link;
	struct pciem_push push = { .type = PCIEM_REC_TLP, .flags = PCIEM_RECF_CALLER };
	struct pciem_caller caller;
	u8 hdr[PCIEM_TLP_HDR_MAX_BYTES];
	int bytes = pciem_tlp_encode(&f->hdr, hdr);

	if (WARN_ON_ONCE(bytes < 0))
		return -EINVAL;
	fill_caller(&caller, f->who);
	push.aux = pciem_site_intern(link, f->who, with_stack, &caller.pc);
	push.part[0].data = &caller;
	push.part[0].bytes = sizeof(caller);
	push.part[1].data = hdr;
	push.part[1].bytes = bytes;
	push.part[2].data = f->payload;
	push.part[2].bytes = f->payload_bytes;
	trace_pciem_tlp(link->id, 0, hdr, bytes, bytes + f->payload_bytes);
	return pciem_ring_push(link, &push, f->may_sleep ? PCIEM_PUSH_MAY_SLEEP : PCIEM_PUSH_WAIT);
}

/* A request with a completion; @detached: nobody waits for it. */
static enum pciem_status ask(struct flight *f, bool detached, void *buf, unsigned int bytes)
{
	int tag;

	start_clock(f, ktime_get_mono_fast_ns());
	tag = get_tag(f);
	if (tag < 0)
		return pciem_link_is_up(f->link) ? PCIEM_TIMEOUT : PCIEM_LINK_DOWN;
	f->hdr.tag = tag;
	pciem_reqtab_arm(&f->link->reqtab, tag, &f->hdr, detached, f->start_ns);
	if (send(f, !detached)) {
		/*
		 * The slot of a detached request may have been answered (by a bridge that
		 * guesses tags) and be somebody else's by now: the session's end frees it.
		 */
		if (!detached)
			pciem_reqtab_cancel(&f->link->reqtab, tag);
		return PCIEM_LINK_DOWN;
	}
	if (detached)
		return PCIEM_SC;
	f->down_end = READ_ONCE(f->link->down_head);
	return wait_done(f, tag, buf, bytes);
}

static void report_status(struct flight *f, enum pciem_status status)
{
	char name[NAME_BYTES];
	u32 event;

	if (likely(status == PCIEM_SC))
		return;
	if (status == PCIEM_UR && f->hdr.kind != PCIEM_TLP_MRD)
		return;		/* an absent function is no error (ERR-10) */
	if (status != PCIEM_UR && status != PCIEM_CA)
		return;		/* reported where it was noticed */
	event = status == PCIEM_CA ? PCIEM_EVENT_CA : PCIEM_EVENT_UR;
	pciem_send_event(f->link, event, "%s of 0x%llx by %s answered with %s", pciem_tlp_name(f->hdr.kind),
			 f->hdr.addr, name_of(f->who, name, sizeof(name)),
			 status == PCIEM_CA ? "Completer Abort" : "Unsupported Request");
}

static void init_flight(struct flight *f, struct pciem_link *link, const struct pciem_who *who, u8 kind)
{
	memset(f, 0, sizeof(*f));
	f->link = link;
	f->who = who ? who : &nobody;
	f->may_sleep = f->who->may_sleep;
	f->hdr.kind = kind;
	f->hdr.requester = RC_REQUESTER;
}

/* ---- configuration ---- */

static void init_cfg(struct flight *f, struct pciem_link *link, const struct pciem_who *who, bool write,
		     u16 bdf, int where, int size)
{
	bool is_type0 = bdf >> 8 == READ_ONCE(link->secondary_bus);

	init_flight(f, link, who, is_type0 ? (write ? PCIEM_TLP_CFGWR0 : PCIEM_TLP_CFGRD0) :
					     (write ? PCIEM_TLP_CFGWR1 : PCIEM_TLP_CFGRD1));
	f->hdr.len_dw = 1;
	f->hdr.first_be = (0xf >> (4 - size)) << (where & 3) & 0xf;
	f->hdr.target = bdf;
	f->hdr.reg = where & 0xffc;
}

enum pciem_status pciem_req_cfg_read(struct pciem_link *link, const struct pciem_who *who, u16 bdf, int where,
				     int size, u32 *val)
{
	u32 mask = size == 4 ? ~0U : (1U << (size * 8)) - 1;
	enum pciem_status status;
	struct flight f;
	u8 dw[4];

	*val = mask;
	if (!may_ask(link, who, true, &status))
		return status;
	init_cfg(&f, link, who, false, bdf, where, size);
	pciem_count(link, PCIEM_STAT_CFG_READS);
	status = ask(&f, false, dw, sizeof(dw));
	if (status == PCIEM_SC)
		*val = (get_unaligned_le32(dw) >> ((where & 3) * 8)) & mask;
	report_status(&f, status);
	trace_pciem_cfg_read(link->id, f.who->pc, (u64)bdf << 16 | where, size * 8, *val, status);
	return status;
}

enum pciem_status pciem_req_cfg_write(struct pciem_link *link, const struct pciem_who *who, u16 bdf, int where,
				      int size, u32 val, bool posted)
{
	enum pciem_status status;
	struct flight f;
	u8 dw[4];

	if (!may_ask(link, who, !posted, &status))
		return status;
	init_cfg(&f, link, who, true, bdf, where, size);
	put_unaligned_le32(val << ((where & 3) * 8), dw);
	f.payload = dw;
	f.payload_bytes = sizeof(dw);
	pciem_count(link, PCIEM_STAT_CFG_WRITES);
	status = ask(&f, posted, NULL, 0);
	report_status(&f, status);
	trace_pciem_cfg_write(link->id, f.who->pc, (u64)bdf << 16 | where, size * 8, val, status);
	return status;
}

/* ---- memory ---- */

/*
 * Bytes of the next TLP of an access: all of it when it lies in one aligned
 * quadword or is whole dwords; else up to the next quadword boundary, then
 * whole dwords, then the rest (LEN-08, LEN-09).
 */
static unsigned int next_piece(u64 addr, unsigned int len)
{
	unsigned int in_qword = 8 - (addr & 7);

	if (len <= in_qword || !((addr | len) & 3))
		return len;
	if (addr & 7)
		return in_qword;
	return len & ~3u;
}

/* The worse of two: what never arrived outranks what was refused. */
static enum pciem_status worse(enum pciem_status a, enum pciem_status b)
{
	return a > b ? a : b;
}

/* What a read's end is reported with. */
static void end_read(struct flight *f, enum pciem_status status, u64 addr, const u8 *buf, unsigned int len)
{
	report_status(f, status);
	if (trace_pciem_mmio_read_enabled()) {
		u64 val = 0;

		memcpy(&val, buf, min(len, 8U));
		trace_pciem_mmio_read(f->link->id, f->who->pc, addr, len * 8, val, status);
	}
}

static enum pciem_status read_piece(struct pciem_link *link, const struct pciem_who *who, u64 addr, u8 *buf,
				    unsigned int len)
{
	enum pciem_status status;
	struct flight f;

	init_flight(&f, link, who, PCIEM_TLP_MRD);
	pciem_tlp_set_range(&f.hdr, addr, len);
	pciem_count(link, PCIEM_STAT_MEM_READS);
	status = ask(&f, false, buf, len);
	end_read(&f, status, addr, buf, len);
	return status;
}

enum pciem_status pciem_req_await(struct pciem_link *link, const struct pciem_who *who, const struct pciem_tlp *hdr,
				  u64 start_ns, u32 down_end, void *buf, unsigned int bytes)
{
	enum pciem_status status;
	struct flight f;

	init_flight(&f, link, who, PCIEM_TLP_MRD);
	f.hdr = *hdr;
	start_clock(&f, start_ns);
	f.down_end = down_end;
	status = wait_done(&f, hdr->tag, buf, bytes);
	end_read(&f, status, hdr->addr + pciem_tlp_first_byte(hdr->first_be), buf, bytes);
	return status;
}

enum pciem_status pciem_req_mem_read(struct pciem_link *link, const struct pciem_who *who, u64 addr, void *buf,
				     unsigned int len)
{
	enum pciem_status worst = PCIEM_SC, status;
	unsigned int at = 0, piece;

	memset(buf, 0xff, len);
	if (len > PCIEM_REQ_MAX_BYTES)
		return PCIEM_UR;
	for (; at < len; at += piece) {
		if (!may_ask(link, who, true, &status))
			return worse(worst, status);
		piece = next_piece(addr + at, len - at);
		worst = worse(worst, read_piece(link, who, addr + at, buf + at, piece));
	}
	return worst;
}

static enum pciem_status write_piece(struct pciem_link *link, const struct pciem_who *who, u64 addr,
				     const u8 *buf, unsigned int len)
{
	u8 payload[PCIEM_REQ_MAX_BYTES + 8] = { 0 };
	struct flight f;
	int ret;

	init_flight(&f, link, who, PCIEM_TLP_MWR);
	pciem_tlp_set_range(&f.hdr, addr, len);
	memcpy(payload + (addr & 3), buf, len);
	f.payload = payload;
	f.payload_bytes = f.hdr.len_dw * 4u;
	pciem_count(link, PCIEM_STAT_MEM_WRITES);
	ret = send(&f, false);
	if (trace_pciem_mmio_write_enabled()) {
		u64 val = 0;

		memcpy(&val, buf, min(len, 8U));
		trace_pciem_mmio_write(link->id, f.who->pc, addr, len * 8, val, ret ? PCIEM_LINK_DOWN : PCIEM_SC);
	}
	return ret ? PCIEM_LINK_DOWN : PCIEM_SC;
}

enum pciem_status pciem_req_mem_write(struct pciem_link *link, const struct pciem_who *who, u64 addr,
				      const void *buf, unsigned int len)
{
	enum pciem_status worst = PCIEM_SC, status;
	unsigned int at = 0, piece;

	if (len > PCIEM_REQ_MAX_BYTES)
		return PCIEM_UR;
	for (; at < len; at += piece) {
		if (!may_ask(link, who, false, &status))
			return worse(worst, status);
		piece = next_piece(addr + at, len - at);
		worst = worse(worst, write_piece(link, who, addr + at, buf + at, piece));
	}
	return worst;
}

/* ---- for link.c ---- */

/* Posted configuration writes that were never answered: the watchdog's. */
void pciem_req_expire_detached(struct pciem_link *link)
{
	u64 age_ns = (u64)link->deadline_sleep_ms * NSEC_PER_MSEC;
	u64 now_ns = ktime_get_mono_fast_ns();
	unsigned int nr = 0;

	if (now_ns > age_ns)
		nr = pciem_reqtab_expire_detached(&link->reqtab, now_ns - age_ns);
	if (nr) {
		this_cpu_add(link->stats->nr[PCIEM_STAT_EXPIRED], nr);
		if (atomic_add_return(nr, &link->expiries_in_row) >= READ_ONCE(link->max_expiries))
			pciem_link_fail(link, PCIEM_REASON_DEADLINE);
	}
}

void pciem_req_wake_all(struct pciem_link *link)
{
	unsigned int tag;

	for (tag = 0; tag < PCIEM_NR_TAGS; tag++)
		rcuwait_wake_up(&link->wait[tag]);
}
