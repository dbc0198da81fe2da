// SPDX-License-Identifier: Apache-2.0
/*
 * The block of shared memory of split mode. The supervisor creates it and owns
 * it for the whole run; bridge processes come and go.
 */
#include "super.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../kernel/uapi/pciem.h"

#define RING_BYTES	(1U << 20)
#define RINGS_END	(3 * PCIEM_PAGE_BYTES + 2 * RING_BYTES)
/* A BAR is a power of two: 3 pages and two rings of 1 MiB fit into 4 MiB. */
#define BLOCK_BYTES	(1U << 22)
#define MIB		(1ULL << 20)

_Static_assert(RINGS_END <= BLOCK_BYTES, "the rings do not fit");
_Static_assert(RINGS_END % PCIEM_PAGE_BYTES == 0, "slots are pages");
_Static_assert(sizeof(struct pciem_hdr) <= PCIEM_PAGE_BYTES, "header page");

/* As many pages of slots, and their part of the table. */
static uint64_t slots_bytes(const struct riser_block_config *config)
{
	uint64_t pages = config->dma_slots_mib * MIB / PCIEM_PAGE_BYTES;

	return (pages + pages / (PCIEM_SLOT_GROUP_PAGES - 1)) * PCIEM_PAGE_BYTES;
}

static size_t block_bytes(const struct riser_block_config *config)
{
	size_t bytes = BLOCK_BYTES;

	while (bytes < RINGS_END + slots_bytes(config))
		bytes *= 2;
	return bytes;
}

static void fill_header(struct pciem_hdr *hdr,
			const struct riser_block_config *config)
{
	memset(hdr, 0, sizeof(*hdr));
	hdr->abi = PCIEM_ABI;
	hdr->hdr_bytes = sizeof(*hdr);
	hdr->total_bytes = block_bytes(config);
	hdr->kernel_off = PCIEM_PAGE_BYTES;
	hdr->bridge_off = 2 * PCIEM_PAGE_BYTES;
	hdr->down_off = 3 * PCIEM_PAGE_BYTES;
	hdr->up_off = hdr->down_off + RING_BYTES;
	hdr->down_bytes = RING_BYTES;
	hdr->up_bytes = RING_BYTES;
	hdr->deadline_atomic_ms = config->deadline_atomic_ms;
	hdr->deadline_sleep_ms = config->deadline_sleep_ms;
	hdr->expiries_to_link_down = config->expiries_to_link_down;
	hdr->bridge_peer = RISER_IVSHMEM_BRIDGE;
	hdr->dma_bytes = slots_bytes(config);
	hdr->dma_off = hdr->dma_bytes ? RINGS_END : 0;
	strncpy(hdr->name, config->name ? config->name : "card",
		sizeof(hdr->name) - 1);
	hdr->magic = PCIEM_MAGIC;
}

int riser_block_create(struct riser_block *block,
		       const struct riser_block_config *config)
{
	int ret;

	*block = (struct riser_block){ .shm_fd = -1, .guest_kick_fd = -1,
				       .bridge_kick_fd = -1,
				       .server_fd = -1 };
	block->bytes = block_bytes(config);
	block->shm_fd = memfd_create("riser", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (block->shm_fd < 0 || ftruncate(block->shm_fd, (off_t)block->bytes))
		goto out_errno;
	if (fcntl(block->shm_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW))
		goto out_errno;
	block->base = mmap(NULL, block->bytes, PROT_READ | PROT_WRITE,
			   MAP_SHARED, block->shm_fd, 0);
	if (block->base == MAP_FAILED) {
		block->base = NULL;
		goto out_errno;
	}
	block->guest_kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	block->bridge_kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (block->guest_kick_fd < 0 || block->bridge_kick_fd < 0)
		goto out_errno;
	fill_header((struct pciem_hdr *)block->base, config);
	return 0;

out_errno:
	ret = -errno;
	riser_block_destroy(block);
	return ret;
}

void riser_block_destroy(struct riser_block *block)
{
	if (block->base)
		munmap(block->base, block->bytes);
	if (block->shm_fd >= 0)
		close(block->shm_fd);
	if (block->guest_kick_fd >= 0)
		close(block->guest_kick_fd);
	if (block->bridge_kick_fd >= 0)
		close(block->bridge_kick_fd);
	if (block->server_fd >= 0)
		close(block->server_fd);
	*block = (struct riser_block){ .shm_fd = -1, .guest_kick_fd = -1,
				       .bridge_kick_fd = -1,
				       .server_fd = -1 };
}

static struct pciem_bridge_words *bridge_words(const struct riser_block *block)
{
	return (struct pciem_bridge_words *)(block->base + 2 * PCIEM_PAGE_BYTES);
}

static struct pciem_kernel_words *kernel_words(const struct riser_block *block)
{
	return (struct pciem_kernel_words *)(block->base + PCIEM_PAGE_BYTES);
}

void riser_block_bridge_died(struct riser_block *block)
{
	const uint64_t one = 1;

	/* pairs with the kernel's acquire of the bridge's state */
	__atomic_store_n(&bridge_words(block)->state, PCIEM_BRIDGE_DOWN,
			 __ATOMIC_RELEASE);
	/* a full counter means that the guest has not even seen earlier kicks */
	if (write(block->guest_kick_fd, &one, sizeof(one)) < 0)
		return;
}

uint32_t riser_block_kernel_state(const struct riser_block *block)
{
	return __atomic_load_n(&kernel_words(block)->state, __ATOMIC_ACQUIRE);
}

bool riser_block_is_at_work(const struct riser_block *block)
{
	uint32_t kernel = riser_block_kernel_state(block);

	return (kernel == PCIEM_KERNEL_SCANNING ||
		kernel == PCIEM_KERNEL_RUNNING) &&
	       !__atomic_load_n(&bridge_words(block)->need_kick,
				__ATOMIC_RELAXED);
}

uint64_t riser_block_cycles(const struct riser_block *block)
{
	return __atomic_load_n(&bridge_words(block)->cycles, __ATOMIC_RELAXED);
}

uint64_t riser_block_requests(const struct riser_block *block)
{
	return __atomic_load_n(&kernel_words(block)->requests,
			       __ATOMIC_RELAXED);
}
