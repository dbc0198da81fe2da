// SPDX-License-Identifier: Apache-2.0
// The C ABI: each function unpacks, calls, packs.
#include <cerrno>
#include <new>

#include "harness.h"

namespace {

constexpr uint32_t Features() {
  uint32_t f = 0;
  if (RISER_TRACE) f |= RISER_MODEL_F_TRACE;
  if (RISER_SAVABLE) f |= RISER_MODEL_F_SAVE;
  if (RISER_COVERAGE) f |= RISER_MODEL_F_COVERAGE;
  if (RISER_IMPURE) f |= RISER_MODEL_F_IMPURE;
  if (RISER_HAS_IDLE) f |= RISER_MODEL_F_IDLE;
  if (RISER_FORK_SAFE) f |= RISER_MODEL_F_FORK;
  if (RISER_BOOT) f |= RISER_MODEL_F_BOOT;
  f |= RISER_MODEL_F_DIRTY;
  return f;
}

constexpr uint64_t MemBytes(uint64_t word_bits, uint32_t addr_bits) {
  return (word_bits / 8) << addr_bits;
}

const riser_model_info kInfo = {
    RISER_MODEL_ABI,
    sizeof(riser_model_info),
    Features(),
    RISER_DATA_W,
    RISER_CLK_PERIOD_PS,
    RISER_NAME,
    RISER_TOP,
    RISER_ENGINE,
    RISER_SOURCE_HASH,
    RISER_BUILD_HASH,
    RISER_NR_MEMS,
    0,
    {
#define RISER_MEM_INFO(index, prefix, word_bits, addr_bits) \
  {#prefix, MemBytes(word_bits, addr_bits)},
        RISER_MEM_LIST(RISER_MEM_INFO)
#undef RISER_MEM_INFO
    },
};

const riser_model_info* Info() { return &kInfo; }

int Create(const riser_model_params* params, riser_model** model) {
  if (params->abi != RISER_MODEL_ABI || params->size < sizeof(*params)) return -EINVAL;
  if (params->x_init > 2) return -EINVAL;
  for (uint32_t i = 0; i < kInfo.nr_mems; ++i) {
    if (params->mem[i] == nullptr) return -EINVAL;
  }
  try {
    *model = new riser_model(*params);
    return 0;
  } catch (const std::bad_alloc&) {
    return -ENOMEM;
  } catch (const riser::ModelDied&) {
    return -EIO;
  }
}

void Destroy(riser_model* model) { delete model; }

void SetSideband(riser_model* model, uint32_t levels) { model->SetSideband(levels); }

int Run(riser_model* model, riser_run* run) { return model->Run(run); }

int TraceOpen(riser_model* model, const char* path, const char* scopes) {
  return model->TraceOpen(path, scopes);
}

void TraceClose(riser_model* model) { model->TraceClose(); }

void Annotate(riser_model* model, riser_lane lane, const char* text) {
  model->Annotate(lane, text);
}

int Save(riser_model* model, int fd) { return model->Save(fd); }

int Restore(riser_model* model, int fd) { return model->Restore(fd); }

int CoverageWrite(riser_model* model, const char* path) { return model->CoverageWrite(path); }

#if RISER_SIGNALS
int Peek(riser_model* model, const char* signal, char* value, size_t size) {
  return model->Peek(signal, value, size);
}

int Poke(riser_model* model, const char* signal, const char* value) {
  return model->Poke(signal, value);
}
#endif

const riser_model_ops kOps = {
    RISER_MODEL_ABI,
    sizeof(riser_model_ops),
    Info,
    Create,
    Destroy,
    SetSideband,
    Run,
    RISER_TRACE ? TraceOpen : nullptr,
    RISER_TRACE ? TraceClose : nullptr,
    RISER_TRACE ? Annotate : nullptr,
    RISER_SAVABLE ? Save : nullptr,
    RISER_SAVABLE ? Restore : nullptr,
    RISER_COVERAGE ? CoverageWrite : nullptr,
#if RISER_SIGNALS
    Peek,
    Poke,
#else
    nullptr,
    nullptr,
#endif
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const riser_model_ops* riser_model_entry(
    uint32_t) {
  return &kOps;
}
