// SPDX-License-Identifier: Apache-2.0
// DMA: every offset and length around dwords, completion boundaries and pages; all sizes of payload
// and read request; splitting and reordering of completions; full rate.
#include "host.h"

namespace {

constexpr uint64_t kSrc = 0x123400000ull, kDst = 0x567800000ull, kLow = 0x40000000ull;

void SetSizes(Host& h, int mps, int mrrs) {
  int m = mps == 512 ? 2 : mps == 256 ? 1 : 0;
  int r = 0;
  while ((128 << r) < mrrs) r++;
  h.SetCfg(0x78, uint32_t(0x0810 | (m << 5) | (r << 12)), 3);
  h.mps = mps;
  h.mrrs = mrrs;
}

void Offsets(Host& h) {
  h.Begin("copy: offsets and short lengths");
  for (int s = 0; s < 9; s++)
    for (int d = 0; d < 9; d++)
      for (int len : {1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 33, 64, 65}) h.CopyAndCheck(kSrc + s, kDst + 64 + d, len);
  h.Begin("copy: around the width, 128 and 4096");
  for (int edge : {64, 128, 512, 4096})
    for (int s : {-65, -33, -5, -3, -1, 0, 1, 4, 62})
      for (int len : {1, 4, 63, 64, 127, 130, 515})
        h.CopyAndCheck(kSrc + 0x10000 + uint64_t(edge + s), kDst + 0x20000 + uint64_t(edge - 2 * s), len);
}

void Sizes(Host& h) {
  for (int mps : {128, 256, 512}) {
    for (int mrrs : {128, 256, 512, 4096}) {
      h.Begin("copy: payload and read sizes");
      SetSizes(h, mps, mrrs);
      for (int i = 0; i < 12; i++) {
        int len = 1 + int(h.Rand(i < 6 ? 600 : 9000));
        uint64_t base = h.Rand(3) ? kSrc : kLow;
        h.CopyAndCheck(base + h.Rand(8192), kDst + 16 + h.Rand(8192), len);
      }
    }
  }
  SetSizes(h, 128, 512);
  h.CopyAndCheck(0xfffffff0ull - 4096, kDst + 16, 4096);  // up to 4 GiB
  h.CopyAndCheck(0x100000000ull - 256, kLow, 1000);       // across it
}

// several commands at once; data must land where each asked
void Many(Host& h, int rounds) {
  for (int k = 0; k < rounds; k++) {
    h.Begin("several copies in flight");
    size_t n0 = h.wr_done.size();
    struct Job { uint64_t src, dst; int len; };
    std::vector<Job> jobs;
    for (int i = 0; i < 8; i++) {
      int len = 1 + int(h.Rand(h.Rand(2) ? 100 : 2500));
      Job j{kSrc + 0x10000u * uint64_t(i) + h.Rand(4096), kDst + 0x10000u * uint64_t(i) + 16 + h.Rand(4096), len};
      h.Randomize(j.src, len);
      h.Fill(j.dst - 16, len + 32, 0x77);
      h.Dma(1, j.src, j.dst, j.len, i);
      jobs.push_back(j);
    }
    h.Done(0, n0 + 8);
    for (int i = 0; i < 8; i++) {
      const Job& j = jobs[size_t(i)];
      h.Check(h.wr_done[n0 + size_t(i)].ctx == i && h.wr_done[n0 + size_t(i)].status == 0, "done %d: ctx %d status %d",
              i, h.wr_done[n0 + size_t(i)].ctx, h.wr_done[n0 + size_t(i)].status);
      for (int b = -16; b < j.len + 16; b++) {
        uint8_t want = b < 0 || b >= j.len ? 0x77 : h.Mem(j.src + uint64_t(b));
        h.Check(h.Mem(j.dst + uint64_t(b)) == want, "job %d byte %d of %d", i, b, j.len);
      }
    }
  }
}

void Rate(Host& h) {
  h.Begin("rate");
  SetSizes(h, 512, 512);
  const int beat = kDataW / 8, len = 131072;
  for (int mps : {512, 256, 128}) {
    SetSizes(h, mps, mps);
    h.Step(50);
    size_t n = h.wr_done.size();
    h.Dma(3, 0, kDst, len, 1);
    uint64_t m0 = h.mwr_beats;
    h.Until([&] { return h.mwr_beats > m0; }, 3000, "first beat");
    uint64_t t = h.cycle;
    m0 = h.mwr_beats;
    h.Done(0, n + 1);
    double rate = double(h.mwr_beats - m0) / double(h.cycle - t);
    std::printf("  DMA write, payload %3d: %.3f beats per cycle\n", mps, rate);
    h.Check(rate >= 0.98, "DMA write at %.3f beats per cycle", rate);
    for (int i = 0; i < len; i++)
      h.Check(h.Mem(kDst + uint64_t(i)) == uint8_t(i + 1), "pattern at %d", i);

    size_t r = h.rd_done.size();
    h.Randomize(kSrc, len);
    uint32_t sum = 0;
    for (int i = 0; i < len; i++) sum += h.Mem(kSrc + uint64_t(i));
    h.delay_min = h.delay_max = 20;
    uint64_t b0 = h.rd_beats;
    h.Dma(2, kSrc, 0, len, 5);
    h.Until([&] { return h.rd_beats > b0; }, 5000, "first beat");
    t = h.cycle;
    b0 = h.rd_beats;
    h.Done(r + 1, 0);
    rate = double(h.rd_beats - b0) / double(h.cycle - t);
    std::printf("  DMA read, completions of %3d: %.3f beats per cycle\n", mps, rate);
    h.Check(rate >= 0.98, "DMA read at %.3f beats per cycle", rate);
    h.Check(h.rd_done.back().sum == sum && h.rd_done.back().status == 0, "sum of the data");
    h.Check(h.rd_beats - b0 + 1 == uint64_t(len / beat), "number of beats");
  }
  h.delay_min = h.delay_max = 4;
  SetSizes(h, 128, 512);
}

// data of a read is given to the card behind the register writes that came before its last completion,
// however long the card takes for them; and is still given after many of them
void DataBehindWrites(Host& h) {
  h.Begin("read data behind register writes");
  for (int i = 0; i < 40; i++) {
    h.dut_slow(15);
    h.hold_reads = true;
    size_t n = h.rd_done.size();
    h.Dma(2, kSrc, 0, 8, 1);
    h.Until([&] { return h.reads.size() == 1; }, 2000, "read");
    h.Drain();
    h.Step(50);
    uint64_t before = h.reg_writes;
    // one write of 16 quadwords, then the completion as soon as the write is in
    h.WriteTlp(h.bar4, 32, 15, 15, std::vector<uint8_t>(128, uint8_t(i)));
    h.hold_reads = false;
    uint64_t seen = 0;
    h.Until([&] {
      if (h.rd_done.size() > n && !seen) seen = h.reg_writes;
      return seen != 0;
    }, 5000, "data");
    h.Check(seen >= before + 16, "data came after %llu of 16 register writes", (unsigned long long)(seen - before));
    h.dut_slow(0);
  }
  // a slot waits for the card while many writes pass
  h.Randomize(kSrc, 8192);
  h.tx_ready_pct[kP] = 0;
  size_t w = h.wr_done.size();
  h.Dma(1, kSrc, kDst, 8192, 1);
  h.Step(600);
  for (int i = 0; i < 100; i++) h.Write64(h.bar4, uint64_t(i));
  h.Step(1000);
  h.tx_ready_pct[kP] = 100;
  h.Done(0, w + 1, 5000);
}

// an interrupt that the card asked for after dmaw_done is behind the data
void DoneThenInterrupt(Host& h) {
  h.Begin("interrupt behind data");
  h.SetCfg(0xb0, 0x80000000u, 12);
  for (int v = 0; v < 64; v++) {
    h.Write64(h.bar0 + kTable + 16u * uint64_t(v), kMsiAddr + 0x1000u * uint64_t(v));
    h.Write64(h.bar0 + kTable + 8 + 16u * uint64_t(v), 0x4000u + uint32_t(v));
  }
  for (int i = 0; i < 100; i++) {
    int len = 1 + int(h.Rand(600));
    uint64_t dst = kDst + h.Rand(4096);
    h.Fill(dst, len, 0);
    h.tx_ready_pct[kP] = 20 + int(h.Rand(80));
    size_t n = h.msis.size();
    int vec = int(h.Rand(64));
    h.Dma(3, 0, dst, len, 0x40 | vec);
    h.Until([&] { return h.msis.size() > n; }, 5000, "interrupt");
    h.Check(h.msis.back().data == 0x4000u + uint32_t(vec) && h.msis.back().addr == kMsiAddr + 0x1000u * uint64_t(vec),
            "message %x for vector %d", h.msis.back().data, vec);
    for (int b = 0; b < len; b++)
      h.Check(h.Mem(dst + uint64_t(b)) == uint8_t(b + (0x40 | vec)), "interrupt before byte %d of %d", b, len);
  }
  h.tx_ready_pct[kP] = 100;
}

void BusMaster(Host& h) {
  h.Begin("Bus Master Enable cleared in a burst");
  for (int i = 0; i < 40; i++) {
    size_t n = h.wr_done.size(), r = h.rd_done.size();
    h.Randomize(kSrc, 20000);
    h.Dma(i & 1 ? 2 : 3, kSrc, kDst + h.Rand(64), 20000, 3);
    h.Dma(3, kSrc, kDst, 100, 4);
    h.tx_ready_pct[kP] = 30 + int(h.Rand(70));
    h.tx_ready_pct[kNP] = 30 + int(h.Rand(70));
    h.Drain();
    h.Step(int(h.Rand(200)));
    h.SetCfg(0x04, 2, 3);
    h.expect_no_requests = true;
    h.Done(r + size_t(i & 1), n + 2 - size_t(i & 1));
    // the short write may have left before, but not past the long one
    h.Check(h.wr_done.back().ctx == 4 && h.wr_done.back().status == ((i & 1) ? h.wr_done.back().status : 1), "write without Bus Master Enable: status %d",
            h.wr_done.back().status);
    if (i & 1) h.Check(h.rd_done.back().status <= 1, "read status %d", h.rd_done.back().status);
    h.Step(100);
    h.expect_no_requests = false;
    h.tx_ready_pct[kP] = h.tx_ready_pct[kNP] = 100;
    h.SetCfg(0x04, 6, 3);
    h.CopyAndCheck(kSrc, kDst + 16, 300);
  }
}

}  // namespace

void TestDma(Host& h) {
  h.Enable();
  Offsets(h);
  Sizes(h);
  Many(h, 10);
  Rate(h);
  DataBehindWrites(h);
  DoneThenInterrupt(h);
  BusMaster(h);
  h.split = h.reorder = true;
  h.delay_min = 2;
  h.delay_max = 60;
  Sizes(h);
  Many(h, 20);
  h.rx_gap_pct = 50;
  for (int& pct : h.tx_ready_pct) pct = 40;
  h.dut_slow(2);
  Sizes(h);
  Many(h, 20);
  h.Calm();
}
