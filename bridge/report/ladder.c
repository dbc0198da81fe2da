// SPDX-License-Identifier: Apache-2.0
#include "scene.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int riser_ladder_init(struct riser_ladder *ladder, struct riser_scene *scene,
		      const struct riser_account *account)
{
	struct fy_node *failure = account->failure;

	memset(ladder, 0, sizeof(*ladder));
	ladder->scene = scene;
	ladder->access_seq = RISER_NO_SEQ;
	if (failure) {
		ladder->finding = riser_node_text(failure, "text");
		if (riser_node_text(failure, "tlp"))
			ladder->access_seq = riser_node_u64(failure, "tlp");
	}
	return riser_words_init(&ladder->words) ? -ENOMEM : 0;
}

static bool is_finding(const struct riser_ladder *ladder,
		       const struct riser_packet *packet)
{
	/* a capture cuts long texts */
	return packet->note && ladder->finding && *packet->note &&
	       !strncmp(packet->note, ladder->finding, strlen(packet->note));
}

static void describe(struct riser_ladder *ladder, struct riser_step *step,
		     const struct riser_packet *packet)
{
	const struct riser_tlp_event *event = &packet->tlp;

	memset(step, 0, sizeof(*step));
	step->cycle = packet->cycle;
	step->seq = event->seq;
	step->request_seq = event->request_seq;
	step->direction = event->direction;
	step->is_note = packet->note != NULL;
	if (packet->note) {
		snprintf(step->text, sizeof(step->text), "%s", packet->note);
		return;
	}
	step->waits = event->tlp_class == RISER_NONPOSTED;
	riser_words_learn(&ladder->words, event);
	riser_words_print(&ladder->words, event->bytes, event->len, step->text,
			  sizeof(step->text));
	if (event->caller && event->caller->function)
		snprintf(step->function, sizeof(step->function), "%s",
			 event->caller->function);
}

static void take(struct riser_ladder *ladder, uint64_t nr)
{
	struct riser_scene *scene = ladder->scene;
	struct riser_step *step;

	if (nr < ladder->nr_taken || scene->nr_steps == RISER_SCENE_STEPS)
		return;
	step = &scene->step[scene->nr_steps];
	*step = ladder->ring[nr % RISER_LADDER_BEFORE];
	step->skipped = scene->nr_steps ? nr - ladder->nr_taken : 0;
	scene->nr_steps++;
	ladder->nr_taken = nr + 1;
}

/* What the ring still has and is not in the scene yet. */
static void take_all(struct riser_ladder *ladder)
{
	uint64_t nr = ladder->nr_seen > RISER_LADDER_BEFORE ?
		      ladder->nr_seen - RISER_LADDER_BEFORE : 0;

	for (; nr < ladder->nr_seen; nr++)
		take(ladder, nr);
}

void riser_ladder_packet(struct riser_ladder *ladder,
			 const struct riser_packet *packet)
{
	struct riser_step *step =
		&ladder->ring[ladder->nr_seen % RISER_LADDER_BEFORE];
	bool is_access = !packet->note &&
			 ladder->access_seq != RISER_NO_SEQ &&
			 packet->tlp.seq == ladder->access_seq;

	describe(ladder, step, packet);
	step->is_access = is_access;
	step->is_finding = is_finding(ladder, packet);
	ladder->nr_seen++;
	if (is_access)
		ladder->scene->access_cycle = packet->cycle;
	if (is_access || step->is_finding) {
		take_all(ladder);
		ladder->wanted = RISER_LADDER_BEHIND;
		/* the same words come again with every repetition */
		if (step->is_finding)
			ladder->finding = NULL;
	} else if (ladder->wanted) {
		take(ladder, ladder->nr_seen - 1);
		ladder->wanted--;
	}
}

void riser_ladder_finish(struct riser_ladder *ladder)
{
	if (!ladder->scene->nr_steps) {
		ladder->scene->is_end = true;
		take_all(ladder);
	}
	riser_words_fini(&ladder->words);
}
