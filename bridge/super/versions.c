// SPDX-License-Identifier: Apache-2.0
/* versions.txt of a run: with which programs it was made, for whoever gets it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "../version.h"
#include "verdict.h"

/* First line of what a program says of itself. */
static void put_program(FILE *f, const char *name, const char *program)
{
	char *argv[] = { (char *)program, "--version", NULL }, *said = NULL;

	if (!riser_tool_run(argv, "/dev/null", &said) && said && *said)
		fprintf(f, "%-10s %.*s\n", name, (int)strcspn(said, "\n"), said);
	else
		fprintf(f, "%-10s -\n", name);
	free(said);
}

/* NAME="..." of os-release. */
static void put_host(FILE *f)
{
	char line[256], name[200] = "";
	FILE *os = fopen("/etc/os-release", "re");
	struct utsname host;

	while (os && fgets(line, sizeof(line), os))
		if (sscanf(line, "PRETTY_NAME=\"%199[^\"]", name) == 1)
			break;
	if (os)
		fclose(os);
	if (!uname(&host))
		fprintf(f, "%-10s %s %s %s, %s\n", "host", host.sysname, host.release,
			host.machine, *name ? name : "?");
}

void riser_versions_write(const struct riser_live *live, const char *engine)
{
	const char *qemu = getenv("RISER_QEMU");
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return;
	fprintf(f, "%-10s %s\n", "riser", RISER_VERSION);
	put_host(f);
	fprintf(f, "%-10s Linux %s (%s)\n", "guest", live->parts.release,
		live->is_kvm ? "KVM" : "TCG");
	fprintf(f, "%-10s %s\n", "model", engine ? engine : "-");
	put_program(f, "qemu", qemu ? qemu : "qemu-system-x86_64");
	put_program(f, "verilator", "verilator");
	put_program(f, "c++", "c++");
	if (!fclose(f))
		(void)riser_rundir_write(live->dir, "versions.txt", text);
	free(text);
}
