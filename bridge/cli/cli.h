/* SPDX-License-Identifier: Apache-2.0 */
/* The riser command: one function for each sub-command. */
#ifndef RISER_CLI_H
#define RISER_CLI_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#define RISER_VERSION "0.1"

/**
 * struct riser_command - a sub-command
 * @name: as typed
 * @summary: one line for the list; NULL hides the command
 * @run: argv[0] is "riser NAME"; returns the exit code
 */
struct riser_command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

int riser_cmd_run(int argc, char **argv);
int riser_cmd_init(int argc, char **argv);
int riser_cmd_schema(int argc, char **argv);
int riser_cmd_check(int argc, char **argv);
int riser_cmd_bridge(int argc, char **argv);
int riser_cmd_doctor(int argc, char **argv);
int riser_cmd_replay(int argc, char **argv);
int riser_cmd_report(int argc, char **argv);
int riser_cmd_minimize(int argc, char **argv);
int riser_cmd_test(int argc, char **argv);
int riser_cmd_wave(int argc, char **argv);
int riser_cmd_mark(int argc, char **argv);
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
