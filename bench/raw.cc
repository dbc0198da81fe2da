// SPDX-License-Identifier: Apache-2.0
// The limit: the bench card's Verilated model in a loop written by hand for it,
// with nothing between the loop and the pins.
//
//   raw LOAD CYCLES [REGISTER]
//
// LOAD: free (clock and time alone move), or one of loads.h. REGISTER: offset in
// BAR0 that reads and writes go to, where the card is another one. One line of
// JSON. Both edges are evaluated in each cycle, and time is kept, as for any
// design that knows of no harness.
#include <ctime>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "Vriser.h"
#include "Vriser___024root.h"
#include "messages.h"
#include "riser_build.h"
#include "verilated.h"

#include "loads.h"

namespace {

constexpr uint64_t kHalfPeriodPs = RISER_CLK_PERIOD_PS / 2;
constexpr uint32_t kBeatBytes = RISER_DATA_W / 8;

// A TLP for the card: header as the pins want it, payload where it lies.
struct Tlp {
  uint32_t hdr[4];
  const uint8_t* data;
  uint32_t bytes;
  uint64_t after;  // posted ones that go first
};

template <class Pin>
uint8_t* BytesOf(Pin& pin) {
  return reinterpret_cast<uint8_t*>(&pin);
}

struct RxPins {
  CData *valid, *ready, *sop, *eop;
  uint32_t* hdr;
  uint8_t* data;
};

// Offers its TLPs in order, one beat per cycle.
class Sender {
 public:
  explicit Sender(const RxPins& pins) : pins_(pins) {}
  Tlp* Push() { return &queue_[head_++ % kDepth]; }
  void Drive(uint64_t nr_posted) {
    if (tail_ == head_ || queue_[tail_ % kDepth].after > nr_posted) {
      *pins_.valid = 0;
      return;
    }
    const Tlp& tlp = queue_[tail_ % kDepth];
    uint32_t left = tlp.bytes - sent_;
    *pins_.valid = 1;
    *pins_.sop = sent_ == 0;
    *pins_.eop = left <= kBeatBytes;
    if (sent_ == 0) memcpy(pins_.hdr, tlp.hdr, sizeof(tlp.hdr));
    memcpy(pins_.data, tlp.data + sent_, left < kBeatBytes ? left : kBeatBytes);
  }
  void Sample() {
    if (!*pins_.valid || !*pins_.ready) return;
    sent_ += kBeatBytes;
    if (sent_ < queue_[tail_ % kDepth].bytes) return;
    sent_ = 0;
    ++tail_;
  }
  uint64_t sent() const { return tail_; }

 private:
  static constexpr uint64_t kDepth = 256;
  RxPins pins_;
  Tlp queue_[kDepth];
  uint64_t head_ = 0, tail_ = 0;
  uint32_t sent_ = 0;
};

// What the design and Verilator's runtime say.
void OnMessage(void*, riser_severity, const char* file, int line, const char* text) {
  fprintf(stderr, "raw: %s:%d: %s\n", file != nullptr ? file : "?", line, text);
}
const riser::SourceTable kNoSources = {};

double Now(clockid_t id) {
  timespec t;
  clock_gettime(id, &t);
  return double(t.tv_sec) + double(t.tv_nsec) / 1e9;
}

class Bench {
 public:
  Bench(bench_load load, uint32_t reg)
      : load_(load),
        reg_(reg),
        context_(std::make_unique<VerilatedContext>()),
        sink_(OnMessage, nullptr, &kNoSources),
        scope_(&sink_, context_.get()),
        top_(std::make_unique<Vriser>(context_.get(), "TOP")),
        p_(*top_->rootp),
        posted_({&p_.rx_p_valid, &p_.rx_p_ready, &p_.rx_p_sop, &p_.rx_p_eop, &p_.rx_p_hdr[0],
                 BytesOf(p_.rx_p_data)}),
        nonposted_({&p_.rx_np_valid, &p_.rx_np_ready, &p_.rx_np_sop, &p_.rx_np_eop,
                    &p_.rx_np_hdr[0], BytesOf(p_.rx_np_data)}),
        completion_({&p_.rx_cpl_valid, &p_.rx_cpl_ready, &p_.rx_cpl_sop, &p_.rx_cpl_eop,
                     &p_.rx_cpl_hdr[0], BytesOf(p_.rx_cpl_data)}) {
    const char* args[] = {"raw"};
    context_->commandArgs(1, args);
    for (uint32_t i = 0; i < BENCH_MEM_BYTES; ++i) mem_[i] = uint8_t(i * 7 + (i >> 8));
    p_.clk = p_.perst_n = p_.link_up = p_.hot_reset = 0;
    p_.tx_p_ready = p_.tx_np_ready = p_.tx_cpl_ready = 1;
  }

  void Free(uint64_t cycles) {
    for (uint64_t i = 0; i < cycles; ++i) Clock();
  }

  void Reset() {
    Free(40);
    p_.perst_n = 1;
    Free(40);
    p_.link_up = 1;
    Free(40);
  }

  void Start() {
    for (uint32_t i = 0; i < BENCH_NR_SETUP; ++i) Send(bench_setup(i));
    while (nr_cpl_ < BENCH_NR_SETUP) Cycle();
    nr_cpl_ = 0;
    Send(bench_write(BENCH_BASE, 0));
    Send(bench_write(BENCH_BASE + 4, uint32_t(BENCH_MEM >> 32)));
    is_on_ = true;
    if (load_ == BENCH_DMA_READ) Send(bench_write(BENCH_CONTROL, 1));
    if (load_ == BENCH_DMA_WRITE) Send(bench_write(BENCH_CONTROL, 2));
    if (load_ == BENCH_READS_1 || load_ == BENCH_READS_16 || load_ == BENCH_WRITES)
      for (uint32_t i = 0; i < bench_in_flight(load_); ++i) Next(i);
  }

  void Run(uint64_t cycles) {
    for (uint64_t i = 0; i < cycles; ++i) Cycle();
  }

  uint64_t tlps() const { return nr_tlps_ + completion_.sent() + posted_.sent() + nonposted_.sent(); }
  uint64_t completions() const { return nr_cpl_; }
  uint64_t writes() const { return posted_.sent(); }
  uint64_t bytes() const { return bytes_; }
  uint64_t bad() const { return nr_bad_; }

 private:
  void Eval(uint8_t level) {
    p_.clk = level;
    context_->timeInc(kHalfPeriodPs);
    top_->eval();
  }
  void Clock() {
    Eval(0);
    Eval(1);
  }

  void Cycle() {
    posted_.Drive(UINT64_MAX);
    nonposted_.Drive(posted_.sent());
    completion_.Drive(posted_.sent());
    Eval(0);
    posted_.Sample();
    nonposted_.Sample();
    completion_.Sample();
    if (p_.tx_p_valid) Posted();
    if (p_.tx_np_valid) Request();
    if (p_.tx_cpl_valid) Completion();
    Eval(1);
  }

  void Send(const bench_request& r) {
    Tlp* tlp = r.is_posted ? posted_.Push() : nonposted_.Push();
    uint32_t* word = &words_[nr_words_++ % 256];
    for (int i = 0; i < 4; ++i) tlp->hdr[3 - i] = i < 3 ? r.dw[i] : 0;
    *word = r.dw[3];
    tlp->data = reinterpret_cast<uint8_t*>(word);
    tlp->bytes = r.nr_dw == 4 ? 4 : 0;
    tlp->after = r.is_posted ? 0 : nr_posted_;
    if (r.is_posted) ++nr_posted_;
  }

  void Next(uint32_t tag) {
    if (load_ == BENCH_WRITES)
      for (uint32_t i = 0; i < BENCH_BURST; ++i) Send(bench_write(reg_, i));
    Send(bench_read(tag, reg_));
  }

  void Completion() {
    if (!p_.tx_cpl_eop) return;
    ++nr_tlps_;
    ++nr_cpl_;
    if (is_on_) Next((p_.tx_cpl_hdr[1] >> 8) & 0xff);
  }

  // A read of the card: completions out of the memory, at most 256 bytes each.
  void Request() {
    const uint32_t* h = &p_.tx_np_hdr[0];
    uint64_t addr = ((uint64_t(h[1]) << 32 | h[0]) & ~3ull) - BENCH_MEM;
    uint32_t left = (h[3] & 0x3ff) * 4;
    ++nr_tlps_;
    if ((h[3] >> 24) != 0x20 || addr + left > BENCH_MEM_BYTES) {
      ++nr_bad_;
      return;
    }
    while (left != 0) {
      uint32_t n = BENCH_MPS - uint32_t(addr & (BENCH_MPS - 1));
      if (n > left) n = left;
      Tlp* tlp = completion_.Push();
      tlp->hdr[3] = 0x4a000000u | n / 4;
      tlp->hdr[2] = left & 0xfff;
      tlp->hdr[1] = (h[2] & 0xffffff00u) | uint32_t(addr & 0x7f);
      tlp->hdr[0] = 0;
      tlp->data = mem_ + addr;
      tlp->bytes = n;
      tlp->after = nr_posted_;
      bytes_ += n;
      addr += n;
      left -= n;
    }
  }

  void Posted() {
    const uint32_t* h = &p_.tx_p_hdr[0];
    if (p_.tx_p_sop) {
      write_addr_ = (uint64_t(h[1]) << 32 | h[0]) - BENCH_MEM;
      write_left_ = (h[3] & 0x3ff) * 4;
      if ((h[3] >> 24) != 0x60 || write_addr_ + write_left_ > BENCH_MEM_BYTES) {
        ++nr_bad_;
        write_left_ = 0;
      }
    }
    uint32_t n = write_left_ < kBeatBytes ? write_left_ : kBeatBytes;
    memcpy(mem_ + write_addr_, BytesOf(p_.tx_p_data), n);
    write_addr_ += n;
    write_left_ -= n;
    bytes_ += n;
    if (p_.tx_p_eop) ++nr_tlps_;
  }

  bench_load load_;
  uint32_t reg_;
  std::unique_ptr<VerilatedContext> context_;
  riser::MessageSink sink_;
  riser::SinkScope scope_;
  std::unique_ptr<Vriser> top_;
  Vriser___024root& p_;
  Sender posted_, nonposted_, completion_;
  uint64_t nr_posted_ = 0, nr_tlps_ = 0, nr_cpl_ = 0, bytes_ = 0, nr_bad_ = 0;
  uint64_t write_addr_ = 0, nr_words_ = 0;
  uint32_t write_left_ = 0;
  bool is_on_ = false;
  uint32_t words_[256] = {};
  uint8_t mem_[BENCH_MEM_BYTES];
};

struct Counts {
  double wall_s, cpu_s;
  uint64_t tlps, completions, writes, bytes;
};

Counts Count(const Bench& b) {
  return {Now(CLOCK_MONOTONIC), Now(CLOCK_THREAD_CPUTIME_ID), b.tlps(), b.completions(), b.writes(),
          b.bytes()};
}

void Print(const char* load, uint64_t cycles, const Counts& a, const Counts& b, uint64_t bad) {
  printf("{\"load\": \"%s\", \"cycles\": %llu, \"wall_s\": %.6f, \"cpu_s\": %.6f, \"tlps\": %llu, "
         "\"completions\": %llu, \"writes\": %llu, \"bytes\": %llu, \"errors\": %llu}\n",
         load, static_cast<unsigned long long>(cycles), b.wall_s - a.wall_s, b.cpu_s - a.cpu_s,
         static_cast<unsigned long long>(b.tlps - a.tlps),
         static_cast<unsigned long long>(b.completions - a.completions),
         static_cast<unsigned long long>(b.writes - a.writes),
         static_cast<unsigned long long>(b.bytes - a.bytes), static_cast<unsigned long long>(bad));
}

}  // namespace

int main(int argc, char** argv) {
  bool is_free = argc >= 3 && strcmp(argv[1], "free") == 0;
  int load = argc >= 3 ? bench_load_of(argv[1]) : -1;
  if (load < 0 && !is_free) {
    fprintf(stderr, "usage: raw free|idle|reads1|reads16|writes|dma_read|dma_write CYCLES [REGISTER]\n");
    return 2;
  }
  uint64_t cycles = strtoull(argv[2], nullptr, 0);
  auto bench = std::make_unique<Bench>(is_free ? BENCH_IDLE : static_cast<bench_load>(load),
                                       argc > 3 ? uint32_t(strtoul(argv[3], nullptr, 0)) : BENCH_SCRATCH);
  bench->Reset();
  bench->Start();
  bench->Run(BENCH_WARM_CYCLES);
  Counts before = Count(*bench);
  if (is_free)
    bench->Free(cycles);
  else
    bench->Run(cycles);
  Print(argv[1], cycles, before, Count(*bench), bench->bad());
  return 0;
}
