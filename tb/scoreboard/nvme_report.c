// SPDX-License-Identifier: Apache-2.0
/* What the NVMe scoreboard found, in words. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nvme.h"

#define MAX_EXPLAINED	1000

const struct riser_scoreboard_rule nvme_rules[NVME_NR_RULES + 1] = {
	[NVME_WRONG_DATA] = { "NVM-01",
		"a Read brings what was last written to the block" },
	[NVME_DMA_OUTSIDE] = { "NVM-02",
		"DMA stays inside of the queues and of the PRP entries of commands in flight" },
	[NVME_DMA_LATE] = { "NVM-03",
		"no DMA for a command after its completion entry" },
	[NVME_EARLY_FETCH] = { "NVM-04",
		"a submission entry is read once, after its doorbell" },
	[NVME_UNKNOWN_CMD] = { "NVM-05",
		"a completion entry names a command in flight" },
	[NVME_WRONG_ENTRY] = { "NVM-06",
		"completion entries fill their queue in order, with the right phase tag, and never overflow it" },
	[NVME_SHORT_DATA] = { "NVM-07",
		"a command that ends with success has moved all of its data" },
	[NVME_LATE_ENTRY] = { "NVM-08",
		"a completion entry is written before its MSI-X message" },
	[NVME_LOST_INTERRUPT] = { "NVM-09",
		"each completion entry is followed by an MSI-X message once nothing masks it" },
	[NVME_NR_RULES] = { NULL, NULL },
};

static const char *const advice[NVME_NR_RULES] = {
	[NVME_WRONG_DATA] =
		"follow this word back from the DMA write through the reader to the store",
	[NVME_DMA_OUTSIDE] =
		"compare the address with the command's PRP entries: a length, a page crossing, or a pointer of another command",
	[NVME_DMA_LATE] =
		"the buffer may belong to somebody else by now: let the completion wait for all data",
	[NVME_EARLY_FETCH] =
		"compare head and tail of the submission queue: an entry that was not rung for is stale",
	[NVME_UNKNOWN_CMD] =
		"look for a completion that is doubled, or for a wrong SQ or command identifier",
	[NVME_WRONG_ENTRY] =
		"compare tail, phase and head of the completion queue",
	[NVME_SHORT_DATA] =
		"let the completion wait for all data, or end the command with an error status",
	[NVME_LATE_ENTRY] =
		"ask for the interrupt when the entry is on its way: the driver finds nothing and waits for its timeout",
	[NVME_LOST_INTERRUPT] =
		"what a mask holds back belongs into the pending bits and is sent when the mask goes",
};

static const char *opcode_name(const struct nvme_cmd *cmd)
{
	static const char *const io[] = {
		"Flush", "Write", "Read", NULL, "Write Uncorrectable", "Compare", NULL, NULL,
		"Write Zeroes", "Dataset Management",
	};
	static const char *const admin[] = {
		"Delete I/O SQ", "Create I/O SQ", "Get Log Page", NULL, "Delete I/O CQ",
		"Create I/O CQ", "Identify", NULL, "Abort", "Set Features", "Get Features", NULL,
		"Asynchronous Event Request",
	};
	size_t nr = nvme_is_io(cmd) ? sizeof(io) / sizeof(io[0]) :
				      sizeof(admin) / sizeof(admin[0]);
	const char *name = cmd->opcode >= nr ? NULL :
			   nvme_is_io(cmd) ? io[cmd->opcode] : admin[cmd->opcode];

	return name ? name : nvme_is_io(cmd) ? "I/O command" : "admin command";
}

char *nvme_cmd_text(const struct nvme_cmd *cmd, char *text, size_t size)
{
	char blocks[64] = "";

	if (cmd->nr_lbas == 1)
		snprintf(blocks, sizeof(blocks), " of LBA %" PRIu64, cmd->lba);
	else if (cmd->nr_lbas)
		snprintf(blocks, sizeof(blocks), " of LBA %" PRIu64 " to %" PRIu64, cmd->lba,
			 cmd->lba + cmd->nr_lbas - 1);
	snprintf(text, size, "%s%s (SQ %u, CID 0x%04x)", opcode_name(cmd), blocks, cmd->sqid,
		 cmd->cid);
	return text;
}

/* Who wanted the command: the doorbell's caller, as the DMA has none. */
static void fill_bell(const struct nvme *b, const struct nvme_cmd *cmd,
		      struct riser_finding *finding)
{
	const char *name = nvme_name(b, cmd->bell.name);
	uint64_t since = finding->cycle > cmd->bell.cycle ? finding->cycle - cmd->bell.cycle : 0;

	snprintf(finding->function, sizeof(finding->function), "%s", name);
	snprintf(finding->before, sizeof(finding->before),
		 "doorbell of SQ %u in cycle %" PRIu64 " (TLP %" PRIu64 "), %" PRIu64
		 " cycles earlier%s%.100s", cmd->sqid, cmd->bell.cycle, cmd->bell.seq, since,
		 *name ? ", by " : "", name);
	finding->host_ns = cmd->bell.host_ns;
	if (cmd->bell.name < b->nr_callers)
		finding->pc = b->caller[cmd->bell.name].pc;
}

static void vtell(struct nvme *b, enum nvme_rule rule, const struct nvme_cmd *cmd,
		  struct riser_finding *finding, const char *format, va_list args)
{
	char who[112] = "", seen[320];

	finding->kind = RISER_FINDING_OTHER;
	finding->is_error = true;
	finding->count = 1;
	snprintf(finding->rule, sizeof(finding->rule), "%s", nvme_rules[rule].id);
	if (cmd) {
		nvme_cmd_text(cmd, who, sizeof(who));
		fill_bell(b, cmd, finding);
	}
	vsnprintf(seen, sizeof(seen), format, args);
	snprintf(finding->text, sizeof(finding->text), "%s: %.110s. Seen in cycle %" PRIu64
		 ": %s%s%.230s", nvme_rules[rule].id, nvme_rules[rule].words, finding->cycle, who,
		 cmd ? ": " : "", seen);
	snprintf(finding->side, sizeof(finding->side), "card");
	snprintf(finding->advice, sizeof(finding->advice), "%s", advice[rule]);
	b->config.report(b->config.ctx, finding);
}

void nvme_tell(struct nvme *b, enum nvme_rule rule, const struct nvme_cmd *cmd, uint64_t addr,
	       const char *format, ...)
{
	struct riser_finding finding = {
		.cycle = b->cycle, .seq = b->event->seq, .addr = addr,
	};
	va_list args;

	riser_tlp_print(b->event->bytes, b->event->len, b->event->names, finding.access,
			sizeof(finding.access));
	va_start(args, format);
	vtell(b, rule, cmd, &finding, format, args);
	va_end(args);
}

void nvme_tell_at(struct nvme *b, enum nvme_rule rule, const struct nvme_cmd *cmd, uint64_t addr,
		  uint64_t seq, uint64_t cycle, const char *access, const char *format, ...)
{
	struct riser_finding finding = { .cycle = cycle, .seq = seq, .addr = addr };
	va_list args;

	snprintf(finding.access, sizeof(finding.access), "%s", access);
	va_start(args, format);
	vtell(b, rule, cmd, &finding, format, args);
	va_end(args);
}

/* ---- outside ---- */

struct near {
	const struct nvme_cmd *cmd;
	uint32_t prp;
	uint64_t start;
	uint32_t len;
};

enum distance { NEAR_BEHIND, NEAR_BEFORE, NEAR_INSIDE };

/* The newest command, live or not, with a PRP entry in this relation to @addr. */
static bool find_near(const struct nvme *b, uint64_t addr, uint32_t len, bool is_live,
		      enum distance distance, struct near *best)
{
	uint32_t i, j, prp_len, offset;
	uint64_t start;
	bool hit;

	best->cmd = NULL;
	for (i = 0; i < NVME_MAX_CMDS; i++) {
		const struct nvme_cmd *cmd = &b->cmd[i];

		if (!cmd->was_used || cmd->is_live != is_live ||
		    (best->cmd && best->cmd->last_cycle >= cmd->last_cycle))
			continue;
		for (j = 0; j < cmd->nr_prps; j++) {
			if (!cmd->prp[j])
				continue;
			start = nvme_prp_range(b, cmd, j, &prp_len, &offset);
			if (!prp_len)
				continue;
			hit = distance == NEAR_INSIDE ?
				addr >= start && addr + len <= start + prp_len :
			      distance == NEAR_BEHIND ?
				addr + len > start + prp_len && addr - start <= 2 * b->page_bytes &&
				addr >= start :
				addr < start && start - addr <= b->page_bytes;
			if (hit)
				*best = (struct near){ cmd, j, start, prp_len };
		}
	}
	return best->cmd;
}

/* "1 bytes past the end of PRP entry 1 (0x1000 to 0x1fff)" */
static void tell_past(struct nvme *b, const struct near *near, const char *what, uint64_t addr,
		      uint32_t len)
{
	nvme_tell(b, NVME_DMA_OUTSIDE, near->cmd, addr, "DMA %s of %u bytes at 0x%" PRIx64
		  ", %" PRIu64 " bytes past the end of PRP entry %u (0x%" PRIx64 " to 0x%" PRIx64
		  ")", what, len, addr, addr + len - near->start - near->len, near->prp + 1,
		  near->start, near->start + near->len - 1);
}

void nvme_tell_outside(struct nvme *b, bool is_write, uint64_t addr, uint32_t len)
{
	const char *what = is_write ? "write" : "read";
	struct near near;

	/* looking for neighbours is slow, and nobody reads the thousandth */
	if (b->nr_outside++ >= MAX_EXPLAINED)
		nvme_tell(b, NVME_DMA_OUTSIDE, NULL, addr, "DMA %s of %u bytes at 0x%" PRIx64,
			  what, len, addr);
	else if (find_near(b, addr, len, true, NEAR_INSIDE, &near))
		nvme_tell(b, NVME_DMA_OUTSIDE, near.cmd, addr, "DMA %s of %u bytes at 0x%" PRIx64
			  " in PRP entry %u, which is for DMA in the other direction", what, len,
			  addr, near.prp + 1);
	else if (find_near(b, addr, len, true, NEAR_BEHIND, &near))
		tell_past(b, &near, what, addr, len);
	else if (find_near(b, addr, len, false, NEAR_INSIDE, &near))
		nvme_tell(b, NVME_DMA_LATE, near.cmd, addr, "DMA %s of %u bytes at 0x%" PRIx64
			  " in its PRP entry %u, %" PRIu64
			  " cycles after its completion entry (cycle %" PRIu64 ")", what, len, addr,
			  near.prp + 1, b->cycle - near.cmd->end_cycle, near.cmd->end_cycle);
	else if (find_near(b, addr, len, false, NEAR_BEHIND, &near))
		tell_past(b, &near, what, addr, len);
	else if (find_near(b, addr, len, true, NEAR_BEFORE, &near))
		nvme_tell(b, NVME_DMA_OUTSIDE, near.cmd, addr, "DMA %s of %u bytes at 0x%" PRIx64
			  ", %" PRIu64 " bytes before PRP entry %u (0x%" PRIx64 ")", what, len,
			  addr, near.start - addr, near.prp + 1, near.start);
	else
		nvme_tell(b, NVME_DMA_OUTSIDE, NULL, addr, "DMA %s of %u bytes at 0x%" PRIx64
			  ", which is near no queue and no PRP entry", what, len, addr);
}

/* ---- data ---- */

static void hex(char *text, const uint8_t *bytes, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

void nvme_tell_data(struct nvme *b, const struct nvme_cmd *cmd, uint32_t prp, uint64_t addr,
		    const struct nvme_wrong *wrong)
{
	char expected[12] = "", got[12] = "";
	const char *whence = wrong->state == NVME_LBA_WRITTEN ? "the host has written" :
			     wrong->state == NVME_LBA_ZEROED ? "Write Zeroes has left" :
							       "was read before";

	hex(expected, wrong->expected, wrong->len);
	hex(got, wrong->got, wrong->len);
	nvme_tell(b, NVME_WRONG_DATA, cmd, addr, "LBA %" PRIu64
		  " byte %u is %s, %s %s (block unchanged since cycle %" PRIu64
		  "); DMA write to 0x%" PRIx64 " in PRP entry %u (0x%" PRIx64 ")", wrong->lba,
		  wrong->byte, got, whence, expected, wrong->since, addr, prp + 1, cmd->prp[prp]);
}
