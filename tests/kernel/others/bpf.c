// SPDX-License-Identifier: Apache-2.0
/*
 * BPF programs that read kernel memory (H21): by helpers, and by a load that the
 * verifier takes for one through a pointer of the kernel's. That one is an instruction of
 * the translated program with an entry in an exception table of its own, or the
 * interpreter's copy; the pointer is one of the task's fields that a system call sets to
 * anything.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "reads.h"

#define R(n)	BPF_REG_##n
#define INSN(c, d, s, o, i) \
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })
#define MOV_REG(d, s)		INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOV_IMM(d, i)		INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ADD_IMM(d, i)		INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define ST_IMM(size, d, o, i)	INSN(BPF_ST | BPF_MEM | (size), d, 0, o, i)
#define STORE(d, o, s)		INSN(BPF_STX | BPF_MEM | BPF_DW, d, s, o, 0)
#define LOAD(d, s, o)		INSN(BPF_LDX | BPF_MEM | BPF_DW, d, s, o, 0)
#define CALL(f)			INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define JNE_IMM(d, i, o)	INSN(BPF_JMP | BPF_JNE | BPF_K, d, 0, o, i)
#define EXIT()			INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
/* the value of the map's only key; a program ends here when there is none */
#define MAP_VALUE_TO_R6(map) \
	ST_IMM(BPF_W, R(10), -4, 0), MOV_REG(R(2), R(10)), ADD_IMM(R(2), -4), \
	LD_IMM64(R(1), BPF_PSEUDO_MAP_FD, map), CALL(BPF_FUNC_map_lookup_elem), \
	JNE_IMM(R(0), 0, 1), EXIT(), MOV_REG(R(6), R(0))
#define LD_IMM64(d, s, v)	INSN(BPF_LD | BPF_DW | BPF_IMM, d, s, 0, (int32_t)(v)), \
				INSN(0, 0, 0, 0, (int32_t)((uint64_t)(v) >> 32))

/* What a program leaves in its map. */
struct result {
	int64_t ret;
	uint64_t data, runs;
};

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int map_create(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = sizeof(struct result),
		.max_entries = 1,
	};

	return (int)bpf(BPF_MAP_CREATE, &attr);
}

static struct result result_of(int map)
{
	struct result result = { 0 };
	uint32_t key = 0;
	union bpf_attr attr = { 0 };

	attr.map_fd = (uint32_t)map;
	attr.key = (uint64_t)&key;
	attr.value = (uint64_t)&result;
	bpf(BPF_MAP_LOOKUP_ELEM, &attr);
	return result;
}

static int load(const struct bpf_insn *insns, size_t nr)
{
	static char log[65536];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT, .insns = (uint64_t)insns, .insn_cnt = (uint32_t)nr,
		.license = (uint64_t)"GPL", .log_buf = (uint64_t)log, .log_size = sizeof(log), .log_level = 1,
	};
	int fd = (int)bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0)
		check("bpf_load", false, *log ? log : strerror(errno));
	return fd;
}

static bool run(int prog)
{
	union bpf_attr attr = { 0 };

	attr.test.prog_fd = (uint32_t)prog;
	return !bpf(BPF_PROG_TEST_RUN, &attr);
}

/* For each system call of the machine, while it is attached; @nr of ours. */
static bool run_at_calls(int prog, unsigned int nr)
{
	union bpf_attr attr = { 0 };
	int link;

	attr.raw_tracepoint.name = (uint64_t)"sys_enter";
	attr.raw_tracepoint.prog_fd = (uint32_t)prog;
	link = (int)bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
	if (link < 0)
		return false;
	while (nr--)
		syscall(SYS_getppid);
	close(link);
	return true;
}

/* A program that calls @helper(destination, 8, @address) and tells its map what came. */
static int helper_prog(int map, int helper, uint64_t address)
{
	const struct bpf_insn insns[] = {
		MAP_VALUE_TO_R6(map),
		ST_IMM(BPF_DW, R(10), -16, 0x5a5a5a5a),
		MOV_REG(R(1), R(10)), ADD_IMM(R(1), -16),
		MOV_IMM(R(2), 8),
		LD_IMM64(R(3), 0, address),
		CALL(helper),
		STORE(R(6), 0, R(0)),
		LOAD(R(1), R(10), -16), STORE(R(6), 8, R(1)),
		LOAD(R(1), R(6), 16), ADD_IMM(R(1), 1), STORE(R(6), 16, R(1)),
		MOV_IMM(R(0), 0),
		EXIT(),
	};

	return load(insns, sizeof(insns) / sizeof(insns[0]));
}

/* One that loads task->robust_list->futex_offset, which is 8 bytes behind the pointer. */
static int load_prog(int map, int16_t list_off)
{
	const struct bpf_insn insns[] = {
		MAP_VALUE_TO_R6(map),
		CALL(BPF_FUNC_get_current_task_btf),
		LOAD(R(7), R(0), list_off),
		LOAD(R(8), R(7), 8),
		STORE(R(6), 8, R(8)),
		LOAD(R(1), R(6), 16), ADD_IMM(R(1), 1), STORE(R(6), 16, R(1)),
		MOV_IMM(R(0), 0),
		EXIT(),
	};

	return load(insns, sizeof(insns) / sizeof(insns[0]));
}

/* ---- where a field of a structure is, by the kernel's own description ---- */

static size_t after(const struct btf_type *t)
{
	unsigned int n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT: return 4;
	case BTF_KIND_ARRAY: return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION: return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM: return n * sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO: return n * sizeof(struct btf_param);
	case BTF_KIND_VAR: return sizeof(struct btf_var);
	case BTF_KIND_DATASEC: return n * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG: return 4;
	case BTF_KIND_ENUM64: return n * 12;
	default: return 0;
	}
}

/* In bytes, or -1. */
static int field_offset(const char *type, const char *field)
{
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC), found = -1;
	size_t have = 0, bytes = 64u << 20;
	char *file = malloc(bytes);
	const struct btf_header *h = (const void *)file;
	const char *at, *end, *names;
	ssize_t n;

	while (file && fd >= 0 && have < bytes && (n = read(fd, file + have, bytes - have)) > 0)
		have += (size_t)n;
	close(fd);
	if (have < sizeof(*h) || h->magic != BTF_MAGIC) {
		free(file);
		return -1;
	}
	at = file + h->hdr_len + h->type_off;
	end = at + h->type_len;
	names = file + h->hdr_len + h->str_off;
	while (at < end && found < 0) {
		const struct btf_type *t = (const void *)at;
		const struct btf_member *m = (const void *)(t + 1);

		if (BTF_INFO_KIND(t->info) == BTF_KIND_STRUCT && !strcmp(names + t->name_off, type))
			for (unsigned int i = 0; i < BTF_INFO_VLEN(t->info); i++)
				if (!strcmp(names + m[i].name_off, field))
					found = (int)(m[i].offset & 0xffffff) / 8;
		at += sizeof(*t) + after(t);
	}
	free(file);
	return found;
}

/* ---- the cases ---- */

static void expect(const char *name, struct result got, int64_t ret, uint64_t data, uint64_t runs)
{
	char saw[128];

	snprintf(saw, sizeof(saw), "returned %lld, read 0x%llx, %llu runs", (long long)got.ret,
		 (unsigned long long)got.data, (unsigned long long)got.runs);
	check(name, got.ret == ret && got.data == data && got.runs >= runs, saw);
}

static void helper(const char *name, int nr, uint64_t address, int64_t ret, uint64_t data)
{
	int map = map_create(), prog = helper_prog(map, nr, address);

	if (prog < 0)
		return;
	check(name, run(prog), "BPF_PROG_TEST_RUN");
	expect(name, result_of(map), ret, data, 1);
	close(prog);
	close(map);
}

static void attached(const char *name, uint64_t address, int64_t ret, uint64_t data)
{
	int map = map_create(), prog = helper_prog(map, BPF_FUNC_probe_read_kernel, address);

	if (prog < 0)
		return;
	check(name, run_at_calls(prog, 100), "raw tracepoint sys_enter");
	expect(name, result_of(map), ret, data, 100);
	close(prog);
	close(map);
}

/*
 * The load is of @address. Nothing but the BPF program follows the pointer: it is reset
 * before this program ends.
 */
static void loads(const char *name, uint64_t address, uint64_t data)
{
	int map = map_create(), off = field_offset("task_struct", "robust_list"), prog;

	if (off < 0) {
		check(name, false, "no task_struct.robust_list in /sys/kernel/btf/vmlinux");
		return;
	}
	prog = load_prog(map, (int16_t)off);
	if (prog < 0)
		return;
	syscall(SYS_set_robust_list, address - 8, 3 * sizeof(long));
	check(name, run(prog), "BPF_PROG_TEST_RUN");
	syscall(SYS_set_robust_list, NULL, 3 * sizeof(long));
	expect(name, result_of(map), 0, data, 1);
	close(prog);
	close(map);
}

static void loads_both(uint64_t address, uint64_t known)
{
	static const char *const how[] = { "0", "1" };

	for (unsigned int i = 0; i < 2; i++) {
		int fd = open("/proc/sys/net/core/bpf_jit_enable", O_WRONLY | O_CLOEXEC);
		bool ok = fd >= 0 && write(fd, how[i], 1) == 1;

		close(fd);
		check("bpf_jit_enable", ok, how[i]);
		loads(i ? "bpf_load_known_translated" : "bpf_load_known_interpreted", known, PATTERN);
		loads(i ? "bpf_load_card_translated" : "bpf_load_card_interpreted", address, 0);
	}
}

void test_bpf(uint64_t address, uint64_t known)
{
	helper("bpf_probe_read_kernel_known", BPF_FUNC_probe_read_kernel, known, 0, PATTERN);
	helper("bpf_probe_read_kernel_card", BPF_FUNC_probe_read_kernel, address, -EFAULT, 0);
	helper("bpf_probe_read_card", BPF_FUNC_probe_read, address, -EFAULT, 0);
	helper("bpf_probe_read_user_card", BPF_FUNC_probe_read_user, address, -EFAULT, 0);
	helper("bpf_probe_read_kernel_str_card", BPF_FUNC_probe_read_kernel_str, address, -EFAULT, 0);
	attached("bpf_attached_known", known, 0, PATTERN);
	attached("bpf_attached_card", address, -EFAULT, 0);
	loads_both(address, known);
}
