/* SPDX-License-Identifier: Apache-2.0 */
/* `riser run -- CMD...`: a command instead of a script. */
#ifndef RISER_CLI_RUNCMD_H
#define RISER_CLI_RUNCMD_H

/**
 * struct riser_runcmd - the words behind "--"
 * @words: NULL-terminated, borrowed; NULL: there is no "--"
 * @nr: of them
 */
struct riser_runcmd {
	char **words;
	int nr;
};

/* Takes "--" and what is behind it off the command line. */
void riser_runcmd_take(struct riser_runcmd *cmd, int *argc, char **argv);
/* A program of this machine, which the guest then needs; NULL: a function, or a path. */
const char *riser_runcmd_program(const struct riser_runcmd *cmd);
/*
 * The script that the command is (one word, a file with a '/' in its name), or one
 * that attaches the card and runs the command as a check. That stays in the cache, so
 * that run.yaml can name it. Malloc'ed absolute path; NULL after a sentence.
 */
char *riser_runcmd_script(const struct riser_runcmd *cmd);

#endif /* RISER_CLI_RUNCMD_H */
