// SPDX-License-Identifier: Apache-2.0
// Register accesses: every legal and illegal pair of byte enables, lengths, alignments, side effects,
// status of the card, digests, poison, order.
#include <cstring>

#include "host.h"

namespace {

std::vector<uint8_t> model0(4096), model4(8192);

bool LegalBe(int dw, bool odd, int f, int l) {
  auto hi = [](int b) { return b == 8 || b == 12 || b == 14 || b == 15; };
  auto lo = [](int b) { return b == 1 || b == 3 || b == 7 || b == 15; };
  if (dw == 1) return l == 0;
  if (dw == 2 && !odd) return f != 0 && l != 0;
  return hi(f) && lo(l);
}

void Apply(std::vector<uint8_t>* m, int off, int dw, int f, int l, const std::vector<uint8_t>& p) {
  for (int i = 0; i < 4 * dw; i++) {
    int be = i < 4 ? f : i >= 4 * (dw - 1) ? l : 15;
    if (be & (1 << (i & 3))) (*m)[size_t(off + i)] = p[size_t(i)];
  }
}

std::vector<uint8_t> Noise(Host& h, int n) {
  std::vector<uint8_t> v;
  for (int i = 0; i < n; i++) v.push_back(uint8_t(h.Rand(256)));
  return v;
}

void CheckRead(Host& h, uint64_t base, const std::vector<uint8_t>& m, int off, int dw, int f, int l) {
  std::vector<uint8_t> got = h.ReadTlp(base + uint64_t(off), dw, f, l);
  h.Check(got.size() == size_t(4 * dw), "read of %d dwords gave %zu bytes", dw, got.size());
  for (int i = 0; i < 4 * dw; i++) {
    int be = i < 4 ? f : i >= 4 * (dw - 1) ? l : 15;
    if (be & (1 << (i & 3)))
      h.Check(got[size_t(i)] == m[size_t(off + i)], "read %x dw %d f %x l %x: byte %d is %02x, want %02x", off, dw,
              f, l, i, got[size_t(i)], m[size_t(off + i)]);
  }
}

// every pair of byte enables, 1 to 5 dwords, both quadword alignments, written and read back
void AllByteEnables(Host& h) {
  h.Begin("all byte enables");
  uint64_t bad = 0;
  for (int dw = 1; dw <= 5; dw++) {
    for (int odd = 0; odd < 2; odd++) {
      for (int be = 0; be < 256; be++) {
        int f = be & 15, l = be >> 4;
        int off = 0x100 + 4 * odd;
        std::vector<uint8_t> p = Noise(h, 4 * dw);
        bool legal = LegalBe(dw, odd != 0, f, l);
        h.WriteTlp(h.bar0 + uint64_t(off), dw, f, l, p);
        if (legal) {
          Apply(&model0, off, dw, f, l, p);
          CheckRead(h, h.bar0, model0, off, dw, f, l);
        } else {
          bad++;
          if (bad % 16 == 0) h.Drain();
          if (bad % 16 == 0) h.NoCompletion(MemReq(false, h.bar0 + uint64_t(off), dw, f, l, kHostId, 0), 60);
        }
      }
      // nothing else was touched, by legal or by malformed ones
      CheckRead(h, h.bar0, model0, 0xf0, 16, 15, 15);
    }
  }
}

void Lengths(Host& h) {
  h.Begin("lengths and alignments");
  for (int mps : {128, 256, 512}) {
    h.SetCfg(0x78, 0x2810u | (mps == 512 ? 0x40 : mps == 256 ? 0x20 : 0), 3);
    h.mps = mps;
    for (int i = 0; i < 150; i++) {
      int dw = 1 + int(h.Rand(uint32_t(mps / 4)));
      int off = 4 * int(h.Rand(uint32_t(1024 - dw)));
      if (h.Rand(4) == 0) off &= ~127;
      if ((off & 4095) + 4 * dw > 4096) continue;
      int f = dw == 1 ? int(1 + h.Rand(15)) : (15 << h.Rand(4)) & 15;
      int l = dw == 1 ? 0 : 15 >> h.Rand(4);
      std::vector<uint8_t> p = Noise(h, 4 * dw);
      h.WriteTlp(h.bar4 + uint64_t(off), dw, f, l, p);
      Apply(&model4, off, dw, f, l, p);
      CheckRead(h, h.bar4, model4, off, dw, f, l);
      int rdw = 1 + int(h.Rand(1024)), roff = 4 * int(h.Rand(uint32_t(1025 - rdw)));
      CheckRead(h, h.bar4, model4, roff, rdw, 15, rdw == 1 ? 0 : 15);
    }
    CheckRead(h, h.bar4, model4, 0, 1024, 15, 15);
  }
  // a payload above Max_Payload_Size is malformed
  h.SetCfg(0x78, 0x2810, 3);
  h.mps = 128;
  h.WriteTlp(h.bar4, 33, 15, 15, Noise(h, 132));
  CheckRead(h, h.bar4, model4, 0, 40, 15, 15);
  // so is one that crosses 4 KiB
  h.WriteTlp(h.bar4 + 0xffc, 2, 15, 15, Noise(h, 8));
  CheckRead(h, h.bar4, model4, 0xff0, 4, 15, 15);
  h.NoCompletion(MemReq(false, h.bar4 + 0xffc, 2, 15, 15, kHostId, 0));
}

void SideEffects(Host& h) {
  h.Begin("side effects per byte");
  const uint64_t reg = h.bar0 + 0x1010;
  uint64_t want = h.Read64(reg);
  h.Check(want == 0, "counter starts at %llx", (unsigned long long)want);
  want += 0x0101010101010101ull;
  std::vector<uint8_t> b = h.ReadTlp(reg, 1, 4, 0);   // byte 2 only
  want += 0x10000;
  b = h.ReadTlp(reg + 4, 1, 9, 0);                    // bytes 4 and 7
  want += 0x0100000100000000ull;
  b = h.ReadTlp(reg, 1, 0, 0);                        // zero-length: nothing
  h.Check(b == std::vector<uint8_t>(4, 0), "zero-length read gives data");
  h.ReadTlp(reg + 4, 1, 0, 0);
  h.Check(h.Read64(reg) == want, "counter, want %llx", (unsigned long long)want);
  // a write without bytes does not reach the card; one quadword is one access
  uint64_t n = h.Read64(h.bar0 + 0x1018);
  h.WriteTlp(h.bar0, 1, 0, 0, {1, 2, 3, 4});
  h.Write64(h.bar0 + 8, 5);
  Apply(&model0, 8, 2, 15, 15, {5, 0, 0, 0, 0, 0, 0, 0});
  uint64_t now = h.Read64(h.bar0 + 0x1018);
  h.Check(now == n + 1, "%llu accesses, want 1", (unsigned long long)(now - n));
  CheckRead(h, h.bar0, model0, 0, 2, 15, 15);
}

void CardStatus(Host& h) {
  h.Begin("status of the card");
  int status = -1;
  h.ReadTlp(h.bar0 + 0x1000, 1, 15, 0, &status);
  h.Check(status == kUR, "status %d, want UR", status);
  h.ReadTlp(h.bar0 + 0x1008, 2, 15, 15, &status);
  h.Check(status == kCA, "status %d, want CA", status);
}

void MiddleError(Host& h) {
  h.Begin("nothing after an error completion");
  Tlp c = h.Ask(MemReq(false, h.bar0 + 0x1000, 64, 15, 15, kHostId, 0));
  h.Check(c.cpl_status() == kUR && !c.has_data() && c.cpl_bytes() == 256, "first block: %s", c.Hex().c_str());
  h.Step(100);
  h.Check(h.cpls.empty(), "more after an error completion");
  // a block that lies before the bad registers is returned, then the status with the rest's count
  c = h.Ask(MemReq(false, h.bar0 + 0x1e80, 0x60 / 4, 15, 15, kHostId, 0));
  h.Check(c.cpl_status() == kSC, "next request");
  c = h.Ask(MemReq(false, h.bar4 + 0x1080, 65, 15, 1, kHostId, 0));
  h.Check(c.cpl_status() == kSC && c.cpl_bytes() == 257 && c.length() == 32, "first of three: %s", c.Hex().c_str());
  h.Until([&] { return h.cpls.size() == 1; }, 500, "completion with an error");
  c = h.cpls.front();
  h.cpls.clear();
  h.Check(c.cpl_status() == kCA && !c.has_data() && c.cpl_bytes() == 129 && c.cpl_lower() == 0, "second: %s",
          c.Hex().c_str());
  h.Step(200);
  h.Check(h.cpls.empty(), "more after an error completion");
}

void Order(Host& h) {
  h.Begin("reads behind writes");
  for (int i = 0; i < 200; i++) {
    uint32_t v = h.Rand(~0u);
    int off = 8 * int(h.Rand(16));
    for (int k = 0; k < int(h.Rand(4)); k++) h.Write64(h.bar0 + 0x800 + 8 * h.Rand(16), h.Rand(~0u));
    h.Write64(h.bar0 + 0x800 + uint64_t(off), v);
    h.Check(h.Read64(h.bar0 + 0x800 + uint64_t(off)) == v, "a read overtook a write");
  }
  h.Begin("writes pass reads that cannot finish");
  h.tx_ready_pct[kC] = 0;
  for (int i = 0; i < 4; i++) h.Send(kNP, MemReq(false, h.bar0, 64, 15, 15, kHostId, i));
  h.Step(300);
  uint64_t before = h.sent[kP];
  for (int i = 0; i < 20; i++) h.Write64(h.bar0 + 0x900, uint64_t(i));
  h.Step(200);
  h.Check(h.sent[kP] == before + 20, "only %llu of 20 writes passed", (unsigned long long)(h.sent[kP] - before));
  h.tx_ready_pct[kC] = 100;
  h.Until([&] { return h.cpls.size() == 8; }, 2000, "8 completions");
  h.cpls.clear();
}

void Latency(Host& h) {
  h.Begin("latency and pace");
  h.Drain();
  h.Step(20);
  uint64_t t = h.cycle;
  h.Send(kNP, MemReq(false, h.bar0, 2, 15, 15, kHostId, 1));
  h.Until([&] { return !h.cpls.empty(); }, 50, "completion");
  uint64_t took = h.cpls.front().cycle - t;
  h.cpls.clear();
  std::printf("  register read: %llu cycles port to port, 1 of them in the card\n", (unsigned long long)took);
  h.Check(took <= 5, "a register read takes %llu cycles", (unsigned long long)took);
  t = h.cycle;
  for (int i = 0; i < 16; i++) h.Send(kNP, MemReq(false, h.bar0, 2, 15, 15, kHostId, i));
  h.Until([&] { return h.cpls.size() == 16; }, 500, "16 completions");
  took = h.cycle - t;
  h.cpls.clear();
  std::printf("  16 reads at once: %.1f cycles each\n", double(took) / 16);
  h.Check(took <= 16 * 6, "16 reads take %llu cycles", (unsigned long long)took);
  t = h.cycle;
  uint64_t n = h.sent[kP];
  for (int i = 0; i < 100; i++) h.Write32(h.bar0 + 4, uint32_t(i));
  h.Until([&] { return h.sent[kP] == n + 100; }, 2000, "100 writes");
  std::printf("  posted writes: %.1f cycles each\n", double(h.cycle - t) / 100);
  h.Check(h.cycle - t <= 450, "100 writes take %llu cycles", (unsigned long long)(h.cycle - t));
}

}  // namespace

void TestMmio(Host& h) {
  h.Enable();
  for (size_t i = 0; i < 4096; i += 8) h.Write64(h.bar0 + i, 0);
  for (size_t i = 0; i < 8192; i += 8) h.Write64(h.bar4 + i, 0);
  h.Drain();
  std::fill(model0.begin(), model0.end(), 0);
  std::fill(model4.begin(), model4.end(), 0);
  Latency(h);
  Apply(&model0, 4, 1, 15, 0, {99, 0, 0, 0});
  AllByteEnables(h);
  Lengths(h);
  h.HotReset();
  h.Enable();
  SideEffects(h);
  CardStatus(h);
  MiddleError(h);
  Order(h);
  h.rx_gap_pct = 40;
  for (int& pct : h.tx_ready_pct) pct = 50;
  h.dut_slow(2);
  AllByteEnables(h);
  Lengths(h);
  h.Calm();
}
