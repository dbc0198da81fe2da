// SPDX-License-Identifier: Apache-2.0
// Function level reset, hot reset and link down in the middle of everything; what each resets.
#include "host.h"

namespace {

constexpr uint64_t kSrc = 0x123400000ull, kDst = 0x567800000ull;

void Busy(Host& h) {
  h.Randomize(kSrc, 9000);
  h.Dma(1, kSrc + h.Rand(64), kDst + h.Rand(64), 9000, 0);
  h.Dma(3, 0, kDst + 0x10000, 5000, 1);
  h.Dma(2, kSrc, 0, 5000, 2);
  for (int i = 0; i < 5; i++) h.Write32(h.bar0 + 0x1120, h.Rand(70));
  h.Write32(h.bar0 + 0x1128, h.Rand(2));
}

void EnableMsix(Host& h) {
  for (int v = 0; v < 70; v++) {
    h.Write64(h.bar0 + kTable + 16u * uint64_t(v), kMsiAddr + 0x1000u * uint64_t(v));
    h.Write64(h.bar0 + kTable + 8 + 16u * uint64_t(v), (uint64_t(v & 1) << 32) | 0x4000u);
  }
  h.SetCfg(0xb0, 0x80000000u, 8);
}

void Flr(Host& h, int rounds) {
  for (int i = 0; i < rounds; i++) {
    h.Begin("function level reset");
    h.Enable();
    h.SetCfg(0x78, 0x28ff & ~0x8000u, 3);
    h.SetCfg(0x78, 0x5830, 3);  // payload 256, reads 4096: the first survives
    h.mps = 256;
    h.mrrs = 4096;
    h.SetCfg(0x80, 0x43);
    h.SetCfg(0x3c, 0x55);
    if (i & 1) EnableMsix(h);
    h.split = h.reorder = true;
    h.delay_min = 3;
    h.delay_max = 100;
    for (int& pct : h.tx_ready_pct) pct = 30 + int(h.Rand(71));
    if (i % 4 == 2) h.tx_ready_pct[kP] = 5;
    h.msgs.clear();
    h.rd_done.clear();
    h.wr_done.clear();
    Busy(h);
    h.Drain();
    h.Step(int(h.Rand(300)));
    int s = h.CfgWrite(0x78, 0xd830, 3);
    h.Check(s == kSC, "write of Initiate FLR: %d", s);
    // nothing of the old life behind this completion; old completions are absorbed silently
    h.expect_no_requests = true;
    uint64_t posted = h.nr_tx[kP];
    h.rd_done.clear();
    h.wr_done.clear();
    int asserted = 0;
    for (const Tlp& m : h.msgs) asserted += m.h[7] == 0x20 ? 1 : m.h[7] == 0x24 ? -1 : 0;
    h.Check(asserted == 0, "INTA left asserted");
    h.Step(3000);
    h.Check(!h.Pin("flr_active") && !h.Pin("card_rst"), "function level reset does not end");
    h.Check(h.nr_tx[kP] == posted, "a posted TLP after the reset");
    h.Check(h.rd_done.empty() && h.wr_done.empty(), "the card sees DMA of before");
    h.expect_no_requests = false;
    h.Check(h.reads.empty(), "reads left");
    h.Check((h.Cfg(0x04) & 0xffff) == 0 && h.Cfg(0x10) == 4 && h.Cfg(0x3c) == 0x100, "state not reset");
    h.Check((h.Cfg(0x78) & 0xffff) == 0x2830, "Device Control %x", h.Cfg(0x78) & 0xffff);
    h.Check(!((h.Cfg(0x78) >> 21) & 1), "Transactions Pending");
    h.Check((h.Cfg(0x80) & 0xff) == 0x43, "Link Control was reset");
    h.Check(h.Cfg(0xb0) == 0x00450011 && h.Cfg(0x104) == 0, "MSI-X enable or an error log: %x", h.Cfg(0x104));
    h.Check(h.Cfg(0x110) == 0, "correctable status %x", h.Cfg(0x110));
    h.mrrs = 512;
    h.Enable();
    for (int v = 0; v < 70; v += 13)
      h.Check(h.Read64(h.bar0 + kTable + 8 + 16u * uint64_t(v)) == 1ull << 32 && h.Read64(h.bar0 + kTable + 16u * uint64_t(v)) == 0,
              "MSI-X entry %d after the reset", v);
    h.Check(h.Read64(h.bar0 + 0x3000) == 0 && h.Read64(h.bar0 + 0x3008) == 0, "pending bits after the reset");
    for (int k = 0; k < 3; k++) h.CopyAndCheck(kSrc + h.Rand(100), kDst + 16 + h.Rand(100), 1 + int(h.Rand(3000)));
    h.msis.clear();
  }
  // a write while the reset runs is dropped, a read waits for its end
  h.Begin("requests in a function level reset");
  h.Calm();
  h.Write64(h.bar0 + 0x10, 0x1234);
  h.Drain();
  h.SetCfg(0x78, 0xd830, 3);
  h.Check(h.Pin("flr_active"), "flr_active");
  h.Send(kP, MemReq(true, h.bar0 + 0x10, 2, 15, 15, kHostId, 0));
  h.Check(h.Cfg(0) == 0x56781234, "config read during the reset");
  h.Check(!h.Pin("flr_active"), "answered before the end");
  h.Enable();
  h.Check(h.Read64(h.bar0 + 0x10) == 0x1234, "a write in the reset was applied");
  // messages that are the port's are obeyed
  h.Begin("messages in a function level reset");
  h.msgs.clear();
  h.SetCfg(0x78, 0xd830, 3);
  Tlp power = MsgTlp(kMsgDLocal, 0x50, kHostId);
  power.SetLength(1);
  power.data = {0x2a, 1, 0, 0};
  h.Send(kP, power);
  h.Send(kP, MsgTlp(kMsgLocal, 0x19, kHostId));
  h.Drain();
  h.Check(h.Pin("flr_active"), "the messages came after the reset");
  h.Check(((h.Cfg(0x74) >> 18) & 0x3ff) == 0x12a, "slot power limit in the reset");
  h.Step(100);
  h.Check(h.msgs.size() == 1 && h.msgs[0].h[7] == 0x1b, "PME_TO_Ack after the reset");
  h.msgs.clear();
  h.Enable();
  // completions that never come: quarantine, silently
  h.hold_reads = true;
  h.Dma(2, kSrc, 0, 20000, 1);
  h.Step(300);
  h.SetCfg(0x78, 0xd830, 3);
  h.reads.clear();
  h.hold_reads = false;
  h.Step(300);
  h.Check((h.Cfg(0x78) >> 21) & 1, "Transactions Pending with reads absorbed");
  h.Enable();
  size_t w = h.wr_done.size();
  h.Dma(1, kSrc, kDst, 5000, 0);
  h.Done(0, w + 1, 60000);
  h.Check(h.wr_done.back().status == 0 && h.Cfg(0x104) == 0, "after the quarantine");
  h.Step(22000);
  h.Check(!((h.Cfg(0x78) >> 21) & 1) && h.Pin("idle"), "the quarantine does not end");
}

void Hot(Host& h, int rounds) {
  for (int i = 0; i < rounds; i++) {
    h.Begin("hot reset and link down");
    h.Enable();
    EnableMsix(h);
    h.SetCfg(0x108, 0x00100000);
    h.SetCfg(0x104, ~0u);
    h.Send(kP, MemReq(true, h.bar0, 1, 15, 15, kHostId, 0));
    h.Drain();
    h.Step(20);
    h.split = h.reorder = true;
    for (int& pct : h.tx_ready_pct) pct = 30 + int(h.Rand(71));
    Busy(h);
    for (int k = 0; k < 4; k++) h.Send(kNP, MemReq(false, h.bar4, 512, 15, 15, kHostId, k));
    h.Step(int(h.Rand(500)));
    if (i & 1) {
      h.SetLink(false);
      h.Step(2);
      for (int k = 0; k < 20; k++) h.Step();
      h.SetLink(true);
    } else {
      h.HotReset(16);
    }
    h.mps = 128;
    h.rd_done.clear();
    h.wr_done.clear();
    h.Step(500);
    h.Check(h.cpls.empty() && h.reads.empty(), "TLPs of before");
    h.Check(h.rd_done.empty() && h.wr_done.empty(), "the card sees DMA of before");
    h.SetCfg(0xffc, 0);
    h.Check((h.Cfg(0x04) & 0x7) == 0 && h.Cfg(0x10) == 4 && (h.Cfg(0x78) & 0xffff) == 0x2810, "state not reset");
    // sticky: mask and status
    h.Check(h.Cfg(0x108) == 0x00100000 && (h.Cfg(0x104) & 0x00040000), "sticky bits: mask %x status %x", h.Cfg(0x108),
            h.Cfg(0x104));
    h.msgs.clear();
    h.msis.clear();
    h.Enable();
    for (int k = 0; k < 3; k++) h.CopyAndCheck(kSrc + h.Rand(100), kDst + 16 + h.Rand(100), 1 + int(h.Rand(3000)));
  }
  h.Calm();
  h.Begin("power on resets sticky bits");
  h.PowerOn();
  h.SetCfg(0xffc, 0);
  h.Check(h.Cfg(0x108) == 0 && h.Cfg(0x104) == 0, "sticky after PERST#");
}

void D3(Host& h) {
  h.Begin("D3hot in a burst");
  for (int i = 0; i < 20; i++) {
    h.Enable();
    h.tx_ready_pct[kP] = h.tx_ready_pct[kNP] = 50;
    Busy(h);
    h.Drain();
    h.Step(int(h.Rand(200)));
    h.SetCfg(0x44, 3);
    h.expect_no_requests = true;
    h.Step(3000);
    h.Check(!((h.Cfg(0x78) >> 21) & 1), "Transactions Pending in D3hot");
    h.expect_no_requests = false;
    h.SetCfg(0x44, 0);
    h.Step(200);
    h.tx_ready_pct[kP] = h.tx_ready_pct[kNP] = 100;
    h.CopyAndCheck(kSrc, kDst + 16, 500);
    h.msis.clear();
    h.msgs.clear();
  }
}

}  // namespace

void TestResets(Host& h) {
  Flr(h, 30);
  Hot(h, 30);
  D3(h);
}
