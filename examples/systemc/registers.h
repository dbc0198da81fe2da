// SPDX-License-Identifier: Apache-2.0
// The example card's registers (examples/driver/README.md): a TLM target. It
// starts the copier and asks for interrupts.
#ifndef EXAMPLE_SYSTEMC_REGISTERS_H_
#define EXAMPLE_SYSTEMC_REGISTERS_H_

#include <tlm_utils/simple_target_socket.h>

#include <cstring>
#include <functional>
#include <systemc>

namespace example {

// What CONTROL starts.
struct transfer {
  uint64_t host;
  uint32_t bytes, card;
  bool to_host;
};

class registers : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<registers> port;

  // start: begins a transfer, from the scheduler; interrupt: sends a vector.
  std::function<void(const transfer&)> start;
  std::function<void(unsigned)> interrupt;

  explicit registers(sc_core::sc_module_name name) : sc_module(name), port("port") {
    port.register_b_transport(this, &registers::transport);
  }

  void reset() {
    memset(word_, 0, sizeof word_);
    busy_ = false;
  }

  // The copier has ended.
  void done(bool good) {
    busy_ = false;
    word_[kStatus] = 2u | (good ? 0 : 4u);
    send(word_[kControl] >> 8 & 0xff);
  }

 private:
  enum {
    kId, kVersion, kScratch, kAddress = 4, kAddressHigh, kLength, kCard, kControl, kStatus, kTest, kPending,
    kWords = 16
  };

  // Sends a vector, and remembers the first eight for a host that polls.
  void send(unsigned vector) {
    if (vector < 8) word_[kPending] |= 1u << vector;
    interrupt(vector);
  }

  uint32_t read(uint64_t index) const {
    switch (index) {
      case kId: return 0x52495352;
      case kVersion: return 1;
      case kControl: return word_[kControl] & 0xff02;
      case kStatus: return word_[kStatus] | (busy_ ? 1 : 0);
      default: return index < kWords ? word_[index] : 0;
    }
  }

  // Bytes of value as enabled by mask.
  void write(uint64_t index, uint32_t value, uint32_t mask) {
    switch (index) {
      case kScratch:
      case kAddress:
      case kAddressHigh:
      case kLength:
      case kCard: word_[index] = (word_[index] & ~mask) | (value & mask); return;
      case kStatus:
        if ((value & mask & 2) != 0) word_[kStatus] = 0;
        return;
      case kTest:
        if ((mask & 0xff) == 0) return;
        word_[kTest] = value & 0xff;
        send(value & 0xff);
        return;
      case kPending: word_[kPending] &= ~(value & mask & 0xff); return;
      case kControl:
        if (busy_) return;  // ignored
        word_[kControl] = (word_[kControl] & ~mask) | (value & mask & 0xff02);
        if ((value & mask & 1) == 0) return;
        busy_ = true;
        start({static_cast<uint64_t>(word_[kAddressHigh]) << 32 | word_[kAddress], word_[kLength],
               word_[kCard], (word_[kControl] & 2) != 0});
        return;
      default: return;
    }
  }

  void transport(tlm::tlm_generic_payload& p, sc_core::sc_time& delay) {
    uint8_t* data = p.get_data_ptr();
    const unsigned char* be = p.get_byte_enable_ptr();
    const uint64_t at = p.get_address();
    delay += sc_core::sc_time(8, sc_core::SC_NS);
    for (uint64_t i = 0; i < p.get_data_length();) {
      const uint64_t index = (at + i) / 4;
      uint32_t value = 0, mask = 0;
      const uint64_t first = i;
      do {
        const unsigned shift = (at + i) % 4 * 8;
        value |= static_cast<uint32_t>(data[i]) << shift;
        if (be == nullptr || be[i % p.get_byte_enable_length()] != TLM_BYTE_DISABLED)
          mask |= 0xffu << shift;
        ++i;
      } while (i < p.get_data_length() && (at + i) % 4 != 0);
      if (p.is_write()) {
        write(index, value, mask);
        continue;
      }
      const uint32_t word = read(index);
      for (uint64_t k = first; k < i; ++k) data[k] = static_cast<uint8_t>(word >> (at + k) % 4 * 8);
    }
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  uint32_t word_[kWords] = {};
  bool busy_ = false;
};

}  // namespace example

#endif  // EXAMPLE_SYSTEMC_REGISTERS_H_
