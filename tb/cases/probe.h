// SPDX-License-Identifier: Apache-2.0
// A card of tests/iface/probe: registers for the side interface of a vendor's block.
#ifndef RISER_TB_CASES_PROBE_H_
#define RISER_TB_CASES_PROBE_H_

#include <string>

#include "cases/case.h"

namespace tb {

class Probe {
 public:
  static constexpr uint64_t kMsiAt = kMsiWindow + 0x5000;
  static constexpr uint32_t kMsiData = 0x12b0;

  explicit Probe(Env* env) : fn(Start(env)), root(env->root), at(fn.bar(0).addr) {}

  void Set(uint32_t word, uint32_t value) { root->Write32(at + 4 * word, value); }
  uint32_t Get(uint32_t word) { return root->Read32(at + 0x400 + 4 * word); }
  uint32_t Pulses(uint32_t nr) { return root->Read32(at + 0x800 + 4 * nr); }
  uint32_t Value(uint32_t nr) { return root->Read32(at + 0xc00 + 4 * nr); }
  // Waits until a pulse came so often; more is wrong too.
  void Count(uint32_t nr, uint32_t want) {
    for (int i = 0; i < 200 && Pulses(nr) < want; ++i) root->Step(10);
    root->Step(50);
    Check(Pulses(nr) == want, "pulse %u came %u times, not %u", nr, Pulses(nr), want);
  }
  // MSI with 2^@log2 vectors at kMsiAt; data kMsiData
  void EnableMsi(uint32_t log2) {
    uint16_t cap = fn.caps.at(kCapMsi);
    root->CfgWrite(static_cast<uint16_t>(cap + 4), static_cast<uint32_t>(kMsiAt));
    root->CfgWrite(static_cast<uint16_t>(cap + 8), 0);
    root->CfgWrite(static_cast<uint16_t>(cap + 12), kMsiData);
    root->CfgWrite(cap, log2 << 20 | 1 << 16, 4);
  }
  // @act makes the card send so many.
  template <typename Act>
  void Interrupts(size_t nr, Act act) {
    size_t want = root->interrupts.size() + nr;
    act();
    Check(root->Until([&] { return root->interrupts.size() >= want; }, 3000), "no interrupt came");
    root->Step(100);
    Check(root->interrupts.size() == want, "too many interrupts");
  }

  // Function level resets: done when they were in process for as many cycles as word @delay_word says. What comes in:
  // word @cycles_word, how long the last one was, and pulse @nr.
  void LevelResets(uint32_t delay_word, uint32_t cycles_word, uint32_t nr) {
    for (uint32_t delay : {0u, 5u, 700u}) {
      Set(delay_word, delay);
      uint32_t was = Pulses(nr);
      uint64_t from = root->cycle();
      LevelReset(root, fn);
      uint64_t took = root->cycle() - from;
      Check(took >= delay, "a reset of %u cycles took %llu", delay, static_cast<unsigned long long>(took));
      Check((root->CfgRead(4) & 6) == 0, "Command after a reset");
      fn = Enumerate(root);
      Check(Pulses(nr) == was + 1, "a function level reset came %u times", Pulses(nr) - was);
      uint32_t cycles = Get(cycles_word);
      Check(cycles >= delay && cycles < delay + 20, "in process for %u cycles, done after %u", cycles, delay);
    }
  }
  // @act is a mistake of the user's RTL, which the block's model tells.
  template <typename Act>
  void Mistake(const char* want, Act act) {
    std::string said;
    try {
      act();
      root->Step(1000);
    } catch (const Broken& broken) {
      said = broken.what();
    }
    Check(said.find(want) != said.npos, "'%s' is not told, but '%s'", want, said.c_str());
  }

  Function fn;
  Root* root;
  uint64_t at;
};

// Cases for an UltraScale or (@plus) UltraScale+ block; @user: table of MSI-X and tags are the user's, not the block's.
std::vector<Case> ProbeUsCases(bool plus, bool user);
extern const std::vector<Case> kProbe7seriesCases;
extern const std::vector<Case> kProbeHtileCases;
extern const std::vector<Case> kProbePtileCases;

}  // namespace tb

#endif  // RISER_TB_CASES_PROBE_H_
