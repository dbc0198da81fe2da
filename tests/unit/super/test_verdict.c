// SPDX-License-Identifier: Apache-2.0
/*
 * result.json and junit.xml of a run that failed, read by programs that are not
 * ours, with text in them that no file format likes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../bridge/super/verdict.h"

#define NASTY "a <b> & \"c\" \\ \x1b[31m \x80 \t end"

static const char reader[] =
	"import json, sys, xml.etree.ElementTree as tree\n"
	"d = sys.argv[1]\n"
	"r = json.load(open(d + '/result.json', encoding='utf-8'))\n"
	"assert r['verdict'] == 'FAIL' and r['exit_code'] == 1 and r['schema'] == 1\n"
	"assert r['why'].startswith('a <b> & \"c\" \\\\ \\x1b[31m'), r['why']\n"
	"assert [c['name'] for c in r['checks']] == ['good', 'bad'], r['checks']\n"
	"assert [c['passed'] for c in r['checks']] == [True, False]\n"
	"assert r['checks'][1]['detail'] == 'wanted 1 < 2', r['checks']\n"
	"assert r['values'] == {'key': 'a text'} and r['troubles'] == ['kernel: oops']\n"
	"assert r['bridge'] is None and r['record'] is None and r['sources'] == {'f+0x1/0x2': {}}\n"
	"assert set(r['wall_s']) == {'boot', 'total'}\n"
	"assert len(r['modules']) == 1 and r['modules'][0]['path'].endswith('/my.ko')\n"
	"assert r['modules'][0]['bytes'] == 3, r['modules']\n"
	"suite = tree.parse(d + '/junit.xml').getroot()\n"
	"cases = suite.findall('testcase')\n"
	"assert suite.get('tests') == '3' and suite.get('failures') == '2', suite.attrib\n"
	"assert [c.get('name') for c in cases] == ['good', 'bad', 'run']\n"
	"assert cases[0].find('failure') is None\n"
	"assert cases[1].find('failure').get('message') == 'wanted 1 < 2'\n"
	"run = cases[2].find('failure')\n"
	"assert run.get('type') == 'FAIL' and run.get('message').startswith('a <b> & \"c\" \\\\ [31m')\n"
	"files = [p.get('value') for p in suite.iter('property') if p.get('name') == 'attachment']\n"
	"assert files == ['result.json'], files\n";

static void write_text(const char *dir, const char *name, const char *text)
{
	char *path = riser_path(dir, name);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(path);
}

static void say(struct riser_live *live, const char *text)
{
	char *line = strdup(text);

	riser_results_line(&live->results, line);
	free(line);
}

static void remove_files(const char *dir)
{
	static const char *const names[] = {
		"my.ko", "read.py", "result.json", "junit.xml",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = riser_path(dir, names[i]);

		unlink(path);
		free(path);
	}
	assert_int_equal(rmdir(dir), 0);
}

static void test_files_of_a_failure_are_valid(void **state)
{
	char dir[] = "/tmp/riser-verdict-XXXXXX", why[] = NASTY, ko[64];
	char sources[] = "{\"f+0x1/0x2\": {}}", command[128];
	const char *adds[] = { "/nonexistent/x.ko", "/etc/passwd", ko, NULL };
	struct riser_super_config config = {
		.name = "n", .card = "c & d", .adds = adds,
	};
	struct riser_failure failure = { .index = -1, .sources = sources };
	struct riser_verdict v = { .word = "FAIL", .code = 1, .why = why };
	struct riser_live *live = calloc(1, sizeof(*live));

	(void)state;
	assert_non_null(live);
	assert_non_null(mkdtemp(dir));
	snprintf(ko, sizeof(ko), "%s/my.ko:/riser/my.ko", dir);
	write_text(dir, "my.ko", "abc");
	write_text(dir, "read.py", reader);
	live->config = &config;
	live->dir = dir;
	riser_phases_init(&live->phases);
	riser_phases_begin(&live->phases, "boot");
	riser_phases_end(&live->phases);
	riser_results_init(&live->results, NULL);
	say(live, "RISER1 check good pass 0.50 status 0");
	say(live, "RISER1 check bad fail 1.00 wanted 1 < 2");
	say(live, "RISER1 value key a text");
	riser_live_trouble(live, "kernel: %s", "oops");
	riser_result_write(live, NULL, &v, &failure);
	riser_junit_write(live, NULL, &v, &failure);

	snprintf(command, sizeof(command), "python3 %s/read.py %s", dir, dir);
	assert_int_equal(system(command), 0);
	free(live->troubles[0]);
	riser_results_fini(&live->results);
	free(live);
	remove_files(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_of_a_failure_are_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
