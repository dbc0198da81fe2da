// SPDX-License-Identifier: Apache-2.0
// Requests of the host and what their completions must look like.
#include <algorithm>
#include <cstring>

#include "host.h"

Tlp Host::Ask(Tlp t, int limit) {
  int tag = next_tag_++ & 0xff;
  t.h[6] = uint8_t(tag);
  Send(kNP, t);
  Until([&] { return !cpls.empty(); }, limit, "completion");
  Tlp c = cpls.front();
  cpls.pop_front();
  Check(c.cpl_tag() == tag && c.cpl_req_id() == kHostId, "completion for another: %s", c.Hex().c_str());
  Check((c.h[6] & 0x10) == 0, "BCM: %s", c.Hex().c_str());
  Check(c.attr() == t.attr() && c.tc() == t.tc(), "attributes of the completion: %s", c.Hex().c_str());
  Check((c.h[11] & 0x80) == 0, "reserved bit: %s", c.Hex().c_str());
  Check(c.has_data() == (c.raw_length() != 0), "length: %s", c.Hex().c_str());
  return c;
}

void Host::NoCompletion(Tlp t, int cycles) {
  t.h[6] = uint8_t(next_tag_++);
  Send(kNP, t);
  Step(cycles);
  Check(QueuesEmpty(), "the request was not taken");
  Check(cpls.empty(), "a completion that must not come");
}

Host::Result Host::CfgRead(int reg, int be) {
  Tlp c = Ask(CfgReq(false, bdf, reg, be, kHostId, 0));
  Check(c.cpl_bytes() == 4 && c.cpl_lower() == 0, "byte count: %s", c.Hex().c_str());
  Check(c.has_data() == (c.cpl_status() == kSC), "data and status: %s", c.Hex().c_str());
  uint32_t v = ~0u;
  if (c.has_data()) std::memcpy(&v, c.data.data(), 4);
  return {c.cpl_status(), v};
}

int Host::CfgWrite(int reg, uint32_t value, int be) {
  Tlp t = CfgReq(true, bdf, reg, be, kHostId, 0);
  std::memcpy(t.data.data(), &value, 4);
  Tlp c = Ask(t);
  Check(!c.has_data() && c.cpl_bytes() == 4 && c.cpl_lower() == 0, "completion of a write: %s", c.Hex().c_str());
  Check(((c.h[4] << 8) | c.h[5]) == bdf, "completer id: %s", c.Hex().c_str());
  return c.cpl_status();
}

uint32_t Host::Cfg(int reg) {
  Result r = CfgRead(reg);
  Check(r.status == kSC, "config read of %03x: status %d", reg, r.status);
  return r.value;
}

void Host::SetCfg(int reg, uint32_t value, int be) {
  int s = CfgWrite(reg, value, be);
  Check(s == kSC, "config write of %03x: status %d", reg, s);
}

void Host::WriteTlp(uint64_t addr, int dw, int fbe, int lbe, const std::vector<uint8_t>& payload) {
  Tlp t = MemReq(true, addr, dw, fbe, lbe, kHostId, int(Rand(256)));
  std::copy(payload.begin(), payload.end(), t.data.begin());
  Send(kP, t);
}

void Host::Write(uint64_t addr, const std::vector<uint8_t>& bytes) {
  uint64_t end = addr + bytes.size();
  uint64_t first = addr & ~3ull;
  int dw = int(((end + 3) & ~3ull) - first) / 4;
  int fbe = (15 << (addr & 3)) & 15;
  int lbe = 15 >> ((4 - (end & 3)) & 3);
  if (dw == 1) {
    fbe &= lbe;
    lbe = 0;
  }
  std::vector<uint8_t> payload(size_t(4 * dw), 0xcc);
  std::copy(bytes.begin(), bytes.end(), payload.begin() + long(addr & 3));
  WriteTlp(first, dw, fbe, lbe, payload);
}

void Host::Write64(uint64_t addr, uint64_t value) {
  std::vector<uint8_t> b(8);
  std::memcpy(b.data(), &value, 8);
  Write(addr, b);
}

void Host::Write32(uint64_t addr, uint32_t value) {
  std::vector<uint8_t> b(4);
  std::memcpy(b.data(), &value, 4);
  Write(addr, b);
}

std::vector<uint8_t> Host::ReadTlp(uint64_t addr, int dw, int fbe, int lbe, int* status) {
  std::vector<uint8_t> out;
  // the enabled bytes run from first to last
  uint64_t next, end;
  addr &= ~3ull;
  if (fbe == 0) {
    next = addr;
    end = addr + 1;
  } else {
    int lo = 0, hi = 3, lb = dw == 1 ? fbe : lbe;
    while (!(fbe & (1 << lo))) lo++;
    while (!(lb & (1 << hi))) hi--;
    next = addr + uint64_t(lo);
    end = addr + uint64_t(4 * (dw - 1) + hi + 1);
  }
  Tlp req = MemReq(false, addr, dw, fbe, lbe, kHostId, 0);
  Tlp c = Ask(req, 20000);
  int tag = c.cpl_tag();
  for (;;) {
    int left = int(end - next);
    Check(c.cpl_bytes() == (left & 4095), "byte count %d, want %d: %s", c.cpl_bytes(), left, c.Hex().c_str());
    Check(c.cpl_lower() == int(next & 0x7f), "lower address, want %02x: %s", int(next & 0x7f), c.Hex().c_str());
    Check(((c.h[4] << 8) | c.h[5]) == bdf, "completer id: %s", c.Hex().c_str());
    Check(c.has_data() == (c.cpl_status() == kSC), "data and status: %s", c.Hex().c_str());
    if (status) *status = c.cpl_status();
    if (c.cpl_status() != kSC) {
      Check(status != nullptr, "read of %llx: status %d", (unsigned long long)addr, c.cpl_status());
      return out;
    }
    Check(4 * c.length() <= mps, "completion above Max_Payload_Size: %s", c.Hex().c_str());
    out.insert(out.end(), c.data.begin(), c.data.end());
    uint64_t stop = (next & ~3ull) + uint64_t(4 * c.length());
    if (stop >= end) {
      Check(stop - end < 4, "too many dwords: %s", c.Hex().c_str());
      break;
    }
    Check(stop % 128 == 0, "does not end on the read completion boundary: %s", c.Hex().c_str());
    next = stop;
    Until([&] { return !cpls.empty(); }, 3000, "next completion");
    c = cpls.front();
    cpls.pop_front();
    Check(c.cpl_tag() == tag, "completion of another request: %s", c.Hex().c_str());
  }
  Check(cpls.empty(), "a completion too many");
  return out;
}

uint64_t Host::Read64(uint64_t addr) {
  std::vector<uint8_t> b = ReadTlp(addr, 2, 15, 15);
  uint64_t v;
  std::memcpy(&v, b.data(), 8);
  return v;
}

uint32_t Host::Read32(uint64_t addr) {
  std::vector<uint8_t> b = ReadTlp(addr, 1, 15, 0);
  uint32_t v;
  std::memcpy(&v, b.data(), 4);
  return v;
}

void Host::Drain(int limit) {
  Until([&] { return QueuesEmpty(); }, limit, "end of the queues to the card");
}

void Host::Dma(int mode, uint64_t src, uint64_t dst, int len, int ctx) {
  Write64(bar0 + 0x1100, src);
  Write64(bar0 + 0x1108, dst);
  Write64(bar0 + 0x1110, uint64_t(len) | (uint64_t(ctx) << 32) | (uint64_t(mode) << 40));
}

void Host::Done(size_t nr_reads, size_t nr_writes, int limit) {
  Until([&] { return rd_done.size() >= nr_reads && wr_done.size() >= nr_writes; }, limit, "end of DMA");
}

void Host::CopyAndCheck(uint64_t src, uint64_t dst, int len) {
  Randomize(src, len);
  Fill(dst - 16, len + 32, 0x5a);
  size_t n = wr_done.size();
  Dma(1, src, dst, len, 0);
  Done(0, n + 1);
  Check(wr_done.back().status == 0, "copy status %d", wr_done.back().status);
  for (int i = -16; i < len + 16; i++) {
    uint8_t want = i < 0 || i >= len ? 0x5a : Mem(src + uint64_t(i));
    Check(Mem(dst + uint64_t(i)) == want, "copy %llx -> %llx len %d: byte %d is %02x, want %02x",
          (unsigned long long)src, (unsigned long long)dst, len, i, Mem(dst + uint64_t(i)), want);
  }
}
