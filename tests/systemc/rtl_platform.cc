// SPDX-License-Identifier: Apache-2.0
// RTL as a part of a SystemC platform: the epf_test card, made by Verilator with
// --sc, clocked by the platform, its TLP port on riser::pins.
#include "Vepf_test_card.h"
#include "riser/model_entry.h"
#include "riser/pins.h"

namespace {

class rtl_platform : public sc_core::sc_module {
 public:
  rtl_platform(sc_core::sc_module_name name, const riser::plusargs& args)
      : sc_module(name), set_args_(args), rtl_("rtl") {
    pins_.clk(clk_);
    rtl_.clk(clk_);
    rtl_.idle(idle_);
    RISER_BIND_PINS(rtl_, pins_);
  }

 private:
  sc_core::sc_clock clk_{"clk", 4, sc_core::SC_NS, 0.5, 2, sc_core::SC_NS};
  sc_core::sc_signal<bool> idle_{"idle"};
  riser::pins<64> pins_{"pins"};
  // before the RTL is made: its initial blocks look at plusargs
  struct set_args {
    explicit set_args(const riser::plusargs& args) {
      auto argv = args.argv();
      Verilated::commandArgs(static_cast<int>(argv.size()), argv.data());
    }
  } set_args_;
  Vepf_test_card rtl_;
};

}  // namespace

RISER_SYSTEMC_CARD(rtl_platform, "rtl_platform", 4000, riser::can_reset)
