// SPDX-License-Identifier: Apache-2.0
/*
 * Failures in words: what happened, in which access, by which driver function,
 * what to do next. The same failure at the same place is counted, not repeated.
 */
#include "engine.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "event.h"

static const char *const finding_names[RISER_FINDING_NR] = {
	[RISER_FINDING_TIMEOUT] = "completion timeout",
	[RISER_FINDING_LATE_CPL] = "late completion",
	[RISER_FINDING_UR] = "unsupported request",
	[RISER_FINDING_CA] = "completer abort",
	[RISER_FINDING_UNEXPECTED_CPL] = "unexpected completion",
	[RISER_FINDING_BAD_CPL] = "bad completion",
	[RISER_FINDING_MALFORMED] = "malformed TLP",
	[RISER_FINDING_POISONED] = "poisoned TLP",
	[RISER_FINDING_DMA_MISS] = "DMA outside of every mapping",
	[RISER_FINDING_BAD_MSI] = "interrupt message without a vector",
	[RISER_FINDING_BUS_MASTER] = "request without Bus Master Enable",
	[RISER_FINDING_DEADLINE] = "wall-clock deadline",
	[RISER_FINDING_LINK_DOWN] = "link down",
	[RISER_FINDING_INSN] = "instruction that cannot be emulated",
	[RISER_FINDING_RING] = "broken ring",
	[RISER_FINDING_MODEL_ERROR] = "RTL error",
	[RISER_FINDING_MODEL_FATAL] = "RTL fatal",
	[RISER_FINDING_MODEL_STOP] = "RTL stop",
	[RISER_FINDING_MODEL_FINISH] = "RTL finish",
	[RISER_FINDING_MODEL_BROKEN] = "broken model",
	[RISER_FINDING_REFUSED] = "request of the card refused",
	[RISER_FINDING_OTHER] = "finding",
	[RISER_FINDING_GUEST] = "guest kernel",
	[RISER_FINDING_SCRIPT] = "guest script",
	[RISER_FINDING_MARK] = "mark",
	[RISER_FINDING_TLP_MATCH] = "TLP",
	[RISER_FINDING_GUEST_LOG] = "guest log",
	[RISER_FINDING_RECOVERY] = "error handling",
};

bool riser_finding_is_trigger(enum riser_finding_kind kind)
{
	return kind >= RISER_FINDING_MARK && kind <= RISER_FINDING_RECOVERY;
}

const char *riser_finding_name(enum riser_finding_kind kind)
{
	return (unsigned int)kind < RISER_FINDING_NR ? finding_names[kind] :
						       "?";
}

static bool is_same(const struct riser_finding *a,
		    const struct riser_finding *b)
{
	/* each of these is a moment of its own */
	if (riser_finding_is_trigger(a->kind))
		return false;
	return a->kind == b->kind && a->site == b->site &&
	       a->addr == b->addr && a->pc == b->pc &&
	       !strcmp(a->rule, b->rule) &&
	       (a->access[0] || !strcmp(a->text, b->text));
}

/* Asked for: told, but no failure of anybody. */
static void explain(struct riser_finding *finding)
{
	finding->is_error = false;
	snprintf(finding->side, sizeof(finding->side), "fault");
	snprintf(finding->advice, sizeof(finding->advice),
		 "a fault that leads to this was injected before; see the list of injections");
}

void riser_engine_report(struct riser_engine *engine,
			 const struct riser_finding *given)
{
	struct riser_finding copy, *slot;
	const struct riser_finding *finding = given;
	uint32_t i;

	if (engine->faults && riser_fault_explains(engine, given->kind)) {
		copy = *given;
		explain(&copy);
		finding = &copy;
	}
	if (finding->is_error)
		engine->nr_errors++;
	for (i = 0; i < engine->nr_findings; i++) {
		slot = &engine->finding[i];
		if (is_same(slot, finding)) {
			slot->count++;
			return;
		}
	}
	if (engine->nr_findings == RISER_MAX_FINDINGS)
		return;
	slot = &engine->finding[engine->nr_findings++];
	*slot = *finding;
	slot->count = 1;
	riser_observe_finding(engine, slot);
}

void riser_engine_excuse(struct riser_engine *engine,
			 enum riser_finding_kind kind)
{
	engine->own[kind]++;
}

static void set_text(struct riser_finding *finding, const char *side,
		     const char *advice)
{
	snprintf(finding->side, sizeof(finding->side), "%s", side);
	snprintf(finding->advice, sizeof(finding->advice), "%s", advice);
}

static void set_before(struct riser_engine *engine,
		       struct riser_finding *finding, uint64_t before_cycle,
		       const uint8_t *not_this)
{
	const struct riser_last_access *last = &engine->last[0];
	char text[RISER_TLP_TEXT_BYTES - 64];

	/* the newest access may be the one that failed */
	if (last->len && not_this && !memcmp(last->bytes, not_this, 12))
		last = &engine->last[1];
	if (!last->len || last->cycle > before_cycle)
		return;
	riser_tlp_print(last->bytes, last->len, &engine->names, text,
			sizeof(text));
	snprintf(finding->before, sizeof(finding->before),
		 "%s, %" PRIu64 " cycle%s earlier", text,
		 before_cycle - last->cycle, before_cycle - last->cycle == 1 ? "" : "s");
}

static void set_caller(struct riser_engine *engine,
		       struct riser_finding *finding,
		       const struct riser_pending *pending)
{
	const struct pciem_caller *caller = &pending->caller;
	const char *function;

	finding->site = pending->site;
	if (!pending->has_caller) {
		function = riser_sites_function(&engine->sites, pending->site,
						0);
		snprintf(finding->function, sizeof(finding->function), "%s",
			 function ? function : "");
		return;
	}
	finding->pc = caller->pc;
	function = riser_sites_function(&engine->sites, pending->site,
					caller->pc);
	if (function)
		snprintf(finding->function, sizeof(finding->function), "%s",
			 function);
	else
		snprintf(finding->function, sizeof(finding->function),
			 "0x%" PRIx64, (uint64_t)caller->pc);
	snprintf(finding->caller, sizeof(finding->caller),
		 "cpu %u pid %u %.16s%s", caller->cpu, caller->pid,
		 caller->comm, caller->irqs_off ? " (interrupts off)" : "");
}

static struct riser_finding of_pending(struct riser_engine *engine,
				       const struct riser_pending *pending,
				       enum riser_finding_kind kind,
				       uint64_t cycle)
{
	struct riser_finding finding = {
		.kind = kind, .is_error = true, .cycle = cycle,
		.host_ns = pending->host_ns, .seq = pending->seq,
	};
	bool is_config = pending->tlp.kind >= RISER_TLP_CFGRD0 &&
			 pending->tlp.kind <= RISER_TLP_CFGWR1;

	finding.addr = is_config ? (uint64_t)pending->tlp.target << 16 |
				   pending->tlp.reg : pending->tlp.addr;
	riser_tlp_print(pending->bytes, pending->len, &engine->names,
			finding.access, sizeof(finding.access));
	set_caller(engine, &finding, pending);
	set_before(engine, &finding, pending->cycle, pending->bytes);
	return finding;
}

/* " (in nvme_wait_ready+0x6e/0x90 [nvme])" or nothing. */
static const char *in_function(const struct riser_finding *finding, char *text,
			       size_t size)
{
	if (finding->function[0])
		snprintf(text, size, " (in %s)", finding->function);
	else
		text[0] = '\0';
	return text;
}

void riser_finding_timeout(struct riser_engine *engine,
			   const struct riser_pending *pending)
{
	struct riser_finding finding =
		of_pending(engine, pending, RISER_FINDING_TIMEOUT,
			   engine->cycle);
	char where[160], how[96];

	if (pending->accepted)
		snprintf(how, sizeof(how),
			 "the card took it by cycle %" PRIu64
			 " and never completed it", pending->accepted);
	else
		snprintf(how, sizeof(how),
			 "the card never took it (rx_np_ready stays 0)");
	snprintf(finding.text, sizeof(finding.text),
		 "completion timeout: %s%s, offered in cycle %" PRIu64
		 ", has no completion in cycle %" PRIu64 ", after %" PRIu64 " cycles: %s",
		 finding.access, in_function(&finding, where, sizeof(where)),
		 pending->cycle, finding.cycle,
		 engine->config.timeout_cycles, how);
	set_text(&finding, "card",
		 "every non-posted request needs its completion, with UR or CA if nothing else; if the card may take longer, raise the completion timeout in cycles");
	riser_engine_report(engine, &finding);
}

void riser_finding_status(struct riser_engine *engine,
			  const struct riser_pending *pending,
			  const struct riser_tlp *cpl, uint64_t cycle)
{
	bool is_abort = cpl->status == RISER_CPL_CA;
	bool is_reserved = cpl->status != RISER_CPL_UR && !is_abort;
	bool is_write = pending->tlp.kind == RISER_TLP_IOWR ||
			pending->tlp.kind == RISER_TLP_CFGWR0 ||
			pending->tlp.kind == RISER_TLP_CFGWR1;
	struct riser_finding finding =
		of_pending(engine, pending, is_reserved ?
			   RISER_FINDING_BAD_CPL : is_abort ?
			   RISER_FINDING_CA : RISER_FINDING_UR, cycle);
	char where[160];

	snprintf(finding.text, sizeof(finding.text),
		 "%s: %s%s was answered with %s in cycle %" PRIu64
		 "; %s",
		 riser_finding_name(finding.kind), finding.access,
		 in_function(&finding, where, sizeof(where)),
		 riser_tlp_status_name(cpl->status), cycle,
		 is_write ? "what was written is lost" :
			    "the driver reads all ones");
	set_text(&finding, "card", is_reserved ?
		 "a completion's status is SC, UR or CA; RRS is for configuration requests alone" :
		 is_abort ?
		 "the card refuses this access: compare it with the register map (width, alignment, order)" :
		 "no enabled BAR took it: compare BARs, BAR sizes and Memory Space Enable with the address");
	riser_engine_report(engine, &finding);
}

void riser_finding_late(struct riser_engine *engine,
			const struct riser_pending *pending, uint64_t cycle)
{
	struct riser_finding finding =
		of_pending(engine, pending, RISER_FINDING_LATE_CPL, cycle);

	/* the timeout itself has been reported */
	finding.is_error = false;
	engine->own[RISER_FINDING_UNEXPECTED_CPL]++;
	snprintf(finding.text, sizeof(finding.text),
		 "late completion: %s was completed in cycle %" PRIu64
		 ", %" PRIu64 " cycles after it was offered and after its timeout",
		 finding.access, cycle, cycle - pending->cycle);
	set_text(&finding, "card",
		 "the card is slow here, not dead: speed it up or raise the completion timeout in cycles");
	riser_engine_report(engine, &finding);
}

static void tlp_advice(struct riser_finding *finding)
{
	switch (finding->kind) {
	case RISER_FINDING_UNEXPECTED_CPL:
		set_text(finding, "card",
			 "a completion carries the requester and all tag bits of a request that still waits: look for a second completion, or a tag that is cut");
		break;
	case RISER_FINDING_POISONED:
		set_text(finding, "card",
			 "the card sent data with the EP bit set: the driver reads all ones");
		break;
	default:
		set_text(finding, "card",
			 "compare Fmt, Type, Length and TD of the header with the number of beats sent");
		break;
	}
}

void riser_finding_tlp(struct riser_engine *engine,
		       enum riser_finding_kind kind, const uint8_t *bytes,
		       uint32_t len, uint64_t cycle, uint64_t seq)
{
	struct riser_finding finding = {
		.kind = kind, .is_error = true, .cycle = cycle, .seq = seq,
	};

	engine->own[kind]++;
	riser_tlp_print(bytes, len, &engine->names, finding.access,
			sizeof(finding.access));
	snprintf(finding.text, sizeof(finding.text), "%s in cycle %" PRIu64
		 ": %s", riser_finding_name(kind), cycle, finding.access);
	set_before(engine, &finding, cycle, NULL);
	tlp_advice(&finding);
	riser_engine_report(engine, &finding);
}

static const struct {
	enum riser_finding_kind kind;
	bool is_error;
	const char *side;
	const char *advice;
} events[] = {
	[PCIEM_EVENT_DMA_MISS] = { RISER_FINDING_DMA_MISS, true, "card",
		"compare the address with the buffers that the driver mapped: an entry too far, a stale pointer, or the wrong direction" },
	[PCIEM_EVENT_UNEXPECTED_CPL] = { RISER_FINDING_UNEXPECTED_CPL, true,
		"card", "a completion carries the requester and all tag bits of a request that still waits" },
	[PCIEM_EVENT_BAD_CPL] = { RISER_FINDING_BAD_CPL, true, "card",
		"compare Byte Count, Lower Address and Length of the completion with its request" },
	[PCIEM_EVENT_MALFORMED] = { RISER_FINDING_MALFORMED, true, "card",
		"compare Fmt, Type, Length, TD and the byte enables of the header with the rules" },
	[PCIEM_EVENT_REFUSED] = { RISER_FINDING_REFUSED, true, "card",
		"the host cannot serve this request: compare its type, address and length with what an endpoint may send" },
	[PCIEM_EVENT_POISONED] = { RISER_FINDING_POISONED, true, "card",
		"the card sent data with the EP bit set" },
	[PCIEM_EVENT_TIMEOUT] = { RISER_FINDING_DEADLINE, true, "riser",
		"the simulation did not answer in time by the clock on the wall: a slow model needs a longer deadline, a stopped one is no news" },
	[PCIEM_EVENT_LINK_DOWN] = { RISER_FINDING_LINK_DOWN, false, "riser",
		"what came before tells why" },
	[PCIEM_EVENT_INSN] = { RISER_FINDING_INSN, true, "riser",
		"report the instruction's bytes; the access did not take place" },
	[PCIEM_EVENT_BAD_MSI] = { RISER_FINDING_BAD_MSI, true, "card",
		"compare the message's address and data with the MSI-X table entry or the MSI capability" },
	[PCIEM_EVENT_BME] = { RISER_FINDING_BUS_MASTER, true, "card",
		"a card must not send memory requests while Bus Master Enable is 0" },
};

void riser_finding_kernel(struct riser_engine *engine, uint32_t event,
			  const char *text, uint64_t host_ns)
{
	struct riser_finding finding = {
		.cycle = engine->cycle, .host_ns = host_ns,
		.seq = RISER_NO_SEQ,
	};

	if (event == PCIEM_EVENT_BME && !riser_event_is_bus_master(text))
		event = PCIEM_EVENT_REFUSED;
	if (event >= sizeof(events) / sizeof(events[0]) ||
	    !events[event].advice)
		return;
	finding.kind = events[event].kind;
	/* what the engine has seen on its own is not told twice */
	if (engine->own[finding.kind]) {
		engine->own[finding.kind]--;
		return;
	}
	if (event == PCIEM_EVENT_LINK_DOWN && engine->is_leaving)
		return;
	finding.is_error = events[event].is_error;
	snprintf(finding.text, sizeof(finding.text), "%s: %s",
		 riser_finding_name(finding.kind), text);
	set_text(&finding, events[event].side, events[event].advice);
	set_before(engine, &finding, engine->cycle, NULL);
	riser_engine_report(engine, &finding);
}

void riser_finding_plain(struct riser_engine *engine,
			 enum riser_finding_kind kind, const char *side,
			 const char *advice, const char *format, ...)
{
	struct riser_finding finding = {
		.kind = kind, .is_error = true, .cycle = engine->cycle,
		.seq = RISER_NO_SEQ,
	};
	va_list args;

	va_start(args, format);
	vsnprintf(finding.text, sizeof(finding.text), format, args);
	va_end(args);
	set_text(&finding, side, advice);
	set_before(engine, &finding, engine->cycle, NULL);
	riser_engine_report(engine, &finding);
}

void riser_finding_print(const struct riser_finding *finding, FILE *file)
{
	fprintf(file, "%s %s\n", finding->is_error ? "FAIL    " : "note    ",
		finding->text);
	if (finding->rule[0] && finding->access[0])
		fprintf(file, "         access: %s\n", finding->access);
	if (finding->function[0] || finding->caller[0])
		fprintf(file, "         %s%s%s\n", finding->function,
			finding->function[0] && finding->caller[0] ? "  " : "",
			finding->caller);
	if (finding->before[0])
		fprintf(file, "         last access before: %s\n",
			finding->before);
	if (finding->count > 1)
		fprintf(file, "         seen %u times\n", finding->count);
	if (finding->advice[0])
		fprintf(file, "         suspected: %s; %s\n", finding->side,
			finding->advice);
}
