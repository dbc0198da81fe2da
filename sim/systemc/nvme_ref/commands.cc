// SPDX-License-Identifier: Apache-2.0
// What the commands of the reference model do.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "nvme_ref.h"

namespace nvme_ref {
namespace {

constexpr uint16_t kTemperature = 300;  // kelvin
constexpr uint32_t kAllNamespaces = 0xffffffff;

void put16(uint8_t* p, unsigned v) {
  p[0] = static_cast<uint8_t>(v);
  p[1] = static_cast<uint8_t>(v >> 8);
}

void put32(uint8_t* p, uint32_t v) {
  put16(p, v & 0xffff);
  put16(p + 2, v >> 16);
}

void put64(uint8_t* p, uint64_t v) {
  put32(p, static_cast<uint32_t>(v));
  put32(p + 4, static_cast<uint32_t>(v >> 32));
}

void put_text(uint8_t* p, size_t bytes, const std::string& text) {
  memset(p, ' ', bytes);
  memcpy(p, text.data(), std::min(bytes, text.size()));
}

}  // namespace

// ---- the blocks ----

void store::read(uint64_t lba, uint32_t blocks, uint8_t* to) const {
  for (uint32_t i = 0; i < blocks; ++i, to += kBlock) {
    const auto found = blocks_.find(lba + i);
    if (found == blocks_.end())
      memset(to, 0, kBlock);
    else
      memcpy(to, found->second.data(), kBlock);
  }
}

void store::write(uint64_t lba, uint32_t blocks, const uint8_t* from) {
  for (uint32_t i = 0; i < blocks; ++i, from += kBlock)
    memcpy(blocks_[lba + i].data(), from, kBlock);
}

void store::erase(uint64_t lba, uint64_t blocks) {
  if (blocks < blocks_.size()) {
    for (uint64_t i = 0; i < blocks; ++i) blocks_.erase(lba + i);
    return;
  }
  for (auto it = blocks_.begin(); it != blocks_.end();)
    it = it->first >= lba && it->first - lba < blocks ? blocks_.erase(it) : std::next(it);
}

// ---- data of a command ----

uint16_t controller::transfer(const command& c, uint8_t* data, uint32_t bytes, bool to_host) {
  const auto move = [&](uint64_t address, uint32_t n) {
    const bool good = to_host ? host_write(address, data, n) : host_read(address, data, n);
    data += n;
    return good;
  };
  uint64_t address = c.prp1();
  if ((address & 3) != 0) return kPrpOffset;
  uint32_t now = std::min<uint32_t>(bytes, kPageBytes - address % kPageBytes);
  if (!move(address, now)) return kTransferError;
  bytes -= now;
  if (bytes == 0) return kOk;
  address = c.prp2();
  if (bytes <= kPageBytes) {
    if (address % kPageBytes != 0) return kPrpOffset;
    return move(address, bytes) ? kOk : kTransferError;
  }
  if (address % 8 != 0) return kPrpOffset;
  std::vector<uint64_t> list;
  size_t next = 0;
  while (bytes != 0) {
    if (next == list.size()) {
      // entries up to the end of their page; the last of a full page is a link
      const uint32_t room = static_cast<uint32_t>((kPageBytes - address % kPageBytes) / 8);
      const uint32_t wanted = (bytes + kPageBytes - 1) / kPageBytes;
      list.assign(std::min(room, wanted), 0);
      if (!host_read(address, list.data(), static_cast<uint32_t>(list.size() * 8)))
        return kTransferError;
      next = 0;
      if (wanted > room) {
        address = list.back();
        list.pop_back();
        if (address % 8 != 0) return kPrpOffset;
      }
    }
    const uint64_t page = list[next++];
    if (page % kPageBytes != 0) return kPrpOffset;
    now = std::min<uint32_t>(bytes, kPageBytes);
    if (!move(page, now)) return kTransferError;
    bytes -= now;
  }
  return kOk;
}

// ---- I/O commands ----

uint16_t controller::deallocate(const command& c) {
  if ((c.dw[11] & 4) == 0) return kOk;  // a hint that is not for deallocation
  std::vector<uint8_t> ranges(((c.dw[10] & 0xff) + 1) * 16);
  const uint16_t status = transfer(c, ranges.data(), static_cast<uint32_t>(ranges.size()), false);
  if (status != kOk) return status;
  for (int pass = 0; pass < 2; ++pass)
    for (size_t at = 0; at < ranges.size(); at += 16) {
      uint32_t length;
      uint64_t lba;
      memcpy(&length, &ranges[at + 4], 4);
      memcpy(&lba, &ranges[at + 8], 8);
      if (pass == 1)
        store_.erase(lba, length);
      else if (lba > capacity_blocks_ || length > capacity_blocks_ - lba)
        return kLbaRange;
    }
  return kOk;
}

uint16_t controller::io(const command& c) {
  const uint8_t op = c.opcode();
  if (op != 0x00 && op != 0x01 && op != 0x02 && op != 0x08 && op != 0x09) return kInvalidOpcode;
  if ((c.dw[0] >> 8 & 0xc3) != 0) return kInvalidField;  // fused, SGL
  if (c.nsid() != 1 && !(op == 0x00 && c.nsid() == kAllNamespaces)) return kInvalidNamespace;
  if (op == 0x00) return kOk;
  if (op == 0x09) return deallocate(c);
  if (c.lba() > capacity_blocks_ || c.blocks() > capacity_blocks_ - c.lba()) return kLbaRange;
  if (op == 0x08) {
    const std::vector<uint8_t> zero(static_cast<size_t>(c.blocks()) * kBlock);
    store_.write(c.lba(), c.blocks(), zero.data());
    return kOk;
  }
  const uint32_t bytes = c.blocks() * kBlock;
  if (bytes > kMaxTransfer) return kInvalidField;
  std::vector<uint8_t> data(bytes);
  uint16_t status;
  if (op == 0x02) {
    store_.read(c.lba(), c.blocks(), data.data());
    status = transfer(c, data.data(), bytes, true);
    reads_ += status == kOk;
    read_blocks_ += status == kOk ? c.blocks() : 0;
    return status;
  }
  status = transfer(c, data.data(), bytes, false);
  if (status != kOk) return status;
  store_.write(c.lba(), c.blocks(), data.data());
  ++writes_;
  written_blocks_ += c.blocks();
  return kOk;
}

// ---- admin commands ----

uint16_t controller::admin(const command& c, uint32_t* result, bool* later) {
  if ((c.dw[0] >> 8 & 0xc3) != 0) return kInvalidField;
  switch (c.opcode()) {
    case 0x00: return delete_queue(c, true);
    case 0x01: return create_sq(c);
    case 0x02: return log_page(c);
    case 0x04: return delete_queue(c, false);
    case 0x05: return create_cq(c);
    case 0x06: return identify(c);
    case 0x08: {  // Abort: commands end at once here, so only event requests wait
      *result = 1;
      const auto cid = static_cast<uint16_t>(c.dw[10] >> 16);
      if ((c.dw[10] & 0xffff) != 0) return kOk;
      for (auto it = event_requests_.begin(); it != event_requests_.end(); ++it)
        if (it->cid() == cid) {
          const command waiting = *it;
          event_requests_.erase(it);
          complete(0, waiting, kAborted, 0);
          *result = 0;
          break;
        }
      return kOk;
    }
    case 0x09: return set_feature(c, result);
    case 0x0a: return get_feature(c, result);
    case 0x0c:
      if (event_requests_.size() >= kEventRequests) return kEventLimit;
      event_requests_.push_back(c);
      *later = true;
      return kOk;
    default: return kInvalidOpcode;
  }
}

uint16_t controller::identify(const command& c) {
  uint8_t d[4096] = {};
  switch (c.dw[10] & 0xff) {
    case 0x00:  // namespace
      if (c.nsid() != 1) return kInvalidNamespace;
      put64(d, capacity_blocks_);
      put64(d + 8, capacity_blocks_);
      put64(d + 16, capacity_blocks_);
      d[33] = 0x01;  // deallocated blocks read as zero
      put64(d + 48, capacity_blocks_ * kBlock);
      d[130] = 9;  // LBA format 0: 512 bytes
      break;
    case 0x01: {  // controller
      char id[9];
      snprintf(id, sizeof id, "%08x", instance_);
      put16(d, 0xf1ac);
      put16(d + 2, 0xf1ac);
      put_text(d + 4, 20, std::string("RISER") + id);
      put_text(d + 24, 40, "riser NVMe reference in SystemC");
      put_text(d + 64, 8, "1.0");
      d[77] = 5;  // 128 KiB a command
      put32(d + 80, 0x00010400);
      put32(d + 84, 1000000);
      put32(d + 88, 1000000);
      d[111] = 1;
      d[258] = 3;
      d[259] = kEventRequests - 1;
      d[260] = 3;
      d[261] = 4;
      d[262] = kLogEntries - 1;
      put16(d + 266, 343);
      put16(d + 268, 353);
      d[512] = 0x66;
      d[513] = 0x44;
      put32(d + 516, 1);
      put16(d + 520, 0x000c);  // Write Zeroes, Dataset Management
      d[525] = 0x07;
      memcpy(d + 768, "nqn.2014-08.org.nvmexpress:uuid:6f2b7d1e-53c4-4a8e-9b0a-7269", 60);
      memcpy(d + 828, id, 8);
      put16(d + 2048, 2500);
      break;
    }
    case 0x02:  // active namespaces above the one given
      if (c.nsid() >= 0xfffffffe) return kInvalidNamespace;
      if (c.nsid() == 0) put32(d, 1);
      break;
    case 0x03: {  // namespace descriptors: a UUID
      if (c.nsid() != 1) return kInvalidNamespace;
      static const uint8_t kUuid[12] = {0x6f, 0x2b, 0x7d, 0x1e, 0x53, 0xc4,
                                        0x4a, 0x8f, 0x9b, 0x0a, 0x72, 0x69};
      d[0] = 3;
      d[1] = 16;
      memcpy(d + 4, kUuid, sizeof kUuid);
      for (int i = 0; i < 4; ++i) d[16 + i] = static_cast<uint8_t>(instance_ >> (24 - 8 * i));
      break;
    }
    default: return kInvalidField;
  }
  return transfer(c, d, sizeof d, true);
}

uint16_t controller::log_page(const command& c) {
  const uint64_t bytes = ((static_cast<uint64_t>(c.dw[11] & 0xffff) << 16 | c.dw[10] >> 16) + 1) * 4;
  const uint64_t offset = static_cast<uint64_t>(c.dw[13]) << 32 | c.dw[12];
  std::vector<uint8_t> d;
  switch (c.dw[10] & 0xff) {
    case 0x01:
      d.resize(kLogEntries * 64);
      for (size_t i = 0; i < errors_.size(); ++i) {
        const error_entry& e = errors_[i];
        uint8_t* p = &d[i * 64];
        put64(p, e.count);
        put16(p + 8, e.sq);
        put16(p + 10, e.cid);
        put16(p + 12, e.status);
        put16(p + 14, e.location);
        put64(p + 16, e.lba);
        put32(p + 24, e.nsid);
      }
      break;
    case 0x02: {
      d.resize(512);
      const auto over = features_.count(0x104) != 0 ? features_.at(0x104) : 343;
      const auto under = features_.count(0x204) != 0 ? features_.at(0x204) : 0;
      d[0] = kTemperature >= over || kTemperature <= under ? 2 : 0;
      put16(&d[1], kTemperature);
      d[3] = 100;
      d[4] = 10;
      put64(&d[32], (read_blocks_ + 999) / 1000);
      put64(&d[48], (written_blocks_ + 999) / 1000);
      put64(&d[64], reads_);
      put64(&d[80], writes_);
      put64(&d[112], 1);
      put64(&d[176], error_count_);
      break;
    }
    case 0x03:
      d.resize(512);
      d[0] = 1;
      put_text(&d[8], 8, "1.0");
      break;
    default: return kLogPage;
  }
  if (offset % 4 != 0 || offset > d.size()) return kInvalidField;
  if (bytes > kMaxTransfer) return kInvalidField;
  d.erase(d.begin(), d.begin() + static_cast<long>(offset));
  d.resize(bytes);
  const uint16_t status = transfer(c, d.data(), static_cast<uint32_t>(bytes), true);
  // reading a log lets its events be sent again, unless Retain is set
  if (status == kOk && (c.dw[10] & 0x8000) == 0) {
    const unsigned type = (c.dw[10] & 0xff) == 0x01 ? 0 : 1;
    event_masked_[type] = false;
  }
  return status;
}

uint16_t controller::create_cq(const command& c) {
  const unsigned id = c.dw[10] & 0xffff, entries = (c.dw[10] >> 16) + 1, vector = c.dw[11] >> 16;
  if (id == 0 || id >= kQueues || cq_[id].exists) return kQueueId;
  if (entries < 2 || entries > 256) return kQueueSize;
  if ((c.dw[11] & 1) == 0 || (c.prp1() & (kPageBytes - 1)) != 0)
    return (c.dw[11] & 1) == 0 ? kInvalidField : kPrpOffset;
  if ((c.dw[11] & 2) != 0 && vector >= kQueues) return kVector;
  if ((cc_ >> 20 & 15) != 4) return kQueueSize;
  completion_queue q;
  q.exists = true;
  q.interrupts = (c.dw[11] & 2) != 0;
  q.base = c.prp1();
  q.entries = entries;
  q.vector = vector;
  cq_[id] = q;
  return kOk;
}

uint16_t controller::create_sq(const command& c) {
  const unsigned id = c.dw[10] & 0xffff, entries = (c.dw[10] >> 16) + 1, cq = c.dw[11] >> 16;
  if (id == 0 || id >= kQueues || sq_[id].exists) return kQueueId;
  if (cq == 0 || cq >= kQueues || !cq_[cq].exists) return kQueueInvalid;
  if (entries < 2 || entries > 256) return kQueueSize;
  if ((c.dw[11] & 1) == 0) return kInvalidField;
  if ((c.prp1() & (kPageBytes - 1)) != 0) return kPrpOffset;
  if ((cc_ >> 16 & 15) != 6) return kQueueSize;
  submission_queue q;
  q.exists = true;
  q.base = c.prp1();
  q.entries = entries;
  q.cq = cq;
  sq_[id] = q;
  return kOk;
}

uint16_t controller::delete_queue(const command& c, bool is_sq) {
  const unsigned id = c.dw[10] & 0xffff;
  if (id == 0 || id >= kQueues || !(is_sq ? sq_[id].exists : cq_[id].exists)) return kQueueId;
  if (is_sq) {
    sq_[id] = submission_queue();
    return kOk;
  }
  for (const auto& q : sq_)
    if (q.exists && q.cq == id) return kQueueDelete;
  cq_[id] = completion_queue();
  return kOk;
}

// ---- features ----

uint16_t controller::set_feature(const command& c, uint32_t* result) {
  const unsigned fid = c.dw[10] & 0xff;
  const uint32_t value = c.dw[11];
  if (c.dw[10] >> 31 != 0) return kFeatureSave;
  switch (fid) {
    case 0x01: case 0x05: case 0x06: case 0x08: case 0x0a: case 0x0b:
      features_[fid] = value;
      return kOk;
    case 0x02:
      if ((value & 0x1f) != 0) return kInvalidField;
      features_[fid] = value & 0xe0;
      return kOk;
    case 0x04: {
      if ((value >> 20 & 3) > 1 || ((value >> 16 & 15) != 0 && (value >> 16 & 15) != 15)) return kInvalidField;
      const unsigned key = (value >> 20 & 3) == 0 ? 0x104 : 0x204;
      features_[key] = value & 0xffff;
      const bool hot = (key == 0x104 && kTemperature >= (value & 0xffff)) ||
                       (key == 0x204 && kTemperature <= (value & 0xffff));
      if (hot && (features_[0x0b] & 2) != 0) event(1, 1, 2);
      return kOk;
    }
    case 0x07:
      if ((value & 0xffff) == 0xffff || value >> 16 == 0xffff) return kInvalidField;
      for (unsigned i = 1; i < kQueues; ++i)
        if (sq_[i].exists || cq_[i].exists) return 0x400c;  // command sequence error
      *result = (kQueues - 2) << 16 | (kQueues - 2);
      return kOk;
    case 0x09:
      if ((value & 0xffff) >= kQueues) return kInvalidField;
      features_[0x900 + (value & 0xffff)] = value & 0x1ffff;
      return kOk;
    default: return kInvalidField;
  }
}

uint16_t controller::get_feature(const command& c, uint32_t* result) {
  const unsigned fid = c.dw[10] & 0xff;
  if ((c.dw[10] >> 8 & 7) != 0) return kInvalidField;  // current values only
  unsigned key = fid;
  switch (fid) {
    case 0x01: case 0x02: case 0x05: case 0x06: case 0x08: case 0x0a: case 0x0b: break;
    case 0x04:
      key = (c.dw[11] >> 20 & 3) == 0 ? 0x104 : 0x204;
      if (features_.count(key) == 0) features_[key] = key == 0x104 ? 343 : 0;
      break;
    case 0x07: *result = (kQueues - 2) << 16 | (kQueues - 2); return kOk;
    case 0x09:
      if ((c.dw[11] & 0xffff) >= kQueues) return kInvalidField;
      key = 0x900 + (c.dw[11] & 0xffff);
      if (features_.count(key) == 0) features_[key] = c.dw[11] & 0xffff;
      break;
    default: return kInvalidField;
  }
  if (fid == 0x06 && features_.count(key) == 0) features_[key] = 1;
  *result = features_.count(key) != 0 ? features_[key] : 0;
  return kOk;
}

// ---- asynchronous events, the error log ----

void controller::event(unsigned type, unsigned info, unsigned page) {
  if (event_masked_[type]) return;
  events_.push_back({type, info, page});
  work_event_.notify(sc_core::SC_ZERO_TIME);
}

void controller::send_events() {
  while (!events_.empty() && !event_requests_.empty()) {
    const completion_queue& q = cq_[0];
    if ((q.tail + 1) % q.entries == q.head) return;
    const pending_event e = events_.front();
    const command c = event_requests_.front();
    events_.pop_front();
    event_requests_.pop_front();
    event_masked_[e.type] = true;
    complete(0, c, kOk, e.page << 16 | e.info << 8 | e.type);
  }
}

void controller::log_error(unsigned sq, const command* c, uint16_t status) {
  error_entry e{};
  e.count = ++error_count_;
  e.sq = static_cast<uint16_t>(sq);
  e.cid = c != nullptr ? c->cid() : 0xffff;
  e.status = static_cast<uint16_t>(status << 1);
  e.location = 0xffff;
  e.lba = c != nullptr && sq != 0 ? c->lba() : 0;
  e.nsid = c != nullptr ? c->nsid() : 0;
  errors_.push_front(e);
  if (errors_.size() > kLogEntries) errors_.pop_back();
}

}  // namespace nvme_ref
