// SPDX-License-Identifier: Apache-2.0
// What a PCIe request carries besides address, data and length.
#ifndef RISER_SYSTEMC_PCIE_EXTENSION_H_
#define RISER_SYSTEMC_PCIE_EXTENSION_H_

#include <tlm>

#include "riser/tlp.h"

namespace riser {

// On requests of the host (endpoint -> card): all fields but status are set,
// the payload's address is the offset in the BAR. On requests of the card
// (card -> endpoint) it is optional: attr is used, status is set.
struct pcie_extension : tlm::tlm_extension<pcie_extension> {
  uint8_t function = 0;
  uint8_t bar = 0;
  uint8_t first_be = 0, last_be = 0;
  uint16_t requester = 0;
  uint16_t tag = 0;
  uint8_t attr = 0;  // bit 0 no snoop, 1 relaxed ordering, 2 id-based ordering
  uint8_t tc = 0;
  cpl_status status = cpl_status::ok;

  tlm::tlm_extension_base* clone() const override { return new pcie_extension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const pcie_extension&>(other);
  }
};

}  // namespace riser

#endif  // RISER_SYSTEMC_PCIE_EXTENSION_H_
