// SPDX-License-Identifier: Apache-2.0
// The example card's DMA engine: a TLM initiator between host memory and the
// card's memory, one transfer at a time.
#ifndef EXAMPLE_SYSTEMC_COPIER_H_
#define EXAMPLE_SYSTEMC_COPIER_H_

#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <functional>
#include <systemc>
#include <vector>

#include "registers.h"

namespace example {

class copier : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<copier> host, card;

  // The end of a transfer; false: it was out of range, or the host refused it.
  std::function<void(bool)> done;
  // Counts resets: what began before one ends silently.
  std::function<uint64_t()> life;

  SC_HAS_PROCESS(copier);
  copier(sc_core::sc_module_name name, uint64_t card_bytes)
      : sc_module(name), host("host"), card("card"), card_bytes_(card_bytes) {
    SC_THREAD(work);
  }

  void start(const transfer& t) {
    transfer_ = t;
    start_.notify(sc_core::SC_ZERO_TIME);
  }

 private:
  static constexpr uint32_t kPiece = 4096;

  template <typename Socket>
  bool move(Socket& socket, bool write, uint64_t at, uint8_t* data, uint32_t bytes) {
    tlm::tlm_generic_payload p;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    p.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    p.set_address(at);
    p.set_data_ptr(data);
    p.set_data_length(bytes);
    p.set_streaming_width(bytes);
    socket->b_transport(p, delay);
    wait(delay);
    return p.is_response_ok();
  }

  bool copy(const transfer& t, uint64_t begun) {
    if (t.bytes == 0 || t.bytes > card_bytes_ || t.card > card_bytes_ - t.bytes) return false;
    std::vector<uint8_t> piece(kPiece);
    for (uint32_t at = 0; at < t.bytes;) {
      const uint32_t n = std::min(kPiece, t.bytes - at);
      const bool good = t.to_host ? move(card, false, t.card + at, piece.data(), n) &&
                                        move(host, true, t.host + at, piece.data(), n)
                                  : move(host, false, t.host + at, piece.data(), n) &&
                                        move(card, true, t.card + at, piece.data(), n);
      if (!good || life() != begun) return false;
      at += n;
    }
    return true;
  }

  void work() {
    for (;;) {
      wait(start_);
      const uint64_t begun = life();
      const bool good = copy(transfer_, begun);
      if (life() == begun) done(good);
    }
  }

  const uint64_t card_bytes_;
  transfer transfer_{};
  sc_core::sc_event start_;
};

}  // namespace example

#endif  // EXAMPLE_SYSTEMC_COPIER_H_
