/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine learns by listening: where the BARs are, where the card's
 * interrupt messages go, and which driver function stands behind a call site.
 * One thread.
 */
#ifndef RISER_BRIDGE_NAMES_H
#define RISER_BRIDGE_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/tlp.h>

#include "../kernel/uapi/pciem.h"

/* ---- barmap.c ---- */

#define RISER_NR_BARS		6
#define RISER_MAX_FUNCTIONS	8
#define RISER_CFG_BYTES		4096
#define RISER_MAX_VECTORS	2048

struct riser_bar {
	uint32_t value;		/* last address written */
	uint32_t type;		/* low bits as read */
	uint32_t mask;		/* as read after all ones, 0: not known */
	bool is_sizing;
};

/**
 * struct riser_function - configuration space as far as it was seen
 * @is_seen: answered a request successfully
 * @known: bit per dword: @cfg has been read or written
 */
struct riser_function {
	uint16_t bdf;
	bool is_used;
	bool is_seen;
	struct riser_bar bar[RISER_NR_BARS];
	uint32_t cfg[RISER_CFG_BYTES / 4];
	uint8_t known[RISER_CFG_BYTES / 4 / 8];
	uint16_t msi_cap;
	uint16_t msix_cap;
	uint32_t nr_vectors;
	uint64_t *vector_addr;	/* of the MSI-X table, by listening */
};

struct riser_bar_map {
	uint32_t nr_slots;	/* of @function that may be used; what is beyond never was */
	struct riser_function function[RISER_MAX_FUNCTIONS];
};

enum riser_message_kind {
	RISER_NO_MESSAGE = 0,
	RISER_MESSAGE_MSI,
	RISER_MESSAGE_MSIX,
};

int riser_bar_map_init(struct riser_bar_map *map);
void riser_bar_map_fini(struct riser_bar_map *map);
/* A configuration write was sent. */
void riser_bar_map_cfg_write(struct riser_bar_map *map,
			     const struct riser_tlp *request);
/* @reg of @bdf was read as @value (bytes of @be only). */
void riser_bar_map_cfg_read(struct riser_bar_map *map, uint16_t bdf,
			    uint16_t reg, uint8_t be, uint32_t value);
/* A memory write was sent to the card: it may fill the MSI-X table. */
void riser_bar_map_mem_write(struct riser_bar_map *map,
			     const struct riser_tlp *request);
/* Is this memory write of the card one of its interrupt messages? */
enum riser_message_kind riser_bar_map_message(const struct riser_bar_map *map,
					      const struct riser_tlp *write);
/* The BAR that holds @addr and the offset in it; -1: none. */
int riser_bar_map_find(const struct riser_bar_map *map, uint64_t addr,
		       bool is_io, uint64_t *offset);
/* riser_tlp_names.address with the map as ctx. */
bool riser_bar_map_name(const void *ctx, uint64_t addr, bool is_io, char *text,
			size_t size);
/* Base and size of BAR @idx; false if it is not known, or half of another one. */
bool riser_function_bar(const struct riser_function *fn, unsigned int idx,
			uint64_t *base, uint64_t *bytes, bool *is_io);
struct riser_function *riser_bar_map_function(struct riser_bar_map *map,
					      uint16_t bdf);

/* ---- site.c ---- */

#define RISER_MAX_SITES		65536
#define RISER_FUNCTION_BYTES	128

/**
 * struct riser_site_entry - a short stack
 * @function: the frame of @text that is the driver's
 * @function_frame: which one: 0 made the access itself; the address of any other
 *	is where its call returns to
 */
struct riser_site_entry {
	char *text;
	uint32_t nr_frames;
	uint32_t function_frame;
	uint64_t frame[PCIEM_SITE_FRAMES];
	char function[RISER_FUNCTION_BYTES];
};

struct riser_pc_entry {
	uint64_t pc;
	uint32_t site;
};

struct riser_sites {
	struct riser_site_entry **entry;
	struct riser_pc_entry *pc;	/* open hash over frame[0] */
};

int riser_sites_init(struct riser_sites *sites);
void riser_sites_fini(struct riser_sites *sites);
/**
 * riser_sites_add() - a SITE record
 *
 * Returns its entry, NULL if the record cannot be or memory is short. An entry
 * lives until fini; one that comes again replaces its text in place.
 */
const struct riser_site_entry *riser_sites_add(struct riser_sites *sites,
					       const uint8_t *body,
					       uint32_t len, uint32_t *site);
/* A site by its number, or by the address of the access if that is 0. */
const struct riser_site_entry *riser_sites_find(const struct riser_sites *sites,
						uint32_t site, uint64_t pc);
/* The driver's function of a site, or of an access at @pc; NULL if not known. */
const char *riser_sites_function(const struct riser_sites *sites,
				 uint32_t site, uint64_t pc);
/* Whether a frame as printed by %pS is an accessor and not the driver. */
bool riser_site_is_accessor(const char *frame);
/* Whether its name is that of a driver's wrapper around readl. */
bool riser_site_is_helper(const char *frame);

#endif /* RISER_BRIDGE_NAMES_H */
