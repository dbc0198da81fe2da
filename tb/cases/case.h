// SPDX-License-Identifier: Apache-2.0
// A case drives one fresh instance of a card; what is wrong throws Broken.
#ifndef RISER_TB_CASES_CASE_H_
#define RISER_TB_CASES_CASE_H_

#include <stdexcept>
#include <string>
#include <vector>

#include "rc/enumerate.h"
#include "rc/root.h"
#include "rc/sweep.h"

namespace tb {

struct Env {
  Root* root;
  Rng* rng;
  const ConfigMap* config;
  uint32_t rounds;  // how long a random case runs
  uint32_t functions = 1;  // of the card
};

struct Case {
  const char* name;
  void (*run)(Env* env);
};

// The card lacks what the case is about.
class Skipped : public std::runtime_error {
 public:
  explicit Skipped(const std::string& what) : std::runtime_error(what) {}
};

extern const std::vector<Case> kGenericCases;  // for every card
extern const std::vector<Case> kCoreCases;     // for the core's test card
extern const std::vector<Case> kCoreFaultCases;
extern const std::vector<Case> kCoreRandomCases;
extern const std::vector<Case> kNvmeCases;
extern const std::vector<Case> kEpfCases;
extern const std::vector<Case> kExampleCases;
extern const std::vector<Case> kExampleTimeoutCases;
extern const std::vector<Case> kFunctionsCases;  // example cards, several functions

// Throws Skipped when the function lacks the capability.
void Need(const Function& fn, uint8_t capability);
// Power-on and enumeration.
Function Start(Env* env);
// Bits of the AER uncorrectable status register.
constexpr uint32_t kAerPoison = 1u << 12, kAerTimeout = 1u << 14, kAerAbort = 1u << 15,
                   kAerUnexpected = 1u << 16, kAerMalformed = 1u << 18, kAerUnsupported = 1u << 20;
// Reads it, clears it, and says what was set.
uint32_t TakeAer(Root* root, const Function& fn);
// Correctable, non-fatal, fatal and UR reporting; AER masks nothing.
void EnableErrors(Root* root, const Function& fn);
// Initiate Function Level Reset, and waits for its end.
void LevelReset(Root* root, const Function& fn);

}  // namespace tb

#endif  // RISER_TB_CASES_CASE_H_
