// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * TLP headers: from bytes to fields and back. PURE, see tlp.h.
 *
 * The table below is the only place that knows Fmt and Type.
 */
#include "tlp.h"

#define FMT_4DW		0x20	/* byte 0 */
#define FMT_DATA	0x40
#define FMT_PREFIX	0x80
#define MAX_PREFIX_DW	8

/* What the body of a header looks like. */
enum shape {
	SHAPE_ADDR,
	SHAPE_CFG,
	SHAPE_MSG,
	SHAPE_CPL,
};

struct kind_info {
	const char *name;
	u8 fmt_type;		/* byte 0 with a 3 dword header (messages: 4) */
	u8 class;
	u8 shape;
	bool may_be_4dw;
};

static const struct kind_info kinds[PCIEM_TLP_NR_KINDS] = {
	[PCIEM_TLP_MRD] = { "MRd", 0x00, PCIEM_TLP_NONPOSTED, SHAPE_ADDR, true },
	[PCIEM_TLP_MRDLK] = { "MRdLk", 0x01, PCIEM_TLP_NONPOSTED, SHAPE_ADDR, true },
	[PCIEM_TLP_MWR] = { "MWr", 0x40, PCIEM_TLP_POSTED, SHAPE_ADDR, true },
	[PCIEM_TLP_IORD] = { "IORd", 0x02, PCIEM_TLP_NONPOSTED, SHAPE_ADDR, false },
	[PCIEM_TLP_IOWR] = { "IOWr", 0x42, PCIEM_TLP_NONPOSTED, SHAPE_ADDR, false },
	[PCIEM_TLP_CFGRD0] = { "CfgRd0", 0x04, PCIEM_TLP_NONPOSTED, SHAPE_CFG, false },
	[PCIEM_TLP_CFGWR0] = { "CfgWr0", 0x44, PCIEM_TLP_NONPOSTED, SHAPE_CFG, false },
	[PCIEM_TLP_CFGRD1] = { "CfgRd1", 0x05, PCIEM_TLP_NONPOSTED, SHAPE_CFG, false },
	[PCIEM_TLP_CFGWR1] = { "CfgWr1", 0x45, PCIEM_TLP_NONPOSTED, SHAPE_CFG, false },
	[PCIEM_TLP_DMWR] = { "DMWr", 0x5b, PCIEM_TLP_NONPOSTED, SHAPE_ADDR, true },
	[PCIEM_TLP_MSG] = { "Msg", 0x30, PCIEM_TLP_POSTED, SHAPE_MSG, false },
	[PCIEM_TLP_MSGD] = { "MsgD", 0x70, PCIEM_TLP_POSTED, SHAPE_MSG, false },
	[PCIEM_TLP_CPL] = { "Cpl", 0x0a, PCIEM_TLP_COMPLETION, SHAPE_CPL, false },
	[PCIEM_TLP_CPLD] = { "CplD", 0x4a, PCIEM_TLP_COMPLETION, SHAPE_CPL, false },
	[PCIEM_TLP_CPLLK] = { "CplLk", 0x0b, PCIEM_TLP_COMPLETION, SHAPE_CPL, false },
	[PCIEM_TLP_CPLDLK] = { "CplDLk", 0x4b, PCIEM_TLP_COMPLETION, SHAPE_CPL, false },
	[PCIEM_TLP_FETCHADD] = { "FetchAdd", 0x4c, PCIEM_TLP_NONPOSTED, SHAPE_ADDR, true },
	[PCIEM_TLP_SWAP] = { "Swap", 0x4d, PCIEM_TLP_NONPOSTED, SHAPE_ADDR, true },
	[PCIEM_TLP_CAS] = { "CAS", 0x4e, PCIEM_TLP_NONPOSTED, SHAPE_ADDR, true },
};

static u16 get_be16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static u32 get_be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static void put_be16(u8 *p, u16 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

static void put_be32(u8 *p, u32 v)
{
	put_be16(p, (u16)(v >> 16));
	put_be16(p + 2, (u16)v);
}

enum pciem_tlp_class pciem_tlp_class(enum pciem_tlp_kind kind)
{
	return (enum pciem_tlp_class)kinds[kind].class;
}

bool pciem_tlp_has_data(enum pciem_tlp_kind kind)
{
	return kinds[kind].fmt_type & FMT_DATA;
}

const char *pciem_tlp_name(enum pciem_tlp_kind kind)
{
	return (unsigned int)kind < PCIEM_TLP_NR_KINDS ? kinds[kind].name : "?";
}

unsigned int pciem_tlp_payload_bytes(const struct pciem_tlp *tlp)
{
	return pciem_tlp_has_data((enum pciem_tlp_kind)tlp->kind) ? tlp->len_dw * 4u : 0;
}

unsigned int pciem_tlp_payload_off(const struct pciem_tlp *tlp)
{
	return (tlp->prefix_dw + tlp->hdr_dw) * 4u;
}

unsigned int pciem_tlp_total_bytes(const struct pciem_tlp *tlp)
{
	return pciem_tlp_payload_off(tlp) + pciem_tlp_payload_bytes(tlp) + (tlp->td ? 4 : 0);
}

/* All kinds, the most frequent first. */
static const u8 by_frequency[PCIEM_TLP_NR_KINDS] = {
	PCIEM_TLP_CPLD, PCIEM_TLP_MWR, PCIEM_TLP_MRD, PCIEM_TLP_CPL, PCIEM_TLP_CFGRD0,
	PCIEM_TLP_CFGWR0, PCIEM_TLP_MSG, PCIEM_TLP_MSGD, PCIEM_TLP_CFGRD1, PCIEM_TLP_CFGWR1,
	PCIEM_TLP_IORD, PCIEM_TLP_IOWR, PCIEM_TLP_FETCHADD, PCIEM_TLP_SWAP, PCIEM_TLP_CAS,
	PCIEM_TLP_DMWR, PCIEM_TLP_MRDLK, PCIEM_TLP_CPLLK, PCIEM_TLP_CPLDLK,
};

/* Kind of a first byte, or PCIEM_TLP_NR_KINDS; out: whether it is the 4 dword form. */
static unsigned int find_kind(u8 fmt_type, bool *is_4dw)
{
	unsigned int i, kind;

	*is_4dw = fmt_type & FMT_4DW;
	if ((fmt_type & 0xb8) == 0x30) {	/* Msg, MsgD: r[2:0] is in Type */
		if ((fmt_type & 7) > 5)
			return PCIEM_TLP_NR_KINDS;
		return fmt_type & FMT_DATA ? PCIEM_TLP_MSGD : PCIEM_TLP_MSG;
	}
	for (i = 0; i < PCIEM_TLP_NR_KINDS; i++) {
		kind = by_frequency[i];
		if (kinds[kind].shape == SHAPE_MSG)
			continue;
		if (fmt_type == kinds[kind].fmt_type)
			return kind;
		if (kinds[kind].may_be_4dw && fmt_type == (kinds[kind].fmt_type | FMT_4DW))
			return kind;
	}
	return PCIEM_TLP_NR_KINDS;
}

static void decode_common(const u8 *h, struct pciem_tlp *tlp)
{
	unsigned int len = (unsigned int)(h[2] & 3) << 8 | h[3];

	tlp->tc = (h[1] >> 4) & 7;
	tlp->attr = (u8)((h[1] & 0x04) | ((h[2] >> 4) & 3));
	tlp->th = h[1] & 0x01;
	tlp->td = h[2] & 0x80;
	tlp->ep = h[2] & 0x40;
	tlp->at = (h[2] >> 2) & 3;
	tlp->tag = (u16)((h[1] & 0x80) << 2 | (h[1] & 0x08) << 5);
	if (tlp->kind == PCIEM_TLP_MSG || tlp->kind == PCIEM_TLP_CPL || tlp->kind == PCIEM_TLP_CPLLK)
		return;
	tlp->len_dw = (u16)(len ? len : PCIEM_TLP_MAX_DW);
}

static void decode_request(const u8 *h, enum shape shape, struct pciem_tlp *tlp)
{
	tlp->requester = get_be16(h + 4);
	tlp->tag |= h[6];
	if (shape == SHAPE_MSG) {
		tlp->msg_routing = h[0] & 7;
		tlp->msg_code = h[7];
		tlp->msg_dw[0] = get_be32(h + 8);
		tlp->msg_dw[1] = get_be32(h + 12);
		return;
	}
	tlp->first_be = h[7] & 0xf;
	tlp->last_be = h[7] >> 4;
	if (shape == SHAPE_CFG) {
		tlp->target = get_be16(h + 8);
		tlp->reg = (u16)((h[10] & 0xf) << 8 | (h[11] & 0xfc));
	} else if (tlp->hdr_dw == 4) {
		tlp->addr = (u64)get_be32(h + 8) << 32 | (get_be32(h + 12) & ~3u);
	} else {
		tlp->addr = get_be32(h + 8) & ~3u;
	}
}

static void decode_cpl(const u8 *h, struct pciem_tlp *tlp)
{
	unsigned int byte_count = (unsigned int)(h[6] & 0xf) << 8 | h[7];

	tlp->completer = get_be16(h + 4);
	tlp->status = h[6] >> 5;
	tlp->bcm = h[6] & 0x10;
	tlp->byte_count = (u16)(byte_count ? byte_count : 4096);
	tlp->requester = get_be16(h + 8);
	tlp->tag |= h[10];
	tlp->lower_addr = h[11] & 0x7f;
}

int pciem_tlp_decode_header(const u8 *bytes, size_t nr_bytes, struct pciem_tlp *tlp)
{
	unsigned int prefix_dw = 0;
	unsigned int kind;
	bool is_4dw;
	const u8 *h;

	memset(tlp, 0, sizeof(*tlp));
	while (prefix_dw * 4u + 4 <= nr_bytes && (bytes[prefix_dw * 4u] & 0xe0) == FMT_PREFIX) {
		if (++prefix_dw > MAX_PREFIX_DW)
			return -PCIEM_TLP_E_PREFIX;
	}
	h = bytes + prefix_dw * 4u;
	nr_bytes -= prefix_dw * 4u;
	if (nr_bytes < 4)
		return -PCIEM_TLP_E_SHORT;
	kind = find_kind(h[0], &is_4dw);
	if (kind == PCIEM_TLP_NR_KINDS)
		return -PCIEM_TLP_E_TYPE;
	tlp->kind = (u8)kind;
	tlp->prefix_dw = (u8)prefix_dw;
	tlp->hdr_dw = is_4dw ? 4 : 3;
	if (nr_bytes < tlp->hdr_dw * 4u)
		return -PCIEM_TLP_E_SHORT;
	decode_common(h, tlp);
	if (kinds[kind].shape == SHAPE_CPL)
		decode_cpl(h, tlp);
	else
		decode_request(h, (enum shape)kinds[kind].shape, tlp);
	return 0;
}

int pciem_tlp_decode(const u8 *bytes, size_t nr_bytes, struct pciem_tlp *tlp)
{
	int ret = pciem_tlp_decode_header(bytes, nr_bytes, tlp);

	if (ret)
		return ret;
	return pciem_tlp_total_bytes(tlp) == nr_bytes ? 0 : -PCIEM_TLP_E_SIZE;
}

static void encode_common(const struct pciem_tlp *tlp, u8 *hdr)
{
	hdr[1] = (u8)((tlp->tc & 7) << 4 | (tlp->tag & 0x200) >> 2 | (tlp->tag & 0x100) >> 5 |
		      (tlp->attr & PCIEM_TLP_ATTR_IDO) | (tlp->th ? 1 : 0));
	hdr[2] = (u8)((tlp->td ? 0x80 : 0) | (tlp->ep ? 0x40 : 0) | (tlp->attr & 3) << 4 |
		      (tlp->at & 3) << 2 | ((tlp->len_dw >> 8) & 3));
	hdr[3] = (u8)tlp->len_dw;
}

static void encode_cpl(const struct pciem_tlp *tlp, u8 *hdr)
{
	put_be16(hdr + 4, tlp->completer);
	hdr[6] = (u8)((tlp->status & 7) << 5 | (tlp->bcm ? 0x10 : 0) |
		      ((tlp->byte_count >> 8) & 0xf));
	hdr[7] = (u8)tlp->byte_count;
	put_be16(hdr + 8, tlp->requester);
	hdr[10] = (u8)tlp->tag;
	hdr[11] = tlp->lower_addr & 0x7f;
}

static void encode_request(const struct pciem_tlp *tlp, enum shape shape, u8 *hdr)
{
	put_be16(hdr + 4, tlp->requester);
	hdr[6] = (u8)tlp->tag;
	if (shape == SHAPE_MSG) {
		hdr[0] |= tlp->msg_routing;
		hdr[7] = tlp->msg_code;
		put_be32(hdr + 8, tlp->msg_dw[0]);
		put_be32(hdr + 12, tlp->msg_dw[1]);
		return;
	}
	hdr[7] = (u8)(tlp->last_be << 4 | tlp->first_be);
	if (shape == SHAPE_CFG) {
		put_be16(hdr + 8, tlp->target);
		hdr[10] = (u8)(tlp->reg >> 8);
		hdr[11] = (u8)(tlp->reg & 0xfc);
	} else if (hdr[0] & FMT_4DW) {
		put_be32(hdr + 8, (u32)(tlp->addr >> 32));
		put_be32(hdr + 12, (u32)tlp->addr & ~3u);
	} else {
		put_be32(hdr + 8, (u32)tlp->addr & ~3u);
	}
}

int pciem_tlp_encode(const struct pciem_tlp *tlp, u8 hdr[PCIEM_TLP_HDR_MAX_BYTES])
{
	const struct kind_info *info;
	bool is_4dw;

	if (tlp->kind >= PCIEM_TLP_NR_KINDS || tlp->len_dw > PCIEM_TLP_MAX_DW ||
	    tlp->byte_count > 4096 || tlp->reg > 0xfff || tlp->first_be > 15 ||
	    tlp->last_be > 15 || tlp->msg_routing > 5 || tlp->tag > 0x3ff)
		return -PCIEM_TLP_E_TYPE;
	info = &kinds[tlp->kind];
	is_4dw = info->shape == SHAPE_MSG || (info->shape == SHAPE_ADDR && tlp->addr >> 32);
	if (is_4dw && info->shape == SHAPE_ADDR && !info->may_be_4dw)
		return -PCIEM_TLP_E_TYPE;

	memset(hdr, 0, PCIEM_TLP_HDR_MAX_BYTES);
	hdr[0] = (u8)(info->fmt_type | (is_4dw ? FMT_4DW : 0));
	encode_common(tlp, hdr);
	if (info->shape == SHAPE_CPL)
		encode_cpl(tlp, hdr);
	else
		encode_request(tlp, (enum shape)info->shape, hdr);
	return is_4dw ? 16 : 12;
}

unsigned int pciem_tlp_first_byte(u8 first_be)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		if (first_be & 1u << i)
			return i;
	return 0;
}

/* Offset behind the last enabled byte in its dword; 1 when none is enabled. */
static unsigned int end_byte(u8 be)
{
	unsigned int i;

	for (i = 4; i > 1; i--)
		if (be & 1u << (i - 1))
			return i;
	return 1;
}

unsigned int pciem_tlp_span(unsigned int len_dw, u8 first_be, u8 last_be)
{
	if (len_dw <= 1)
		return end_byte(first_be) - pciem_tlp_first_byte(first_be);
	return (len_dw - 1) * 4 + end_byte(last_be) - pciem_tlp_first_byte(first_be);
}

unsigned int pciem_tlp_request_byte_count(const struct pciem_tlp *req)
{
	switch (req->kind) {
	case PCIEM_TLP_MRD:
	case PCIEM_TLP_MRDLK:
		return pciem_tlp_span(req->len_dw, req->first_be, req->last_be);
	case PCIEM_TLP_FETCHADD:
	case PCIEM_TLP_SWAP:
		return req->len_dw * 4u;
	case PCIEM_TLP_CAS:
		return req->len_dw * 2u;
	default:
		return 4;
	}
}

u8 pciem_tlp_request_lower_addr(const struct pciem_tlp *req)
{
	if (req->kind != PCIEM_TLP_MRD && req->kind != PCIEM_TLP_MRDLK)
		return 0;
	return (u8)((req->addr & 0x7c) + pciem_tlp_first_byte(req->first_be));
}

bool pciem_tlp_be_is_legal(u64 addr, unsigned int len_dw, u8 first_be, u8 last_be)
{
	bool first_is_run = first_be == 0xf || first_be == 0xe || first_be == 0xc || first_be == 0x8;
	bool last_is_run = last_be == 0xf || last_be == 0x7 || last_be == 0x3 || last_be == 0x1;

	if (len_dw == 1)
		return last_be == 0;
	if (!first_be || !last_be)
		return false;
	if (len_dw == 2 && !(addr & 4))
		return true;
	return first_is_run && last_is_run;
}

void pciem_tlp_set_range(struct pciem_tlp *tlp, u64 addr, unsigned int nr_bytes)
{
	unsigned int first = addr & 3;
	unsigned int end = first + nr_bytes;
	unsigned int len_dw = (end + 3) / 4;
	u8 last_be = (u8)(0xf >> (len_dw * 4 - end));
	u8 first_be = (u8)(0xf << first & 0xf);

	tlp->addr = addr & ~3ull;
	tlp->len_dw = (u16)len_dw;
	tlp->first_be = len_dw == 1 ? first_be & last_be : first_be;
	tlp->last_be = len_dw == 1 ? 0 : last_be;
}

void pciem_tlp_init_cpl(struct pciem_tlp *cpl, const struct pciem_tlp *req, u16 completer,
			u8 status, unsigned int payload_dw)
{
	bool is_locked = req->kind == PCIEM_TLP_MRDLK;

	memset(cpl, 0, sizeof(*cpl));
	if (payload_dw)
		cpl->kind = is_locked ? PCIEM_TLP_CPLDLK : PCIEM_TLP_CPLD;
	else
		cpl->kind = is_locked ? PCIEM_TLP_CPLLK : PCIEM_TLP_CPL;
	cpl->hdr_dw = 3;
	cpl->tc = req->tc;
	cpl->attr = req->attr;
	cpl->len_dw = (u16)payload_dw;
	cpl->requester = req->requester;
	cpl->tag = req->tag;
	cpl->completer = completer;
	cpl->status = status;
	cpl->byte_count = (u16)pciem_tlp_request_byte_count(req);
	cpl->lower_addr = pciem_tlp_request_lower_addr(req);
}
