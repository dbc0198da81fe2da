// SPDX-License-Identifier: Apache-2.0
/*
 * Reads of the host. A driver polls a register until it likes what it sees, so
 * one side may be ahead of the other: the reference is asked again until it has
 * what the RTL had; the RTL may still have what both had before, as long as the
 * driver does nothing but ask again.
 */
#define _GNU_SOURCE
#include "lockstep.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MASK		(LS_REGISTERS - 1)

void ls_register_find(const struct riser_words *words, struct ls_request *request)
{
	const struct riser_tlp *tlp = &request->tlp;
	uint64_t offset;
	int bar;

	request->space = RISER_SPACE_NONE;
	if (tlp->kind == RISER_TLP_CFGRD0 || tlp->kind == RISER_TLP_CFGRD1) {
		request->space = 0;
		request->offset = tlp->reg;
	} else if (tlp->kind == RISER_TLP_MRD || tlp->kind == RISER_TLP_IORD) {
		bar = riser_bar_map_find(&words->bars, tlp->addr, tlp->kind == RISER_TLP_IORD,
					 &offset);
		if (bar < 0)
			return;
		request->space = 1U + (uint32_t)bar;
		request->offset = (uint32_t)offset;
	}
}

void ls_answer_take(struct ls_answer *answer, const struct ls_request *request,
		    const struct riser_tlp *cpl)
{
	uint32_t n = cpl->data ? cpl->data_bytes : 0;

	if (!answer->got && !answer->is_done) {
		answer->status = cpl->status;
		answer->byte_count = cpl->byte_count;
		answer->lower_addr = cpl->lower_addr;
	}
	if (answer->got < LS_READ_BYTES && n)
		memcpy(answer->data + answer->got, cpl->data,
		       n < LS_READ_BYTES - answer->got ? n : LS_READ_BYTES - answer->got);
	answer->got += n;
	answer->is_done = cpl->status != RISER_CPL_SC || !n ||
			  answer->got >= 4U * request->tlp.length_dw;
}

static uint32_t dword(const uint8_t *data)
{
	uint32_t value;

	memcpy(&value, data, 4);
	return value;
}

/* Bytes that the host asked for, as bits. */
static uint32_t enabled(const struct ls_request *request, uint32_t dw)
{
	uint32_t be = dw == 0 ? request->tlp.first_be :
		      dw == request->tlp.length_dw - 1U ? request->tlp.last_be : 0xf;
	uint32_t bits = 0, i;

	for (i = 0; i < 4; i++)
		if (be >> i & 1)
			bits |= 0xffU << 8 * i;
	return bits;
}

/* The first dword that is not equal, or the number of dwords. */
static uint32_t differs_at(struct riser_lockstep *ls, const struct ls_request *request,
			   const uint8_t *a, const uint8_t *b, uint32_t bytes)
{
	uint32_t i, bits, mask;

	for (i = 0; 4 * i < bytes; i++) {
		bits = (dword(a + 4 * i) ^ dword(b + 4 * i)) & enabled(request, i);
		mask = ls_rules_mask(ls->config.rules, ls->config.nr_rules, request->space,
				     request->offset + 4 * i);
		if (bits & ~mask)
			return i;
		ls->counts.nr_excused += bits != 0;
	}
	return i;
}

static uint32_t shown_bytes(const struct ls_answer *answer)
{
	return answer->got < LS_READ_BYTES ? answer->got : LS_READ_BYTES;
}

static struct ls_register *find(struct riser_lockstep *ls, const struct ls_request *request)
{
	uint64_t key = (uint64_t)(request->space + 1) << 32 | request->offset;
	uint32_t i, at = (uint32_t)(key * 0x9e3779b97f4a7c15ULL >> 40) & MASK;

	for (i = 0; i < LS_REGISTERS; i++, at = (at + 1) & MASK) {
		if (!ls->registers[at].key)
			ls->registers[at].key = key;
		if (ls->registers[at].key == key)
			return &ls->registers[at];
	}
	return NULL;
}

static bool is_place(const struct riser_lockstep *ls, const struct ls_request *request)
{
	return ls->is_behind && ls->behind_space == request->space &&
	       ls->behind_offset == request->offset;
}

static void words_of(struct riser_lockstep *ls, const struct ls_request *request, char *access,
		     size_t access_size, char *text, size_t size)
{
	const struct ls_answer *rtl = &request->answer[RISER_SIDE_RTL];
	const struct ls_answer *ref = &request->answer[RISER_SIDE_REFERENCE];
	uint32_t at;

	riser_words_print(&ls->words, request->raw, request->len, access, access_size);
	if (rtl->status != ref->status) {
		snprintf(text, size, "%s: the RTL answers with %s, the reference with %s", access,
			 riser_tlp_status_name(rtl->status), riser_tlp_status_name(ref->status));
	} else if (rtl->byte_count != ref->byte_count || rtl->lower_addr != ref->lower_addr ||
		   rtl->got != ref->got) {
		snprintf(text, size,
			 "%s: the RTL completes it with Byte Count %u, Lower Address 0x%02x and %u bytes of data, the reference with %u, 0x%02x and %u",
			 access, rtl->byte_count, rtl->lower_addr, rtl->got, ref->byte_count,
			 ref->lower_addr, ref->got);
	} else {
		at = differs_at(ls, request, rtl->data, ref->data, shown_bytes(rtl));
		snprintf(text, size, "%s%s: dword %u is 0x%08x in the RTL and 0x%08x in the reference",
			 request->space == RISER_SPACE_CONFIG ?
			 "the configuration spaces differ: " : "", access, at, dword(rtl->data + 4 * at), dword(ref->data + 4 * at));
	}
}

static void fall_behind(struct riser_lockstep *ls, const struct ls_request *request,
			const struct ls_register *known)
{
	if (!is_place(ls, request))
		ls->behind_since = ls->now;
	ls->is_behind = true;
	ls->behind_was_equal = known->was_equal;
	ls->behind_space = request->space;
	ls->behind_offset = request->offset;
	words_of(ls, request, ls->behind_access, sizeof(ls->behind_access), ls->behind_text,
		 sizeof(ls->behind_text));
	snprintf(ls->behind_function, sizeof(ls->behind_function), "%s", request->function);
	ls->behind_place = (struct riser_lockstep_place){
		.rule = "REF-01", .cycle = request->answer[RISER_SIDE_RTL].cycle,
		.seq = request->answer[RISER_SIDE_RTL].seq, .access = ls->behind_access,
		.function = ls->behind_function,
	};
	ls->counts.nr_polls++;
}

bool ls_register_is_new(struct riser_lockstep *ls, const struct ls_request *request)
{
	const struct ls_answer *rtl = &request->answer[RISER_SIDE_RTL];
	struct ls_register *known = find(ls, request);

	if (!known || known->bytes)
		return false;
	known->bytes = shown_bytes(rtl);
	memcpy(known->value, rtl->data, known->bytes);
	fall_behind(ls, request, known);
	return true;
}

void ls_register_moved_on(struct riser_lockstep *ls)
{
	if (ls->is_behind)
		riser_lockstep_diverge(ls, &ls->behind_place, "%s", ls->behind_text);
}

static bool is_overdue(const struct riser_lockstep *ls)
{
	return ls->now - ls->behind_since > ls->config.patience;
}

void ls_register_end(struct riser_lockstep *ls)
{
	if (ls->is_behind && ls->behind_was_equal && !is_overdue(ls))
		ls->counts.nr_left++;
	else
		ls_register_moved_on(ls);
}

enum ls_verdict ls_register_judge(struct riser_lockstep *ls, struct ls_request *request)
{
	const struct ls_answer *rtl = &request->answer[RISER_SIDE_RTL];
	const struct ls_answer *ref = &request->answer[RISER_SIDE_REFERENCE];
	uint32_t bytes = shown_bytes(rtl);
	struct ls_register *known;

	if (rtl->status != ref->status || rtl->byte_count != ref->byte_count ||
	    rtl->lower_addr != ref->lower_addr || rtl->got != ref->got)
		return LS_DIFFERS;
	known = request->space < RISER_SPACE_NONE && bytes && bytes <= 8 ?
		find(ls, request) : NULL;
	if (differs_at(ls, request, rtl->data, ref->data, bytes) * 4 >= bytes) {
		if (known) {
			known->bytes = bytes;
			known->was_equal = true;
			memcpy(known->value, rtl->data, bytes);
		}
		if (is_place(ls, request))
			ls->is_behind = false;
		return LS_EQUAL;
	}
	if (!known)
		return LS_DIFFERS;
	if (known->bytes != bytes ||
	    differs_at(ls, request, rtl->data, known->value, bytes) * 4 < bytes)
		return LS_REPEAT;
	fall_behind(ls, request, known);
	return is_overdue(ls) ? LS_DIFFERS : LS_EQUAL;
}

void ls_register_differs(struct riser_lockstep *ls, const struct ls_request *request)
{
	char text[400], access[RISER_TLP_TEXT_BYTES];
	const struct riser_lockstep_place place = {
		.rule = "REF-01", .cycle = request->answer[RISER_SIDE_RTL].cycle,
		.seq = request->answer[RISER_SIDE_RTL].seq, .access = access,
		.function = request->function,
	};

	words_of(ls, request, access, sizeof(access), text, sizeof(text));
	riser_lockstep_diverge(ls, &place, "%s", text);
}
