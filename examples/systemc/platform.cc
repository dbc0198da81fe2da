// SPDX-License-Identifier: Apache-2.0
// A SystemC platform as a card: registers, DMA engine and memory, and riser's
// endpoint in front of them. It is the example card (examples/driver): its driver
// runs on it before there is RTL, and the RTL is compared with it afterwards.
#include <tlm_utils/simple_target_socket.h>

#include "copier.h"
#include "memory.h"
#include "registers.h"
#include "riser/endpoint.h"
#include "riser/model_entry.h"

namespace example {
namespace {

constexpr uint64_t kMemoryBytes = 0x100000 + 64;
constexpr uint64_t kWindowBytes = 4096;

riser::config_space make_config() {
  riser::config_space c({0x1e50, 0x0001, 0xff0000, 1, 0x1e50, 0x0001});
  c.add_bar(0, 4096, true, false);
  c.add_bar(2, kWindowBytes, true, false);
  c.add_bar(4, 4096, false, false);
  c.add_power_management();
  c.place(0x50);
  c.add_msi(4, true);
  c.place(0x70);
  c.add_express(512, true, 3, 4);
  c.place(0xb0);
  c.add_msix(8, 4, 0x000, 0x800);
  c.add_aer();
  c.place(0x150);
  c.add_serial_number(1);
  c.set_interrupt_pin(1);
  return c;
}

}  // namespace

class platform : public sc_core::sc_module {
 public:
  riser::endpoint ep;

  platform(sc_core::sc_module_name name, const riser::plusargs&)
      : sc_module(name),
        ep("ep", make_config()),
        bus_("bus"),
        to_registers_("to_registers"),
        to_window_("to_window"),
        registers_("registers"),
        copier_("copier", kMemoryBytes),
        memory_("memory", kMemoryBytes, sc_core::sc_time(20, sc_core::SC_NS)),
        window_("window", kWindowBytes, sc_core::sc_time(8, sc_core::SC_NS)) {
    ep.bar.bind(bus_);
    bus_.register_b_transport(this, &platform::route);
    to_registers_.bind(registers_.port);
    to_window_.bind(window_.port);
    copier_.card.bind(memory_.port);
    copier_.host.bind(ep.dma);

    registers_.start = [this](const transfer& t) { copier_.start(t); };
    registers_.interrupt = [this](unsigned vector) { ep.interrupt(vector); };
    copier_.done = [this](bool good) { registers_.done(good); };
    copier_.life = [this] { return ep.life(); };
    ep.on_reset([this](riser::reset_kind) { registers_.reset(); });
  }

 private:
  // Accesses of the host, by their BAR. BAR4 is the endpoint's own: MSI-X.
  void route(tlm::tlm_generic_payload& p, sc_core::sc_time& delay) {
    const auto* pcie = p.get_extension<riser::pcie_extension>();
    if (pcie->bar == 0)
      to_registers_->b_transport(p, delay);
    else if (pcie->bar == 2)
      to_window_->b_transport(p, delay);
    else {
      // the rest of BAR4 reads as zero
      if (p.is_read()) memset(p.get_data_ptr(), 0, p.get_data_length());
      p.set_response_status(tlm::TLM_OK_RESPONSE);
    }
  }

  tlm_utils::simple_target_socket<platform> bus_;
  tlm_utils::simple_initiator_socket<platform> to_registers_, to_window_;
  registers registers_;
  copier copier_;
  memory memory_, window_;
};

}  // namespace example

RISER_SYSTEMC_CARD(example::platform, "example_systemc", 4000, riser::can_reset)
