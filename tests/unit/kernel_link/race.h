/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Put before kernel/reqtab.c by the compiler (-include): every load and every
 * compare-and-swap of a slot's word is a point at which a test may act as the
 * other CPU.
 */
#ifndef TESTS_RACE_H
#define TESTS_RACE_H

void race_point(void);

/* a macro's own name is not expanded again inside of it */
#define __atomic_load_n(p, order) \
	({ race_point(); __atomic_load_n(p, order); })
#define __atomic_compare_exchange_n(p, old, new, weak, ok, fail) \
	({ race_point(); __atomic_compare_exchange_n(p, old, new, weak, ok, fail); })

#endif /* TESTS_RACE_H */
