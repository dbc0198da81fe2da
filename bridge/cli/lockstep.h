/* SPDX-License-Identifier: Apache-2.0 */
/* --reference: lock-step with a model, live and on a recorded run. */
#ifndef RISER_CLI_LOCKSTEP_H
#define RISER_CLI_LOCKSTEP_H

#include <stdbool.h>

#include <riser/lockstep.h>

#include "cli.h"
#include "runref.h"

/**
 * struct riser_cli_reference - what the options say
 * @model: model.so, or NULL: no lock-step
 * @plusargs: for it
 * @rules: registers whose value may differ, as text
 */
struct riser_cli_reference {
	const char *model;
	struct riser_cli_list plusargs;
	struct riser_cli_list rules;
	struct riser_lockstep_rule *parsed;
	uint32_t nr_parsed;
	unsigned long long patience;
};

enum {
	OPT_REFERENCE = 0x7000, OPT_REFERENCE_PLUSARG, OPT_REFERENCE_PATIENCE, OPT_MAY_DIFFER,
};

/* The options, of a group, for a command's table. */
#define RISER_CLI_REFERENCE_OPTIONS(group) \
	{ "reference", OPT_REFERENCE, "MODEL", 0, "compare with this model.so in lock-step (docs/lockstep.md)", group }, \
	{ "reference-plusarg", OPT_REFERENCE_PLUSARG, "+ARG", 0, "for the reference; may be repeated", group }, \
	{ "may-differ", OPT_MAY_DIFFER, "RULE", 0, "what may differ: 'bar0 0x1c', 'config 0x104-0x12f mask 0xff', 'identify 24-63'; may be repeated", group }, \
	{ "reference-patience", OPT_REFERENCE_PATIENCE, "CYCLES", 0, "that one of the two may be behind the other (1000000)", group }

/* One of the options; ARGP_ERR_UNKNOWN for any other. */
error_t riser_cli_reference_parse(struct riser_cli_reference *reference, int key, char *arg);
void riser_cli_reference_fini(struct riser_cli_reference *reference);
/* 0, or an exit code after a sentence: plusargs and rules need a reference. */
int riser_cli_reference_check(const struct riser_cli_reference *reference);
/* Have both one configuration space? 0, or an exit code after a sentence. */
int riser_cli_reference_compare(const struct riser_cli_reference *reference,
				const struct riser_lockstep_model *rtl);
/* What riser_lockstep_open() wants. */
void riser_cli_reference_config(const struct riser_cli_reference *reference,
				struct riser_lockstep_config *config);

/**
 * struct riser_cli_recorded - a recorded run before a reference
 * @own_model: of the run, for the waveform; NULL: found or built
 * @preloads: as in riser_replay_config
 */
struct riser_cli_recorded {
	const struct riser_runref *ref;
	const struct riser_cli_reference *reference;
	const char *own_model;
	const char *const *preloads;
	bool no_waves;
	bool is_quiet;
};

/* Prints the verdict; an exit code. */
int riser_cli_lockstep(const struct riser_cli_recorded *recorded);

#endif /* RISER_CLI_LOCKSTEP_H */
