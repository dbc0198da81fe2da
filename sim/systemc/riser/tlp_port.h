// SPDX-License-Identifier: Apache-2.0
// Where a SystemC platform meets the engine: whole TLPs in three classes each way.
// riser::endpoint implements it for TLM models, riser::pins for RTL.
#ifndef RISER_SYSTEMC_TLP_PORT_H_
#define RISER_SYSTEMC_TLP_PORT_H_

#include "riser/tlp.h"

namespace riser {

// What reaches a card besides TLPs.
enum class reset_kind { power_on, hot, function };

class tlp_port {
 public:
  // There is one in a simulation: the constructor makes it known to the model
  // ABI, a second one is an SC_REPORT_ERROR.
  tlp_port();
  virtual ~tlp_port();
  tlp_port(const tlp_port&) = delete;
  tlp_port& operator=(const tlp_port&) = delete;

  // Called between two steps of the simulation, never from a process of it.
  virtual bool can_take(tlp_class c) const = 0;
  virtual void take(tlp_class c, tlp&& packet) = 0;
  // The next TLP of a class that has left the card; false when there is none.
  virtual bool give(tlp_class c, tlp* packet) = 0;
  virtual bool has_any() const = 0;
  // Levels as in docs/tlp-port.md.
  virtual void set_sideband(bool perst, bool link_up, bool hot_reset) = 0;
  virtual bool flr_active() const = 0;
  // Nothing under way, so that time may stop until the next TLP.
  virtual bool is_idle() const = 0;

  // The one; nullptr before it exists.
  static tlp_port* the();
};

}  // namespace riser

#endif  // RISER_SYSTEMC_TLP_PORT_H_
