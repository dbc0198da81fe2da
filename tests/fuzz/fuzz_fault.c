// SPDX-License-Identifier: Apache-2.0
/*
 * A fault rule of any text; when it is one, it is matched against a TLP and done
 * to it. The text ends at its first 0, the TLP follows.
 */
#include <riser/fault.h>

#include "input.h"

static void apply(const struct riser_fault *fault, const struct riser_tlp *tlp, uint8_t *bytes, size_t len)
{
	uint8_t out[RISER_TLP_MAX_BYTES];
	uint32_t done = 0, part;

	MUST(fault->field < RISER_NR_FIELDS);
	if (riser_tlp_is_completion(tlp->kind) && tlp->data_bytes) {
		do {
			part = riser_fault_split(tlp, fault->boundary ? fault->boundary : 64, done, out);
			MUST(part > 0);
			done += part;
		} while (done < tlp->data_bytes);
		MUST(done == tlp->data_bytes);
	}
	if (riser_tlp_class(tlp->kind) == RISER_NONPOSTED)
		MUST(riser_fault_answer(tlp, 0x100, RISER_CPL_UR, out) == 12);
	riser_fault_may_pass(tlp, tlp);
	if (fault->action == RISER_FAULT_CORRUPT && riser_fault_has_field(tlp, fault->field, fault->at))
		riser_fault_corrupt(fault, tlp, bytes);
	if (riser_tlp_is_completion(tlp->kind))
		MUST(riser_fault_fail(bytes, RISER_CPL_CA) <= len);
	riser_fault_poison(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, 0, size);
	size_t text_len = end ? (size_t)(end - data) : size;
	size_t len = end ? size - text_len - 1 : 0;
	char *text = malloc(text_len + 1);
	uint8_t *bytes = input_copy(end ? end + 1 : data, len);
	struct riser_fault_place place = { .bar = -1, .request_kind = RISER_FAULT_ANY };
	struct riser_fault_count count;
	struct riser_fault_error error;
	struct riser_fault fault;
	struct riser_tlp tlp;

	memcpy(text, data, text_len);
	text[text_len] = 0;
	if (riser_fault_parse_match(text, &fault, &error))
		MUST(error.text[0] && error.column >= 1 && error.len >= 1);
	if (riser_fault_parse(text, &fault, &error)) {
		MUST(error.text[0] && error.column >= 1 && error.len >= 1);
	} else {
		MUST(riser_fault_action_name((enum riser_fault_action)fault.action)[0]);
		riser_fault_count_init(&count, &fault);
		if (!riser_tlp_decode(&tlp, bytes, len)) {
			place.tlp = &tlp;
			place.direction = tlp.tag & 1;
			place.function = "nvme_probe+0x1/0x2 [nvme]";
			place.bar = 0;
			if (riser_fault_matches(&fault, &place))
				riser_fault_fires(&fault, &count);
			apply(&fault, &tlp, bytes, len);
		}
	}
	free(bytes);
	free(text);
	return 0;
}
