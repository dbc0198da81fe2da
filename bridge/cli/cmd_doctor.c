// SPDX-License-Identifier: Apache-2.0
/* riser doctor: can this machine run cards, and if not, what is missing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../super/super.h"
#include "cli.h"

struct need {
	const char *program;
	const char *package;
	const char *what_for;
	bool is_needed;		/* else only a warning */
};

static const struct need needs[] = {
	{ "verilator", "verilator", "builds a model from Verilog", true },
	{ "g++", "g++", "compiles the model", true },
	{ "make", "make", "compiles the model and the module", true },
	{ "qemu-system-x86_64", "qemu-system-x86", "runs the guest", true },
	{ "busybox", "busybox-static", "the guest's tools", true },
	{ "cpio", "cpio", "packs the guest's file system", true },
	{ "modprobe", "kmod", "finds the guest's modules", true },
	{ "xz", "xz-utils", "unpacks the guest's modules", true },
	{ "python3", "python3", "wraps a card with a vendor's interface", true },
	{ "flock", "util-linux", "lets two runs share the cache", true },
	{ "apt-get", "apt", "fetches Debian's kernels", true },
	{ "dpkg-deb", "dpkg", "unpacks them", true },
	{ "ccache", "ccache", "makes rebuilding faster", false },
	{ "gtkwave", "gtkwave", "shows waveforms", false },
	{ "tshark", "tshark", "shows run.pcapng", false },
};

#define NR_NEEDS (sizeof(needs) / sizeof(needs[0]))

static bool is_in_path(const char *program)
{
	char *dirs = strdup(getenv("PATH") ? getenv("PATH") : ""), *rest = dirs;
	char *dir, *path;
	bool found = false;

	while (!found && (dir = strsep(&rest, ":"))) {
		path = riser_path(dir, program);
		found = path && !access(path, X_OK);
		free(path);
	}
	if (!found) {
		path = riser_path("/usr/sbin", program);
		found = path && !access(path, X_OK);
		free(path);
	}
	free(dirs);
	return found;
}

static unsigned int check_programs(bool is_json)
{
	unsigned int nr_missing = 0;
	size_t i;

	for (i = 0; i < NR_NEEDS; i++) {
		bool found = is_in_path(needs[i].program);
		const char *state = found ? "ok" :
				    needs[i].is_needed ? "missing" : "warn";

		if (!found && needs[i].is_needed)
			nr_missing++;
		if (is_json)
			printf("    {\"name\": \"%s\", \"state\": \"%s\", \"package\": \"%s\"}%s\n",
			       needs[i].program, state, needs[i].package,
			       i + 1 < NR_NEEDS ? "," : "");
		else
			printf(" %-8s %-20s %s\n", state, needs[i].program,
			       needs[i].what_for);
	}
	return nr_missing;
}

static void print_cure(void)
{
	size_t i;

	fputs(" cure     apt-get install", stdout);
	for (i = 0; i < NR_NEEDS; i++)
		if (!is_in_path(needs[i].program))
			printf(" %s", needs[i].package);
	fputs("\n", stdout);
}

static bool kvm_works(void)
{
	char *home = riser_home(), *out = NULL;
	char *tool = home ? riser_path(home, "guest/kvm-works") : NULL;
	char *argv[] = { tool, NULL };
	bool works;

	if (tool)
		riser_tool_run(argv, "/dev/null", &out);
	works = out && !strncmp(out, "yes", 3);
	free(out);
	free(tool);
	free(home);
	return works;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *is_json = state->input;

	(void)arg;
	if (key != 'j')
		return ARGP_ERR_UNKNOWN;
	*is_json = true;
	return 0;
}

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "for a script", 0 },
	{ 0 },
};

const struct argp riser_argp_doctor = {
	.options = options, .parser = parse,
	.doc = "Says whether this machine can run cards, and what is missing.",
};

int riser_cmd_doctor(int argc, char **argv)
{
	bool is_json = false, has_kvm;
	unsigned int nr_missing;
	int ret;

	ret = riser_cli_parse(&riser_argp_doctor, argc, argv, &is_json);
	if (ret)
		return ret;
	has_kvm = kvm_works();
	if (is_json)
		printf("{\n  \"kvm\": %s,\n  \"programs\": [\n",
		       has_kvm ? "true" : "false");
	nr_missing = check_programs(is_json);
	if (is_json) {
		printf("  ],\n  \"missing\": %u\n}\n", nr_missing);
	} else {
		printf(" %-8s %-20s %s\n", has_kvm ? "ok" : "warn", "KVM",
		       has_kvm ? "a guest really starts under it" :
		       "no guest starts under it: guests are emulated, slower but complete");
		if (nr_missing)
			print_cure();
	}
	return nr_missing ? RISER_EXIT_ENV : RISER_EXIT_PASS;
}
