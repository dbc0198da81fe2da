// SPDX-License-Identifier: Apache-2.0
/*
 * usage: kexec load|crash VMLINUZ INITRAMFS COMMAND_LINE
 *        kexec go HOW
 *        kexec mark TEXT
 *
 * load and crash hand another kernel to this one, for when it ends by kexec or by a panic; go
 * ends it by kexec. mark writes a line to the kernel's log with the TSC in it, as go does:
 * that clock goes on from one kernel to the next, the log's own does not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <x86intrin.h>

static int fail(const char *what)
{
	fprintf(stderr, "kexec: %s: %s\n", what, strerror(errno));
	return 1;
}

static int load(const char *vmlinuz, const char *initramfs, const char *line, unsigned long flags)
{
	int kernel_fd = open(vmlinuz, O_RDONLY | O_CLOEXEC), initrd_fd;

	if (kernel_fd < 0)
		return fail(vmlinuz);
	initrd_fd = open(initramfs, O_RDONLY | O_CLOEXEC);
	if (initrd_fd < 0)
		return fail(initramfs);
	if (syscall(SYS_kexec_file_load, kernel_fd, initrd_fd, strlen(line) + 1, line, flags))
		return fail("kexec_file_load");
	return 0;
}

static int mark(const char *text)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC), bytes;
	char line[200];

	if (fd < 0)
		return fail("/dev/kmsg");
	bytes = snprintf(line, sizeof(line), "<5>pciem_kexec: tsc %llu %.100s",
			 (unsigned long long)__rdtsc(), text);
	/* one write is one line */
	if (write(fd, line, (size_t)bytes) != bytes)
		return fail("/dev/kmsg");
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc == 5 && !strcmp(what, "load"))
		return load(argv[2], argv[3], argv[4], 0);
	if (argc == 5 && !strcmp(what, "crash"))
		return load(argv[2], argv[3], argv[4], KEXEC_FILE_ON_CRASH);
	if (argc == 3 && !strcmp(what, "mark"))
		return mark(argv[2]);
	if (argc == 3 && !strcmp(what, "go")) {
		char text[64];

		snprintf(text, sizeof(text), "goes down, %s", argv[2]);
		if (mark(text))
			return 1;
		syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			LINUX_REBOOT_CMD_KEXEC, NULL);
		return fail("reboot");
	}
	fprintf(stderr, "usage: kexec load|crash VMLINUZ INITRAMFS COMMAND_LINE\n"
			"       kexec go HOW | mark TEXT\n");
	return 2;
}
