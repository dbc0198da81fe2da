// SPDX-License-Identifier: Apache-2.0
/* Flow control: FC-01, FC-03, FC-06 when credits are fed, FC-07 always. */
#include "ck.h"

#define UNIT_DW	4

static const char *const class_name[] = { "posted", "non-posted", "completion" };

static void spend(struct riser_check *ck, const struct ck_tlp *tlp, struct ck_credit *credit,
		  uint32_t units)
{
	if (!credit->is_header_infinite && credit->headers_spent + 1 > credit->headers)
		ck_report(ck, CK_FC_01, "%s header credits: %llu granted, this is number %llu",
			  class_name[tlp->cls], (unsigned long long)credit->headers,
			  (unsigned long long)credit->headers_spent + 1);
	else if (!credit->is_data_infinite && credit->data_spent + units > credit->data)
		ck_report(ck, CK_FC_01, "%s data credits: %llu granted, with these %u it is %llu",
			  class_name[tlp->cls], (unsigned long long)credit->data, units,
			  (unsigned long long)credit->data_spent + units);
	credit->headers_spent++;
	credit->data_spent += units;
}

void ck_fc(struct riser_check *ck, const struct ck_tlp *tlp)
{
	struct ck_credit *credit = &ck->credit[tlp->dir][tlp->cls];
	uint32_t units = tlp->has_data ? (tlp->length + UNIT_DW - 1U) / UNIT_DW : 0;

	if (tlp->in->channel != tlp->cls && tlp->in->channel < RISER_NR_CLASSES)
		ck_report(ck, CK_FC_07, "%s on the %s channel", ck_kind_name(tlp->kind),
			  class_name[tlp->in->channel]);
	ck->cost_headers[tlp->dir] = 1;
	ck->cost_data[tlp->dir] = units;
	if (credit->is_used)
		spend(ck, tlp, credit, units);
}

void riser_check_credit_init(struct riser_check *ck, uint64_t cycle,
			     enum riser_direction direction, enum riser_tlp_class tlp_class,
			     uint32_t headers, uint32_t data_units)
{
	struct ck_credit *credit = &ck->credit[direction][tlp_class];

	riser_check_time(ck, cycle);
	if (tlp_class == RISER_COMPLETION && (headers || data_units))
		ck_report(ck, CK_FC_03, "%u header and %u data credits for completions %s",
			  headers, data_units,
			  direction == RISER_TO_CARD ? "to the card" : "from the card");
	*credit = (struct ck_credit){
		.is_used = true,
		.is_header_infinite = !headers,
		.is_data_infinite = !data_units,
		.headers = headers,
		.data = data_units,
	};
}

void riser_check_credit_return(struct riser_check *ck, uint64_t cycle,
			       enum riser_direction direction, enum riser_tlp_class tlp_class,
			       uint32_t headers, uint32_t data_units)
{
	struct ck_credit *credit = &ck->credit[direction][tlp_class];

	riser_check_time(ck, cycle);
	credit->headers += headers;
	credit->data += data_units;
}

void riser_check_credit_spent(struct riser_check *ck, uint64_t cycle,
			      enum riser_direction direction, enum riser_tlp_class tlp_class,
			      uint32_t headers, uint32_t data_units)
{
	riser_check_time(ck, cycle);
	if (headers != ck->cost_headers[direction] || data_units != ck->cost_data[direction])
		ck_report(ck, CK_FC_06, "%u %s header and %u data credits were taken for a TLP that "
			  "costs %u and %u", headers, class_name[tlp_class], data_units,
			  ck->cost_headers[direction], ck->cost_data[direction]);
}
