// SPDX-License-Identifier: Apache-2.0
/* Header: HDR-01 to HDR-10, LEN-01, and GAT-05, which is a header cut short. */
#include "ck.h"

#define MAX_SIZE_DW	1025	/* payload and digest */

/* The end-to-end CRC over everything but the last dword. */
static bool ends_with_ecrc(const struct ck_tlp *tlp)
{
	uint32_t len = tlp->hdr_bytes + 4 * tlp->size_dw - 4;
	const uint8_t *last = tlp->hdr + len;
	uint32_t crc = 0xffffffff;
	uint32_t i, bit;

	for (i = 0; i < len; i++) {
		crc ^= tlp->hdr[i] | (i == 0 ? 0x01U : i == 2 ? 0x40U : 0U);
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
	}
	crc = ~crc;
	return crc == ck_get32(last) || crc == ck_data32(last);
}

/* Bytes that give no header. */
bool ck_hdr(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (tlp->kind == CK_BAD_FMT)
		ck_report(ck, CK_HDR_01, "Fmt is %u", tlp->hdr[0] >> 5);
	else if (tlp->kind == CK_BAD_TYPE && (uint32_t)(tlp->hdr - tlp->in->bytes) < tlp->in->len)
		ck_report(ck, CK_HDR_02, "Fmt and Type are 0x%02x", tlp->hdr[0]);
	else
		ck_report(ck, CK_HDR_03, "%u bytes end before the header does", tlp->in->len);
	return true;
}

/* A data TLP of the wrong size while the card is told to stop is a burst cut off. */
static bool is_cut_by_bme(struct riser_check *ck, const struct ck_tlp *tlp)
{
	struct ck_fn *fn;

	if (tlp->dir != RISER_TO_HOST || tlp->kind != CK_MWR || tlp->size_dw >= tlp->length)
		return false;
	fn = ck_fn_of(ck, tlp->rid);
	return fn->bme_was_set && fn->bme_may0;
}

static enum ck_rule size_rule(const struct ck_tlp *tlp, uint32_t payload_dw)
{
	uint32_t size = tlp->size_dw;

	if (tlp->in->len % 4 || size > MAX_SIZE_DW)
		return CK_HDR_03;
	if (size == payload_dw + tlp->td)
		return CK_OK;
	if (!tlp->has_data)
		return size == 0 || (size == 1 && ends_with_ecrc(tlp)) ? CK_HDR_10 : CK_HDR_04;
	if (!size)
		return CK_HDR_03;
	if (tlp->td && size == payload_dw && !ends_with_ecrc(tlp))
		return CK_HDR_10;
	if (!tlp->td && size == payload_dw + 1 && ends_with_ecrc(tlp))
		return CK_HDR_10;
	return CK_LEN_01;
}

bool ck_hdr_size(struct riser_check *ck, const struct ck_tlp *tlp)
{
	uint32_t payload_dw = tlp->has_data ? tlp->length : 0;
	enum ck_rule rule = size_rule(tlp, payload_dw);

	if (rule != CK_OK && is_cut_by_bme(ck, tlp))
		rule = CK_GAT_05;
	if (rule != CK_OK) {
		ck_report(ck, rule, "%u bytes: %u DW behind the header where Length says %u and TD "
			  "%u", tlp->in->len, tlp->size_dw, payload_dw, tlp->td);
		return true;
	}
	if (!tlp->has_data && tlp->raw_length &&
	    (ck_is_completion(tlp->kind) || ck_is_message(tlp->kind))) {
		ck_report(ck, CK_HDR_04, "Length is %u in a %s", tlp->raw_length,
			  ck_kind_name(tlp->kind));
		return true;
	}
	if (ck_is_config(tlp->kind) && tlp->dir == RISER_TO_HOST) {
		ck_report(ck, CK_HDR_05, "%s from the card", ck_kind_name(tlp->kind));
		return true;
	}
	/* configuration: CFG-16; INTx: INT-05; errors: MSG-03; completions: CPL-07 */
	if (tlp->tc && !ck_is_config(tlp->kind) && !ck_is_completion(tlp->kind) &&
	    !(ck_is_message(tlp->kind) && tlp->code >= 0x20 && tlp->code <= 0x33)) {
		ck_report(ck, CK_HDR_09, "TC is %u", tlp->tc);
		return true;
	}
	return false;
}
