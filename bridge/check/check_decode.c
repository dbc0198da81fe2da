// SPDX-License-Identifier: Apache-2.0
/*
 * Bytes to fields, as the rules need them: nothing is assumed about sizes, and
 * what no rule could read stays 0. The codecs of bridge and kernel are judged by
 * this one, so it shares nothing with them.
 */
#include "ck.h"

#define BYTE_4DW	0x20
#define BYTE_DATA	0x40

#define BOTH_FORMS(byte, kind)	[byte] = (kind) + 1, [(byte) | BYTE_4DW] = (kind) + 1
#define ONE_FORM(byte, kind)	[byte] = (kind) + 1
#define SIX_ROUTES(byte, kind) \
	ONE_FORM(byte, kind), ONE_FORM((byte) + 1, kind), ONE_FORM((byte) + 2, kind), \
		ONE_FORM((byte) + 3, kind), ONE_FORM((byte) + 4, kind), ONE_FORM((byte) + 5, kind)

/* Kind + 1 of each Fmt and Type that is defined. */
static const uint8_t kind_plus_1[256] = {
	BOTH_FORMS(0x00, CK_MRD),     BOTH_FORMS(0x01, CK_MRDLK),
	BOTH_FORMS(0x40, CK_MWR),     ONE_FORM(0x02, CK_IORD),
	ONE_FORM(0x42, CK_IOWR),      ONE_FORM(0x04, CK_CFGRD0),
	ONE_FORM(0x44, CK_CFGWR0),    ONE_FORM(0x05, CK_CFGRD1),
	ONE_FORM(0x45, CK_CFGWR1),    ONE_FORM(0x0a, CK_CPL),
	ONE_FORM(0x4a, CK_CPLD),      ONE_FORM(0x0b, CK_CPLLK),
	ONE_FORM(0x4b, CK_CPLDLK),    BOTH_FORMS(0x4c, CK_FETCHADD),
	BOTH_FORMS(0x4d, CK_SWAP),    BOTH_FORMS(0x4e, CK_CAS),
	SIX_ROUTES(0x30, CK_MSG),     SIX_ROUTES(0x70, CK_MSGD),
	ONE_FORM(0x80, CK_PREFIX),    ONE_FORM(0x8e, CK_PREFIX),
	ONE_FORM(0x8f, CK_PREFIX),    ONE_FORM(0x90, CK_PREFIX),
	ONE_FORM(0x91, CK_PREFIX),    ONE_FORM(0x9e, CK_PREFIX),
	ONE_FORM(0x9f, CK_PREFIX),
};

static uint8_t kind_of(uint8_t byte)
{
	if (kind_plus_1[byte])
		return kind_plus_1[byte] - 1;
	return byte >> 5 > 4 ? CK_BAD_FMT : CK_BAD_TYPE;
}

static uint8_t class_of(uint8_t kind)
{
	if (ck_is_completion(kind))
		return RISER_COMPLETION;
	return kind == CK_MWR || ck_is_message(kind) ? RISER_POSTED : RISER_NONPOSTED;
}

static void decode_first(struct ck_tlp *tlp, uint32_t dw)
{
	tlp->raw_length = dw & 0x3ff;
	tlp->length = tlp->raw_length ? tlp->raw_length : 1024;
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

static void decode_completion(struct ck_tlp *tlp, const uint8_t *h)
{
	uint32_t second = ck_get32(h + 4), third = ck_get32(h + 8);

	tlp->cid = (uint16_t)(second >> 16);
	tlp->status = second >> 13 & 7;
	tlp->bc = second & 0xfff;
	if (!tlp->bc)
		tlp->bc = 4096;
	tlp->rid = (uint16_t)(third >> 16);
	tlp->tag |= third >> 8 & 0xff;
	tlp->lower = third & 0x7f;
}

static void decode_rest(struct ck_tlp *tlp, const uint8_t *h)
{
	uint32_t second = ck_get32(h + 4);

	tlp->rid = (uint16_t)(second >> 16);
	tlp->tag |= second >> 8 & 0xff;
	if (ck_is_message(tlp->kind)) {
		tlp->code = second & 0xff;
		tlp->routing = h[0] & 7;
		return;
	}
	tlp->fbe = second & 0xf;
	tlp->lbe = second >> 4 & 0xf;
	if (ck_is_config(tlp->kind)) {
		tlp->target = (uint16_t)ck_get16(h + 8);
		tlp->reg = ck_get16(h + 10) & 0xffc;
		return;
	}
	tlp->addr = ck_get32(h + 8);
	if (tlp->is_4dw)
		tlp->addr = tlp->addr << 32 | ck_get32(h + 12);
	tlp->addr &= ~(uint64_t)3;
}

bool ck_decode(struct ck_tlp *tlp, const struct riser_check_tlp *in)
{
	uint32_t left = in->len / 4;

	memset(tlp, 0, sizeof(*tlp));
	tlp->in = in;
	tlp->dir = in->direction;
	tlp->hdr = in->bytes;
	tlp->kind = CK_BAD_TYPE;
	for (;; tlp->hdr += 4, tlp->prefix_dw++, left--) {
		if (!left)
			return false;
		tlp->kind = kind_of(tlp->hdr[0]);
		if (tlp->kind != CK_PREFIX)
			break;
	}
	tlp->is_4dw = tlp->hdr[0] & BYTE_4DW;
	tlp->hdr_bytes = tlp->is_4dw ? 16 : 12;
	if (tlp->kind >= CK_PREFIX || left * 4 < tlp->hdr_bytes)
		return false;
	tlp->has_data = tlp->hdr[0] & BYTE_DATA;
	tlp->cls = class_of(tlp->kind);
	tlp->size_dw = left - tlp->hdr_bytes / 4;
	tlp->data = tlp->hdr + tlp->hdr_bytes;
	decode_first(tlp, ck_get32(tlp->hdr));
	if (tlp->cls == RISER_COMPLETION)
		decode_completion(tlp, tlp->hdr);
	else
		decode_rest(tlp, tlp->hdr);
	return true;
}

const char *ck_kind_name(uint8_t kind)
{
	static const char *const name[] = {
		"MRd", "MRdLk", "MWr", "IORd", "IOWr", "CfgRd0", "CfgWr0", "CfgRd1", "CfgWr1",
		"Msg", "MsgD", "Cpl", "CplD", "CplLk", "CplDLk", "FetchAdd", "Swap", "CAS",
		"prefix", "undefined type", "undefined format",
	};

	return name[kind];
}
