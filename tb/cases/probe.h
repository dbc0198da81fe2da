// SPDX-License-Identifier: Apache-2.0
// A card of tests/iface/probe: registers for the side interface of a vendor's block.
#ifndef RISER_TB_CASES_PROBE_H_
#define RISER_TB_CASES_PROBE_H_

#include "cases/case.h"

namespace tb {

class Probe {
 public:
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
  // @act makes the card send so many.
  template <typename Act>
  void Interrupts(size_t nr, Act act) {
    size_t want = root->interrupts.size() + nr;
    act();
    Check(root->Until([&] { return root->interrupts.size() >= want; }, 3000), "no interrupt came");
    root->Step(100);
    Check(root->interrupts.size() == want, "too many interrupts");
  }

  Function fn;
  Root* root;
  uint64_t at;
};

// Cases for an UltraScale or (@plus) UltraScale+ block; @user: table of MSI-X and tags are the user's, not the block's.
std::vector<Case> ProbeUsCases(bool plus, bool user);
extern const std::vector<Case> kProbe7seriesCases;

}  // namespace tb

#endif  // RISER_TB_CASES_PROBE_H_
