// SPDX-License-Identifier: Apache-2.0
/*
 * kernel/tlp_plain.h and kernel/reqtab_plain.h against tlp.c and reqtab.c: the same
 * requests, and no completion accepted that the table would not accept with the same data.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "reqtab_plain.h"

#define LIMIT	32
#define VALUE	0xf1e2d3c4b5a69788ull

static const u64 bases[] = { 0xc0000000, 0xffffff80, 0x100000000, 0x8000001000, 0xffffffffffffff80 };

/* For each size and aligned place in 128 bytes, below and above 4 GiB. */
#define for_each_access(base, addr, bytes)						\
	for (unsigned int b_ = 0; b_ < sizeof(bases) / sizeof(bases[0]); b_++)		\
		for (unsigned int bytes = 1; bytes <= 8; bytes *= 2)			\
			for (u64 addr = bases[b_]; addr - bases[b_] < 128; addr += bytes)

static void test_plain_requests_are_those_of_the_codec(void **state)
{
	(void)state;
	for_each_access(base, addr, bytes) {
		for (unsigned int tag = 0; tag < 256; tag += 51) {
			struct pciem_tlp tlp = { .kind = PCIEM_TLP_MRD, .tag = (u16)tag };
			u8 want[PCIEM_TLP_HDR_MAX_BYTES];
			u32 dw[PCIEM_PLAIN_MAX_DW];
			unsigned int nr;

			pciem_tlp_set_range(&tlp, addr, bytes);
			nr = pciem_plain_request(dw, PCIEM_PLAIN_MRD, addr, bytes, tag);
			assert_int_equal(nr * 4, pciem_tlp_encode(&tlp, want));
			assert_memory_equal(dw, want, nr * 4);
			tlp.kind = PCIEM_TLP_MWR;
			nr = pciem_plain_request(dw, PCIEM_PLAIN_MWR, addr, bytes, tag);
			assert_int_equal(nr * 4, pciem_tlp_encode(&tlp, want));
			assert_memory_equal(dw, want, nr * 4);
		}
	}
}

static void test_plain_payloads_are_those_of_the_long_way(void **state)
{
	(void)state;
	for_each_access(base, addr, bytes) {
		u64 val = bytes < 8 ? VALUE & ((1ull << (8 * bytes)) - 1) : VALUE;
		u8 want[8] = { 0 };
		u32 dw[2];
		unsigned int nr = pciem_plain_payload(dw, addr, bytes, val);

		memcpy(want + (addr & 3), &val, bytes);
		assert_int_equal(nr, pciem_plain_len_dw(bytes));
		assert_memory_equal(dw, want, nr * 4);
	}
}

static void ask(struct pciem_reqtab *tab, struct pciem_tlp *hdr, u64 addr, unsigned int bytes)
{
	pciem_reqtab_init(tab, LIMIT);
	memset(hdr, 0, sizeof(*hdr));
	hdr->kind = PCIEM_TLP_MRD;
	pciem_tlp_set_range(hdr, addr, bytes);
	hdr->tag = (u16)pciem_reqtab_alloc(tab);
	pciem_reqtab_arm(tab, hdr->tag, hdr, false, 0);
}

/* What the table makes of these bytes. Return: whether it is a good end, with the value. */
static bool table_accepts(const u8 *raw, unsigned int nr, u64 addr, unsigned int bytes, u64 *val)
{
	static struct pciem_reqtab tab;
	struct pciem_tlp hdr, cpl;
	const char *rule;

	ask(&tab, &hdr, addr, bytes);
	*val = 0;
	return !pciem_tlp_decode(raw, nr, &cpl) && !cpl.prefix_dw &&
	       pciem_tlp_class(cpl.kind) == PCIEM_TLP_COMPLETION &&
	       pciem_reqtab_complete(&tab, &cpl, raw + pciem_tlp_payload_off(&cpl), &rule) == PCIEM_CPL_FINAL &&
	       pciem_reqtab_take(&tab, hdr.tag, val, bytes) == PCIEM_END_SC;
}

/* The completion as a card sends it, and each with one bit changed: never more than the table accepts. */
static void test_plain_answer_is_one_that_the_table_accepts(void **state)
{
	static struct pciem_reqtab tab;
	unsigned int nr_good = 0;

	(void)state;
	for_each_access(base, addr, bytes) {
		struct pciem_tlp hdr, cpl;
		unsigned int nr, bit;
		u8 raw[20] = { 0 };
		u32 dw[5];
		u64 want;

		ask(&tab, &hdr, addr, bytes);
		pciem_tlp_init_cpl(&cpl, &hdr, 0x0100, PCIEM_TLP_SC, pciem_plain_len_dw(bytes));
		nr = (unsigned int)pciem_tlp_encode(&cpl, raw) + 4 * pciem_plain_len_dw(bytes);
		memcpy(raw + 12, (u64[]){ VALUE }, nr - 12);
		for (bit = 0; bit <= 96; bit++) {	/* the last round changes none */
			if (bit < 96)
				raw[bit / 8] ^= (u8)(1 << bit % 8);
			memcpy(dw, raw, sizeof(raw));
			if (pciem_plain_is_answer(dw, addr, bytes, hdr.tag)) {
				nr_good++;
				/* the completer's id may be anything */
				assert_true(bit == 96 || bit / 8 == 4 || bit / 8 == 5);
				assert_true(table_accepts(raw, nr, addr, bytes, &want));
				assert_int_equal(pciem_plain_value(addr, bytes, dw[3], dw[4]), want);
			} else {
				assert_true(bit < 96);
			}
			if (bit < 96)
				raw[bit / 8] ^= (u8)(1 << bit % 8);
		}
	}
	assert_int_equal(nr_good % 17, 0);
	assert_true(nr_good);
}

static void test_plain_arm_leaves_the_slot_as_the_long_way_does(void **state)
{
	static struct pciem_reqtab plain, other;
	u64 word;

	(void)state;
	for_each_access(base, addr, bytes) {
		struct pciem_tlp hdr;

		/* whatever was there */
		memset(&plain, 0xa5, sizeof(plain));
		memset(&other, 0xa5, sizeof(other));
		for (unsigned int i = 0; i < LIMIT; i++)
			plain.slot[i].word = other.slot[i].word = 7 << 8;
		plain.limit = other.limit = LIMIT;
		plain.next = other.next = LIMIT;	/* behind the last */
		memset(&hdr, 0, sizeof(hdr));
		hdr.kind = PCIEM_TLP_MRD;
		pciem_tlp_set_range(&hdr, addr, bytes);
		hdr.tag = (u16)pciem_reqtab_alloc(&other);
		pciem_reqtab_arm(&other, hdr.tag, &hdr, false, plain.slot[0].start_ns);
		assert_int_equal(pciem_reqtab_plain_next(&plain), hdr.tag);
		assert_true(pciem_reqtab_plain_arm(&plain, hdr.tag, addr, bytes, &word));
		assert_int_equal(word, other.slot[hdr.tag].word);
		assert_memory_equal(&plain, &other, sizeof(plain));
	}
}

static void test_plain_end_frees_the_tag_once(void **state)
{
	static struct pciem_reqtab tab;
	unsigned int i, tag;
	u64 word = 0, old;

	(void)state;
	pciem_reqtab_init(&tab, LIMIT);
	for (i = 0; i < 3 * LIMIT; i++) {
		tag = pciem_reqtab_plain_next(&tab);
		assert_int_equal(tag, i % LIMIT);
		assert_true(pciem_reqtab_plain_arm(&tab, tag, 0x1000, 4, &word));
		assert_int_equal(pciem_reqtab_nr_pending(&tab), 1);
		assert_true(pciem_reqtab_plain_is_pending(&tab, tag, word));
		/* it is taken: nobody else gets it */
		assert_false(pciem_reqtab_plain_arm(&tab, tag, 0x1000, 4, &old));
		assert_true(pciem_reqtab_plain_end(&tab, tag, word));
		assert_false(pciem_reqtab_plain_end(&tab, tag, word));
		assert_int_equal(pciem_reqtab_nr_pending(&tab), 0);
	}
	/* an end of an earlier life ends nothing */
	old = word;
	tab.next = tag;
	assert_true(pciem_reqtab_plain_arm(&tab, tag, 0x1000, 4, &word));
	assert_false(pciem_reqtab_plain_end(&tab, tag, old));
	assert_true(pciem_reqtab_plain_end(&tab, tag, word));
}

static void test_plain_end_after_another_end_is_the_long_ways(void **state)
{
	static struct pciem_reqtab tab;
	unsigned int tag, how;
	u64 word = 0, val = 0;

	(void)state;
	for (how = 0; how < 3; how++) {
		pciem_reqtab_init(&tab, LIMIT);
		tag = pciem_reqtab_plain_next(&tab);
		assert_true(pciem_reqtab_plain_arm(&tab, tag, 0x1000, 4, &word));
		if (how == 0)
			pciem_reqtab_abort_all(&tab);
		else if (how == 1)
			assert_true(pciem_reqtab_timeout(&tab, tag));
		else
			assert_true(pciem_reqtab_expire(&tab, tag));
		assert_false(pciem_reqtab_plain_is_pending(&tab, tag, word));
		assert_false(pciem_reqtab_plain_end(&tab, tag, word));
		if (how == 2)
			continue;
		assert_true(pciem_reqtab_is_done(&tab, tag));
		assert_int_equal(pciem_reqtab_take(&tab, tag, &val, 4),
				 how ? PCIEM_END_TIMEOUT : PCIEM_END_LINK_DOWN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_requests_are_those_of_the_codec),
		cmocka_unit_test(test_plain_payloads_are_those_of_the_long_way),
		cmocka_unit_test(test_plain_answer_is_one_that_the_table_accepts),
		cmocka_unit_test(test_plain_arm_leaves_the_slot_as_the_long_way_does),
		cmocka_unit_test(test_plain_end_frees_the_tag_once),
		cmocka_unit_test(test_plain_end_after_another_end_is_the_long_ways),
	};

	return cmocka_run_group_tests_name("kernel.link_plain", tests, NULL, NULL);
}
