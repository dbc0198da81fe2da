// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/pciem: a link whose block is pages of the kernel and whose bridge is a
 * process of this machine. One open file is one link.
 *
 * The end of the owner is the end of the link, whoever else holds the file: a
 * child that inherited it does not keep a dead bridge's card alive.
 */
#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched/mm.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "link.h"

/* Lives as long as the file and, once created, the link. */
struct local {
	struct mutex mutex;		/* creation */
	struct pciem_link *link;	/* NULL until created */
	struct pciem_hdr hdr;
	void *block;
	struct eventfd_ctx *eventfd;
	struct mm_struct *mm;		/* of the owner, for comparison */
	pid_t owner_tgid;
	wait_queue_head_t wq;
	struct irq_work kick_work;	/* PREEMPT_RT */
	struct task_struct *waiter;	/* first in PCIEM_IOC_ENTER; exits no earlier */
	int seen_changes;
};

static void forget_eventfd(struct local *local)
{
	irq_work_sync(&local->kick_work);
	if (local->eventfd)
		eventfd_ctx_put(local->eventfd);
	local->eventfd = NULL;
}

static void local_free(struct local *local)
{
	forget_eventfd(local);
	vfree(local->block);
	mmdrop(local->mm);
	kfree(local);
}

/*
 * Whoever waits in PCIEM_IOC_ENTER: waking a task takes raw locks alone. With a
 * wait queue's lock, which sleeps on PREEMPT_RT, the bridge could have to wait for
 * a thread that holds it on the CPU that waits for the bridge.
 */
static void wake_waiter(struct local *local)
{
	struct task_struct *waiter;

	rcu_read_lock();
	waiter = READ_ONCE(local->waiter);
	if (waiter)
		wake_up_process(waiter);
	rcu_read_unlock();
}

/* Who polls the file or the eventfd, and further threads in PCIEM_IOC_ENTER. */
static void wake_others(struct local *local)
{
	wake_up_interruptible(&local->wq);
	if (local->eventfd && eventfd_signal_allowed())
		pciem_eventfd_signal(local->eventfd);
}

static void wake_others_later(struct irq_work *work)
{
	wake_others(container_of(work, struct local, kick_work));
}

/*
 * The locks of the others sleep on PREEMPT_RT, and the caller may hold raw ones:
 * the irq_work's thread does it, which has a priority of its own.
 */
static void local_kick(struct pciem_link *link)
{
	struct local *local = link->priv;

	wake_waiter(local);
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && !preemptible())
		irq_work_queue(&local->kick_work);
	else
		wake_others(local);
}

static bool local_current_is_bridge(const struct pciem_link *link)
{
	const struct local *local = link->priv;

	return current->mm && current->mm == local->mm;
}

static void local_released(struct pciem_link *link)
{
	local_free(link->priv);
}

static const struct pciem_link_ops local_ops = {
	.kick = local_kick,
	.current_is_bridge = local_current_is_bridge,
	.released = local_released,
	.is_local = true,
};

static int pciem_open(struct inode *inode, struct file *file)
{
	struct local *local;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	local = kzalloc(sizeof(*local), GFP_KERNEL_ACCOUNT);
	if (!local)
		return -ENOMEM;
	mutex_init(&local->mutex);
	init_waitqueue_head(&local->wq);
	init_irq_work(&local->kick_work, wake_others_later);
	local->mm = current->mm;
	mmgrab(local->mm);
	local->owner_tgid = current->tgid;
	file->private_data = local;
	return nonseekable_open(inode, file);
}

/* The owner exits while somebody else still holds the file. */
static int pciem_flush(struct file *file, fl_owner_t id)
{
	struct local *local = file->private_data;
	struct pciem_link *link = READ_ONCE(local->link);

	if (link && (current->flags & PF_EXITING) && current->tgid == local->owner_tgid)
		pciem_link_fail(link, PCIEM_REASON_BRIDGE);
	return 0;
}

static int pciem_release(struct inode *inode, struct file *file)
{
	struct local *local = file->private_data;

	if (local->link)
		pciem_link_close(local->link, false, PCIEM_REASON_BRIDGE, false);
	else
		local_free(local);
	return 0;
}

/* ---- ioctl ---- */

static long get_api(void __user *arg)
{
	struct pciem_api api = { .abi = PCIEM_ABI };

	return copy_to_user(arg, &api, sizeof(api)) ? -EFAULT : 0;
}

static int check_create(const struct pciem_create *create)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(create->reserved); i++)
		if (create->reserved[i])
			return -EINVAL;
	if (create->flags || strnlen(create->name, sizeof(create->name)) == sizeof(create->name))
		return -EINVAL;
	return 0;
}

/* Undone by local_free(). */
static int make_block(struct local *local, const struct pciem_create *create)
{
	const char *why;
	int ret;

	memset(&local->hdr, 0, sizeof(local->hdr));
	pciem_hdr_layout(&local->hdr, create->down_bytes, create->up_bytes);
	local->hdr.deadline_atomic_ms = create->deadline_atomic_ms;
	local->hdr.deadline_sleep_ms = create->deadline_sleep_ms;
	local->hdr.expiries_to_link_down = create->expiries_to_link_down;
	memcpy(local->hdr.name, create->name, sizeof(local->hdr.name));
	ret = pciem_hdr_check(&local->hdr, U64_MAX, &why);
	if (ret)
		return ret;
	if (create->kick_fd >= 0 && !local->eventfd) {
		struct eventfd_ctx *ctx = eventfd_ctx_fdget(create->kick_fd);

		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
		local->eventfd = ctx;
	}
	local->block = vmalloc_user(local->hdr.total_bytes);
	if (!local->block)
		return -ENOMEM;
	memcpy(local->block, &local->hdr, sizeof(local->hdr));
	return 0;
}

static int create_link(struct local *local, struct pciem_create *create)
{
	struct pciem_link *link;
	int ret;

	ret = make_block(local, create);
	if (ret)
		return ret;
	link = pciem_link_create(&local->hdr, local->block, NULL, &local_ops, local);
	if (IS_ERR(link)) {
		vfree(local->block);
		local->block = NULL;
		return PTR_ERR(link);
	}
	if (num_online_cpus() < 2)
		pr_warn("pciem %s: one CPU only: the bridge runs when a waiting driver may sleep, all other reads give all-ones\n",
			pciem_link_name(link));
	smp_store_release(&local->link, link);	/* the other calls look without the mutex */
	return 0;
}

static long do_create(struct local *local, void __user *arg)
{
	struct pciem_create create;
	u32 size;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ret = security_locked_down(LOCKDOWN_PCI_ACCESS);
	if (ret)
		return ret;
	if (get_user(size, (u32 __user *)arg))
		return -EFAULT;
	if (size < sizeof(create))
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(&create, sizeof(create), arg, size);
	if (!ret)
		ret = check_create(&create);
	if (ret)
		return ret;
	mutex_lock(&local->mutex);
	ret = local->link ? -EBUSY : create_link(local, &create);
	if (ret && !local->link)
		forget_eventfd(local);	/* the next attempt may name another one */
	mutex_unlock(&local->mutex);
	if (ret)
		return ret;
	/* what the caller learns; a fault here leaves a link that close() ends */
	return put_user(local->hdr.total_bytes, &((struct pciem_create __user *)arg)->total_bytes);
}

static bool has_news(struct local *local)
{
	return !pciem_ring_down_is_empty(local->link) ||
	       atomic_read(&local->link->state_changes) != READ_ONCE(local->seen_changes);
}

/* The thread that local_kick() wakes by itself. Return: 0 or -EINTR. */
static int wait_as_waiter(struct local *local, ktime_t timeout)
{
	ktime_t end = ktime_add_safe(ktime_get(), timeout);
	int ret = 0;

	for (;;) {
		/* before looking: pairs with the wake-up in wake_waiter() */
		set_current_state(TASK_INTERRUPTIBLE);
		if (has_news(local))
			break;
		if (signal_pending(current)) {
			ret = -EINTR;
			break;
		}
		if (!schedule_hrtimeout_range(&end, 0, HRTIMER_MODE_ABS))
			break;
	}
	__set_current_state(TASK_RUNNING);
	return ret;
}

static int wait_news(struct local *local, u64 timeout_ns)
{
	ktime_t timeout = timeout_ns > KTIME_MAX ? KTIME_MAX : (ktime_t)timeout_ns;
	int ret;

	if (!cmpxchg(&local->waiter, NULL, current)) {
		ret = wait_as_waiter(local, timeout);
		WRITE_ONCE(local->waiter, NULL);
	} else {
		ret = wait_event_interruptible_hrtimeout(local->wq, has_news(local), timeout);
	}
	WRITE_ONCE(local->seen_changes, atomic_read(&local->link->state_changes));
	return ret == -EINTR || ret == -ERESTARTSYS ? -EINTR : 0;
}

static long do_enter(struct local *local, void __user *arg)
{
	struct pciem_link *link = READ_ONCE(local->link);
	struct pciem_enter enter;

	if (copy_from_user(&enter, arg, sizeof(enter)))
		return -EFAULT;
	if (enter.flags & ~PCIEM_ENTER_WAIT || enter.pad)
		return -EINVAL;
	if (!link)
		return -ENXIO;
	WRITE_ONCE(link->bridge_cpu, raw_smp_processor_id());
	pciem_link_check_words(link);
	pciem_drain(link);
	return enter.flags & PCIEM_ENTER_WAIT ? wait_news(local, enter.timeout_ns) : 0;
}

static long pciem_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct local *local = file->private_data;

	switch (cmd) {
	case PCIEM_IOC_GET_API:
		return get_api((void __user *)arg);
	case PCIEM_IOC_CREATE:
		return do_create(local, (void __user *)arg);
	case PCIEM_IOC_ENTER:
		return do_enter(local, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

/* ---- memory ---- */

/*
 * Two mappings, no other: all of it to read, and from the bridge's words to the
 * end to write. What the kernel relies on is never writable, by mprotect()
 * neither.
 */
static int pciem_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct local *local = file->private_data;
	u64 bytes = vma->vm_end - vma->vm_start;
	u64 off = (u64)vma->vm_pgoff << PAGE_SHIFT;
	bool is_whole, is_bridge_half;

	if (!READ_ONCE(local->link))
		return -ENXIO;
	is_whole = !off && bytes == local->hdr.total_bytes;
	is_bridge_half = off == local->hdr.bridge_off && bytes == local->hdr.total_bytes - off;
	if ((!is_whole && !is_bridge_half) || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if ((vma->vm_flags & VM_EXEC) || (is_whole && (vma->vm_flags & VM_WRITE)))
		return -EPERM;
	pciem_vm_flags_mod(vma, VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP,
			   VM_MAYEXEC | (is_whole ? VM_MAYWRITE : 0));
	return remap_vmalloc_range(vma, local->block, vma->vm_pgoff);
}

static __poll_t pciem_poll(struct file *file, poll_table *wait)
{
	struct local *local = file->private_data;

	if (!READ_ONCE(local->link))
		return EPOLLERR;
	poll_wait(file, &local->wq, wait);
	return pciem_ring_down_is_empty(local->link) ? 0 : EPOLLIN | EPOLLRDNORM;
}

static const struct file_operations pciem_fops = {
	.owner = THIS_MODULE,
	.open = pciem_open,
	.flush = pciem_flush,
	.release = pciem_release,
	.unlocked_ioctl = pciem_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = pciem_mmap,
	.poll = pciem_poll,
};

static struct miscdevice pciem_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pciem",
	.fops = &pciem_fops,
	.mode = 0600,
};

int pciem_ctl_init(void)
{
	return misc_register(&pciem_misc);
}

void pciem_ctl_exit(void)
{
	misc_deregister(&pciem_misc);
}
