// SPDX-License-Identifier: Apache-2.0
/*
 * riser mark TEXT: on the machine of the driver. The module sends the text down
 * the ring of requests, so it has a place among them. guest/riser is the same for
 * guests that have no riser.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../super/super.h"
#include "cli.h"

#define MARKS		"/sys/kernel/debug/pciem/link*/mark"
#define MAX_BYTES	255

struct mark_args {
	char text[MAX_BYTES + 1];
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct mark_args *a = state->input;
	size_t used = strlen(a->text);

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (used + strlen(arg) + 2 > sizeof(a->text)) {
		fprintf(stderr, "riser: error: a mark has at most %d characters\n",
			MAX_BYTES);
		return EBADMSG;
	}
	snprintf(a->text + used, sizeof(a->text) - used, "%s%s",
		 used ? " " : "", arg);
	return 0;
}

const struct argp riser_argp_mark = {
	.parser = parse,
	.args_doc = "TEXT...",
	.doc = "Marks this moment: on the machine whose driver uses the card, with the pciem module loaded and debugfs "
	       "mounted. The mark gets a window (`riser wave --at trigger-1`).",
};

static int write_mark(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0 || write(fd, text, strlen(text)) < 0) {
		fprintf(stderr, "riser: error: %s: %s\n", path,
			strerror(errno));
		ret = RISER_EXIT_ENV;
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

int riser_cmd_mark(int argc, char **argv)
{
	struct mark_args a = { .text = "" };
	glob_t found;
	size_t i;
	int ret;

	ret = riser_cli_parse(&riser_argp_mark, argc, argv, &a);
	if (ret)
		return ret;
	if (!a.text[0]) {
		fprintf(stderr, "riser: error: no text: `riser mark TEXT`\n");
		return RISER_EXIT_USAGE;
	}
	if (glob(MARKS, 0, NULL, &found)) {
		fprintf(stderr, "riser: error: no card is plugged in here: no " MARKS "\n"
			"riser: help: as root, on the driver's machine, with debugfs mounted and the module pciem loaded\n");
		return RISER_EXIT_ENV;
	}
	for (i = 0; !ret && i < found.gl_pathc; i++)
		ret = write_mark(found.gl_pathv[i], a.text);
	globfree(&found);
	return ret;
}
