// SPDX-License-Identifier: Apache-2.0
/* A broken rule becomes a report: counted, waived or told. */
#include "ck.h"

#include <stdarg.h>
#include <stdio.h>

static void fill_tlp(struct riser_check *ck, struct riser_check_report *report)
{
	const struct ck_tlp *now = ck->now;

	report->cycle = ck->cycle;
	report->seq = RISER_NO_SEQ;
	report->request_seq = RISER_NO_SEQ;
	if (!now)
		return;
	report->bytes = now->in->bytes;
	report->len = now->in->len;
	report->direction = now->dir;
	report->cycle = now->in->cycle;
	report->seq = now->in->seq;
	report->site = now->in->site;
	report->function = now->in->function;
}

static void tell(struct riser_check *ck, enum ck_rule rule, struct riser_check_report *report,
		 const char *format, va_list args)
{
	uint8_t verdict = ck->verdict[rule];

	if (ck->is_muted)
		return;
	report->rule = &ck_rules[rule];
	report->waiver = ck->waiver[rule];
	if (report->waiver) {
		ck->counts[rule].waived++;
		verdict = ck->waiver_verdict[rule];
	} else {
		ck->counts[rule].reported++;
	}
	report->verdict = verdict;
	if (verdict > ck->worst)
		ck->worst = verdict;
	if (!ck->config.report || (verdict == RISER_CHECK_SILENT && !report->waiver))
		return;
	vsnprintf(report->detail, sizeof(report->detail), format, args);
	ck->config.report(ck->config.ctx, report);
}

void ck_report(struct riser_check *ck, enum ck_rule rule, const char *format, ...)
{
	struct riser_check_report report = { 0 };
	va_list args;

	ck->broken = (uint8_t)rule;
	fill_tlp(ck, &report);
	va_start(args, format);
	tell(ck, rule, &report, format, args);
	va_end(args);
}

void ck_report_req(struct riser_check *ck, enum ck_rule rule, const struct ck_req *req,
		   const char *format, ...)
{
	struct riser_check_report report = { 0 };
	va_list args;

	fill_tlp(ck, &report);
	memcpy(report.request, req->hdr, req->hdr_bytes);
	report.request_len = req->hdr_bytes;
	report.request_direction = ck_req_direction(ck, req);
	report.request_cycle = req->cycle;
	report.request_seq = req->seq;
	if (req->site || req->function) {
		report.site = req->site;
		report.function = req->function;
	}
	va_start(args, format);
	tell(ck, rule, &report, format, args);
	va_end(args);
}

void ck_report_past(struct riser_check *ck, enum ck_rule rule, const struct ck_past *past,
		    uint8_t dir, const char *format, ...)
{
	struct riser_check_report report = { 0 };
	va_list args;

	fill_tlp(ck, &report);
	memcpy(report.request, past->hdr, past->hdr_bytes);
	report.request_len = past->hdr_bytes;
	report.request_direction = dir;
	report.request_cycle = past->cycle;
	report.request_seq = past->seq;
	if (past->site || past->function) {
		report.site = past->site;
		report.function = past->function;
	}
	va_start(args, format);
	tell(ck, rule, &report, format, args);
	va_end(args);
}

void ck_report_once(struct riser_check *ck, struct ck_fn *fn, enum ck_rule rule,
		    const char *format, ...)
{
	struct riser_check_report report = { 0 };
	va_list args;

	if (fn->said[rule])
		return;
	fn->said[rule] = 1;
	fill_tlp(ck, &report);
	va_start(args, format);
	tell(ck, rule, &report, format, args);
	va_end(args);
}
