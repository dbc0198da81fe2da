/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the fault rules: one table for each kind of word. */
#ifndef RISER_FAULT_NAMES_H
#define RISER_FAULT_NAMES_H

#include <riser/fault.h>

#define RISER_FAULT_CPL_KINDS	(1U << RISER_TLP_CPL | 1U << RISER_TLP_CPLD | \
				 1U << RISER_TLP_CPLLK | \
				 1U << RISER_TLP_CPLDLK)

struct riser_fault_type {
	const char *name;
	uint32_t kinds;
	uint8_t interrupt;
};

/* Letters of either case; NULL if there is none. */
const struct riser_fault_type *riser_fault_type_find(const char *name);
/* NULL-terminated. */
const char *const *riser_fault_type_names(void);
const char *const *riser_fault_action_names(void);
const char *const *riser_fault_field_names(void);
/* enum riser_fault_field or -1. */
int riser_fault_field_find(const char *name);
uint64_t riser_fault_field_max(enum riser_fault_field field);
/* What corrupt without a value xors in. */
uint64_t riser_fault_field_flip(enum riser_fault_field field);
/* Bits of the kinds that the rule's action can be done to. */
uint32_t riser_fault_action_kinds(const struct riser_fault *fault);

#endif /* RISER_FAULT_NAMES_H */
