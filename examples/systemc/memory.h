// SPDX-License-Identifier: Apache-2.0
// Memory on a card: bytes behind a TLM target socket.
#ifndef EXAMPLE_SYSTEMC_MEMORY_H_
#define EXAMPLE_SYSTEMC_MEMORY_H_

#include <tlm_utils/simple_target_socket.h>

#include <systemc>
#include <vector>

namespace example {

class memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<memory> port;

  memory(sc_core::sc_module_name name, uint64_t bytes, sc_core::sc_time latency)
      : sc_module(name), port("port"), bytes_(bytes), latency_(latency) {
    port.register_b_transport(this, &memory::transport);
  }

 private:
  void transport(tlm::tlm_generic_payload& p, sc_core::sc_time& delay) {
    const uint64_t at = p.get_address();
    const uint64_t length = p.get_data_length();
    delay += latency_;
    if (length > bytes_.size() || at > bytes_.size() - length) {
      p.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    for (uint64_t i = 0; i < length; ++i) {
      const unsigned char* be = p.get_byte_enable_ptr();
      if (be != nullptr && be[i % p.get_byte_enable_length()] == TLM_BYTE_DISABLED) continue;
      if (p.is_read())
        p.get_data_ptr()[i] = bytes_[at + i];
      else
        bytes_[at + i] = p.get_data_ptr()[i];
    }
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  std::vector<uint8_t> bytes_;
  const sc_core::sc_time latency_;
};

}  // namespace example

#endif  // EXAMPLE_SYSTEMC_MEMORY_H_
