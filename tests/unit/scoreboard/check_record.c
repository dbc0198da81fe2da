// SPDX-License-Identifier: Apache-2.0
/*
 * usage: unit_scoreboard_record KIND RECORD
 *
 * A recorded run through a scoreboard, without its model: prints what it finds.
 * Exit status 0: nothing; 1: something; 2: no such record.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <riser/link.h>
#include <riser/record.h>
#include <riser/run.h>
#include <riser/scoreboard.h>

static void on_report(void *ctx, const struct riser_finding *finding)
{
	(void)ctx;
	riser_finding_print(finding, stdout);
	printf("         cycle %" PRIu64 ", TLP %" PRIu64 ", access %s\n", finding->cycle,
	       finding->seq, finding->access);
}

static void take(const struct riser_observer *observer, const struct riser_rec *rec)
{
	switch (rec->kind) {
	case RISER_REC_TLP:
		observer->ops->tlp(observer->ctx, &rec->tlp);
		break;
	case RISER_REC_SIDEBAND:
		observer->ops->sideband(observer->ctx, rec->cycle, rec->levels);
		break;
	case RISER_REC_SITE:
		observer->ops->site(observer->ctx, &rec->site);
		break;
	default:
		break;
	}
}

int main(int argc, char **argv)
{
	struct riser_scoreboard_config config = { .report = on_report };
	struct riser_scoreboard *board;
	struct riser_observer observer;
	char error[RISER_ERROR_BYTES];
	struct riser_rec_log *log;
	struct timespec a, b;
	struct riser_rec rec;
	uint64_t nr = 0;
	int ret;

	if (argc != 3 || riser_scoreboard_open(argv[1], &config, &board, error) ||
	    riser_rec_open(argv[2], &log, error)) {
		fprintf(stderr, "%s\n", argc == 3 ? error : "usage: KIND RECORD");
		return 2;
	}
	observer = riser_scoreboard_observer(board);
	clock_gettime(CLOCK_MONOTONIC, &a);
	while ((ret = riser_rec_next(log, &rec)) == 1) {
		take(&observer, &rec);
		nr += rec.kind == RISER_REC_TLP;
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("%" PRIu64 " TLPs, %" PRIu64 " findings, %.0f ns per TLP with reading\n", nr,
	       riser_scoreboard_count(board),
	       ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) /
	       (double)(nr ? nr : 1));
	ret = ret < 0 ? 2 : riser_scoreboard_count(board) ? 1 : 0;
	riser_rec_close(log);
	riser_scoreboard_close(board);
	return ret;
}
