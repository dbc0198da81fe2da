// SPDX-License-Identifier: Apache-2.0
/* Messages: MSG-01 to MSG-03. INTx is in check_intx.c, ERR_* enables in check_err.c. */
#include "ck.h"

#define UNLOCK			0x00
#define PME_TURN_OFF		0x19
#define SET_SLOT_POWER_LIMIT	0x50
#define VENDOR_TYPE_1		0x7f

static bool is_known(uint8_t code)
{
	switch (code) {
	case UNLOCK:
	case 0x01: /* ATS invalidate request */
	case 0x02: /* and completion */
	case 0x04: /* page request */
	case 0x05: /* page group response */
	case 0x10: /* LTR */
	case 0x12: /* OBFF */
	case 0x14: /* PM_Active_State_Nak */
	case 0x18: /* PM_PME */
	case PME_TURN_OFF:
	case 0x1b: /* PME_TO_Ack */
	case 0x20: /* INTx */
	case 0x21:
	case 0x22:
	case 0x23:
	case 0x24:
	case 0x25:
	case 0x26:
	case 0x27:
	case 0x30: /* ERR_COR */
	case 0x31: /* ERR_NONFATAL */
	case 0x33: /* ERR_FATAL */
	case 0x40: /* hot plug messages of old, ignored */
	case 0x41:
	case 0x43:
	case 0x44:
	case 0x45:
	case 0x47:
	case 0x48:
	case SET_SLOT_POWER_LIMIT:
	case 0x52: /* PTM request */
	case 0x53: /* PTM response */
	case VENDOR_TYPE_1:
		return true;
	}
	return false;
}

static bool is_error(uint8_t code)
{
	return code == 0x30 || code == 0x31 || code == 0x33;
}

static void check_error(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (tlp->dir == RISER_TO_CARD)
		ck_report(ck, CK_MSG_03, "error message sent to the card");
	else if (tlp->routing != 0)
		ck_report(ck, CK_MSG_03, "routing is %u, to the root complex is 0", tlp->routing);
	else if (tlp->has_data)
		ck_report(ck, CK_MSG_03, "it has a payload");
	else if (tlp->tc)
		ck_report(ck, CK_MSG_03, "TC is %u", tlp->tc);
	else if (!ck_id_is_card(ck, tlp->rid) || !ck_fn_is_there(ck, tlp->rid))
		ck_report(ck, CK_MSG_03, "Requester ID is 0x%04x, the card is 0x%04x", tlp->rid,
			  ck->id);
	else
		ck_err_message(ck, tlp);
}

bool ck_msg(struct riser_check *ck, const struct ck_tlp *tlp)
{
	if (!is_known(tlp->code)) {
		ck_report(ck, CK_MSG_01, "message code 0x%02x", tlp->code);
		return false;
	}
	if (tlp->dir == RISER_TO_HOST && (tlp->code == UNLOCK || tlp->code == PME_TURN_OFF ||
					  tlp->code == SET_SLOT_POWER_LIMIT)) {
		ck_report(ck, CK_MSG_02, "message code 0x%02x goes from the root complex to "
			  "the card only", tlp->code);
		return false;
	}
	if (is_error(tlp->code))
		check_error(ck, tlp);
	else if (tlp->code >= 0x20 && tlp->code <= 0x27)
		ck_intx(ck, tlp);
	return false;
}
