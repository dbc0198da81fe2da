// SPDX-License-Identifier: GPL-2.0
/*
 * What a trapped instruction does: memory TLPs, and the registers or memory on
 * its other side.
 *
 * One access of up to 8 bytes that lies in an aligned quadword is one TLP. Wider
 * ones (vector moves, MOVDIR64B) are one TLP where they are whole dwords within
 * a 4 KiB page, else they are split in address order. Each element of a string
 * instruction is an access of its own, except that elements going upwards
 * through a prefetchable window or a write-combining mapping are merged up to
 * the next 64-byte boundary, if the other side is ordinary memory of the direct
 * map. An element that has crossed is never repeated.
 *
 * All of it runs in page-fault context. Waiting happens in req.c, asleep only
 * where the interrupted code could have slept. Interrupts are on while waiting
 * if they were on before; a nested access (of an interrupt handler that runs
 * meanwhile) has its own frame and its own request slot.
 */
#define pr_fmt(fmt) "pciem: " fmt

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <asm/insn.h>
#include <asm/msr.h>

#include "compat.h"
#include "insn.h"
#include "insn_vec.h"
#include "mmio.h"
#include "mmio_known.h"
#include "root.h"

#define MERGE_BYTES	64U
#define INT3		0xcc
/* String elements or merged groups per fault; then interrupts get a chance. */
#define STRING_BATCHES	64

struct pciem_emul {
	struct pt_regs *pt;
	unsigned long addr;		/* faulting address */
	struct pciem_target target;
	struct pciem_who who;
	struct pciem_insn insn;
	struct pciem_insn_regs regs;
	u64 seg_base;
	u8 code[PCIEM_INSN_MAX_BYTES];
	unsigned int nr_code;
	const char *why;		/* reason of a refusal */
};

/* ---- registers ---- */

void pciem_mmio_regs_load(struct pciem_insn_regs *r, const struct pt_regs *pt)
{
	r->gpr[0] = pt->ax;
	r->gpr[1] = pt->cx;
	r->gpr[2] = pt->dx;
	r->gpr[3] = pt->bx;
	r->gpr[4] = pt->sp;
	r->gpr[5] = pt->bp;
	r->gpr[6] = pt->si;
	r->gpr[7] = pt->di;
	r->gpr[8] = pt->r8;
	r->gpr[9] = pt->r9;
	r->gpr[10] = pt->r10;
	r->gpr[11] = pt->r11;
	r->gpr[12] = pt->r12;
	r->gpr[13] = pt->r13;
	r->gpr[14] = pt->r14;
	r->gpr[15] = pt->r15;
	r->rip = pt->ip;
	r->rflags = pt->flags;
}

void pciem_mmio_regs_store(struct pt_regs *pt, const struct pciem_insn_regs *r)
{
	pt->ax = r->gpr[0];
	pt->cx = r->gpr[1];
	pt->dx = r->gpr[2];
	pt->bx = r->gpr[3];
	pt->sp = r->gpr[4];
	pt->bp = r->gpr[5];
	pt->si = r->gpr[6];
	pt->di = r->gpr[7];
	pt->r8 = r->gpr[8];
	pt->r9 = r->gpr[9];
	pt->r10 = r->gpr[10];
	pt->r11 = r->gpr[11];
	pt->r12 = r->gpr[12];
	pt->r13 = r->gpr[13];
	pt->r14 = r->gpr[14];
	pt->r15 = r->gpr[15];
	pt->ip = r->rip;
	pt->flags = r->rflags;
}

/* ---- the device's side ---- */

static bool inside(const struct pciem_emul *e, unsigned long va,
		   unsigned int len)
{
	return va >= e->target.va && va < e->target.va_end &&
	       len <= e->target.va_end - va;
}

/*
 * One piece within a 4 KiB page. What is not forwarded gives all-ones or is
 * dropped without a TLP: a link that is down, an address outside the root
 * port's windows, NMI (nothing here may wait or lock there), reads on top of the
 * bridge of the card (req.c counts both), and reads inside stop_machine().
 */
static void access_piece(struct pciem_window *win, const struct pciem_who *who, u64 bus, void *buf,
			 unsigned int len, bool write)
{
	enum pciem_status status = PCIEM_LINK_DOWN;
	struct pciem_root *root;

	if (READ_ONCE(win->dead))
		goto out;
	root = pciem_link_root(win->link);
	if (!root || !pciem_link_is_up(win->link) || !pciem_root_routes_mem(root, bus, len))
		goto out;
	/* on top of the bridge, in a softirq or an interrupt: a write waits for nobody */
	if (write)
		status = pciem_req_mem_write(win->link, who, bus, buf, len);
	else if (!pciem_in_stop_machine())
		status = pciem_req_mem_read(win->link, who, bus, buf, len);
	pciem_root_completion(root, status);
out:
	if (!write && status != PCIEM_SC && (READ_ONCE(win->dead) || in_nmi() ||
					      status == PCIEM_LINK_DOWN))
		memset(buf, 0xff, len);
}

void pciem_mmio_access(struct pciem_window *win, const struct pciem_who *who, u64 bus, void *buf,
		       unsigned int len, bool write)
{
	while (len) {
		unsigned int piece = min_t(unsigned int, len,
					   SZ_4K - (bus & (SZ_4K - 1)));

		access_piece(win, who, bus, buf, piece, write);
		bus += piece;
		buf += piece;
		len -= piece;
	}
}

static void access_device(struct pciem_emul *e, unsigned long va, void *buf,
			  unsigned int len, bool write)
{
	pciem_mmio_access(e->target.win, &e->who,
			  e->target.phys + (va - e->target.va) - e->target.win->offset,
			  buf, len, write);
}

/* ---- the other side ---- */

static bool memory_read(void *dst, u64 src, unsigned int len)
{
	return !copy_from_kernel_nofault(dst, (void *)(unsigned long)src, len);
}

/* Stores as wide as the address allows; false at the first that faults. */
static bool memory_write(u64 to, const void *src, unsigned int len)
{
	unsigned long dst = to;

	if (dst < TASK_SIZE_MAX)
		return false;
	pagefault_disable();
	while (len >= 8 && !(dst & 7)) {
		__put_kernel_nofault((void *)dst, src, u64, fault);
		dst += 8;
		src += 8;
		len -= 8;
	}
	while (len >= 4 && !(dst & 3)) {
		__put_kernel_nofault((void *)dst, src, u32, fault);
		dst += 4;
		src += 4;
		len -= 4;
	}
	while (len) {
		__put_kernel_nofault((void *)dst, src, u8, fault);
		dst++;
		src++;
		len--;
	}
	pagefault_enable();
	return true;
fault:
	pagefault_enable();
	return false;
}

/* ---- the kinds of instruction; false: refused, e->why says why ---- */

static bool refuse(struct pciem_emul *e, const char *why)
{
	e->why = why;
	return false;
}

static bool do_load(struct pciem_emul *e)
{
	u64 src = pciem_insn_src(&e->insn, &e->regs, e->seg_base);
	u64 raw = 0;

	if (!inside(e, src, e->insn.access_bytes))
		return refuse(e, "the access reaches beyond the mapping");
	access_device(e, src, &raw, e->insn.access_bytes, false);
	pciem_insn_load_value(&e->insn, &e->regs, raw);
	pciem_insn_retire(&e->insn, &e->regs);
	return true;
}

static bool do_store(struct pciem_emul *e)
{
	u64 dst = pciem_insn_dst(&e->insn, &e->regs, e->seg_base);
	u64 val;

	if (!inside(e, dst, e->insn.access_bytes))
		return refuse(e, "the access reaches beyond the mapping");
	pciem_insn_store_value(&e->insn, &e->regs, &val);
	access_device(e, dst, &val, e->insn.access_bytes, true);
	pciem_insn_retire(&e->insn, &e->regs);
	return true;
}

/* PCIe has no locked access for an endpoint: read, then write. */
static bool do_modify(struct pciem_emul *e)
{
	u64 dst = pciem_insn_dst(&e->insn, &e->regs, e->seg_base);
	u64 raw = 0, val;

	if (!inside(e, dst, e->insn.access_bytes))
		return refuse(e, "the access reaches beyond the mapping");
	/* a dead window's link may be gone */
	if (e->insn.locked && !READ_ONCE(e->target.win->dead))
		pr_warn_once("%s: locked instruction at %pS on device memory is performed as a read and a write; atomicity cannot be given (said once)\n",
			     pciem_link_name(e->target.win->link),
			     (void *)e->pt->ip);
	access_device(e, dst, &raw, e->insn.access_bytes, false);
	pciem_insn_modify_value(&e->insn, &e->regs, raw, &val);
	access_device(e, dst, &val, e->insn.access_bytes, true);
	pciem_insn_retire(&e->insn, &e->regs);
	return true;
}

/* The registers are live: nobody may sleep between their use and the fault. */
static bool do_vector(struct pciem_emul *e)
{
	bool write = e->insn.kind == PCIEM_INSN_VSTORE;
	union pciem_vec vec;
	u64 va = write ? pciem_insn_dst(&e->insn, &e->regs, e->seg_base) :
			 pciem_insn_src(&e->insn, &e->regs, e->seg_base);

	if (!inside(e, va, e->insn.access_bytes))
		return refuse(e, "the access reaches beyond the mapping");
	e->who.may_sleep = false;
	if (write)
		pciem_vec_read(e->insn.vec_reg, e->insn.access_bytes, &vec);
	access_device(e, va, vec.b, e->insn.access_bytes, write);
	if (!write)
		pciem_vec_write(e->insn.vec_reg, e->insn.access_bytes,
				e->insn.vec_zero_upper, &vec);
	pciem_insn_retire(&e->insn, &e->regs);
	return true;
}

static bool do_copy64(struct pciem_emul *e)
{
	u64 src = pciem_insn_src(&e->insn, &e->regs, e->seg_base);
	u64 dst = pciem_insn_dst(&e->insn, &e->regs, e->seg_base);
	union pciem_vec vec;

	if (inside(e, dst, sizeof(vec)) && !pciem_mmio_is_mapped(src)) {
		if (!memory_read(&vec, src, sizeof(vec)))
			return refuse(e, "its memory operand cannot be read");
		access_device(e, dst, &vec, sizeof(vec), true);
	} else if (inside(e, src, sizeof(vec)) && !pciem_mmio_is_mapped(dst)) {
		access_device(e, src, &vec, sizeof(vec), false);
		if (!memory_write(dst, &vec, sizeof(vec)))
			return refuse(e, "its memory operand cannot be written");
	} else {
		return refuse(e, "both operands are device memory, or one crosses the end of a mapping");
	}
	pciem_insn_retire(&e->insn, &e->regs);
	return true;
}

/* ---- string instructions ---- */

/* How many elements at @va go into one access; @other is 0 for registers. */
static unsigned int string_group(const struct pciem_emul *e, u64 va, u64 other)
{
	unsigned int size = e->insn.access_bytes;
	u64 fit, bus;

	if (!e->insn.rep || !e->target.merge || (e->regs.rflags & X86_EFLAGS_DF))
		return 1;
	if (other && !virt_addr_valid((void *)(unsigned long)other))
		return 1;
	bus = e->target.phys + (va - e->target.va) - e->target.win->offset;
	fit = pciem_insn_string_fit(&e->insn, &e->regs, va, e->target.va,
				    e->target.va_end - 1);
	return clamp_t(u64, fit, 1,
		       max(1U, (MERGE_BYTES - (unsigned int)(bus % MERGE_BYTES)) /
			       size));
}

static bool string_to_device(struct pciem_emul *e, u64 dst, u64 src,
			     unsigned int *nr)
{
	unsigned int size = e->insn.access_bytes;
	u8 buf[MERGE_BYTES];
	unsigned int i;
	u64 val;

	if (e->insn.kind == PCIEM_INSN_STOS) {
		*nr = string_group(e, dst, 0);
		pciem_insn_store_value(&e->insn, &e->regs, &val);
		for (i = 0; i < *nr; i++)
			memcpy(buf + i * size, &val, size);
	} else {
		*nr = string_group(e, dst, src);
		if (*nr > 1 && !memory_read(buf, src, *nr * size))
			*nr = 1;
		if (*nr == 1 && !memory_read(buf, src, size))
			return refuse(e, "its source memory cannot be read");
	}
	access_device(e, dst, buf, *nr * size, true);
	return true;
}

static bool string_from_device(struct pciem_emul *e, u64 src, u64 dst,
			       unsigned int *nr)
{
	unsigned int size = e->insn.access_bytes;
	u8 buf[MERGE_BYTES];
	u64 raw = 0;

	if (e->insn.kind == PCIEM_INSN_LODS) {
		*nr = 1;	/* the register keeps the last one */
		access_device(e, src, &raw, size, false);
		pciem_insn_load_value(&e->insn, &e->regs, raw);
		return true;
	}
	*nr = string_group(e, src, dst);
	access_device(e, src, buf, *nr * size, false);
	if (!memory_write(dst, buf, *nr * size))
		return refuse(e, "its destination memory cannot be written");
	return true;
}

/* One access. @nr: elements done, 0 if the next one is not ours any more. */
static bool string_step(struct pciem_emul *e, unsigned int *nr)
{
	unsigned int size = e->insn.access_bytes;
	u64 src = 0, dst = 0;
	bool from, to;

	if (e->insn.reads)
		src = pciem_insn_src(&e->insn, &e->regs, e->seg_base);
	if (e->insn.writes)
		dst = pciem_insn_dst(&e->insn, &e->regs, e->seg_base);
	from = e->insn.reads && inside(e, src, size);
	to = e->insn.writes && inside(e, dst, size);
	*nr = 0;
	if (!from && !to)
		return true;
	if ((from && e->insn.writes && pciem_mmio_is_mapped(dst)) ||
	    (to && e->insn.reads && pciem_mmio_is_mapped(src)))
		return refuse(e, "both operands are device memory");
	return to ? string_to_device(e, dst, src, nr) :
		    string_from_device(e, src, dst, nr);
}

/*
 * As many elements as one fault may do. Leaving early is harmless: the CPU
 * executes the rest of the instruction, and faults again where it must.
 */
static bool do_string(struct pciem_emul *e)
{
	unsigned int batch, nr;

	for (batch = 0; batch < STRING_BATCHES; batch++) {
		if (!string_step(e, &nr))
			return batch > 0;
		if (!nr)
			return batch > 0 ||
			       refuse(e, "an element crosses the end of the mapping");
		if (pciem_insn_string_advance(&e->insn, &e->regs, nr))
			return true;
		if (e->who.may_sleep)
			cond_resched();
	}
	return true;
}

static bool perform(struct pciem_emul *e)
{
	switch (e->insn.kind) {
	case PCIEM_INSN_LOAD:
	case PCIEM_INSN_COMBINE:
		return do_load(e);
	case PCIEM_INSN_STORE:
		return do_store(e);
	case PCIEM_INSN_MODIFY:
		return do_modify(e);
	case PCIEM_INSN_VLOAD:
	case PCIEM_INSN_VSTORE:
		return do_vector(e);
	case PCIEM_INSN_COPY64:
		return do_copy64(e);
	case PCIEM_INSN_MOVS:
	case PCIEM_INSN_STOS:
	case PCIEM_INSN_LODS:
		return do_string(e);
	case PCIEM_INSN_NOACCESS:
		pciem_insn_retire(&e->insn, &e->regs);
		return true;
	default:
		return refuse(e, "of a kind that is not known");
	}
}

/* ---- fetch and decode ---- */

/*
 * Reads the instruction, up to the end of its page first: the next page may not
 * be there. A kprobe's INT3 stands for the byte that the kprobe saved.
 */
static int read_and_decode(struct pciem_emul *e)
{
	unsigned long ip = e->pt->ip;
	unsigned int first = min_t(unsigned long, PCIEM_INSN_MAX_BYTES,
				   PAGE_SIZE - offset_in_page(ip));
	int ret;

	if (copy_from_kernel_nofault(e->code, (void *)ip, first)) {
		e->why = "its bytes cannot be read";
		return -EFAULT;
	}
	e->nr_code = first;
	if (e->code[0] == INT3)
		pciem_mmio_probed_opcode(ip, &e->code[0]);
	ret = pciem_insn_decode(e->code, first, &e->insn);
	if (ret == -ENODATA && first < PCIEM_INSN_MAX_BYTES &&
	    !copy_from_kernel_nofault(e->code + first, (void *)(ip + first),
				      PCIEM_INSN_MAX_BYTES - first)) {
		e->nr_code = PCIEM_INSN_MAX_BYTES;
		ret = pciem_insn_decode(e->code, PCIEM_INSN_MAX_BYTES, &e->insn);
	}
	if (ret)
		e->why = pciem_insn_reason(&e->insn);
	else
		pciem_known_put(ip, e->code, &e->insn);
	return ret;
}

static int fetch_and_decode(struct pciem_emul *e)
{
	int ret = 0;

	if (!pciem_known_get(e->pt->ip, &e->insn))
		ret = read_and_decode(e);
	if (ret)
		return ret;
	if (e->insn.segment == PCIEM_SEG_FS)
		pciem_rdmsr(MSR_FS_BASE, e->seg_base);
	else if (e->insn.segment == PCIEM_SEG_GS)
		pciem_rdmsr(MSR_GS_BASE, e->seg_base);
	return 0;
}

/* Said once: the oops that follows stops the thread that did it. */
static noinline void report(struct pciem_emul *e)
{
	u64 bus = e->target.phys + (e->addr - e->target.va) -
		  e->target.win->offset;

	if (in_nmi() || READ_ONCE(e->target.win->dead))
		return;
	/* one that was known was not read whole */
	if (!e->nr_code && !copy_from_kernel_nofault(e->code, (void *)e->pt->ip, e->insn.length))
		e->nr_code = e->insn.length;
	pr_err("%s: instruction %*ph at %pS cannot be performed on device memory (bus address %#llx): %s\n",
	       pciem_link_name(e->target.win->link), (int)e->nr_code, e->code,
	       (void *)e->pt->ip, bus, e->why);
	pciem_send_event(e->target.win->link, PCIEM_EVENT_INSN,
			 "instruction %*ph at %pS cannot be performed on device memory (bus address %#llx): %s",
			 (int)e->nr_code, e->code, (void *)e->pt->ip, bus,
			 e->why);
}

int pciem_mmio_emulate(struct pt_regs *pt, unsigned long addr)
{
	bool irqs_on = pt->flags & X86_EFLAGS_IF;
	struct pciem_emul e;
	bool done = false;

	e.pt = pt;
	e.addr = addr;
	e.seg_base = 0;
	e.nr_code = 0;
	e.why = NULL;
	if (!pciem_mmio_target_get(addr, &e.target))
		return 0;	/* unmapped meanwhile: a bad pointer */
	e.who.pc = pt->ip;
	e.who.regs = pt;
	e.who.irqs_on = irqs_on;
	e.who.may_sleep = pciem_may_sleep(irqs_on);

	if (irqs_on)
		local_irq_enable();
	if (!fetch_and_decode(&e)) {
		pciem_mmio_regs_load(&e.regs, pt);
		done = perform(&e);
		if (done)
			pciem_mmio_regs_store(pt, &e.regs);
	}
	if (!done)
		report(&e);
	if (irqs_on)
		local_irq_disable();
	pciem_mmio_target_put(&e.target);
	return done;
}
