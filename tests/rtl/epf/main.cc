// SPDX-License-Identifier: Apache-2.0
// rtl.epf_<width>: SEED=<n> repeats a run; ROUNDS=<n> lengthens the random part.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "card.h"

int main(int argc, char** argv) {
  const char* env = std::getenv("SEED");
  const char* rounds_env = std::getenv("ROUNDS");
  uint64_t seed = env ? std::strtoull(env, nullptr, 0) : 20262;
  int rounds = rounds_env ? std::atoi(rounds_env) : 300;
  const char* only = argc > 1 ? argv[1] : "";
  std::printf("width=%d seed=%llu\n", kDataW, (unsigned long long)seed);
  const struct { const char* name; std::function<void(Host&)> run; } tests[] = {
      {"registers", TestRegisters},
      {"interrupts", TestInterrupts},
      {"transfers", [rounds](Host& h) { TestTransfers(h, rounds); }},
      {"failures", TestFailures},
  };
  for (const auto& t : tests) {
    if (*only && std::strcmp(only, t.name)) continue;
    Host h(seed);
    h.PowerOn();
    t.run(h);
    std::printf("%-12s ok %9llu cycles\n", t.name, (unsigned long long)h.cycle);
  }
  return 0;
}
