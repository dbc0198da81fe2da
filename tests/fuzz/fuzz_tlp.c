// SPDX-License-Identifier: Apache-2.0
/*
 * One TLP through both codecs, the bridge's and the kernel's: they agree on what
 * is a TLP and on its fields, encoding gives the same bytes again where no
 * reserved bit was set, and every text fits.
 *
 * Two differences are known: the kernel takes prefixes, and refuses the two
 * reserved routings of messages.
 */
#include <riser/tlp.h>

#include "input.h"
#include "tlp.h"

#define RESERVED_ROUTING	5

static void compare(const struct riser_tlp *a, const struct pciem_tlp *b)
{
	MUST(!strncmp(riser_tlp_name(a->kind, false),
		      pciem_tlp_name((enum pciem_tlp_kind)b->kind), 3));
	MUST(riser_tlp_has_data(a->kind) == pciem_tlp_has_data((enum pciem_tlp_kind)b->kind));
	MUST((unsigned int)riser_tlp_class(a->kind) ==
	     (unsigned int)pciem_tlp_class((enum pciem_tlp_kind)b->kind));
	MUST(a->is_4dw == (b->hdr_dw == 4));
	MUST(a->tc == b->tc && a->attr == b->attr && a->at == b->at);
	MUST(a->th == b->th && a->td == b->td && a->ep == b->ep);
	MUST(a->requester == b->requester && a->tag == b->tag);
	MUST(a->first_be == b->first_be && a->last_be == b->last_be);
	MUST(a->addr == b->addr && a->target == b->target && a->reg == b->reg);
	MUST(a->code == b->msg_code && a->routing == b->msg_routing);
	MUST(a->msg[0] == b->msg_dw[0] && a->msg[1] == b->msg_dw[1]);
	MUST(a->completer == b->completer && a->status == b->status);
	MUST(a->bcm == b->bcm && a->byte_count == b->byte_count);
	MUST(a->lower_addr == b->lower_addr);
	MUST(a->data_bytes == pciem_tlp_payload_bytes(b));
	MUST(a->data_bytes / 4 == (a->data_bytes ? b->len_dw : 0));
}

/* What the kernel's own helpers say of a request that it may have sent. */
static void derive(const struct riser_tlp *a, const struct pciem_tlp *b)
{
	struct pciem_tlp cpl, range = *b;

	if (a->kind == RISER_TLP_MRD || a->kind == RISER_TLP_MRDLK)
		MUST(a->first_be == 0 || (a->length_dw > 1 && !a->last_be) ||
		     riser_tlp_request_bytes(a) == pciem_tlp_request_byte_count(b));
	MUST(pciem_tlp_request_byte_count(b) <= 4096 || !pciem_tlp_be_is_legal(b->addr, b->len_dw,
									      b->first_be, b->last_be));
	MUST(pciem_tlp_request_lower_addr(b) < 128);
	pciem_tlp_init_cpl(&cpl, b, 0x100, (u8)(a->tag & 7), a->tag & 1);
	MUST(cpl.tag == a->tag && cpl.requester == a->requester);
	pciem_tlp_set_range(&range, b->addr + (a->tag & 3), 1 + (a->tag & 0xffu));
	MUST(pciem_tlp_be_is_legal(range.addr, range.len_dw, range.first_be, range.last_be));
	MUST(pciem_tlp_span(range.len_dw, range.first_be, range.last_be) == 1 + (a->tag & 0xffu));
}

static void encode_again(const struct riser_tlp *a, const struct pciem_tlp *b, const uint8_t *bytes)
{
	uint8_t again[RISER_TLP_MAX_BYTES];
	struct riser_tlp twice;
	u8 hdr[PCIEM_TLP_HDR_MAX_BYTES];
	size_t len = (a->is_4dw ? 16u : 12u) + a->data_bytes + (a->td ? 4u : 0u);
	int ret;

	MUST(riser_tlp_encode(a, again, sizeof(again)) == (int)len);
	MUST(riser_tlp_encode(a, again, len - 1) == -28);
	MUST(riser_tlp_decode(&twice, again, len) == RISER_TLP_OK);
	twice.data = a->data;
	twice.digest = a->digest;
	MUST(!memcmp(&twice.attr, &a->attr, sizeof(*a) - offsetof(struct riser_tlp, attr)));
	MUST(!a->data_bytes || !memcmp(again + (a->is_4dw ? 16 : 12), a->data, a->data_bytes));
	if (!b)
		return;
	ret = pciem_tlp_encode(b, hdr);
	/* a 64-bit header for an address below 4 GiB comes back as the short one */
	if (ret == (a->is_4dw ? 16 : 12) && !a->ph) {
		again[3] = bytes[3];	/* Length of TLPs that have none */
		again[2] = (uint8_t)((again[2] & 0xfc) | (bytes[2] & 3));
		hdr[3] = bytes[3];
		hdr[2] = (u8)((hdr[2] & 0xfc) | (bytes[2] & 3));
		MUST(!memcmp(hdr, again, (size_t)ret));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = size > 2 * RISER_TLP_MAX_BYTES ? 2 * RISER_TLP_MAX_BYTES : size;
	uint8_t *bytes = input_copy(data, len);
	char text[RISER_TLP_TEXT_BYTES];
	enum riser_tlp_error error;
	struct pciem_tlp b;
	struct riser_tlp a;
	int ret;

	error = riser_tlp_decode(&a, bytes, len);
	ret = pciem_tlp_decode(bytes, len, &b);
	if (error) {
		MUST(riser_tlp_error_text(error)[0]);
		MUST(ret || b.prefix_dw);
	} else if (ret) {
		MUST(a.kind == RISER_TLP_MSG || a.kind == RISER_TLP_MSGD);
		MUST(a.routing > RESERVED_ROUTING);
		encode_again(&a, NULL, bytes);
	} else {
		compare(&a, &b);
		encode_again(&a, &b, bytes);
		if (!riser_tlp_is_completion(a.kind))
			derive(&a, &b);
	}
	if (!ret)
		MUST(pciem_tlp_payload_off(&b) + pciem_tlp_payload_bytes(&b) <= len);
	pciem_tlp_decode_header(bytes, len, &b);
	riser_tlp_print(bytes, len, NULL, text, 1 + len % sizeof(text));
	MUST(strlen(text) <= len % sizeof(text));
	free(bytes);
	return 0;
}
