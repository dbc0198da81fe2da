// SPDX-License-Identifier: Apache-2.0
/*
 * usage: vmcore CORE LOG
 *
 * Reads the ELF core of a kernel that crashed, all of it, and prints what is in it, a key
 * and its value a line:
 *	bytes	the size of the file, of which each was read
 *	cpus	notes with the registers of a CPU
 *	ram	bytes of memory, each counted once (the kernel's own image is in it twice)
 *	osrelease	of the kernel that crashed, from the note VMCOREINFO
 *	log	bytes of its log's buffer, which is written to LOG as it is
 * Fails when something is not as it must be.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LOADS	64
#define MAX_NOTES_BYTES	(1 << 20)
#define MAX_LOG_BYTES	(1 << 24)
#define CHUNK_BYTES	(1 << 20)

struct core {
	int fd;
	uint64_t bytes;
	unsigned int nr_loads, nr_cpus;
	Elf64_Phdr load[MAX_LOADS], note;
	char info[MAX_NOTES_BYTES + 1];	/* text of VMCOREINFO */
};

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "vmcore: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	exit(1);
}

static void read_at(const struct core *c, void *to, size_t bytes, uint64_t off)
{
	size_t done;
	ssize_t n;

	for (done = 0; done < bytes; done += (size_t)n) {
		n = pread(c->fd, (char *)to + done, bytes - done, (off_t)(off + done));
		if (n <= 0)
			die("read at %" PRIu64 ": %s", off + done, n ? strerror(errno) : "no more");
	}
}

static void read_header(struct core *c)
{
	Elf64_Ehdr eh;
	Elf64_Phdr ph;
	unsigned int i;

	read_at(c, &eh, sizeof(eh), 0);
	if (memcmp(eh.e_ident, ELFMAG, SELFMAG) || eh.e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh.e_ident[EI_DATA] != ELFDATA2LSB)
		die("not a 64-bit little-endian ELF file");
	if (eh.e_type != ET_CORE || eh.e_machine != EM_X86_64 || eh.e_phentsize != sizeof(ph))
		die("type %u, machine %u: not a core of x86-64", eh.e_type, eh.e_machine);
	for (i = 0; i < eh.e_phnum; i++) {
		read_at(c, &ph, sizeof(ph), eh.e_phoff + i * sizeof(ph));
		if (ph.p_offset > c->bytes || ph.p_filesz > c->bytes - ph.p_offset)
			die("segment %u ends beyond the file", i);
		if (ph.p_type == PT_NOTE) {
			if (c->note.p_type)
				die("two segments of notes");
			c->note = ph;
		} else if (ph.p_type == PT_LOAD) {
			if (c->nr_loads == MAX_LOADS)
				die("more than %u segments", MAX_LOADS);
			c->load[c->nr_loads++] = ph;
		} else {
			die("a segment of type %u", ph.p_type);
		}
	}
	if (!c->note.p_type || !c->nr_loads)
		die("no notes or no memory");
}

static void read_notes(struct core *c)
{
	static char notes[MAX_NOTES_BYTES];
	uint64_t pos, end = c->note.p_filesz;
	Elf64_Nhdr nh;

	if (end > sizeof(notes))
		die("%" PRIu64 " bytes of notes", end);
	read_at(c, notes, end, c->note.p_offset);
	for (pos = 0; pos + sizeof(nh) <= end;) {
		const char *name = notes + pos + sizeof(nh), *desc;

		memcpy(&nh, notes + pos, sizeof(nh));
		if (!nh.n_namesz)
			break;
		desc = name + ((nh.n_namesz + 3) & ~3u);
		pos = (uint64_t)(desc - notes) + ((nh.n_descsz + 3) & ~3u);
		if (pos > end)
			die("a note ends beyond its segment");
		if (nh.n_namesz == 5 && !memcmp(name, "CORE", 5) && nh.n_type == NT_PRSTATUS)
			c->nr_cpus++;
		else if (nh.n_namesz == 11 && !memcmp(name, "VMCOREINFO", 11))
			memcpy(c->info, desc, nh.n_descsz);
	}
	if (!c->info[0])
		die("no note VMCOREINFO");
}

/* The text that follows KEY= in VMCOREINFO, up to the end of its line. */
static const char *info(const struct core *c, const char *key, size_t *bytes)
{
	const char *at = c->info;

	while (strncmp(at, key, strlen(key)) || at[strlen(key)] != '=') {
		at = strchr(at, '\n');
		if (!at || !*++at)
			die("no %s in VMCOREINFO", key);
	}
	at += strlen(key) + 1;
	*bytes = strcspn(at, "\n");
	return at;
}

static uint64_t info_nr(const struct core *c, const char *key, int base)
{
	size_t bytes;

	return strtoull(info(c, key, &bytes), NULL, base);
}

static void read_virtual(const struct core *c, void *to, size_t bytes, uint64_t addr)
{
	unsigned int i;

	for (i = 0; i < c->nr_loads; i++) {
		const Elf64_Phdr *ph = &c->load[i];

		if (addr < ph->p_vaddr || addr - ph->p_vaddr >= ph->p_filesz)
			continue;
		if (ph->p_filesz - (addr - ph->p_vaddr) < bytes)
			die("%zu bytes at %" PRIx64 ": in two segments", bytes, addr);
		read_at(c, to, bytes, ph->p_offset + (addr - ph->p_vaddr));
		return;
	}
	die("%" PRIx64 " is in no segment", addr);
}

static int by_address(const void *a, const void *b)
{
	const Elf64_Phdr *x = a, *y = b;

	return x->p_paddr < y->p_paddr ? -1 : x->p_paddr > y->p_paddr;
}

static uint64_t ram_bytes(const struct core *c)
{
	static Elf64_Phdr load[MAX_LOADS];
	uint64_t sum = 0, end = 0;
	unsigned int i;

	memcpy(load, c->load, sizeof(load));
	qsort(load, c->nr_loads, sizeof(load[0]), by_address);
	for (i = 0; i < c->nr_loads; i++) {
		uint64_t from = load[i].p_paddr > end ? load[i].p_paddr : end;
		uint64_t to = load[i].p_paddr + load[i].p_filesz;

		if (to <= from)
			continue;
		sum += to - from;
		end = to;
	}
	return sum;
}

static size_t write_log(const struct core *c, const char *path)
{
	uint64_t ring = info_nr(c, "OFFSET(printk_ringbuffer.text_data_ring)", 10);
	uint64_t addr, data;
	uint32_t size_bits;
	FILE *to = fopen(path, "w");
	size_t bytes;
	char *text;

	if (!to)
		die("%s: %s", path, strerror(errno));
	read_virtual(c, &addr, sizeof(addr), info_nr(c, "SYMBOL(prb)", 16));
	addr += ring;
	read_virtual(c, &size_bits, sizeof(size_bits),
		     addr + info_nr(c, "OFFSET(prb_data_ring.size_bits)", 10));
	read_virtual(c, &data, sizeof(data), addr + info_nr(c, "OFFSET(prb_data_ring.data)", 10));
	bytes = (size_t)1 << (size_bits & 63);
	if (bytes > MAX_LOG_BYTES)
		die("a log of 2^%u bytes", size_bits);
	text = malloc(bytes);
	if (!text)
		die("no memory");
	read_virtual(c, text, bytes, data);
	if (fwrite(text, 1, bytes, to) != bytes || fclose(to))
		die("%s: %s", path, strerror(errno));
	free(text);
	return bytes;
}

static void read_all(const struct core *c)
{
	static char chunk[CHUNK_BYTES];
	uint64_t off, bytes;

	for (off = 0; off < c->bytes; off += bytes) {
		bytes = c->bytes - off < sizeof(chunk) ? c->bytes - off : sizeof(chunk);
		read_at(c, chunk, bytes, off);
	}
	if (pread(c->fd, chunk, 1, (off_t)off) != 0)
		die("more than its size");
}

int main(int argc, char **argv)
{
	static struct core c;
	const char *release;
	struct stat st;
	size_t len;

	if (argc != 3) {
		fprintf(stderr, "usage: vmcore CORE LOG\n");
		return 2;
	}
	c.fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (c.fd < 0 || fstat(c.fd, &st))
		die("%s: %s", argv[1], strerror(errno));
	c.bytes = (uint64_t)st.st_size;
	read_header(&c);
	read_notes(&c);
	release = info(&c, "OSRELEASE", &len);
	printf("osrelease %.*s\n", (int)len, release);
	printf("cpus %u\n", c.nr_cpus);
	printf("ram %" PRIu64 "\n", ram_bytes(&c));
	printf("log %zu\n", write_log(&c, argv[2]));
	read_all(&c);
	printf("bytes %" PRIu64 "\n", c.bytes);
	return 0;
}
