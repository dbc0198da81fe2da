// SPDX-License-Identifier: Apache-2.0
#include "riser/tlp.h"

namespace riser {
namespace {

uint16_t be16(const uint8_t* p) { return static_cast<uint16_t>(p[0] << 8 | p[1]); }
uint32_t be32(const uint8_t* p) { return static_cast<uint32_t>(be16(p)) << 16 | be16(p + 2); }

void put16(tlp* t, size_t at, unsigned value) {
  (*t)[at] = static_cast<uint8_t>(value >> 8);
  (*t)[at + 1] = static_cast<uint8_t>(value);
}

void put32(tlp* t, size_t at, uint32_t value) {
  put16(t, at, value >> 16);
  put16(t, at + 2, value & 0xffff);
}

// Length, attributes and tag of a new header; 1024 dwords are written as 0.
tlp start(unsigned fmt_type, unsigned dwords, uint8_t tc, uint8_t attr, size_t bytes) {
  tlp t(bytes, 0);
  t[0] = static_cast<uint8_t>(fmt_type);
  t[1] = static_cast<uint8_t>((tc & 7) << 4 | (attr & 4));
  t[2] = static_cast<uint8_t>((attr & 3) << 4 | (dwords >> 8 & 3));
  t[3] = static_cast<uint8_t>(dwords);
  return t;
}

struct enables {
  uint32_t dwords;
  uint8_t first, last;
};

enables enables_of(uint64_t address, uint32_t bytes) {
  if (bytes == 0) return {1, 0, 0};
  const unsigned lead = address & 3;
  const uint32_t dwords = (lead + bytes + 3) / 4;
  const unsigned end = (lead + bytes - 1) & 3;
  const auto first = static_cast<uint8_t>(0xf << lead & 0xf);
  const auto last = static_cast<uint8_t>(0xf >> (3 - end));
  if (dwords == 1) return {1, static_cast<uint8_t>(first & last), 0};
  return {dwords, first, last};
}

tlp memory(bool write, uint16_t requester, uint16_t tag, uint64_t address, const enables& be,
           uint8_t attr, size_t payload) {
  const bool is_4dw = address >> 32 != 0;
  const unsigned fmt = (write ? 0x40 : 0) | (is_4dw ? 0x20 : 0);
  tlp t = start(fmt, be.dwords, 0, attr, (is_4dw ? 16 : 12) + payload);
  put16(&t, 4, requester);
  t[6] = static_cast<uint8_t>(tag);
  t[7] = static_cast<uint8_t>(be.last << 4 | be.first);
  if (is_4dw) {
    put32(&t, 8, static_cast<uint32_t>(address >> 32));
    put32(&t, 12, static_cast<uint32_t>(address) & ~3u);
  } else {
    put32(&t, 8, static_cast<uint32_t>(address) & ~3u);
  }
  return t;
}

void decode_request(const uint8_t* p, header* h) {
  h->requester = be16(p + 4);
  h->tag = p[6];
  h->last_be = p[7] >> 4;
  h->first_be = p[7] & 15;
  if (h->is_config()) {
    h->target = be16(p + 8);
    h->reg = be16(p + 10) & 0xffc;
  } else if (h->is_message()) {
    h->message = p[7];
  } else if (h->is_4dw) {
    h->address = (static_cast<uint64_t>(be32(p + 8)) << 32 | be32(p + 12)) & ~3ull;
  } else {
    h->address = be32(p + 8) & ~3u;
  }
}

void decode_completion(const uint8_t* p, header* h) {
  h->completer = be16(p + 4);
  h->status = static_cast<cpl_status>(p[6] >> 5);
  h->byte_count = be16(p + 6) & 0xfff;
  if (h->byte_count == 0) h->byte_count = 4096;
  h->requester = be16(p + 8);
  h->tag = p[10];
  h->lower_address = p[11] & 0x7f;
}

}  // namespace

bool decode(const tlp& packet, header* out) {
  if (packet.size() < 12) return false;
  const uint8_t* p = packet.data();
  header h;
  h.fmt = p[0] >> 5;
  h.type = p[0] & 0x1f;
  h.is_4dw = h.fmt & 1;
  h.has_data = h.fmt & 2;
  if (h.fmt > 3 || packet.size() < h.bytes()) return false;
  h.tc = p[1] >> 4 & 7;
  h.attr = static_cast<uint8_t>((p[1] & 4) | (p[2] >> 4 & 3));
  h.has_digest = p[2] & 0x80;
  h.poisoned = p[2] & 0x40;
  const uint32_t length = be16(p + 2) & 0x3ff;
  h.length_dw = length != 0 ? length : h.is_completion() && !h.has_data ? 0 : 1024;
  if (h.has_data && packet.size() < h.bytes() + h.length_dw * 4) return false;
  if (h.is_completion())
    decode_completion(p, &h);
  else
    decode_request(p, &h);
  *out = h;
  return true;
}

tlp memory_read(uint16_t requester, uint16_t tag, uint64_t address, uint32_t bytes, uint8_t attr) {
  return memory(false, requester, tag, address, enables_of(address, bytes), attr, 0);
}

tlp memory_write(uint16_t requester, uint64_t address, const uint8_t* data, uint32_t bytes,
                 uint8_t attr) {
  const enables be = enables_of(address, bytes);
  tlp t = memory(true, requester, 0, address, be, attr, be.dwords * 4);
  const size_t at = t.size() - be.dwords * 4 + (address & 3);
  for (uint32_t i = 0; i < bytes; ++i) t[at + i] = data[i];
  return t;
}

tlp message(uint16_t requester, uint8_t code, uint8_t routing, uint64_t words,
            const uint8_t* data, uint32_t bytes) {
  tlp t = start((bytes != 0 ? 0x70u : 0x30u) | (routing & 7), bytes / 4, 0, 0, 16 + bytes);
  put16(&t, 4, requester);
  t[7] = code;
  put32(&t, 8, static_cast<uint32_t>(words >> 32));
  put32(&t, 12, static_cast<uint32_t>(words));
  for (uint32_t i = 0; i < bytes; ++i) t[16 + i] = data[i];
  return t;
}

tlp completion(uint16_t completer, const header& req, cpl_status status, uint16_t byte_count,
               uint8_t lower_address, const uint8_t* data, uint32_t dwords) {
  tlp t = start(data != nullptr ? 0x4a : 0x0a, data != nullptr ? dwords : 0, req.tc, req.attr,
                12 + (data != nullptr ? dwords * 4 : 0));
  put16(&t, 4, completer);
  put16(&t, 6, static_cast<unsigned>(status) << 13 | (byte_count & 0xfff));
  put16(&t, 8, req.requester);
  t[10] = static_cast<uint8_t>(req.tag);
  t[11] = lower_address & 0x7f;
  for (size_t i = 0; data != nullptr && i < dwords * 4; ++i) t[12 + i] = data[i];
  return t;
}

}  // namespace riser
