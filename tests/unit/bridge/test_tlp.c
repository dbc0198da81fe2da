// SPDX-License-Identifier: Apache-2.0
/*
 * The bridge's codec: every first byte, every size, every field, every word.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <riser/tlp.h>

/* From the table of the specification, not from the code. */
static const struct {
	uint8_t first;
	enum riser_tlp_kind kind;
	bool is_4dw;
	bool has_data;
	enum riser_tlp_class tlp_class;
	const char *name;
} table[] = {
	{ 0x00, RISER_TLP_MRD, 0, 0, RISER_NONPOSTED, "MRd32" },
	{ 0x20, RISER_TLP_MRD, 1, 0, RISER_NONPOSTED, "MRd64" },
	{ 0x01, RISER_TLP_MRDLK, 0, 0, RISER_NONPOSTED, "MRdLk32" },
	{ 0x21, RISER_TLP_MRDLK, 1, 0, RISER_NONPOSTED, "MRdLk64" },
	{ 0x40, RISER_TLP_MWR, 0, 1, RISER_POSTED, "MWr32" },
	{ 0x60, RISER_TLP_MWR, 1, 1, RISER_POSTED, "MWr64" },
	{ 0x02, RISER_TLP_IORD, 0, 0, RISER_NONPOSTED, "IORd" },
	{ 0x42, RISER_TLP_IOWR, 0, 1, RISER_NONPOSTED, "IOWr" },
	{ 0x04, RISER_TLP_CFGRD0, 0, 0, RISER_NONPOSTED, "CfgRd0" },
	{ 0x44, RISER_TLP_CFGWR0, 0, 1, RISER_NONPOSTED, "CfgWr0" },
	{ 0x05, RISER_TLP_CFGRD1, 0, 0, RISER_NONPOSTED, "CfgRd1" },
	{ 0x45, RISER_TLP_CFGWR1, 0, 1, RISER_NONPOSTED, "CfgWr1" },
	{ 0x30, RISER_TLP_MSG, 1, 0, RISER_POSTED, "Msg" },
	{ 0x31, RISER_TLP_MSG, 1, 0, RISER_POSTED, "Msg" },
	{ 0x32, RISER_TLP_MSG, 1, 0, RISER_POSTED, "Msg" },
	{ 0x33, RISER_TLP_MSG, 1, 0, RISER_POSTED, "Msg" },
	{ 0x34, RISER_TLP_MSG, 1, 0, RISER_POSTED, "Msg" },
	{ 0x35, RISER_TLP_MSG, 1, 0, RISER_POSTED, "Msg" },
	{ 0x36, RISER_TLP_MSG, 1, 0, RISER_POSTED, "Msg" },
	{ 0x37, RISER_TLP_MSG, 1, 0, RISER_POSTED, "Msg" },
	{ 0x70, RISER_TLP_MSGD, 1, 1, RISER_POSTED, "MsgD" },
	{ 0x71, RISER_TLP_MSGD, 1, 1, RISER_POSTED, "MsgD" },
	{ 0x72, RISER_TLP_MSGD, 1, 1, RISER_POSTED, "MsgD" },
	{ 0x73, RISER_TLP_MSGD, 1, 1, RISER_POSTED, "MsgD" },
	{ 0x74, RISER_TLP_MSGD, 1, 1, RISER_POSTED, "MsgD" },
	{ 0x75, RISER_TLP_MSGD, 1, 1, RISER_POSTED, "MsgD" },
	{ 0x76, RISER_TLP_MSGD, 1, 1, RISER_POSTED, "MsgD" },
	{ 0x77, RISER_TLP_MSGD, 1, 1, RISER_POSTED, "MsgD" },
	{ 0x0a, RISER_TLP_CPL, 0, 0, RISER_COMPLETION, "Cpl" },
	{ 0x4a, RISER_TLP_CPLD, 0, 1, RISER_COMPLETION, "CplD" },
	{ 0x0b, RISER_TLP_CPLLK, 0, 0, RISER_COMPLETION, "CplLk" },
	{ 0x4b, RISER_TLP_CPLDLK, 0, 1, RISER_COMPLETION, "CplDLk" },
	{ 0x4c, RISER_TLP_FETCHADD, 0, 1, RISER_NONPOSTED, "FetchAdd32" },
	{ 0x6c, RISER_TLP_FETCHADD, 1, 1, RISER_NONPOSTED, "FetchAdd64" },
	{ 0x4d, RISER_TLP_SWAP, 0, 1, RISER_NONPOSTED, "Swap32" },
	{ 0x6d, RISER_TLP_SWAP, 1, 1, RISER_NONPOSTED, "Swap64" },
	{ 0x4e, RISER_TLP_CAS, 0, 1, RISER_NONPOSTED, "CAS32" },
	{ 0x6e, RISER_TLP_CAS, 1, 1, RISER_NONPOSTED, "CAS64" },
	{ 0x5b, RISER_TLP_DMWR, 0, 1, RISER_NONPOSTED, "DMWr32" },
	{ 0x7b, RISER_TLP_DMWR, 1, 1, RISER_NONPOSTED, "DMWr64" },
};

#define NR_TABLE (sizeof(table) / sizeof(table[0]))

static void test_every_first_byte(void **state)
{
	unsigned int first, i;

	(void)state;
	for (first = 0; first < 256; first++) {
		uint8_t bytes[20] = { (uint8_t)first, 0, 0, 1 };
		enum riser_tlp_error error;
		struct riser_tlp tlp;
		size_t len;

		for (i = 0; i < NR_TABLE && table[i].first != first; i++)
			;
		if (i == NR_TABLE) {
			for (len = 12; len <= 20; len += 4)
				assert_int_equal(riser_tlp_decode(&tlp, bytes, len),
						 RISER_TLP_E_TYPE);
			continue;
		}
		len = 12 + 4 * table[i].is_4dw + 4 * table[i].has_data;
		error = riser_tlp_decode(&tlp, bytes, len);
		assert_int_equal(error, RISER_TLP_OK);
		assert_int_equal(tlp.kind, table[i].kind);
		assert_int_equal(tlp.is_4dw, table[i].is_4dw);
		assert_int_equal(riser_tlp_has_data(tlp.kind),
				 table[i].has_data);
		assert_int_equal(riser_tlp_class(tlp.kind), table[i].tlp_class);
		assert_string_equal(riser_tlp_name(tlp.kind, tlp.is_4dw),
				    table[i].name);
		assert_int_equal(tlp.data_bytes, table[i].has_data ? 4 : 0);
		assert_int_equal(tlp.data != NULL, table[i].has_data);
	}
}

static void test_sizes_follow_from_the_header(void **state)
{
	static uint8_t bytes[RISER_TLP_MAX_BYTES + 8];
	static const uint32_t lengths[] = { 1, 2, 3, 31, 32, 512, 1023, 1024 };
	struct riser_tlp tlp;
	size_t i, j, right;
	int delta, td;

	(void)state;
	for (i = 0; i < NR_TABLE; i++)
		for (j = 0; j < sizeof(lengths) / sizeof(lengths[0]); j++)
			for (td = 0; td < 2; td++)
				for (delta = -2; delta <= 2; delta++) {
					memset(bytes, 0, 16);
					bytes[0] = table[i].first;
					bytes[2] = (uint8_t)(td << 7 | (lengths[j] >> 8 & 3));
					bytes[3] = (uint8_t)lengths[j];
					right = 12 + 4 * table[i].is_4dw + 4 * td +
						(table[i].has_data ? 4 * lengths[j] : 0);
					assert_int_equal(!riser_tlp_decode(&tlp, bytes,
							 (size_t)((int)right + 4 * delta)),
							 !delta);
					if (delta)
						continue;
					assert_int_equal(tlp.digest == bytes + right - 4,
							 td);
					/* without data there is no length to tell, and 0 is 0 */
					if (lengths[j] == 1024 && !table[i].has_data &&
					    table[i].tlp_class != RISER_NONPOSTED)
						assert_int_equal(tlp.length_dw, 0);
					else
						assert_int_equal(tlp.length_dw, lengths[j]);
				}
}

static void test_too_short_is_told_apart(void **state)
{
	static const uint8_t read64[16] = { 0x20, 0, 0, 1 };
	struct riser_tlp tlp;

	(void)state;
	assert_int_equal(riser_tlp_decode(&tlp, read64, 0), RISER_TLP_E_SHORT);
	assert_int_equal(riser_tlp_decode(&tlp, read64, 8), RISER_TLP_E_SHORT);
	assert_int_equal(riser_tlp_decode(&tlp, read64, 12), RISER_TLP_E_SHORT);
	assert_int_equal(riser_tlp_decode(&tlp, read64, 13), RISER_TLP_E_SHORT);
	assert_int_equal(riser_tlp_decode(&tlp, read64, 16), RISER_TLP_OK);
	assert_string_equal(riser_tlp_error_text(RISER_TLP_OK), "valid");
	assert_non_null(strstr(riser_tlp_error_text(RISER_TLP_E_SHORT),
			       "short"));
	assert_non_null(strstr(riser_tlp_error_text(RISER_TLP_E_TYPE), "Fmt"));
	assert_non_null(strstr(riser_tlp_error_text(RISER_TLP_E_LENGTH),
			       "Length"));
	assert_string_equal(riser_tlp_error_text(77), "?");
}

/* Vectors written down from the header drawings of the specification. */
static void test_fields_of_a_memory_read(void **state)
{
	/* tag 0x2a5: T9 set, T8 clear; TC 5, attributes all, TH, EP, AT 2 */
	static const uint8_t bytes[] = {
		0x20, 0x80 | 5 << 4 | 0x04 | 0x01, 0x40 | 3 << 4 | 2 << 2 | 1,
		0xff, 0x12, 0x34, 0xa5, 0x7c, 0x89, 0xab, 0xcd, 0xef, 0x01,
		0x23, 0x45, 0x66,
	};
	struct riser_tlp tlp;
	uint8_t copy[16];

	(void)state;
	assert_int_equal(riser_tlp_decode(&tlp, bytes, sizeof(bytes)), 0);
	assert_int_equal(tlp.kind, RISER_TLP_MRD);
	assert_int_equal(tlp.tc, 5);
	assert_int_equal(tlp.attr,
			 RISER_ATTR_IDO | RISER_ATTR_RO | RISER_ATTR_NS);
	assert_true(tlp.th);
	assert_true(tlp.ep);
	assert_false(tlp.td);
	assert_int_equal(tlp.at, 2);
	assert_int_equal(tlp.length_dw, 0x1ff);
	assert_int_equal(tlp.requester, 0x1234);
	assert_int_equal(tlp.tag, 0x2a5);
	assert_int_equal(tlp.last_be, 7);
	assert_int_equal(tlp.first_be, 12);
	assert_true(tlp.addr == 0x89abcdef01234564ULL);
	assert_int_equal(tlp.ph, 2);
	assert_int_equal(riser_tlp_encode(&tlp, copy, sizeof(copy)), 16);
	assert_memory_equal(copy, bytes, 16);
}

static void test_fields_of_a_completion(void **state)
{
	static const uint8_t bytes[] = {
		0x4a, 0x08, 0x00, 0x02, 0x01, 0x00, 0x10, 0x00, 0x00, 0x08,
		0x05, 0xff, 1, 2, 3, 4, 5, 6, 7, 8,
	};
	struct riser_tlp tlp;
	uint8_t copy[20];

	(void)state;
	assert_int_equal(riser_tlp_decode(&tlp, bytes, sizeof(bytes)), 0);
	assert_int_equal(tlp.completer, 0x0100);
	assert_int_equal(tlp.requester, 0x0008);
	assert_int_equal(tlp.status, RISER_CPL_SC);
	assert_true(tlp.bcm);
	assert_int_equal(tlp.byte_count, 4096);
	assert_int_equal(tlp.tag, 0x105);
	assert_int_equal(tlp.lower_addr, 0x7f);
	assert_ptr_equal(tlp.data, bytes + 12);
	assert_int_equal(tlp.data_bytes, 8);
	/* the reserved bit above Lower Address is not kept */
	assert_int_equal(riser_tlp_encode(&tlp, copy, sizeof(copy)), 20);
	assert_int_equal(copy[11], 0x7f);
	copy[11] = 0xff;
	assert_memory_equal(copy, bytes, 20);
}

static void test_fields_of_config_and_message(void **state)
{
	static const uint8_t config[] = {
		0x44, 0, 0, 1, 0, 0, 3, 0x0f, 0x01, 0x02, 0x0a, 0xbc, 4, 3, 2, 1,
	};
	static const uint8_t message[] = {
		0x34, 0, 0, 0, 1, 0, 0, 0x20, 1, 2, 3, 4, 5, 6, 7, 8,
	};
	struct riser_tlp tlp;
	uint8_t copy[16];

	(void)state;
	assert_int_equal(riser_tlp_decode(&tlp, config, sizeof(config)), 0);
	assert_int_equal(tlp.target, 0x0102);
	assert_int_equal(tlp.reg, 0xabc);
	assert_int_equal(tlp.first_be, 0xf);
	assert_int_equal(riser_tlp_encode(&tlp, copy, 16), 16);
	assert_memory_equal(copy, config, 16);
	assert_int_equal(riser_tlp_decode(&tlp, message, sizeof(message)), 0);
	assert_int_equal(tlp.routing, 4);
	assert_int_equal(tlp.code, 0x20);
	assert_int_equal(tlp.length_dw, 0);
	assert_true(tlp.msg[0] == 0x01020304 && tlp.msg[1] == 0x05060708);
	assert_int_equal(riser_tlp_encode(&tlp, copy, 16), 16);
	assert_memory_equal(copy, message, 16);
}

/* Any bytes that decode encode to themselves, but for reserved bits. */
static void test_random_tlps_survive_a_round_trip(void **state)
{
	uint8_t bytes[80], copy[80], again[80];
	struct riser_tlp tlp, second;
	uint64_t seed = 88172645463325252ULL;
	int i, j, len, nr = 0;

	(void)state;
	for (i = 0; i < 200000; i++) {
		for (j = 0; j < 80; j++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			bytes[j] = (uint8_t)seed;
		}
		bytes[0] = table[seed % NR_TABLE].first;
		bytes[2] &= 0xfc;
		bytes[3] &= 0x0f;
		for (len = 12; len <= 80; len += 4) {
			if (riser_tlp_decode(&tlp, bytes, (size_t)len))
				continue;
			nr++;
			assert_int_equal(riser_tlp_encode(&tlp, copy, 80), len);
			assert_int_equal(riser_tlp_decode(&second, copy,
							  (size_t)len), 0);
			assert_int_equal(riser_tlp_encode(&second, again, 80),
					 len);
			assert_memory_equal(copy, again, (size_t)len);
			assert_int_equal(copy[0], bytes[0]);
			/* no field changes on the way */
			second.data = tlp.data;
			second.digest = tlp.digest;
			assert_memory_equal(&tlp, &second, sizeof(tlp));
		}
	}
	assert_true(nr > 100000);
}

static struct riser_tlp good_write(const uint8_t *data)
{
	return (struct riser_tlp){
		.kind = RISER_TLP_MWR, .length_dw = 1, .first_be = 15,
		.data = data, .data_bytes = 4,
	};
}

static void test_impossible_fields_are_refused(void **state)
{
	static const uint8_t data[4];
	const struct riser_tlp good = good_write(data);
	struct riser_tlp bad;
	uint8_t bytes[32];

	(void)state;
	assert_int_equal(riser_tlp_encode(&good, bytes, sizeof(bytes)), 16);
	assert_int_equal(riser_tlp_encode(&good, bytes, 15), -ENOSPC);
#define REFUSED(...) do { \
		bad = good; \
		__VA_ARGS__; \
		assert_int_equal(riser_tlp_encode(&bad, bytes, sizeof(bytes)), \
				 -EINVAL); \
	} while (0)
	REFUSED(bad.kind = RISER_TLP_NR_KINDS);
	REFUSED(bad.length_dw = 1025);
	REFUSED(bad.tag = 1024);
	REFUSED(bad.tc = 8);
	REFUSED(bad.attr = 8);
	REFUSED(bad.at = 4);
	REFUSED(bad.ph = 4);
	REFUSED(bad.first_be = 16);
	REFUSED(bad.last_be = 16);
	REFUSED(bad.status = 8);
	REFUSED(bad.lower_addr = 128);
	REFUSED(bad.routing = 8);
	REFUSED(bad.data = NULL);
	REFUSED(bad.length_dw = 0);
	REFUSED(bad.data_bytes = 8);
	REFUSED(bad.kind = RISER_TLP_MRD);	/* data on a read */
	REFUSED(bad.td = true);			/* no digest given */
	REFUSED(bad.addr = 2);
	REFUSED(bad.addr = 1ULL << 32);		/* in a 3-dword header */
	REFUSED(bad.kind = RISER_TLP_CFGWR0, bad.reg = 1);
	REFUSED(bad.kind = RISER_TLP_CFGWR0, bad.is_4dw = true);
	REFUSED(bad.kind = RISER_TLP_MSGD);	/* messages have 4 dwords */
	REFUSED(bad.kind = RISER_TLP_CPLD);	/* byte count 0 */
	REFUSED(bad.kind = RISER_TLP_CPLD, bad.byte_count = 4097);
#undef REFUSED
	bad = good;
	bad.td = true;
	bad.digest = data;
	assert_int_equal(riser_tlp_encode(&bad, bytes, sizeof(bytes)), 20);
}

static void test_request_bytes(void **state)
{
	static const struct {
		uint8_t kind, first_be, last_be;
		uint16_t length_dw;
		uint32_t bytes;
	} cases[] = {
		{ RISER_TLP_MRD, 0x0, 0x0, 1, 1 },
		{ RISER_TLP_MRD, 0x1, 0x0, 1, 1 },
		{ RISER_TLP_MRD, 0x8, 0x0, 1, 1 },
		{ RISER_TLP_MRD, 0x9, 0x0, 1, 4 },
		{ RISER_TLP_MRD, 0x6, 0x0, 1, 2 },
		{ RISER_TLP_MRD, 0xf, 0x0, 1, 4 },
		{ RISER_TLP_MRD, 0xf, 0xf, 2, 8 },
		{ RISER_TLP_MRD, 0xc, 0x1, 2, 3 },
		{ RISER_TLP_MRD, 0x8, 0x1, 1024, 4090 },
		{ RISER_TLP_MRD, 0xf, 0xf, 1024, 4096 },
		{ RISER_TLP_MRD, 0x0, 0x0, 2, 8 },
		{ RISER_TLP_MRDLK, 0xf, 0x3, 3, 10 },
		{ RISER_TLP_MWR, 0x3, 0x0, 1, 2 },
		{ RISER_TLP_CFGRD0, 0x1, 0x0, 1, 4 },
		{ RISER_TLP_IORD, 0x1, 0x0, 1, 4 },
		{ RISER_TLP_FETCHADD, 0xf, 0xf, 2, 8 },
		{ RISER_TLP_SWAP, 0xf, 0x0, 1, 4 },
		{ RISER_TLP_CAS, 0xf, 0xf, 4, 8 },
	};
	struct riser_tlp tlp = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tlp.kind = cases[i].kind;
		tlp.first_be = cases[i].first_be;
		tlp.last_be = cases[i].last_be;
		tlp.length_dw = cases[i].length_dw;
		assert_int_equal(riser_tlp_request_bytes(&tlp), cases[i].bytes);
	}
}

/* ---- words ---- */

static bool name_address(const void *ctx, uint64_t addr, bool is_io, char *text,
			 size_t size)
{
	if (is_io || addr < 0xfe000000 || addr > 0xfe003fff)
		return false;
	snprintf(text, size, "%s+0x%x", (const char *)ctx,
		 (unsigned int)(addr & 0x3fff));
	return true;
}

static void test_words(void **state)
{
	static const struct riser_tlp_names names = { name_address, "BAR0" };
	static const struct riser_tlp_names mute = { NULL, NULL };
	static const struct {
		const char *text;
		uint8_t len;
		uint8_t bytes[32];
	} cases[] = {
		{ "MRd32 BAR0+0x1c len 1DW tag 5 from 00:00.0", 12,
		  { 0x00, 0, 0, 1, 0, 0, 5, 0x0f, 0xfe, 0, 0, 0x1c } },
		{ "MWr32 BAR0+0x14 len 1DW = 0x00460001 from 00:00.0", 16,
		  { 0x40, 0, 0, 1, 0, 0, 0, 0x0f, 0xfe, 0, 0, 0x14,
		    0x01, 0, 0x46, 0 } },
		{ "MWr64 0x123456780 len 2DW = 0x0807060504030201 from 01:00.0",
		  24, { 0x60, 0, 0, 2, 1, 0, 0, 0xff, 0, 0, 0, 1, 0x23, 0x45,
			0x67, 0x80, 1, 2, 3, 4, 5, 6, 7, 8 } },
		{ "MWr32 0x1000 len 3DW be c/1 from 01:00.1", 24,
		  { 0x40, 0, 0, 3, 1, 1, 0, 0x1c, 0, 0, 0x10, 0 } },
		{ "CplD SC 4 bytes tag 5 = 0x00460001 from 01:00.0", 16,
		  { 0x4a, 0, 0, 1, 1, 0, 0, 4, 0, 0, 5, 0, 1, 0, 0x46, 0 } },
		{ "CplD SC 8 bytes of 12 tag 5 = 0x0000000000000000 from 01:00.0",
		  20, { 0x4a, 0, 0, 2, 1, 0, 0, 12, 0, 0, 5, 0 } },
		{ "CplD SC 1 bytes tag 5 = 0x00000000 from 01:00.0", 16,
		  { 0x4a, 0, 0, 1, 1, 0, 0, 1, 0, 0, 5, 0 } },
		{ "Cpl UR tag 5 from 01:00.0", 12,
		  { 0x0a, 0, 0, 0, 1, 0, 0x20, 4, 0, 0, 5, 0 } },
		{ "Cpl CA tag 773 from ff:1f.7", 12,
		  { 0x0a, 0x88, 0, 0, 0xff, 0xff, 0x80, 4, 0, 0, 5, 0 } },
		{ "CfgRd0 01:00.0 reg 0x010 tag 3 from 00:00.0", 12,
		  { 0x04, 0, 0, 1, 0, 0, 3, 0x0f, 1, 0, 0, 0x10 } },
		{ "CfgWr0 01:00.0 reg 0x004 be 3/0 tag 3 = 0x00000406 from 00:00.0",
		  16, { 0x44, 0, 0, 1, 0, 0, 3, 0x03, 1, 0, 0, 4, 6, 4, 0, 0 } },
		{ "IORd 0xfe000000 len 1DW tag 0 from 00:00.0", 12,
		  { 0x02, 0, 0, 1, 0, 0, 0, 0x0f, 0xfe, 0, 0, 0 } },
		{ "IOWr 0x3f8 len 1DW be 1/0 tag 0 = 0x00000041 from 00:00.0",
		  16, { 0x42, 0, 0, 1, 0, 0, 0, 0x01, 0, 0, 3, 0xf8, 0x41 } },
		{ "Msg Assert_INTA from 01:00.0", 16,
		  { 0x34, 0, 0, 0, 1, 0, 0, 0x20 } },
		{ "Msg code 0x99 routing 2 from 01:00.0", 16,
		  { 0x32, 0, 0, 0, 1, 0, 0, 0x99 } },
		{ "MsgD Set_Slot_Power_Limit = 0x00000001 from 00:00.0", 20,
		  { 0x74, 0, 0, 1, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0, 0, 1 } },
		{ "FetchAdd32 0x1000 len 1DW tag 9 = 0x00000001 from 01:00.0",
		  16, { 0x4c, 0, 0, 1, 1, 0, 9, 0x0f, 0, 0, 0x10, 0, 1 } },
		{ "MWr32 0x1000 len 1DW = 0x00000000 from 01:00.0 poisoned tc 3 RO NS IDO digest",
		  20, { 0x40, 0x34, 0xf0, 1, 1, 0, 0, 0x0f, 0, 0, 0x10, 0 } },
		{ "no TLP (undefined Fmt and Type), 12 bytes: ff 00 00 00 00 00 00 00 00 00 00 00",
		  12, { 0xff } },
		{ "no TLP (size does not match Fmt, Length and TD), 20 bytes: 40 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00",
		  20, { 0x40, 0, 0, 1 } },
	};
	char text[RISER_TLP_TEXT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		riser_tlp_print(cases[i].bytes, cases[i].len, &names, text,
				sizeof(text));
		assert_string_equal(text, cases[i].text);
	}
	riser_tlp_print(cases[0].bytes, 12, NULL, text, sizeof(text));
	assert_string_equal(text, "MRd32 0xfe00001c len 1DW tag 5 from 00:00.0");
	riser_tlp_print(cases[0].bytes, 12, &mute, text, sizeof(text));
	assert_string_equal(text, "MRd32 0xfe00001c len 1DW tag 5 from 00:00.0");
	for (i = 0; i < 8; i++)
		assert_non_null(riser_tlp_status_name((unsigned int)i));
	assert_string_equal(riser_tlp_name(RISER_TLP_NR_KINDS, false), "?");
}

static void test_words_are_cut_at_the_end(void **state)
{
	static const uint8_t bytes[12] = { 0x00, 0, 0, 1, 0, 0, 5, 0x0f };
	char text[64], whole[64];
	size_t size;

	(void)state;
	riser_tlp_print(bytes, 12, NULL, whole, sizeof(whole));
	memset(text, '#', sizeof(text));
	riser_tlp_print(bytes, 12, NULL, text, 0);
	assert_int_equal(text[0], '#');
	for (size = 1; size < sizeof(text); size++) {
		memset(text, '#', sizeof(text));
		riser_tlp_print(bytes, 12, NULL, text, size);
		assert_memory_equal(text, whole, strlen(text));
		assert_true(strlen(text) < size);
		assert_true(size == sizeof(text) || text[size] == '#');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_first_byte),
		cmocka_unit_test(test_sizes_follow_from_the_header),
		cmocka_unit_test(test_too_short_is_told_apart),
		cmocka_unit_test(test_fields_of_a_memory_read),
		cmocka_unit_test(test_fields_of_a_completion),
		cmocka_unit_test(test_fields_of_config_and_message),
		cmocka_unit_test(test_random_tlps_survive_a_round_trip),
		cmocka_unit_test(test_impossible_fields_are_refused),
		cmocka_unit_test(test_request_bytes),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_words_are_cut_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
