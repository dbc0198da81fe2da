// SPDX-License-Identifier: Apache-2.0
// Configuration space: every register's reset value and writable bits, byte by byte; capability lists;
// type 1, other functions, id capture; BAR sizing and decode.
#include <map>
#include <set>

#include "host.h"

namespace {

struct Reg { uint32_t reset, ones, write; };

const std::map<int, Reg>& Table() {
  static const std::map<int, Reg> table = {
      {0x000, {0x56781234, 0x56781234, ~0u}}, {0x004, {0x00100000, 0x00100546, ~0u}},
      {0x008, {0xff000007, 0xff000007, ~0u}}, {0x00c, {0, 0x000000ff, ~0u}},
      {0x010, {0x00000004, 0xffffc004, ~0u}}, {0x014, {0, 0xffffffff, ~0u}},
      {0x018, {0, 0xffffff80, ~0u}},          {0x020, {0x0000000c, 0xffffe00c, ~0u}},
      {0x024, {0, 0xffffffff, ~0u}},          {0x02c, {0xdef09abc, 0xdef09abc, ~0u}},
      {0x034, {0x00000040, 0x00000040, ~0u}}, {0x03c, {0x00000100, 0x000001ff, ~0u}},
      {0x040, {0x00035001, 0x00035001, ~0u}}, {0x044, {0x00000008, 0x0000000b, ~0u}},
      {0x050, {0x01867005, 0x01b77005, ~0u}}, {0x054, {0, 0xfffffffc, ~0u}},
      {0x058, {0, 0xffffffff, ~0u}},          {0x05c, {0, 0x0000ffff, ~0u}},
      {0x060, {0, 0x000000ff, ~0u}},          {0x070, {0x0002b010, 0x0002b010, ~0u}},
      {0x074, {0x10008002, 0x10008002, ~0u}}, {0x078, {0x00002810, 0x000078ff, 0xffff7fff}},
      {0x07c, {0x00400043, 0x00400043, ~0u}}, {0x080, {0x10430000, 0x104300cb, ~0u}},
      {0x094, {0x00000010, 0x00000010, ~0u}}, {0x098, {0, 0x00000010, ~0u}},
      {0x09c, {0x0000000e, 0x0000000e, ~0u}}, {0x0a0, {0x00000003, 0x0000000f, ~0u}},
      {0x0b0, {0x00450011, 0xc0450011, ~0u}}, {0x0b4, {0x00002110, 0x00002110, ~0u}},
      {0x0b8, {0x00003000, 0x00003000, ~0u}}, {0x100, {0x15020001, 0x15020001, ~0u}},
      {0x108, {0, 0x0015d010, ~0u}},          {0x10c, {0x00040010, 0x0015d010, ~0u}},
      {0x114, {0x00002000, 0x000031c1, ~0u}}, {0x150, {0x00010003, 0x00010003, ~0u}},
      {0x154, {0x89abcdef, 0x89abcdef, ~0u}}, {0x158, {0x01234567, 0x01234567, ~0u}},
  };
  return table;
}

void Sweep(Host& h) {
  h.Begin("config reset values");
  h.SetCfg(0xffc, 0);  // sets the id
  for (int r = 0; r < 4096; r += 4) {
    auto it = Table().find(r);
    uint32_t want = it == Table().end() ? 0 : it->second.reset;
    h.Check(h.Cfg(r) == want, "register %03x is %08x, want %08x", r, h.Cfg(r), want);
  }
  h.Begin("config writable bits");
  for (int r = 0; r < 4096; r += 4) {
    auto it = Table().find(r);
    Reg reg = it == Table().end() ? Reg{0, 0, ~0u} : it->second;
    h.SetCfg(r, reg.write);
    h.Check(h.Cfg(r) == reg.ones, "%03x after ones is %08x, want %08x", r, h.Cfg(r), reg.ones);
    h.SetCfg(r, 0);
    uint32_t zeros = h.Cfg(r);
    h.Check((zeros & ~reg.reset) == 0 && (zeros & ~reg.ones) == 0, "%03x after zeros is %08x", r, zeros);
    for (int k = 0; k < 4; k++) {
      h.SetCfg(r, 0);
      h.SetCfg(r, reg.write, 1 << k);
      uint32_t byte = 0xffu << (8 * k);
      uint32_t want = (reg.ones & byte) | (zeros & ~byte);
      h.Check(h.Cfg(r) == want, "%03x byte %d gives %08x, want %08x", r, k, h.Cfg(r), want);
    }
    h.SetCfg(r, ~reg.write);  // what must stay 0 in the ones pattern, for FLR's bit only
    if (reg.write != ~0u) h.Step(200);
    h.SetCfg(r, reg.reset & 0xffff7fff);
  }
  h.HotReset();
  h.SetCfg(0xffc, 0);
}

void Capabilities(Host& h) {
  h.Begin("capability lists");
  std::set<int> seen;
  int at = int(h.Cfg(0x34) & 0xff);
  std::map<int, int> count;
  while (at) {
    h.Check(at >= 0x40 && at % 4 == 0 && seen.insert(at).second, "pointer %02x", at);
    uint32_t v = h.Cfg(at);
    count[int(v & 0xff)]++;
    at = int((v >> 8) & 0xff);
  }
  h.Check(count[0x01] == 1 && count[0x05] == 1 && count[0x10] == 1 && count[0x11] == 1, "missing capability");
  at = 0x100;
  seen.clear();
  std::map<int, int> ext;
  while (at) {
    h.Check(at >= 0x100 && at % 4 == 0 && seen.insert(at).second, "extended pointer %03x", at);
    uint32_t v = h.Cfg(at);
    ext[int(v & 0xffff)]++;
    at = int(v >> 20);
  }
  h.Check(ext[1] == 1 && ext[3] == 1, "missing extended capability");
}

void Ids(Host& h) {
  h.Begin("config types and functions");
  for (int fn = 1; fn < 8; fn++) {
    Tlp c = h.Ask(CfgReq(false, h.bdf | fn, 0, 15, kHostId, 0));
    h.Check(c.cpl_status() == kUR && !c.has_data(), "function %d answers %d", fn, c.cpl_status());
    Tlp w = CfgReq(true, h.bdf | fn, 0x3c, 15, kHostId, 0);
    c = h.Ask(w);
    h.Check(c.cpl_status() == kUR, "write to function %d: %d", fn, c.cpl_status());
  }
  for (bool write : {false, true}) {
    Tlp c = h.Ask(CfgReq(write, h.bdf, 0, 15, kHostId, 0, 1));
    h.Check(c.cpl_status() == kUR && !c.has_data(), "type 1 answers %d", c.cpl_status());
    h.Check(c.cpl_bytes() == 4 && c.cpl_lower() == 0, "type 1 completion: %s", c.Hex().c_str());
  }
  // the id follows every type 0 write, at once
  for (int id : {0x0100, 0xa5f8, 0x0008, 0xff00, 0x0100}) {
    h.bdf = id;
    Tlp c = h.Ask(CfgReq(true, id, 0xffc, 15, kHostId, 0));
    h.Check(((c.h[4] << 8) | c.h[5]) == id, "completer id %02x%02x, want %04x", c.h[4], c.h[5], id);
  }
  // tag bits 8 and 9 and attributes come back
  Tlp t = CfgReq(false, h.bdf, 0, 15, kHostId, 0);
  t.h[1] |= 0x88;
  t.h[2] |= 0x30;
  Tlp c = h.Ask(t);
  h.Check((c.h[1] & 0x88) == 0x88 && c.attr() == 3, "tag bits or attributes lost: %s", c.Hex().c_str());
  // a digest is dropped
  t = CfgReq(true, h.bdf, 0x3c, 1, kHostId, 0);
  t.h[2] |= 0x80;
  t.data = {0x42, 0, 0, 0, 1, 2, 3, 4};
  c = h.Ask(t);
  h.Check(c.cpl_status() == kSC && (h.Cfg(0x3c) & 0xff) == 0x42, "write with digest");
  t = CfgReq(false, h.bdf, 0x3c, 15, kHostId, 0);
  t.h[2] |= 0x80;
  t.data = {9, 9, 9, 9};
  c = h.Ask(t);
  h.Check(c.data[0] == 0x42, "read with digest");
}

// status of a one dword read
int Probe(Host& h, uint64_t addr) {
  int status = -1;
  h.ReadTlp(addr, 1, 15, 0, &status);
  return status;
}

void Bars(Host& h) {
  h.Begin("BAR sizing and decode");
  h.SetCfg(0x04, 0, 3);
  h.Enable(0);
  h.Check(Probe(h, h.bar0) == kUR, "answers with Memory Space Enable 0");
  h.SetCfg(0x04, 2, 3);
  struct { uint64_t base, size; } const bars[] = {{h.bar0, 0x4000}, {h.bar2, 0x80}, {h.bar4, 0x2000}};
  for (auto& b : bars) {
    h.Check(Probe(h, b.base) == kSC && Probe(h, b.base + b.size - 4) == kSC, "edges of %llx",
            (unsigned long long)b.base);
    h.Check(Probe(h, b.base - 4) == kUR && Probe(h, b.base + b.size) == kUR, "outside of %llx",
            (unsigned long long)b.base);
    h.Check(Probe(h, b.base ^ (1ull << 40)) == kUR, "upper bits of %llx are ignored", (unsigned long long)b.base);
  }
  // a 32-bit BAR answers the 4-dword form with upper bits 0 too, but not above 4 GiB
  h.Check(Probe(h, h.bar2 + (1ull << 32)) == kUR, "32-bit BAR above 4 GiB");
  int status = -1;
  h.ReadTlp(h.bar2 + 0x7c, 2, 15, 15, &status);
  h.Check(status == kUR, "a read across the end of a BAR: %d", status);
  // move
  h.Write64(h.bar4 + 0x10, 0x1122334455667788ull);
  uint64_t old = h.bar4, moved = 0xabcd00000000ull;
  h.SetCfg(0x24, uint32_t(moved >> 32));
  h.SetCfg(0x20, uint32_t(moved));
  h.Check(Probe(h, old + 0x10) == kUR, "old place still answers");
  h.Check(h.Read64(moved + 0x10) == 0x1122334455667788ull, "new place");
  h.SetCfg(0x24, uint32_t(old >> 32));
  h.SetCfg(0x20, uint32_t(old));
  // D3hot: memory is refused, configuration works; D1 and D2 are ignored
  for (uint32_t state : {1u, 2u}) {
    h.SetCfg(0x44, state);
    h.Check((h.Cfg(0x44) & 3) == 0, "power state %x", h.Cfg(0x44) & 3);
  }
  h.SetCfg(0x44, 3);
  h.Check(Probe(h, h.bar0) == kUR && h.Cfg(0) == 0x56781234, "D3hot");
  h.SetCfg(0x44, 0);
  h.Check(Probe(h, h.bar0) == kSC && (h.Cfg(4) & 2) == 2, "back in D0 without reset");
}

}  // namespace

void TestConfig(Host& h) {
  Sweep(h);
  Capabilities(h);
  Ids(h);
  Bars(h);
}
