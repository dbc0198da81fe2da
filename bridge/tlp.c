// SPDX-License-Identifier: Apache-2.0
/*
 * The bridge's TLP codec: bytes to fields and back. Pure. The kernel has a codec
 * of its own; tests/vectors/ is where both are compared.
 */
#include <riser/tlp.h>

#include <errno.h>
#include <string.h>

#define FMT_4DW		0x20
#define FMT_DATA	0x40

/* Fmt and Type of each kind, in the form with the short header. */
static const uint8_t fmt_type_of[RISER_TLP_NR_KINDS] = {
	[RISER_TLP_MRD] = 0x00, [RISER_TLP_MRDLK] = 0x01,
	[RISER_TLP_MWR] = 0x40, [RISER_TLP_IORD] = 0x02,
	[RISER_TLP_IOWR] = 0x42, [RISER_TLP_CFGRD0] = 0x04,
	[RISER_TLP_CFGWR0] = 0x44, [RISER_TLP_CFGRD1] = 0x05,
	[RISER_TLP_CFGWR1] = 0x45, [RISER_TLP_MSG] = 0x30,
	[RISER_TLP_MSGD] = 0x70, [RISER_TLP_CPL] = 0x0a,
	[RISER_TLP_CPLD] = 0x4a, [RISER_TLP_CPLLK] = 0x0b,
	[RISER_TLP_CPLDLK] = 0x4b, [RISER_TLP_FETCHADD] = 0x4c,
	[RISER_TLP_SWAP] = 0x4d, [RISER_TLP_CAS] = 0x4e,
	[RISER_TLP_DMWR] = 0x5b,
};

static uint32_t get32(const uint8_t *p)
{
	/* one load and a swap for the compiler */
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void put16(uint8_t *p, unsigned int value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void put32(uint8_t *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value & 0xffff);
}

static bool is_message(enum riser_tlp_kind kind)
{
	return kind == RISER_TLP_MSG || kind == RISER_TLP_MSGD;
}

static bool is_config(enum riser_tlp_kind kind)
{
	return kind >= RISER_TLP_CFGRD0 && kind <= RISER_TLP_CFGWR1;
}

/* Memory requests and AtomicOps: the kinds with two header sizes. */
static bool has_two_forms(enum riser_tlp_kind kind)
{
	return kind <= RISER_TLP_MWR || kind >= RISER_TLP_FETCHADD;
}

bool riser_tlp_has_data(enum riser_tlp_kind kind)
{
	return fmt_type_of[kind] & FMT_DATA;
}

/*
 * The kind of each first header byte, plus 1; 0 for those that mean nothing. A
 * table, since this is asked of each TLP (tests/unit/bridge/test_tlp.c goes
 * through all 256 of them).
 */
#define KIND(k)		((k) + 1)
#define TWO_FORMS(byte, k) [byte] = KIND(k), [(byte) | FMT_4DW] = KIND(k)
/* the low bits of a message's type are its routing */
#define ANY_ROUTING(byte, k) [byte] = KIND(k), [(byte) + 1] = KIND(k), \
	[(byte) + 2] = KIND(k), [(byte) + 3] = KIND(k), \
	[(byte) + 4] = KIND(k), [(byte) + 5] = KIND(k), \
	[(byte) + 6] = KIND(k), [(byte) + 7] = KIND(k)
static const uint8_t kind_of[256] = {
	TWO_FORMS(0x00, RISER_TLP_MRD), TWO_FORMS(0x01, RISER_TLP_MRDLK),
	TWO_FORMS(0x40, RISER_TLP_MWR), [0x02] = KIND(RISER_TLP_IORD),
	[0x42] = KIND(RISER_TLP_IOWR), [0x04] = KIND(RISER_TLP_CFGRD0),
	[0x44] = KIND(RISER_TLP_CFGWR0), [0x05] = KIND(RISER_TLP_CFGRD1),
	[0x45] = KIND(RISER_TLP_CFGWR1),
	ANY_ROUTING(0x30, RISER_TLP_MSG), ANY_ROUTING(0x70, RISER_TLP_MSGD),
	[0x0a] = KIND(RISER_TLP_CPL), [0x4a] = KIND(RISER_TLP_CPLD),
	[0x0b] = KIND(RISER_TLP_CPLLK), [0x4b] = KIND(RISER_TLP_CPLDLK),
	TWO_FORMS(0x4c, RISER_TLP_FETCHADD), TWO_FORMS(0x4d, RISER_TLP_SWAP),
	TWO_FORMS(0x4e, RISER_TLP_CAS), TWO_FORMS(0x5b, RISER_TLP_DMWR),
};

static void decode_completion(struct riser_tlp *tlp, const uint8_t *bytes)
{
	uint32_t second = get32(bytes + 4), third = get32(bytes + 8);

	tlp->completer = (uint16_t)(second >> 16);
	tlp->status = second >> 13 & 7;
	tlp->bcm = second >> 12 & 1;
	tlp->byte_count = second & 0xfff ? second & 0xfff : 4096;
	tlp->requester = (uint16_t)(third >> 16);
	tlp->tag |= third >> 8 & 0xff;
	tlp->lower_addr = third & 0x7f;
}

static void decode_request(struct riser_tlp *tlp, const uint8_t *bytes)
{
	uint32_t second = get32(bytes + 4), third = get32(bytes + 8);

	tlp->requester = (uint16_t)(second >> 16);
	tlp->tag |= second >> 8 & 0xff;
	if (is_message(tlp->kind)) {
		tlp->routing = bytes[0] & 7;
		tlp->code = second & 0xff;
		tlp->msg[0] = third;
		tlp->msg[1] = get32(bytes + 12);
		return;
	}
	tlp->last_be = second >> 4 & 0xf;
	tlp->first_be = second & 0xf;
	if (is_config(tlp->kind)) {
		tlp->target = (uint16_t)(third >> 16);
		tlp->reg = third & 0xffc;
		return;
	}
	tlp->addr = third;
	if (tlp->is_4dw)
		tlp->addr = tlp->addr << 32 | get32(bytes + 12);
	tlp->ph = tlp->addr & 3;
	tlp->addr &= ~(uint64_t)3;
}

static void decode_first_dword(struct riser_tlp *tlp, uint32_t dw)
{
	tlp->is_4dw = dw >> 24 & FMT_4DW;
	tlp->length_dw = dw & 0x3ff;
	/* 0 means 1024, except where there is no length to tell */
	if (!tlp->length_dw && (riser_tlp_has_data(tlp->kind) ||
				riser_tlp_class(tlp->kind) == RISER_NONPOSTED))
		tlp->length_dw = RISER_TLP_MAX_DW;
	/* TC, attributes, TH, TD, EP, AT, high tag bits: hardly ever there */
	if (!(dw & 0x00fffc00))
		return;
	tlp->tc = dw >> 20 & 7;
	tlp->attr = (uint8_t)((dw >> 16 & 4) | (dw >> 12 & 3));
	tlp->th = dw >> 16 & 1;
	tlp->td = dw >> 15 & 1;
	tlp->ep = dw >> 14 & 1;
	tlp->at = dw >> 10 & 3;
	tlp->tag = (uint16_t)((dw >> 14 & 0x200) | (dw >> 11 & 0x100));
}

enum riser_tlp_error riser_tlp_decode(struct riser_tlp *tlp,
				      const uint8_t *bytes, size_t len)
{
	size_t header_bytes;

	memset(tlp, 0, sizeof(*tlp));
	if (len < 12 || len % 4)
		return RISER_TLP_E_SHORT;
	tlp->kind = (uint8_t)(kind_of[bytes[0]] - 1);
	if (!kind_of[bytes[0]]) {
		tlp->kind = RISER_TLP_NR_KINDS;
		return RISER_TLP_E_TYPE;
	}
	decode_first_dword(tlp, get32(bytes));
	header_bytes = tlp->is_4dw ? 16 : 12;
	if (riser_tlp_has_data(tlp->kind))
		tlp->data_bytes = 4U * tlp->length_dw;
	if (len != header_bytes + tlp->data_bytes + (tlp->td ? 4 : 0))
		return len < header_bytes ? RISER_TLP_E_SHORT :
					    RISER_TLP_E_LENGTH;
	if (tlp->data_bytes)
		tlp->data = bytes + header_bytes;
	if (tlp->td)
		tlp->digest = bytes + len - 4;
	if (riser_tlp_is_completion(tlp->kind))
		decode_completion(tlp, bytes);
	else
		decode_request(tlp, bytes);
	return RISER_TLP_OK;
}

static bool fields_fit(const struct riser_tlp *tlp)
{
	bool has_data;

	if (tlp->kind >= RISER_TLP_NR_KINDS)
		return false;
	has_data = riser_tlp_has_data(tlp->kind);
	if (tlp->length_dw > RISER_TLP_MAX_DW || tlp->tag > 1023 ||
	    tlp->tc > 7 || tlp->attr > 7 || tlp->at > 3 || tlp->ph > 3 ||
	    tlp->first_be > 15 || tlp->last_be > 15 || tlp->status > 7 ||
	    tlp->lower_addr > 127 || tlp->routing > 7)
		return false;
	if (tlp->is_4dw != is_message(tlp->kind) && !has_two_forms(tlp->kind))
		return false;
	if (has_data && (!tlp->data || !tlp->length_dw ||
			 tlp->data_bytes != 4U * tlp->length_dw))
		return false;
	if (!has_data && tlp->data_bytes)
		return false;
	if (tlp->td && !tlp->digest)
		return false;
	if (riser_tlp_is_completion(tlp->kind))
		return tlp->byte_count >= 1 && tlp->byte_count <= 4096;
	if (is_config(tlp->kind))
		return !(tlp->reg & ~0xffc);
	return !(tlp->addr & 3) && (tlp->is_4dw || !(tlp->addr >> 32));
}

static void encode_first_dword(const struct riser_tlp *tlp, uint8_t *bytes)
{
	bytes[0] = fmt_type_of[tlp->kind];
	if (tlp->is_4dw)
		bytes[0] |= FMT_4DW;
	if (is_message(tlp->kind))
		bytes[0] |= tlp->routing;
	bytes[1] = (uint8_t)((tlp->tag & 0x200) >> 2 | tlp->tc << 4 |
			     (tlp->tag & 0x100) >> 5 |
			     (tlp->attr & RISER_ATTR_IDO) | tlp->th);
	put16(bytes + 2, (unsigned int)(tlp->td << 15 | tlp->ep << 14 |
					(tlp->attr & 3) << 12 | tlp->at << 10 |
					(tlp->length_dw & 0x3ff)));
}

static void encode_rest(const struct riser_tlp *tlp, uint8_t *bytes)
{
	uint64_t addr = tlp->addr | tlp->ph;

	if (riser_tlp_is_completion(tlp->kind)) {
		put16(bytes + 4, tlp->completer);
		put16(bytes + 6, (unsigned int)(tlp->status << 13 |
						tlp->bcm << 12 |
						(tlp->byte_count & 0xfff)));
		put16(bytes + 8, tlp->requester);
		bytes[10] = (uint8_t)tlp->tag;
		bytes[11] = tlp->lower_addr;
		return;
	}
	put16(bytes + 4, tlp->requester);
	bytes[6] = (uint8_t)tlp->tag;
	bytes[7] = (uint8_t)(tlp->last_be << 4 | tlp->first_be);
	if (is_message(tlp->kind)) {
		bytes[7] = tlp->code;
		put32(bytes + 8, tlp->msg[0]);
		put32(bytes + 12, tlp->msg[1]);
	} else if (is_config(tlp->kind)) {
		put16(bytes + 8, tlp->target);
		put16(bytes + 10, tlp->reg);
	} else if (tlp->is_4dw) {
		put32(bytes + 8, (uint32_t)(addr >> 32));
		put32(bytes + 12, (uint32_t)addr);
	} else {
		put32(bytes + 8, (uint32_t)addr);
	}
}

int riser_tlp_encode(const struct riser_tlp *tlp, uint8_t *bytes,
		     size_t capacity)
{
	size_t header_bytes = tlp->is_4dw ? 16 : 12;
	size_t len = header_bytes + tlp->data_bytes + (tlp->td ? 4 : 0);

	if (!fields_fit(tlp))
		return -EINVAL;
	if (len > capacity)
		return -ENOSPC;
	encode_first_dword(tlp, bytes);
	encode_rest(tlp, bytes);
	if (tlp->data_bytes)
		memcpy(bytes + header_bytes, tlp->data, tlp->data_bytes);
	if (tlp->td)
		memcpy(bytes + header_bytes + tlp->data_bytes, tlp->digest, 4);
	return (int)len;
}

uint32_t riser_tlp_request_bytes(const struct riser_tlp *tlp)
{
	unsigned int lead, trail, last;

	switch (tlp->kind) {
	case RISER_TLP_FETCHADD:
	case RISER_TLP_SWAP:
		return 4U * tlp->length_dw;
	case RISER_TLP_CAS:
		return 2U * tlp->length_dw;
	case RISER_TLP_MRD:
	case RISER_TLP_MRDLK:
	case RISER_TLP_MWR:
		break;
	default:
		return 4;
	}
	/* a request without any byte enable counts as one byte */
	if (!tlp->first_be && tlp->length_dw <= 1)
		return 1;
	last = tlp->length_dw > 1 ? tlp->last_be : tlp->first_be;
	lead = tlp->first_be ? (unsigned int)__builtin_ctz(tlp->first_be) : 0;
	trail = last ? (unsigned int)__builtin_clz(last) - 28 : 0;
	return 4U * tlp->length_dw - lead - trail;
}
