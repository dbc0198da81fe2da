// SPDX-License-Identifier: GPL-2.0
/* A data race that is meant: what finds them has to find this one, or finds none. */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>

#define ROUNDS	1000

static unsigned long planted;
static struct task_struct *racers[2];

static int race(void *unused)
{
	unsigned int i;

	while (!kthread_should_stop()) {
		for (i = 0; i < ROUNDS; i++) {
			planted++;
			barrier();	/* each is an access of its own */
		}
		cond_resched();
	}
	return 0;
}

static void stop(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(racers); i++)
		if (!IS_ERR_OR_NULL(racers[i]))
			kthread_stop(racers[i]);
}

static int __init race_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(racers); i++) {
		racers[i] = kthread_run(race, NULL, "pciem_race%u", i);
		if (IS_ERR(racers[i])) {
			stop();
			return PTR_ERR(racers[i]);
		}
	}
	return 0;
}

static void __exit race_exit(void)
{
	stop();
}

module_init(race_init);
module_exit(race_exit);
MODULE_DESCRIPTION("Two threads that race for a counter");
MODULE_LICENSE("GPL");
