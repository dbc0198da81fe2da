// SPDX-License-Identifier: Apache-2.0
// Everything at once, with random pace on all channels: register accesses against a model, copies,
// interrupts, configuration reads, bad requests. Ends with nothing left over.
#include <cstring>

#include "host.h"

namespace {
constexpr uint64_t kSrc = 0x123400000ull, kDst = 0x567800000ull;
}

void TestRandom(Host& h, int rounds) {
  h.Begin("random");
  h.Enable();
  for (int v = 0; v < 64; v++) {
    h.Write64(h.bar0 + kTable + 16u * uint64_t(v), kMsiAddr + 0x1000u * uint64_t(v));
    h.Write64(h.bar0 + kTable + 8 + 16u * uint64_t(v), 0x4000u + uint32_t(v));
  }
  h.SetCfg(0xb0, 0x80000000u, 8);
  h.SetCfg(0x78, 0x2830, 3);
  h.mps = 256;
  std::vector<uint8_t> model(4096, 0);
  for (size_t i = 0; i < 4096; i += 8) h.Write64(h.bar0 + i, 0);
  struct Job { uint64_t src, dst; int len; };
  std::deque<Job> jobs;
  size_t checked = h.wr_done.size();
  size_t fired = 0, irq_copies = 0;
  uint64_t next_dst = kDst;
  for (int i = 0; i < rounds; i++) {
    if (i % 100 == 0) {
      h.rx_gap_pct = int(h.Rand(70));
      for (int& pct : h.tx_ready_pct) pct = 25 + int(h.Rand(76));
      h.split = h.Rand(2) != 0;
      h.reorder = h.Rand(2) != 0;
      h.delay_min = 1 + int(h.Rand(10));
      h.delay_max = h.delay_min + int(h.Rand(150));
      h.dut_slow(h.Rand(3) ? 0 : 1 + int(h.Rand(4)));
    }
    switch (h.Rand(9)) {
      case 0: case 1: {  // write
        int n = 1 + int(h.Rand(64)), off = int(h.Rand(uint32_t(4096 - n)));
        std::vector<uint8_t> b;
        for (int k = 0; k < n; k++) b.push_back(uint8_t(h.Rand(256)));
        h.Write(h.bar0 + uint64_t(off), b);
        std::memcpy(&model[size_t(off)], b.data(), b.size());
        break;
      }
      case 2: {  // read
        int dw = 1 + int(h.Rand(40)), off = 4 * int(h.Rand(uint32_t(1024 - dw)));
        std::vector<uint8_t> b = h.ReadTlp(h.bar0 + uint64_t(off), dw, 15, dw == 1 ? 0 : 15);
        h.Check(!std::memcmp(b.data(), &model[size_t(off)], b.size()), "register read at %x", off);
        break;
      }
      case 3: case 4: {  // copy, with an interrupt behind it at times
        if (jobs.size() >= 8) break;
        int len = 1 + int(h.Rand(h.Rand(3) ? 300 : 6000));
        Job j{kSrc + 0x4000u * uint64_t(i) + h.Rand(4096), next_dst + 16 + h.Rand(64), len};
        next_dst += 0x4000;
        h.Randomize(j.src, len);
        h.Fill(j.dst - 16, len + 32, 0x3c);
        bool irq = h.Rand(2) != 0;
        irq_copies += irq;
        h.Dma(1, j.src, j.dst, len, irq ? 0x41 : 0);
        jobs.push_back(j);
        break;
      }
      case 5:
        h.Write32(h.bar0 + 0x1120, h.Rand(64));
        fired++;
        break;
      case 6:
        h.Check(h.Cfg(0) == 0x56781234, "id");
        break;
      case 7: {  // something wrong
        int status;
        if (h.Rand(2))
          h.ReadTlp(0x700000000000ull, 1, 15, 0, &status);
        else
          h.Send(kP, MemReq(true, h.bar0, 2, 15, 0, kHostId, 0));
        break;
      }
      default:
        h.Step(int(h.Rand(60)));
    }
    while (checked < h.wr_done.size()) {
      Job j = jobs.front();
      jobs.pop_front();
      h.Check(h.wr_done[checked].status == 0, "copy status");
      checked++;
      for (int b = -16; b < j.len + 16; b++) {
        uint8_t want = b < 0 || b >= j.len ? 0x3c : h.Mem(j.src + uint64_t(b));
        h.Check(h.Mem(j.dst + uint64_t(b)) == want, "copy of %d bytes: byte %d", j.len, b);
      }
    }
  }
  h.Calm();
  h.Drain();
  h.Done(0, checked + jobs.size());
  h.Step(3000);
  h.Check(h.msis.size() == fired + irq_copies, "%zu interrupts, want %zu", h.msis.size(), fired + irq_copies);
  h.Check(h.reads.empty() && h.cpls.empty(), "left over");
  h.Check(h.Pin("idle"), "not idle at the end");
}
