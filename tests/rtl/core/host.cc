// SPDX-License-Identifier: Apache-2.0
#include "host.h"

#include <verilated.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "Vtest_card.h"

const int kDataW = RISER_DATA_W;

namespace {

constexpr size_t kBeat = RISER_DATA_W / 8;

// the pins of one channel; the three channels have the same types
struct RxPins { CData *valid, *ready, *sop, *eop; uint32_t* hdr; void* data; };
struct TxPins { CData *valid, *ready, *sop, *eop; uint32_t* hdr; void* data; };

#define RISER_PINS(d, c) \
  {&(d)->c##_valid, &(d)->c##_ready, &(d)->c##_sop, &(d)->c##_eop, (d)->c##_hdr.data(), &(d)->c##_data}

RxPins Rx(Vtest_card* d, int ch) {
  if (ch == kP) return RISER_PINS(d, rx_p);
  if (ch == kNP) return RISER_PINS(d, rx_np);
  return RISER_PINS(d, rx_cpl);
}

TxPins Tx(Vtest_card* d, int ch) {
  if (ch == kP) return RISER_PINS(d, tx_p);
  if (ch == kNP) return RISER_PINS(d, tx_np);
  return RISER_PINS(d, tx_cpl);
}

void HdrToPins(const Tlp& t, uint32_t* pins) {
  for (int w = 0; w < 4; w++) pins[3 - w] = t.Be32(4 * w);
}

void PinsToHdr(const uint32_t* pins, Tlp* t) {
  for (int w = 0; w < 4; w++) t->SetBe32(4 * w, pins[3 - w]);
}

size_t Beats(const Tlp& t) { return t.data.empty() ? 1 : (t.data.size() + kBeat - 1) / kBeat; }

}  // namespace

Host::Host(uint64_t seed)
    : ctx_(new VerilatedContext), seed_(seed), rng_(seed) {
  const char* no_plusargs[] = {"rtl.core"};
  ctx_->commandArgs(1, no_plusargs);
  ctx_->randReset(int(seed & 1));  // all registers start at 0 or at 1
  dut_.reset(new Vtest_card(ctx_.get()));
  dut_->perst_n = 0;
  dut_->hot_reset = dut_->link_up = 0;
  Calm();
}

Host::~Host() { dut_->final(); }

void Host::Fail(const char* fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  std::printf("FAILED width=%d seed=%llu cycle=%llu test=%s: ", RISER_DATA_W,
              (unsigned long long)seed_, (unsigned long long)cycle, test_);
  std::vprintf(fmt, ap);
  std::printf("\n");
  va_end(ap);
  std::fflush(stdout);
  std::_Exit(1);
}

void Host::Check(bool ok, const char* fmt, ...) {
  if (ok) return;
  char text[512];
  va_list ap;
  va_start(ap, fmt);
  std::vsnprintf(text, sizeof(text), fmt, ap);
  va_end(ap);
  Fail("%s", text);
}

void Host::Begin(const char* test) { test_ = test; }

void Host::Calm() {
  for (int& pct : tx_ready_pct) pct = 100;
  rx_gap_pct = 0;
  reorder = split = hold_reads = expect_no_requests = false;
  delay_min = delay_max = 4;
  on_cpl = nullptr;
  dut_->slow = 0;
}

// ---- one cycle ----------------------------------------------------------------------------------

void Host::Enqueue(int channel, Tlp t) {
  rx_[channel].push_back({std::move(t), p_enqueued_});
  if (channel == kP) p_enqueued_++;
}

void Host::DriveRx(int ch) {
  RxPins p = Rx(dut_.get(), ch);
  *p.valid = 0;
  if (rx_[ch].empty() || !dut_->link_up) return;
  const Queued& q = rx_[ch].front();
  if (ch != kP && q.after_p > sent[kP]) return;
  if (ch == kC && rx_beat_[ch] == 1 && rx_pause > 0) {
    rx_pause--;
    return;
  }
  if (!rx_offered_[ch] && rx_gap_pct && int(Rand(100)) < rx_gap_pct) return;
  rx_offered_[ch] = true;
  size_t at = rx_beat_[ch] * kBeat;
  *p.valid = 1;
  *p.sop = at == 0;
  *p.eop = rx_beat_[ch] + 1 == Beats(q.t);
  if (at == 0)
    HdrToPins(q.t, p.hdr);
  else
    for (int w = 0; w < 4; w++) p.hdr[w] = 0xdeadbeef;
  uint8_t buf[64];
  std::memset(buf, 0xa5, sizeof(buf));
  if (at < q.t.data.size()) std::memcpy(buf, &q.t.data[at], std::min(kBeat, q.t.data.size() - at));
  std::memcpy(p.data, buf, kBeat);
}

void Host::SampleTx(int ch, bool ready) {
  TxPins p = Tx(dut_.get(), ch);
  TxState& s = tx_[ch];
  if (!*p.valid) {
    Check(!s.held, "tx %d: valid fell before the transfer", ch);
    return;
  }
  std::vector<uint8_t> pins(kBeat + 18);
  pins[0] = *p.sop;
  pins[1] = *p.eop;
  if (*p.sop) std::memcpy(&pins[2], p.hdr, 16);
  std::memcpy(&pins[18], p.data, kBeat);
  if (s.held) Check(pins == s.pins, "tx %d: beat changed before the transfer", ch);
  s.held = !ready;
  s.pins = pins;
  if (!ready) return;
  Check(bool(*p.sop) != s.open, "tx %d: sop=%d inside=%d", ch, *p.sop, s.open);
  if (*p.sop) {
    s.t = Tlp();
    PinsToHdr(p.hdr, &s.t);
    s.want = s.t.has_data() ? size_t(4 * s.t.length()) : 0;
    s.open = true;
  }
  size_t take = std::min(kBeat, s.want - s.t.data.size());
  const uint8_t* d = &pins[18];
  s.t.data.insert(s.t.data.end(), d, d + take);
  if (ch == kP && s.t.has_data()) mwr_beats++;
  bool all = s.t.data.size() == s.want;
  Check(all == bool(*p.eop), "tx %d: eop=%d with %zu of %zu bytes: %s", ch, *p.eop, s.t.data.size(), s.want,
        s.t.Hex().c_str());
  if (*p.eop) {
    s.open = false;
    s.t.cycle = cycle;
    nr_tx[ch]++;
    OnTx(ch, s.t);
  }
}

void Host::Step(int n) {
  for (int i = 0; i < n; i++) {
    Answer();
    bool ready[3];
    for (int ch = 0; ch < 3; ch++) {
      DriveRx(ch);
      ready[ch] = dut_->link_up && int(Rand(100)) < tx_ready_pct[ch];
      *Tx(dut_.get(), ch).ready = ready[ch];
    }
    dut_->clk = 0;
    dut_->eval();
    bool taken[3];
    for (int ch = 0; ch < 3; ch++) taken[ch] = *Rx(dut_.get(), ch).valid && *Rx(dut_.get(), ch).ready;
    if (dut_->link_up)
      for (int ch : {kP, kC, kNP}) SampleTx(ch, ready[ch]);
    if (!dut_->ev_rst) {
      if (dut_->ev_rd_beat) rd_beats++;
      if (dut_->ev_rd_valid) rd_done.push_back({dut_->ev_rd_ctx & 0x7f, dut_->ev_rd_status, dut_->ev_rd_sum});
      if (dut_->ev_wr_valid) wr_done.push_back({dut_->ev_wr_ctx, dut_->ev_wr_status, cycle});
      if (dut_->ev_reg_write) reg_writes++;
    }
    dut_->clk = 1;
    dut_->eval();
    cycle++;
    for (int ch = 0; ch < 3; ch++) {
      if (!taken[ch]) continue;
      rx_offered_[ch] = false;
      if (++rx_beat_[ch] == Beats(rx_[ch].front().t)) {
        rx_beat_[ch] = 0;
        rx_[ch].pop_front();
        sent[ch]++;
      }
    }
    if (ctx_->gotFinish()) Fail("the design called $finish or an assertion fired");
  }
}

void Host::Until(const std::function<bool()>& done, int limit, const char* what) {
  for (int i = 0; i < limit; i++) {
    if (done()) return;
    Step();
  }
  if (!done()) Fail("no %s within %d cycles (%s)", what, limit, State().c_str());
}

void Host::Forget() {
  reads.clear();
  for (int ch = 0; ch < 3; ch++) {
    rx_[ch].clear();
    rx_beat_[ch] = 0;
    rx_offered_[ch] = false;
    tx_[ch] = TxState();
  }
  p_enqueued_ = sent[kP];
  cpls.clear();
}

void Host::SetLink(bool up) {
  dut_->link_up = up;
  if (!up) Forget();
}

void Host::PowerOn() {
  SetLink(false);
  dut_->perst_n = 0;
  dut_->hot_reset = 0;
  Step(32);
  dut_->perst_n = 1;
  Step(32);
  SetLink(true);
  mps = 128;
  mrrs = 512;
}

void Host::HotReset(int cycles) {
  SetLink(false);
  dut_->hot_reset = 1;
  Step(2);
  for (int i = 0; i < cycles; i++) {
    Check(!dut_->tx_p_valid && !dut_->tx_np_valid && !dut_->tx_cpl_valid, "tx valid in hot reset");
    Step();
  }
  dut_->hot_reset = 0;
  Step(4);
  SetLink(true);
  mps = 128;
  mrrs = 512;
}

void Host::Enable(uint16_t command) {
  SetCfg(0x10, uint32_t(bar0));
  SetCfg(0x14, uint32_t(bar0 >> 32));
  SetCfg(0x18, uint32_t(bar2));
  SetCfg(0x20, uint32_t(bar4));
  SetCfg(0x24, uint32_t(bar4 >> 32));
  SetCfg(0x04, command, 3);
}

// ---- TLPs of the card -----------------------------------------------------------------------------

void Host::CheckCommon(const Tlp& t) {
  Check(t.tc() == 0 && !t.td() && !t.ep() && (t.h[1] & (t.h[0] == 0x4a || t.h[0] == 0x0a ? 0x07 : 0x8f)) == 0, "header bits: %s", t.Hex().c_str());
  Check((t.h[2] & 0x0c) == 0, "AT is not 0: %s", t.Hex().c_str());
}

void Host::CheckMemReq(const Tlp& t) {
  uint64_t a = t.addr();
  int n = t.length();
  Check(t.req_id() == bdf, "requester id %04x, want %04x: %s", t.req_id(), bdf, t.Hex().c_str());
  Check(t.attr() == 0, "attributes: %s", t.Hex().c_str());
  Check(t.is_4dw() == ((a >> 32) != 0), "address form: %s", t.Hex().c_str());
  Check((a & 4095) + 4u * unsigned(n) <= 4096, "crosses 4 KiB: %s", t.Hex().c_str());
  int f = t.fbe(), l = t.lbe();
  if (n == 1) {
    Check(l == 0 && f != 0, "byte enables: %s", t.Hex().c_str());
  } else {
    Check(f == 8 || f == 12 || f == 14 || f == 15, "first byte enable: %s", t.Hex().c_str());
    Check(l == 1 || l == 3 || l == 7 || l == 15, "last byte enable: %s", t.Hex().c_str());
  }
  Check(!expect_no_requests, "a request that must not be sent: %s", t.Hex().c_str());
}

void Host::OnPosted(const Tlp& t) {
  if (t.type() == kMWr32 || t.type() == kMWr64) {
    CheckMemReq(t);
    Check(4 * t.length() <= mps, "payload above %d: %s", mps, t.Hex().c_str());
    if (t.addr() >= kMsiAddr && t.addr() < kMsiAddr + 0x100000) {
      Check(t.length() == 1 && t.fbe() == 15, "shape of an interrupt: %s", t.Hex().c_str());
      uint32_t v;
      std::memcpy(&v, t.data.data(), 4);
      msis.push_back({t.addr(), v, cycle});
      return;
    }
    nr_mwr++;
    for (int i = 0; i < 4 * t.length(); i++) {
      int be = i < 4 ? t.fbe() : i >= 4 * (t.length() - 1) ? t.lbe() : 15;
      if (be & (1 << (i & 3))) Mem(t.addr() + uint64_t(i)) = t.data[size_t(i)];
    }
    return;
  }
  Check((t.type() & 0xf8) == 0x30 && (t.type() & 7) <= 5, "posted type: %s", t.Hex().c_str());
  Check(t.raw_length() == 0 && t.attr() == 0 && t.Be32(8) == 0 && t.Be32(12) == 0, "message: %s", t.Hex().c_str());
  msgs.push_back(t);
}

void Host::OnRead(const Tlp& t) {
  Check(t.type() == kMRd32 || t.type() == kMRd64, "non-posted type: %s", t.Hex().c_str());
  CheckMemReq(t);
  Check(4 * t.length() <= mrrs + 4 && t.tag() < 32, "read size or tag: %s", t.Hex().c_str());
  int first = 0, last = 3;
  while (!(t.fbe() & (1 << first))) first++;
  int lb = t.length() == 1 ? t.fbe() : t.lbe();
  while (!(lb & (1 << last))) last--;
  int bytes = 4 * t.length() - first - (3 - last);
  Check(bytes <= mrrs, "read above %d: %s", mrrs, t.Hex().c_str());
  for (const Read& r : reads) Check(r.req.tag() != t.tag(), "tag %d twice", t.tag());
  reads.push_back({t, t.addr() + uint64_t(first), bytes,
                   cycle + uint64_t(delay_min) + Rand(uint32_t(delay_max - delay_min + 1))});
  nr_mrd++;
}

void Host::OnTx(int ch, const Tlp& t) {
  CheckCommon(t);
  if (ch == kP) {
    OnPosted(t);
  } else if (ch == kNP) {
    OnRead(t);
  } else {
    Check(t.type() == kCpl || t.type() == kCplD, "completion type: %s", t.Hex().c_str());
    cpls.push_back(t);
  }
}

// completes outstanding reads, one completion per call at most
void Host::Answer() {
  if (hold_reads || reads.empty() || rx_[kC].size() >= 2) return;
  size_t k = 0;
  if (reorder) k = Rand(uint32_t(reads.size()));
  Read& r = reads[k];
  if (cycle < r.ready_cycle) return;
  // up to Max_Payload_Size, ending on a multiple of 64 or at the end
  int block = split ? 64 * int(1 + Rand(uint32_t(mps / 64))) : mps;
  int part = block - int(r.next % uint64_t(split ? 64 : block));
  if (part > mps) part = mps - int(r.next % 64);
  part = std::min(part, r.left);
  uint64_t first_dw = r.next & ~3ull;
  uint64_t last_dw = (r.next + uint64_t(part) - 1) & ~3ull;
  Tlp c = CplTlp(true, kSC, r.left & 4095, int(r.next & 0x7f), kHostId, r.req.req_id(), r.req.tag());
  int dw = int((last_dw - first_dw) / 4) + 1;
  c.SetLength(dw);
  for (uint64_t a = first_dw; a < last_dw + 4; a++) c.data.push_back(Mem(a));
  r.next += uint64_t(part);
  r.left -= part;
  bool last = r.left == 0;
  Tlp keep = c;
  bool go = !on_cpl || on_cpl(&c);
  if (last || (go && c.cpl_status() != kSC)) reads.erase(reads.begin() + long(k));
  if (go) Send(kC, c);
}

uint8_t& Host::Mem(uint64_t addr) {
  auto& page = mem_[addr >> 12];
  if (!page) {
    page.reset(new std::array<uint8_t, 4096>);
    page->fill(0xee);
  }
  return (*page)[addr & 4095];
}

void Host::Fill(uint64_t addr, int bytes, uint8_t value) {
  for (int i = 0; i < bytes; i++) Mem(addr + uint64_t(i)) = value;
}

void Host::Randomize(uint64_t addr, int bytes) {
  for (int i = 0; i < bytes; i++) Mem(addr + uint64_t(i)) = uint8_t(rng_());
}

void Host::dut_slow(int pause) { dut_->slow = CData(pause); }

int Host::Pin(const char* name) {
  if (!std::strcmp(name, "flr_active")) return dut_->flr_active;
  if (!std::strcmp(name, "idle")) return dut_->idle;
  if (!std::strcmp(name, "card_rst")) return dut_->ev_rst;
  Fail("no pin %s", name);
}

std::string Host::State() const {
  char s[200];
  std::snprintf(s, sizeof(s), "queues %zu %zu %zu, DMA reads %zu, completions %zu, tx valid %d %d %d, reads done %zu, writes done %zu",
                rx_[kP].size(), rx_[kNP].size(), rx_[kC].size(), reads.size(), cpls.size(), dut_->tx_p_valid,
                dut_->tx_np_valid, dut_->tx_cpl_valid, rd_done.size(), wr_done.size());
  return s;
}
