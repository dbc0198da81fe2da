// SPDX-License-Identifier: Apache-2.0
/* riser init: a project file to begin with; riser schema: what may be in it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../project/project.h"
#include "../super/super.h"
#include "cli.h"

enum { OPT_TOP = 256, OPT_DRIVER };

static const struct argp_option options[] = {
	{ "files", 'f', "FILE", 0, "file list of the RTL (as verilator -f)", 1 },
	{ "top", OPT_TOP, "MODULE", 0, "top module, with the ports of docs/tlp-port.md", 1 },
	{ "driver", OPT_DRIVER, "NAME", 0, "module of the guest kernel that drives the card", 1 },
	{ 0 },
};

struct init_args {
	const char *dir, *files, *top, *driver;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct init_args *a = state->input;

	switch (key) {
	case 'f':
		a->files = arg;
		return 0;
	case OPT_TOP:
		a->top = arg;
		return 0;
	case OPT_DRIVER:
		a->driver = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (a->dir) {
			fprintf(stderr, "riser: error: two folders, %s and %s: give one\n",
				a->dir, arg);
			return EBADMSG;
		}
		a->dir = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp riser_argp_init = {
	.options = options,
	.parser = parse,
	.args_doc = "[FOLDER]",
	.doc = "Writes riser.yaml and smoke.sh into FOLDER (the current one); nothing is overwritten. Then: `riser run`.",
};

static const char script[] =
	"# SPDX-License-Identifier: Apache-2.0\n"
	"# Runs in the guest (functions: guest/card.sh and guest/lib.sh of riser).\n"
	". /riser/card.sh\n\n"
	"riser_attach || exit 1\n"
	"riser_check config-space lspci -s \"$(riser_card)\" -vv\n";

/* 0, or an exit code after a sentence. */
static int create(const char *dir, const char *name, const char *text)
{
	char *path = riser_path(dir, name);
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			     0666) : -1;
	int ret = 0;

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		fprintf(stderr, "riser: error: %s: %s\n", path ? path : name,
			strerror(errno));
		ret = RISER_EXIT_USAGE;
	} else {
		printf("wrote %s\n", path);
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return ret;
}

static int write_files(const struct init_args *a)
{
	const char *dir = a->dir ? a->dir : ".";
	char *yaml;
	int ret;

	if (mkdir(dir, 0777) && errno != EEXIST) {
		fprintf(stderr, "riser: error: %s: %s\n", dir, strerror(errno));
		return RISER_EXIT_USAGE;
	}
	if (asprintf(&yaml, "# What a run is made of; `riser schema` lists every key.\n"
		     "riser: 1\n"
		     "name: smoke\n"
		     "card:\n"
		     "  files: %s\n"
		     "  top: %s\n"
		     "driver:\n"
		     "  name: %s\n"
		     "guest:\n"
		     "  kernel: \"6.1\"\n"
		     "  script: smoke.sh\n"
		     "  programs: [lspci]\n"
		     "  timeout: 2m\n"
		     "# faults:\n"
		     "#   - to-host type=CplD bar=0 nth=3 : drop\n"
		     "# waivers:\n"
		     "#   - {rule: CPL-10, reason: fixed in the next spin, until: 2027-01-31}\n",
		     a->files ? a->files : "rtl/files.f",
		     a->top ? a->top : "my_card",
		     a->driver ? a->driver : "my_driver") < 0)
		return RISER_EXIT_ENV;
	ret = create(dir, "riser.yaml", yaml);
	free(yaml);
	return ret ? ret : create(dir, "smoke.sh", script);
}

int riser_cmd_init(int argc, char **argv)
{
	struct init_args a = { 0 };
	int ret = riser_cli_parse(&riser_argp_init, argc, argv, &a);

	return ret ? ret : write_files(&a);
}

const struct argp riser_argp_schema = {
	.doc = "Prints the JSON schema of riser.yaml, for editors.",
};

int riser_cmd_schema(int argc, char **argv)
{
	int ret = riser_cli_parse(&riser_argp_schema, argc, argv, NULL);

	if (ret)
		return ret;
	riser_project_schema(stdout);
	return RISER_EXIT_PASS;
}
