// SPDX-License-Identifier: Apache-2.0
// The card's side of an endpoint: reads and writes of host memory, interrupts.
#include <algorithm>
#include <cstring>

#include "riser/endpoint.h"

using sc_core::SC_ZERO_TIME;
using sc_core::sc_time;

namespace riser {
namespace {

constexpr uint8_t kAssertInta = 0x20, kDeassertInta = 0x24;
constexpr uint8_t kToRootLocal = 4;
constexpr uint32_t kMaxBytes = 1 << 20;
constexpr uint64_t kPage = 4096;

}  // namespace

// ---- host memory ----

void endpoint::dma_transport(tlm::tlm_generic_payload& p, sc_time& delay) {
  if (delay != SC_ZERO_TIME) {
    wait(delay);
    delay = SC_ZERO_TIME;
  }
  pcie_extension* ext = p.get_extension<pcie_extension>();
  const uint8_t attr = ext != nullptr ? ext->attr : 0;
  const uint32_t bytes = p.get_data_length();
  if (p.get_byte_enable_ptr() != nullptr) {
    p.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    return;
  }
  if (bytes == 0 || bytes > kMaxBytes || p.get_streaming_width() < bytes) {
    p.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    return;
  }
  cpl_status status = cpl_status::abort;
  if (p.is_read())
    status = dma_read(p.get_address(), p.get_data_ptr(), bytes, attr);
  else if (dma_write(p.get_address(), p.get_data_ptr(), bytes, attr))
    status = cpl_status::ok;
  if (ext != nullptr) ext->status = status;
  p.set_response_status(status == cpl_status::ok ? tlm::TLM_OK_RESPONSE
                                                 : tlm::TLM_GENERIC_ERROR_RESPONSE);
}

bool endpoint::dma_write(uint64_t address, const uint8_t* data, uint32_t bytes, uint8_t attr) {
  const uint64_t life = life_;
  while (bytes != 0) {
    while (life == life_ && out_.size(tlp_class::posted) >= options_.max_posted) wait(room_event_);
    if (life != life_ || !config_.bus_master()) return false;
    const uint64_t to_page = kPage - address % kPage;
    const uint64_t most = config_.max_payload() - address % 4;
    const auto now = static_cast<uint32_t>(std::min<uint64_t>({bytes, to_page, most}));
    send(tlp_class::posted, memory_write(id_, address, data, now, attr));
    address += now;
    data += now;
    bytes -= now;
  }
  return true;
}

void endpoint::send_read(read* part, uint8_t attr) {
  uint16_t tag = 0;
  while (reads_.count(tag) != 0) ++tag;
  reads_[tag] = part;
  send(tlp_class::nonposted, memory_read(id_, tag, part->address, part->bytes, attr));
}

// All parts are asked for as tags allow, and awaited together.
cpl_status endpoint::dma_read(uint64_t address, uint8_t* data, uint32_t bytes, uint8_t attr) {
  const uint64_t life = life_;
  std::deque<read> parts;
  cpl_status status = cpl_status::ok;
  while (bytes != 0 && life == life_) {
    while (life == life_ && reads_.size() >= options_.max_read_tags) wait(read_event_);
    if (life != life_ || !config_.bus_master()) {
      status = cpl_status::abort;
      break;
    }
    const uint64_t to_page = kPage - address % kPage;
    const uint64_t most = config_.max_read_request() - address % 4;
    const auto now = static_cast<uint32_t>(std::min<uint64_t>({bytes, to_page, most}));
    parts.push_back({address, now, 0, data, cpl_status::ok, false, life});
    send_read(&parts.back(), attr);
    address += now;
    data += now;
    bytes -= now;
  }
  const bool limited = options_.read_timeout != SC_ZERO_TIME;
  const sc_time end = sc_core::sc_time_stamp() + options_.read_timeout;
  for (auto& part : parts) {
    while (!part.ended && !limited) wait(read_event_);
    while (!part.ended && sc_core::sc_time_stamp() < end)
      wait(end - sc_core::sc_time_stamp(), read_event_);
    if (!part.ended) {
      SC_REPORT_WARNING("riser", "a read of host memory has no completion: timeout");
      for (auto it = reads_.begin(); it != reads_.end(); ++it)
        if (it->second == &part) {
          reads_.erase(it);
          break;
        }
      part.status = cpl_status::abort;
    }
    if (part.status != cpl_status::ok) status = part.status;
  }
  return life == life_ ? status : cpl_status::abort;
}

void endpoint::take_completion(const tlp& packet) {
  header h;
  if (!decode(packet, &h)) return;
  const auto found = reads_.find(h.tag);
  if (found == reads_.end() || h.requester != id_) {
    SC_REPORT_WARNING("riser", "a completion that no request waits for");
    return;
  }
  read* part = found->second;
  if (h.status != cpl_status::ok || h.poisoned || !h.has_data) {
    part->status = h.status != cpl_status::ok ? h.status : cpl_status::abort;
    part->ended = true;
  } else {
    const uint32_t left = part->bytes - part->done;
    const uint32_t lead = h.lower_address & 3;
    const uint32_t now = std::min(left, h.length_dw * 4 - lead);
    if (h.byte_count != left) {
      SC_REPORT_WARNING("riser", "a completion with another byte count than what is left");
      part->status = cpl_status::abort;
    }
    memcpy(part->to + part->done, packet.data() + h.bytes() + lead, now);
    part->done += now;
    part->ended = part->done == part->bytes;
  }
  if (!part->ended) return;
  reads_.erase(found);
  read_event_.notify(SC_ZERO_TIME);
}

// ---- interrupts ----

void endpoint::send_msi(uint64_t address, uint32_t data) {
  uint8_t bytes[4];
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<uint8_t>(data >> 8 * i);
  send(tlp_class::posted, memory_write(id_, address, bytes, 4, 0));
}

bool endpoint::interrupt(unsigned vector) {
  if (config_.msix_enabled()) {
    if (vector >= msix_.size()) {
      SC_REPORT_ERROR("riser", "an interrupt for a vector that the MSI-X table lacks");
      return false;
    }
    vector_entry& v = msix_[vector];
    if (config_.msix_masked() || (v.control & 1) != 0 || !config_.bus_master())
      v.pending = true;
    else
      send_msi(v.address, v.data);
    return true;
  }
  if (!config_.msi_enabled()) return false;
  const unsigned nr = config_.msi_vectors();
  vector &= nr - 1;
  if (config_.msi_masked(vector))
    config_.set_msi_pending(vector, true);
  else if (config_.bus_master())
    send_msi(config_.msi_address(), (config_.msi_data() & ~(nr - 1)) | vector);
  return true;
}

// Vectors that were pending and are no more masked.
void endpoint::unmask_process() {
  if (config_.msi_enabled() && config_.bus_master()) {
    const unsigned nr = config_.msi_vectors();
    for (unsigned v = 0; v < nr; ++v) {
      if (!config_.msi_pending(v) || config_.msi_masked(v)) continue;
      config_.set_msi_pending(v, false);
      send_msi(config_.msi_address(), (config_.msi_data() & ~(nr - 1)) | v);
    }
  }
  if (!config_.msix_enabled() || config_.msix_masked() || !config_.bus_master()) return;
  for (auto& v : msix_) {
    if (!v.pending || (v.control & 1) != 0) continue;
    v.pending = false;
    send_msi(v.address, v.data);
  }
}

bool endpoint::message(uint8_t code, uint8_t routing, uint64_t words, const uint8_t* data,
                       uint32_t bytes) {
  if (!link_up_ || routing > 7 || bytes % 4 != 0 || bytes > config_.max_payload() ||
      (bytes != 0 && data == nullptr))
    return false;
  send(tlp_class::posted, riser::message(id_, code, routing, words, data, bytes));
  return true;
}

void endpoint::intx(bool asserted) {
  intx_wanted_ = asserted;
  config_.set_interrupt_status(asserted);
  sync_intx();
}

void endpoint::sync_intx() {
  const bool on = intx_wanted_ && !config_.intx_disabled() && !config_.msi_enabled() &&
                  !config_.msix_enabled();
  if (on == intx_sent_ || !link_up_) return;
  intx_sent_ = on;
  send(tlp_class::posted, riser::message(id_, on ? kAssertInta : kDeassertInta, kToRootLocal));
}

// ---- the MSI-X structures in a BAR ----

bool endpoint::own_structure(int bar_index, uint64_t offset, uint32_t bytes) const {
  if (msix_.empty() || bar_index != static_cast<int>(config_.msix_bar())) return false;
  const auto inside = [&](uint64_t start, uint64_t size) {
    return offset >= start && offset + bytes <= start + size;
  };
  return inside(config_.msix_table(), msix_.size() * 16) ||
         inside(config_.msix_pending(), (msix_.size() + 63) / 64 * 8);
}

void endpoint::msix_write(uint64_t offset, const uint8_t* data,
                          const std::vector<uint8_t>& enables) {
  for (size_t i = 0; i < enables.size(); ++i, ++offset) {
    if (enables[i] == 0 || offset < config_.msix_table()) continue;
    const uint64_t at = offset - config_.msix_table();
    if (at / 16 >= msix_.size()) continue;
    vector_entry& v = msix_[at / 16];
    const unsigned shift = at % 16 < 8 ? at % 8 * 8 : at % 4 * 8;
    const auto put = [&](auto value) {
      using word = decltype(value);
      return static_cast<word>((value & ~(static_cast<word>(0xff) << shift)) |
                               static_cast<word>(data[i]) << shift);
    };
    if (at % 16 < 8)
      v.address = put(v.address);
    else if (at % 16 < 12)
      v.data = put(v.data);
    else
      v.control = put(v.control) & 1;
  }
  unmask_event_.notify(SC_ZERO_TIME);
}

void endpoint::msix_read(uint64_t offset, uint8_t* data, uint32_t bytes) const {
  for (uint32_t i = 0; i < bytes; ++i, ++offset) {
    data[i] = 0;
    if (offset >= config_.msix_pending() && offset - config_.msix_pending() < (msix_.size() + 63) / 64 * 8) {
      const uint64_t first = (offset - config_.msix_pending()) * 8;
      for (unsigned b = 0; b < 8 && first + b < msix_.size(); ++b)
        if (msix_[first + b].pending) data[i] = static_cast<uint8_t>(data[i] | 1u << b);
      continue;
    }
    const uint64_t at = offset - config_.msix_table();
    if (at / 16 >= msix_.size()) continue;
    const vector_entry& v = msix_[at / 16];
    const uint64_t word = at % 16 < 8 ? v.address : static_cast<uint64_t>(v.control) << 32 | v.data;
    data[i] = static_cast<uint8_t>(word >> at % 8 * 8);
  }
}

}  // namespace riser
