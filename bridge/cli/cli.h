/* SPDX-License-Identifier: Apache-2.0 */
/* The riser command: one function for each sub-command. */
#ifndef RISER_CLI_H
#define RISER_CLI_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "../version.h"

/**
 * struct riser_command - a sub-command
 * @name: as typed
 * @summary: one line for the list; NULL hides the command
 * @run: argv[0] is "riser NAME"; returns the exit code
 * @argp: its options, for help, completions and man pages
 */
struct riser_command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
	const struct argp *argp;
};

/* commands.c: all of them, behind the last one @name is NULL. */
extern const struct riser_command riser_commands[];
const struct riser_command *riser_command_find(const char *name);
/* The option of that name or, where it is one letter, of that key; or NULL. */
const struct argp_option *riser_option_find(const struct argp *argp,
					    const char *name);

/* globals.c: options before the command's name. */
extern const struct argp_option riser_global_options[];
/*
 * Reads them, and RISER_* of the environment; argv[*at] becomes the first word
 * behind them. 0, or an exit code after a sentence.
 */
int riser_globals_read(int argc, char **argv, int *at);
/*
 * Puts those that the command knows before its own words; *argv becomes
 * malloc'ed. 0 or an exit code.
 */
int riser_globals_apply(const struct riser_command *command, int *argc,
			char ***argv);

int riser_cmd_run(int argc, char **argv);
int riser_cmd_shell(int argc, char **argv);
int riser_cmd_init(int argc, char **argv);
int riser_cmd_diff(int argc, char **argv);
int riser_cmd_schema(int argc, char **argv);
int riser_cmd_cover(int argc, char **argv);
int riser_cmd_check(int argc, char **argv);
int riser_cmd_bench(int argc, char **argv);
int riser_cmd_bridge(int argc, char **argv);
int riser_cmd_doctor(int argc, char **argv);
int riser_cmd_replay(int argc, char **argv);
int riser_cmd_report(int argc, char **argv);
int riser_cmd_minimize(int argc, char **argv);
int riser_cmd_test(int argc, char **argv);
int riser_cmd_wave(int argc, char **argv);
int riser_cmd_mark(int argc, char **argv);
int riser_cmd_peek(int argc, char **argv);
int riser_cmd_poke(int argc, char **argv);
int riser_cmd_completions(int argc, char **argv);
int riser_cmd_explain(int argc, char **argv);
int riser_cmd_ls(int argc, char **argv);
int riser_cmd_rm(int argc, char **argv);
int riser_cmd_pack(int argc, char **argv);
int riser_cmd_manual(int argc, char **argv);
extern const struct argp riser_argp_run;
extern const struct argp riser_argp_shell;
extern const struct argp riser_argp_init;
extern const struct argp riser_argp_diff;
extern const struct argp riser_argp_schema;
extern const struct argp riser_argp_cover;
extern const struct argp riser_argp_check;
extern const struct argp riser_argp_bench;
extern const struct argp riser_argp_bridge;
extern const struct argp riser_argp_doctor;
extern const struct argp riser_argp_replay;
extern const struct argp riser_argp_report;
extern const struct argp riser_argp_minimize;
extern const struct argp riser_argp_test;
extern const struct argp riser_argp_wave;
extern const struct argp riser_argp_mark;
extern const struct argp riser_argp_peek;
extern const struct argp riser_argp_poke;
extern const struct argp riser_argp_completions;
extern const struct argp riser_argp_explain;
extern const struct argp riser_argp_ls;
extern const struct argp riser_argp_rm;
extern const struct argp riser_argp_pack;
extern const struct argp riser_argp_manual;
/* riser test, when it has --faults */
int riser_cmd_test_faults(int argc, char **argv);

/*
 * Parses options with argp; a bad option gives one line with the nearest
 * option's name, and exit code 2. Returns 0, or an exit code to end with.
 */
int riser_cli_parse(const struct argp *argp, int argc, char **argv,
		    void *input);
/* A whole number in [min, max]; prints what is wrong otherwise. */
int riser_cli_number(const char *option, const char *text,
		     unsigned long long min, unsigned long long max,
		     unsigned long long *value);

struct riser_fault;
/* One more rule at the end of an array (at most 64); prints what is wrong. */
int riser_cli_fault(const char *text, struct riser_fault **faults,
		    uint32_t *nr);

struct riser_engine_config;
/*
 * --idle: run, stop or pace:RATIO, into @config (NULL: only judged); EBADMSG when
 * told what is wrong.
 */
int riser_cli_idle(const char *arg, struct riser_engine_config *config);

/* --scoreboard: a name that there is, NULL for "none"; EBADMSG when told. */
int riser_cli_scoreboard(const char *arg, const char **name);

struct riser_check_waiver;
/* "RULE[:report]=REASON", cut in place, the same way. */
int riser_cli_waiver(char *text, struct riser_check_waiver **waivers,
		     uint32_t *nr);
/* The rule whose name is nearest, or NULL. */
const char *riser_cli_near_rule(const char *id);
/* Is it the id of a rule of one of them? */
bool riser_cli_is_scoreboard_rule(const char *id);

struct riser_plan;
struct riser_play_config;
struct riser_play_result;
/* riser_play() with the scoreboard that watched the recorded run, if any did. */
int riser_cli_play(struct riser_plan *plan, const struct riser_play_config *config,
		   struct riser_play_result *result, char *error);

/* A fault rule's match, without an action: --trigger-tlp. As riser_cli_fault(). */
int riser_cli_trigger(const char *text, struct riser_fault **matches,
		      uint32_t *nr);

/* A growing list of borrowed strings, always NULL-terminated. */
struct riser_cli_list {
	const char **v;
	size_t nr;
};

int riser_cli_list_add(struct riser_cli_list *list, const char *text);

#endif /* RISER_CLI_H */
