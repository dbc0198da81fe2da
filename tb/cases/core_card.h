// SPDX-License-Identifier: Apache-2.0
// The registers of the core's test card (tests/rtl/core/test_card.v), and its DMA engine.
#ifndef RISER_TB_CASES_CORE_CARD_H_
#define RISER_TB_CASES_CORE_CARD_H_

#include "cases/case.h"

namespace tb {

class CoreCard {
 public:
  // Statuses that the card saw for a DMA read.
  enum DmaStatus { kDmaOk = 0, kDmaRefused = 1, kDmaTimeout = 2, kDmaPoisoned = 3 };
  static constexpr uint64_t kRamBytes = 4096;

  explicit CoreCard(Env* env);

  uint64_t bar0() const { return bar0_; }
  uint64_t Ram(int bar) const { return fn.bar(bar).addr; }

  // Starts; @ctx below 64; @irq: one with vector ctx when a write is done.
  void Copy(uint64_t from, uint64_t to, uint32_t bytes, uint8_t ctx, bool irq = false);
  void ReadOnly(uint64_t from, uint32_t bytes, uint8_t ctx);
  void WriteOnly(uint64_t to, uint32_t bytes, uint8_t ctx, bool irq = false);
  // What WriteOnly() puts there.
  static Bytes Pattern(uint32_t bytes, uint8_t ctx);
  void Fire(uint32_t vector);
  void SetIntx(bool level);
  void SetPace(uint32_t slow);
  uint32_t Open();                       // commands not finished
  void WaitIdle(uint64_t cycles = 400000);
  uint32_t LastStatus();                 // of the last DMA read that ended
  uint32_t NrFailedReads();
  uint32_t NrDroppedWrites();

  Function fn;

 private:
  void Start(uint64_t from, uint64_t to, uint64_t start);

  Root* root_;
  uint64_t bar0_;
};

// A mapping with a random start in it and guard bytes around.
struct Buffer {
  uint64_t base, at;
  uint32_t bytes, room;
  Buffer(Root* root, uint64_t where, uint32_t offset, uint32_t n, Memory::Access access);
  void Fill(Root* root) const;  // random bytes
  void CheckHas(Root* root, const Bytes& want) const;
  void CheckUntouched(Root* root) const;
};

}  // namespace tb

#endif  // RISER_TB_CASES_CORE_CARD_H_
