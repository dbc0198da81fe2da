// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of a card's memory in user space: sysfs resourceN, /proc/bus/pci,
 * UIO, /dev/mem and any driver's mmap() end in remap_pfn_range(), which is
 * redirected for our windows. The area gets no page-table entries, so each
 * access faults into our fault handler, which performs the instruction as TLPs
 * and steps the user's registers over it.
 *
 * What cannot be done is refused before there is a mapping, with EINVAL and a
 * line in the log: a private writable or an executable one, and one that lies
 * only partly in a window. Drivers that insert single pages of a BAR while
 * handling a fault (VFIO) give SIGBUS: vmf_insert_pfn() and its kin are refused.
 *
 * An access that is no instruction of user space (read() into the mapping,
 * ptrace, get_user_pages()) fails: EFAULT, EIO. So does an instruction that the
 * decoder refuses: SIGBUS and a line in the log.
 *
 * The window is looked up at each access, and is the one that was mapped: a mapping
 * that outlives its card gives SIGBUS, also when the next card has its addresses.
 * sysfs takes its mappings away itself when the device goes, and does not allow a
 * close operation; all others hold the module.
 */
#define pr_fmt(fmt) "pciem: " fmt

#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <asm/fpu/api.h>
#include <asm/msr.h>

#include "compat.h"
#include "insn.h"
#include "insn_vec.h"
#include "mmio.h"
#include "mmio_hook.h"
#include "root.h"

/* String elements for each fault; then signals get a chance. */
#define STRING_BATCH	64

struct user_emul {
	struct vm_area_struct *vma;
	struct pt_regs *pt;
	struct pciem_target target;
	struct pciem_who who;
	struct pciem_insn insn;
	struct pciem_insn_regs regs;
	u64 seg_base;
	u8 code[PCIEM_INSN_MAX_BYTES];
	const char *why;
};

static bool refuse(struct user_emul *e, const char *why)
{
	e->why = why;
	return false;
}

/*
 * Before each write to the card, whatever faulted: a string comes to the mapping a
 * second time, and the code may be another one than what faulted.
 */
static bool may_write(struct user_emul *e)
{
	return e->vma->vm_flags & VM_WRITE || refuse(e, "the mapping is not writable");
}

/* ---- the device's side ---- */

static bool inside(const struct user_emul *e, u64 va, unsigned int len)
{
	return va >= e->vma->vm_start && va < e->vma->vm_end && len <= e->vma->vm_end - va;
}

static u64 bus_of(const struct user_emul *e, u64 va)
{
	phys_addr_t phys = PFN_PHYS((u64)e->vma->vm_pgoff) + (va - e->vma->vm_start);

	return phys - e->target.win->offset;
}

static void access_device(struct user_emul *e, u64 va, void *buf, unsigned int len, bool write)
{
	pciem_mmio_access(e->target.win, &e->who, bus_of(e, va), buf, len, write);
}

/* ---- the kinds of instruction; false: refused, e->why says why ---- */

static bool do_scalar(struct user_emul *e)
{
	bool reads = e->insn.reads, writes = e->insn.writes;
	unsigned int bytes = e->insn.access_bytes;
	u64 va = reads ? pciem_insn_src(&e->insn, &e->regs, e->seg_base) :
			 pciem_insn_dst(&e->insn, &e->regs, e->seg_base);
	u64 raw = 0, val = 0;

	if (!inside(e, va, bytes))
		return refuse(e, "the access reaches beyond the mapping");
	if (writes && !may_write(e))
		return false;
	if (reads)
		access_device(e, va, &raw, bytes, false);
	if (e->insn.kind == PCIEM_INSN_MODIFY)
		pciem_insn_modify_value(&e->insn, &e->regs, raw, &val);
	else if (reads)
		pciem_insn_load_value(&e->insn, &e->regs, raw);
	else
		pciem_insn_store_value(&e->insn, &e->regs, &val);
	if (writes)
		access_device(e, va, &val, bytes, true);
	pciem_insn_retire(&e->insn, &e->regs);
	return true;
}

/* The user's vector registers are in the CPU between these two. */
static void fpu_begin(void)
{
	fpregs_lock();
	if (test_thread_flag(TIF_NEED_FPU_LOAD))
		static_call(pciem_fpu_return)();
}

static bool do_vector(struct user_emul *e)
{
	bool write = e->insn.kind == PCIEM_INSN_VSTORE;
	u64 va = write ? pciem_insn_dst(&e->insn, &e->regs, e->seg_base) :
			 pciem_insn_src(&e->insn, &e->regs, e->seg_base);
	union pciem_vec vec;

	if (!inside(e, va, e->insn.access_bytes))
		return refuse(e, "the access reaches beyond the mapping");
	if (write && !may_write(e))
		return false;
	if (write) {
		fpu_begin();
		pciem_vec_read(e->insn.vec_reg, e->insn.access_bytes, &vec);
		fpregs_unlock();
	}
	access_device(e, va, vec.b, e->insn.access_bytes, write);
	if (!write) {
		fpu_begin();
		pciem_vec_write(e->insn.vec_reg, e->insn.access_bytes, e->insn.vec_zero_upper, &vec);
		fpregs_unlock();
	}
	pciem_insn_retire(&e->insn, &e->regs);
	return true;
}

/* The other side of a string move is the user's memory, if it is there: mmap_lock is held. */
static bool move_element(struct user_emul *e, u64 src, u64 dst)
{
	unsigned int bytes = e->insn.access_bytes;
	u64 val = 0;

	if (e->insn.reads && inside(e, src, bytes)) {
		if (e->insn.writes && inside(e, dst, bytes))
			return refuse(e, "both operands are device memory");
		access_device(e, src, &val, bytes, false);
		if (e->insn.kind == PCIEM_INSN_LODS)
			pciem_insn_load_value(&e->insn, &e->regs, val);
		else if (copy_to_user_nofault((void __user *)(unsigned long)dst, &val, bytes))
			return refuse(e, "its destination memory is not there: write to the buffer before");
		return true;
	}
	if (!e->insn.writes || !inside(e, dst, bytes))
		return refuse(e, "an element crosses the end of the mapping");
	if (!may_write(e))
		return false;
	if (e->insn.kind == PCIEM_INSN_STOS)
		pciem_insn_store_value(&e->insn, &e->regs, &val);
	else if (copy_from_user_nofault(&val, (const void __user *)(unsigned long)src, bytes))
		return refuse(e, "its source memory is not there");
	access_device(e, dst, &val, bytes, true);
	return true;
}

static bool do_string(struct user_emul *e)
{
	unsigned int i;

	for (i = 0; i < STRING_BATCH; i++) {
		u64 src = e->insn.reads ? pciem_insn_src(&e->insn, &e->regs, e->seg_base) : 0;
		u64 dst = e->insn.writes ? pciem_insn_dst(&e->insn, &e->regs, e->seg_base) : 0;

		/* what was moved is accounted for; the rest faults again, or is not ours */
		if (!move_element(e, src, dst))
			return i > 0;
		if (pciem_insn_string_advance(&e->insn, &e->regs, 1))
			return true;
		if (fatal_signal_pending(current))
			return true;
	}
	return true;
}

static bool perform(struct user_emul *e)
{
	switch (e->insn.kind) {
	case PCIEM_INSN_LOAD:
	case PCIEM_INSN_COMBINE:
	case PCIEM_INSN_STORE:
	case PCIEM_INSN_MODIFY:
		return do_scalar(e);
	case PCIEM_INSN_VLOAD:
	case PCIEM_INSN_VSTORE:
		return do_vector(e);
	case PCIEM_INSN_MOVS:
	case PCIEM_INSN_STOS:
	case PCIEM_INSN_LODS:
		return do_string(e);
	case PCIEM_INSN_NOACCESS:
		pciem_insn_retire(&e->insn, &e->regs);
		return true;
	default:
		return refuse(e, "of a kind that is not performed for user space");
	}
}

static bool fetch_and_decode(struct user_emul *e)
{
	unsigned long ip = e->pt->ip;
	unsigned int nr = min_t(unsigned long, PCIEM_INSN_MAX_BYTES, PAGE_SIZE - offset_in_page(ip));
	int ret;

	if (!user_64bit_mode(e->pt))
		return refuse(e, "32-bit programs are not supported");
	if (copy_from_user_nofault(e->code, (const void __user *)ip, nr))
		return refuse(e, "its bytes cannot be read");
	ret = pciem_insn_decode(e->code, nr, &e->insn);
	if (ret == -ENODATA && nr < PCIEM_INSN_MAX_BYTES &&
	    !copy_from_user_nofault(e->code + nr, (const void __user *)(ip + nr), PCIEM_INSN_MAX_BYTES - nr))
		ret = pciem_insn_decode(e->code, PCIEM_INSN_MAX_BYTES, &e->insn);
	if (ret)
		return refuse(e, pciem_insn_reason(&e->insn));
	/* the user's bases are in the CPU, wherever the task runs */
	if (e->insn.segment == PCIEM_SEG_FS)
		pciem_rdmsr(MSR_FS_BASE, e->seg_base);
	else if (e->insn.segment == PCIEM_SEG_GS)
		pciem_rdmsr(MSR_KERNEL_GS_BASE, e->seg_base);
	return true;
}

/* ---- the area ---- */

/*
 * Which window an area is of: the next card may get the same addresses. Odd, so
 * that it is no pointer: a driver that keeps its own there after it has mapped is
 * served by address alone.
 */
static void *window_mark(const struct pciem_window *win)
{
	return (void *)(unsigned long)(win->id << 1 | 1);
}

static bool is_of_window(const struct vm_area_struct *vma, const struct pciem_window *win)
{
	bool is_marked = (unsigned long)vma->vm_private_data & 1;

	return !is_marked || vma->vm_private_data == window_mark(win);
}

static vm_fault_t user_fault(struct vm_fault *vmf)
{
	struct user_emul e = { .vma = vmf->vma, .pt = task_pt_regs(current) };
	phys_addr_t phys = PFN_PHYS((u64)vmf->pgoff);
	bool done = false;

	/* an access of the kernel, or somebody else's */
	if (!(vmf->flags & FAULT_FLAG_USER) || (vmf->flags & (FAULT_FLAG_REMOTE | FAULT_FLAG_INSTRUCTION)))
		return VM_FAULT_SIGBUS;
	if (!pciem_window_get(phys, phys + PAGE_SIZE, &e.target))
		return VM_FAULT_SIGBUS;
	if (!is_of_window(vmf->vma, e.target.win)) {
		pciem_mmio_target_put(&e.target);
		return VM_FAULT_SIGBUS;
	}
	e.who = (struct pciem_who){
		.pc = e.pt->ip, .regs = e.pt, .irqs_on = true, .may_sleep = pciem_may_sleep(true),
	};
	if (fetch_and_decode(&e)) {
		pciem_mmio_regs_load(&e.regs, e.pt);
		done = perform(&e);
		if (done)
			pciem_mmio_regs_store(e.pt, &e.regs);
		/* the CPU would have stopped behind the instruction */
		if (done && (e.pt->flags & X86_EFLAGS_TF))
			force_sig(SIGTRAP);
	}
	if (!done)
		pr_warn_ratelimited("%s: instruction %*ph of %s[%d] cannot be performed on device memory: %s\n",
				    pciem_link_name(e.target.win->link), PCIEM_INSN_MAX_BYTES, e.code,
				    current->comm, current->pid, e.why);
	pciem_mmio_target_put(&e.target);
	return done ? VM_FAULT_NOPAGE : VM_FAULT_SIGBUS;
}

static void user_open(struct vm_area_struct *vma)
{
	__module_get(THIS_MODULE);
}

static void user_close(struct vm_area_struct *vma)
{
	module_put(THIS_MODULE);
}

static const struct vm_operations_struct sysfs_vm_ops = {
	.fault = user_fault,
};

static const struct vm_operations_struct user_vm_ops = {
	.open = user_open,
	.close = user_close,
	.fault = user_fault,
};

static int refuse_map(const char *why)
{
	pr_warn_ratelimited("mmap of a card's memory by %s[%d] refused: %s\n", current->comm,
			    current->pid, why);
	return -EINVAL;
}

/* Instead of remap_pfn_range(), for ranges that touch a window. */
static int notrace user_map(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
			    unsigned long size, pgprot_t prot)
{
	bool is_sysfs = vma->vm_file && vma->vm_file->f_inode->i_sb->s_magic == SYSFS_MAGIC;
	bool is_private = (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
	struct pciem_target target;
	const char *why = NULL;
	void *mark;

	if (addr != vma->vm_start || size < vma->vm_end - vma->vm_start)
		why = "it is part of a larger mapping";
	else if (is_private)
		why = "it is private";
	else if (vma->vm_flags & VM_EXEC)
		why = "it is executable";
	else if (!pciem_window_get(PFN_PHYS((u64)pfn), PFN_PHYS((u64)pfn) + PAGE_ALIGN(size), &target))
		why = "only a part of it is memory of the card";
	if (why)
		return refuse_map(why);
	mark = window_mark(target.win);
	pciem_mmio_target_put(&target);
	if (!is_sysfs && !try_module_get(THIS_MODULE))
		return -ENODEV;
	vma->vm_pgoff = pfn;
	vma->vm_private_data = mark;
	vma->vm_ops = is_sysfs ? &sysfs_vm_ops : &user_vm_ops;
	pciem_vm_flags_mod(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC);
	return 0;
}

#ifdef PCIEM_MMAP_PREPARE
/*
 * Instead of remap_pfn_range_prepare(), the same before there is an area: nothing is
 * left to be done when it is there. An mmap() that fails after this, for want of
 * memory, leaves the module in use.
 */
static int notrace user_prepare(struct vm_area_desc *desc)
{
	unsigned long pfn = desc->action.remap.start_pfn, size = desc->end - desc->start;
	bool is_whole = desc->action.remap.start == desc->start && desc->action.remap.size >= size;
	bool is_private = vma_desc_test(desc, VMA_MAYWRITE_BIT) && !vma_desc_test(desc, VMA_SHARED_BIT);
	struct pciem_target target;
	const char *why = NULL;

	if (!is_whole)
		why = "it is part of a larger mapping";
	else if (is_private)
		why = "it is private";
	else if (vma_desc_test(desc, VMA_EXEC_BIT))
		why = "it is executable";
	else if (!pciem_window_get(PFN_PHYS((u64)pfn), PFN_PHYS((u64)pfn) + PAGE_ALIGN(size), &target))
		why = "only a part of it is memory of the card";
	if (why)
		return refuse_map(why);
	desc->private_data = window_mark(target.win);
	pciem_mmio_target_put(&target);
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	desc->pgoff = pfn;
	desc->vm_ops = &user_vm_ops;
	vma_desc_set_flags(desc, VMA_IO_BIT, VMA_PFNMAP_BIT, VMA_DONTEXPAND_BIT, VMA_DONTDUMP_BIT);
	vma_desc_clear_flags(desc, VMA_MAYEXEC_BIT);
	desc->action.type = MMAP_NOTHING;
	return 0;
}
#endif

/* Instead of vmf_insert_pfn() and its kin. */
static vm_fault_t notrace user_insert(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
				      pgprot_t prot)
{
	pr_warn_once("a driver maps memory of a card page by page for %s[%d]: refused with SIGBUS (said once)\n",
		     current->comm, current->pid);
	return VM_FAULT_SIGBUS;
}

/* ---- the hooks ---- */

/* remap_pfn_range(vma, addr, pfn, size, prot) */
static void notrace on_remap(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
			     struct ftrace_regs *fregs)
{
	struct pt_regs *r = ftrace_get_regs(fregs);

	if (pciem_window_overlaps(PFN_PHYS((u64)r->dx), PFN_PHYS((u64)r->dx) + r->cx))
		r->ip = (unsigned long)user_map;
}

#ifdef PCIEM_MMAP_PREPARE
/* remap_pfn_range_prepare(desc) */
static void notrace on_prepare(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
			       struct ftrace_regs *fregs)
{
	struct pt_regs *r = ftrace_get_regs(fregs);
	struct mmap_action *action = &((struct vm_area_desc *)r->di)->action;
	phys_addr_t phys = PFN_PHYS((u64)action->remap.start_pfn);

	if (pciem_window_overlaps(phys, phys + action->remap.size))
		r->ip = (unsigned long)user_prepare;
}
#endif

/* vmf_insert_pfn(vma, addr, pfn), vmf_insert_pfn_prot(vma, addr, pfn, prot) */
static void notrace on_insert(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
			      struct ftrace_regs *fregs)
{
	struct pt_regs *r = ftrace_get_regs(fregs);

	if (pciem_window_overlaps(PFN_PHYS((u64)r->dx), PFN_PHYS((u64)r->dx) + PAGE_SIZE))
		r->ip = (unsigned long)user_insert;
}

#define USER_FLAGS	(PCIEM_HOOK_FLAGS | FTRACE_OPS_FL_IPMODIFY)

static struct ftrace_ops remap_ops = { .func = on_remap, .flags = USER_FLAGS };
static struct ftrace_ops insert_ops = { .func = on_insert, .flags = USER_FLAGS };
static struct ftrace_ops insert_prot_ops = { .func = on_insert, .flags = USER_FLAGS };

#ifdef PCIEM_MMAP_PREPARE
static struct ftrace_ops prepare_ops = { .func = on_prepare, .flags = USER_FLAGS };
#endif

static const struct pciem_hook hooks[] = {
#ifdef PCIEM_MMAP_PREPARE
	{ &prepare_ops, "remap_pfn_range_prepare" },
#endif
	{ &remap_ops, "remap_pfn_range" },
	{ &insert_ops, "vmf_insert_pfn" },
	{ &insert_prot_ops, "vmf_insert_pfn_prot" },
};

int pciem_user_init(void)
{
	return pciem_hooks_register(hooks, ARRAY_SIZE(hooks));
}

void pciem_user_exit(void)
{
	pciem_hooks_unregister(hooks, ARRAY_SIZE(hooks));
}
