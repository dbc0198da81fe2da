// SPDX-License-Identifier: GPL-2.0
/*
 * A link: its block of memory, its session, its life.
 *
 * Death comes in two phases. First pciem_link_fail(), from any context but NMI:
 * one store makes every later request end at once with all-ones, all waiters
 * are woken, the devices are marked as gone. Then the link's work item, in
 * process context, removes the devices, waits for the last user of the PCI
 * side (a second at most; what is held longer is kept, and answers all-ones),
 * and ends the session. Between the two, these may still run, and each
 * sees pciem_link_is_up() return false:
 *
 *	- CPUs inside pciem_req_*(), polling or asleep: they return
 *	- CPUs inside the drain: pop_one() refuses after the flag, at most the
 *	  record in hand is finished, under drain_lock
 *	- drivers of the devices, in remove(), handlers, timers, works: their
 *	  accesses return all-ones, their DMA unmaps work as ever
 *	- interrupt handlers and irq_works queued before
 *	- the bridge in ENTER, poll() or a page fault on the block: it holds the
 *	  file, and thus the block
 *
 * The block goes back to its owner when the link is closed and nothing of a
 * session is left. The link itself goes with the last reference, which is that
 * of a removed device that a mounted file system still holds, say; from a work
 * item of the module's own queue, which module exit drains.
 */
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <asm/barrier.h>

#include "compat.h"
#include "link.h"

#define DEFAULT_DEADLINE_MS	250
#define DEFAULT_EXPIRIES	3
#define MAX_LINKS		64

static LIST_HEAD(links);		/* RCU; writers hold links_mutex */
static DEFINE_MUTEX(links_mutex);
static DEFINE_IDA(link_ids);
static atomic_t nr_links = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(no_links_wq);
static struct workqueue_struct *free_wq;
static bool going_down;			/* the machine is: nothing is attached or removed any more */

/* ---- small things for the other files ---- */

bool pciem_link_is_up(const struct pciem_link *link)
{
	return READ_ONCE(link->up_flag);
}

const char *pciem_link_name(const struct pciem_link *link)
{
	return link->name;
}

int pciem_link_id(const struct pciem_link *link)
{
	return link->id;
}

struct device *pciem_link_parent(struct pciem_link *link)
{
	return link->parent;
}

struct pciem_root *pciem_link_root(struct pciem_link *link)
{
	return READ_ONCE(link->root);
}

struct pciem_dma *pciem_link_dma(struct pciem_link *link)
{
	return link->dma;
}

struct pciem_irq *pciem_link_irq(struct pciem_link *link)
{
	return link->irq;
}

void pciem_link_set_root(struct pciem_link *link, struct pciem_root *root)
{
	smp_store_release(&link->root, root);
}

void pciem_link_set_dma(struct pciem_link *link, struct pciem_dma *dma)
{
	link->dma = dma;
}

void pciem_link_set_irq(struct pciem_link *link, struct pciem_irq *irq)
{
	link->irq = irq;
}

void pciem_link_set_secondary_bus(struct pciem_link *link, u8 bus)
{
	WRITE_ONCE(link->secondary_bus, bus);
}

void pciem_link_count_irq(struct pciem_link *link)
{
	if (!pciem_block_enter(link))
		return;
	WRITE_ONCE(link->kw->irqs, atomic64_inc_return(&link->nr_irqs));
	pciem_block_leave(link);
}

bool pciem_link_current_is_bridge(const struct pciem_link *link)
{
	bool is_bridge = false;

	if (link->is_local && pciem_block_enter(link)) {
		is_bridge = link->ops->current_is_bridge && link->ops->current_is_bridge(link);
		pciem_block_leave(link);
	}
	return is_bridge;
}

/* ---- session ---- */

/* Publishes PCIEM_KERNEL_*; nothing but the end follows a failure. */
static void publish_state(struct pciem_link *link, u32 state)
{
	unsigned long irqflags;
	bool is_end = state == PCIEM_KERNEL_FAILED || state == PCIEM_KERNEL_DETACHED ||
		      state == PCIEM_KERNEL_ABSENT;

	if (!pciem_block_enter(link))
		return;
	raw_spin_lock_irqsave(&link->words_lock, irqflags);
	if (is_end || !test_bit(PCIEM_LINKF_FAILED, &link->flags)) {
		WRITE_ONCE(link->kw->epoch, link->epoch);
		WRITE_ONCE(link->kw->reason, READ_ONCE(link->reason));
		/* pairs with the bridge's acquire of state: epoch, reason and indices are older */
		virt_store_release(&link->kw->state, state);
	}
	raw_spin_unlock_irqrestore(&link->words_lock, irqflags);
	atomic_inc(&link->state_changes);
	link->ops->kick(link);
	pciem_block_leave(link);
}

/* A slot that is being ended holds up who completes or expires it: not preempted there. */
static void abort_requests(struct pciem_link *link)
{
	unsigned long irqflags;

	local_irq_save(irqflags);
	pciem_reqtab_abort_all(&link->reqtab);
	local_irq_restore(irqflags);
}

/* Not where the link failed: a console may be slow, and an access has a deadline. */
static void tell_down_fn(struct work_struct *work)
{
	struct pciem_link *link = container_of(work, struct pciem_link, tell_down_work);

	pr_warn_ratelimited("pciem %s: link down: %s\n", link->name, pciem_reason_text(READ_ONCE(link->reason)));
}

/*
 * Of the session that is there, once. words_lock: nobody who found the session
 * sets the flag after stop_rings(), so that the next session is not reached.
 */
static bool is_first_failure(struct pciem_link *link)
{
	unsigned long irqflags;
	bool is_first;

	raw_spin_lock_irqsave(&link->words_lock, irqflags);
	is_first = test_bit(PCIEM_LINKF_SESSION, &link->flags) &&
		   !test_and_set_bit(PCIEM_LINKF_FAILED, &link->flags);
	raw_spin_unlock_irqrestore(&link->words_lock, irqflags);
	return is_first;
}

/*
 * May be preempted anywhere. Until all is done, the state work does not end this
 * session: nothing here may reach the next one.
 */
void pciem_link_fail(struct pciem_link *link, u32 reason)
{
	if (!is_first_failure(link))
		return;
	WRITE_ONCE(link->up_flag, false);
	WRITE_ONCE(link->reason, reason);
	publish_state(link, PCIEM_KERNEL_FAILED);
	abort_requests(link);
	pciem_req_wake_all(link);
	pciem_root_mark_dead(link);
	queue_work(system_unbound_wq, &link->tell_down_work);
	smp_mb__before_atomic();	/* all of the above, then the flag; pairs with is_failing() */
	set_bit(PCIEM_LINKF_FAIL_DONE, &link->flags);
	pciem_link_queue_state(link);
}

/* state_mutex is held; the watchdog, debugfs and suspend look without it. */
static void set_session(struct pciem_link *link, enum pciem_session session)
{
	WRITE_ONCE(link->session, session);
}

static void start_session(struct pciem_link *link, u32 epoch)
{
	clear_bit(PCIEM_LINKF_FAIL_DONE, &link->flags);
	clear_bit(PCIEM_LINKF_FAILED, &link->flags);
	WRITE_ONCE(link->epoch, epoch);
	WRITE_ONCE(link->reason, PCIEM_REASON_NONE);
	pciem_ring_new_session(link);
	pciem_reqtab_new_session(&link->reqtab);
	pciem_site_new_session(link);
	atomic_set(&link->expiries_in_row, 0);
	link->nr_requests = 0;
	atomic64_set(&link->nr_irqs, 0);
	WRITE_ONCE(link->kw->requests, 0);
	WRITE_ONCE(link->kw->irqs, 0);
	pciem_count(link, PCIEM_STAT_SESSIONS);
	smp_mb__before_atomic();	/* the indices before the flag that allows their use */
	set_bit(PCIEM_LINKF_SESSION, &link->flags);
	set_session(link, PCIEM_SESSION_ATTACHED);
	publish_state(link, PCIEM_KERNEL_ATTACHED);
}

/* Nothing uses the rings any more when this returns, and nobody waits. */
static void stop_rings(struct pciem_link *link)
{
	unsigned long irqflags;

	WRITE_ONCE(link->up_flag, false);
	raw_spin_lock_irqsave(&link->drain_lock, irqflags);
	raw_spin_lock(&link->down_lock);
	raw_spin_lock(&link->words_lock);	/* see is_first_failure() */
	clear_bit(PCIEM_LINKF_SESSION, &link->flags);
	raw_spin_unlock(&link->words_lock);
	raw_spin_unlock(&link->down_lock);
	raw_spin_unlock_irqrestore(&link->drain_lock, irqflags);
	abort_requests(link);
	pciem_req_wake_all(link);
}

static void end_session(struct pciem_link *link)
{
	stop_rings(link);
	set_session(link, PCIEM_SESSION_IDLE);
	publish_state(link, PCIEM_KERNEL_DETACHED);
}

static void attach_devices(struct pciem_link *link)
{
	int ret;

	set_session(link, PCIEM_SESSION_SCANNING);
	WRITE_ONCE(link->up_flag, true);
	/* a failure just before is not undone: the flag is looked at again */
	smp_mb();
	if (test_bit(PCIEM_LINKF_FAILED, &link->flags))
		WRITE_ONCE(link->up_flag, false);
	publish_state(link, PCIEM_KERNEL_SCANNING);
	if (!try_module_get(THIS_MODULE)) {	/* see detach_devices() */
		pciem_link_fail(link, PCIEM_REASON_UNLOAD);
		set_session(link, PCIEM_SESSION_ATTACHED);
		return;
	}
	ret = pciem_root_attach(link);
	set_session(link, PCIEM_SESSION_RUNNING);
	if (ret) {
		pr_err("pciem %s: no PCI domain: error %d\n", link->name, ret);
		pciem_send_event(link, PCIEM_EVENT_STATE, "enumeration failed: error %d", ret);
		pciem_link_fail(link, PCIEM_REASON_SCAN);
		return;
	}
	publish_state(link, PCIEM_KERNEL_RUNNING);
}

/*
 * While devices are attached, the link holds the module: rmmod is refused. What
 * detaches is the bridge (LEAVING or DOWN), the end of its process, or unbinding
 * the ivshmem device.
 */
static void detach_devices(struct pciem_link *link, bool surprise)
{
	if (link->session == PCIEM_SESSION_RUNNING || link->session == PCIEM_SESSION_SCANNING) {
		set_session(link, PCIEM_SESSION_REMOVING);
		if (!surprise)
			publish_state(link, PCIEM_KERNEL_REMOVING);
		pciem_root_detach(link, surprise);
		module_put(THIS_MODULE);
	}
	end_session(link);
}

/* Reads the bridge's words once. Values that cannot be count as "absent". */
static void read_words(struct pciem_link *link, u32 *epoch, u32 *state)
{
	/* pairs with the bridge's release of state: epoch and indices are older */
	*state = virt_load_acquire(&link->bw->state);
	*epoch = READ_ONCE(link->bw->epoch);
	if (*state > PCIEM_BRIDGE_DOWN || !*epoch)
		*state = PCIEM_BRIDGE_ABSENT;
}

static bool is_gone(const struct pciem_link *link, u32 epoch, u32 state)
{
	return epoch != READ_ONCE(link->epoch) || state == PCIEM_BRIDGE_DOWN || state == PCIEM_BRIDGE_ABSENT;
}

/* Somebody is in pciem_link_fail(), and queues the state work when that is done. */
static bool is_failing(const struct pciem_link *link)
{
	return test_bit(PCIEM_LINKF_FAILED, &link->flags) && !test_bit(PCIEM_LINKF_FAIL_DONE, &link->flags);
}

/* One transition, if one is due. Return: whether there was one. state_mutex is held. */
static bool step(struct pciem_link *link)
{
	bool is_idle = link->session == PCIEM_SESSION_IDLE;
	u32 epoch, state;

	read_words(link, &epoch, &state);
	WRITE_ONCE(link->seen_epoch, epoch);
	WRITE_ONCE(link->seen_state, state);

	if (READ_ONCE(going_down) || is_failing(link))
		return false;
	smp_rmb();	/* pairs with smp_mb__before_atomic() in pciem_link_fail() */
	if (!is_idle && test_bit(PCIEM_LINKF_FAILED, &link->flags)) {
		flush_work(&link->tell_down_work);	/* before what the drivers say, and of this session */
		detach_devices(link, true);
		return true;
	}
	if (test_bit(PCIEM_LINKF_CLOSING, &link->flags)) {
		if (!is_idle)
			detach_devices(link, !test_bit(PCIEM_LINKF_ORDERLY, &link->flags));
		return !is_idle;
	}
	if (is_idle) {
		if (epoch == link->epoch || (state != PCIEM_BRIDGE_READY && state != PCIEM_BRIDGE_UP))
			return false;
		start_session(link, epoch);
		return true;
	}
	if (is_gone(link, epoch, state)) {
		pciem_link_fail(link, PCIEM_REASON_BRIDGE);
		return true;
	}
	if (state == PCIEM_BRIDGE_LEAVING) {
		detach_devices(link, false);
		return true;
	}
	if (link->session == PCIEM_SESSION_ATTACHED && state == PCIEM_BRIDGE_UP) {
		attach_devices(link);
		return true;
	}
	return false;
}

/* The owner gets the block back; see pciem_block_enter(). */
static void let_go(struct pciem_link *link)
{
	pciem_debug_remove(link);
	mutex_lock(&links_mutex);
	list_del_rcu(&link->node);
	mutex_unlock(&links_mutex);
	if (link->parent && link->parent->bus == &platform_bus_type)
		platform_device_unregister(to_platform_device(link->parent));
	set_bit(PCIEM_LINKF_CLOSED, &link->flags);
	synchronize_rcu();
	link->ops->released(link);
}

static void finish_close(struct pciem_link *link)
{
	/* while the machine goes down, devices are still attached here */
	stop_rings(link);
	publish_state(link, PCIEM_KERNEL_ABSENT);
	cancel_delayed_work_sync(&link->watchdog);
	cancel_delayed_work_sync(&link->stall_work);
	cancel_work_sync(&link->drain_work);
	flush_work(&link->tell_down_work);
	let_go(link);
	wake_up_all(&link->closed_wq);
	pciem_link_put(link);		/* taken by pciem_link_close() */
}

static void state_work_fn(struct work_struct *work)
{
	struct pciem_link *link = container_of(work, struct pciem_link, state_work);

	/* queued once more while it closed */
	if (test_bit(PCIEM_LINKF_CLOSED, &link->flags))
		return;
	mutex_lock(&link->state_mutex);
	/* the bridge decides how many are due: it may end sessions as fast as it starts them */
	while (step(link))
		cond_resched();
	mutex_unlock(&link->state_mutex);
	if (test_bit(PCIEM_LINKF_CLOSING, &link->flags) && !is_failing(link))
		finish_close(link);
}

void pciem_link_check_words(struct pciem_link *link)
{
	u32 epoch, state;

	if (!pciem_block_enter(link))
		return;
	read_words(link, &epoch, &state);
	pciem_block_leave(link);
	if (epoch == READ_ONCE(link->seen_epoch) && state == READ_ONCE(link->seen_state))
		return;
	if (test_bit(PCIEM_LINKF_SESSION, &link->flags) && is_gone(link, epoch, state))
		pciem_link_fail(link, PCIEM_REASON_BRIDGE);
	pciem_link_queue_state(link);
}

/* ---- life ---- */

static void free_work_fn(struct work_struct *work)
{
	struct pciem_link *link = container_of(work, struct pciem_link, free_work);

	if (link->wq)
		destroy_workqueue(link->wq);
	/* a doorbell may have queued them after finish_close() */
	cancel_delayed_work_sync(&link->stall_work);
	cancel_work_sync(&link->drain_work);
	if (link->irq)
		pciem_irq_fini(link);
	if (link->dma)
		pciem_dma_fini(link);
	if (link->root)
		pciem_root_fini(link);
	pciem_site_destroy(link->sites);
	free_percpu(link->stats);
	kfree(link->rx_buf);
	kfree(link->tx_buf);
	ida_free(&link_ids, link->id);
	kfree(link);
	if (atomic_dec_and_test(&nr_links))
		wake_up_all(&no_links_wq);
}

static void release(struct kref *ref)
{
	struct pciem_link *link = container_of(ref, struct pciem_link, ref);

	queue_work(free_wq, &link->free_work);
}

void pciem_link_get(struct pciem_link *link)
{
	kref_get(&link->ref);
}

void pciem_link_put(struct pciem_link *link)
{
	kref_put(&link->ref, release);
}

static void init_fields(struct pciem_link *link, const struct pciem_hdr *hdr, void *base)
{
	unsigned int i;

	kref_init(&link->ref);
	link->kw = base + hdr->kernel_off;
	link->bw = base + hdr->bridge_off;
	link->down = base + hdr->down_off;
	link->up = base + hdr->up_off;
	link->down_bytes = hdr->down_bytes;
	link->up_bytes = hdr->up_bytes;
	link->deadline_atomic_ms = hdr->deadline_atomic_ms ?: DEFAULT_DEADLINE_MS;
	link->deadline_sleep_ms = hdr->deadline_sleep_ms ?: link->deadline_atomic_ms;
	link->max_expiries = hdr->expiries_to_link_down ?: DEFAULT_EXPIRIES;
	link->secondary_bus = 1;
	mutex_init(&link->state_mutex);
	raw_spin_lock_init(&link->words_lock);
	init_waitqueue_head(&link->closed_wq);
	INIT_WORK(&link->state_work, state_work_fn);
	INIT_WORK(&link->tell_down_work, tell_down_fn);
	INIT_WORK(&link->free_work, free_work_fn);
	pciem_link_init_works(link);
	pciem_ring_init(link);
	pciem_reqtab_init(&link->reqtab, PCIEM_NR_TAGS);
	for (i = 0; i < PCIEM_REQTAB_SLOTS; i++)
		rcuwait_init(&link->wait[i]);
}

static int make_parent(struct pciem_link *link, struct device *parent)
{
	struct platform_device *pdev;

	link->parent = parent;
	if (parent)
		return 0;
	pdev = platform_device_register_simple("pciem", link->id, NULL, 0);
	if (IS_ERR(pdev))	/* nothing here is invalid: it had no memory for the device's name */
		return PTR_ERR(pdev) == -EINVAL ? -ENOMEM : PTR_ERR(pdev);
	link->parent = &pdev->dev;
	return 0;
}

static int make_parts(struct pciem_link *link, struct device *parent)
{
	int ret;

	link->wq = pciem_link_make_wq(link->id);
	link->sites = pciem_site_create();
	link->rx_buf = kzalloc(PCIEM_REC_MAX_BYTES, GFP_KERNEL);
	link->tx_buf = kzalloc(PCIEM_REC_MAX_BYTES, GFP_KERNEL);
	if (!link->wq || !link->sites || !link->rx_buf || !link->tx_buf)
		return -ENOMEM;
	ret = make_parent(link, parent);
	if (!ret)
		ret = pciem_root_init(link);
	if (!ret)
		ret = pciem_dma_init(link);
	if (!ret)
		ret = pciem_irq_init(link);
	return ret;
}

/* For a link that could not be made: the caller keeps its memory. */
static void nothing_released(struct pciem_link *link)
{
}

static const struct pciem_link_ops stillborn_ops = { .released = nothing_released };

struct pciem_link *pciem_link_create(const struct pciem_hdr *hdr, void *base, struct device *parent,
				     const struct pciem_link_ops *ops, void *priv)
{
	struct pciem_link *link = kzalloc(sizeof(*link), GFP_KERNEL);
	int ret;

	if (!link)
		return ERR_PTR(-ENOMEM);
	link->id = ida_alloc_max(&link_ids, MAX_LINKS - 1, GFP_KERNEL);
	if (link->id < 0) {
		ret = link->id;
		kfree(link);
		return ERR_PTR(ret);
	}
	link->stats = alloc_percpu(struct pciem_stats);
	if (!link->stats) {
		ida_free(&link_ids, link->id);
		kfree(link);
		return ERR_PTR(-ENOMEM);
	}
	atomic_inc(&nr_links);
	init_fields(link, hdr, base);
	link->ops = ops;
	link->is_local = ops->is_local;
	link->priv = priv;
	if (hdr->name[0])
		snprintf(link->name, sizeof(link->name), "%s", hdr->name);
	else
		snprintf(link->name, sizeof(link->name), "link%d", link->id);
	mutex_lock(&links_mutex);
	list_add_rcu(&link->node, &links);
	mutex_unlock(&links_mutex);

	ret = make_parts(link, parent);
	if (ret) {
		link->ops = &stillborn_ops;
		let_go(link);
		pciem_link_put(link);
		flush_workqueue(free_wq);	/* the caller frees the block next */
		return ERR_PTR(ret);
	}
	pciem_debug_add(link);
	publish_state(link, PCIEM_KERNEL_ABSENT);
	queue_delayed_work(system_wq, &link->watchdog, msecs_to_jiffies(PCIEM_WATCHDOG_MS));
	return link;
}

void pciem_link_close(struct pciem_link *link, bool orderly, u32 reason, bool wait)
{
	pciem_link_get(link);		/* dropped by finish_close() */
	WRITE_ONCE(link->reason, reason);
	if (wait)
		pciem_rescan_lend(link);
	if (orderly)
		set_bit(PCIEM_LINKF_ORDERLY, &link->flags);
	set_bit(PCIEM_LINKF_CLOSING, &link->flags);
	if (!orderly)
		pciem_link_fail(link, reason);
	pciem_link_queue_state(link);
	if (wait)
		wait_event(link->closed_wq, test_bit(PCIEM_LINKF_CLOSED, &link->flags));
	pciem_link_put(link);
}

void pciem_link_for_each(void (*fn)(struct pciem_link *link, void *arg), void *arg)
{
	struct pciem_link *link;

	mutex_lock(&links_mutex);
	list_for_each_entry(link, &links, node)
		fn(link, arg);
	mutex_unlock(&links_mutex);
}

void pciem_links_panic(void)
{
	struct pciem_link *link;

	list_for_each_entry_rcu(link, &links, node, true)
		WRITE_ONCE(link->up_flag, false);
}

/*
 * Reboot: drivers shut their devices down next, with the link up, so that a card
 * whose bridge lives sees it. If it does not, the first deadline is the last.
 * Removal beside device_shutdown() would disable devices twice.
 */
void pciem_links_going_down(void)
{
	struct pciem_link *link;

	WRITE_ONCE(going_down, true);
	mutex_lock(&links_mutex);
	list_for_each_entry(link, &links, node)
		WRITE_ONCE(link->max_expiries, 1);
	mutex_unlock(&links_mutex);
}

int pciem_links_init(void)
{
	pciem_ring_setup();
	free_wq = alloc_workqueue("pciem_free", WQ_PERCPU, 0);
	return free_wq ? 0 : -ENOMEM;
}

void pciem_links_exit(void)
{
	wait_event(no_links_wq, !atomic_read(&nr_links));
	destroy_workqueue(free_wq);
	ida_destroy(&link_ids);
}
