/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The far side of a link for tests: the kernel's half of the rings and just
 * enough of a root complex to drive a card. Its TLPs are built by hand, so that
 * nothing is shared with the code under test.
 */
#ifndef RISER_TEST_FAKE_KERNEL_H
#define RISER_TEST_FAKE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "../../../kernel/uapi/pciem.h"

#define FK_BAR_ADDR	0x8000000000ULL
#define FK_MEM_ADDR	0x100000000ULL	/* what the card may reach by DMA */
#define FK_MEM_BYTES	(1U << 16)
#define FK_MSI_ADDR	0xfee00000ULL
#define FK_BDF		0x0100
#define FK_TAGS		256
#define FK_WAIT_NS	5000000000ULL

enum fk_status {
	FK_SC = 0,
	FK_UR = 1,
	FK_RRS = 2,
	FK_CA = 4,
	FK_TIMEOUT = 100,	/* the bridge said so */
	FK_NOTHING = 101,	/* nobody said anything */
};

struct fk_slot {
	bool waits;
	bool done;
	int status;
	uint32_t value;
};

struct fk {
	uint8_t *base;
	struct pciem_hdr hdr;
	struct pciem_kernel_words *kw;
	struct pciem_bridge_words *bw;
	int wait_fd;		/* readable on the bridge's kick */
	int kick_fd;
	uint32_t down_head;
	uint64_t down_seq;
	uint32_t up_tail;
	uint64_t up_seq;
	uint32_t epoch;
	uint32_t site;		/* for the next requests */
	uint64_t pc;
	bool sleeps;		/* waits for kicks instead of polling */
	uint64_t nr_sleeps;
	bool hold_dma;		/* card's reads are not answered */
	/* gets the card's TLPs instead of this root complex */
	void (*tap)(void *ctx, const uint8_t *tlp, uint32_t len);
	void *tap_ctx;
	struct fk_slot slot[FK_TAGS];
	uint8_t next_tag;
	uint8_t mem[FK_MEM_BYTES];
	uint32_t nr_msi;
	uint32_t last_msi;
	uint32_t nr_writes;	/* card's memory writes, messages not counted */
	uint32_t nr_reads;
	uint32_t nr_stray;
	uint32_t nr_malformed;
	uint32_t last_order;	/* payload of the last one-dword memory write */
	bool order_is_broken;
};

void fk_init(struct fk *fk, void *base, int wait_fd, int kick_fd);
/* Answers a READY bridge; false after FK_WAIT_NS. */
bool fk_attach(struct fk *fk);
bool fk_wait_bridge(struct fk *fk, uint32_t state);
void fk_set_state(struct fk *fk, uint32_t state);
/* One record; waits for room while serving the card. */
void fk_push(struct fk *fk, uint16_t type, uint16_t flags, uint32_t aux,
	     const void *body, uint32_t len);
/* Serves one record of the up ring; false if there is none. */
bool fk_poll(struct fk *fk);
/* Serves records for @ns. */
void fk_serve(struct fk *fk, uint64_t ns);
void fk_write32(struct fk *fk, uint32_t reg, uint32_t value);
/* Sends, without waiting; the tag. */
uint8_t fk_post_read32(struct fk *fk, uint32_t reg);
int fk_wait(struct fk *fk, uint8_t tag, uint32_t *value);
int fk_read32(struct fk *fk, uint32_t reg, uint32_t *value);
int fk_cfg_read(struct fk *fk, uint16_t bdf, uint16_t reg, uint32_t *value);
int fk_cfg_write(struct fk *fk, uint16_t bdf, uint16_t reg, uint32_t value);
/* Sizes and sets BAR0, walks the capabilities, enables MSI-X. */
bool fk_enumerate(struct fk *fk);
void fk_reset(struct fk *fk, uint32_t what);
void fk_site(struct fk *fk, uint32_t site, uint64_t pc, const char *text);
void fk_event(struct fk *fk, uint32_t event, const char *text);
/* As a kernel that is told to leave: REMOVING, DETACHED. */
void fk_detach(struct fk *fk);
/* Waits for fk_wait_bridge(LEAVING), detaches. */
bool fk_let_leave(struct fk *fk);

#endif /* RISER_TEST_FAKE_KERNEL_H */
