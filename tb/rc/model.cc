// SPDX-License-Identifier: Apache-2.0
#include "rc/model.h"

#include <dlfcn.h>

#include <cstring>
#include <stdexcept>

namespace tb {

Model::Model(const std::string& path, uint64_t seed, const std::vector<std::string>& plusargs)
    : area_(1 << 18) {
  handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle_ == nullptr) throw std::runtime_error(dlerror());
  void* entry = dlsym(handle_, RISER_MODEL_ENTRY);
  if (entry == nullptr) throw std::runtime_error(path + " has no " RISER_MODEL_ENTRY);
  ops_ = reinterpret_cast<decltype(&riser_model_entry)>(entry)(RISER_MODEL_ABI);
  if (ops_->abi != RISER_MODEL_ABI) throw std::runtime_error(path + " has another model ABI");
  std::vector<const char*> args;
  for (const std::string& a : plusargs) args.push_back(a.c_str());
  riser_model_params params{};
  params.abi = RISER_MODEL_ABI;
  params.size = sizeof(params);
  params.x_init = 2;
  params.seed = seed;
  params.nr_plusargs = static_cast<uint32_t>(args.size());
  params.plusargs = args.data();
  for (uint32_t i = 0; i < info().nr_mems; ++i) {
    store[i].resize(info().mem[i].bytes);
    params.mem[i] = store[i].data();
  }
  params.message = OnMessage;
  params.ctx = this;
  int rc = ops_->create(&params, &model_);
  if (rc != 0) throw std::runtime_error(path + ": create() fails: " + strerror(-rc));
  for (int c = 0; c < kNrClasses; ++c) {
    refs_[c].resize(kQueue);
    run_.rx[c].ref = refs_[c].data();
    run_.rx[c].mask = kQueue - 1;
  }
  run_.tx = reinterpret_cast<uint8_t*>((reinterpret_cast<uintptr_t>(area_.data()) + 15) & ~15ull);
  run_.tx_bytes = area_.size() - 16;
}

Model::~Model() {
  if (model_ != nullptr) ops_->destroy(model_);
  if (handle_ != nullptr) dlclose(handle_);
}

void Model::OnMessage(void* ctx, riser_severity severity, const char* file, int line,
                      const char* text) {
  if (severity < RISER_MSG_ERROR) return;
  std::string where = file == nullptr ? "" : std::string(file) + ":" + std::to_string(line) + ": ";
  static_cast<Model*>(ctx)->errors.push_back(where + text);
}

void Model::Put(Class channel, Bytes bytes, bool may_pass) {
  riser_rx_queue& q = run_.rx[channel];
  Reclaim();
  if (q.head - q.tail == kQueue) throw std::logic_error("more than 1024 TLPs wait for the card");
  queued_[channel].push_back(std::move(bytes));
  riser_tlp_ref& ref = refs_[channel][q.head & q.mask];
  ref = riser_tlp_ref{};
  ref.bytes = queued_[channel].back().data();
  ref.len = static_cast<uint32_t>(queued_[channel].back().size());
  if (channel != kPosted && !may_pass) ref.after_posted = run_.rx[kPosted].head;
  ++q.head;
}

size_t Model::Waiting(Class channel) const {
  return static_cast<size_t>(run_.rx[channel].head - run_.rx[channel].tail);
}

void Model::DropQueued() {
  for (riser_rx_queue& q : run_.rx) q.head = q.tail;
  for (int c = 0; c < kNrClasses; ++c) {
    queued_[c].clear();
    reclaimed_[c] = run_.rx[c].tail;
  }
}

void Model::Reclaim() {
  for (int c = 0; c < kNrClasses; ++c) {
    for (; reclaimed_[c] < run_.rx[c].tail; ++reclaimed_[c]) queued_[c].pop_front();
  }
}

void Model::Run(uint64_t cycles, bool stop_on_tx) {
  uint64_t end = run_.cycle + cycles;
  while (run_.cycle < end) {
    run_.max_cycles = end - run_.cycle;
    run_.stop_on_tx = stop_on_tx ? 7 : 0;
    int rc = ops_->run(model_, &run_);
    if (rc != 0) throw std::runtime_error(std::string("run() fails: ") + strerror(-rc));
    Collect();
    if (run_.why & RISER_RUN_FATAL) throw std::runtime_error("the model has died");
    if (stop_on_tx && (run_.why & RISER_RUN_TX)) return;
  }
}

void Model::Collect() {
  const uint8_t* at = run_.tx;
  for (uint32_t i = 0; i < run_.tx_nr; ++i) {
    riser_tx_rec rec;
    memcpy(&rec, at, sizeof(rec));
    const uint8_t* tlp = at + sizeof(rec);
    out_.push_back({rec.cycle, static_cast<Class>(rec.aux), Bytes(tlp, tlp + rec.len)});
    at += rec.bytes;
  }
}

std::vector<Model::Out> Model::TakeOutput() {
  std::vector<Out> out;
  out.swap(out_);
  return out;
}

void Model::WriteCoverage(const std::string& path) {
  if (ops_->coverage_write == nullptr) throw std::runtime_error("the model counts no coverage");
  int rc = ops_->coverage_write(model_, path.c_str());
  if (rc != 0) throw std::runtime_error(path + ": " + strerror(-rc));
}

}  // namespace tb
