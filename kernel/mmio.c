// SPDX-License-Identifier: GPL-2.0
/*
 * MMIO trap: which addresses fault into the emulation.
 *
 * Three kernel functions are hooked with ftrace:
 *
 *	ioremap_page_range	redirected for CPU addresses in a window of
 *				ours: the mapping is recorded and gets no
 *				page-table entries, so every access faults.
 *				All ioremap*(), pci_iomap*(), memremap() of
 *				device addresses end there
 *	fixup_exception		redirected for page faults that such an access
 *				gives, and only those: to pciem_mmio_fault()
 *	remove_vm_area		observed: iounmap() drops the record before the
 *				virtual addresses can be given out again
 *
 * A callback only decides and redirects. It runs with interrupts off or
 * preemption off, takes no lock that its caller could hold, and touches no
 * trapped address, so it is safe against recursion by itself.
 *
 * An instruction with an exception-table entry is never emulated: the kernel
 * expects it to fail, and no TLP must come of it.
 *
 * Records live in a sorted array behind an RCU pointer. Adding copies the array
 * (process context); dropping only clears a flag, as it must work in a callback.
 */
#define pr_fmt(fmt) "pciem: " fmt

#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/io.h>
#include <linux/memory.h>
#include <linux/module.h>
#include <linux/objtool.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <linux/vmalloc.h>
#include <asm/trap_pf.h>
#include <asm/trapnr.h>

#include "compat.h"
#include "mmio.h"
#include "mmio_hook.h"
#include "mmio_known.h"

struct pciem_map {
	unsigned long va, va_end;
	unsigned long area;		/* first address of the ioremap() */
	phys_addr_t phys;
	struct pciem_window *win;	/* holds a reference */
	bool merge;
	bool live;
};

struct pciem_map_table {
	struct rcu_head rcu;
	unsigned int nr;
	struct pciem_map *map[];	/* by va, live ones do not overlap */
};

static DEFINE_MUTEX(maps_mutex);	/* writers of maps and windows */
static struct pciem_map_table __rcu *maps;
static atomic_t nr_dropped;		/* dead records in the table */
static LIST_HEAD(windows);
static u64 last_window_id;		/* under maps_mutex */

/* ---- windows ---- */

/*
 * The list's and the last mapping's reference are gone, and a grace period since:
 * nobody pins it any more, but an access that began before may still wait.
 */
static void window_free(struct kref *kref)
{
	struct pciem_window *win = container_of(kref, struct pciem_window, kref);

	while (atomic_read_acquire(&win->in_flight))	/* pairs with pciem_mmio_target_put() */
		msleep(1);
	kfree_rcu(win, rcu);
}

static void window_put(struct pciem_window *win)
{
	kref_put(&win->kref, window_free);
}

/* Lowest window that overlaps [@start, @end). Caller is in an RCU section. */
static struct pciem_window *window_find(phys_addr_t start, phys_addr_t end)
{
	struct pciem_window *win, *best = NULL;

	list_for_each_entry_rcu(win, &windows, node,
				lockdep_is_held(&maps_mutex))
		if (start < win->end && win->start < end &&
		    (!best || win->start < best->start))
			best = win;
	return best;
}

bool notrace pciem_window_overlaps(phys_addr_t start, phys_addr_t end)
{
	bool found;

	rcu_read_lock();
	found = window_find(start, end);
	rcu_read_unlock();
	return found;
}

bool pciem_window_get(phys_addr_t start, phys_addr_t end, struct pciem_target *target)
{
	struct pciem_window *win;
	bool found = false;

	rcu_read_lock();
	win = window_find(start, end);
	if (win && win->start <= start && end <= win->end) {
		*target = (struct pciem_target){ .win = win };
		atomic_inc(&win->in_flight);
		smp_mb__after_atomic();		/* as in pciem_mmio_target_get() */
		/* a removal that did not see the pin does not wait for it, nor keeps the link */
		found = !READ_ONCE(win->dead);
		if (!found)
			pciem_mmio_target_put(target);
	}
	rcu_read_unlock();
	return found;
}

/* ---- records ---- */

static __always_inline struct pciem_map *map_find(unsigned long addr)
{
	struct pciem_map_table *table = rcu_dereference_sched(maps);
	unsigned int low = 0, high;

	if (!table)
		return NULL;
	high = table->nr;
	while (low < high) {
		unsigned int mid = (low + high) / 2;
		struct pciem_map *map = table->map[mid];

		if (addr < map->va)
			high = mid;
		else if (addr >= map->va_end)
			low = mid + 1;
		else
			return READ_ONCE(map->live) ? map : NULL;
	}
	return NULL;
}

bool notrace pciem_mmio_is_mapped(unsigned long addr)
{
	bool found;

	preempt_disable_notrace();
	found = map_find(addr);
	preempt_enable_notrace();
	return found;
}

bool pciem_mmio_target_get(unsigned long addr, struct pciem_target *target)
{
	struct pciem_map *map;
	bool found = false;

	preempt_disable();
	map = map_find(addr);
	if (map) {
		target->win = map->win;
		target->va = map->va;
		target->va_end = map->va_end;
		target->phys = map->phys;
		target->merge = map->merge;
		atomic_inc(&map->win->in_flight);
		/* before "dead" is read; pairs with pciem_mmio_remove_windows() */
		smp_mb__after_atomic();
		found = true;
	}
	preempt_enable();
	return found;
}

void pciem_mmio_target_put(struct pciem_target *target)
{
	/* pairs with window_free() and pciem_mmio_remove_windows() */
	atomic_dec_return_release(&target->win->in_flight);
}

static void map_free(struct pciem_map *map)
{
	window_put(map->win);
	kfree(map);
	module_put(THIS_MODULE);
}

/* Replaces the table by one without dropped records and with @add (or NULL). */
static int table_rebuild(struct pciem_map *add)
{
	struct pciem_map_table *old, *new;
	unsigned int i, n = 0;

	lockdep_assert_held(&maps_mutex);
	old = rcu_dereference_protected(maps, lockdep_is_held(&maps_mutex));
	new = kzalloc(struct_size(new, map, (old ? old->nr : 0) + 1),
		      GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	for (i = 0; old && i < old->nr; i++) {
		struct pciem_map *map = old->map[i];

		/* once: iounmap() may drop it meanwhile */
		if (!READ_ONCE(map->live))
			continue;
		if (add && add->va < map->va) {
			new->map[n++] = add;
			add = NULL;
		}
		new->map[n++] = map;
	}
	if (add)
		new->map[n++] = add;
	new->nr = n;
	rcu_assign_pointer(maps, new);
	if (!old)
		return 0;

	synchronize_rcu();
	/* a record dropped after it was copied is found by the next rebuild */
	for (i = 0, n = 0; i < old->nr; i++) {
		while (n < new->nr && new->map[n]->va < old->map[i]->va)
			n++;
		if (n < new->nr && new->map[n] == old->map[i])
			continue;
		atomic_dec(&nr_dropped);
		map_free(old->map[i]);
	}
	kfree(old);
	return 0;
}

static void collect_dropped(struct work_struct *work)
{
	int ret = 0;

	mutex_lock(&maps_mutex);
	if (atomic_read(&nr_dropped))
		ret = table_rebuild(NULL);
	mutex_unlock(&maps_mutex);
	/* dropped records are dead, but hold the module */
	if (ret)
		schedule_delayed_work(to_delayed_work(work), HZ);
}
static DECLARE_DELAYED_WORK(collect_work, collect_dropped);

static bool is_write_combining(pgprot_t prot)
{
	return (pgprot_val(prot) & _PAGE_CACHE_MASK) ==
	       cachemode2protval(_PAGE_CACHE_MODE_WC);
}

/*
 * Records [@addr, @addr + @size) as @phys of @win. A reference to the module is
 * held until iounmap(): without us an access would be an oops.
 */
static int map_add(unsigned long area, unsigned long addr, unsigned long size,
		   phys_addr_t phys, pgprot_t prot, struct pciem_window *win)
{
	struct pciem_map *map = kzalloc(sizeof(*map), GFP_KERNEL);
	int ret;

	if (!map)
		return -ENOMEM;
	if (!try_module_get(THIS_MODULE)) {
		kfree(map);
		return -ENODEV;
	}
	kref_get(&win->kref);
	map->area = area;
	map->va = addr;
	map->va_end = addr + size;
	map->phys = phys;
	map->win = win;
	map->merge = win->prefetchable || is_write_combining(prot);
	map->live = true;
	ret = table_rebuild(map);
	if (ret)
		map_free(map);
	return ret;
}

/* ---- the replacements ---- */

/*
 * Instead of ioremap_page_range(): records what is ours, and lets the kernel
 * map what is not. On failure the caller frees the area, which drops records.
 */
static int notrace pciem_mmio_map(unsigned long addr, unsigned long end,
				  phys_addr_t phys, pgprot_t prot)
{
	unsigned long area = addr;
	int ret = 0;

	mutex_lock(&maps_mutex);
	while (addr < end && !ret) {
		phys_addr_t phys_end = phys + (end - addr);
		struct pciem_window *win = window_find(phys, phys_end);
		unsigned long size;

		if (win && win->start <= phys) {
			size = min(phys_end, win->end) - phys;
			ret = map_add(area, addr, size, phys, prot, win);
		} else {
			size = (win ? win->start : phys_end) - phys;
			ret = static_call(pciem_map_range)(addr, addr + size,
							   phys, prot);
		}
		addr += size;
		phys += size;
	}
	mutex_unlock(&maps_mutex);
	return ret;
}

/* A read whose only purpose is to show that it is trapped; it cannot oops. */
#define PROBE_MAGIC	0x70636965UL
#define PROBE_BYTES	3		/* movq (%rdi), %rax */
extern const u8 pciem_mmio_probe_ip[];

static noinline __noclone unsigned long probe_read(const void __iomem *addr)
{
	unsigned long val = 0;

	asm volatile(ANNOTATE_NOENDBR "\n"
		     ".globl pciem_mmio_probe_ip\n"
		     "pciem_mmio_probe_ip:\n"
		     "1:	movq (%1), %0\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+a" (val) : "D" (addr) : "memory");
	return val;
}

/*
 * Instead of fixup_exception(), for accesses to recorded addresses; @map is on_fixup()'s,
 * or NULL. Interrupts are off since the fault, so nothing of it goes meanwhile.
 */
static int notrace pciem_mmio_fault(struct pt_regs *regs, int trapnr,
				    unsigned long error, unsigned long addr,
				    const struct pciem_map *map)
{
	unsigned long probe_ip = (unsigned long)pciem_mmio_probe_ip;

	/* else the compiler names the next instruction, which is no entry */
	OPTIMIZER_HIDE_VAR(probe_ip);
	if (regs->ip == probe_ip) {
		regs->ax = PROBE_MAGIC;
		regs->ip = probe_ip + PROBE_BYTES;
		return 1;
	}
	if (likely(map) &&
	    pciem_mmio_plain(regs, error, map->win, map->phys + (addr - map->va) - map->win->offset,
			     map->va_end - addr))
		return 1;
	return pciem_mmio_emulate(regs, addr);
}

/* ---- the hooks ---- */

static void notrace on_map(unsigned long ip, unsigned long parent,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct pt_regs *r = ftrace_get_regs(fregs);
	unsigned long size = r->si - r->di;

	if (pciem_window_overlaps(r->dx, r->dx + size))
		r->ip = (unsigned long)pciem_mmio_map;
}

/*
 * fixup_exception(regs, trapnr, error_code, fault_addr) is called for many
 * traps. Ours: page fault, kernel mode, page not present, data access by the
 * supervisor, address recorded, no exception-table entry for the instruction.
 */
static void notrace on_fixup(unsigned long ip, unsigned long parent,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct pt_regs *r = ftrace_get_regs(fregs);
	struct pt_regs *trapped = (struct pt_regs *)r->di;
	const struct pciem_map *map;

	if (r->si != X86_TRAP_PF || (r->dx & ~(unsigned long)X86_PF_WRITE) || user_mode(trapped))
		return;
	preempt_disable_notrace();
	map = map_find(r->cx);
	preempt_enable_notrace();
	if (!map)
		return;
	if (!pciem_known_has_no_extable(trapped->ip) &&
	    trapped->ip != (unsigned long)pciem_mmio_probe_ip &&
	    static_call(pciem_search_extable)(trapped->ip))
		return;
	r->ip = (unsigned long)pciem_mmio_fault;
	/* the fifth argument; with interrupts on the record might go */
	r->r8 = irqs_disabled() ? (unsigned long)map : 0;
}

static void notrace on_unmap(unsigned long ip, unsigned long parent,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct pt_regs *r = ftrace_get_regs(fregs);
	struct pciem_map_table *table;
	bool dropped = false;
	unsigned int i;

	preempt_disable_notrace();
	table = rcu_dereference_sched(maps);
	/* an area may hold several records, and other memory between them */
	for (i = 0; table && i < table->nr; i++) {
		struct pciem_map *map = table->map[i];

		if (READ_ONCE(map->live) && map->area == r->di) {
			WRITE_ONCE(map->live, false);
			atomic_inc(&nr_dropped);
			dropped = true;
		}
	}
	preempt_enable_notrace();
	if (dropped)
		mod_delayed_work(system_wq, &collect_work, 0);
}

static struct ftrace_ops map_ops = {
	.func = on_map, .flags = PCIEM_HOOK_FLAGS | FTRACE_OPS_FL_IPMODIFY,
};
static struct ftrace_ops fixup_ops = {
	.func = on_fixup, .flags = PCIEM_HOOK_FLAGS | FTRACE_OPS_FL_IPMODIFY,
};
static struct ftrace_ops unmap_ops = {
	.func = on_unmap, .flags = PCIEM_HOOK_FLAGS,
};

static const struct pciem_hook hooks[] = {
	{ &unmap_ops, "remove_vm_area" },
	{ &map_ops, "ioremap_page_range" },
	{ &fixup_ops, "fixup_exception" },
};

/* ---- memory that is plugged in must not land in a window ---- */

static int on_memory_event(struct notifier_block *nb, unsigned long action,
			   void *data)
{
	struct memory_notify *mem = data;

	if (action != MEM_GOING_ONLINE)
		return NOTIFY_OK;
	return pciem_window_overlaps(PFN_PHYS(mem->start_pfn),
				     PFN_PHYS(mem->start_pfn + mem->nr_pages)) ?
		       NOTIFY_BAD : NOTIFY_OK;
}

static struct notifier_block memory_nb = { .notifier_call = on_memory_event };

/* ---- interface ---- */

/*
 * Maps a page of a new window and reads it: the hooks work. The page stays, for
 * pciem_mmio_is_trapping(); a second one shows that iounmap() is seen.
 *
 * It is the last page: the kernel keeps one memory type for each address, and no
 * ioremap_wc() of a BAR with our page would be write-combining. BARs are placed
 * from the start.
 */
static int self_test(struct pciem_window *win)
{
	phys_addr_t page = win->end - PAGE_SIZE;
	void __iomem *p = ioremap(page, PAGE_SIZE);
	bool recorded, trapped, dropped;

	win->probe = ioremap(page, PAGE_SIZE);
	if (!p || !win->probe) {
		if (p)
			iounmap(p);
		return -ENOMEM;
	}
	recorded = pciem_mmio_is_mapped((unsigned long)p);
	trapped = recorded && probe_read(p) == PROBE_MAGIC;
	iounmap(p);
	dropped = !pciem_mmio_is_mapped((unsigned long)p);
	if (recorded && trapped && dropped)
		return 0;
	pr_err("the MMIO trap does not work (%s): ftrace has been switched off; dmesg says why, then reload pciem\n",
	       !recorded ? "ioremap is not seen" :
	       !trapped ? "accesses are not seen" : "iounmap is not seen");
	return -EIO;
}

/* Without the hook the read fails, by its exception-table entry. */
bool pciem_mmio_is_trapping(struct pciem_link *link)
{
	struct pciem_window *win;
	bool works = true;

	rcu_read_lock();
	list_for_each_entry_rcu(win, &windows, node)
		if (win->link == link && READ_ONCE(win->probe))
			works = works && probe_read(win->probe) == PROBE_MAGIC;
	rcu_read_unlock();
	return works;
}

int pciem_mmio_add_window(struct pciem_link *link, phys_addr_t phys, u64 size,
			  u64 offset, bool prefetchable)
{
	struct pciem_window *win = kzalloc(sizeof(*win), GFP_KERNEL);
	int ret;

	if (!win)
		return -ENOMEM;
	win->start = phys;
	win->end = phys + size;
	win->offset = offset;
	win->link = link;
	win->prefetchable = prefetchable;
	kref_init(&win->kref);
	mutex_lock(&maps_mutex);
	win->id = ++last_window_id;
	list_add_rcu(&win->node, &windows);
	mutex_unlock(&maps_mutex);

	ret = self_test(win);
	if (ret)
		pciem_mmio_remove_windows(link);
	return ret;
}

void pciem_mmio_remove_windows(struct pciem_link *link)
{
	struct pciem_window *win, *next;
	LIST_HEAD(removed);

	mutex_lock(&maps_mutex);
	list_for_each_entry_safe(win, next, &windows, node) {
		if (win->link != link)
			continue;
		WRITE_ONCE(win->dead, true);
		list_del_rcu(&win->node);
		list_add(&win->removed, &removed);
		/* pairs with pciem_mmio_target_get(): in_flight, then dead */
		smp_mb();
		while (atomic_read(&win->in_flight))
			msleep(1);
	}
	mutex_unlock(&maps_mutex);
	synchronize_rcu();
	/* iounmap() comes back to us: not under the mutex, not while somebody probes */
	list_for_each_entry_safe(win, next, &removed, removed) {
		list_del(&win->removed);
		if (win->probe)
			iounmap(win->probe);
		window_put(win);
	}
}

int pciem_mmio_init(void)
{
	int ret;

	ret = pciem_hooks_resolve();
	if (ret)
		return ret;
	ret = pciem_hooks_register(hooks, ARRAY_SIZE(hooks));
	if (ret)
		return ret;
	ret = pciem_known_init();
	if (ret)
		goto err_hooks;
	ret = pciem_user_init();
	if (ret)
		goto err_known;
	ret = register_memory_notifier(&memory_nb);
	if (ret)
		goto err_user;
	return 0;

err_user:
	pciem_user_exit();
err_known:
	pciem_known_exit();
err_hooks:
	pciem_hooks_unregister(hooks, ARRAY_SIZE(hooks));
	return ret;
}

void pciem_mmio_exit(void)
{
	struct pciem_map_table *table;

	unregister_memory_notifier(&memory_nb);
	pciem_user_exit();
	pciem_hooks_unregister(hooks, ARRAY_SIZE(hooks));
	pciem_known_exit();
	flush_delayed_work(&collect_work);
	mutex_lock(&maps_mutex);
	table = rcu_dereference_protected(maps, lockdep_is_held(&maps_mutex));
	WARN_ON(table && table->nr);
	RCU_INIT_POINTER(maps, NULL);
	mutex_unlock(&maps_mutex);
	rcu_barrier();
	kfree(table);
}
