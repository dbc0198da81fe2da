// SPDX-License-Identifier: Apache-2.0
/* Fault injection: which rule hits a TLP, and the account of what was done. */
#include "fault_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

int riser_faults_init(struct riser_engine *engine)
{
	struct riser_faults *faults = calloc(1, sizeof(*faults));
	uint32_t i;

	if (!faults)
		return -ENOMEM;
	faults->fault = engine->config.faults;
	faults->nr = engine->config.nr_faults;
	for (i = 0; i < faults->nr; i++) {
		riser_fault_count_init(&faults->count[i], &faults->fault[i]);
		faults->is_marked[i] = !faults->fault[i].mark[0];
	}
	engine->faults = faults;
	return 0;
}

static void free_list(struct riser_parcel **list)
{
	struct riser_parcel *parcel;

	while ((parcel = *list)) {
		*list = parcel->next;
		free(parcel);
	}
}

void riser_faults_fini(struct riser_engine *engine)
{
	struct riser_faults *faults = engine->faults;

	if (!faults)
		return;
	free_list(&faults->held[RISER_TO_CARD]);
	free_list(&faults->held[RISER_TO_HOST]);
	free_list(&faults->lent);
	free(faults->scratch);
	free(faults);
	engine->faults = NULL;
}

void riser_fault_discard(struct riser_engine *engine)
{
	struct riser_faults *faults = engine->faults;

	free_list(&faults->held[RISER_TO_CARD]);
	free_list(&faults->held[RISER_TO_HOST]);
	free_list(&faults->lent);
	memset(faults->has_failed, 0, sizeof(faults->has_failed));
	faults->is_full = false;
}

bool riser_fault_mark(struct riser_engine *engine, const char *text)
{
	struct riser_faults *faults = engine->faults;
	bool is_ours = false;
	uint32_t i;

	for (i = 0; i < faults->nr; i++) {
		if (strcmp(faults->fault[i].mark, text))
			continue;
		faults->is_marked[i] = true;
		is_ours = true;
	}
	return is_ours;
}

bool riser_fault_explains(const struct riser_engine *engine,
			  enum riser_finding_kind kind)
{
	return engine->faults->explained >> kind & 1;
}

/* ---- which rule ---- */

static uint8_t interrupt_of(struct riser_engine *engine,
			    const struct riser_tlp *tlp)
{
	if (tlp->kind != RISER_TLP_MWR)
		return RISER_FAULT_NO_MSI;
	switch (riser_bar_map_message(&engine->bars, tlp)) {
	case RISER_MESSAGE_MSI:
		return RISER_FAULT_MSI;
	case RISER_MESSAGE_MSIX:
		return RISER_FAULT_MSIX;
	default:
		return RISER_FAULT_NO_MSI;
	}
}

static bool is_memory(const struct riser_tlp *tlp)
{
	return tlp->kind <= RISER_TLP_IOWR || tlp->kind >= RISER_TLP_FETCHADD;
}

static bool is_io(const struct riser_tlp *tlp)
{
	return tlp->kind == RISER_TLP_IORD || tlp->kind == RISER_TLP_IOWR;
}

static const struct riser_pending *
request_of(struct riser_engine *engine, const struct riser_tlp *cpl)
{
	const struct riser_pending *pending = &engine->pending[cpl->tag];

	return pending->state != RISER_PENDING_FREE &&
	       pending->tlp.requester == cpl->requester ? pending : NULL;
}

static void describe_access(struct riser_engine *engine,
			    struct riser_fault_place *place,
			    const struct riser_tlp *request, uint32_t site,
			    const struct pciem_caller *caller)
{
	place->bar = is_memory(request) ?
		     riser_bar_map_find(&engine->bars, request->addr,
					is_io(request), &place->offset) : -1;
	place->function = riser_sites_function(&engine->sites, site,
					       caller ? caller->pc : 0);
}

const struct riser_pending *
riser_fault_describe(struct riser_engine *engine,
		     const struct riser_arrival *arrival,
		     enum riser_direction direction,
		     struct riser_fault_place *place)
{
	const struct riser_tlp *tlp = &arrival->tlp;
	bool is_cpl = riser_tlp_is_completion((enum riser_tlp_kind)tlp->kind);
	const struct riser_pending *pending = NULL;

	*place = (struct riser_fault_place){
		.tlp = tlp, .direction = direction, .bar = -1,
		.request_kind = RISER_FAULT_ANY,
	};
	if (direction == RISER_TO_HOST)
		place->interrupt = interrupt_of(engine, tlp);
	if (direction == RISER_TO_CARD && !is_cpl)
		describe_access(engine, place, tlp, arrival->site,
				arrival->caller);
	if (is_cpl && direction == RISER_TO_CARD)
		place->request_kind = RISER_TLP_MRD;
	if (is_cpl && direction == RISER_TO_HOST)
		pending = request_of(engine, tlp);
	if (pending) {
		place->request_kind = pending->tlp.kind;
		describe_access(engine, place, &pending->tlp, pending->site,
				pending->has_caller ? &pending->caller : NULL);
	}
	return pending;
}

static uint32_t explained_by(const struct riser_fault *fault)
{
#define BIT(kind) (1U << RISER_FINDING_##kind)
	switch (fault->action) {
	case RISER_FAULT_DELAY:
	case RISER_FAULT_REORDER:
		return BIT(LATE_CPL) | BIT(UNEXPECTED_CPL) | BIT(DEADLINE);
	case RISER_FAULT_WITHHOLD:
		return BIT(LATE_CPL) | BIT(UNEXPECTED_CPL) | BIT(DEADLINE) |
		       BIT(TIMEOUT);
	case RISER_FAULT_UR:
	case RISER_FAULT_CA:
	case RISER_FAULT_DUPLICATE:
		return BIT(UNEXPECTED_CPL) | BIT(LATE_CPL);
	case RISER_FAULT_POISON:
		return BIT(POISONED);
	case RISER_FAULT_CORRUPT:
		return BIT(BAD_CPL) | BIT(UNEXPECTED_CPL) | BIT(MALFORMED) |
		       BIT(REFUSED) | BIT(DMA_MISS) | BIT(BAD_MSI) |
		       /* who is not there has no Bus Master Enable */
		       (fault->field == RISER_FIELD_REQUESTER ? BIT(BUS_MASTER) : 0);
	case RISER_FAULT_LINK_DOWN:
		return BIT(LINK_DOWN) | BIT(DEADLINE);
	default:
		return 0;
	}
#undef BIT
}

uint64_t riser_fault_newest(const struct riser_engine *engine)
{
	return engine->faults->nr_injections - 1;
}

void riser_fault_remark(struct riser_engine *engine, uint64_t injection,
			const char *what)
{
	struct riser_injection *slot;

	if (injection >= RISER_MAX_INJECTIONS)
		return;
	slot = &engine->faults->injection[injection];
	snprintf(slot->what, sizeof(slot->what), "%s", what);
	riser_note(engine, RISER_NOTE_FAULT, slot->fault + 1, 0, "fault %u: %s",
		   slot->fault + 1, what);
}

static void tell(struct riser_engine *engine, uint32_t idx,
		 const struct riser_arrival *arrival,
		 enum riser_direction direction,
		 const struct riser_pending *pending, const char *function)
{
	struct riser_faults *faults = engine->faults;
	const struct riser_fault *fault = &faults->fault[idx];
	struct riser_injection injection = {
		.fault = idx, .direction = direction, .cycle = engine->cycle,
		.seq = engine->next_seq, .host_ns = arrival->host_ns,
	};
	char request[RISER_TLP_TEXT_BYTES / 2] = "";

	riser_tlp_print(arrival->bytes, arrival->len, &engine->names,
			injection.tlp, sizeof(injection.tlp));
	if (pending) {
		riser_tlp_print(pending->bytes, pending->len, &engine->names,
				request, sizeof(request));
		injection.host_ns = pending->host_ns;
	}
	if (*request)
		snprintf(injection.tlp + strlen(injection.tlp),
			 sizeof(injection.tlp) - strlen(injection.tlp),
			 " for %s", request);
	snprintf(injection.function, sizeof(injection.function), "%s",
		 function ? function : "");
	if (faults->nr_injections < RISER_MAX_INJECTIONS)
		faults->injection[faults->nr_injections] = injection;
	faults->nr_injections++;
	faults->explained |= explained_by(fault);
	riser_note(engine, RISER_NOTE_FAULT, idx + 1, injection.host_ns,
		   "fault %u (%s): %s%s%s%s", idx + 1,
		   riser_fault_action_name((enum riser_fault_action)fault->action),
		   injection.tlp, function ? " (in " : "",
		   function ? function : "", function ? ")" : "");
}

const struct riser_fault *riser_fault_find(struct riser_engine *engine,
					   const struct riser_arrival *arrival,
					   enum riser_direction direction)
{
	struct riser_faults *faults = engine->faults;
	const struct riser_pending *pending;
	const struct riser_fault *fault, *hit = NULL;
	struct riser_fault_place place;
	uint32_t i;

	pending = riser_fault_describe(engine, arrival, direction, &place);
	for (i = 0; i < faults->nr; i++) {
		fault = &faults->fault[i];
		if (!faults->is_marked[i] || engine->cycle < fault->after ||
		    !riser_fault_matches(fault, &place))
			continue;
		/* one TLP, one fault: the others only count it */
		if (hit) {
			faults->count[i].matched++;
			continue;
		}
		if (!riser_fault_fires(fault, &faults->count[i]))
			continue;
		hit = fault;
		tell(engine, i, arrival, direction, pending, place.function);
	}
	return hit;
}

void riser_fault_link_down(struct riser_engine *engine,
			   const struct riser_fault *fault)
{
	riser_session_end(engine, RISER_END_FAULT,
			  "fault %u took the link down: the kernel sees a pulled card",
			  (uint32_t)(fault - engine->faults->fault) + 1);
}

/* ---- account ---- */

const struct riser_injection *
riser_engine_injection(const struct riser_engine *engine, uint32_t idx)
{
	const struct riser_faults *faults = engine->faults;

	if (!faults || idx >= faults->nr_injections ||
	    idx >= RISER_MAX_INJECTIONS)
		return NULL;
	return &faults->injection[idx];
}

static void write_injection(struct riser_json *json,
			    const struct riser_injection *injection)
{
	riser_json_open(json, NULL, '{');
	riser_json_u64(json, "fault", injection->fault + 1);
	riser_json_string(json, "direction",
			  injection->direction == RISER_TO_CARD ? "to-card" :
								  "to-host");
	riser_json_u64(json, "cycle", injection->cycle);
	riser_json_u64(json, "tlp", injection->seq);
	riser_json_u64(json, "host_ns", injection->host_ns);
	riser_json_string(json, "access", injection->tlp);
	riser_json_string(json, "function", injection->function);
	if (injection->what[0])
		riser_json_string(json, "remark", injection->what);
	riser_json_close(json, '}');
}

void riser_fault_write_json(const struct riser_engine *engine,
			    struct riser_json *json)
{
	const struct riser_faults *faults = engine->faults;
	uint32_t i;

	riser_json_open(json, "faults", '[');
	for (i = 0; i < faults->nr; i++) {
		riser_json_open(json, NULL, '{');
		riser_json_string(json, "rule", faults->fault[i].text);
		riser_json_u64(json, "matched", faults->count[i].matched);
		riser_json_u64(json, "injected", faults->count[i].injected);
		riser_json_close(json, '}');
	}
	riser_json_close(json, ']');
	riser_json_open(json, "injections", '[');
	for (i = 0; i < faults->nr_injections && i < RISER_MAX_INJECTIONS; i++)
		write_injection(json, &faults->injection[i]);
	riser_json_close(json, ']');
	riser_json_u64(json, "nr_injections", faults->nr_injections);
}
