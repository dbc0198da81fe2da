// SPDX-License-Identifier: Apache-2.0
/* Changes of a TLP's bytes, and completions out of nothing. */
#include <riser/fault.h>

#include <string.h>

#include "fault_names.h"

#define EP	0x40

/**
 * struct place - where a field is: @bytes of the header, big-endian
 * @at: first byte
 * @flip: what corrupt without a value xors in
 */
struct place {
	uint8_t at;
	uint8_t bytes;
	uint8_t shift;
	uint32_t mask;
	uint32_t flip;
};

/* Completions have three of them elsewhere: place_in(). */
static const struct place places[RISER_NR_FIELDS] = {
	[RISER_FIELD_DATA] = { 0, 1, 0, 0xff, 0x01 },
	[RISER_FIELD_TAG] = { 6, 1, 0, 0xff, 0x01 },
	[RISER_FIELD_LENGTH] = { 2, 2, 0, 0x3ff, 0x01 },
	[RISER_FIELD_ADDR] = { 8, 4, 0, 0xffffffff, 0x1000 },
	[RISER_FIELD_FIRST_BE] = { 7, 1, 0, 0xf, 0x1 },
	[RISER_FIELD_LAST_BE] = { 7, 1, 4, 0xf, 0x1 },
	[RISER_FIELD_REQUESTER] = { 4, 2, 0, 0xffff, 0x08 },
	[RISER_FIELD_COMPLETER] = { 4, 2, 0, 0xffff, 0x08 },
	[RISER_FIELD_STATUS] = { 6, 1, 5, 0x7, 0x1 },
	[RISER_FIELD_BYTE_COUNT] = { 6, 2, 0, 0xfff, 0x4 },
	[RISER_FIELD_LOWER_ADDR] = { 11, 1, 0, 0x7f, 0x4 },
	[RISER_FIELD_TC] = { 1, 1, 4, 0x7, 0x1 },
	[RISER_FIELD_ATTR] = { 2, 1, 4, 0x3, 0x1 },
};

static const char *const field_names[RISER_NR_FIELDS + 1] = {
	[RISER_FIELD_DATA] = "data",
	[RISER_FIELD_TAG] = "tag",
	[RISER_FIELD_LENGTH] = "length",
	[RISER_FIELD_ADDR] = "addr",
	[RISER_FIELD_FIRST_BE] = "first_be",
	[RISER_FIELD_LAST_BE] = "last_be",
	[RISER_FIELD_REQUESTER] = "requester",
	[RISER_FIELD_COMPLETER] = "completer",
	[RISER_FIELD_STATUS] = "status",
	[RISER_FIELD_BYTE_COUNT] = "byte_count",
	[RISER_FIELD_LOWER_ADDR] = "lower_addr",
	[RISER_FIELD_TC] = "tc",
	[RISER_FIELD_ATTR] = "attr",
};

const char *const *riser_fault_field_names(void)
{
	return field_names;
}

int riser_fault_field_find(const char *name)
{
	int i;

	for (i = 0; i < RISER_NR_FIELDS; i++)
		if (!strcmp(field_names[i], name))
			return i;
	return -1;
}

uint64_t riser_fault_field_max(enum riser_fault_field field)
{
	return places[field].mask;
}

uint64_t riser_fault_field_flip(enum riser_fault_field field)
{
	return places[field].flip;
}

static bool is_completion(const struct riser_tlp *tlp)
{
	return riser_tlp_is_completion((enum riser_tlp_kind)tlp->kind);
}

bool riser_fault_has_field(const struct riser_tlp *tlp,
			   enum riser_fault_field field, uint32_t at)
{
	bool is_message = tlp->kind == RISER_TLP_MSG ||
			  tlp->kind == RISER_TLP_MSGD;
	bool is_config = tlp->kind >= RISER_TLP_CFGRD0 &&
			 tlp->kind <= RISER_TLP_CFGWR1;

	switch (field) {
	case RISER_FIELD_DATA:
		return tlp->data && at < tlp->data_bytes;
	case RISER_FIELD_ADDR:
		return !is_completion(tlp) && !is_message && !is_config;
	case RISER_FIELD_FIRST_BE:
	case RISER_FIELD_LAST_BE:
		return !is_completion(tlp) && !is_message;
	case RISER_FIELD_COMPLETER:
	case RISER_FIELD_STATUS:
	case RISER_FIELD_BYTE_COUNT:
	case RISER_FIELD_LOWER_ADDR:
		return is_completion(tlp);
	default:
		return true;
	}
}

static struct place place_in(const struct riser_tlp *tlp,
			     const struct riser_fault *fault)
{
	struct place place = places[fault->field];

	switch (fault->field) {
	case RISER_FIELD_DATA:
		place.at = 0;
		break;
	case RISER_FIELD_TAG:
		place.at = is_completion(tlp) ? 10 : 6;
		break;
	case RISER_FIELD_REQUESTER:
		place.at = is_completion(tlp) ? 8 : 4;
		break;
	case RISER_FIELD_ADDR:
		place.at = tlp->is_4dw ? 12 : 8;
		break;
	default:
		break;
	}
	return place;
}

void riser_fault_corrupt(const struct riser_fault *fault,
			 const struct riser_tlp *tlp, uint8_t *bytes)
{
	struct place place = place_in(tlp, fault);
	uint8_t *p = bytes + place.at;
	uint32_t value = 0, i;

	if (fault->field == RISER_FIELD_DATA)
		p = bytes + (tlp->is_4dw ? 16 : 12) + fault->at;
	for (i = 0; i < place.bytes; i++)
		value = value << 8 | p[i];
	if (fault->sets)
		value = (value & ~(place.mask << place.shift)) |
			((uint32_t)fault->value & place.mask) << place.shift;
	else
		value ^= ((uint32_t)fault->value & place.mask) << place.shift;
	for (i = place.bytes; i--; value >>= 8)
		p[i] = (uint8_t)value;
}

void riser_fault_poison(uint8_t *bytes)
{
	bytes[2] |= EP;
}

static void put_cpl_fields(uint8_t *bytes, uint8_t status, uint32_t byte_count)
{
	bytes[0] = 0x0a;
	/* no digest, not poisoned, no length */
	bytes[2] &= 0x30;
	bytes[3] = 0;
	bytes[6] = (uint8_t)(status << 5 | (byte_count >> 8 & 0xf));
	bytes[7] = (uint8_t)byte_count;
}

uint32_t riser_fault_fail(uint8_t *bytes, uint8_t status)
{
	uint32_t byte_count = (uint32_t)(bytes[6] & 0xf) << 8 | bytes[7];

	put_cpl_fields(bytes, status, byte_count);
	return 12;
}

uint32_t riser_fault_answer(const struct riser_tlp *request, uint16_t completer,
			    uint8_t status, uint8_t *bytes)
{
	bool is_read = request->kind == RISER_TLP_MRD ||
		       request->kind == RISER_TLP_MRDLK;
	struct riser_tlp cpl = {
		.kind = RISER_TLP_CPL, .tc = request->tc,
		.attr = request->attr, .completer = completer,
		.status = status, .requester = request->requester,
		.tag = request->tag,
		.byte_count = (uint16_t)riser_tlp_request_bytes(request),
	};

	if (is_read)
		cpl.lower_addr = (uint8_t)((request->addr & 0x7c) +
			(request->first_be ?
			 (unsigned int)__builtin_ctz(request->first_be) : 0));
	riser_tlp_encode(&cpl, bytes, 12);
	return 12;
}

uint32_t riser_fault_split(const struct riser_tlp *cpl, uint32_t boundary,
			   uint32_t done, uint8_t *bytes)
{
	uint32_t start = (cpl->lower_addr & ~3U) + done;
	uint32_t left = cpl->data_bytes - done;
	uint32_t part = boundary - start % boundary;
	/* bytes that are asked for, the first dword's lead not among them */
	uint32_t lead = cpl->lower_addr & 3U;
	struct riser_tlp tlp = *cpl;

	if (part > left)
		part = left;
	tlp.data = cpl->data + done;
	tlp.data_bytes = part;
	tlp.length_dw = (uint16_t)(part / 4);
	tlp.byte_count = (uint16_t)(cpl->byte_count - (done ? done - lead : 0));
	tlp.lower_addr = (uint8_t)(done ? start & 0x7f : cpl->lower_addr);
	tlp.td = false;
	tlp.digest = NULL;
	riser_tlp_encode(&tlp, bytes, RISER_TLP_MAX_BYTES);
	return part;
}

bool riser_fault_may_pass(const struct riser_tlp *later,
			  const struct riser_tlp *earlier)
{
	enum riser_tlp_class a, b;

	a = riser_tlp_class((enum riser_tlp_kind)later->kind);
	b = riser_tlp_class((enum riser_tlp_kind)earlier->kind);
	if (b == RISER_POSTED)
		return a != RISER_NONPOSTED && later->attr & RISER_ATTR_RO;
	if (a != RISER_COMPLETION || b != RISER_COMPLETION)
		return true;
	/* completions of one request keep their order */
	return later->tag != earlier->tag ||
	       later->requester != earlier->requester;
}
