/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct pciem_link, for the files of the link side: link, ctl, link_ivshmem,
 * ring, rx, site, req, debug. The PCI side sees pciem.h only.
 */
#ifndef PCIEM_LINK_H
#define PCIEM_LINK_H

#include <linux/atomic.h>
#include <linux/percpu.h>
#include <linux/rcuwait.h>

#include "pciem.h"
#include "reqtab.h"

#define PCIEM_NR_TAGS		32
#define PCIEM_WATCHDOG_MS	100

/*
 * A link's session, as link.c keeps it:
 *
 *	idle -> attached -> scanning -> running -> removing -> idle
 *	          |            |           |           |
 *	          +------------+-----------+-----------+--> failed -> idle
 *
 * All transitions but the one to "failed" are made by the link's ordered work
 * item. "failed" is entered from any context and is a flag beside the state.
 */
enum pciem_session {
	PCIEM_SESSION_IDLE,
	PCIEM_SESSION_ATTACHED,
	PCIEM_SESSION_SCANNING,
	PCIEM_SESSION_RUNNING,
	PCIEM_SESSION_REMOVING,
};

enum pciem_stat {
	PCIEM_STAT_CFG_READS,
	PCIEM_STAT_CFG_WRITES,
	PCIEM_STAT_MEM_READS,
	PCIEM_STAT_MEM_WRITES,
	PCIEM_STAT_PLAIN_READS,		/* of these, those that went the short way */
	PCIEM_STAT_PLAIN_WRITES,
	PCIEM_STAT_SLEEPS,		/* waits that went to sleep */
	PCIEM_STAT_EXPIRED,		/* wall-clock deadline of a request */
	PCIEM_STAT_CPL_TIMEOUT,		/* completion timeout told by the engine */
	PCIEM_STAT_REFUSED_NMI,
	PCIEM_STAT_REFUSED_BRIDGE,
	PCIEM_STAT_REFUSED_ONE_CPU,
	PCIEM_STAT_RX_TLPS,
	PCIEM_STAT_RX_MALFORMED,
	PCIEM_STAT_RX_UNEXPECTED_CPL,
	PCIEM_STAT_RX_LATE_CPL,
	PCIEM_STAT_RX_BAD_CPL,
	PCIEM_STAT_RX_UR,		/* requests of the card that nobody serves */
	PCIEM_STAT_RX_POISONED,
	PCIEM_STAT_RX_BME,
	PCIEM_STAT_RX_MESSAGES_LOST,	/* ERR_* beyond the rate limit */
	PCIEM_STAT_RX_STALLS,		/* read left in the ring: no room for its completions */
	PCIEM_STAT_DMA_READS,
	PCIEM_STAT_DMA_WRITES,
	PCIEM_STAT_DMA_ATOMICS,
	PCIEM_STAT_DMA_MISSES,
	PCIEM_STAT_SLOT_MAPS,		/* mappings that got slots */
	PCIEM_STAT_SLOTS_FULL,		/* and those that found none free */
	PCIEM_STAT_KICKS,
	PCIEM_STAT_DOORBELLS,
	PCIEM_STAT_FULL_WAITS,
	PCIEM_STAT_EVENTS_LOST,		/* notes for the log that found no room */
	PCIEM_STAT_SITES,
	PCIEM_STAT_SITES_LOST,
	PCIEM_STAT_SESSIONS,
	PCIEM_STAT_NR,
};

struct pciem_stats {
	u64 nr[PCIEM_STAT_NR];
};

struct pciem_site_table;	/* site.c */

/**
 * struct pciem_link_ops - what differs by where the block lives
 * @kick: wake the bridge; any context but NMI
 * @current_is_bridge: whether the current task must not wait for the link; may be NULL
 * @released: the block, @priv and these operations are not used any more; the link itself
 *	may live on as long as somebody holds a device that was removed
 * @take_slots: hands over the area of DMA slots, NULL if there is none; may be NULL
 * @is_local: the bridge is a process of this machine: it needs a CPU of ours
 */
struct pciem_link_ops {
	void (*kick)(struct pciem_link *link);
	bool (*current_is_bridge)(const struct pciem_link *link);
	void (*released)(struct pciem_link *link);
	struct pciem_dma_slots *(*take_slots)(struct pciem_link *link);
	bool is_local;
};

struct pciem_link {
	struct kref ref;
	int id;
	char name[32];
	struct device *parent;
	const struct pciem_link_ops *ops;
	bool is_local;
	void *priv;
	struct list_head node;		/* main.c's list of links */
	struct dentry *debugfs;

	/* the block: constant from creation on */
	struct pciem_kernel_words *kw;	/* written by us, never read */
	struct pciem_bridge_words *bw;	/* written by the bridge: READ_ONCE and check */
	u8 *down, *up;
	u32 down_bytes, up_bytes;
	u32 deadline_atomic_ms, deadline_sleep_ms, max_expiries;

	/* session */
	struct mutex state_mutex;
	enum pciem_session session;
	bool up_flag;			/* requests are accepted; any context reads it */
	unsigned long flags;		/* PCIEM_LINKF_* */
	u32 reason;			/* any context writes it, the last one stays */
	u32 epoch;			/* written by the state's work, any context reads it */
	u32 seen_epoch, seen_state;	/* bridge's words as last acted upon, hints */
	raw_spinlock_t words_lock;	/* kw->state, kw->reason, and whether a session fails */
	atomic_t state_changes;
	struct workqueue_struct *wq;	/* of state_work alone */
	unsigned int bridge_cpu;	/* local: where the bridge was seen last, a hint */
	struct work_struct state_work;
	struct work_struct tell_down_work;
	struct work_struct drain_work;
	struct delayed_work stall_work;
	struct delayed_work watchdog;
	unsigned int watchdog_rounds;
	struct work_struct free_work;
	wait_queue_head_t closed_wq;

	/* down ring */
	raw_spinlock_t down_lock;
	u32 down_head, down_tail_seen, down_reserved;
	u64 down_seq;
	u64 nr_requests;		/* of the host */

	/* up ring */
	raw_spinlock_t drain_lock;
	u32 up_tail;
	u64 up_seq;
	u64 stalled_since_ns;
	u8 *rx_buf;			/* PCIEM_REC_MAX_BYTES, of the drain_lock's holder */
	u8 *tx_buf;			/* likewise, payload of a completion */
	bool is_interruptible;		/* what drains now takes interrupts before long */
	atomic_t nr_pollers;

	/* host requests */
	struct pciem_reqtab reqtab;
	struct rcuwait wait[PCIEM_REQTAB_SLOTS];
	atomic_t expiries_in_row;
	atomic64_t nr_irqs;
	u8 secondary_bus;
	struct pciem_site_table *sites;

	struct pciem_stats __percpu *stats;
	/* rate limits of notes and of the root port's errors, drain_lock */
	u64 event_window_ns, error_window_ns, message_window_ns;
	unsigned int events_in_window, errors_in_window, messages_in_window;

	struct pciem_root *root;
	struct pciem_dma *dma;
	struct pciem_irq *irq;
};

/* pciem_link.flags bits */
#define PCIEM_LINKF_FAILED	0	/* this session is dead, removal pending */
#define PCIEM_LINKF_CLOSING	1	/* the owner is gone: no new session */
#define PCIEM_LINKF_CLOSED	2	/* the block and ops are not ours any more */
#define PCIEM_LINKF_ORDERLY	3	/* closing with the link up until remove() returned */
#define PCIEM_LINKF_SESSION	4	/* indices are valid: rings may be used */
#define PCIEM_LINKF_FAIL_DONE	5	/* FAILED, and pciem_link_fail() has done all of it */
#define PCIEM_LINKF_RESCAN_LENT	6	/* who closes holds PCI's rescan lock, and waits */

static inline void pciem_count(struct pciem_link *link, enum pciem_stat stat)
{
	this_cpu_inc(link->stats->nr[stat]);
}

/*
 * The block and link->ops may go while the link lives on. They are used by the
 * owner, by the link's work item, under a ring's lock with SESSION set, and else
 * only between these two, which do not sleep.
 */
static inline bool pciem_block_enter(const struct pciem_link *link)
{
	rcu_read_lock();
	if (likely(!test_bit(PCIEM_LINKF_CLOSED, &link->flags)))
		return true;
	rcu_read_unlock();
	return false;
}

static inline void pciem_block_leave(const struct pciem_link *link)
{
	rcu_read_unlock();
}

/* The same for a few loads and stores of the block: cheaper, and nothing in between may take a lock. */
static inline bool pciem_block_peek(const struct pciem_link *link)
{
	preempt_disable();
	if (likely(!test_bit(PCIEM_LINKF_CLOSED, &link->flags)))
		return true;
	preempt_enable();
	return false;
}

static inline void pciem_block_peeked(const struct pciem_link *link)
{
	preempt_enable();
}

/* ---- link.c ---- */

/* Checks @hdr (a private copy) against @block_bytes. Return: 0, or -EINVAL with a text in @why. */
int pciem_hdr_check(const struct pciem_hdr *hdr, u64 block_bytes, const char **why);
/* PCIEM_REASON_* in words. */
const char *pciem_reason_text(u32 reason);
/* Lays a block out for two rings; @hdr->total_bytes and the offsets are set. */
void pciem_hdr_layout(struct pciem_hdr *hdr, u32 down_bytes, u32 up_bytes);

/**
 * pciem_link_create() - a link on a block whose header was checked
 * @hdr: private copy of the header
 * @parent: device that the host bridge hangs on; NULL makes a platform device
 *
 * The caller owns one reference, which pciem_link_close() takes over.
 * Return: the link or ERR_PTR.
 */
struct pciem_link *pciem_link_create(const struct pciem_hdr *hdr, void *base, struct device *parent,
				     const struct pciem_link_ops *ops, void *priv);

/**
 * pciem_link_close() - the owner lets go: ends the session and drops the
 *	owner's reference when everything of it is gone
 * @orderly: the drivers' remove() may still reach the card
 * @reason: PCIEM_REASON_*
 * @wait: return after the removal only; process context
 */
void pciem_link_close(struct pciem_link *link, bool orderly, u32 reason, bool wait);

/* link_watch.c */
void pciem_link_init_works(struct pciem_link *link);
/* For the state's work item alone. Return: NULL when there is no memory. */
struct workqueue_struct *pciem_link_make_wq(int id);
void pciem_link_queue_state(struct pciem_link *link);

/* Looks at the bridge's words and acts on what is new. Any context but NMI, cheap. */
void pciem_link_check_words(struct pciem_link *link);

/* main.c: for each link that exists; process context */
void pciem_link_for_each(void (*fn)(struct pciem_link *link, void *arg), void *arg);
int pciem_links_init(void);
void pciem_links_exit(void);	/* waits until no link is left */
void pciem_links_going_down(void);
/* One store per link, no lock: panic. */
void pciem_links_panic(void);
extern unsigned int pciem_poll_us, pciem_idle_poll_us;

/* ---- ring.c ---- */

/* Three parts of a body; the second and third may be empty. */
struct pciem_push {
	u16 type;
	u16 flags;
	u32 aux;
	struct {
		const void *data;
		u32 bytes;
	} part[3];
};

#define PCIEM_PUSH_WAIT		0	/* until the deadline, then link-down */
#define PCIEM_PUSH_NOWAIT	1	/* -EAGAIN when full */
#define PCIEM_PUSH_RESERVED	2	/* from what pciem_ring_reserve() set aside; no wait */
#define PCIEM_PUSH_MAY_SLEEP	4	/* with PCIEM_PUSH_WAIT: may call the scheduler */

int pciem_ring_push(struct pciem_link *link, const struct pciem_push *push, unsigned int mode);
/* Room for records of @bytes in all, to be used with PCIEM_PUSH_RESERVED. Return: false when there is none. */
bool pciem_ring_reserve(struct pciem_link *link, u32 bytes);
void pciem_ring_unreserve(struct pciem_link *link);
bool pciem_ring_down_is_empty(const struct pciem_link *link);
/* The bridge's index as it is in the block, unchecked: a hint. */
u32 pciem_ring_down_tail(const struct pciem_link *link);
bool pciem_ring_up_is_empty(const struct pciem_link *link);
/* Looks some dozen times whether the up ring has something, less than a microsecond. Return: whether it has. */
bool pciem_ring_spin(const struct pciem_link *link);
/* Handles one record if nobody else drains. Return: whether it did. */
bool pciem_drain_poll(struct pciem_link *link);
/* Handles at most @budget records. Return: whether some are left. */
bool pciem_drain_budget(struct pciem_link *link, unsigned int budget);
/*
 * Bytes that the bridge has not consumed of the down ring; more than the ring has when
 * its tail cannot be. down_lock is held.
 */
u32 pciem_ring_down_used(struct pciem_link *link);
/* What has come while nobody was kicked for it. */
void pciem_drain_rest(struct pciem_link *link);
/* The bridge need not kick while somebody polls. */
void pciem_poll_begin(struct pciem_link *link);
void pciem_poll_end(struct pciem_link *link);
void pciem_drain_and_poll(struct pciem_link *link);
/* Doorbell interrupt. */
void pciem_ring_doorbell(struct pciem_link *link);
void pciem_ring_new_session(struct pciem_link *link);
void pciem_ring_init(struct pciem_link *link);
/* Once, before the first link. */
void pciem_ring_setup(void);
void pciem_ring_kick(struct pciem_link *link);

/* ---- rx.c ---- */

/* One record of the up ring. Return: 0 or -EAGAIN: leave it in the ring. drain_lock is held. */
int pciem_rx_record(struct pciem_link *link, const struct pciem_rec *rec, const u8 *body);
/* A completion for the card's request @req; room was reserved when @reserved. */
void pciem_rx_send_cpl(struct pciem_link *link, const struct pciem_tlp *cpl, const u8 *payload,
		       unsigned int payload_bytes, bool reserved);
void pciem_rx_root_error(struct pciem_link *link, u32 bit, const u8 *hdr);
/* Note for the log from the drain: rate limited, dropped (and counted) when there is no room. */
__printf(3, 4) void pciem_rx_event(struct pciem_link *link, u32 event, const char *fmt, ...);

/* ---- site.c ---- */

struct pciem_site_table *pciem_site_create(void);
void pciem_site_destroy(struct pciem_site_table *table);
void pciem_site_new_session(struct pciem_link *link);
/*
 * Number of the call site of @who, 0 when unknown; sends the record when it is new.
 * @token: out: pciem_site_token() of its address
 */
u32 pciem_site_intern(struct pciem_link *link, const struct pciem_who *who, bool with_stack, u64 *token);
/* The same for one that is found at once, and has been sent; 0: ask pciem_site_intern(). */
u32 pciem_site_known(struct pciem_link *link, unsigned long pc, u64 *token);

/* What the bridge gets instead of an address; 0 for 0. Any context. */
u64 pciem_site_token(struct pciem_link *link, unsigned long pc);

/* ---- req.c ---- */

/*
 * The wait for a read that req_plain.c has sent: @hdr with tag @hdr->tag, at @start_ns; @down_end
 * is where its record ends. Everything that a wait may come to, and its reports. @buf is as
 * after pciem_req_mem_read().
 */
enum pciem_status pciem_req_await(struct pciem_link *link, const struct pciem_who *who, const struct pciem_tlp *hdr,
				  u64 start_ns, u32 down_end, void *buf, unsigned int bytes);
void pciem_req_expire_detached(struct pciem_link *link);
void pciem_req_wake_all(struct pciem_link *link);

/* ---- debug.c ---- */
void pciem_debug_init(void);
void pciem_debug_exit(void);
void pciem_debug_add(struct pciem_link *link);
void pciem_debug_remove(struct pciem_link *link);

#endif /* PCIEM_LINK_H */
