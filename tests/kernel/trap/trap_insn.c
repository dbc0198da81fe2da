// SPDX-License-Identifier: GPL-2.0
/* Every form of instruction, width, offset and mapping. */
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/fpu/api.h>

#include "trap.h"

#define RAX_GARBAGE	0x1122334455667788ULL

static const char *fill(struct trap *t)
{
	unsigned int i;
	u64 v;

	trap_requests(t);
	for (i = 0; i < TRAP_BUFFER_BYTES; i += 8) {
		memcpy(&v, t->shadow + i, 8);
		writeq(v, t->buf + i);
	}
	return trap_expect("requests", trap_requests(t), TRAP_BUFFER_BYTES / 8) ?:
	       trap_compare(t, "after writeq");
}

/* Each width at each offset: value and number of TLPs. */
static const char *read_widths(struct trap *t)
{
	const char *why = NULL;
	unsigned int off;

	for (off = 0; off < 24 && !why; off++) {
		u64 seen, expected = 0;

		trap_requests(t);
		seen = readb(t->buf + off);
		why = trap_expect("readb", seen, t->shadow[off]);
		if (why)
			break;
		memcpy(&expected, t->shadow + off, 2);
		why = trap_expect("readw", readw(t->buf + off), expected);
		if (why)
			break;
		memcpy(&expected, t->shadow + off, 4);
		why = trap_expect("readl", readl(t->buf + off), expected);
		if (why)
			break;
		memcpy(&expected, t->shadow + off, 8);
		why = trap_expect("readq", readq(t->buf + off), expected);
		if (!why && !(off & 7))
			why = trap_expect("TLPs of 4 aligned reads",
					  trap_requests(t), 4);
	}
	return why;
}

static const char *write_widths(struct trap *t)
{
	unsigned int off, base;

	for (off = 0; off < 16; off++) {
		u64 v = 0xf0e1d2c3b4a59687ULL * (off + 3);

		base = off * 64;
		writeb(v, t->buf + base + off);
		memcpy(t->shadow + base + off, &v, 1);
		writew(v, t->buf + base + 16 + off);
		memcpy(t->shadow + base + 16 + off, &v, 2);
		writel(v, t->buf + base + 32 + off);
		memcpy(t->shadow + base + 32 + off, &v, 4);
		v = ~v;
		writeq(v, t->buf + base + 40 + off);
		memcpy(t->shadow + base + 40 + off, &v, 8);
	}
	return trap_compare(t, "after writes of all widths");
}

#define LOAD_CASE(insn, what, expected)					\
	do {								\
		u64 out = RAX_GARBAGE;					\
		const char *w;						\
		asm volatile(insn : "+a" (out) : "D" (p) : "memory", "rsi"); \
		w = trap_expect(what, out, (expected));			\
		if (w)							\
			return w;					\
	} while (0)

/* Merge rules of the destination register. */
static const char *loads(struct trap *t)
{
	void __iomem *p = t->buf;
	u64 q = 0xfedcba9887a69584ULL;

	writeq(q, p);
	memcpy(t->shadow, &q, 8);
	LOAD_CASE("movb (%1), %%al", "mov al", (RAX_GARBAGE & ~0xffULL) | 0x84);
	LOAD_CASE("movb (%1), %%ah", "mov ah",
		  (RAX_GARBAGE & ~0xff00ULL) | 0x8400);
	LOAD_CASE("movw (%1), %%ax", "mov ax",
		  (RAX_GARBAGE & ~0xffffULL) | 0x9584);
	LOAD_CASE("movl (%1), %%eax", "mov eax", 0x87a69584);
	LOAD_CASE("movq (%1), %%rax", "mov rax", q);
	LOAD_CASE("movzbl (%1), %%eax", "movzx 8", 0x84);
	LOAD_CASE("movzwl (%1), %%eax", "movzx 16", 0x9584);
	LOAD_CASE("movsbq (%1), %%rax", "movsx 8", 0xffffffffffffff84ULL);
	LOAD_CASE("movswl (%1), %%eax", "movsx 16", 0xffff9584);
	LOAD_CASE("movslq (%1), %%rax", "movsxd", 0xffffffff87a69584ULL);
	LOAD_CASE("addl (%1), %%eax", "add r,m",
		  (u32)((u32)RAX_GARBAGE + 0x87a69584));
	LOAD_CASE("xorq (%1), %%rax", "xor r,m", RAX_GARBAGE ^ q);
	LOAD_CASE("movq %1, %%rsi; lodsl", "lods", 0x87a69584);
	return NULL;
}

static const char *stores(struct trap *t)
{
	void __iomem *p = t->buf + 64;
	u8 *s = t->shadow + 64;
	u64 v = 0x0123456789abcdefULL;

	trap_requests(t);
	asm volatile("movb $0x5a, (%0)" : : "r" (p) : "memory");
	asm volatile("movw $0x1234, 2(%0)" : : "r" (p) : "memory");
	asm volatile("movl $0x89abcdef, 4(%0)" : : "r" (p) : "memory");
	asm volatile("movq $-2, 8(%0)" : : "r" (p) : "memory");
	asm volatile("movnti %1, 16(%0)" : : "r" (p), "r" (v) : "memory");
	asm volatile("movl %k1, 24(%0,%2,4)" : : "r" (p), "r" (v), "r" (0UL)
		     : "memory");
	s[0] = 0x5a;
	memcpy(s + 2, (u16[]){ 0x1234 }, 2);
	memcpy(s + 4, (u32[]){ 0x89abcdef }, 4);
	memcpy(s + 8, (u64[]){ -2ULL }, 8);
	memcpy(s + 16, &v, 8);
	memcpy(s + 24, &v, 4);
	return trap_expect("TLPs", trap_requests(t), 6) ?:
	       trap_compare(t, "after stores");
}

static const char *flags(struct trap *t)
{
	u8 zero, carry;

	writel(7, t->buf);
	memcpy(t->shadow, (u32[]){ 7 }, 4);
	asm volatile("testl $8, (%2); sete %0; cmpl $8, (%2); setb %1"
		     : "=&q" (zero), "=&q" (carry) : "r" (t->buf) : "memory");
	return trap_expect("test", zero, 1) ?: trap_expect("cmp", carry, 1);
}

static const char *modify(struct trap *t)
{
	u32 v = 0x80, old = 7, expected;

	writel(7, t->buf);
	asm volatile("orl %1, (%0)" : : "r" (t->buf), "r" (v) : "memory");
	asm volatile("addl $3, (%0)" : : "r" (t->buf) : "memory");
	expected = (7 | 0x80) + 3;
	trap_requests(t);
	asm volatile("xchgl %0, (%1)" : "+r" (v) : "r" (t->buf) : "memory");
	if (v != expected)
		return trap_expect("xchg", v, expected);
	old = 0x80;
	asm volatile("lock cmpxchgl %2, (%1)"
		     : "+a" (old) : "r" (t->buf), "r" (0x55) : "memory");
	memcpy(t->shadow, (u32[]){ 0x55 }, 4);
	return trap_expect("TLPs", trap_requests(t), 4) ?:
	       trap_compare(t, "after read-modify-write");
}

/* The functions drivers use, for many lengths and alignments. */
static const char *io_copy(struct trap *t)
{
	unsigned int len, off;

	for (len = 0; len < 150; len += 7)
		for (off = 0; off < 9; off++) {
			memcpy_fromio(t->scratch, t->buf + off, len);
			if (memcmp(t->scratch, t->shadow + off, len))
				return "memcpy_fromio differs";
			memset(t->shadow + 512 + off, len + off, len);
			memset_io(t->buf + 512 + off, len + off, len);
			memcpy(t->shadow + 1024 + off, t->shadow + off, len);
			memcpy_toio(t->buf + 1024 + off, t->shadow + off, len);
		}
	memcpy_fromio(t->scratch, t->buf, TRAP_BUFFER_BYTES);
	if (memcmp(t->scratch, t->shadow, TRAP_BUFFER_BYTES))
		return "memcpy_fromio of all differs";
	return trap_compare(t, "after memcpy_toio and memset_io");
}

#define REP(insn, di, si, cx, ax)					\
	asm volatile(insn : "+D" (di), "+S" (si), "+c" (cx)		\
		     : "a" (ax) : "memory", "cc")

static const char *strings(struct trap *t)
{
	unsigned long di, si, cx;
	const char *why;

	trap_requests(t);
	di = (unsigned long)t->buf + 3;
	si = (unsigned long)t->shadow + 2048;
	cx = 13;
	REP("rep movsb", di, si, cx, 0);
	memcpy(t->shadow + 3, t->shadow + 2048, 13);
	why = trap_expect("TLPs of rep movsb", trap_requests(t), 13) ?:
	      trap_expect("rcx", cx, 0) ?:
	      trap_expect("rdi", di, (unsigned long)t->buf + 16) ?:
	      trap_expect("rsi", si, (unsigned long)t->shadow + 2061);
	if (why)
		return why;

	di = (unsigned long)t->scratch;
	si = (unsigned long)t->buf + 8;
	cx = 5;
	REP("rep movsq", di, si, cx, 0);
	why = trap_expect("TLPs of rep movsq", trap_requests(t), 5);
	if (why)
		return why;
	if (memcmp(t->scratch, t->shadow + 8, 40))
		return "rep movsq differs";

	di = (unsigned long)t->buf + 256;
	cx = 9;
	REP("rep stosw", di, si, cx, 0xbeef);
	for (cx = 0; cx < 9; cx++)
		memcpy(t->shadow + 256 + 2 * cx, (u16[]){ 0xbeef }, 2);

	di = (unsigned long)t->buf + 400;	/* downwards */
	si = (unsigned long)t->shadow + 600;
	cx = 4;
	REP("std; rep movsl; cld", di, si, cx, 0);
	memcpy(t->shadow + 388, t->shadow + 588, 16);
	return trap_expect("rdi downwards", di, (unsigned long)t->buf + 384) ?:
	       trap_compare(t, "after strings");
}

static const char *vectors(struct trap *t)
{
	kernel_fpu_begin();
	memcpy(t->scratch, t->shadow + 96, 16);
	asm volatile("movups %2, %%xmm3; movups %%xmm3, (%1);"
		     "movdqu (%1), %%xmm5; movups %%xmm5, %0"
		     : "=m" (*(u8 (*)[16])(t->scratch + 64))
		     : "r" (t->buf + 128), "m" (*(u8 (*)[16])t->scratch)
		     : "memory");
	if (boot_cpu_has(X86_FEATURE_AVX))
		asm volatile("vmovdqu %1, %%ymm4; vmovdqu %%ymm4, (%0);"
			     "vzeroupper" : : "r" (t->buf + 160),
			     "m" (*(u8 (*)[32])t->shadow) : "memory");
	kernel_fpu_end();
	memcpy(t->shadow + 128, t->shadow + 96, 16);
	if (boot_cpu_has(X86_FEATURE_AVX))
		memcpy(t->shadow + 160, t->shadow, 32);
	if (memcmp(t->scratch + 64, t->shadow + 96, 16))
		return "movdqu load differs";
	return trap_compare(t, "after vector stores");
}

static const char *prefetching(struct trap *t)
{
	trap_requests(t);
	asm volatile("prefetcht0 (%0); prefetchnta (%0)" : : "r" (t->buf));
	return trap_expect("TLPs", trap_requests(t), 0);
}

/* What has an exception-table entry must fail, with no TLP. */
static const char *nofault(struct trap *t)
{
	u32 v = 0x5a5a5a5a;
	long ret;

	trap_requests(t);
	ret = copy_from_kernel_nofault(&v, (void __force *)t->buf, 4);
	return trap_expect("copy_from_kernel_nofault", (u64)ret, (u64)-EFAULT) ?:
	       trap_expect("TLPs", trap_requests(t), 0);
}

static const char *mappings(struct trap *t)
{
	phys_addr_t phys = pci_resource_start(t->pdev, 0) + TRAP_BUFFER;
	void __iomem *maps[] = {
		ioremap(phys, 64), ioremap_wc(phys, 64), ioremap_uc(phys, 64),
		ioremap_cache(phys, 64), pci_iomap_range(t->pdev, 0, TRAP_BUFFER, 64),
		pci_iomap_wc(t->pdev, 0, 0),
		(void __iomem *)memremap(phys, 64, MEMREMAP_WT),
	};
	const char *why = NULL;
	unsigned int i;
	u32 expected;

	memcpy(&expected, t->shadow, 4);
	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		u32 off = i == 5 ? TRAP_BUFFER : 0;

		if (!maps[i])
			return "a mapping failed";
		if (!why)
			why = trap_expect("readl through another mapping",
					  readl(maps[i] + off), expected);
		if (i == 6)
			memunmap((void __force *)maps[i]);
		else
			iounmap(maps[i]);
	}
	return why;
}

/* Alone on its memory, a write-combining mapping is one: its strings are merged. */
static const char *write_combining(struct trap *t)
{
	unsigned long di, si = (unsigned long)t->shadow, cx = 128;
	const char *why;

	pci_iounmap(t->pdev, t->regs);
	t->regs = ioremap_wc(pci_resource_start(t->pdev, 0), TRAP_BAR_BYTES);
	if (!t->regs)
		return "cannot map";
	t->buf = t->regs + TRAP_BUFFER;
	di = (unsigned long)t->buf;
	trap_requests(t);
	REP("rep movsb", di, si, cx, 0);
	why = trap_expect("TLPs of rep movsb", trap_requests(t), 2) ?:
	      trap_compare(t, "after a string");
	iounmap(t->regs);
	t->regs = pci_iomap(t->pdev, 0, 0);
	if (!t->regs)
		return "cannot map again";
	t->buf = t->regs + TRAP_BUFFER;
	return why;
}

/* Mapped beyond the BAR: all-ones, writes are dropped. */
static const char *beyond(struct trap *t)
{
	void __iomem *p = ioremap(pci_resource_start(t->pdev, 0),
				  4 * TRAP_BAR_BYTES);
	const char *why;

	if (!p)
		return "cannot map";
	writel(0x12345678, p + TRAP_BAR_BYTES);
	why = trap_expect("first beyond", readl(p + TRAP_BAR_BYTES), ~0U) ?:
	      trap_expect("last beyond", readq(p + 4 * TRAP_BAR_BYTES - 8),
			  ~0ULL) ?:
	      trap_expect("the first itself", readl(p), TRAP_ID_VALUE);
	iounmap(p);
	return why;
}

/* A record must go with its mapping: map, use, unmap, many times. */
static const char *remap_storm(struct trap *t)
{
	phys_addr_t phys = pci_resource_start(t->pdev, 0);
	unsigned int i;

	for (i = 0; i < 50; i++) {
		void __iomem *p = ioremap(phys, PAGE_SIZE << (i & 1));

		if (!p || readl(p) != TRAP_ID_VALUE)
			return "a mapping does not work";
		iounmap(p);
	}
	return NULL;
}

const struct trap_case trap_insn_cases[] = {
	{ "fill", fill },
	{ "read_widths", read_widths },
	{ "write_widths", write_widths },
	{ "loads", loads },
	{ "stores", stores },
	{ "flags", flags },
	{ "modify", modify },
	{ "io_copy", io_copy },
	{ "strings", strings },
	{ "vectors", vectors },
	/* once more: now the trap knows each of their instructions */
	{ "loads_known", loads },
	{ "stores_known", stores },
	{ "flags_known", flags },
	{ "modify_known", modify },
	{ "strings_known", strings },
	{ "vectors_known", vectors },
	{ "prefetch", prefetching },
	{ "nofault", nofault },
	{ "mappings", mappings },
	{ "write_combining", write_combining },
	{ "beyond", beyond },
	{ "remap_storm", remap_storm },
	{ }
};
