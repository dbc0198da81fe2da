// SPDX-License-Identifier: GPL-2.0
/*
 * Call sites: the first time an address makes a request in a session, a record
 * with its stack and names goes to the bridge; later requests carry its number.
 *
 * A hash table without locks and without allocation. Whoever claims an entry
 * sends the record; until it is sent, others with the same address use number
 * 0, since a number must not be used before its record.
 *
 * The bridge is trusted less than the kernel: addresses do not go there, tokens
 * and names do.
 */
#include <linux/hash.h>
#include <linux/kallsyms.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>
#include <linux/vmalloc.h>

#include "link.h"

#define HASH_BITS	11
#define HASH_ENTRIES	(1U << HASH_BITS)
#define MAX_SITES	1024
#define MAX_PROBES	16
#define MAX_DEPTH	48	/* frames of the trap itself are among them */
#define NR_WORK		4

enum {
	ENTRY_UNSENT,
	ENTRY_SENDING,
	ENTRY_READY,
};

struct entry {
	unsigned long pc;	/* 0: free */
	u32 site;
	u32 state;
	u64 token;		/* 0: not there yet */
};

/* Room for one record in the making; not on the stack. */
struct work {
	unsigned long trace[MAX_DEPTH];
	struct pciem_site head;
	char text[PCIEM_TEXT_MAX_BYTES];
};

struct pciem_site_table {
	siphash_key_t key;		/* of this session's tokens */
	atomic_t nr_sites;
	unsigned long work_in_use;
	struct work work[NR_WORK];
	struct entry entry[HASH_ENTRIES];
};

struct pciem_site_table *pciem_site_create(void)
{
	return vzalloc(sizeof(struct pciem_site_table));
}

void pciem_site_destroy(struct pciem_site_table *table)
{
	vfree(table);
}

/* Nobody makes requests: the link is down. */
void pciem_site_new_session(struct pciem_link *link)
{
	memset(link->sites->entry, 0, sizeof(link->sites->entry));
	atomic_set(&link->sites->nr_sites, 0);
	get_random_bytes(&link->sites->key, sizeof(link->sites->key));
}

/* The entry of @pc, made if there is none; NULL when the table is full. */
static struct entry *find_entry(struct pciem_site_table *table, unsigned long pc)
{
	u32 at = hash_long(pc, HASH_BITS);
	unsigned int i;

	for (i = 0; i < MAX_PROBES; i++, at = (at + 1) % HASH_ENTRIES) {
		struct entry *e = &table->entry[at];
		unsigned long seen = READ_ONCE(e->pc);

		if (seen == pc)
			return e;
		if (seen)
			continue;
		if (atomic_read(&table->nr_sites) >= MAX_SITES)
			return NULL;
		seen = cmpxchg(&e->pc, 0UL, pc);
		if (seen == pc)
			return e;
		if (!seen) {
			WRITE_ONCE(e->site, atomic_inc_return(&table->nr_sites));
			return e;
		}
	}
	return NULL;
}

static struct work *get_work(struct pciem_site_table *table)
{
	unsigned int i;

	for (i = 0; i < NR_WORK; i++)
		if (!test_and_set_bit(i, &table->work_in_use))
			return &table->work[i];
	return NULL;
}

static void put_work(struct pciem_site_table *table, struct work *w)
{
	clear_bit_unlock(w - table->work, &table->work_in_use);
}

/* Frames from the access outwards: what lies inside the access (trap, PCI core, this module) is skipped. */
static void fill_frames(struct work *w, unsigned long pc, bool with_stack)
{
	unsigned int nr, i, out = 1;

	w->head.frame[0] = pc;
	if (with_stack) {
		nr = stack_trace_save(w->trace, MAX_DEPTH, 0);
		for (i = 0; i < nr && w->trace[i] != pc; i++)
			;
		for (i++; i < nr && out < PCIEM_SITE_FRAMES; i++)
			w->head.frame[out++] = w->trace[i];
	}
	w->head.nr_frames = out;
	while (out < PCIEM_SITE_FRAMES)
		w->head.frame[out++] = 0;
}

/* Names, never addresses: %pS prints those that have no symbol as they are. */
static u32 fill_text(struct work *w)
{
	u32 bytes = 0;
	unsigned int i;

	for (i = 0; i < w->head.nr_frames; i++) {
		unsigned long at = w->head.frame[i];
		char *line = w->text + bytes;
		u32 room = sizeof(w->text) - bytes, len;

		if (at < TASK_SIZE_MAX) {
			bytes += scnprintf(line, room, "user space of %s\n", current->comm);
			continue;
		}
		len = scnprintf(line, room, "%pS\n", (void *)at);
		if (!strncmp(line, "0x", 2))
			len = scnprintf(line, room, "?\n");
		bytes += len;
	}
	return bytes;
}

u64 pciem_site_token(struct pciem_link *link, unsigned long pc)
{
	return pc ? siphash_1u64(pc, &link->sites->key) : 0;
}

static void hide_frames(struct pciem_link *link, struct work *w)
{
	unsigned int i;

	for (i = 0; i < w->head.nr_frames; i++)
		w->head.frame[i] = pciem_site_token(link, w->head.frame[i]);
}

static bool send_site(struct pciem_link *link, struct entry *e, unsigned long pc, bool with_stack)
{
	struct pciem_push push = { .type = PCIEM_REC_SITE };
	struct work *w = get_work(link->sites);
	int ret;

	if (!w)
		return false;
	w->head.site = e->site;
	fill_frames(w, pc, with_stack);
	push.part[0].data = &w->head;
	push.part[0].bytes = sizeof(w->head);
	push.part[1].data = w->text;
	push.part[1].bytes = fill_text(w);
	hide_frames(link, w);
	ret = pciem_ring_push(link, &push, PCIEM_PUSH_NOWAIT);
	put_work(link->sites, w);
	return !ret;
}

u32 pciem_site_known(struct pciem_link *link, unsigned long pc, u64 *token)
{
	struct entry *e = &link->sites->entry[hash_long(pc, HASH_BITS)];

	/* pairs with the release in pciem_site_intern() */
	if (READ_ONCE(e->pc) != pc || smp_load_acquire(&e->state) != ENTRY_READY)
		return 0;
	*token = READ_ONCE(e->token);
	return READ_ONCE(e->site);
}

u32 pciem_site_intern(struct pciem_link *link, const struct pciem_who *who, bool with_stack, u64 *token)
{
	struct entry *e = who->pc ? find_entry(link->sites, who->pc) : NULL;

	*token = e ? READ_ONCE(e->token) : 0;
	if (!*token) {
		*token = pciem_site_token(link, who->pc);
		if (e)
			WRITE_ONCE(e->token, *token);
	}
	if (!e)
		goto lost;
	if (smp_load_acquire(&e->state) == ENTRY_READY)
		return READ_ONCE(e->site);
	/* e->site is 0 for a moment while another CPU makes the entry */
	if (!READ_ONCE(e->site) || cmpxchg(&e->state, ENTRY_UNSENT, ENTRY_SENDING) != ENTRY_UNSENT)
		goto lost;
	if (!send_site(link, e, who->pc, with_stack)) {
		smp_store_release(&e->state, ENTRY_UNSENT);
		goto lost;
	}
	smp_store_release(&e->state, ENTRY_READY);	/* pairs with the acquire above */
	pciem_count(link, PCIEM_STAT_SITES);
	return e->site;
lost:
	pciem_count(link, PCIEM_STAT_SITES_LOST);
	return 0;
}
