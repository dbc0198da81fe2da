// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Decoder of the vector loads and stores: legacy SSE, VEX and EVEX. One table
 * serves the three encodings. Only plain whole-register moves and scalar moves
 * of 4 and 8 bytes are in it: nothing masked, broadcast, gathered or converted,
 * and no MMX. PURE.
 */
#include "insn_internal.h"

#define SSE	1
#define VEX	2
#define EVEX	4
#define ALL	(SSE | VEX | EVEX)

#define STORE	1		/* else load */
#define ALIGNED	2		/* #GP unless aligned to the access */
#define W0	4		/* EVEX.W must be 0 */
#define W1	8		/* EVEX.W must be 1 */

enum vec_size {
	SIZE_FULL,		/* the vector length: 16, 32 or 64 */
	SIZE_4,			/* scalar; vector length must be 128 */
	SIZE_8,
	SIZE_W,			/* 4, or 8 with the W bit */
};

enum simd_prefix { NP, P66, PF3, PF2 };	/* numbered as in VEX.pp */

struct vec_form {
	u8 map;			/* 1: 0F, 2: 0F38 */
	u8 prefix;
	u8 opcode;
	u8 encodings;
	u8 flags;
	u8 size;
};

static const struct vec_form vec_forms[] = {
	{ 1, NP,  0x10, ALL,       W0,                   SIZE_FULL }, /* MOVUPS */
	{ 1, NP,  0x11, ALL,       W0 | STORE,           SIZE_FULL },
	{ 1, P66, 0x10, ALL,       W1,                   SIZE_FULL }, /* MOVUPD */
	{ 1, P66, 0x11, ALL,       W1 | STORE,           SIZE_FULL },
	{ 1, PF3, 0x10, ALL,       W0,                   SIZE_4 },    /* MOVSS */
	{ 1, PF3, 0x11, ALL,       W0 | STORE,           SIZE_4 },
	{ 1, PF2, 0x10, ALL,       W1,                   SIZE_8 },    /* MOVSD */
	{ 1, PF2, 0x11, ALL,       W1 | STORE,           SIZE_8 },
	{ 1, NP,  0x28, ALL,       W0 | ALIGNED,         SIZE_FULL }, /* MOVAPS */
	{ 1, NP,  0x29, ALL,       W0 | ALIGNED | STORE, SIZE_FULL },
	{ 1, P66, 0x28, ALL,       W1 | ALIGNED,         SIZE_FULL }, /* MOVAPD */
	{ 1, P66, 0x29, ALL,       W1 | ALIGNED | STORE, SIZE_FULL },
	{ 1, NP,  0x2b, ALL,       W0 | ALIGNED | STORE, SIZE_FULL }, /* MOVNTPS */
	{ 1, P66, 0x2b, ALL,       W1 | ALIGNED | STORE, SIZE_FULL }, /* MOVNTPD */
	{ 1, P66, 0x6e, ALL,       0,                    SIZE_W },    /* MOVD/Q */
	{ 1, P66, 0x7e, ALL,       STORE,                SIZE_W },
	{ 1, PF3, 0x7e, ALL,       W1,                   SIZE_8 },    /* MOVQ */
	{ 1, P66, 0xd6, ALL,       W1 | STORE,           SIZE_8 },
	{ 1, P66, 0x6f, ALL,       ALIGNED,              SIZE_FULL }, /* MOVDQA */
	{ 1, P66, 0x7f, ALL,       ALIGNED | STORE,      SIZE_FULL },
	{ 1, PF3, 0x6f, ALL,       0,                    SIZE_FULL }, /* MOVDQU */
	{ 1, PF3, 0x7f, ALL,       STORE,                SIZE_FULL },
	{ 1, PF2, 0x6f, EVEX,      0,                    SIZE_FULL }, /* DQU8/16 */
	{ 1, PF2, 0x7f, EVEX,      STORE,                SIZE_FULL },
	{ 1, P66, 0xe7, ALL,       W0 | ALIGNED | STORE, SIZE_FULL }, /* MOVNTDQ */
	{ 1, PF2, 0xf0, SSE | VEX, 0,                    SIZE_FULL }, /* LDDQU */
	{ 2, P66, 0x2a, ALL,       W0 | ALIGNED,         SIZE_FULL }, /* MOVNTDQA */
};

static const struct vec_form *find_form(unsigned int map, unsigned int prefix,
					u8 opcode, unsigned int encoding)
{
	size_t i;

	for (i = 0; i < sizeof(vec_forms) / sizeof(vec_forms[0]); i++) {
		const struct vec_form *f = &vec_forms[i];

		if (f->map == map && f->prefix == prefix &&
		    f->opcode == opcode && (f->encodings & encoding))
			return f;
	}
	return NULL;
}

static u8 access_bytes(const struct vec_form *form, bool wide, u8 vector_bytes)
{
	switch (form->size) {
	case SIZE_4:
		return 4;
	case SIZE_8:
		return 8;
	case SIZE_W:
		return wide ? 8 : 4;
	default:
		return vector_bytes;
	}
}

/* ModRM and the rest, once the form is known. */
static int decode_operands(struct pciem_decoder *d, const struct vec_form *form,
			   u8 vector_bytes)
{
	struct pciem_insn *insn = d->insn;
	bool store = (form->flags & STORE) != 0;
	int ret;

	insn->access_bytes = access_bytes(form, d->wide, vector_bytes);
	if (form->flags & ALIGNED)
		insn->align_bytes = insn->access_bytes;
	insn->kind = store ? PCIEM_INSN_VSTORE : PCIEM_INSN_VLOAD;
	insn->op = PCIEM_OP_MOV;
	insn->reads = !store;
	insn->writes = store;
	ret = pciem_decoder_modrm(d);
	if (ret)
		return ret;
	insn->vec_reg = (u8)(((d->modrm >> 3) & 7) | d->ext_r);
	return pciem_decoder_mem(d);
}

int pciem_decode_sse(struct pciem_decoder *d, unsigned int map, u8 opcode)
{
	unsigned int prefix = d->rep == 0xf3 ? PF3 : d->rep == 0xf2 ? PF2 :
			      d->opsize ? P66 : NP;
	const struct vec_form *form = find_form(map, prefix, opcode, SSE);

	if (!form)
		return pciem_decoder_refuse(d, PCIEM_WHY_X87_MMX);
	if (d->rep && d->opsize)
		return pciem_decoder_refuse(d, PCIEM_WHY_PREFIX);
	d->rep_used = true;
	return decode_operands(d, form, 16);
}

/* @length is VEX.L or EVEX.L'L. */
static int decode_vector(struct pciem_decoder *d, unsigned int map,
			 unsigned int prefix, unsigned int length,
			 unsigned int encoding)
{
	const struct vec_form *form;
	u8 opcode;
	int ret;

	ret = pciem_decoder_u8(d, &opcode);
	if (ret)
		return ret;
	form = find_form(map, prefix, opcode, encoding);
	if (!form || length > 2 || (form->size != SIZE_FULL && length != 0))
		return pciem_decoder_refuse(d, PCIEM_WHY_VEX_FIELDS);
	if (encoding == EVEX) {
		if (form->flags & (d->wide ? W0 : W1))
			return pciem_decoder_refuse(d, PCIEM_WHY_VEX_FIELDS);
		d->disp8_scale = access_bytes(form, d->wide, (u8)(16u << length));
	}
	d->insn->vec_zero_upper = !(form->flags & STORE);
	return decode_operands(d, form, (u8)(16u << length));
}

/* C5h: R vvvv L pp; C4h: R X B mmmmm, W vvvv L pp. R X B vvvv are inverted. */
static int decode_vex_prefix(struct pciem_decoder *d, u8 first)
{
	unsigned int map = 1;
	u8 p0, p1;
	int ret;

	ret = pciem_decoder_u8(d, &p0);
	if (ret)
		return ret;
	p1 = p0;
	if (first == 0xc4) {
		ret = pciem_decoder_u8(d, &p1);
		if (ret)
			return ret;
		map = p0 & 0x1f;
		d->wide = (p1 & 0x80) != 0;
		d->ext_x = (p0 & 0x40) ? 0 : 8;
		d->ext_b = (p0 & 0x20) ? 0 : 8;
	}
	d->ext_r = (p0 & 0x80) ? 0 : 8;
	if ((p1 & 0x78) != 0x78)
		return pciem_decoder_refuse(d, PCIEM_WHY_VEX_FIELDS);
	return decode_vector(d, map, p1 & 3, (p1 >> 2) & 1, VEX);
}

/* 62h: R X B R' 0 0 m m, W vvvv 1 pp, z L'L b V' aaa; R X B R' vvvv V' inverted. */
static int decode_evex_prefix(struct pciem_decoder *d)
{
	u8 p[3];
	int i, ret;

	for (i = 0; i < 3; i++) {
		ret = pciem_decoder_u8(d, &p[i]);
		if (ret)
			return ret;
	}
	if ((p[0] & 0x0c) || (p[1] & 0x7c) != 0x7c || !(p[2] & 0x08))
		return pciem_decoder_refuse(d, PCIEM_WHY_VEX_FIELDS);
	if (p[2] & 0x97)
		return pciem_decoder_refuse(d, PCIEM_WHY_MASKED);
	d->wide = (p[1] & 0x80) != 0;
	d->ext_r = (u8)(((p[0] & 0x80) ? 0 : 8) | ((p[0] & 0x10) ? 0 : 16));
	d->ext_x = (p[0] & 0x40) ? 0 : 8;
	d->ext_b = (p[0] & 0x20) ? 0 : 8;
	return decode_vector(d, p[0] & 3, p[1] & 3, (p[2] >> 5) & 3, EVEX);
}

int pciem_decode_vex(struct pciem_decoder *d, u8 first)
{
	if (d->has_rex || d->opsize || d->lock || d->rep)
		return pciem_decoder_refuse(d, PCIEM_WHY_PREFIX);
	return first == 0x62 ? decode_evex_prefix(d) : decode_vex_prefix(d, first);
}
