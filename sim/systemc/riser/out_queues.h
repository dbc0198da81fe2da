// SPDX-License-Identifier: Apache-2.0
// TLPs that have left the card and wait for the engine, by class, and in what
// order they may go on: neither a completion nor a non-posted request passes a
// posted request that was sent before it.
#ifndef RISER_SYSTEMC_OUT_QUEUES_H_
#define RISER_SYSTEMC_OUT_QUEUES_H_

#include <deque>
#include <utility>

#include "riser/tlp.h"

namespace riser {

class out_queues {
 public:
  void put(tlp_class c, tlp&& packet) { of(c).push_back({next_++, std::move(packet)}); }

  // False when there is none that may go.
  bool take(tlp_class c, tlp* packet) {
    auto& queue = of(c);
    if (queue.empty()) return false;
    const auto& posted = of(tlp_class::posted);
    if (c != tlp_class::posted && !posted.empty() && posted.front().number < queue.front().number)
      return false;
    *packet = std::move(queue.front().packet);
    queue.pop_front();
    return true;
  }

  size_t size(tlp_class c) const { return queues_[static_cast<int>(c)].size(); }
  bool empty() const { return queues_[0].empty() && queues_[1].empty() && queues_[2].empty(); }
  void clear() {
    for (auto& queue : queues_) queue.clear();
  }

 private:
  struct entry {
    uint64_t number;
    tlp packet;
  };
  std::deque<entry>& of(tlp_class c) { return queues_[static_cast<int>(c)]; }

  std::deque<entry> queues_[3];
  uint64_t next_ = 0;
};

}  // namespace riser

#endif  // RISER_SYSTEMC_OUT_QUEUES_H_
