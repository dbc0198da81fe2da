// SPDX-License-Identifier: Apache-2.0
/*
 * kernel/reqtab.c: what a completion must be to be accepted, what becomes of a
 * tag, and the races between requesters, completer and abort.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "reqtab.h"

struct fixture {
	struct pciem_reqtab tab;
	struct pciem_tlp req;
	int tag;
	const char *rule;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	pciem_reqtab_init(&f.tab, 32);
	*state = &f;
	return 0;
}

static void ask_read(struct fixture *f, u64 addr, unsigned int bytes)
{
	memset(&f->req, 0, sizeof(f->req));
	f->req.kind = PCIEM_TLP_MRD;
	pciem_tlp_set_range(&f->req, addr, bytes);
	f->tag = pciem_reqtab_alloc(&f->tab);
	assert_true(f->tag >= 0);
	f->req.tag = (u16)f->tag;
	pciem_reqtab_arm(&f->tab, (unsigned int)f->tag, &f->req, false, 0);
}

static void ask_config(struct fixture *f, u8 kind, bool is_detached)
{
	memset(&f->req, 0, sizeof(f->req));
	f->req.kind = kind;
	f->req.len_dw = 1;
	f->req.first_be = 0xf;
	f->tag = pciem_reqtab_alloc(&f->tab);
	assert_true(f->tag >= 0);
	f->req.tag = (u16)f->tag;
	pciem_reqtab_arm(&f->tab, (unsigned int)f->tag, &f->req, is_detached, 100);
}

/* The right single completion of f->req with @dw of payload. */
static struct pciem_tlp right_cpl(struct fixture *f, unsigned int dw)
{
	struct pciem_tlp cpl;

	pciem_tlp_init_cpl(&cpl, &f->req, 0x100, PCIEM_TLP_SC, dw);
	return cpl;
}

static enum pciem_cpl_verdict complete(struct fixture *f, const struct pciem_tlp *cpl, const u8 *data)
{
	return pciem_reqtab_complete(&f->tab, cpl, data, &f->rule);
}

static enum pciem_req_end take(struct fixture *f, void *buf, unsigned int bytes)
{
	assert_true(pciem_reqtab_is_done(&f->tab, (unsigned int)f->tag));
	return pciem_reqtab_take(&f->tab, (unsigned int)f->tag, buf, bytes);
}

static void assert_rule(struct fixture *f, const char *id)
{
	assert_non_null(f->rule);
	assert_memory_equal(f->rule, id, strlen(id));
}

static void test_reqtab_read_every_offset_and_size_gets_its_bytes(void **state)
{
	struct fixture *f = *state;
	u8 data[80], got[64];

	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = (u8)(i + 1);
	for (unsigned int off = 0; off < 8; off++)
		for (unsigned int bytes = 1; bytes <= 64; bytes++) {
			struct pciem_tlp cpl;

			ask_read(f, 0x1000 + off, bytes);
			cpl = right_cpl(f, f->req.len_dw);
			memset(got, 0xee, sizeof(got));

			assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_FINAL);
			assert_int_equal(take(f, got, bytes), PCIEM_END_SC);
			assert_memory_equal(got, data + (off & 3), bytes);
			for (unsigned int i = bytes; i < sizeof(got); i++)	/* CPL-21 */
				assert_int_equal(got[i], 0xee);
		}
	assert_int_equal(pciem_reqtab_nr_pending(&f->tab), 0);
}

static void test_reqtab_split_read_is_assembled(void **state)
{
	struct fixture *f = *state;
	u8 data[64], got[62];
	struct pciem_tlp a, b;

	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = (u8)i;
	ask_read(f, 0x1061, 62);	/* 31 bytes up to 0x1080, then 31 */
	a = right_cpl(f, 8);
	b = right_cpl(f, 8);
	b.byte_count = 31;
	b.lower_addr = 0;

	assert_int_equal(complete(f, &a, data), PCIEM_CPL_PARTIAL);
	assert_false(pciem_reqtab_is_done(&f->tab, (unsigned int)f->tag));
	assert_int_equal(complete(f, &b, data + 32), PCIEM_CPL_FINAL);
	assert_int_equal(take(f, got, sizeof(got)), PCIEM_END_SC);
	assert_memory_equal(got, data + 1, sizeof(got));
}

/* Each row is one legal completion bent in one place: rule first, request ends BAD_CPL. */
static void test_reqtab_mutant_completions_are_bad(void **state)
{
	struct fixture *f = *state;
	static const char *const rules[] = {
		"CPL-10", "CPL-10", "CPL-13", "CPL-13", "CPL-16", "RCB-02", "CPL-07", "CPL-07", "CPL-03", "CPL-04",
		"CPL-06", "HDR-07",
	};
	u8 data[64] = { 0 };

	for (unsigned int m = 0; m < sizeof(rules) / sizeof(rules[0]); m++) {
		struct pciem_tlp cpl;

		ask_read(f, 0x1004, 16);
		cpl = right_cpl(f, 4);
		switch (m) {
		case 0: cpl.byte_count = 15; break;
		case 1: cpl.byte_count = 17; break;
		case 2: cpl.lower_addr = 0; break;
		case 3: cpl.lower_addr = 5; break;
		case 4: cpl.len_dw = 5; break;
		case 5: cpl.len_dw = 3; break;
		case 6: cpl.tc = 1; break;
		case 7: cpl.attr = PCIEM_TLP_ATTR_NS; break;
		case 8: cpl.kind = PCIEM_TLP_CPL; cpl.len_dw = 0; break;
		case 9: cpl.status = PCIEM_TLP_UR; break;
		case 10: cpl.kind = PCIEM_TLP_CPL; cpl.len_dw = 0; cpl.status = PCIEM_TLP_RRS; break;
		case 11: cpl.kind = PCIEM_TLP_CPLDLK; break;
		}

		assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_BAD);
		assert_rule(f, rules[m]);
		assert_int_equal(take(f, data, 16), PCIEM_END_BAD_CPL);
		pciem_reqtab_new_session(&f->tab);
	}
}

static void test_reqtab_second_part_is_checked(void **state)
{
	struct fixture *f = *state;
	static const char *const rules[] = { "CPL-11", "CPL-13", "CPL-16" };
	u8 data[64] = { 0 };

	for (unsigned int m = 0; m < 3; m++) {
		struct pciem_tlp a, b;

		ask_read(f, 0x1060, 64);
		a = right_cpl(f, 8);
		b = right_cpl(f, 8);
		b.byte_count = 32;
		b.lower_addr = 0;
		if (m == 0)
			b.byte_count = 64;	/* constant count */
		else if (m == 1)
			b.lower_addr = 0x60;	/* address of the first part */
		else
			b.len_dw = 9;		/* sum beyond the request */

		assert_int_equal(complete(f, &a, data), PCIEM_CPL_PARTIAL);
		assert_int_equal(complete(f, &b, data), PCIEM_CPL_BAD);
		assert_rule(f, rules[m]);
		assert_int_equal(take(f, data, 64), PCIEM_END_BAD_CPL);
		pciem_reqtab_new_session(&f->tab);
	}
}

static void test_reqtab_error_statuses_end_the_request(void **state)
{
	struct fixture *f = *state;
	static const u8 status[8] = { 0, PCIEM_END_UR, PCIEM_END_UR, PCIEM_END_UR, PCIEM_END_CA, PCIEM_END_UR,
				      PCIEM_END_UR, PCIEM_END_UR };
	u8 got[4] = { 1, 2, 3, 4 };

	for (u8 s = 1; s < 8; s++) {
		struct pciem_tlp cpl;

		if (s == PCIEM_TLP_RRS)
			continue;
		ask_read(f, 0x1000, 4);
		cpl = right_cpl(f, 0);
		cpl.status = s;

		assert_int_equal(complete(f, &cpl, NULL), PCIEM_CPL_FINAL);
		assert_int_equal(take(f, got, 4), status[s]);	/* reserved ones count as UR (CPL-05) */
		assert_int_equal(got[0], 1);

		/* nothing more for that tag (CPL-17) */
		assert_int_equal(complete(f, &cpl, NULL), PCIEM_CPL_UNEXPECTED);
	}
}

static void test_reqtab_config_requests(void **state)
{
	struct fixture *f = *state;
	u8 data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, got[4];
	struct pciem_tlp cpl;

	ask_config(f, PCIEM_TLP_CFGRD0, false);
	cpl = right_cpl(f, 1);
	cpl.byte_count = 7;		/* lint only (CPL-14) */
	assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_FINAL);
	assert_int_equal(take(f, got, 4), PCIEM_END_SC);
	assert_memory_equal(got, data, 4);

	ask_config(f, PCIEM_TLP_CFGRD0, false);
	cpl = right_cpl(f, 2);
	assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_BAD);
	assert_rule(f, "CPL-15");
	assert_int_equal(take(f, got, 4), PCIEM_END_BAD_CPL);

	ask_config(f, PCIEM_TLP_CFGRD0, false);
	cpl = right_cpl(f, 0);
	cpl.status = PCIEM_TLP_RRS;
	assert_int_equal(complete(f, &cpl, NULL), PCIEM_CPL_FINAL);
	assert_int_equal(take(f, got, 4), PCIEM_END_RRS);

	ask_config(f, PCIEM_TLP_CFGWR0, false);
	cpl = right_cpl(f, 1);
	assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_BAD);
	assert_rule(f, "CPL-03");
	assert_int_equal(take(f, NULL, 0), PCIEM_END_BAD_CPL);

	ask_config(f, PCIEM_TLP_CFGWR0, false);
	cpl = right_cpl(f, 0);
	assert_int_equal(complete(f, &cpl, NULL), PCIEM_CPL_FINAL);
	assert_int_equal(take(f, NULL, 0), PCIEM_END_SC);
}

static void test_reqtab_poisoned_data_is_not_given_out(void **state)
{
	struct fixture *f = *state;
	u8 data[4] = { 1, 2, 3, 4 }, got[4] = { 9, 9, 9, 9 };
	struct pciem_tlp cpl;

	ask_read(f, 0x1000, 4);
	cpl = right_cpl(f, 1);
	cpl.ep = true;
	assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_FINAL);
	assert_int_equal(take(f, got, 4), PCIEM_END_POISONED);
	assert_int_equal(got[0], 9);
}

static void test_reqtab_forged_completions_change_nothing(void **state)
{
	struct fixture *f = *state;
	u8 data[4] = { 1, 2, 3, 4 }, got[4];
	struct pciem_tlp cpl, forged;

	ask_read(f, 0x1000, 4);
	cpl = right_cpl(f, 1);
	for (unsigned int tag = 0; tag < 1024; tag++) {
		forged = cpl;
		forged.tag = (u16)tag;
		if (tag != (unsigned int)f->tag)
			assert_int_equal(complete(f, &forged, data), PCIEM_CPL_UNEXPECTED);
	}
	for (unsigned int bit = 0; bit < 16; bit++) {
		forged = cpl;
		forged.requester ^= (u16)(1u << bit);
		assert_int_equal(complete(f, &forged, data), PCIEM_CPL_UNEXPECTED);
		assert_rule(f, "ADR-07");
	}
	assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_FINAL);
	assert_int_equal(take(f, got, 4), PCIEM_END_SC);
}

static void test_reqtab_expired_tag_is_quarantined_until_its_completion(void **state)
{
	struct fixture *f = *state;
	u8 data[4] = { 0 };
	struct pciem_tlp cpl;

	ask_read(f, 0x1000, 4);
	cpl = right_cpl(f, 1);
	assert_true(pciem_reqtab_expire(&f->tab, (unsigned int)f->tag));
	assert_int_equal(pciem_reqtab_nr_quarantined(&f->tab), 1);
	for (unsigned int i = 0; i < 31; i++) {		/* all others, never this one (TAG-05) */
		int tag = pciem_reqtab_alloc(&f->tab);

		assert_true(tag >= 0 && tag != f->tag);
	}
	assert_int_equal(pciem_reqtab_alloc(&f->tab), -EAGAIN);

	assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_LATE);
	assert_rule(f, "CTO-03");
	assert_int_equal(pciem_reqtab_alloc(&f->tab), f->tag);
}

static void test_reqtab_engine_timeout_and_new_session(void **state)
{
	struct fixture *f = *state;
	u8 got[4];

	ask_read(f, 0x1000, 4);
	assert_true(pciem_reqtab_timeout(&f->tab, (unsigned int)f->tag));
	assert_false(pciem_reqtab_timeout(&f->tab, (unsigned int)f->tag));
	assert_false(pciem_reqtab_timeout(&f->tab, 4000));
	assert_int_equal(take(f, got, 4), PCIEM_END_TIMEOUT);
	assert_int_equal(pciem_reqtab_nr_quarantined(&f->tab), 1);
	pciem_reqtab_new_session(&f->tab);
	assert_int_equal(pciem_reqtab_nr_quarantined(&f->tab), 0);
}

static void test_reqtab_detached_requests_free_themselves(void **state)
{
	struct fixture *f = *state;
	struct pciem_tlp cpl;

	ask_config(f, PCIEM_TLP_CFGWR0, true);
	cpl = right_cpl(f, 0);
	assert_int_equal(pciem_reqtab_expire_detached(&f->tab, 100), 0);
	assert_int_equal(complete(f, &cpl, NULL), PCIEM_CPL_FINAL);
	assert_int_equal(pciem_reqtab_nr_pending(&f->tab), 0);
	assert_false(pciem_reqtab_is_done(&f->tab, (unsigned int)f->tag));

	ask_config(f, PCIEM_TLP_CFGWR0, true);
	assert_int_equal(pciem_reqtab_expire_detached(&f->tab, 101), 1);
	assert_int_equal(pciem_reqtab_nr_quarantined(&f->tab), 1);
}

static void test_reqtab_abort_all_ends_every_request(void **state)
{
	struct fixture *f = *state;
	int first;

	ask_read(f, 0x1000, 4);
	first = f->tag;
	ask_config(f, PCIEM_TLP_CFGWR0, false);
	pciem_reqtab_abort_all(&f->tab);
	assert_int_equal(take(f, NULL, 0), PCIEM_END_LINK_DOWN);
	f->tag = first;
	assert_int_equal(take(f, NULL, 0), PCIEM_END_LINK_DOWN);
	assert_int_equal(pciem_reqtab_nr_pending(&f->tab), 0);
}

static void test_reqtab_poisoned_config_read(void **state)
{
	struct fixture *f = *state;
	u8 data[4] = { 1, 2, 3, 4 }, got[4] = { 9, 9, 9, 9 };
	struct pciem_tlp cpl;

	ask_config(f, PCIEM_TLP_CFGRD0, false);
	cpl = right_cpl(f, 1);
	cpl.ep = true;
	assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_FINAL);
	assert_int_equal(take(f, got, 4), PCIEM_END_POISONED);
	assert_int_equal(got[0], 9);
}

/* Kinds on either side of the configuration requests: retry is for those alone (CPL-06). */
static void test_reqtab_retry_is_for_config_requests(void **state)
{
	struct fixture *f = *state;
	static const u8 kinds[] = { PCIEM_TLP_IOWR, PCIEM_TLP_FETCHADD };
	struct pciem_tlp cpl;

	for (unsigned int i = 0; i < 2; i++) {
		ask_config(f, kinds[i], false);
		cpl = right_cpl(f, 0);
		cpl.status = PCIEM_TLP_RRS;
		assert_int_equal(complete(f, &cpl, NULL), PCIEM_CPL_BAD);
		assert_rule(f, "CPL-06");
		assert_int_equal(take(f, NULL, 0), PCIEM_END_BAD_CPL);
	}
}

/* A completion of a locked read, with data or without, is nobody's here (HDR-07). */
static void test_reqtab_locked_completion_is_bad(void **state)
{
	struct fixture *f = *state;
	u8 data[4] = { 0 };

	for (unsigned int dw = 0; dw < 2; dw++) {
		struct pciem_tlp cpl;

		ask_read(f, 0x1000, 4);
		cpl = right_cpl(f, dw);
		cpl.kind = dw ? PCIEM_TLP_CPLDLK : PCIEM_TLP_CPLLK;
		assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_BAD);
		assert_rule(f, "HDR-07");
		assert_int_equal(take(f, NULL, 0), PCIEM_END_BAD_CPL);
		assert_int_equal(pciem_reqtab_nr_quarantined(&f->tab), 0);
	}
}

/* More than a slot holds is never copied, whoever armed such a request. */
static void test_reqtab_read_larger_than_a_slot_is_bad(void **state)
{
	struct fixture *f = *state;
	static const u8 data[128];
	struct pciem_tlp cpl;

	ask_read(f, 0x1000, 128);
	cpl = right_cpl(f, 32);
	assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_BAD);
	assert_int_equal(take(f, NULL, 0), PCIEM_END_BAD_CPL);
}

/* A detached request that ends badly may still be answered: its tag waits for that. */
static void test_reqtab_detached_and_bad_is_quarantined(void **state)
{
	struct fixture *f = *state;
	u8 data[4] = { 0 };
	struct pciem_tlp cpl;

	ask_config(f, PCIEM_TLP_CFGRD0, true);
	assert_true(pciem_reqtab_timeout(&f->tab, (unsigned int)f->tag));
	assert_int_equal(pciem_reqtab_nr_quarantined(&f->tab), 1);
	cpl = right_cpl(f, 1);
	cpl.requester ^= 1;
	assert_int_equal(complete(f, &cpl, data), PCIEM_CPL_UNEXPECTED);
	assert_rule(f, "ADR-07");
	assert_int_equal(pciem_reqtab_nr_quarantined(&f->tab), 1);
}

/* A part that says that more follows does not end the quarantine. */
static void test_reqtab_late_part_keeps_the_tag(void **state)
{
	struct fixture *f = *state;
	u8 data[64] = { 0 };
	struct pciem_tlp part;

	ask_read(f, 0x1060, 64);
	part = right_cpl(f, 8);
	assert_true(pciem_reqtab_expire(&f->tab, (unsigned int)f->tag));
	assert_int_equal(complete(f, &part, data), PCIEM_CPL_LATE);
	assert_int_equal(pciem_reqtab_nr_quarantined(&f->tab), 1);
	pciem_reqtab_new_session(&f->tab);

	ask_read(f, 0x1060, 64);
	part = right_cpl(f, 8);
	assert_true(pciem_reqtab_timeout(&f->tab, (unsigned int)f->tag));
	assert_int_equal(complete(f, &part, data), PCIEM_CPL_LATE);
	assert_int_equal(take(f, NULL, 0), PCIEM_END_TIMEOUT);
	assert_int_equal(pciem_reqtab_nr_quarantined(&f->tab), 1);
}

/* What is pending, done, open or quarantined when a session begins. */
static void test_reqtab_new_session_in_every_state(void **state)
{
	struct fixture *f = *state;
	int open;

	ask_read(f, 0x1000, 4);
	open = f->tag;
	assert_true(pciem_reqtab_timeout(&f->tab, (unsigned int)open));
	ask_config(f, PCIEM_TLP_CFGWR0, true);
	ask_read(f, 0x1000, 4);
	assert_int_equal(pciem_reqtab_expire_detached(&f->tab, 50), 0);
	assert_int_equal(pciem_reqtab_nr_pending(&f->tab), 2);
	pciem_reqtab_new_session(&f->tab);

	/* somebody waits for the last one; the detached one is gone */
	assert_int_equal(pciem_reqtab_nr_pending(&f->tab), 1);
	f->tag = open;
	assert_int_equal(take(f, NULL, 0), PCIEM_END_TIMEOUT);
	assert_int_equal(pciem_reqtab_nr_quarantined(&f->tab), 0);
}

static void test_reqtab_cancelled_tag_is_free(void **state)
{
	struct fixture *f = *state;
	int tag = pciem_reqtab_alloc(&f->tab);

	assert_true(tag >= 0);
	pciem_reqtab_cancel(&f->tab, (unsigned int)tag);
	for (unsigned int i = 0; i < 32; i++)
		assert_true(pciem_reqtab_alloc(&f->tab) >= 0);
	assert_int_equal(pciem_reqtab_alloc(&f->tab), -EAGAIN);
}

/* ---- races: requesters that expire at random, one completer, one that aborts ---- */

#define NR_REQUESTERS	4
#define ROUNDS		20000

struct race {
	struct pciem_reqtab tab;
	u32 mailbox[32];	/* what each tag was asked for, 0 none; the "wire" */
	unsigned int running;
	unsigned int good, expired, aborted, wrong;
};

static u32 next_random(u32 *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void *requester_main(void *arg)
{
	struct race *r = arg;
	u32 seed = (u32)(uintptr_t)&seed;

	for (u32 i = 1; i <= ROUNDS; i++) {
		struct pciem_tlp req = { .kind = PCIEM_TLP_MRD };
		u32 cookie = i << 8 | (next_random(&seed) & 0xff), got = 0;
		unsigned int spins = next_random(&seed) % 8;
		int tag;

		while ((tag = pciem_reqtab_alloc(&r->tab)) < 0)
			sched_yield();
		pciem_tlp_set_range(&req, 0x1000, 4);
		req.tag = (u16)tag;
		pciem_reqtab_arm(&r->tab, (unsigned int)tag, &req, false, 0);
		__atomic_store_n(&r->mailbox[tag], cookie, __ATOMIC_RELEASE);
		while (!pciem_reqtab_is_done(&r->tab, (unsigned int)tag) && spins--)
			sched_yield();
		if (!pciem_reqtab_is_done(&r->tab, (unsigned int)tag) &&
		    pciem_reqtab_expire(&r->tab, (unsigned int)tag)) {
			__atomic_fetch_add(&r->expired, 1, __ATOMIC_RELAXED);
			continue;
		}
		if (pciem_reqtab_take(&r->tab, (unsigned int)tag, &got, 4) != PCIEM_END_SC)
			__atomic_fetch_add(&r->aborted, 1, __ATOMIC_RELAXED);
		else if (got != cookie)
			__atomic_fetch_add(&r->wrong, 1, __ATOMIC_RELAXED);
		else
			__atomic_fetch_add(&r->good, 1, __ATOMIC_RELAXED);
	}
	__atomic_fetch_sub(&r->running, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void *aborter_main(void *arg)
{
	struct race *r = arg;

	while (__atomic_load_n(&r->running, __ATOMIC_ACQUIRE)) {
		for (int i = 0; i < 200; i++)
			sched_yield();
		pciem_reqtab_abort_all(&r->tab);
	}
	return NULL;
}

/* Every request is answered exactly once, by its own data or not at all; no tag is lost. */
static void test_reqtab_race_no_answer_reaches_another_request(void **state)
{
	static struct race r;
	pthread_t thread[NR_REQUESTERS], aborter;
	const char *rule;

	(void)state;
	memset(&r, 0, sizeof(r));
	pciem_reqtab_init(&r.tab, 32);
	r.running = NR_REQUESTERS;
	for (int i = 0; i < NR_REQUESTERS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, requester_main, &r), 0);
	assert_int_equal(pthread_create(&aborter, NULL, aborter_main, &r), 0);

	for (bool more = true; more;) {
		more = __atomic_load_n(&r.running, __ATOMIC_ACQUIRE);
		for (u16 tag = 0; tag < 32; tag++) {
			u32 cookie = __atomic_exchange_n(&r.mailbox[tag], 0, __ATOMIC_ACQ_REL);
			struct pciem_tlp cpl = { .kind = PCIEM_TLP_CPLD, .len_dw = 1, .byte_count = 4, .tag = tag };

			if (cookie)
				pciem_reqtab_complete(&r.tab, &cpl, (const u8 *)&cookie, &rule);
		}
		sched_yield();
	}
	for (int i = 0; i < NR_REQUESTERS; i++)
		pthread_join(thread[i], NULL);
	pthread_join(aborter, NULL);

	assert_int_equal(r.wrong, 0);
	assert_int_equal(r.good + r.expired + r.aborted, NR_REQUESTERS * ROUNDS);
	assert_true(r.good > 0 && r.expired > 0);
	assert_int_equal(pciem_reqtab_nr_pending(&r.tab), 0);
	pciem_reqtab_new_session(&r.tab);
	for (int i = 0; i < 32; i++)
		assert_true(pciem_reqtab_alloc(&r.tab) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_reqtab_read_every_offset_and_size_gets_its_bytes, setup),
		cmocka_unit_test_setup(test_reqtab_split_read_is_assembled, setup),
		cmocka_unit_test_setup(test_reqtab_mutant_completions_are_bad, setup),
		cmocka_unit_test_setup(test_reqtab_second_part_is_checked, setup),
		cmocka_unit_test_setup(test_reqtab_error_statuses_end_the_request, setup),
		cmocka_unit_test_setup(test_reqtab_config_requests, setup),
		cmocka_unit_test_setup(test_reqtab_poisoned_data_is_not_given_out, setup),
		cmocka_unit_test_setup(test_reqtab_forged_completions_change_nothing, setup),
		cmocka_unit_test_setup(test_reqtab_expired_tag_is_quarantined_until_its_completion, setup),
		cmocka_unit_test_setup(test_reqtab_engine_timeout_and_new_session, setup),
		cmocka_unit_test_setup(test_reqtab_poisoned_config_read, setup),
		cmocka_unit_test_setup(test_reqtab_retry_is_for_config_requests, setup),
		cmocka_unit_test_setup(test_reqtab_locked_completion_is_bad, setup),
		cmocka_unit_test_setup(test_reqtab_read_larger_than_a_slot_is_bad, setup),
		cmocka_unit_test_setup(test_reqtab_detached_and_bad_is_quarantined, setup),
		cmocka_unit_test_setup(test_reqtab_late_part_keeps_the_tag, setup),
		cmocka_unit_test_setup(test_reqtab_new_session_in_every_state, setup),
		cmocka_unit_test_setup(test_reqtab_cancelled_tag_is_free, setup),
		cmocka_unit_test_setup(test_reqtab_detached_requests_free_themselves, setup),
		cmocka_unit_test_setup(test_reqtab_abort_all_ends_every_request, setup),
		cmocka_unit_test(test_reqtab_race_no_answer_reaches_another_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
