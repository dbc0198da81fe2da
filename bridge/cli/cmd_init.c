// SPDX-License-Identifier: Apache-2.0
/* riser init: a project file to begin with; riser schema: what may be in it. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../diagnostic.h"
#include "../project/project.h"
#include "../super/super.h"
#include "cli.h"

enum { OPT_TOP = 256, OPT_DRIVER, OPT_EDAM, OPT_INTERFACE, OPT_EXAMPLE };

static const struct argp_option options[] = {
	{ "files", 'f', "FILE", 0, "file list of the RTL (as verilator -f)", 1 },
	{ "top", OPT_TOP, "MODULE", 0, "top module, with the ports of docs/tlp-port.md", 1 },
	{ "from-edam", OPT_EDAM, "FILE", 0, "the card of an EDAM file (FuseSoC's *.eda.yml)", 1 },
	{ "interface", OPT_INTERFACE, "NAME", 0, "what the top has instead of the TLP port: the user side of a PCIe block", 1 },
	{ "driver", OPT_DRIVER, "NAME|PATH", 0, "what drives the card: a module of the guest kernel, or the path of a .ko or a folder to build", 1 },
	{ "example", OPT_EXAMPLE, "NAME", 0, "a whole project instead, with RTL and driver: gpio", 2 },
	{ 0 },
};

struct init_args {
	const char *dir, *files, *top, *driver, *edam, *interface, *example;
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
	case OPT_EDAM:
		a->edam = arg;
		return 0;
	case OPT_INTERFACE:
		a->interface = arg;
		return 0;
	case OPT_EXAMPLE:
		a->example = arg;
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
	.doc = "Writes riser.yaml, smoke.sh and .gitignore into FOLDER (the current one); nothing is overwritten. Then: `riser run`.",
};

static const char script[] =
	"# SPDX-License-Identifier: Apache-2.0\n"
	"# Runs in the guest (functions: guest/card.sh and guest/lib.sh of riser).\n"
	". /riser/card.sh\n\n"
	"riser_attach || exit 1\n"
	"riser_check config-space lspci -s \"$(riser_card)\" -vv\n";

static int taken(const char *path)
{
	fprintf(stderr, "riser: error: %s: %s\n", path, strerror(errno));
	if (errno == EEXIST)
		fputs("riser: help: nothing is overwritten; `riser init FOLDER` writes elsewhere\n", stderr);
	return RISER_EXIT_USAGE;
}

/* 0, or an exit code after a sentence. */
static int create(const char *dir, const char *name, const char *text)
{
	char *path = riser_path(dir, name);
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			     0666) : -1;
	int ret = 0;

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		ret = taken(path ? path : name);
	} else {
		printf("wrote %s\n", path);
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return ret;
}

/* Those that there are have a folder with a wrapper in rtl/shim. */
static bool is_interface(const char *name)
{
	char *home = riser_home(), *wrap = NULL;
	bool ret;

	ret = !strcmp(name, "tlp") ||
	      (!strchr(name, '/') && home &&
	       asprintf(&wrap, "%s/rtl/shim/%s/wrap", home, name) >= 0 && !access(wrap, X_OK));
	free(wrap);
	free(home);
	return ret;
}

static int no_interface(const char *name)
{
	char *home = riser_home(), *pattern = home ? riser_path(home, "rtl/shim/*/wrap") : NULL;
	const char *names[32] = { "tlp" }, *near;
	glob_t found = { 0 };
	size_t i, nr = 1;

	if (pattern && !glob(pattern, 0, NULL, &found))
		for (i = 0; i < found.gl_pathc && nr < 31; i++)
			names[nr++] = basename(dirname(found.gl_pathv[i]));
	fprintf(stderr, "riser: error: --interface=%s: there is no such interface", name);
	near = riser_nearest(name, names);
	/* the beginning of several */
	for (i = 0; i < nr && !near && *name; i++)
		if (!strncmp(names[i], name, strlen(name)))
			near = names[i];
	if (near)
		fprintf(stderr, "; did you mean '%s'?", near);
	fputs("\nriser: help: there are", stderr);
	for (i = 0; i < nr; i++)
		fprintf(stderr, "%s %s", i ? "," : "", names[i]);
	fputs(" (docs/interfaces.md)\n", stderr);
	globfree(&found);
	free(pattern);
	free(home);
	return RISER_EXIT_USAGE;
}

static int no_file(const char *option, const char *path)
{
	fprintf(stderr, "riser: error: %s=%s: %s\n", option, path, strerror(errno));
	return RISER_EXIT_USAGE;
}

/* Before anything is written. */
static int check(const struct init_args *a)
{
	int ret = 0;

	if (a->example && (a->files || a->edam || a->top || a->driver || a->interface)) {
		fprintf(stderr, "riser: error: --example: an example has a card and a driver of its own\n");
		ret = RISER_EXIT_USAGE;
	} else if (a->files && a->edam) {
		fprintf(stderr, "riser: error: -f and --from-edam: give one\n");
		ret = RISER_EXIT_USAGE;
	} else if (a->edam && access(a->edam, R_OK)) {
		ret = no_file("--from-edam", a->edam);
	} else if (a->files && access(a->files, R_OK)) {
		ret = no_file("--files", a->files);
	} else if (a->driver && strchr(a->driver, '/') && access(a->driver, R_OK)) {
		ret = no_file("--driver", a->driver);
	} else if (a->interface && !is_interface(a->interface)) {
		ret = no_interface(a->interface);
	}
	return ret;
}

static int make_dir(const char *dir)
{
	if (!mkdir(dir, 0777) || errno == EEXIST)
		return 0;
	fprintf(stderr, "riser: error: %s: %s\n", dir, strerror(errno));
	return RISER_EXIT_USAGE;
}

/* A path of the command line, as the project file in @dir has to say it. */
static char *absolute(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : strdup(path);
}

/* What a block's configuration space has to say, to be changed. */
static const char config[] =
	"  # configuration space of the PCIe block: docs/interfaces.md\n"
	"  config:\n"
	"    vendor: 0x1e50\n"
	"    device: 0x0001\n"
	"    class: 0xff0000\n"
	"    bars: [{index: 0, size: 4KiB, type: mem64}]\n";

static bool has_config(const struct init_args *a)
{
	return a->interface && strcmp(a->interface, "tlp") && strcmp(a->interface, "board");
}

static char *compose(const struct init_args *a)
{
	char *path = a->edam || a->files ? absolute(a->edam ? a->edam : a->files) : NULL;
	const char *driver = a->driver ? a->driver : "my_driver";
	bool is_path = strchr(driver, '/') != NULL;
	char *driver_path = is_path ? absolute(driver) : NULL, *yaml = NULL;

	if (asprintf(&yaml, "# What a run is made of; `riser schema` lists every key.\n"
		     "riser: 1\n"
		     "name: smoke\n"
		     "card:\n"
		     "  %s: %s\n"
		     "%s  top: %s\n"
		     "%s%s%s%s"
		     "driver:\n"
		     "  %s: %s\n"
		     "guest:\n"
		     "  kernel: \"6.1\"\n"
		     "  script: smoke.sh\n"
		     "  programs: [lspci]\n"
		     "  timeout: 2m\n"
		     "# faults:\n"
		     "#   - to-host type=CplD bar=0 nth=3 : drop\n"
		     "# waivers:\n"
		     "#   - {rule: CPL-10, reason: fixed in the next spin, until: 2027-01-31}\n",
		     a->edam ? "edam" : "files",
		     path ? path : "rtl/files.f",
		     a->edam && !a->top ? "  # " : "", a->top ? a->top : "my_card",
		     a->interface ? "endpoint:\n  interface: " : "",
		     a->interface ? a->interface : "", a->interface ? "\n" : "",
		     has_config(a) ? config : "",
		     is_path ? "path" : "name", is_path ? driver_path : driver) < 0)
		yaml = NULL;
	free(path);
	free(driver_path);
	return yaml;
}

static int write_files(const struct init_args *a, const char *dir)
{
	char *yaml = compose(a);
	int ret = yaml ? create(dir, "riser.yaml", yaml) : RISER_EXIT_ENV;

	free(yaml);
	return ret ? ret : create(dir, "smoke.sh", script);
}

/* The names of the folders with a riser.yaml in them, for the message. */
static int no_example(const char *examples, const char *name)
{
	char *pattern = riser_path(examples, "*/riser.yaml");
	glob_t found = { 0 };
	size_t i;

	fprintf(stderr, "riser: error: no example '%s':", name);
	if (pattern && !glob(pattern, 0, NULL, &found))
		for (i = 0; i < found.gl_pathc; i++)
			fprintf(stderr, " %s", basename(dirname(found.gl_pathv[i])));
	fputs("\n", stderr);
	globfree(&found);
	free(pattern);
	return RISER_EXIT_USAGE;
}

static int copy_example(const char *name, const char *dir)
{
	char *home = riser_home(), *examples = home ? riser_path(home, "examples") : NULL;
	char *from = NULL, *yaml = NULL, *there = riser_path(dir, "riser.yaml");
	struct riser_argv argv = { 0 };
	int ret = RISER_EXIT_ENV;

	if (!examples || !there || asprintf(&from, "%s/%s/.", examples, name) < 0)
		goto out;
	yaml = riser_path(from, "riser.yaml");
	if (!yaml || strchr(name, '/') || access(yaml, R_OK)) {
		ret = no_example(examples, name);
	} else if (!access(there, F_OK)) {
		errno = EEXIST;
		ret = taken(there);
	} else {
		riser_argv_add(&argv, "cp");
		riser_argv_add(&argv, "-R");
		riser_argv_add(&argv, "%s", from);
		riser_argv_add(&argv, "%s", dir);
		ret = argv.failed || riser_tool_run(argv.v, NULL, NULL) ? RISER_EXIT_ENV : 0;
		if (!ret)
			printf("wrote the example %s to %s\n", name, dir);
		riser_argv_fini(&argv);
	}
out:
	free(yaml);
	free(from);
	free(there);
	free(examples);
	free(home);
	return ret;
}

/* What the file has that is not the user's yet, and the command. */
static void say_next(const struct init_args *a)
{
	const char *driver = a->driver ? "" : ", driver.name";

	fputs("next    ", stdout);
	if (a->dir)
		printf("cd %s; ", a->dir);
	if (!a->example && !a->files && !a->edam)
		printf("set card.files, card.top%s in riser.yaml; ", driver);
	else if (!a->example && (!a->top || !a->driver))
		printf("set %s%s in riser.yaml; ", a->top ? "driver.name" : "card.top", a->top ? "" : driver);
	puts("riser run");
}

static int init(const struct init_args *a)
{
	const char *dir = a->dir ? a->dir : ".";
	char *ignore;
	int ret = check(a);

	if (!ret)
		ret = make_dir(dir);
	if (!ret)
		ret = a->example ? copy_example(a->example, dir) : write_files(a, dir);
	if (ret)
		return ret;
	/* one that is there is the user's */
	ignore = riser_path(dir, ".gitignore");
	if (ignore && access(ignore, F_OK))
		ret = create(dir, ".gitignore", "/riser-out/\n");
	free(ignore);
	if (!ret)
		say_next(a);
	return ret;
}

int riser_cmd_init(int argc, char **argv)
{
	struct init_args a = { 0 };
	int ret = riser_cli_parse(&riser_argp_init, argc, argv, &a);

	return ret ? ret : init(&a);
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
