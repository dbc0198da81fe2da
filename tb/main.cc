// SPDX-License-Identifier: Apache-2.0
// riser_tb: the independent root complex against a model.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "cases/case.h"
#include "cases/probe.h"
#include "rc/coverage.h"

namespace tb {
namespace {

struct Options {
  std::string model, card, config, only, cover;
  uint64_t seed = 1;
  uint32_t seeds = 1;
  uint32_t rounds = 300;
  uint32_t functions = 1;
  std::vector<std::string> plusargs;
};

void Usage(FILE* to) {
  fputs(
      "usage: riser_tb --model FILE --card NAME --config FILE [option ...]\n\n"
      "Drives a model with a root complex of its own and judges what the card does.\n\n"
      "  --model FILE    model.so of the card\n"
      "  --card NAME     core, nvme, epf_test, example, example_timeout, functions, a probe_ of tests/iface/probe, or any other name: only\n"
      "                  what every card must do\n"
      "  --config FILE   masks of the configuration space (tb/cards/NAME.cfg)\n"
      "  --case NAME     one case only\n"
      "  --seed N        first seed (1); printed with each case\n"
      "  --seeds N       how many seeds (1)\n"
      "  --rounds N      length of the random cases (300)\n"
      "  --functions N   the card has functions 0 to N - 1 (1); the cases that are not about several judge function 0\n"
      "  --cover FILE    write coverage data, of all cases together\n"
      "  +NAME=VALUE     for the model\n\n"
      "Exit code: 0 all passed, 1 a case failed, 2 wrong use\n",
      to);
}

std::vector<Case> CasesOf(const std::string& card) {
  if (card.rfind("probe_us", 0) == 0)
    return ProbeUsCases(card.find("usp") != card.npos, card.find("_user") != card.npos);
  if (card == "probe_7series") return kProbe7seriesCases;
  if (card == "probe_htile") return kProbeHtileCases;
  if (card == "probe_ptile") return kProbePtileCases;
  std::vector<Case> all = kGenericCases;
  auto add = [&](const std::vector<Case>& more) { all.insert(all.end(), more.begin(), more.end()); };
  if (card == "core") {
    add(kCoreCases);
    add(kCoreFaultCases);
    add(kCoreRandomCases);
  }
  if (card == "nvme") add(kNvmeCases);
  if (card == "epf_test") add(kEpfCases);
  if (card == "example" || card == "example_timeout") add(kExampleCases);
  if (card == "example_timeout") add(kExampleTimeoutCases);
  if (card == "functions") {
    add(kExampleCases);
    add(kFunctionsCases);
  }
  return all;
}

bool RunCase(const Options& o, const ConfigMap& config, const Case& c, uint64_t seed,
             Coverage* coverage) {
  uint64_t cycles = 0;
  std::string why, skipped;
  try {
    Rng rng(seed);
    Model model(o.model, seed, o.plusargs);
    Root root(&model, &rng);
    Env env{&root, &rng, &config, o.rounds, o.functions};
    root.functions = static_cast<uint8_t>((1u << o.functions) - 1);
    try {
      c.run(&env);
    } catch (const Skipped& s) {
      skipped = s.what();
    } catch (const std::exception& e) {
      why = e.what();
    }
    cycles = model.cycle();
    if (!o.cover.empty()) coverage->Add(&model, o.cover + ".part");
  } catch (const std::exception& e) {
    if (why.empty()) why = e.what();
  }
  if (!skipped.empty()) printf("left out: %s\n", skipped.c_str());
  printf("%-6s %-16s seed %llu, %llu cycles%s\n",
         !skipped.empty() ? "skip" : why.empty() ? "ok" : "FAILED", c.name,
         static_cast<unsigned long long>(seed), static_cast<unsigned long long>(cycles),
         why.empty() ? "" : ":");
  if (!why.empty()) {
    printf("  %s\n  again: riser_tb --model %s --card %s --config %s --rounds %u --case %s --seed %llu\n",
           why.c_str(), o.model.c_str(), o.card.c_str(), "FILE", o.rounds, c.name,
           static_cast<unsigned long long>(seed));
  }
  fflush(stdout);
  return why.empty();
}

int Run(const Options& o) {
  ConfigMap config(o.config);
  Coverage coverage;
  uint32_t nr = 0, failed = 0;
  for (uint64_t seed = o.seed; seed < o.seed + o.seeds; ++seed) {
    for (const Case& c : CasesOf(o.card)) {
      if (!o.only.empty() && o.only != c.name) continue;
      ++nr;
      failed += !RunCase(o, config, c, seed, &coverage);
    }
  }
  if (!o.cover.empty()) coverage.Write(o.cover);
  if (nr == 0) {
    fprintf(stderr, "riser_tb: error: the card '%s' has no case '%s'\n", o.card.c_str(), o.only.c_str());
    return 2;
  }
  printf("%s: %u cases, %u failed\n", o.card.c_str(), nr, failed);
  return failed == 0 ? 0 : 1;
}

bool Parse(int argc, char** argv, Options* o) {
  for (int i = 1; i < argc; ++i) {
    std::string a = argv[i];
    if (a[0] == '+') {
      o->plusargs.push_back(a);
      continue;
    }
    if (i + 1 == argc) {
      fprintf(stderr, "riser_tb: error: '%s' is unknown or has no value (riser_tb --help)\n", argv[i]);
      return false;
    }
    const char* v = argv[++i];
    if (a == "--model") o->model = v;
    else if (a == "--card") o->card = v;
    else if (a == "--config") o->config = v;
    else if (a == "--case") o->only = v;
    else if (a == "--cover") o->cover = v;
    else if (a == "--seed") o->seed = strtoull(v, nullptr, 0);
    else if (a == "--seeds") o->seeds = static_cast<uint32_t>(strtoul(v, nullptr, 0));
    else if (a == "--functions") o->functions = static_cast<uint32_t>(strtoul(v, nullptr, 0));
    else if (a == "--rounds") o->rounds = static_cast<uint32_t>(strtoul(v, nullptr, 0));
    else {
      fprintf(stderr, "riser_tb: error: unknown option '%s' (riser_tb --help)\n", a.c_str());
      return false;
    }
  }
  if (o->functions < 1 || o->functions > 8) {
    fputs("riser_tb: error: --functions is 1 to 8 (riser_tb --help)\n", stderr);
    return false;
  }
  if (!o->model.empty() && !o->card.empty() && !o->config.empty()) return true;
  fputs("riser_tb: error: --model, --card and --config are needed (riser_tb --help)\n", stderr);
  return false;
}

}  // namespace
}  // namespace tb

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--help") == 0) {
    tb::Usage(stdout);
    return 0;
  }
  tb::Options options;
  if (!tb::Parse(argc, argv, &options)) return 2;
  try {
    return tb::Run(options);
  } catch (const std::exception& e) {
    fprintf(stderr, "riser_tb: error: %s\n", e.what());
    return 2;
  }
}
