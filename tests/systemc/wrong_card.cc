// SPDX-License-Identifier: Apache-2.0
// A card with mistakes, one by each value of +wrong=: what a model's author is told.
#include <algorithm>
#include <memory>

#include "riser/endpoint.h"
#include "riser/model_entry.h"

namespace {

riser::config_space make_config() {
  riser::config_space c({0x1234, 0x5678, 0x088000, 0, 0x1234, 1});
  c.add_bar(0, 4096, true, false);
  c.add_power_management();
  c.add_express(256, true, 1, 1);
  return c;
}

class wrong_card : public sc_core::sc_module {
 public:
  wrong_card(sc_core::sc_module_name name, const riser::plusargs& args)
      : sc_module(name), regs_("regs"), host_("host"), wrong_(args.text("wrong", "")) {
    if (wrong_ == "no_endpoint") return;
    riser::endpoint::options o;
    if (args.has("at")) o.style = riser::endpoint::timing::approximately;
    o.quantum = sc_core::sc_time(static_cast<double>(args.number("quantum", 0)), sc_core::SC_NS);
    ep_ = std::make_unique<riser::endpoint>("ep", make_config(), o);
    if (wrong_ == "two_endpoints") second_ = std::make_unique<riser::endpoint>("ep2", make_config());
    if (wrong_ == "exception") throw std::runtime_error("no image for the microcode");
    if (wrong_ == "bad_bar") riser::config_space(make_config()).add_bar(2, 100, false, false);
    if (wrong_ == "unbound") return;
    ep_->bar.bind(regs_);
    host_.bind(ep_->dma);
    if (second_) {
      regs2_ = std::make_unique<tlm_utils::simple_target_socket<wrong_card>>("regs2");
      host2_ = std::make_unique<tlm_utils::simple_initiator_socket<wrong_card>>("host2");
      second_->bar.bind(*regs2_);
      host2_->bind(second_->dma);
      regs2_->register_b_transport(this, &wrong_card::transport);
    }
    regs_.register_b_transport(this, &wrong_card::transport);
  }

 private:
  void transport(tlm::tlm_generic_payload& p, sc_core::sc_time& delay) {
    most_delay_ = std::max(most_delay_, delay);
    if (wrong_ == "incomplete") return;
    if (wrong_ == "address") {
      p.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    if (wrong_ == "report") SC_REPORT_ERROR("wrong_card", "the register file is on fire");
    if (wrong_ == "backwards" && delay != sc_core::SC_ZERO_TIME)
      delay = sc_core::SC_ZERO_TIME;
    else
      delay += sc_core::sc_time(100, sc_core::SC_NS);
    // a write there sends a message
    if (p.is_write() && p.get_address() == 0x30) {
      static const uint8_t kData[4] = {0xd0, 0xd1, 0xd2, 0xd3};
      ep_->message(0x7f, 2, 0x0102030405060708, kData, 4);
    }
    if (p.is_read() && p.get_address() == 0x20)
      p.get_data_ptr()[0] = static_cast<uint8_t>(most_delay_ / sc_core::sc_time(10, sc_core::SC_NS));
    else if (p.is_read())
      for (unsigned i = 0; i < p.get_data_length(); ++i)
        p.get_data_ptr()[i] = static_cast<uint8_t>(0xa0 + p.get_address() + i);
    p.set_response_status(wrong_ == "abort" ? tlm::TLM_GENERIC_ERROR_RESPONSE
                                            : tlm::TLM_OK_RESPONSE);
  }

  tlm_utils::simple_target_socket<wrong_card> regs_;
  tlm_utils::simple_initiator_socket<wrong_card> host_;
  std::unique_ptr<tlm_utils::simple_target_socket<wrong_card>> regs2_;
  std::unique_ptr<tlm_utils::simple_initiator_socket<wrong_card>> host2_;
  std::unique_ptr<riser::endpoint> ep_, second_;
  const std::string wrong_;
  sc_core::sc_time most_delay_ = sc_core::SC_ZERO_TIME;
};

}  // namespace

RISER_SYSTEMC_CARD(wrong_card, "wrong_card", 4000, riser::can_reset)
