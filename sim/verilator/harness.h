// SPDX-License-Identifier: Apache-2.0
// One instance of the Verilated card behind the model ABI.
#ifndef RISER_SIM_HARNESS_H_
#define RISER_SIM_HARNESS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "Vriser.h"
#include "Vriser___024root.h"
#include "clock.h"
#include "compat.h"
#include "memory.h"
#include "messages.h"
#include "riser/model.h"
#include "riser_build.h"
#include "rx.h"
#include "tx.h"
#if RISER_TRACE
#include "trace.h"
#endif
#if RISER_SAVABLE
#include "verilated_save.h"
#endif

struct riser_model final {
 public:
  explicit riser_model(const riser_model_params& params);
  ~riser_model();
  riser_model(const riser_model&) = delete;
  riser_model& operator=(const riser_model&) = delete;

  void SetSideband(uint32_t levels);
  int Run(riser_run* run);
  int TraceOpen(const char* path, const char* scopes);
  void TraceClose();
  void Annotate(riser_lane lane, const char* text);
  int Save(int fd);
  int Restore(int fd);
#if RISER_SIGNALS
  int Peek(const char* signal, char* value, size_t size);
  int Poke(const char* signal, const char* value);
#endif
  int CoverageWrite(const char* path);

 private:
  // Plain data: part of the saved state.
  struct State {
    uint64_t cycle;
    uint32_t sideband;
    uint32_t tx_ready;  // bit mask of the classes whose ready pin is 1
    uint8_t sideband_dirty;
    uint8_t link_ok;
  };

  void BindPorts();
  void BindMemories(const riser_model_params& params);
  void StartClocks();
  int Check(const riser_run& run) const;
  void Loop(riser_run* run);
  template <bool kStall>
  void Cycles(riser_run* run);
  void Fall(uint64_t start_ps);
  void Rise(uint64_t time_ps);
  template <bool kStall>
  void Drive(const riser_run& run, bool is_first);
  void ApplySideband();
  template <bool kStall>
  void DriveTxReady(const riser_run& run);
  void DriveMemories();
  void SampleMemories();
  bool MemoriesBusy() const;
  void Eval(uint64_t time_ps);
  void FreeClocksUntil(uint64_t time_ps);
  void EvalUntil(uint64_t time_ps);
  bool Quiet() const;
  uint32_t Status() const;

  uint64_t seed_;
  riser::MessageSink sink_;
  std::unique_ptr<VerilatedContext> context_;
#if RISER_BOOT
  const uint8_t* boot_done_ = nullptr;
#endif
  std::unique_ptr<Vriser> top_;
  Vriser___024root* pins_ = nullptr;
  State state_{};
  bool touched_ = true;  // an input may have changed since the last evaluation
  bool plain_ = false;   // an evaluation is no more than RISER_EVAL
  riser::RxPort rx_;
  riser::TxPort tx_;
#define RISER_MEM_MEMBER(index, prefix, word_bits, addr_bits) \
  riser::MemoryPort<word_bits, addr_bits> prefix##_;
  RISER_MEM_LIST(RISER_MEM_MEMBER)
#undef RISER_MEM_MEMBER
  riser::FreeClock clocks_[RISER_NR_CLOCKS + 1];
#if RISER_TRACE
  riser::Tracer tracer_;
#endif
#if RISER_SAVABLE
  std::vector<uint8_t> save_buffer_;
#endif
};

#endif  // RISER_SIM_HARNESS_H_
