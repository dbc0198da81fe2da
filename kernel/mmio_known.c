// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of instructions that have been trapped before: that the exception
 * table does not name them, and what their bytes mean. A driver makes most of its
 * accesses from few places, and a search of the kernel's exception table and a
 * decoding cost more than the rest of the trap.
 *
 * Only text of the kernel and of modules is remembered; BPF programs, say, come and
 * go unseen. When a module comes, leaves its init section or goes, everything is
 * forgotten. Bytes may change at any time (alternatives, jump labels, kprobes), so
 * they are compared before their meaning is used.
 *
 * A table without locks and without allocation: each place has one entry, and the
 * last one wins. seq is odd while an entry is written; whoever finds it odd, or
 * changed after reading, knows nothing.
 */
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include "mmio_hook.h"
#include "mmio_known.h"

#define HASH_BITS	8
#define CODE_BYTES	16

struct known {
	unsigned int seq;
	int generation;
	unsigned long ip;
	u64 code[2], mask[2];	/* bytes as they were, beyond the instruction 0 */
	struct pciem_insn insn;
	struct pciem_plain plain;	/* of @insn */
};

static struct known known[1 << HASH_BITS];
static atomic_t generation = ATOMIC_INIT(1);	/* of an entry that was never written: 0 */

static struct known *place_of(unsigned long ip)
{
	return &known[hash_long(ip, HASH_BITS)];
}

/* Whether @k is about @ip, and its seq for is_unchanged(). */
static bool is_about(const struct known *k, unsigned long ip, unsigned int *seq)
{
	/* pairs with the release in pciem_known_put() */
	*seq = smp_load_acquire(&k->seq);
	return !(*seq & 1) && READ_ONCE(k->ip) == ip && READ_ONCE(k->generation) == atomic_read(&generation);
}

static bool is_unchanged(const struct known *k, unsigned int seq)
{
	/* what was read of the entry before seq; pairs with the cmpxchg in pciem_known_put() */
	smp_rmb();
	return READ_ONCE(k->seq) == seq;
}

bool notrace pciem_known_has_no_extable(unsigned long ip)
{
	const struct known *k = place_of(ip);
	unsigned int seq;

	return is_about(k, ip, &seq) && is_unchanged(k, seq);
}

/*
 * The next 16 bytes of text; false when they are not all in one page. The CPU has
 * just read the instruction, so the page is there.
 */
static bool read_code(unsigned long ip, u64 code[2])
{
	const u64 *from = (const u64 *)ip;

	if (offset_in_page(ip) > PAGE_SIZE - CODE_BYTES)
		return false;
	code[0] = READ_ONCE_NOCHECK(from[0]);
	code[1] = READ_ONCE_NOCHECK(from[1]);
	return true;
}

/* Whether the text at @ip is what @k knows; while somebody writes the entry, that is not used. */
static bool is_text(const struct known *k, unsigned long ip)
{
	u64 code[2];

	if (!read_code(ip, code))
		return false;
	return !data_race(((code[0] ^ k->code[0]) & k->mask[0]) | ((code[1] ^ k->code[1]) & k->mask[1]));
}

bool pciem_known_get(unsigned long ip, struct pciem_insn *insn)
{
	const struct known *k = place_of(ip);
	unsigned int seq;

	if (!is_about(k, ip, &seq) || !is_text(k, ip))
		return false;
	data_race(memcpy(insn, &k->insn, sizeof(*insn)));
	return is_unchanged(k, seq);
}

bool notrace pciem_known_plain(unsigned long ip, struct pciem_plain *plain)
{
	const struct known *k = place_of(ip);
	unsigned int seq;

	if (!is_about(k, ip, &seq) || !is_text(k, ip))
		return false;
	*plain = data_race(k->plain);
	return is_unchanged(k, seq) && plain->length;
}

static u64 mask_of_bytes(int bytes)
{
	return bytes <= 0 ? 0 : bytes >= 8 ? ~0ULL : (1ULL << (8 * bytes)) - 1;
}

void pciem_known_put(unsigned long ip, const u8 *code, const struct pciem_insn *insn)
{
	struct known *k = place_of(ip);
	unsigned int seq = READ_ONCE(k->seq);
	int now = atomic_read(&generation);

	/* the generation before it is asked who owns the text: a module may go meanwhile */
	smp_rmb();
	if (!pciem_is_lasting_text(ip) || static_call(pciem_search_extable)(ip))
		return;
	if ((seq & 1) || cmpxchg(&k->seq, seq, seq + 1) != seq)
		return;
	k->mask[0] = mask_of_bytes(insn->length);
	k->mask[1] = mask_of_bytes(insn->length - 8);
	memset(k->code, 0, sizeof(k->code));
	memcpy(k->code, code, insn->length);
	k->insn = *insn;
	k->plain = pciem_insn_plain(insn);
	WRITE_ONCE(k->ip, ip);
	WRITE_ONCE(k->generation, now);
	/* pairs with the acquire in is_about() */
	smp_store_release(&k->seq, seq + 2);
}

static int on_module(struct notifier_block *nb, unsigned long state, void *data)
{
	/* pairs with smp_rmb() in pciem_known_put(); the text goes after this */
	atomic_inc_return(&generation);
	return NOTIFY_OK;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

int pciem_known_init(void)
{
	return register_module_notifier(&module_nb);
}

void pciem_known_exit(void)
{
	unregister_module_notifier(&module_nb);
}
