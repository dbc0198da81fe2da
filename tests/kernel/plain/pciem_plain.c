// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for the test card of tests/kernel/fakecard.c that makes plain register
 * accesses: every form, register and width, in every context. Each form is a function
 * of its own. What it does to a copy of the card's buffer in memory, where the CPU
 * performs it, is what it must do to the card: its first access goes the long way, since
 * its place is not known yet, those that follow the short one, if there is one.
 *
 * "pciem_plain: reads N writes N" says how many accesses there were; the module's own
 * counters say how many of them went the short way.
 */
#include <linux/io.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/random.h>
#include <linux/slab.h>

#define ID		0x00
#define SCRATCH		0x08
#define REQUESTS	0x28	/* memory requests, the one that reads it included */
#define BUFFER		0x1000
#define WINDOW_BYTES	16
#define WARM_READS	8
#define GARBAGE		0x1122334455667788ULL

static char *mode = "forms";
module_param(mode, charp, 0400);
MODULE_PARM_DESC(mode, "forms: every form; fault: known places, then a read of the scratch register");

struct plain {
	u8 __iomem *regs, *buf;
	u8 shadow[WINDOW_BYTES + 8];
	u64 reads, writes;
	char why[160];
};

typedef void (*form_fn)(void __iomem *at, u64 *reg);

/*
 * A register @r64 gets what @reg holds, @insn is performed with it, and @reg gets what it
 * holds then. Address and @reg are in two other registers.
 */
#define FORM(name, r64, insn, at_is, reg_is)				\
	static noinline void name(void __iomem *at, u64 *reg)		\
	{								\
		asm volatile("pushq %%" r64 "\n\t"			\
			     "movq (%1), %%" r64 "\n\t"			\
			     insn "\n\t"				\
			     "movq %%" r64 ", (%1)\n\t"			\
			     "popq %%" r64				\
			     : "+" at_is (at), "+" reg_is (reg) : : "memory", "cc");	\
	}

#define FORMS(n, r64, r32, r16, r8, a, v)				\
	FORM(lb_##n, r64, "movb (%0), %%" r8, a, v)			\
	FORM(lw_##n, r64, "movw (%0), %%" r16, a, v)			\
	FORM(ll_##n, r64, "movl (%0), %%" r32, a, v)			\
	FORM(lq_##n, r64, "movq (%0), %%" r64, a, v)			\
	FORM(zb_##n, r64, "movzbl (%0), %%" r32, a, v)			\
	FORM(zw_##n, r64, "movzwq (%0), %%" r64, a, v)			\
	FORM(sb_##n, r64, "movb %%" r8 ", (%0)", a, v)			\
	FORM(sw_##n, r64, "movw %%" r16 ", (%0)", a, v)			\
	FORM(sl_##n, r64, "movl %%" r32 ", (%0)", a, v)			\
	FORM(sq_##n, r64, "movq %%" r64 ", (%0)", a, v)

FORMS(ax, "rax", "eax", "ax", "al", "c", "d")
FORMS(bx, "rbx", "ebx", "bx", "bl", "c", "d")
FORMS(cx, "rcx", "ecx", "cx", "cl", "S", "D")
FORMS(dx, "rdx", "edx", "dx", "dl", "S", "D")
FORMS(si, "rsi", "esi", "si", "sil", "c", "d")
FORMS(di, "rdi", "edi", "di", "dil", "c", "d")
FORMS(bp, "rbp", "ebp", "bp", "bpl", "c", "d")
FORMS(8, "r8", "r8d", "r8w", "r8b", "c", "d")
FORMS(9, "r9", "r9d", "r9w", "r9b", "c", "d")
FORMS(10, "r10", "r10d", "r10w", "r10b", "c", "d")
FORMS(11, "r11", "r11d", "r11w", "r11b", "c", "d")
FORMS(12, "r12", "r12d", "r12w", "r12b", "c", "d")
FORMS(13, "r13", "r13d", "r13w", "r13b", "c", "d")
FORMS(14, "r14", "r14d", "r14w", "r14b", "c", "d")
FORMS(15, "r15", "r15d", "r15w", "r15b", "c", "d")
/* other ways to name the place */
FORM(ll_disp8, "rax", "leaq -4(%0), %0; movl 4(%0), %%eax", "c", "d")
FORM(ll_disp32, "rax", "leaq 0x1000(%0), %0; movl -0x1000(%0), %%eax", "c", "d")
FORM(lq_sib, "rax", "shrq $1, %0; movq (%0,%0), %%rax", "S", "D")
FORM(sl_sib, "rax", "shrq $1, %0; movl %%eax, (%0,%0)", "c", "d")
FORM(sq_nt, "rax", "movnti %%rax, (%0)", "c", "d")

static const struct form {
	const char *name;
	form_fn fn;
	u8 bytes;
	bool is_store;
} forms[] = {
#define ENTRY(n, bytes, is_store) { #n, n, bytes, is_store }
#define ENTRIES(n)							\
	ENTRY(lb_##n, 1, false), ENTRY(lw_##n, 2, false),		\
	ENTRY(ll_##n, 4, false), ENTRY(lq_##n, 8, false),		\
	ENTRY(zb_##n, 1, false), ENTRY(zw_##n, 2, false),		\
	ENTRY(sb_##n, 1, true), ENTRY(sw_##n, 2, true),			\
	ENTRY(sl_##n, 4, true), ENTRY(sq_##n, 8, true)
	ENTRIES(ax), ENTRIES(bx), ENTRIES(cx), ENTRIES(dx), ENTRIES(si), ENTRIES(di), ENTRIES(bp),
	ENTRIES(8), ENTRIES(9), ENTRIES(10), ENTRIES(11), ENTRIES(12), ENTRIES(13), ENTRIES(14), ENTRIES(15),
	ENTRY(ll_disp8, 4, false), ENTRY(ll_disp32, 4, false), ENTRY(lq_sib, 8, false),
	ENTRY(sl_sib, 4, true), ENTRY(sq_nt, 8, true),
};

static bool differs(struct plain *p, const struct form *f, unsigned int off, u64 seen, u64 expected)
{
	if (seen == expected)
		return false;
	snprintf(p->why, sizeof(p->why), "%s at %u: %#llx, the CPU's own is %#llx", f->name, off, seen, expected);
	return true;
}

/* One access of the card and the same of memory. */
static bool one(struct plain *p, const struct form *f, unsigned int off)
{
	u64 seen = GARBAGE * (off + 3), expected = seen;

	f->fn(p->buf + off, &seen);
	f->fn((void __iomem __force *)(p->shadow + off), &expected);
	if (f->is_store)
		p->writes++;
	else
		p->reads++;
	return differs(p, f, off, seen, expected);
}

static noinline u64 look(struct plain *p, unsigned int off)
{
	p->reads++;
	return readq(p->buf + off);
}

/* What the card has is what memory has. */
static bool is_wrong(struct plain *p, const struct form *f)
{
	unsigned int off;
	u64 expected;

	for (off = 0; off < WINDOW_BYTES; off += 8) {
		memcpy(&expected, p->shadow + off, 8);
		if (differs(p, f, off, look(p, off), expected))
			return true;
	}
	return false;
}

static void fill(struct plain *p)
{
	unsigned int off;
	u64 val;

	get_random_bytes(p->shadow, WINDOW_BYTES);
	for (off = 0; off < WINDOW_BYTES; off += 8) {
		memcpy(&val, p->shadow + off, 8);
		writeq(val, p->buf + off);
		p->writes++;
	}
}

/* Every form at every place that is aligned. */
static void run_forms(struct plain *p)
{
	const struct form *f;
	unsigned int off;

	for (f = forms; f < forms + ARRAY_SIZE(forms); f++) {
		for (off = 0; off + f->bytes <= WINDOW_BYTES; off += f->bytes)
			if (one(p, f, off) || one(p, f, off))
				return;
		if (f->is_store && is_wrong(p, f))
			return;
	}
}

/* One form in an interrupt: all of them would take too long there. */
static void run_one_form(struct plain *p, const struct form *f)
{
	unsigned int off;

	for (off = 0; off + f->bytes <= WINDOW_BYTES && !p->why[0]; off += f->bytes)
		one(p, f, off);
}

/* What is not aligned is more than one TLP, or one that is not plain: the long way, with the same end. */
static void run_odd(struct plain *p)
{
	static const char *const names[] = { "lw_ax", "ll_bx", "lq_8", "sw_ax", "sl_bx", "sq_8" };
	const struct form *f;
	unsigned int i, off;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		for (f = forms; strcmp(f->name, names[i]); f++)
			;
		for (off = 1; off + f->bytes <= WINDOW_BYTES; off++)
			if (off % f->bytes && one(p, f, off))
				return;
		if (is_wrong(p, f))
			return;
	}
}

static struct plain *in_irq;
static const struct form *irq_form;

static void irq_fn(struct irq_work *work)
{
	run_one_form(in_irq, irq_form);
}

static void run_in_irq(struct plain *p)
{
	struct irq_work work;

	in_irq = p;
	for (irq_form = forms; irq_form < forms + ARRAY_SIZE(forms) && !p->why[0]; irq_form += 7) {
		init_irq_work(&work, irq_fn);
		irq_work_queue(&work);
		irq_work_sync(&work);
	}
}

static void with_irqs_off(struct plain *p)
{
	const struct form *f;
	unsigned long flags;

	for (f = forms; f < forms + ARRAY_SIZE(forms) && !p->why[0]; f += 3) {
		local_irq_save(flags);
		run_one_form(p, f);
		local_irq_restore(flags);
	}
}

static void with_preemption_off(struct plain *p)
{
	preempt_disable();
	run_one_form(p, &forms[2]);
	run_one_form(p, &forms[8]);
	preempt_enable();
}

static void with_bottom_halves_off(struct plain *p)
{
	local_bh_disable();
	run_one_form(p, &forms[2]);
	run_one_form(p, &forms[8]);
	local_bh_enable();
}

static const struct {
	const char *name;
	void (*run)(struct plain *p);
	bool is_plain;
} contexts[] = {
	{ "process", run_forms, true },
	{ "again", run_forms, true },
	{ "irqs_off", with_irqs_off, true },
	{ "hardirq", run_in_irq, true },
	{ "preemption_off", with_preemption_off, true },
	{ "bottom_halves_off", with_bottom_halves_off, true },
	{ "odd", run_odd, false },
};

static int run_all(struct plain *p)
{
	unsigned int i, failed = 0;

	for (i = 0; i < ARRAY_SIZE(contexts); i++) {
		u32 before, after;

		p->why[0] = 0;
		p->reads = 0;
		p->writes = 0;
		before = readl(p->regs + REQUESTS);
		fill(p);
		contexts[i].run(p);
		after = readl(p->regs + REQUESTS);
		/* one TLP each, no more and no less */
		if (!p->why[0] && contexts[i].is_plain && after - before - 1 != p->reads + p->writes)
			snprintf(p->why, sizeof(p->why), "%u TLPs", after - before - 1);
		pr_info("pciem_plain: %s %s %s\n", p->why[0] ? "FAIL" : "pass", contexts[i].name, p->why);
		pr_info("pciem_plain: count %s reads %llu writes %llu\n", contexts[i].name, p->reads, p->writes);
		failed += p->why[0] != 0;
	}
	return failed;
}

static noinline u32 read_one(struct plain *p, unsigned int off)
{
	return readl(p->regs + off);
}

/* The place is known when the completion comes that is not as it should be. */
static int run_fault(struct plain *p)
{
	unsigned int i;
	u32 id = 0, scratch;

	for (i = 0; i < WARM_READS; i++)
		id = read_one(p, ID);
	scratch = read_one(p, SCRATCH);
	pr_info("pciem_plain: value before %#x scratch %#x after %#x\n", id, scratch, read_one(p, ID));
	return 0;
}

static int plain_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct plain *p = kzalloc(sizeof(*p), GFP_KERNEL);
	int ret;

	if (!p)
		return -ENOMEM;
	ret = pci_enable_device(pdev);
	if (ret)
		goto err_free;
	p->regs = pci_iomap(pdev, 0, 0);
	ret = -ENOMEM;
	if (!p->regs)
		goto err_device;
	p->buf = p->regs + BUFFER;
	ret = strcmp(mode, "fault") ? run_all(p) : run_fault(p);
	pr_info("pciem_plain: done %d\n", ret);
	ret = -ENODEV;		/* nothing to keep bound */
	pci_iounmap(pdev, p->regs);
err_device:
	pci_disable_device(pdev);
err_free:
	kfree(p);
	return ret;
}

static const struct pci_device_id plain_ids[] = {
	{ PCI_DEVICE(0x1b36, 0x0fa1) },
	{ }
};
MODULE_DEVICE_TABLE(pci, plain_ids);

static struct pci_driver plain_driver = {
	.name = "pciem_plain",
	.id_table = plain_ids,
	.probe = plain_probe,
};
module_pci_driver(plain_driver);

MODULE_DESCRIPTION("plain register accesses, for the tests of pciem");
MODULE_LICENSE("GPL");
