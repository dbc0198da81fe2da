// SPDX-License-Identifier: Apache-2.0
/*
 * A whole project file becomes the options of `riser run`; the table, the schema
 * and the page of the documentation have the same keys. Bad files: tests/messages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../bridge/project/project.h"

static char dir[] = "/tmp/riser-project-XXXXXX";

static const char *write_file(const char *name, const char *text)
{
	static char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static void assert_argument(const struct riser_project *project, size_t i,
			    const char *format)
{
	char want[256];

	snprintf(want, sizeof(want), format, dir);
	assert_true(i < project->nr);
	assert_string_equal(project->argv[i], want);
}

static void test_each_key_becomes_its_option(void **state)
{
	static const char *const want[] = {
		"--name=smoke", "--out=%s/runs", "--card=my card",
		"--files=%s/files.f", "--top=my_card", "--plusarg=+a",
		"--plusarg=+b=1", "--x-init=1", "--seed=31",
		"--completion-timeout=40000", "--idle=pace:0.5", "--driver=nvme",
		"--module=ext4", "--kernel=6.12", "--program=lspci",
		"--add=%s/files.f:/riser/f", "--env=SIZE=4", "--smp=1",
		"--timeout=600", "--deadline=1000", "--local", "--no-record",
		"--snapshot-limit=64", "--waves=never",
		"--window-before=2000", "--max-windows=2",
		"--trigger-tlp=type=MSI-X nth=2", "--host-check=config=cmp a b",
		"--fault=to-host type=CplD nth=3 : drop",
		"--fault=type=MSI-X : duplicate", "--waive=CPL-10=next spin",
		"--waive=CPL-11:report=known",
		"--reference=%s/files.f", "--reference-plusarg=+at",
		"--may-differ=bar0 0x54", "--may-differ=config 0x4 mask 0x80000",
		"--reference-patience=50000",
	};
	struct riser_project project = { 0 };
	char script[64];
	size_t i;

	(void)state;
	write_file("files.f", "x.v\n");
	write_file("smoke.sh", "true\n");
	assert_int_equal(riser_project_read(write_file("riser.yaml",
		"riser: 1\nname: smoke\nout: runs\n"
		"card: {name: my card, files: files.f, top: my_card,\n"
		"  plusargs: [+a, +b=1], x-init: 1, seed: 0x1f,\n"
		"  completion-timeout: 40000, idle: 'pace:0.5'}\n"
		"driver: {name: nvme, modules: [ext4]}\n"
		"guest:\n  kernel: 6.12\n  script: smoke.sh\n"
		"  programs: [lspci]\n  add: [\"files.f:/riser/f\"]\n"
		"  env: {SIZE: 4}\n  smp: 1\n  timeout: 10m\n"
		"  deadline: 1s\n  local: true\n"
		"record: {enabled: false, snapshots: true, snapshot-limit: 64}\n"
		"waves: {when: never, before: 2us, max: 2, on-tlp: [type=MSI-X nth=2]}\n"
		"checks: {config: cmp a b}\n"
		"faults:\n  - to-host type=CplD nth=3 : drop\n"
		"  - 'type=MSI-X : duplicate'\n"
		"waivers:\n"
		"  - {rule: CPL-10, reason: next spin, until: 2999-12-31}\n"
		"  - {rule: CPL-11, reason: known, verdict: report}\n"
		"reference:\n  model: files.f\n  plusargs: [+at]\n"
		"  may-differ: [bar0 0x54, config 0x4 mask 0x80000]\n  patience: 50000\n"),
		&project), 0);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_argument(&project, i, want[i]);
	assert_int_equal(project.nr, i);
	snprintf(script, sizeof(script), "%s/smoke.sh", dir);
	assert_string_equal(project.script, script);
	riser_project_fini(&project);
}

static void test_lists_maps_and_trees(void **state)
{
	static const char *const want[] = {
		"--model-arg=%s/rtl/a.v", "--model-arg=%s/rtl/b.v",
		"--model-arg=--incdir=%s/rtl", "--model-arg=--param=W=8",
		"--interface=xilinx-us", "--port-prefix=cq=s_axis_cq",
		"--interface-param=AXIS_W=64",
		"--interface-param=config.vendor=0x1234",
		"--interface-param=config.bars.0.size=16384",
		"--interface-param=config.bars.0.is64=1",
		"--interface-param=config.bars.1.size=0x100",
		"--model-arg=--clk-period-ps=2500",
		"--model-arg=--clock=aux:400",
		"--model-arg=--tie=mode=3", "--model-arg=--reset=rst:high",
		"--model-arg=--reset=aux_rst_n:low:100",
		"--model-arg=--loopback=uart_tx:uart_rx", "--regs=bar0=%s/rtl/a.v",
	};
	struct riser_project project = { 0 };
	char path[128];
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "%s/rtl", dir);
	assert_int_equal(mkdir(path, 0777), 0);
	write_file("rtl/b.v", "x\n");
	write_file("rtl/a.v", "x\n");
	assert_int_equal(riser_project_read(write_file("tree.yaml",
		"riser: 1\ncard: {sources: [\"rtl/*.v\"], include: [rtl], params: {W: 8}}\n"
		"endpoint:\n  interface: xilinx-us\n  prefix: {cq: s_axis_cq}\n"
		"  params: {AXIS_W: 64}\n"
		"  config: {vendor: 0x1234, bars: [{size: 16KiB, is64: true}, {size: 0x100}]}\n"
		"  clock-period: 2.5ns\n  clocks: {aux: 400ps}\n  tie-offs: {mode: 3}\n"
		"  resets: {rst: high, aux_rst_n: {active: low, cycles: 100}}\n"
		"  loopback: [{from: uart_tx, to: uart_rx}]\n"
		"regs: {bar0: rtl/a.v}\n"),
		&project), 0);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_argument(&project, i, want[i]);
	assert_int_equal(project.nr, i);
	riser_project_fini(&project);
}

/* The YAML library would never come back from the first, which is no UTF-8. */
static void test_memories_by_name(void **state)
{
	static char *words[] = {
		"riser run", "--preload=flash=x.f", "--preload=ram=old.f", "--preload=ram=x.f", NULL,
	};
	struct riser_project project = { 0 };
	char path[128];
	FILE *f;

	(void)state;
	write_file("x.f", "x.v\n");
	assert_int_equal(riser_project_read(write_file("riser.yaml",
		"riser: 1\ncard:\n  preload: {flash: x.f, ram: x.f}\n"), &project), 0);
	assert_int_equal(project.nr, 2);
	assert_argument(&project, 0, "--preload=flash=%s/x.f");
	assert_argument(&project, 1, "--preload=ram=%s/x.f");
	riser_project_fini(&project);
	assert_int_equal(riser_project_read(write_file("riser.yaml",
		"riser: 1\ncard:\n  preload: x.f\n"), &project), 0);
	assert_int_equal(project.nr, 1);
	assert_argument(&project, 0, "--preload=%s/x.f");
	riser_project_fini(&project);

	snprintf(path, sizeof(path), "%s/run.yaml", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(riser_project_write(f, words, "s.sh", dir), 0);
	fclose(f);
	write_file("s.sh", "true\n");
	assert_int_equal(riser_project_read(path, &project), 0);
	assert_int_equal(project.nr, 2);
	assert_argument(&project, 0, "--preload=flash=%s/x.f");
	assert_argument(&project, 1, "--preload=ram=%s/x.f");
	riser_project_fini(&project);
}

static void test_directives_are_refused(void **state)
{
	static const char *const texts[] = {
		"%x \xec\n", "riser: 1\n%YAML 1.2\n---\n", "riser: 1\r%x\n",
		"ris:\n \r% e\xc9=\x10\r`  - ta",	/* found by fuzz.project: no end */
	};
	struct riser_project project = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(riser_project_read(write_file("riser.yaml", texts[i]), &project), 2);
		riser_project_fini(&project);
	}
}

/* What @text's mistakes are told as. */
static void assert_told(const char *text, const char *words)
{
	struct riser_project project = { 0 };
	char path[128], said[4096];
	int old = dup(STDERR_FILENO);
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/said", dir);
	f = fopen(path, "w+");
	assert_non_null(f);
	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	n = (size_t)riser_project_read(write_file("told.yaml", text), &project);
	fflush(stderr);
	dup2(old, STDERR_FILENO);
	close(old);
	assert_int_equal(n, 2);
	rewind(f);
	n = fread(said, 1, sizeof(said) - 1, f);
	said[n] = '\0';
	fclose(f);
	if (!strstr(said, words))
		fail_msg("'%s' is not in: %s", words, said);
	riser_project_fini(&project);
}

static void test_no_utf8(void **state)
{
	static const char *const good[] = { "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x9a\x80", "\xf4\x8f\xbf\xbf" };
	static const char *const bad[] = { "\xc9", "\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
					   "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xff" };
	struct riser_project project = { 0 };
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(text, sizeof(text), "riser: 1 # %s\n", good[i]);
		assert_int_equal(riser_project_read(write_file("told.yaml", text), &project), 0);
		riser_project_fini(&project);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "riser: 1\n# %s\n", bad[i]);
		assert_told(text, ": a project file is UTF-8");
	}
	assert_told("riser: 1\n# Entit\xe4t\n", "told.yaml:2:8: byte 0xe4: a project file is UTF-8");
}

/* YAML ends a line at \n, at \r and at \r\n; a mistake is shown where it is. */
static void test_every_end_of_line(void **state)
{
	(void)state;
	assert_told("riser: 1\nfaults:\n  - nonsense\n", "told.yaml:3:");
	assert_told("riser: 1\rfaults:\r  - nonsense\r", "told.yaml:3:");
	assert_told("riser: 1\r\nfaults:\r\n  - nonsense\r\n", "told.yaml:3:");
	assert_told("riser: 1\rfaults:\r  - nonsense\r", "  - nonsense");
	assert_told("riser: 1\rfaults:\n  - 'nonsense'\r\n", "  - 'nonsense'");
	/* found by fuzz.project: read behind the end of a shorter line */
	assert_told("riser: 1\nchecks:\n  - to-host type=CplDte'\rwaivers:\n  - o3: 1\nfaults:\n  - to-1}\n",
		    "  - to-1}");
}

static void test_edam_is_a_card(void **state)
{
	static const char *const want[] = {
		"--top=ep", "--model-arg=%s/rtl/a.v", "--model-arg=--incdir=%s/rtl",
		"--model-arg=--param=W=8", "--model-arg=--define=SIM=1",
		"--plusarg=+seed=3", "--name=x",
	};
	struct riser_project project = { 0 };
	size_t i;

	(void)state;
	write_file("ep.eda.yml", "name: ep\ntoplevel: ep\nfiles:\n"
		   "- {name: rtl/a.v, file_type: verilogSource-2005}\n"
		   "- {name: rtl/b.v, file_type: verilogSource, is_include_file: true}\n"
		   "- {name: pins.xdc, file_type: xdc}\n"
		   "parameters:\n"
		   "  W: {datatype: int, default: 8, paramtype: vlogparam}\n"
		   "  SIM: {datatype: int, default: 1, paramtype: vlogdefine}\n"
		   "  seed: {datatype: int, default: 3, paramtype: plusarg}\n"
		   "tool_options: {}\n");
	assert_int_equal(riser_project_read(write_file("edam.yaml",
		"riser: 1\ncard: {edam: ep.eda.yml}\nname: x\n"), &project), 0);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_argument(&project, i, want[i]);
	assert_int_equal(project.nr, i);
	riser_project_fini(&project);
	/* the project's own top comes before that of the file */
	assert_int_equal(riser_project_read(write_file("edam.yaml",
		"riser: 1\ncard: {top: mine, edam: ep.eda.yml}\n"), &project), 0);
	assert_argument(&project, 0, "--top=mine");
	assert_argument(&project, 1, want[1]);
	riser_project_fini(&project);
}

/* The words of a run, as a project file, are the same words again. */
static void test_words_come_back(void **state)
{
	static char *words[] = {
		"riser run", "--name=smoke", "--top=my_card", "-f", "x.f",
		"--model-arg=--param=W=8", "--model-arg=--clock=aux:400",
		"--model-arg=--clock=late:400:100", "--model-arg=--reset=a:low",
		"--model-arg=--reset=a:low:9", "--model-arg=--reset=b:high",
		"--model-arg=--loopback=x:y", "--regs=bar2=x.f", "--interface=xilinx-us",
		"--model-arg=--boot-until=a && b", "--boot-limit=20", "--no-boot-snapshot",
		"--model-arg=--signal=m.s", "--no-sandbox",
		"--port-prefix=cq=s_axis", "--interface-param=config.bars.0.size=64",
		"--fast", "--driver", "./drv", "--driver-param=debug=1",
		"--kernel=6.1", "--kernel=6.12", "--timeout=7",
		"--deadline=250", "--window-before=10", "--local",
		"--preload=./x.f", "--no-record", "--env=A=say \"b\"", "--env=A=2",
		"--fault=type=CplD : drop", "--waive=CPL-10:report=known: it's",
		"--host-actions", "-q", NULL,
	};
	static const char *const want[] = {
		"--name=smoke", "--files=%s/x.f", "--model-arg=--param=W=8",
		"--top=my_card", "--model-arg=--clock=late:400:100",
		"--model-arg=--signal=m.s",
		"--flavour=fast", "--preload=%s/./x.f", "--no-sandbox", "--interface=xilinx-us", "--port-prefix=cq=s_axis",
		"--interface-param=config.bars.0.size=64",
		"--model-arg=--clock=aux:400", "--model-arg=--reset=a:low:9",
		"--model-arg=--reset=b:high", "--model-arg=--loopback=x:y",
		"--model-arg=--boot-until=a && b", "--boot-limit=20", "--no-boot-snapshot",
		"--regs=bar2=%s/x.f", "--driver=%s/./drv",
		"--driver-param=debug=1", "--kernel=6.12", "--env=A=2",
		"--timeout=7", "--deadline=250", "--local", "--no-record",
		"--window-before=10", "--fault=type=CplD : drop",
		"--waive=CPL-10:report=known: it's",
	};
	struct riser_project project = { 0 };
	char path[128], script[128];
	size_t i;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/drv", dir);
	assert_int_equal(mkdir(path, 0777), 0);
	write_file("x.f", "x.v\n");
	write_file("s.sh", "true\n");
	snprintf(path, sizeof(path), "%s/run.yaml", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(riser_project_write(f, words, "s.sh", dir), 0);
	fclose(f);
	assert_int_equal(riser_project_read(path, &project), 0);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_argument(&project, i, want[i]);
	assert_int_equal(project.nr, i);
	snprintf(script, sizeof(script), "%s/s.sh", dir);
	assert_string_equal(project.script, script);
	riser_project_fini(&project);
}

static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part))
		return;
	print_error("%s is missing\n", part);
	fail();
}

static void test_schema_and_page_have_every_key(void **state)
{
	static char schema[1 << 18], page[1 << 18];
	const struct riser_project_key *key;
	FILE *f = fmemopen(schema, sizeof(schema), "w");
	char word[64];

	(void)state;
	assert_non_null(f);
	riser_project_schema(f);
	fclose(f);
	f = fopen(DOC, "r");
	assert_non_null(f);
	assert_true(fread(page, 1, sizeof(page) - 1, f) > 0);
	fclose(f);
	for (key = riser_project_keys; key->section; key++) {
		snprintf(word, sizeof(word), "\"%s\": {",
			 *key->key ? key->key : key->section);
		assert_has(schema, word);
		snprintf(word, sizeof(word), "`%s%s%s`", key->section,
			 *key->section && *key->key ? "." : "", key->key);
		assert_has(page, word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_key_becomes_its_option),
		cmocka_unit_test(test_lists_maps_and_trees),
		cmocka_unit_test(test_memories_by_name),
		cmocka_unit_test(test_directives_are_refused),
		cmocka_unit_test(test_every_end_of_line),
		cmocka_unit_test(test_no_utf8),
		cmocka_unit_test(test_edam_is_a_card),
		cmocka_unit_test(test_words_come_back),
		cmocka_unit_test(test_schema_and_page_have_every_key),
	};
	char command[64];
	int ret;

	if (!mkdtemp(dir))
		return 1;
	ret = cmocka_run_group_tests_name("project.project", tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command) ? 1 : ret;
}
