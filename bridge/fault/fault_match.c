// SPDX-License-Identifier: Apache-2.0
/* Whether a rule means a TLP, and whether it is this one's turn. */
#include <riser/fault.h>

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "fault_names.h"

#define KIND(kind)	(1U << RISER_TLP_##kind)
#define CFG_READS	(KIND(CFGRD0) | KIND(CFGRD1))
#define CFG_WRITES	(KIND(CFGWR0) | KIND(CFGWR1))
#define NONPOSTED	(KIND(MRD) | KIND(MRDLK) | KIND(IORD) | KIND(IOWR) | \
			 CFG_READS | CFG_WRITES | KIND(FETCHADD) | \
			 KIND(SWAP) | KIND(CAS) | KIND(DMWR))
#define WITH_DATA	(KIND(MWR) | KIND(IOWR) | CFG_WRITES | KIND(MSGD) | \
			 KIND(CPLD) | KIND(CPLDLK) | KIND(FETCHADD) | \
			 KIND(SWAP) | KIND(CAS) | KIND(DMWR))

static const struct riser_fault_type types[] = {
	{ "MRd", KIND(MRD), 0 },
	{ "MWr", KIND(MWR), RISER_FAULT_NO_MSI },
	{ "IORd", KIND(IORD), 0 },
	{ "IOWr", KIND(IOWR), 0 },
	{ "CfgRd", CFG_READS, 0 },
	{ "CfgWr", CFG_WRITES, 0 },
	{ "Msg", KIND(MSG) | KIND(MSGD), 0 },
	{ "Cpl", KIND(CPL), 0 },
	{ "CplD", KIND(CPLD), 0 },
	{ "MSI", KIND(MWR), RISER_FAULT_MSI },
	{ "MSI-X", KIND(MWR), RISER_FAULT_MSIX },
};

#define NR_TYPES (sizeof(types) / sizeof(types[0]))

static const char *const action_names[RISER_FAULT_NR_ACTIONS + 1] = {
	[RISER_FAULT_DROP] = "drop",
	[RISER_FAULT_DELAY] = "delay",
	[RISER_FAULT_UR] = "ur",
	[RISER_FAULT_CA] = "ca",
	[RISER_FAULT_POISON] = "poison",
	[RISER_FAULT_CORRUPT] = "corrupt",
	[RISER_FAULT_DUPLICATE] = "duplicate",
	[RISER_FAULT_REORDER] = "reorder",
	[RISER_FAULT_SPLIT] = "split",
	[RISER_FAULT_WITHHOLD] = "withhold",
	[RISER_FAULT_LINK_DOWN] = "link-down",
};

const struct riser_fault_type *riser_fault_type_find(const char *name)
{
	size_t i;

	for (i = 0; i < NR_TYPES; i++)
		if (!strcasecmp(types[i].name, name))
			return &types[i];
	if (!strcasecmp(name, "msix"))
		return &types[NR_TYPES - 1];
	return NULL;
}

const char *const *riser_fault_type_names(void)
{
	static const char *const names[NR_TYPES + 1] = {
		"MRd", "MWr", "IORd", "IOWr", "CfgRd", "CfgWr", "Msg", "Cpl",
		"CplD", "MSI", "MSI-X", NULL,
	};

	return names;
}

const char *const *riser_fault_action_names(void)
{
	return action_names;
}

const char *riser_fault_action_name(enum riser_fault_action action)
{
	return (unsigned int)action < RISER_FAULT_NR_ACTIONS ?
	       action_names[action] : "?";
}

uint32_t riser_fault_action_kinds(const struct riser_fault *fault)
{
	struct riser_tlp tlp = { .data_bytes = 4096 };
	uint32_t kinds = 0;

	switch (fault->action) {
	case RISER_FAULT_UR:
	case RISER_FAULT_CA:
		return NONPOSTED | RISER_FAULT_CPL_KINDS;
	case RISER_FAULT_POISON:
		return WITH_DATA;
	case RISER_FAULT_SPLIT:
		return KIND(CPLD);
	case RISER_FAULT_CORRUPT:
		for (tlp.kind = 0; tlp.kind < RISER_TLP_NR_KINDS; tlp.kind++) {
			tlp.data = WITH_DATA >> tlp.kind & 1 ?
				   (const uint8_t *)"" : NULL;
			if (riser_fault_has_field(&tlp, fault->field, 0))
				kinds |= 1U << tlp.kind;
		}
		return kinds;
	default:
		return UINT32_MAX;
	}
}

/* "nvme_wait_ready+0x6e/0x90 [nvme_core]": the name alone is matched. */
static bool is_function(const char *pattern, const char *function)
{
	char name[128];
	size_t len;

	if (!function)
		return false;
	len = strcspn(function, "+ ");
	if (len >= sizeof(name))
		return false;
	memcpy(name, function, len);
	name[len] = '\0';
	return !fnmatch(pattern, name, 0);
}

static bool kind_matches(const struct riser_fault *fault,
			 const struct riser_fault_place *place)
{
	const struct riser_tlp *tlp = place->tlp;

	if (fault->kinds && !(fault->kinds >> tlp->kind & 1))
		return false;
	/* an MWr is a write of data; interrupts have their own words */
	if (fault->kinds && tlp->kind == RISER_TLP_MWR &&
	    fault->interrupt != place->interrupt &&
	    !(fault->interrupt & place->interrupt))
		return false;
	if (fault->of_kinds &&
	    (!(RISER_FAULT_CPL_KINDS >> tlp->kind & 1) ||
	     place->request_kind >= RISER_TLP_NR_KINDS ||
	     !(fault->of_kinds >> place->request_kind & 1)))
		return false;
	return true;
}

static uint32_t size_of(const struct riser_tlp *tlp)
{
	if (tlp->kind == RISER_TLP_MRD || tlp->kind == RISER_TLP_MRDLK)
		return riser_tlp_request_bytes(tlp);
	return tlp->data_bytes;
}

static bool is_in(uint64_t value, uint64_t first, uint64_t last)
{
	return value >= first && value <= last;
}

static bool header_matches(const struct riser_fault *fault,
			   const struct riser_tlp *tlp)
{
	bool is_cpl = RISER_FAULT_CPL_KINDS >> tlp->kind & 1;
	bool is_config = tlp->kind >= RISER_TLP_CFGRD0 &&
			 tlp->kind <= RISER_TLP_CFGWR1;
	uint32_t data = 0;

	if (fault->has_bytes && !is_in(size_of(tlp), fault->bytes_first,
				       fault->bytes_last))
		return false;
	if (fault->has_addr && (is_cpl || is_config ||
				!is_in(tlp->addr, fault->addr_first,
				       fault->addr_last)))
		return false;
	if (fault->has_tag && !is_in(tlp->tag, fault->tag_first,
				     fault->tag_last))
		return false;
	if (!fault->has_data)
		return true;
	if (!tlp->data || tlp->data_bytes < sizeof(data))
		return false;
	memcpy(&data, tlp->data, sizeof(data));
	return is_in(data, fault->data_first, fault->data_last);
}

bool riser_fault_matches(const struct riser_fault *fault,
			 const struct riser_fault_place *place)
{
	const struct riser_tlp *tlp = place->tlp;

	if (fault->direction != RISER_FAULT_ANY &&
	    fault->direction != (uint8_t)place->direction)
		return false;
	if (!kind_matches(fault, place))
		return false;
	if (!(riser_fault_action_kinds(fault) >> tlp->kind & 1))
		return false;
	if (fault->action == RISER_FAULT_CORRUPT &&
	    !riser_fault_has_field(tlp, fault->field, fault->at))
		return false;
	if (!header_matches(fault, tlp))
		return false;
	if (fault->bar >= 0 && fault->bar != place->bar)
		return false;
	if (fault->has_offset && (place->bar < 0 ||
				  place->offset < fault->offset_first ||
				  place->offset > fault->offset_last))
		return false;
	return !fault->function[0] || is_function(fault->function,
						  place->function);
}

void riser_fault_count_init(struct riser_fault_count *count,
			    const struct riser_fault *fault)
{
	*count = (struct riser_fault_count){ .random = fault->seed };
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

bool riser_fault_fires(const struct riser_fault *fault,
		       struct riser_fault_count *count)
{
	count->matched++;
	if (fault->times && count->injected >= fault->times)
		return false;
	if (fault->nth && count->matched != fault->nth)
		return false;
	if (fault->every && count->matched % fault->every)
		return false;
	if (fault->permille &&
	    next_random(&count->random) % 1000 >= fault->permille)
		return false;
	count->injected++;
	return true;
}
