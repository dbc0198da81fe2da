// SPDX-License-Identifier: Apache-2.0
// MSI-X table, masks and pending bits; MSI with several vectors; INTA messages; gating.
#include <set>

#include "host.h"

namespace {

constexpr int kVectors = 70;

uint64_t Entry(Host& h, int v) { return h.bar0 + kTable + 16u * uint64_t(v); }
void Program(Host& h, int v, bool masked) {
  h.Write64(Entry(h, v), kMsiAddr + 0x1000u * uint64_t(v));
  h.Write64(Entry(h, v) + 8, (uint64_t(masked) << 32) | (0x4000u + uint32_t(v)));
}
void Mask(Host& h, int v, bool masked) { h.Write32(Entry(h, v) + 12, masked); }
void Fire(Host& h, int v) { h.Write32(h.bar0 + 0x1120, uint32_t(v)); }
bool Pending(Host& h, int v) { return (h.Read64(h.bar0 + 0x3000 + 8u * uint64_t(v / 64)) >> (v % 64)) & 1; }

void Settle(Host& h) {
  h.Drain();
  h.Step(400);
}

void ExpectOne(Host& h, int v, const char* when) {
  Settle(h);
  h.Check(h.msis.size() == 1, "%s: %zu messages, want 1", when, h.msis.size());
  h.Check(h.msis[0].addr == kMsiAddr + 0x1000u * uint64_t(v) && h.msis[0].data == 0x4000u + uint32_t(v),
          "%s: vector %d sent %llx %x", when, v, (unsigned long long)h.msis[0].addr, h.msis[0].data);
  h.msis.clear();
}

void ExpectNone(Host& h, const char* when) {
  Settle(h);
  h.Check(h.msis.empty(), "%s: %zu messages, want none", when, h.msis.size());
}

void Table(Host& h) {
  h.Begin("MSI-X table");
  for (int v = 0; v < kVectors; v++) {
    h.Check(h.Read64(Entry(h, v)) == 0 && h.Read64(Entry(h, v) + 8) == 1ull << 32, "entry %d after reset", v);
  }
  // dwords, quadwords, longer accesses; only the mask bit of the control dword exists
  for (int v = 0; v < kVectors; v++) {
    h.Write32(Entry(h, v), 0x10u + uint32_t(v) * 4);
    h.Write32(Entry(h, v) + 4, 0xabu);
    h.Write32(Entry(h, v) + 8, uint32_t(v) * 3);
    h.Write32(Entry(h, v) + 12, ~0u);
    h.Check(h.Read32(Entry(h, v) + 4) == 0xab && h.Read32(Entry(h, v) + 12) == 1, "entry %d by dwords", v);
    h.Check(h.Read64(Entry(h, v)) == (0xab00000000ull | (0x10u + uint32_t(v) * 4)), "entry %d address", v);
  }
  std::vector<uint8_t> all = h.ReadTlp(h.bar0 + kTable, kVectors * 4, 15, 15);
  for (int v = 0; v < kVectors; v++) h.Check(all[size_t(16 * v + 8)] == uint8_t(v * 3), "entry %d in a long read", v);
  // a long read over an end of the table: both sides in order, though the card is slower
  auto across = [&] {
    all = h.ReadTlp(h.bar0 + kTable + 16 * (kVectors - 1), 8, 15, 15);
    h.Check(all[8] == uint8_t((kVectors - 1) * 3) && all[16] == 0x70 && all[17] == 0x25 && all[24] == 0x78,
            "read across the table's end: %02x %02x%02x %02x", all[8], all[17], all[16], all[24]);
    all = h.ReadTlp(h.bar0 + kTable - 16, 12, 15, 15);
    h.Check(all[0] == 0x00 && all[1] == 0x21 && all[8] == 0x08 && all[16] == 0x10 && all[32] == 0x14 && all[40] == 3,
            "read across the table's start: %02x %02x %02x %02x", all[0], all[8], all[16], all[32]);
  };
  across();
  // the same while the table is busy with interrupts
  h.SetCfg(0xb0, 0x80000000u, 8);
  for (int i = 0; i < 30; i++) {
    for (int k = 0; k < 12; k++) Fire(h, 5);
    across();
  }
  Mask(h, 5, true);
  h.HotReset();
  h.Enable();
  h.Step(300);
  // the PBA is read only
  h.Write64(h.bar0 + 0x3000, ~0ull);
  h.Check(h.Read64(h.bar0 + 0x3000) == 0 && h.Read64(h.bar0 + 0x3008) == 0, "PBA is writable");
  for (int v = 0; v < kVectors; v++) Program(h, v, true);
}

void Masks(Host& h) {
  h.Begin("MSI-X masks");
  // disabled: taken and forgotten
  Mask(h, 3, false);
  Fire(h, 3);
  ExpectNone(h, "MSI-X disabled");
  h.Check(!Pending(h, 3), "pending while disabled");
  h.SetCfg(0xb0, 0x80000000u, 8);
  ExpectNone(h, "enabled");
  for (int v : {0, 3, 63, 64, 69}) {
    Mask(h, v, true);
    Fire(h, v);
    Fire(h, v);
    ExpectNone(h, "vector masked");
    h.Check(Pending(h, v), "no pending bit for %d", v);
    Mask(h, v, false);
    ExpectOne(h, v, "unmasked");
    h.Check(!Pending(h, v), "pending bit stays for %d", v);
    Mask(h, v, false);
    ExpectNone(h, "unmasked again");
    Fire(h, v);
    ExpectOne(h, v, "plain");
    // function mask
    h.SetCfg(0xb0, 0xc0000000u, 8);
    Fire(h, v);
    ExpectNone(h, "function masked");
    h.Check(Pending(h, v), "no pending bit under the function mask");
    h.SetCfg(0xb0, 0x80000000u, 8);
    ExpectOne(h, v, "function unmasked");
    // Bus Master Enable
    h.SetCfg(0x04, 2, 3);
    h.expect_no_requests = true;
    Fire(h, v);
    ExpectNone(h, "no Bus Master Enable");
    h.expect_no_requests = false;
    h.SetCfg(0x04, 6, 3);
    ExpectOne(h, v, "Bus Master Enable back");
    // an entry changed while masked is used from the next unmask
    Mask(h, v, true);
    Fire(h, v);
    h.Write32(Entry(h, v) + 8, 0x77);
    Mask(h, v, false);
    Settle(h);
    h.Check(h.msis.size() == 1 && h.msis[0].data == 0x77, "stale entry");
    h.msis.clear();
    h.Write32(Entry(h, v) + 8, 0x4000u + uint32_t(v));
    Mask(h, v, true);
  }
  Fire(h, 70);
  Fire(h, 2047);
  ExpectNone(h, "vectors that do not exist");
}

void AllAtOnce(Host& h) {
  h.Begin("MSI-X all vectors");
  for (int round = 0; round < 6; round++) {
    h.SetCfg(0xb0, 0xc0000000u, 8);
    std::multiset<uint32_t> want;
    for (int v = 0; v < kVectors; v++) Mask(h, v, false);
    for (int v = 0; v < kVectors; v++) {
      if (h.Rand(3) == 0) continue;
      Fire(h, v);
      want.insert(0x4000u + uint32_t(v));
    }
    Settle(h);
    h.tx_ready_pct[kP] = round & 1 ? 20 : 100;
    h.SetCfg(0xb0, 0x80000000u, 8);
    h.Step(3000);
    std::multiset<uint32_t> got;
    for (const Msi& m : h.msis) got.insert(m.data);
    h.Check(got == want, "%zu messages, want %zu", got.size(), want.size());
    h.msis.clear();
    h.tx_ready_pct[kP] = 100;
  }
  // random toggles: nothing lost, nothing that was not asked for
  std::vector<int> open(kVectors, 0);
  for (int i = 0; i < 3000; i++) {
    int v = int(h.Rand(8)) * 9;
    if (h.Rand(2)) {
      Fire(h, v);
      open[size_t(v)]++;
    } else {
      Mask(h, v, h.Rand(2) != 0);
    }
    if (h.Rand(8) == 0) h.SetCfg(0xb0, 0x80000000u | (h.Rand(2) << 30), 8);
    for (const Msi& m : h.msis) {
      int got = int(m.data - 0x4000);
      h.Check(got >= 0 && got < kVectors && open[size_t(got)] > 0, "message for vector %d without a cause", got);
      open[size_t(got)]--;  // merged ones are settled below
    }
    h.msis.clear();
  }
  Settle(h);
  h.msis.clear();
  h.SetCfg(0xb0, 0x80000000u, 8);
  for (int v = 0; v < kVectors; v++) Mask(h, v, false);
  Settle(h);
  h.msis.clear();
  h.Check(h.Read64(h.bar0 + 0x3000) == 0 && h.Read64(h.bar0 + 0x3008) == 0, "a pending bit is stuck");
}

// once the read behind a mask has come back, no message comes
void MaskRace(Host& h) {
  h.Begin("mask and fire race");
  for (int i = 0; i < 400; i++) {
    int v = int(h.Rand(kVectors));
    Mask(h, v, false);
    h.tx_ready_pct[kP] = 30 + int(h.Rand(71));
    Fire(h, v);
    h.Step(int(h.Rand(12)));
    bool by_function = h.Rand(2) != 0;
    if (by_function)
      h.SetCfg(0xb0, 0xc0000000u, 8);
    else
      Mask(h, v, true);
    h.Check(by_function || (h.Read32(Entry(h, v) + 12) & 1) == 1, "mask bit");
    size_t n = h.msis.size();
    h.Step(60);
    h.Check(h.msis.size() == n, "a message after the mask was confirmed");
    h.tx_ready_pct[kP] = 100;
    bool pending = Pending(h, v);
    h.Check(pending == (n == 0), "sent %zu and pending %d", n, pending);
    h.SetCfg(0xb0, 0x80000000u, 8);
    Mask(h, v, false);
    Settle(h);
    h.Check(h.msis.size() == 1, "%zu messages for one cause", h.msis.size());
    h.msis.clear();
  }
  h.SetCfg(0xb0, 0, 8);
}

void MsiVectors(Host& h) {
  h.Begin("MSI");
  h.SetCfg(0x54, uint32_t(kMsiAddr) + 0x40);
  h.SetCfg(0x58, 0);
  h.SetCfg(0x5c, 0xabc8);
  Fire(h, 0);
  ExpectNone(h, "MSI disabled");
  for (int mme = 0; mme <= 3; mme++) {
    h.SetCfg(0x50, 0x00010000u | uint32_t(mme << 20), 4);
    for (int v = 0; v < 8; v++) {
      Fire(h, v);
      Settle(h);
      uint32_t low = (1u << mme) - 1;
      uint32_t want = (0xabc8u & ~low) | (uint32_t(v) & low);
      h.Check(h.msis.size() == 1 && h.msis[0].data == want && h.msis[0].addr == kMsiAddr + 0x40,
              "%d granted, vector %d: %zu messages", 1 << mme, v, h.msis.size());
      h.msis.clear();
    }
  }
  h.SetCfg(0x60, 0x24);
  Fire(h, 2);
  Fire(h, 5);
  Fire(h, 5);
  ExpectNone(h, "MSI masked");
  h.Check(h.Cfg(0x64) == 0x24, "MSI pending %x", h.Cfg(0x64));
  h.SetCfg(0x60, 0x20);
  Settle(h);
  h.Check(h.msis.size() == 1 && h.msis[0].data == 0xabca, "MSI unmasked");
  h.msis.clear();
  h.SetCfg(0x04, 2, 3);
  h.SetCfg(0x60, 0);
  ExpectNone(h, "MSI without Bus Master Enable");
  h.SetCfg(0x04, 6, 3);
  Settle(h);
  h.Check(h.msis.size() == 1 && h.msis[0].data == 0xabcd && h.Cfg(0x64) == 0, "MSI after Bus Master Enable");
  h.msis.clear();
  h.SetCfg(0x50, 0, 4);
}

void Intx(Host& h) {
  h.Begin("INTA");
  auto level = [&](int on) { h.Write32(h.bar0 + 0x1128, uint32_t(on)); };
  auto expect = [&](std::vector<int> codes, const char* when) {
    Settle(h);
    h.Check(h.msgs.size() == codes.size(), "%s: %zu messages, want %zu", when, h.msgs.size(), codes.size());
    for (size_t i = 0; i < codes.size(); i++) {
      h.Check(h.msgs[i].h[0] == kMsgLocal && h.msgs[i].h[7] == codes[i] && h.msgs[i].req_id() == h.bdf, "%s: %s", when,
              h.msgs[i].Hex().c_str());
    }
    h.msgs.clear();
  };
  h.msgs.clear();
  level(1);
  expect({0x20}, "raised");
  h.Check((h.Cfg(0x04) >> 19) & 1, "Interrupt Status");
  level(1);
  expect({}, "raised again");
  h.SetCfg(0x04, 0x406, 3);
  expect({0x24}, "Interrupt Disable");
  h.Check((h.Cfg(0x04) >> 19) & 1, "Interrupt Status while disabled");
  h.SetCfg(0x04, 0x002, 3);
  expect({0x20}, "enabled again, without Bus Master Enable");
  h.SetCfg(0x04, 0x006, 3);
  h.SetCfg(0x50, 0x00010000u, 4);
  expect({0x24}, "MSI enabled");
  h.SetCfg(0x50, 0, 4);
  expect({0x20}, "MSI disabled");
  h.SetCfg(0xb0, 0x80000000u, 8);
  expect({0x24}, "MSI-X enabled");
  h.SetCfg(0xb0, 0, 8);
  expect({0x20}, "MSI-X disabled");
  h.SetCfg(0x44, 3);
  expect({0x24}, "D3hot");
  h.SetCfg(0x44, 0);
  expect({0x20}, "D0");
  level(0);
  expect({0x24}, "lowered");
  for (int i = 0; i < 50; i++) {
    level(int(h.Rand(2)));
    h.Step(int(h.Rand(10)));
  }
  level(0);
  Settle(h);
  for (size_t i = 0; i < h.msgs.size(); i++)
    h.Check(h.msgs[i].h[7] == (i & 1 ? 0x24 : 0x20), "Assert and Deassert do not alternate");
  h.Check(h.msgs.size() % 2 == 0, "still asserted");
  h.msgs.clear();
}

}  // namespace

void TestInterrupts(Host& h) {
  h.Enable();
  h.Step(300);
  Table(h);
  Masks(h);
  AllAtOnce(h);
  MaskRace(h);
  MsiVectors(h);
  Intx(h);
}
