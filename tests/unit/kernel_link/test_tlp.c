// SPDX-License-Identifier: Apache-2.0
/*
 * kernel/tlp.c against tables that were written from the base specification,
 * not from the code.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tlp.h"

/* Kinds by first byte (base specification, table "Fmt[2:0] and Type[4:0] Field Encodings"). */
struct first_byte {
	uint8_t byte;
	int kind;
	int hdr_dw;
};

static const struct first_byte first_bytes[] = {
	{ 0x00, PCIEM_TLP_MRD, 3 }, { 0x20, PCIEM_TLP_MRD, 4 },
	{ 0x01, PCIEM_TLP_MRDLK, 3 }, { 0x21, PCIEM_TLP_MRDLK, 4 },
	{ 0x40, PCIEM_TLP_MWR, 3 }, { 0x60, PCIEM_TLP_MWR, 4 },
	{ 0x02, PCIEM_TLP_IORD, 3 }, { 0x42, PCIEM_TLP_IOWR, 3 },
	{ 0x04, PCIEM_TLP_CFGRD0, 3 }, { 0x44, PCIEM_TLP_CFGWR0, 3 },
	{ 0x05, PCIEM_TLP_CFGRD1, 3 }, { 0x45, PCIEM_TLP_CFGWR1, 3 },
	{ 0x5b, PCIEM_TLP_DMWR, 3 }, { 0x7b, PCIEM_TLP_DMWR, 4 },
	{ 0x30, PCIEM_TLP_MSG, 4 }, { 0x31, PCIEM_TLP_MSG, 4 }, { 0x32, PCIEM_TLP_MSG, 4 },
	{ 0x33, PCIEM_TLP_MSG, 4 }, { 0x34, PCIEM_TLP_MSG, 4 }, { 0x35, PCIEM_TLP_MSG, 4 },
	{ 0x70, PCIEM_TLP_MSGD, 4 }, { 0x71, PCIEM_TLP_MSGD, 4 }, { 0x72, PCIEM_TLP_MSGD, 4 },
	{ 0x73, PCIEM_TLP_MSGD, 4 }, { 0x74, PCIEM_TLP_MSGD, 4 }, { 0x75, PCIEM_TLP_MSGD, 4 },
	{ 0x0a, PCIEM_TLP_CPL, 3 }, { 0x4a, PCIEM_TLP_CPLD, 3 },
	{ 0x0b, PCIEM_TLP_CPLLK, 3 }, { 0x4b, PCIEM_TLP_CPLDLK, 3 },
	{ 0x4c, PCIEM_TLP_FETCHADD, 3 }, { 0x6c, PCIEM_TLP_FETCHADD, 4 },
	{ 0x4d, PCIEM_TLP_SWAP, 3 }, { 0x6d, PCIEM_TLP_SWAP, 4 },
	{ 0x4e, PCIEM_TLP_CAS, 3 }, { 0x6e, PCIEM_TLP_CAS, 4 },
};

static const struct first_byte *find_first_byte(unsigned int byte)
{
	for (size_t i = 0; i < sizeof(first_bytes) / sizeof(first_bytes[0]); i++)
		if (first_bytes[i].byte == byte)
			return &first_bytes[i];
	return NULL;
}

static void test_tlp_first_byte_all_256_values(void **state)
{
	(void)state;
	for (unsigned int byte = 0; byte < 256; byte++) {
		uint8_t raw[16] = { (uint8_t)byte, 0, 0, 1 };
		const struct first_byte *want = find_first_byte(byte);
		struct pciem_tlp tlp;
		int ret = pciem_tlp_decode_header(raw, sizeof(raw), &tlp);

		if ((byte & 0xe0) == 0x80) {	/* a prefix, then MRd */
			assert_int_equal(ret, 0);
			assert_int_equal(tlp.prefix_dw, 1);
		} else if (want) {
			assert_int_equal(ret, 0);
			assert_int_equal(tlp.kind, want->kind);
			assert_int_equal(tlp.hdr_dw, want->hdr_dw);
		} else {
			assert_int_equal(ret, -PCIEM_TLP_E_TYPE);
		}
	}
}

static void test_tlp_decode_memory_write_64(void **state)
{
	static const uint8_t raw[24] = {
		0x60, 0x00, 0x00, 0x02, 0x01, 0x00, 0x7f, 0x3e,
		0x00, 0x00, 0x00, 0x12, 0x34, 0x56, 0x78, 0x9c,
		1, 2, 3, 4, 5, 6, 7, 8,
	};
	struct pciem_tlp tlp;

	(void)state;
	assert_int_equal(pciem_tlp_decode(raw, sizeof(raw), &tlp), 0);

	assert_int_equal(tlp.kind, PCIEM_TLP_MWR);
	assert_int_equal(tlp.len_dw, 2);
	assert_int_equal(tlp.requester, 0x0100);
	assert_int_equal(tlp.tag, 0x7f);
	assert_int_equal(tlp.first_be, 0xe);
	assert_int_equal(tlp.last_be, 0x3);
	assert_true(tlp.addr == 0x123456789cull);
	assert_int_equal(pciem_tlp_payload_off(&tlp), 16);
	assert_int_equal(pciem_tlp_payload_bytes(&tlp), 8);
	assert_int_equal(pciem_tlp_class(tlp.kind), PCIEM_TLP_POSTED);
}

static void test_tlp_decode_completion_every_field(void **state)
{
	/* CplD, T9 T8 set, TC 5, IDO, TD, EP, RO, NS, 32 DW, completer 02:03.4, CA, BCM, 4095 left */
	uint8_t raw[12 + 128 + 4] = {
		0x4a, 0xdc, 0xf0, 0x20, 0x02, 0x1c, 0x9f, 0xff, 0x12, 0x34, 0xab, 0xff,
	};
	struct pciem_tlp tlp;

	(void)state;
	assert_int_equal(pciem_tlp_decode(raw, sizeof(raw), &tlp), 0);

	assert_int_equal(tlp.tc, 5);
	assert_int_equal(tlp.attr, PCIEM_TLP_ATTR_IDO | PCIEM_TLP_ATTR_RO | PCIEM_TLP_ATTR_NS);
	assert_true(tlp.td);
	assert_true(tlp.ep);
	assert_int_equal(tlp.tag, 0x3ab);
	assert_int_equal(tlp.len_dw, 32);
	assert_int_equal(tlp.completer, 0x021c);
	assert_int_equal(tlp.status, PCIEM_TLP_CA);
	assert_true(tlp.bcm);
	assert_int_equal(tlp.byte_count, 4095);
	assert_int_equal(tlp.requester, 0x1234);
	assert_int_equal(tlp.lower_addr, 0x7f);
}

static void test_tlp_decode_zero_means_most(void **state)
{
	uint8_t cpl[12] = { 0x0a, 0, 0, 0 }, mrd[12] = { 0x00, 0, 0, 0 };
	struct pciem_tlp tlp;

	(void)state;
	assert_int_equal(pciem_tlp_decode(cpl, sizeof(cpl), &tlp), 0);
	assert_int_equal(tlp.byte_count, 4096);
	assert_int_equal(tlp.len_dw, 0);	/* reserved, not 1024 */
	assert_int_equal(pciem_tlp_decode(mrd, sizeof(mrd), &tlp), 0);
	assert_int_equal(tlp.len_dw, 1024);
}

static void test_tlp_decode_wrong_size_is_refused(void **state)
{
	uint8_t raw[16 + 4096 + 8] = { 0 };
	struct pciem_tlp tlp;

	(void)state;
	for (unsigned int td = 0; td < 2; td++)
		for (unsigned int dw = 1; dw <= 1024; dw++)
			for (unsigned int kind = 0; kind < 2; kind++) {
				unsigned int right = 12 + (kind ? dw * 4 : 0) + td * 4;

				raw[0] = kind ? 0x40 : 0x00;
				raw[2] = (uint8_t)(td << 7 | ((dw >> 8) & 3));
				raw[3] = (uint8_t)dw;
				assert_int_equal(pciem_tlp_decode(raw, right, &tlp), 0);
				assert_int_equal(pciem_tlp_decode(raw, right + 4, &tlp), -PCIEM_TLP_E_SIZE);
				assert_int_equal(pciem_tlp_decode(raw, right + 1, &tlp), -PCIEM_TLP_E_SIZE);
				assert_true(pciem_tlp_decode(raw, right - 4, &tlp) < 0);
			}
	for (unsigned int bytes = 0; bytes < 12; bytes++)
		assert_int_equal(pciem_tlp_decode_header(raw, bytes, &tlp), -PCIEM_TLP_E_SHORT);
	raw[0] = 0x20;
	for (unsigned int bytes = 12; bytes < 16; bytes++)
		assert_int_equal(pciem_tlp_decode_header(raw, bytes, &tlp), -PCIEM_TLP_E_SHORT);
}

/* Random legal fields come back from their bytes. */
static void test_tlp_encode_decode_round_trip(void **state)
{
	(void)state;
	srand(1);
	for (unsigned int i = 0; i < 200000; i++) {
		struct pciem_tlp in = { 0 }, out;
		uint8_t raw[PCIEM_TLP_HDR_MAX_BYTES];
		uint8_t again[PCIEM_TLP_HDR_MAX_BYTES];
		int bytes;

		raw[0] = first_bytes[(unsigned int)rand() % (sizeof(first_bytes) / sizeof(first_bytes[0]))].byte;
		for (unsigned int n = 1; n < sizeof(raw); n++)
			raw[n] = (uint8_t)rand();
		assert_int_equal(pciem_tlp_decode_header(raw, sizeof(raw), &in), 0);
		bytes = pciem_tlp_encode(&in, again);
		assert_true(bytes == 12 || bytes == 16);
		assert_int_equal(pciem_tlp_decode_header(again, (size_t)bytes, &out), 0);

		/* a 4 dword header with a low address becomes a 3 dword header (ADR-01) */
		in.hdr_dw = out.hdr_dw;
		assert_memory_equal(&in, &out, sizeof(in));
	}
}

/* Base specification, table "Byte Count Values for Memory Read Requests". */
static void test_tlp_span_matches_the_table(void **state)
{
	static const uint8_t one_dw[16] = { 1, 1, 1, 2, 1, 3, 2, 3, 1, 4, 3, 4, 2, 4, 3, 4 };
	/* Length * 4 minus this, first BE lowest set bit, last BE highest set bit */
	static const uint8_t first_cut[16] = { 0, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0 };
	static const uint8_t last_cut[16] = { 0, 3, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0 };

	(void)state;
	for (unsigned int be = 0; be < 16; be++)
		assert_int_equal(pciem_tlp_span(1, (uint8_t)be, 0), one_dw[be]);
	for (unsigned int dw = 2; dw <= 16; dw++)
		for (unsigned int first = 1; first < 16; first++)
			for (unsigned int last = 1; last < 16; last++)
				assert_int_equal(pciem_tlp_span(dw, (uint8_t)first, (uint8_t)last),
						 dw * 4 - first_cut[first] - last_cut[last]);
	assert_int_equal(pciem_tlp_span(1024, 0xf, 0xf), 4096);
}

static void test_tlp_set_range_every_offset_and_size(void **state)
{
	(void)state;
	for (unsigned int off = 0; off < 16; off++)
		for (unsigned int bytes = 1; bytes <= 64; bytes++) {
			struct pciem_tlp tlp = { .kind = PCIEM_TLP_MRD };
			unsigned int enabled = 0;

			pciem_tlp_set_range(&tlp, 0x1000 + off, bytes);

			assert_true(pciem_tlp_be_is_legal(tlp.addr, tlp.len_dw, tlp.first_be, tlp.last_be));
			assert_true(tlp.addr == ((0x1000u + off) & ~3u));
			assert_int_equal(pciem_tlp_request_byte_count(&tlp), bytes);
			assert_int_equal(pciem_tlp_request_lower_addr(&tlp), off);
			for (unsigned int dw = 0; dw < tlp.len_dw; dw++)
				for (unsigned int b = 0; b < 4; b++) {
					unsigned int be = dw == 0 ? tlp.first_be :
							  dw == tlp.len_dw - 1u ? tlp.last_be : 0xf;
					unsigned int at = (off & ~3u) + dw * 4 + b;
					bool want = at >= off && at < off + bytes;

					assert_int_equal(!!(be & 1u << b), want);
					enabled += want;
				}
			assert_int_equal(enabled, bytes);
		}
}

/* BE-01 to BE-07 */
static void test_tlp_be_is_legal_table(void **state)
{
	(void)state;
	for (unsigned int first = 0; first < 16; first++)
		for (unsigned int last = 0; last < 16; last++) {
			bool first_run = first == 8 || first == 12 || first == 14 || first == 15;
			bool last_run = last == 1 || last == 3 || last == 7 || last == 15;
			uint8_t f = (uint8_t)first, l = (uint8_t)last;

			assert_int_equal(pciem_tlp_be_is_legal(0x1000, 1, f, l), last == 0);
			assert_int_equal(pciem_tlp_be_is_legal(0x1000, 2, f, l), first && last);
			assert_int_equal(pciem_tlp_be_is_legal(0x1004, 2, f, l), first_run && last_run);
			assert_int_equal(pciem_tlp_be_is_legal(0x1000, 3, f, l), first_run && last_run);
		}
}

static void test_tlp_init_cpl_answers_its_request(void **state)
{
	struct pciem_tlp req = { .kind = PCIEM_TLP_MRD, .requester = 0x100, .tag = 9, .tc = 3, .attr = 2 };
	struct pciem_tlp cpl;

	(void)state;
	pciem_tlp_set_range(&req, 0x2003, 10);
	pciem_tlp_init_cpl(&cpl, &req, 0, PCIEM_TLP_SC, 4);
	assert_int_equal(cpl.kind, PCIEM_TLP_CPLD);
	assert_int_equal(cpl.requester, 0x100);
	assert_int_equal(cpl.tag, 9);
	assert_int_equal(cpl.tc, 3);
	assert_int_equal(cpl.attr, 2);
	assert_int_equal(cpl.byte_count, 10);
	assert_int_equal(cpl.lower_addr, 3);

	req = (struct pciem_tlp){ .kind = PCIEM_TLP_CAS, .len_dw = 4 };
	pciem_tlp_init_cpl(&cpl, &req, 0, PCIEM_TLP_UR, 0);
	assert_int_equal(cpl.kind, PCIEM_TLP_CPL);
	assert_int_equal(cpl.byte_count, 8);	/* operand size (CPL-14) */
	assert_int_equal(cpl.lower_addr, 0);

	req = (struct pciem_tlp){ .kind = PCIEM_TLP_CFGRD0, .len_dw = 1, .first_be = 0x4, .reg = 0x10 };
	pciem_tlp_init_cpl(&cpl, &req, 0, PCIEM_TLP_SC, 1);
	assert_int_equal(cpl.byte_count, 4);
	assert_int_equal(cpl.lower_addr, 0);
}

static void test_tlp_encode_refuses_what_has_no_encoding(void **state)
{
	uint8_t hdr[PCIEM_TLP_HDR_MAX_BYTES];
	struct pciem_tlp io = { .kind = PCIEM_TLP_IORD, .len_dw = 1, .addr = 1ull << 32 };
	struct pciem_tlp len = { .kind = PCIEM_TLP_MRD, .len_dw = 1025 };
	struct pciem_tlp kind = { .kind = PCIEM_TLP_NR_KINDS };

	(void)state;
	assert_true(pciem_tlp_encode(&io, hdr) < 0);
	assert_true(pciem_tlp_encode(&len, hdr) < 0);
	assert_true(pciem_tlp_encode(&kind, hdr) < 0);
}

/* Each field one beyond its largest value, and the largest itself. */
static void test_tlp_encode_refuses_fields_that_do_not_fit(void **state)
{
	uint8_t hdr[PCIEM_TLP_HDR_MAX_BYTES];
	const struct pciem_tlp most = {
		.kind = PCIEM_TLP_MSGD, .len_dw = 1024, .byte_count = 4096, .reg = 0xfff,
		.first_be = 15, .last_be = 15, .msg_routing = 5, .tag = 0x3ff,
	};

	(void)state;
	assert_int_equal(pciem_tlp_encode(&most, hdr), 16);
	for (unsigned int i = 0; i < 6; i++) {
		struct pciem_tlp tlp = most;

		switch (i) {
		case 0: tlp.byte_count++; break;
		case 1: tlp.reg++; break;
		case 2: tlp.first_be++; break;
		case 3: tlp.last_be++; break;
		case 4: tlp.msg_routing++; break;
		case 5: tlp.tag++; break;
		}
		assert_int_equal(pciem_tlp_encode(&tlp, hdr), -PCIEM_TLP_E_TYPE);
	}
}

static void test_tlp_prefixes_are_skipped_up_to_eight(void **state)
{
	uint8_t bytes[9 * 4 + 12];
	struct pciem_tlp tlp;

	(void)state;
	for (unsigned int nr = 0; nr <= 9; nr++) {
		memset(bytes, 0, sizeof(bytes));
		for (unsigned int i = 0; i < nr; i++)
			bytes[4 * i] = 0x80;
		bytes[4 * nr + 3] = 1;	/* a read of one dword */
		assert_int_equal(pciem_tlp_decode(bytes, 4 * nr + 12, &tlp),
				 nr > 8 ? -PCIEM_TLP_E_PREFIX : 0);
		assert_int_equal(nr > 8 ? nr : tlp.prefix_dw, nr);
	}
}

static void test_tlp_names(void **state)
{
	(void)state;
	assert_string_equal(pciem_tlp_name(PCIEM_TLP_MRD), "MRd");
	assert_string_equal(pciem_tlp_name(PCIEM_TLP_CAS), "CAS");
	assert_string_equal(pciem_tlp_name(PCIEM_TLP_NR_KINDS), "?");
}

/* AtomicOps: the operand's size; compare and swap has two operands. */
static void test_tlp_byte_count_of_atomic_operations(void **state)
{
	struct pciem_tlp req = { .kind = PCIEM_TLP_FETCHADD, .len_dw = 2 };

	(void)state;
	assert_int_equal(pciem_tlp_request_byte_count(&req), 8);
	req.kind = PCIEM_TLP_SWAP;
	assert_int_equal(pciem_tlp_request_byte_count(&req), 8);
	req.kind = PCIEM_TLP_CAS;
	assert_int_equal(pciem_tlp_request_byte_count(&req), 4);
}

/* The completion of a locked read has kinds of its own. */
static void test_tlp_init_cpl_of_a_locked_read(void **state)
{
	struct pciem_tlp req = { .kind = PCIEM_TLP_MRDLK, .len_dw = 1, .first_be = 0xc, .addr = 0x1004 };
	struct pciem_tlp cpl;

	(void)state;
	pciem_tlp_init_cpl(&cpl, &req, 0, PCIEM_TLP_SC, 1);
	assert_int_equal(cpl.kind, PCIEM_TLP_CPLDLK);
	assert_int_equal(cpl.byte_count, 2);
	assert_int_equal(cpl.lower_addr, 6);
	pciem_tlp_init_cpl(&cpl, &req, 0, PCIEM_TLP_UR, 0);
	assert_int_equal(cpl.kind, PCIEM_TLP_CPLLK);
}

/* No input makes the decoder read beyond what it was given (run under a sanitizer too). */
static void test_tlp_decode_random_bytes(void **state)
{
	(void)state;
	srand(2);
	for (unsigned int i = 0; i < 200000; i++) {
		size_t bytes = (size_t)rand() % 40;
		uint8_t *raw = malloc(bytes + 1);
		struct pciem_tlp tlp;

		assert_non_null(raw);
		for (size_t n = 0; n < bytes; n++)
			raw[n] = (uint8_t)rand();
		raw = realloc(raw, bytes ? bytes : 1);
		if (!pciem_tlp_decode(raw, bytes, &tlp))
			assert_int_equal(pciem_tlp_total_bytes(&tlp), bytes);
		free(raw);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tlp_first_byte_all_256_values),
		cmocka_unit_test(test_tlp_decode_memory_write_64),
		cmocka_unit_test(test_tlp_decode_completion_every_field),
		cmocka_unit_test(test_tlp_decode_zero_means_most),
		cmocka_unit_test(test_tlp_decode_wrong_size_is_refused),
		cmocka_unit_test(test_tlp_encode_decode_round_trip),
		cmocka_unit_test(test_tlp_span_matches_the_table),
		cmocka_unit_test(test_tlp_set_range_every_offset_and_size),
		cmocka_unit_test(test_tlp_be_is_legal_table),
		cmocka_unit_test(test_tlp_init_cpl_answers_its_request),
		cmocka_unit_test(test_tlp_encode_refuses_what_has_no_encoding),
		cmocka_unit_test(test_tlp_encode_refuses_fields_that_do_not_fit),
		cmocka_unit_test(test_tlp_prefixes_are_skipped_up_to_eight),
		cmocka_unit_test(test_tlp_names),
		cmocka_unit_test(test_tlp_byte_count_of_atomic_operations),
		cmocka_unit_test(test_tlp_init_cpl_of_a_locked_read),
		cmocka_unit_test(test_tlp_decode_random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
