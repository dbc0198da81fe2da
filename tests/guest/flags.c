// SPDX-License-Identifier: Apache-2.0
/*
 * Are the CPU's flags right after cmpxchg16b? QEMU 7.2 computes them from a state
 * that is not that of the instruction before: the half of an operand stands where
 * flags should be, and an interrupt that comes then saves it, and its return loads
 * it. The kernel's allocator has this instruction on its fast path. A CPU that does
 * not offer it passes, since nothing uses it then.
 */
#include <cpuid.h>
#include <stdint.h>
#include <stdio.h>

#define FLAGS	0x3f7fd7ULL	/* all that x86 has */
#define OPERAND	0xffff88803a260b02ULL

static uint64_t flags_after(void)
{
	static _Alignas(16) uint64_t pair[2];
	static uint64_t word;
	uint64_t flags, sum = 1, low = 0, high = 0;

	/* popf and a jump: QEMU keeps all flags as they are; the sum's operand is next */
	asm volatile("pushfq; popfq; jmp 1f; 1: add %[operand], %[sum]; mov %[word], %%rcx;"
		     "mov $0, %%ebx; mov $0, %%ecx; cmpxchg16b %[pair]; pushfq; pop %[flags];"
		     "push $0x202; popfq"
		     : [flags] "=&r"(flags), [sum] "+r"(sum), [pair] "+m"(pair), "+a"(low), "+d"(high)
		     : [operand] "r"(OPERAND), [word] "m"(word)
		     : "rbx", "rcx", "cc", "memory");
	return flags;
}

int main(void)
{
	unsigned int a, b, c, d;
	uint64_t flags;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_CMPXCHG16B)) {
		printf("no cmpxchg16b\n");
		return 0;
	}
	flags = flags_after();
	printf("flags 0x%llx\n", (unsigned long long)flags);
	return !!(flags & ~FLAGS);
}
