/* SPDX-License-Identifier: Apache-2.0 */
/* Findings: what went wrong in a run, in words. */
#ifndef RISER_FINDING_H
#define RISER_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/observe.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_MAX_FINDINGS 64

enum riser_finding_kind {
	RISER_FINDING_TIMEOUT = 0,	/* no completion within the cycles allowed */
	RISER_FINDING_LATE_CPL,		/* completion after that */
	RISER_FINDING_UR,		/* host request answered with UR */
	RISER_FINDING_CA,		/* host request answered with CA */
	RISER_FINDING_UNEXPECTED_CPL,
	RISER_FINDING_BAD_CPL,
	RISER_FINDING_MALFORMED,
	RISER_FINDING_POISONED,
	RISER_FINDING_DMA_MISS,
	RISER_FINDING_BAD_MSI,
	RISER_FINDING_BUS_MASTER,	/* card request while Bus Master Enable is 0 */
	RISER_FINDING_DEADLINE,		/* wall-clock deadline of one access */
	RISER_FINDING_LINK_DOWN,	/* the kernel gave the card up */
	RISER_FINDING_INSN,		/* instruction that cannot be emulated */
	RISER_FINDING_RING,		/* a record or index that cannot be */
	RISER_FINDING_MODEL_ERROR,	/* $error */
	RISER_FINDING_MODEL_FATAL,	/* $fatal or assertion */
	RISER_FINDING_MODEL_STOP,	/* $stop */
	RISER_FINDING_MODEL_FINISH,	/* $finish */
	RISER_FINDING_MODEL_BROKEN,	/* the model broke its contract */
	RISER_FINDING_REFUSED,		/* card request that the host does not serve */
	RISER_FINDING_OTHER,		/* from an observer */
	RISER_FINDING_GUEST,		/* the guest's kernel: warning, oops, hung task */
	RISER_FINDING_SCRIPT,		/* a check of the guest's script failed */
	RISER_FINDING_MARK,		/* `riser mark`: no failure, as all that follow */
	RISER_FINDING_TLP_MATCH,	/* a TLP that was looked for */
	RISER_FINDING_GUEST_LOG,	/* a line of the guest's log that was looked for */
	RISER_FINDING_RECOVERY,		/* the driver handles an error */
	RISER_FINDING_NR,
};

/**
 * struct riser_finding - one failure, or the same failure several times
 * @kind: enum riser_finding_kind
 * @is_error: fails the run
 * @count: how often it was seen; the rest describes the first time
 * @seq: number of the TLP concerned, RISER_NO_SEQ if none
 * @rule: "CPL-10": what an observer's finding broke, "" if none
 * @text: one sentence: what happened
 * @access: the TLP in words, "" if none
 * @function: the driver's function, "" if not known
 * @caller: "cpu 0 pid 41 kworker/u4:2", "" if not known
 * @before: the access before, in words, "" if not known
 * @side: the suspected side: "card", "driver", "host" or "riser"
 * @advice: what to do next
 */
struct riser_finding {
	enum riser_finding_kind kind;
	bool is_error;
	uint32_t count;
	uint64_t cycle;
	uint64_t host_ns;
	uint64_t seq;
	uint64_t addr;
	uint64_t pc;
	uint32_t site;
	char rule[16];
	char text[512];
	char access[RISER_TLP_TEXT_BYTES];
	char function[128];
	char caller[64];
	char before[RISER_TLP_TEXT_BYTES];
	char side[16];
	char advice[256];
};

/* A moment to look at that is no failure: it gets a window, not a verdict. */
RISER_API bool riser_finding_is_trigger(enum riser_finding_kind kind);
RISER_API const char *riser_finding_name(enum riser_finding_kind kind);

#ifdef __cplusplus
}
#endif

#endif /* RISER_FINDING_H */
