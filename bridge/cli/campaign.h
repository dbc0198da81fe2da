/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fault campaign: a list of faults, each with one run of its own.
 *
 *	# comment
 *	NAME [expect=OUTCOME[,OUTCOME]] RULE
 */
#ifndef RISER_CLI_CAMPAIGN_H
#define RISER_CLI_CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <riser/fault.h>

/* What a driver did. */
enum riser_outcome {
	RISER_OUTCOME_NONE = 0,		/* not run yet */
	RISER_OUTCOME_RECOVERED,	/* its user saw nothing wrong */
	RISER_OUTCOME_FAILED,		/* failed cleanly: its user was told */
	RISER_OUTCOME_HUNG,
	RISER_OUTCOME_OOPS,		/* or a warning of the kernel */
	RISER_OUTCOME_CORRUPTION,	/* wrong data, and nobody was told */
	RISER_OUTCOME_NOT_HIT,		/* the rule never fired */
	RISER_NR_OUTCOMES,
};

/**
 * struct riser_campaign_case - one fault
 * @expect: bits of the outcomes that pass
 * @cycle: of the first injection
 * @from_riser: the kernel's warning is about pciem
 * @was_kept: the result is of an earlier call
 */
struct riser_campaign_case {
	char name[48];
	char rule[RISER_FAULT_TEXT_BYTES];
	uint32_t expect;
	enum riser_outcome outcome;
	char detail[256];
	char dir[512];
	char access[256];
	uint64_t cycle;
	uint64_t injected;
	uint32_t nr_findings;
	double seconds;
	bool from_riser;
	bool was_kept;
};

struct riser_campaign {
	struct riser_campaign_case *c;
	size_t nr;
};

const char *riser_outcome_name(enum riser_outcome outcome);
enum riser_outcome riser_outcome_find(const char *name);
static inline bool riser_campaign_is_ok(const struct riser_campaign_case *c)
{
	return c->expect >> c->outcome & 1;
}

/* @path "builtin" is the list of campaign_builtin.c. An exit code; says why. */
int riser_campaign_read(const char *path, struct riser_campaign *campaign);
void riser_campaign_free(struct riser_campaign *campaign);
extern const char riser_campaign_builtin[];

/* campaign_result.c */

/* Fills what happened from the run's directory; @code: of `riser run`. */
void riser_campaign_judge(struct riser_campaign_case *c, const char *run_dir,
			  int code);
/* An earlier result of the same rule; false: there is none. */
bool riser_campaign_load(struct riser_campaign_case *c, const char *dir);
int riser_campaign_save(const struct riser_campaign_case *c, const char *dir);
/* faults.md, faults.json, junit.xml in @dir; 0 or -errno. */
int riser_campaign_write(const struct riser_campaign *campaign,
			 const char *dir);

#endif /* RISER_CLI_CAMPAIGN_H */
