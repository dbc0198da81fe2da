// SPDX-License-Identifier: Apache-2.0
/*
 * The two models of configuration space: the kernel's root port under any
 * accesses and messages, and what the bridge learns of a card from any requests
 * and answers.
 */
#include <riser/tlp.h>

#include "../../bridge/names.h"
#include "input.h"
#include "rootport.h"

#define RO_BYTES	4	/* vendor and device: nothing changes them */

static void rootport(struct input *in)
{
	struct pciem_rootport_routes routes;
	struct pciem_rootport rp;
	u32 id, size, where;
	u8 hdr[16] = { 0x04 };

	pciem_rootport_init(&rp);
	id = pciem_rootport_read(&rp, 0, RO_BYTES);
	while (in->left) {
		u8 op = input_u8(in);

		size = 1u << (op >> 4 & 3) & 7;
		size = size ? size : 4;
		where = (input_u16(in) & 0xfff) & ~(size - 1);
		switch (op & 7) {
		case 0:
		case 1:
		case 2:
			pciem_rootport_write(&rp, where, size, input_u32(in));
			break;
		case 3:
			MUST(size == 4 || pciem_rootport_read(&rp, where, size) >> (8 * size) == 0);
			break;
		case 4:
			pciem_rootport_set_link(&rp, op & 0x80);
			break;
		case 5:
			pciem_rootport_message(&rp, input_u8(in), input_u16(in));
			break;
		case 6:
			pciem_rootport_error(&rp, 1u << (op >> 3), op & 0x40 ? hdr : NULL);
			break;
		default:
			pciem_rootport_sec_status(&rp, input_u16(in));
		}
		pciem_rootport_routes(&rp, &routes);
		MUST(routes.mem_start <= routes.mem_end && routes.pref_start <= routes.pref_end);
		pciem_rootport_intx(&rp);
		MUST(!(pciem_rootport_resets(&rp) & ~(PCIEM_RP_HELD_HOT | PCIEM_RP_HELD_DOWN)));
		MUST(pciem_rootport_read(&rp, 0, RO_BYTES) == id);
	}
}

static void ask(const struct riser_bar_map *map, struct input *in)
{
	uint64_t addr = input_u64(in) & ~3ull, offset = 0, base, bytes;
	struct riser_tlp write = { .kind = RISER_TLP_MWR, .addr = addr, .length_dw = 1 };
	unsigned int i, bar;
	char text[32];
	bool is_io;

	riser_bar_map_find(map, addr, addr & 4, &offset);
	riser_bar_map_name(map, addr, addr & 4, text, 1 + addr / 8 % sizeof(text));
	riser_bar_map_message(map, &write);
	for (i = 0; i < RISER_MAX_FUNCTIONS; i++)
		for (bar = 0; bar < RISER_NR_BARS; bar++)
			riser_function_bar(&map->function[i], bar, &base, &bytes, &is_io);
}

static void bar_map(struct input *in)
{
	struct riser_bar_map map;
	uint8_t bytes[RISER_TLP_MAX_BYTES];
	struct riser_tlp tlp;
	uint8_t *exact;
	size_t len;

	MUST(!riser_bar_map_init(&map));
	while (in->left) {
		u8 op = input_u8(in);

		switch (op & 3) {
		case 0:
			riser_bar_map_cfg_read(&map, op >> 4, input_u16(in) & 0xffc, input_u8(in) & 15,
					       input_u32(in));
			break;
		case 1:
		case 2:
			memset(bytes, 0, sizeof(bytes));
			memcpy(bytes, input_take(in, input_u8(in), &len), len);
			exact = input_copy(bytes, len);
			if (!riser_tlp_decode(&tlp, exact, len)) {
				if (tlp.kind == RISER_TLP_CFGWR0)
					riser_bar_map_cfg_write(&map, &tlp);
				if (tlp.kind == RISER_TLP_MWR)
					riser_bar_map_mem_write(&map, &tlp);
			}
			free(exact);
			break;
		default:
			ask(&map, in);
		}
	}
	riser_bar_map_fini(&map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };

	if (input_u8(&in) & 1)
		rootport(&in);
	else
		bar_map(&in);
	return 0;
}
