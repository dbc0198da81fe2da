// SPDX-License-Identifier: Apache-2.0
// Runs the cases, each on a fresh card, without stalls and with them.
//   nvme_test [--seed N] [--case NAME] [--list] [+plusarg]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "cases.h"
#include "verilated.h"

namespace riser_test {

std::vector<uint8_t> RandomBytes(Host* h, size_t bytes) {
  std::vector<uint8_t> out(bytes);
  for (size_t i = 0; i < bytes; ++i) out[i] = static_cast<uint8_t>(h->Random());
  return out;
}

namespace {

int RunAll(const Case* cases, int count, const char* only, uint32_t seed) {
  int run = 0;
  for (int i = 0; i < count; ++i) {
    if (only && strcmp(only, cases[i].name)) continue;
    for (int stalled = 0; stalled < 2; ++stalled) {
      Host host(seed + static_cast<uint32_t>(run) * 7919u);
      Driver driver(&host);
      host.SetStalls(stalled ? 300 : 0, stalled ? 150 : 10);
      cases[i].run(&driver);
      printf("ok %-24s %s %9llu cycles %016llx\n", cases[i].name, stalled ? "stalls" : "      ",
             static_cast<unsigned long long>(host.cycle()), static_cast<unsigned long long>(host.digest()));
      fflush(stdout);
      ++run;
    }
  }
  return run;
}

void List(const Case* cases, int count) {
  for (int i = 0; i < count; ++i) printf("%s\n", cases[i].name);
}

int Main(int argc, char** argv) {
  uint32_t seed = static_cast<uint32_t>(time(nullptr));
  const char* only = nullptr;
  for (int i = 1; i < argc; ++i) {
    if (!strcmp(argv[i], "--seed") && i + 1 < argc) {
      seed = static_cast<uint32_t>(strtoul(argv[++i], nullptr, 0));
    } else if (!strcmp(argv[i], "--case") && i + 1 < argc) {
      only = argv[++i];
    } else if (!strcmp(argv[i], "--list")) {
      List(kAdminCases, kNrAdminCases);
      List(kIoCases, kNrIoCases);
      List(kStateCases, kNrStateCases);
      return 0;
    } else if (argv[i][0] != '+') {
      fprintf(stderr, "usage: %s [--seed N] [--case NAME] [--list] [+plusarg]\n", argv[0]);
      return 2;
    }
  }
  printf("seed %u, DATA_W %d\n", seed, NVME_DATA_W);
  int run = RunAll(kAdminCases, kNrAdminCases, only, seed) + RunAll(kIoCases, kNrIoCases, only, seed) +
            RunAll(kStateCases, kNrStateCases, only, seed);
  if (run == 0) {
    fprintf(stderr, "no such case: %s\n", only);
    return 2;
  }
  printf("all %d passed\n", run);
  return 0;
}

}  // namespace
}  // namespace riser_test

int main(int argc, char** argv) {
  Verilated::commandArgs(argc, argv);
  return riser_test::Main(argc, argv);
}
