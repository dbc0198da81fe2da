// SPDX-License-Identifier: Apache-2.0
// One instance of a model.so, by the model ABI alone.
#ifndef RISER_TB_RC_MODEL_H_
#define RISER_TB_RC_MODEL_H_

#include <deque>
#include <string>
#include <vector>

#include "rc/tlp.h"
#include "riser/model.h"

namespace tb {

class Model {
 public:
  struct Out {  // a TLP from the card
    uint64_t cycle;
    Class channel;
    Bytes bytes;
  };

  // Throws std::runtime_error with the reason.
  Model(const std::string& path, uint64_t seed, const std::vector<std::string>& plusargs);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const riser_model_info& info() const { return *ops_->info(); }
  uint64_t cycle() const { return run_.cycle; }
  bool flr_active() const { return run_.status & RISER_STATUS_FLR; }
  bool idle() const { return run_.status & RISER_STATUS_IDLE; }

  void Sideband(uint32_t levels) { ops_->set_sideband(model_, levels); }
  // Queues a TLP for the card; it waits for the posted ones before it unless @may_pass.
  void Put(Class channel, Bytes bytes, bool may_pass = false);
  size_t Waiting(Class channel) const;
  void DropQueued();
  // Up to @cycles; stops behind the cycle in which a TLP came when @stop_on_tx.
  void Run(uint64_t cycles, bool stop_on_tx);
  std::vector<Out> TakeOutput();
  void WriteCoverage(const std::string& path);

  riser_stall* stall_rx() { return run_.stall_rx; }
  riser_stall* stall_tx() { return run_.stall_tx; }
  // Lines with the severity of an error or worse that the design has printed.
  std::vector<std::string> errors;
  std::vector<uint8_t> store[RISER_MODEL_MAX_MEMS];  // backing stores

 private:
  static void OnMessage(void* ctx, riser_severity severity, const char* file, int line,
                        const char* text);
  void Reclaim();
  void Collect();

  static constexpr uint32_t kQueue = 1024;
  void* handle_ = nullptr;
  const riser_model_ops* ops_ = nullptr;
  riser_model* model_ = nullptr;
  riser_run run_{};
  std::vector<riser_tlp_ref> refs_[kNrClasses];
  std::deque<Bytes> queued_[kNrClasses];
  uint64_t reclaimed_[kNrClasses] = {};
  std::vector<uint8_t> area_;
  std::vector<Out> out_;
};

}  // namespace tb

#endif  // RISER_TB_RC_MODEL_H_
