// SPDX-License-Identifier: Apache-2.0
/*
 * The request table under a card that answers anything: a request that is read
 * gets the bytes it asked for or none at all, every slot comes free again, and a
 * tag is not given out while its answer may still come.
 */
#include "input.h"
#include "reqtab.h"

#define LIMIT	8

enum mine {
	MINE_FREE,
	MINE_FILLING,
	MINE_WAITING,
	MINE_DETACHED,
};

struct run {
	struct pciem_reqtab tab;
	enum mine mine[LIMIT];
	unsigned int want[LIMIT];
};

static struct pciem_tlp any_request(struct input *in)
{
	static const u8 kinds[] = { PCIEM_TLP_MRD, PCIEM_TLP_MRD, PCIEM_TLP_CFGRD0,
				    PCIEM_TLP_CFGWR1, PCIEM_TLP_IORD, PCIEM_TLP_IOWR };
	struct pciem_tlp req = { .kind = kinds[input_u8(in) % sizeof(kinds)], .hdr_dw = 3,
				 .requester = 0, .len_dw = 1, .first_be = 0xf };
	u8 more = input_u8(in);

	req.tc = more & 1;
	req.attr = (more >> 1) & 3;
	if (req.kind == PCIEM_TLP_MRD)
		pciem_tlp_set_range(&req, input_u8(in), 1 + input_u8(in) % PCIEM_REQ_MAX_BYTES);
	return req;
}

static void take(struct run *run, unsigned int tag)
{
	u8 buf[PCIEM_REQ_MAX_BYTES + 8], poison[sizeof(buf)];
	enum pciem_req_end end;

	memset(buf, 0xa5, sizeof(buf));
	memset(poison, 0xa5, sizeof(poison));
	end = pciem_reqtab_take(&run->tab, tag, buf, run->want[tag]);
	MUST(!memcmp(buf + run->want[tag], poison, sizeof(buf) - run->want[tag]));
	MUST(end == PCIEM_END_SC || !memcmp(buf, poison, sizeof(buf)));
	run->mine[tag] = MINE_FREE;
}

static void send(struct run *run, struct input *in)
{
	int tag = pciem_reqtab_alloc(&run->tab);
	struct pciem_tlp req;
	u8 how;

	if (tag < 0)
		return;
	MUST(tag < LIMIT);
	MUST(run->mine[tag] == MINE_FREE || run->mine[tag] == MINE_DETACHED);
	how = input_u8(in);
	if (!(how & 7)) {
		pciem_reqtab_cancel(&run->tab, (unsigned int)tag);
		run->mine[tag] = MINE_FREE;
		return;
	}
	req = any_request(in);
	req.tag = (u16)tag;
	pciem_reqtab_arm(&run->tab, (unsigned int)tag, &req, how & 8, how);
	run->want[tag] = pciem_tlp_request_byte_count(&req);
	run->mine[tag] = how & 8 ? MINE_DETACHED : MINE_WAITING;
}

static void answer(struct run *run, struct input *in)
{
	u8 data[PCIEM_TLP_MAX_DW * 4] = { 0 };
	const char *rule = NULL;
	struct pciem_tlp cpl;
	u8 how = input_u8(in), tag = input_u8(in) % (LIMIT + 1);
	enum pciem_cpl_verdict verdict;
	u8 *exact;

	/* right, with some fields of the card's choice */
	pciem_tlp_init_cpl(&cpl, &run->tab.slot[tag].hdr, 0x100, 0, how & 1 ?
			   (run->tab.slot[tag].hdr.len_dw ? run->tab.slot[tag].hdr.len_dw : 1) : 0);
	cpl.tag = tag;
	if (how & 2)
		cpl.status = input_u8(in) & 7;
	if (how & 4)
		cpl.byte_count = (u16)(1 + input_u16(in) % 4096);
	if (how & 8)
		cpl.lower_addr = input_u8(in) & 0x7f;
	if (how & 16)
		cpl.len_dw = (u16)(1 + input_u16(in) % PCIEM_TLP_MAX_DW);
	if (how & 32)
		cpl.kind = (u8)(PCIEM_TLP_CPL + input_u8(in) % 4);
	if (how & 64)
		cpl.requester = input_u8(in) & 1;
	if (how & 128) {
		cpl.ep = input_u8(in) & 1;
		cpl.attr ^= input_u8(in) & 1;
	}
	if (!pciem_tlp_has_data((enum pciem_tlp_kind)cpl.kind))
		cpl.len_dw = 0;
	else if (!cpl.len_dw)
		cpl.len_dw = 1;
	exact = input_copy(data, cpl.len_dw * 4u);
	verdict = pciem_reqtab_complete(&run->tab, &cpl, cpl.len_dw ? exact : NULL, &rule);
	MUST(verdict == PCIEM_CPL_FINAL || verdict == PCIEM_CPL_PARTIAL || rule);
	free(exact);
}

static void end_all(struct run *run)
{
	unsigned int tag;

	pciem_reqtab_abort_all(&run->tab);
	for (tag = 0; tag < LIMIT; tag++) {
		if (run->mine[tag] != MINE_WAITING)
			continue;
		MUST(pciem_reqtab_is_done(&run->tab, tag));
		take(run, tag);
	}
	MUST(!pciem_reqtab_nr_pending(&run->tab));
	pciem_reqtab_new_session(&run->tab);
	MUST(!pciem_reqtab_nr_quarantined(&run->tab));
	for (tag = 0; tag < LIMIT; tag++)
		MUST(pciem_reqtab_alloc(&run->tab) >= 0);
	MUST(pciem_reqtab_alloc(&run->tab) < 0);
}

static void step(struct run *run, struct input *in)
{
	u8 op = input_u8(in);
	unsigned int tag = (op >> 4) % LIMIT;

	switch (op & 7) {
	case 0:
	case 1:
		send(run, in);
		break;
	case 2:
	case 3:
		answer(run, in);
		break;
	case 4:
		pciem_reqtab_timeout(&run->tab, op >> 4);
		break;
	case 5:
		if (run->mine[tag] != MINE_WAITING)
			break;
		if (pciem_reqtab_is_done(&run->tab, tag))
			take(run, tag);
		else if (pciem_reqtab_expire(&run->tab, tag))
			run->mine[tag] = MINE_FREE;
		else
			take(run, tag);
		break;
	case 6:
		if (op & 0x80)
			pciem_reqtab_abort_all(&run->tab);
		else
			pciem_reqtab_expire_detached(&run->tab, input_u8(in));
		break;
	default:
		if (op & 0x80)
			pciem_reqtab_new_session(&run->tab);
		else if (run->mine[tag] == MINE_WAITING) {
			pciem_reqtab_cancel(&run->tab, tag);
			run->mine[tag] = MINE_FREE;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct run run;
	struct input in = { data, size };
	unsigned int steps = 256;

	memset(run.mine, 0, sizeof(run.mine));
	pciem_reqtab_init(&run.tab, LIMIT);
	while (in.left && steps--)
		step(&run, &in);
	end_all(&run);
	return 0;
}
