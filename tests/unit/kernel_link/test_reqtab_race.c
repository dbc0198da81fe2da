// SPDX-License-Identifier: Apache-2.0
/*
 * kernel/reqtab.c, one race at a time: at each point where a function looks at a
 * slot's word, the other CPU is let in and does one thing. Whoever loses must see
 * what the winner did. (test_reqtab.c has the same with threads.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "race.h"
#include "reqtab.h"

static struct pciem_reqtab tab;
static struct pciem_tlp req, cpl;
static const u8 data[4] = { 1, 2, 3, 4 };
static const char *rule;
static unsigned int tag;
static u64 saved;

/* What the other CPU does, and at which point from now on (0: the next one). */
static void (*other)(void);
static unsigned int points_left;

void race_point(void)
{
	void (*act)(void) = other;

	if (!act || points_left--)
		return;
	other = NULL;
	act();
}

static void at_point(unsigned int nr, void (*act)(void))
{
	other = act;
	points_left = nr;
}

/* A read of 4 bytes is pending; @cpl is its answer. */
static void ask(bool is_detached)
{
	int ret = pciem_reqtab_alloc(&tab);

	assert_true(ret >= 0);
	tag = (unsigned int)ret;
	req = (struct pciem_tlp){ .kind = PCIEM_TLP_MRD, .tag = (u16)ret };
	pciem_tlp_set_range(&req, 0x1000, 4);
	pciem_reqtab_arm(&tab, tag, &req, is_detached, 100);
	pciem_tlp_init_cpl(&cpl, &req, 0x100, PCIEM_TLP_SC, 1);
}

static int setup(void **state)
{
	(void)state;
	other = NULL;
	pciem_reqtab_init(&tab, 4);
	ask(false);
	return 0;
}

static enum pciem_cpl_verdict complete(void)
{
	return pciem_reqtab_complete(&tab, &cpl, data, &rule);
}

static void other_completes(void)
{
	assert_int_equal(complete(), PCIEM_CPL_FINAL);
}

static void other_aborts(void)
{
	pciem_reqtab_abort_all(&tab);
}

static void other_expires(void)
{
	assert_true(pciem_reqtab_expire(&tab, tag));
}

static void other_takes(void)
{
	pciem_reqtab_take(&tab, tag, NULL, 0);
}

static void other_allocates(void)
{
	ask(false);
}

/* ---- a slot that is busy: somebody is between two of its words ---- */

static void see_busy(void)
{
	saved = tab.slot[tag].word & 0xff;
}

/* The state in which a completer owns the slot, as the code itself sets it. */
static u64 busy_state(void)
{
	ask(false);
	at_point(2, see_busy);	/* load, swap, then finish() looks */
	assert_true(pciem_reqtab_timeout(&tab, tag));
	assert_null(other);
	other_takes();
	pciem_reqtab_new_session(&tab);
	return saved;
}

static void end_busy(void)
{
	tab.slot[tag].word = saved;
}

/* The slot is busy for the next @nr looks at it. */
static void make_busy(unsigned int nr)
{
	u64 busy = busy_state();

	ask(false);
	saved = tab.slot[tag].word;
	tab.slot[tag].word = (saved & ~0xffull) | busy;
	at_point(nr, end_busy);
}

static void test_busy_slot_is_waited_for(void **state)
{
	(void)state;
	pciem_reqtab_cancel(&tab, tag);
	make_busy(3);
	assert_int_equal(complete(), PCIEM_CPL_FINAL);
	assert_null(other);
	assert_true(pciem_reqtab_is_done(&tab, tag));
	other_takes();

	make_busy(3);
	assert_true(pciem_reqtab_expire(&tab, tag));
	assert_null(other);
	pciem_reqtab_new_session(&tab);

	make_busy(3);
	pciem_reqtab_cancel(&tab, tag);
	assert_null(other);
	assert_int_equal(pciem_reqtab_nr_pending(&tab), 0);
}

static void test_busy_slot_is_no_ones_to_end(void **state)
{
	(void)state;
	pciem_reqtab_cancel(&tab, tag);
	make_busy(100);
	assert_false(pciem_reqtab_timeout(&tab, tag));
	pciem_reqtab_abort_all(&tab);
	assert_int_equal(pciem_reqtab_nr_pending(&tab), 1);
	assert_false(pciem_reqtab_is_done(&tab, tag));
}

/* ---- two want the same slot ---- */

static void test_two_allocate_and_get_two_tags(void **state)
{
	unsigned int theirs;
	int mine;

	(void)state;
	at_point(2, other_allocates);	/* hint, load, then the swap */
	mine = pciem_reqtab_alloc(&tab);
	theirs = tag;
	assert_null(other);
	assert_true(mine >= 0 && (unsigned int)mine != theirs);
}

static void test_cancel_loses_to_an_abort(void **state)
{
	(void)state;
	at_point(1, other_aborts);
	pciem_reqtab_cancel(&tab, tag);
	assert_null(other);
	assert_false(pciem_reqtab_is_done(&tab, tag));
	assert_int_equal(pciem_reqtab_nr_pending(&tab), 0);
}

static void test_completion_loses_to_expiry(void **state)
{
	(void)state;
	at_point(1, other_expires);
	assert_int_equal(complete(), PCIEM_CPL_LATE);
	assert_null(other);
	/* it was the answer that the quarantine waited for */
	assert_int_equal(pciem_reqtab_nr_quarantined(&tab), 0);
}

static void test_completion_loses_to_abort(void **state)
{
	(void)state;
	at_point(1, other_aborts);
	assert_int_equal(complete(), PCIEM_CPL_LATE);
	assert_true(pciem_reqtab_is_done(&tab, tag));
	assert_int_equal(pciem_reqtab_take(&tab, tag, NULL, 0), PCIEM_END_LINK_DOWN);
	assert_int_equal(pciem_reqtab_nr_quarantined(&tab), 0);
}

/* Ended and open: its late answer meets the waiter, who takes it just now. */
static void test_late_completion_meets_take(void **state)
{
	(void)state;
	pciem_reqtab_abort_all(&tab);
	at_point(1, other_takes);
	assert_int_equal(complete(), PCIEM_CPL_LATE);
	assert_null(other);
	assert_int_equal(pciem_reqtab_nr_quarantined(&tab), 0);
}

static void other_is_late(void)
{
	assert_int_equal(complete(), PCIEM_CPL_LATE);
}

static void test_take_meets_late_completion(void **state)
{
	(void)state;
	pciem_reqtab_abort_all(&tab);
	at_point(1, other_is_late);	/* load, then the swap */
	assert_int_equal(pciem_reqtab_take(&tab, tag, NULL, 0), PCIEM_END_LINK_DOWN);
	assert_null(other);
	assert_int_equal(pciem_reqtab_nr_quarantined(&tab), 0);
}

static void test_timeout_loses_to_completion(void **state)
{
	u8 got[4] = { 0 };

	(void)state;
	at_point(1, other_completes);
	assert_false(pciem_reqtab_timeout(&tab, tag));
	assert_int_equal(pciem_reqtab_take(&tab, tag, got, 4), PCIEM_END_SC);
	assert_memory_equal(got, data, 4);
}

static void test_expiry_loses_to_completion(void **state)
{
	u8 got[4] = { 0 };

	(void)state;
	at_point(1, other_completes);
	assert_false(pciem_reqtab_expire(&tab, tag));
	assert_int_equal(pciem_reqtab_take(&tab, tag, got, 4), PCIEM_END_SC);
	assert_memory_equal(got, data, 4);
}

static void test_abort_loses_to_completion(void **state)
{
	(void)state;
	assert_int_equal(tag, 0);
	at_point(1, other_completes);
	pciem_reqtab_abort_all(&tab);
	assert_null(other);
	assert_int_equal(pciem_reqtab_take(&tab, tag, NULL, 0), PCIEM_END_SC);
}

static void test_expiry_of_detached_ones_loses_to_completion(void **state)
{
	(void)state;
	pciem_reqtab_cancel(&tab, tag);
	ask(true);
	at_point(1 + tag, other_completes);
	assert_int_equal(pciem_reqtab_expire_detached(&tab, 101), 0);
	assert_null(other);
	assert_int_equal(pciem_reqtab_nr_pending(&tab), 0);
	assert_int_equal(pciem_reqtab_nr_quarantined(&tab), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_busy_slot_is_waited_for, setup),
		cmocka_unit_test_setup(test_busy_slot_is_no_ones_to_end, setup),
		cmocka_unit_test_setup(test_two_allocate_and_get_two_tags, setup),
		cmocka_unit_test_setup(test_cancel_loses_to_an_abort, setup),
		cmocka_unit_test_setup(test_completion_loses_to_expiry, setup),
		cmocka_unit_test_setup(test_completion_loses_to_abort, setup),
		cmocka_unit_test_setup(test_late_completion_meets_take, setup),
		cmocka_unit_test_setup(test_take_meets_late_completion, setup),
		cmocka_unit_test_setup(test_timeout_loses_to_completion, setup),
		cmocka_unit_test_setup(test_expiry_loses_to_completion, setup),
		cmocka_unit_test_setup(test_abort_loses_to_completion, setup),
		cmocka_unit_test_setup(test_expiry_of_detached_ones_loses_to_completion, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
