// SPDX-License-Identifier: Apache-2.0
/*
 * TLPs in words. Texts are cut at the end of the buffer, never beyond.
 */
#include <riser/tlp.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct text {
	char *at;
	size_t left;
};

__attribute__((format(printf, 2, 3)))
static void add(struct text *text, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text->at, text->left, format, args);
	va_end(args);
	/* what was cut, and what failed, ends at the last byte */
	if ((size_t)n >= text->left)
		n = text->left ? (int)text->left - 1 : 0;
	text->at += n;
	text->left -= (size_t)n;
}

static const char *const short_names[RISER_TLP_NR_KINDS] = {
	[RISER_TLP_MRD] = "MRd32", [RISER_TLP_MRDLK] = "MRdLk32",
	[RISER_TLP_MWR] = "MWr32", [RISER_TLP_IORD] = "IORd",
	[RISER_TLP_IOWR] = "IOWr", [RISER_TLP_CFGRD0] = "CfgRd0",
	[RISER_TLP_CFGWR0] = "CfgWr0", [RISER_TLP_CFGRD1] = "CfgRd1",
	[RISER_TLP_CFGWR1] = "CfgWr1", [RISER_TLP_MSG] = "Msg",
	[RISER_TLP_MSGD] = "MsgD", [RISER_TLP_CPL] = "Cpl",
	[RISER_TLP_CPLD] = "CplD", [RISER_TLP_CPLLK] = "CplLk",
	[RISER_TLP_CPLDLK] = "CplDLk", [RISER_TLP_FETCHADD] = "FetchAdd32",
	[RISER_TLP_SWAP] = "Swap32", [RISER_TLP_CAS] = "CAS32",
	[RISER_TLP_DMWR] = "DMWr32",
};

static const char *const long_names[RISER_TLP_NR_KINDS] = {
	[RISER_TLP_MRD] = "MRd64", [RISER_TLP_MRDLK] = "MRdLk64",
	[RISER_TLP_MWR] = "MWr64", [RISER_TLP_FETCHADD] = "FetchAdd64",
	[RISER_TLP_SWAP] = "Swap64", [RISER_TLP_CAS] = "CAS64",
	[RISER_TLP_DMWR] = "DMWr64",
};

const char *riser_tlp_name(enum riser_tlp_kind kind, bool is_4dw)
{
	if ((unsigned int)kind >= RISER_TLP_NR_KINDS)
		return "?";
	return is_4dw && long_names[kind] ? long_names[kind] :
					    short_names[kind];
}

const char *riser_tlp_error_text(enum riser_tlp_error error)
{
	switch (error) {
	case RISER_TLP_OK:
		return "valid";
	case RISER_TLP_E_SHORT:
		return "too short for its header, or not whole dwords";
	case RISER_TLP_E_TYPE:
		return "undefined Fmt and Type";
	case RISER_TLP_E_LENGTH:
		return "size does not match Fmt, Length and TD";
	}
	return "?";
}

const char *riser_tlp_status_name(unsigned int status)
{
	static const char *const names[8] = {
		"SC", "UR", "RRS", "reserved status 3",
		"CA", "reserved status 5", "reserved status 6",
		"reserved status 7",
	};

	return names[status & 7];
}

static const char *message_name(uint8_t code)
{
	static const struct {
		uint8_t code;
		const char *name;
	} names[] = {
		{ 0x00, "Unlock" }, { 0x10, "LTR" }, { 0x12, "OBFF" },
		{ 0x14, "PM_Active_State_Nak" }, { 0x18, "PM_PME" },
		{ 0x19, "PME_Turn_Off" }, { 0x1b, "PME_TO_Ack" },
		{ 0x20, "Assert_INTA" }, { 0x21, "Assert_INTB" },
		{ 0x22, "Assert_INTC" }, { 0x23, "Assert_INTD" },
		{ 0x24, "Deassert_INTA" }, { 0x25, "Deassert_INTB" },
		{ 0x26, "Deassert_INTC" }, { 0x27, "Deassert_INTD" },
		{ 0x30, "ERR_COR" }, { 0x31, "ERR_NONFATAL" },
		{ 0x33, "ERR_FATAL" }, { 0x50, "Set_Slot_Power_Limit" },
		{ 0x52, "PTM" }, { 0x7e, "Vendor_Defined_0" },
		{ 0x7f, "Vendor_Defined_1" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].code == code)
			return names[i].name;
	return NULL;
}

static void add_id(struct text *text, uint16_t id)
{
	add(text, "%02x:%02x.%x", id >> 8, id >> 3 & 31, id & 7);
}

/* The payload as a number when it is one, else its size. */
static void add_data(struct text *text, const struct riser_tlp *tlp)
{
	const uint8_t *p = tlp->data;

	if (tlp->data_bytes == 4)
		add(text, " = 0x%02x%02x%02x%02x", p[3], p[2], p[1], p[0]);
	else if (tlp->data_bytes == 8)
		add(text, " = 0x%02x%02x%02x%02x%02x%02x%02x%02x", p[7], p[6],
		    p[5], p[4], p[3], p[2], p[1], p[0]);
}

static void add_be(struct text *text, const struct riser_tlp *tlp)
{
	unsigned int last = tlp->length_dw > 1 ? 0xf : 0;

	if (tlp->first_be != 0xf || tlp->last_be != last)
		add(text, " be %x/%x", tlp->first_be, tlp->last_be);
}

static void add_address(struct text *text, const struct riser_tlp *tlp,
			const struct riser_tlp_names *names)
{
	bool is_io = tlp->kind == RISER_TLP_IORD || tlp->kind == RISER_TLP_IOWR;
	char name[192];

	if (names && names->address &&
	    names->address(names->ctx, tlp->addr, is_io, name, sizeof(name)))
		add(text, " %s", name);
	else
		add(text, " 0x%" PRIx64, tlp->addr);
}

static void add_request(struct text *text, const struct riser_tlp *tlp,
			const struct riser_tlp_names *names)
{
	add_address(text, tlp, names);
	add(text, " len %uDW", tlp->length_dw);
	add_be(text, tlp);
	if (tlp->kind != RISER_TLP_MWR)
		add(text, " tag %u", tlp->tag);
	add_data(text, tlp);
	add(text, " from ");
	add_id(text, tlp->requester);
}

static void add_config(struct text *text, const struct riser_tlp *tlp)
{
	add(text, " ");
	add_id(text, tlp->target);
	add(text, " reg 0x%03x", tlp->reg);
	add_be(text, tlp);
	add(text, " tag %u", tlp->tag);
	add_data(text, tlp);
	add(text, " from ");
	add_id(text, tlp->requester);
}

static void add_message(struct text *text, const struct riser_tlp *tlp)
{
	const char *name = message_name(tlp->code);

	if (name)
		add(text, " %s", name);
	else
		add(text, " code 0x%02x routing %u", tlp->code, tlp->routing);
	add_data(text, tlp);
	add(text, " from ");
	add_id(text, tlp->requester);
}

static void add_completion(struct text *text, const struct riser_tlp *tlp)
{
	uint32_t bytes = tlp->data_bytes;

	/* what it carries of what is left */
	if (bytes > tlp->byte_count)
		bytes = tlp->byte_count;
	add(text, " %s", riser_tlp_status_name(tlp->status));
	if (tlp->data)
		add(text, " %u bytes", bytes);
	if (tlp->data && bytes < tlp->byte_count)
		add(text, " of %u", tlp->byte_count);
	add(text, " tag %u", tlp->tag);
	add_data(text, tlp);
	add(text, " from ");
	add_id(text, tlp->completer);
}

char *riser_tlp_print_fields(const struct riser_tlp *tlp,
			     const struct riser_tlp_names *names, char *text,
			     size_t size)
{
	struct text out = { text, size };

	add(&out, "%s", riser_tlp_name(tlp->kind, tlp->is_4dw));
	if (riser_tlp_is_completion(tlp->kind))
		add_completion(&out, tlp);
	else if (tlp->kind == RISER_TLP_MSG || tlp->kind == RISER_TLP_MSGD)
		add_message(&out, tlp);
	else if (tlp->kind >= RISER_TLP_CFGRD0 && tlp->kind <= RISER_TLP_CFGWR1)
		add_config(&out, tlp);
	else
		add_request(&out, tlp, names);
	if (tlp->ep)
		add(&out, " poisoned");
	if (tlp->tc)
		add(&out, " tc %u", tlp->tc);
	if (tlp->attr & RISER_ATTR_RO)
		add(&out, " RO");
	if (tlp->attr & RISER_ATTR_NS)
		add(&out, " NS");
	if (tlp->attr & RISER_ATTR_IDO)
		add(&out, " IDO");
	if (tlp->td)
		add(&out, " digest");
	return text;
}

char *riser_tlp_print(const uint8_t *bytes, size_t len,
		      const struct riser_tlp_names *names, char *text,
		      size_t size)
{
	struct text out = { text, size };
	enum riser_tlp_error error;
	struct riser_tlp tlp;
	size_t i;

	error = riser_tlp_decode(&tlp, bytes, len);
	if (!error)
		return riser_tlp_print_fields(&tlp, names, text, size);
	add(&out, "no TLP (%s), %zu bytes:", riser_tlp_error_text(error), len);
	for (i = 0; i < len && i < 16; i++)
		add(&out, " %02x", bytes[i]);
	return text;
}
