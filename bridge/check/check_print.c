// SPDX-License-Identifier: Apache-2.0
/* Reports in words: headers in hex and in fields. */
#include "ck.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Text that grows in a buffer of fixed size. */
struct text {
	char *at;
	size_t left;
};

static void add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
	va_list args;
	int len;

	if (!text->left)
		return;
	va_start(args, format);
	len = vsnprintf(text->at, text->left, format, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len >= text->left)
		len = (int)text->left - 1;
	text->at += len;
	text->left -= (size_t)len;
}

static void add_id(struct text *text, const char *name, uint16_t id)
{
	add(text, " %s %02x:%02x.%x", name, id >> 8, id >> 3 & 31, id & 7);
}

static void add_fields(struct text *text, const struct ck_tlp *tlp)
{
	bool is_cpl = ck_is_completion(tlp->kind);

	add(text, "%s", ck_kind_name(tlp->kind));
	if (ck_is_memory(tlp->kind))
		add(text, "%d", tlp->is_4dw ? 64 : 32);
	if (ck_is_memory(tlp->kind) || ck_is_io(tlp->kind))
		add(text, " addr 0x%" PRIx64, tlp->addr);
	if (ck_is_config(tlp->kind)) {
		add_id(text, "to", tlp->target);
		add(text, " reg 0x%03x", tlp->reg);
	}
	if (is_cpl) {
		static const char *const status[8] = { "SC", "UR", "RRS", "3?", "CA", "5?", "6?", "7?" };

		add(text, " status %s byte count %u lower address 0x%02x", status[tlp->status],
		    tlp->bc, tlp->lower);
		add_id(text, "completer", tlp->cid);
	}
	if (ck_is_message(tlp->kind))
		add(text, " code 0x%02x routing %u", tlp->code, tlp->routing);
	add(text, " length %u", tlp->raw_length);
	if (!is_cpl && !ck_is_message(tlp->kind))
		add(text, " first BE %x last BE %x", tlp->fbe, tlp->lbe);
	add_id(text, "requester", tlp->rid);
	add(text, " tag %u TC %u attr %u AT %u", tlp->tag, tlp->tc, tlp->attr, tlp->at);
	if (tlp->th)
		add(text, " TH");
	if (tlp->td)
		add(text, " TD");
	if (tlp->ep)
		add(text, " EP");
	add(text, " %u DW behind the header", tlp->size_dw);
}

static void add_header(struct text *text, const uint8_t *bytes, uint32_t len)
{
	struct riser_check_tlp in = { .bytes = bytes, .len = len };
	uint32_t shown = len < 16 ? len : 16;
	struct ck_tlp tlp;
	uint32_t i;

	if (ck_decode(&tlp, &in))
		shown = 4U * tlp.prefix_dw + tlp.hdr_bytes;
	for (i = 0; i < shown; i++)
		add(text, "%02x%s", bytes[i], i % 4 == 3 && i + 1 < shown ? " " : "");
	if (!len)
		add(text, "(no bytes)");
}

char *riser_check_fields(const uint8_t *bytes, uint32_t len, char *buffer, size_t size)
{
	struct riser_check_tlp in = { .bytes = bytes, .len = len };
	struct text text = { buffer, size };
	struct ck_tlp tlp;

	if (size)
		buffer[0] = '\0';
	if (ck_decode(&tlp, &in))
		add_fields(&text, &tlp);
	else if (tlp.kind >= CK_PREFIX)
		add(&text, "no TLP: %s", ck_kind_name(tlp.kind));
	else
		add(&text, "%s cut off in its header", ck_kind_name(tlp.kind));
	return buffer;
}

static void add_tlp(struct text *text, const char *title, uint8_t direction, uint64_t cycle,
		    uint64_t seq, const uint8_t *bytes, uint32_t len)
{
	char fields[512];

	add(text, "  %s %s, cycle %" PRIu64, title,
	    direction == RISER_TO_CARD ? "to the card" : "from the card", cycle);
	if (seq != RISER_NO_SEQ)
		add(text, ", TLP %" PRIu64, seq);
	add(text, "\n    ");
	add_header(text, bytes, len);
	add(text, "\n    %s\n", riser_check_fields(bytes, len, fields, sizeof(fields)));
}

char *riser_check_print(const struct riser_check_report *report, char *buffer, size_t size)
{
	struct text text = { buffer, size };
	const struct riser_check_rule *rule = report->rule;

	if (size)
		buffer[0] = '\0';
	add(&text, "%s (%s): %s\n", rule->id, riser_check_verdict_name(report->verdict),
	    rule->words);
	add(&text, "  seen: %s, in cycle %" PRIu64 "\n", report->detail, report->cycle);
	if (report->bytes)
		add_tlp(&text, "TLP", report->direction, report->cycle, report->seq,
			report->bytes, report->len);
	if (report->request_len)
		add_tlp(&text, "request", report->request_direction, report->request_cycle,
			report->request_seq, report->request, report->request_len);
	if (report->function)
		add(&text, "  driver: %s\n", report->function);
	if (report->waiver)
		add(&text, "  waived: %s\n", report->waiver);
	return buffer;
}
