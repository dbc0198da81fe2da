// SPDX-License-Identifier: Apache-2.0
// A root complex for the test: drives the six channels with random gaps, keeps host memory, answers
// DMA reads by a policy, records messages and interrupts, and checks every TLP of the card against
// the rules. Any violation ends the process with one line that names cycle, test and seed.
#ifndef RISER_TESTS_RTL_CORE_HOST_H_
#define RISER_TESTS_RTL_CORE_HOST_H_

#include <cstdarg>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <unordered_map>
#include <vector>

#include "codec.h"

class Vtest_card;
class VerilatedContext;

extern const int kDataW;  // of the model

constexpr int kP = 0, kNP = 1, kC = 2;
constexpr int kHostId = 0x0008;
constexpr uint64_t kMsiAddr = 0xfee00000;
constexpr uint64_t kTable = 0x2110;  // of MSI-X, in BAR0

struct Read {            // a DMA read of the card
  Tlp req;
  uint64_t next;         // address of the next byte to return
  int left;              // bytes
  uint64_t ready_cycle;
};

struct RdDone { int ctx, status; uint32_t sum; };
struct WrDone { int ctx, status; uint64_t cycle; };
struct Msi { uint64_t addr; uint32_t data; uint64_t cycle; };

class Host {
 public:
  explicit Host(uint64_t seed);
  ~Host();

  // ---- policy ---------------------------------------------------------------------------------
  int tx_ready_pct[3] = {100, 100, 100};
  int rx_gap_pct = 0;
  int rx_pause = 0;            // cycles before the next second beat of a completion, once
  bool reorder = false;        // completions of different reads in any order
  bool split = false;          // at random multiples of 64 bytes; else at Max_Payload_Size
  int delay_min = 4, delay_max = 4;
  bool hold_reads = false;     // collect reads without answering
  bool expect_no_requests = false;  // no memory request may arrive
  // may change or drop (return false) a completion before it is sent
  std::function<bool(Tlp*)> on_cpl;
  void Calm();                 // back to no gaps, no splitting

  // ---- time -------------------------------------------------------------------------------------
  void Step(int n = 1);
  void Until(const std::function<bool()>& done, int limit, const char* what);
  void PowerOn();
  void HotReset(int cycles = 16);
  void SetLink(bool up);
  void Enable(uint16_t command = 0x6);  // BARs, Command

  // ---- requests ------------------------------------------------------------------------------------
  void Send(int channel, Tlp t) { Enqueue(channel, std::move(t)); }
  struct Result { int status; uint32_t value; };
  Result CfgRead(int reg, int be = 15);
  int CfgWrite(int reg, uint32_t value, int be = 15);
  uint32_t Cfg(int reg);       // must succeed
  void SetCfg(int reg, uint32_t value, int be = 15);
  void Write(uint64_t addr, const std::vector<uint8_t>& bytes);   // any alignment within a page
  void Write64(uint64_t addr, uint64_t value);
  void Write32(uint64_t addr, uint32_t value);
  void WriteTlp(uint64_t addr, int dw, int fbe, int lbe, const std::vector<uint8_t>& payload);
  // the completion's bytes (all dwords); *status gets the final status; checks every rule
  std::vector<uint8_t> ReadTlp(uint64_t addr, int dw, int fbe, int lbe, int* status = nullptr);
  uint64_t Read64(uint64_t addr);
  uint32_t Read32(uint64_t addr);
  // sends any non-posted request and returns the first completion for its tag
  Tlp Ask(Tlp t, int limit = 3000);
  void NoCompletion(Tlp t, int cycles = 200);
  void Drain(int limit = 200000);  // all queues to the card empty

  // ---- host memory ---------------------------------------------------------------------------------
  uint8_t& Mem(uint64_t addr);
  void Fill(uint64_t addr, int bytes, uint8_t value);
  void Randomize(uint64_t addr, int bytes);

  // ---- DMA commands of the test card ------------------------------------------------------------
  void Dma(int mode, uint64_t src, uint64_t dst, int len, int ctx);
  void Done(size_t reads, size_t writes, int limit = 400000);
  void CopyAndCheck(uint64_t src, uint64_t dst, int len);

  [[noreturn]] void Fail(const char* fmt, ...);
  void Check(bool ok, const char* fmt, ...);
  uint32_t Rand(uint32_t n) { return n ? uint32_t(rng_() % n) : 0; }
  void Begin(const char* test);

  // ---- what happened ----------------------------------------------------------------------------
  std::vector<Msi> msis;
  std::vector<Tlp> msgs;
  std::deque<Tlp> cpls;
  std::vector<Read> reads;     // outstanding DMA reads
  std::vector<RdDone> rd_done;
  std::vector<WrDone> wr_done;
  uint64_t cycle = 0;
  uint64_t nr_mrd = 0, nr_mwr = 0, mwr_beats = 0, rd_beats = 0, reg_writes = 0;
  uint64_t nr_tx[3] = {0, 0, 0};
  uint64_t sent[3] = {0, 0, 0};  // TLPs whose last beat the card has taken
  int bdf = 0x0100;
  int mps = 128, mrrs = 512;
  uint64_t bar0 = 0x800000000ull, bar2 = 0xe0000000, bar4 = 0x900000000ull;
  void dut_slow(int pause);    // the card is ready in one cycle of pause + 1
  int Pin(const char* name);   // an output: flr_active, idle, card_rst
  std::string State() const;   // for a failure
  bool QueuesEmpty() const { return rx_[0].empty() && rx_[1].empty() && rx_[2].empty(); }
  uint64_t seed() const { return seed_; }
  void Forget();               // outstanding reads are gone (reset)

 private:
  struct Queued { Tlp t; uint64_t after_p; };
  struct TxState { bool open = false; Tlp t; size_t want = 0; bool held = false; std::vector<uint8_t> pins; };
  void Enqueue(int channel, Tlp t);
  void DriveRx(int ch);
  void SampleTx(int ch, bool ready);
  void OnTx(int ch, const Tlp& t);
  void OnPosted(const Tlp& t);
  void OnRead(const Tlp& t);
  void CheckCommon(const Tlp& t);
  void CheckMemReq(const Tlp& t);
  void Answer();

  std::unique_ptr<VerilatedContext> ctx_;
  std::unique_ptr<Vtest_card> dut_;
  uint64_t seed_;
  std::mt19937_64 rng_;
  std::deque<Queued> rx_[3];
  size_t rx_beat_[3] = {0, 0, 0};
  bool rx_offered_[3] = {false, false, false};
  uint64_t p_enqueued_ = 0;
  TxState tx_[3];
  std::unordered_map<uint64_t, std::unique_ptr<std::array<uint8_t, 4096>>> mem_;
  int next_tag_ = 0;
  const char* test_ = "start";
};

// the tests, one file each
void TestConfig(Host& h);
void TestMmio(Host& h);
void TestDma(Host& h);
void TestInterrupts(Host& h);
void TestErrors(Host& h);
void TestResets(Host& h);
void TestRandom(Host& h, int rounds);

#endif  // RISER_TESTS_RTL_CORE_HOST_H_
