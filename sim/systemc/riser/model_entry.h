// SPDX-License-Identifier: Apache-2.0
// From a SystemC module to a model.so: one line at the end of a source file.
//
//   class my_card : public sc_core::sc_module {
//    public:
//     my_card(sc_core::sc_module_name name, const riser::plusargs& args);
//     riser::endpoint ep;   // or anything else that is a riser::tlp_port; exactly one
//   };
//   RISER_SYSTEMC_CARD(my_card, "my_card", 4000, riser::can_reset)
//
// The arguments: the module, the card's name in messages, the period of the PCIe
// user clock in ps, and whether the model does a reset itself (can_reset) or is
// started again in a new process (restarts).
#ifndef RISER_SYSTEMC_MODEL_ENTRY_H_
#define RISER_SYSTEMC_MODEL_ENTRY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "riser/model.h"

namespace riser {

// The plusargs of a run, without their '+'.
class plusargs {
 public:
  explicit plusargs(const riser_model_params& params);
  bool has(const std::string& name) const;
  // Of "name=value"; other when it is absent. Decimal, or 0x and hex digits.
  uint64_t number(const std::string& name, uint64_t other) const;
  std::string text(const std::string& name, const std::string& other) const;
  // For Verilated::commandArgs() of RTL in the platform: a name, then the
  // plusargs with their '+'. The pointers live as long as this object.
  std::vector<const char*> argv() const;

 private:
  std::vector<std::string> list_;
  std::vector<std::string> with_plus_;
};

enum reset_support { can_reset, restarts };

struct card_description {
  const char* name;
  uint64_t clk_period_ps;
  reset_support reset;
  sc_core::sc_module* (*build)(const plusargs& args);
};

const riser_model_ops* systemc_model(const card_description& card, uint32_t abi);

}  // namespace riser

#define RISER_SYSTEMC_CARD(module, name, clk_period_ps, reset)                              \
  extern "C" __attribute__((visibility("default"))) const riser_model_ops*                  \
  riser_model_entry(uint32_t abi) {                                                         \
    static const riser::card_description kCard = {                                          \
        name, clk_period_ps, reset, [](const riser::plusargs& args) -> sc_core::sc_module* { \
          return new module("card", args);                                                   \
        }};                                                                                  \
    return riser::systemc_model(kCard, abi);                                                 \
  }

#endif  // RISER_SYSTEMC_MODEL_ENTRY_H_
