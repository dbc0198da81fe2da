// SPDX-License-Identifier: Apache-2.0
// A root complex with one card below it, of one function or several: sends requests and judges the answers, serves the
// card's DMA from host memory, takes its interrupts and messages. Every TLP of the card is judged
// on the way in; what is wrong throws Broken.
#ifndef RISER_TB_RC_ROOT_H_
#define RISER_TB_RC_ROOT_H_

#include <functional>
#include <list>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "rc/memory.h"
#include "rc/model.h"
#include "rc/rng.h"
#include "rc/tlp.h"

namespace tb {

// Something is not as it must be.
class Broken : public std::runtime_error {
 public:
  explicit Broken(const std::string& what) : std::runtime_error(what) {}
};

// printf into a Broken.
[[noreturn]] void Fail(const char* format, ...) __attribute__((format(printf, 1, 2)));
void Check(bool ok, const char* format, ...) __attribute__((format(printf, 2, 3)));

constexpr uint64_t kMsiWindow = 0xfee00000;
constexpr uint64_t kMsiWindowBytes = 1 << 20;
constexpr uint64_t kNever = ~0ull;

// Little-endian number of at most 8 bytes.
uint64_t Little(const Bytes& bytes);

struct Answer {
  bool done = false;
  int status = -1;
  Bytes data;  // the bytes from the first to the last enabled one
  uint64_t cycle = 0;
  uint32_t parts = 0;
};

struct Interrupt {
  uint64_t cycle;
  uint16_t requester;
  uint64_t addr;
  uint32_t data;
};

struct MessageIn {
  uint64_t cycle;
  uint16_t requester;
  uint8_t code;
};

// How a read of the card is answered.
struct Plan {
  enum Fault { kNone, kUr, kCa, kPoison, kSilent };
  Fault fault = kNone;
  uint32_t good_parts = 0;  // before the fault
  uint64_t delay = 0;
  // Whether to cut at this multiple of the RCB; empty: by chance.
  std::function<bool(uint64_t boundary)> cut;
};

// How the host behaves; see Root::Randomize().
struct Pace {
  uint32_t slice = 16;  // cycles between two looks at the card
  uint32_t delay_min = 1, delay_max = 20;
  uint32_t cut_percent = 50;
  bool reorder = true;
};

class Root {
 public:
  Root(Model* model, Rng* rng);

  // ---- link ----
  void PowerOn();
  void HotReset(uint32_t cycles = 20);
  void LinkDown();
  void LinkUp();
  void Step(uint64_t cycles);
  // True when @done became true within @cycles.
  bool Until(const std::function<bool()>& done, uint64_t cycles);
  void Calm();       // no back-pressure, infinite credits, prompt and whole completions
  void Randomize();  // all of it by chance
  // No read of the card open, nothing came for 200 cycles.
  void Drain();

  // ---- requests of the host ----
  uint32_t Send(Tlp request, bool may_pass = false);  // non-posted: returns its handle
  const Answer& Wait(uint32_t handle, uint64_t cycles = 50000);
  Answer Ask(const Tlp& request) { return Wait(Send(request)); }
  bool IsDone(uint32_t handle) const { return asked_.at(handle).answer.done; }
  void SendRaw(Class channel, const Bytes& bytes) { model_->Put(channel, bytes); }
  // Forgets requests that will not be answered (reset, surprise).
  void ForgetAll();

  uint32_t CfgRead(uint16_t reg, uint8_t be = 0xf);
  void CfgWrite(uint16_t reg, uint32_t value, uint8_t be = 0xf);
  Bytes Read(uint64_t addr, uint32_t bytes);
  uint32_t Read32(uint64_t addr);
  uint64_t Read64(uint64_t addr);
  void Write(uint64_t addr, const Bytes& data);
  void Write32(uint64_t addr, uint32_t value);
  void Write64(uint64_t addr, uint64_t value);
  void SendMessage(uint8_t code, uint8_t routing, const Bytes& data = {});

  // ---- what the card does ----
  std::vector<Interrupt> interrupts;
  std::vector<MessageIn> messages;
  bool intx = false;
  std::function<void(const Interrupt&)> on_interrupt;
  std::function<void(const Tlp&)> on_request;  // every request of the card, before it is served
  std::function<Plan(const Tlp& read)> plan;  // for each read of the card
  size_t nr_card_reads() const { return reads_.size(); }
  uint64_t nr_reads = 0, nr_writes = 0, nr_parts = 0, nr_completions = 0;
  uint64_t nr_starved = 0;  // slices in which a channel had no credits left
  // Reads that were left without an answer on purpose.
  std::vector<Tlp> silent;

  // ---- settings ----
  Memory memory;
  Pace pace;
  uint16_t bdf = 0x0100;   // the function that configuration requests go to
  uint8_t functions = 1;   // bit mask of those that the card has
  // Who answers a memory request at this address; what is nobody's is function 0's.
  std::function<unsigned(uint64_t addr)> owner;
  uint16_t host_id = 0x0000;
  uint32_t mps = 128;
  uint32_t mrrs = 512;
  uint32_t rcb = 64;
  bool extended_tags = false;
  // Headers and 16-byte units the card may send before it waits; kNever: infinite.
  void SetCredits(Class channel, uint64_t headers, uint64_t units);
  void HoldCredits(bool hold) { hold_credits_ = hold; }  // spent ones do not come back

  Model* model() { return model_; }
  Rng* rng() { return rng_; }
  uint64_t cycle() const { return model_->cycle(); }

 private:
  struct Asked {
    Tlp request;
    Answer answer;
    uint64_t left = 0;  // bytes not yet returned
    uint64_t next = 0;  // address of the first of them
  };
  struct CardRead {
    Tlp request;
    uint64_t next;
    uint32_t left;
    uint64_t ready;
    uint32_t parts;
    Plan plan;
  };
  struct Credit {
    uint64_t headers = kNever, units = kNever;
  };
  struct Refund {
    uint64_t cycle;
    Class channel;
    uint64_t units;
  };

  void Take(const Model::Out& out);
  void TakeAnswer(const Tlp& cpl);
  void TakeReadAnswer(const Tlp& cpl, Asked* asked);
  void TakeRequest(const Tlp& tlp);
  void TakeRead(const Tlp& tlp);
  void TakeWrite(const Tlp& tlp);
  void TakeMessage(const Tlp& tlp);
  void CheckId(const char* what, uint16_t id, const Tlp& tlp) const;
  uint16_t CompleterOf(const Tlp& request) const;
  void CheckRequest(const Tlp& tlp, uint32_t max_bytes) const;
  void EmitCompletions();
  void EmitPart(std::list<CardRead>::iterator it);
  uint32_t PartBytes(const CardRead& read);
  void ApplyCredits();
  void Spend(const Tlp& tlp);
  void Learn(const Tlp& cfg_write);

  Model* model_;
  Rng* rng_;
  std::map<uint32_t, Asked> asked_;
  std::map<uint16_t, uint32_t> by_tag_;  // open requests of the host
  std::list<CardRead> reads_;
  uint32_t next_handle_ = 1;
  uint16_t next_tag_ = 0;
  bool may_master_[8] = {};
  bool captured_[8] = {};  // the function knows its number
  Credit credit_[kNrClasses];
  std::list<Refund> refunds_;
  bool hold_credits_ = false;
  uint64_t last_out_ = 0;
  riser_stall base_tx_[kNrClasses] = {};
};

}  // namespace tb

#endif  // RISER_TB_RC_ROOT_H_
