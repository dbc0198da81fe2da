// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "../../../kernel/uapi/pciem.h"
#include "support.h"

static void test_block_header_is_complete_and_consistent(void **state)
{
	struct riser_block_config config = { .name = "nvme",
					     .deadline_atomic_ms = 77 };
	struct riser_block block;
	const struct pciem_hdr *hdr;

	(void)state;
	assert_int_equal(riser_block_create(&block, &config), 0);
	hdr = (const struct pciem_hdr *)block.base;

	assert_true(hdr->magic == PCIEM_MAGIC);
	assert_int_equal(hdr->abi, PCIEM_ABI);
	assert_int_equal(hdr->hdr_bytes, sizeof(*hdr));
	assert_int_equal(hdr->total_bytes, block.bytes);
	assert_int_equal(hdr->deadline_atomic_ms, 77);
	assert_string_equal(hdr->name, "nvme");
	assert_true(hdr->down_off + hdr->down_bytes <= hdr->up_off);
	assert_true(hdr->up_off + hdr->up_bytes <= hdr->total_bytes);
	assert_int_equal(hdr->down_bytes & (hdr->down_bytes - 1), 0);
	assert_int_equal(hdr->up_bytes & (hdr->up_bytes - 1), 0);
	assert_int_equal(hdr->total_bytes & (hdr->total_bytes - 1), 0);
	riser_block_destroy(&block);
}

static void test_block_has_no_slots_unless_asked_for(void **state)
{
	struct riser_block_config config = { 0 };
	const struct pciem_hdr *hdr;
	struct riser_block block;
	uint32_t mib;

	(void)state;
	assert_int_equal(riser_block_create(&block, &config), 0);
	hdr = (const struct pciem_hdr *)block.base;
	assert_int_equal(block.bytes, 1 << 22);
	assert_int_equal(hdr->dma_off, 0);
	assert_int_equal(hdr->dma_bytes, 0);
	riser_block_destroy(&block);

	for (mib = 1; mib <= 128; mib *= 2) {
		config.dma_slots_mib = mib;
		assert_int_equal(riser_block_create(&block, &config), 0);
		hdr = (const struct pciem_hdr *)block.base;
		assert_int_equal(hdr->total_bytes, block.bytes);
		assert_int_equal(block.bytes & (block.bytes - 1), 0);
		assert_int_equal(hdr->dma_off, hdr->up_off + hdr->up_bytes);
		assert_true(hdr->dma_off + hdr->dma_bytes <= hdr->total_bytes);
		/* a table of 2 pages for each MiB */
		assert_int_equal(hdr->dma_bytes, (mib << 20) + mib * 2 * PCIEM_PAGE_BYTES);
		riser_block_destroy(&block);
	}
}

static void test_block_cannot_be_resized(void **state)
{
	struct riser_block_config config = { 0 };
	struct riser_block block;

	(void)state;
	assert_int_equal(riser_block_create(&block, &config), 0);

	assert_int_equal(ftruncate(block.shm_fd, 0), -1);
	assert_int_equal(errno, EPERM);
	riser_block_destroy(&block);
}

static void test_block_death_of_bridge_is_link_down_and_a_kick(void **state)
{
	struct riser_block_config config = { 0 };
	const struct pciem_bridge_words *words;
	struct riser_block block;
	uint64_t count = 0;

	(void)state;
	assert_int_equal(riser_block_create(&block, &config), 0);
	words = (const void *)(block.base + 2 * PCIEM_PAGE_BYTES);

	riser_block_bridge_died(&block);

	assert_int_equal(words->state, PCIEM_BRIDGE_DOWN);
	assert_int_equal(read(block.guest_kick_fd, &count, sizeof(count)), 8);
	assert_int_equal(count, 1);
	riser_block_destroy(&block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_block_header_is_complete_and_consistent),
		cmocka_unit_test(test_block_has_no_slots_unless_asked_for),
		cmocka_unit_test(test_block_cannot_be_resized),
		cmocka_unit_test(test_block_death_of_bridge_is_link_down_and_a_kick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
