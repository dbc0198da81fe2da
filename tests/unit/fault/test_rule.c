// SPDX-License-Identifier: Apache-2.0
/* The text of a rule, which TLPs it means, what it does to their bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <riser/fault.h>

static struct riser_fault rule(const char *text)
{
	struct riser_fault_error error;
	struct riser_fault fault;

	if (riser_fault_parse(text, &fault, &error)) {
		print_error("%s:%u: %s\n", text, error.column, error.text);
		fail();
	}
	return fault;
}

/* ---- text ---- */

static void test_every_key_is_understood(void **state)
{
	struct riser_fault f = rule("to-host type=CplD of=MRd bar=0 offset=0x1c..0x1f function=nvme_* mark=io after=100 times=2 every=3 bytes=4..16 : delay 500");

	(void)state;
	assert_int_equal(f.direction, RISER_TO_HOST);
	assert_int_equal(f.kinds, 1U << RISER_TLP_CPLD);
	assert_int_equal(f.of_kinds, 1U << RISER_TLP_MRD);
	assert_int_equal(f.bar, 0);
	assert_int_equal(f.offset_first, 0x1c);
	assert_int_equal(f.offset_last, 0x1f);
	assert_string_equal(f.function, "nvme_*");
	assert_string_equal(f.mark, "io");
	assert_int_equal(f.after, 100);
	assert_int_equal(f.times, 2);
	assert_int_equal(f.every, 3);
	assert_int_equal(f.bytes_first, 4);
	assert_int_equal(f.bytes_last, 16);
	assert_int_equal(f.action, RISER_FAULT_DELAY);
	assert_int_equal(f.cycles, 500);
}

static void test_every_action_is_understood(void **state)
{
	static const struct {
		const char *text;
		int action;
	} good[] = {
		{ ": drop", RISER_FAULT_DROP },
		{ ": delay 10", RISER_FAULT_DELAY },
		{ ": ur", RISER_FAULT_UR },
		{ ": ca", RISER_FAULT_CA },
		{ ": poison", RISER_FAULT_POISON },
		{ ": corrupt tag", RISER_FAULT_CORRUPT },
		{ ": duplicate", RISER_FAULT_DUPLICATE },
		{ ": reorder", RISER_FAULT_REORDER },
		{ ": split 128", RISER_FAULT_SPLIT },
		{ ": withhold 1000 nonposted", RISER_FAULT_WITHHOLD },
		{ ": link-down", RISER_FAULT_LINK_DOWN },
		{ "type=MSI-X nth=2 : drop", RISER_FAULT_DROP },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(rule(good[i].text).action, good[i].action);
	assert_int_equal(rule(": corrupt data+3^0x80").at, 3);
	assert_int_equal(rule(": corrupt data+3^0x80").value, 0x80);
	assert_true(rule(": corrupt status=4").sets);
	assert_int_equal(rule("type=MSI,MSI-X : drop").interrupt,
			 RISER_FAULT_ANY_MSI);
}

static void test_a_mistake_is_shown_where_it_is(void **state)
{
	static const struct {
		const char *text;
		uint32_t column;
		const char *says;
	} bad[] = {
		{ "to-host drop", 1, "no ':' between" },
		{ "to-host tpye=CplD : drop", 9, "did you mean 'type'" },
		{ "type=CplDD : drop", 1, "no TLP type 'CplDD'; did you mean 'CplD'" },
		{ "type=CplD : dorp", 13, "did you mean 'drop'" },
		{ "nth=0 : drop", 1, "from 1 to" },
		{ "nth=x : drop", 1, "'x': a whole number" },
		{ "bar=6 : drop", 1, "from 0 to 5" },
		{ "bar : drop", 1, "bar needs a value" },
		{ "to-card=1 : drop", 1, "takes no value" },
		{ "offset=9..3 : drop", 1, "ends before it begins" },
		{ ": delay", 1, "needs a number of cycles" },
		{ ": delay soon", 9, "'soon'" },
		{ ": corrupt", 1, "needs a field" },
		{ ": corrupt lenght", 11, "did you mean 'length'" },
		{ ": corrupt tag+2", 11, "only data has bytes" },
		{ ": corrupt status=9", 11, "from 0 to 7" },
		{ ": split 96", 9, "64 or 128" },
		{ ": withhold 5 post", 14, "did you mean 'posted'" },
		{ ": drop twice", 8, "too much behind drop" },
		{ "type=MRd : poison", 1, "cannot be done to a TLP of this type" },
		{ "type=MWr : ur", 1, "cannot be done" },
		{ "type=MRd : corrupt status", 1, "cannot be done" },
		{ "to-card type=MSI : drop", 1, "go to the host" },
		{ "type=MSI bar=0 : drop", 1, "an interrupt is none" },
		{ "type=MSI,MWr : drop", 1, "two rules" },
		{ "nth=2 every=3 : drop", 1, "exclude each other" },
		{ "nth=2 permille=3 : drop", 1, "neither nth= nor" },
		{ "type=MRd of=MRd : drop", 1, "of= is for completions" },
		{ "function= : drop", 1, "1 to 63 characters" },
		{ ":", 1, "no action" },
	};
	struct riser_fault_error error;
	struct riser_fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (!riser_fault_parse(bad[i].text, &fault, &error) ||
		    !strstr(error.text, bad[i].says)) {
			print_error("%s: %s\n", bad[i].text, error.text);
			fail();
		}
		if (bad[i].column > 1)
			assert_int_equal(error.column, bad[i].column);
	}
}

/* ---- match ---- */

static struct riser_tlp mrd(uint64_t addr)
{
	return (struct riser_tlp){ .kind = RISER_TLP_MRD, .is_4dw = true,
				   .length_dw = 1, .first_be = 15,
				   .addr = addr, .tag = 5 };
}

static void test_a_place_matches_or_not(void **state)
{
	static const uint8_t data[16];
	struct riser_tlp read = mrd(0x1000), write = mrd(0x1000), cpl = { 0 };
	struct riser_fault_place place = {
		.tlp = &read, .direction = RISER_TO_CARD, .bar = 0,
		.offset = 0x1c, .request_kind = RISER_FAULT_ANY,
		.function = "nvme_wait_ready+0x6e/0x90 [nvme_core]",
	};
	struct riser_fault f = rule("to-card type=MRd bar=0 offset=0x1c function=nvme_wait_ready : drop");

	(void)state;
	assert_true(riser_fault_matches(&f, &place));
	place.offset = 0x18;
	assert_false(riser_fault_matches(&f, &place));
	place.offset = 0x1c;
	place.function = "nvme_wait_ready_now+0x6e/0x90 [nvme_core]";
	assert_false(riser_fault_matches(&f, &place));
	place.function = NULL;
	assert_false(riser_fault_matches(&f, &place));
	f = rule("function=nvme_* : drop");
	place.function = "nvme_poll+0x1/0x2 [nvme]";
	assert_true(riser_fault_matches(&f, &place));

	write.kind = RISER_TLP_MWR;
	write.data = data;
	write.data_bytes = 16;
	place = (struct riser_fault_place){ .tlp = &write,
		.direction = RISER_TO_HOST, .bar = -1,
		.interrupt = RISER_FAULT_MSIX };
	assert_true(riser_fault_matches(&(struct riser_fault){
		.direction = RISER_FAULT_ANY, .bar = -1 }, &place));
	f = rule("type=MWr : drop");
	assert_false(riser_fault_matches(&f, &place));
	f = rule("type=MSI-X : drop");
	assert_true(riser_fault_matches(&f, &place));
	f = rule("type=MSI : drop");
	assert_false(riser_fault_matches(&f, &place));
	place.interrupt = 0;
	f = rule("type=MWr bytes=16 : drop");
	assert_true(riser_fault_matches(&f, &place));
	f = rule("type=MWr bytes=17..64 : drop");
	assert_false(riser_fault_matches(&f, &place));
	/* byte 16 of 16 is not there */
	f = rule("type=MWr : corrupt data+16");
	assert_false(riser_fault_matches(&f, &place));
	f = rule("type=MWr : corrupt data+15");
	assert_true(riser_fault_matches(&f, &place));

	cpl.kind = RISER_TLP_CPLD;
	place = (struct riser_fault_place){ .tlp = &cpl,
		.direction = RISER_TO_HOST, .bar = -1,
		.request_kind = RISER_TLP_CFGRD0 };
	f = rule("type=CplD of=CfgRd : ur");
	assert_true(riser_fault_matches(&f, &place));
	f = rule("type=CplD of=MRd : ur");
	assert_false(riser_fault_matches(&f, &place));
}

static unsigned int fired(const char *text, unsigned int matches)
{
	struct riser_fault f = rule(text);
	struct riser_fault_count count;
	unsigned int n = 0, i;

	riser_fault_count_init(&count, &f);
	for (i = 0; i < matches; i++)
		n += riser_fault_fires(&f, &count);
	assert_int_equal(count.matched, matches);
	assert_int_equal(count.injected, n);
	return n;
}

static void test_turns_are_counted(void **state)
{
	(void)state;
	assert_int_equal(fired(": drop", 10), 10);
	assert_int_equal(fired("nth=3 : drop", 10), 1);
	assert_int_equal(fired("every=3 : drop", 10), 3);
	assert_int_equal(fired("times=2 : drop", 10), 2);
	assert_in_range(fired("permille=100 seed=7 : drop", 10000), 900, 1100);
	/* the same seed, the same choice */
	assert_int_equal(fired("permille=100 seed=7 : drop", 10000),
			 fired("permille=100 seed=7 : drop", 10000));
}

/* ---- change ---- */

static void test_each_field_is_changed_alone(void **state)
{
	static const char *const fields[] = {
		"tag", "length", "addr", "first_be", "last_be", "requester",
		"tc", "attr",
	};
	uint8_t before[16], after[16];
	struct riser_tlp tlp = mrd(0x123456789000), got;
	struct riser_fault f;
	char text[64];
	size_t i, k;
	int bits;

	(void)state;
	assert_int_equal(riser_tlp_encode(&tlp, before, 16), 16);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		snprintf(text, sizeof(text), "type=MRd : corrupt %s",
			 fields[i]);
		f = rule(text);
		memcpy(after, before, 16);
		riser_fault_corrupt(&f, &tlp, after);
		for (k = 0, bits = 0; k < 16; k++)
			bits += __builtin_popcount(before[k] ^ after[k]);
		assert_int_equal(bits, 1);
	}
	f = rule("type=MRd : corrupt addr=0x1000");
	memcpy(after, before, 16);
	riser_fault_corrupt(&f, &tlp, after);
	assert_int_equal(riser_tlp_decode(&got, after, 16), 0);
	assert_int_equal(got.addr, 0x123400001000);
	f = rule("type=MRd : corrupt tag=0x7f");
	riser_fault_corrupt(&f, &tlp, after);
	assert_int_equal(riser_tlp_decode(&got, after, 16), 0);
	assert_int_equal(got.tag, 0x7f);
}

static void test_a_completion_of_ones_own(void **state)
{
	struct riser_tlp request = mrd(0x1044), got;
	uint8_t bytes[64];

	(void)state;
	request.requester = 0x0008;
	assert_int_equal(riser_fault_answer(&request, 0x0100, RISER_CPL_CA,
					    bytes), 12);
	assert_int_equal(riser_tlp_decode(&got, bytes, 12), 0);
	assert_int_equal(got.kind, RISER_TLP_CPL);
	assert_int_equal(got.status, RISER_CPL_CA);
	assert_int_equal(got.requester, 0x0008);
	assert_int_equal(got.completer, 0x0100);
	assert_int_equal(got.tag, 5);
	assert_int_equal(got.byte_count, 4);
	assert_int_equal(got.lower_addr, 0x44);
}

static void test_parts_make_the_whole(void **state)
{
	uint8_t data[512], bytes[600], all[512];
	struct riser_tlp cpl = { .kind = RISER_TLP_CPLD, .length_dw = 128,
				 .data = data, .data_bytes = 512,
				 .byte_count = 509, .lower_addr = 0x23 }, got;
	uint32_t done = 0, i, part, nr = 0, left = 509;

	(void)state;
	for (i = 0; i < 512; i++)
		data[i] = (uint8_t)(i * 3);
	while (done < 512) {
		part = riser_fault_split(&cpl, 64, done, bytes);
		assert_int_equal(riser_tlp_decode(&got, bytes, 12 + part), 0);
		assert_int_equal(got.byte_count, left);
		/* each part but the last ends on the boundary */
		if (done + part < 512)
			assert_int_equal((0x20 + done + part) % 64, 0);
		assert_int_equal(got.lower_addr, done ? (0x20 + done) & 0x7f :
							0x23);
		memcpy(all + done, got.data, part);
		left -= part - (done ? 0 : 3);
		done += part;
		nr++;
	}
	assert_int_equal(left, 0);
	assert_int_equal(nr, 9);
	assert_memory_equal(all, data, 512);
}

static void test_what_may_pass_what(void **state)
{
	struct riser_tlp p = { .kind = RISER_TLP_MWR }, np = mrd(0), np2 = mrd(0);
	struct riser_tlp c = { .kind = RISER_TLP_CPLD, .tag = 1 }, c2 = c;
	struct riser_tlp ro = { .kind = RISER_TLP_MWR, .attr = RISER_ATTR_RO };

	(void)state;
	c2.tag = 2;
	assert_false(riser_fault_may_pass(&p, &p));
	assert_true(riser_fault_may_pass(&ro, &p));
	assert_false(riser_fault_may_pass(&np, &p));
	assert_false(riser_fault_may_pass(&c, &p));
	assert_true(riser_fault_may_pass(&p, &np));
	assert_true(riser_fault_may_pass(&np2, &np));
	assert_true(riser_fault_may_pass(&c, &np));
	assert_true(riser_fault_may_pass(&p, &c));
	assert_false(riser_fault_may_pass(&c, &c));
	assert_true(riser_fault_may_pass(&c2, &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key_is_understood),
		cmocka_unit_test(test_every_action_is_understood),
		cmocka_unit_test(test_a_mistake_is_shown_where_it_is),
		cmocka_unit_test(test_a_place_matches_or_not),
		cmocka_unit_test(test_turns_are_counted),
		cmocka_unit_test(test_each_field_is_changed_alone),
		cmocka_unit_test(test_a_completion_of_ones_own),
		cmocka_unit_test(test_parts_make_the_whole),
		cmocka_unit_test(test_what_may_pass_what),
	};

	return cmocka_run_group_tests_name("fault.rule", tests, NULL, NULL);
}
