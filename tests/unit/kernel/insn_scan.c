// SPDX-License-Identifier: Apache-2.0
/*
 * Reads `objdump -d --wide` output and tells what the MMIO decoder makes of
 * each instruction with a memory operand: of those that it refuses, or with
 * --all of each, "ok" for a supported one. Used by scripts/insn-coverage.
 * Exit status 1 if a length differs from objdump's.
 */
#include <stdio.h>

#include "insn.h"

struct totals {
	unsigned long seen, accepted, wrong_length;
};

/* "   0:	8b 47 10	mov 0x10(%rdi),%eax"; true if it accesses memory */
static bool parse(char *line, u8 code[16], unsigned int *nr_bytes, char **text)
{
	char *bytes = strchr(line, '\t');
	unsigned int byte;
	int used;

	if (!bytes)
		return false;
	*text = strchr(bytes + 1, '\t');
	if (!*text)
		return false;
	*(*text)++ = 0;
	(*text)[strcspn(*text, "\n")] = 0;
	for (*nr_bytes = 0; *nr_bytes < 16; (*nr_bytes)++, bytes += used) {
		if (sscanf(bytes, "%x%n", &byte, &used) != 1)
			break;
		code[*nr_bytes] = (u8)byte;
	}
	if (strncmp(*text, "lea", 3) == 0 || strstr(*text, "nop"))
		return false;
	return *nr_bytes && (strchr(*text, '(') || strstr(*text, "ds:0x"));
}

/* Of the mnemonic, with the prefix that objdump puts before it. */
static int form_len(const char *text)
{
	int first = (int)strcspn(text, " ");

	if (strncmp(text, "lock ", 5) && strncmp(text, "rep", 3))
		return first;
	return first + 1 + (int)strcspn(text + first + 1, " ");
}

int main(int argc, char **argv)
{
	bool all = argc > 1 && !strcmp(argv[1], "--all");
	struct totals totals = { 0 };
	struct pciem_insn insn;
	unsigned int nr_bytes;
	char line[1024], *text;
	u8 code[16];

	while (fgets(line, sizeof(line), stdin)) {
		if (!parse(line, code, &nr_bytes, &text))
			continue;
		totals.seen++;
		if (pciem_insn_decode(code, nr_bytes, &insn)) {
			printf("%.*s\t%s\n", form_len(text), text,
			       pciem_insn_reason(&insn));
			continue;
		}
		totals.accepted++;
		if (all)
			printf("%.*s\tok\n", form_len(text), text);
		if (insn.length != nr_bytes) {
			totals.wrong_length++;
			fprintf(stderr, "length %u, objdump says %u: %s\n",
				insn.length, nr_bytes, text);
		}
	}
	fprintf(stderr, "%lu instructions with a memory operand, %lu supported on MMIO, "
		"%lu of a wrong length\n", totals.seen, totals.accepted,
		totals.wrong_length);
	return totals.wrong_length || !totals.seen;
}
