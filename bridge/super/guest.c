// SPDX-License-Identifier: Apache-2.0
/* The guest's machine: QEMU's command line. */
#include "super.h"

#include <stdlib.h>
#include <string.h>

static char *ask(char *const argv[])
{
	char *out = NULL;

	if (riser_tool_run(argv, "/dev/null", &out)) {
		free(out);
		return NULL;
	}
	return out;
}

/* Whether a guest really starts under KVM; the device node says little. */
static bool kvm_works(const char *home)
{
	char *tool = riser_path(home, "guest/kvm-works");
	char *argv[] = { tool, NULL };
	char *out = tool ? ask(argv) : NULL;
	bool works = out && !strncmp(out, "yes", 3);

	free(out);
	free(tool);
	return works;
}

static char *ask_qemu_args(const char *home, const char *first,
			   const char *accel, const char *smp)
{
	char *tool = riser_path(home, "guest/qemu-args");
	char *argv[] = { tool, (char *)first, (char *)accel, (char *)smp,
			 NULL };
	char *out = tool ? ask(argv) : NULL;

	free(tool);
	return out;
}

static void add_channel(struct riser_argv *argv, const char *id, int fd)
{
	riser_argv_add(argv, "-chardev");
	riser_argv_add(argv, "socket,id=%s,fd=%d", id, fd);
}

static void add_devices(struct riser_argv *argv, const struct riser_super_config *config)
{
	add_channel(argv, "console", RISER_FD_CONSOLE);
	riser_argv_add(argv, "-serial");
	riser_argv_add(argv, "chardev:console");
	add_channel(argv, "results", RISER_FD_RESULTS);
	riser_argv_add(argv, "-serial");
	riser_argv_add(argv, "chardev:results");
	if (config->shell) {
		/* an interrupt of its own: the third port's usual one is the first's */
		add_channel(argv, "shell", RISER_FD_SHELL);
		riser_argv_add(argv, "-device");
		riser_argv_add(argv, "isa-serial,chardev=shell,index=2,irq=5");
	}
	if (config->time_ratio) {
		add_channel(argv, "qmp", RISER_FD_QMP);
		riser_argv_add(argv, "-mon");
		riser_argv_add(argv, "chardev=qmp,mode=control");
	}
	if (config->local)
		return;
	add_channel(argv, "card", RISER_FD_IVSHMEM);
	riser_argv_add(argv, "-device");
	riser_argv_add(argv, "ivshmem-doorbell,chardev=card,vectors=1");
}

int riser_guest_argv(struct riser_argv *argv,
		     const struct riser_super_config *config,
		     const struct riser_parts *parts, bool *is_kvm)
{
	const char *qemu = getenv("RISER_QEMU"), *accel;
	char *args, *cmdline, smp[16];

	*is_kvm = kvm_works(parts->home);
	accel = *is_kvm ? "kvm" : "tcg";
	snprintf(smp, sizeof(smp), "%u", config->smp);
	args = ask_qemu_args(parts->home, accel, smp, NULL);
	cmdline = ask_qemu_args(parts->home, "--cmdline", accel, NULL);
	if (args && cmdline) {
		cmdline[strcspn(cmdline, "\n")] = '\0';
		riser_argv_add(argv, "%s", qemu ? qemu : "qemu-system-x86_64");
		riser_argv_add_lines(argv, args);
		riser_argv_add(argv, "-kernel");
		riser_argv_add(argv, "%s", parts->vmlinux);
		riser_argv_add(argv, "-initrd");
		riser_argv_add(argv, "%s", parts->initramfs);
		riser_argv_add(argv, "-append");
		riser_argv_add(argv, "%s", cmdline);
		add_devices(argv, config);
	}
	free(args);
	free(cmdline);
	return argv->failed || !argv->nr ? RISER_EXIT_ENV : 0;
}
