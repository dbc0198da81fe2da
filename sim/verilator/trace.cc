// SPDX-License-Identifier: Apache-2.0
#include "trace.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>

#include "verilated.h"
#include "verilated_fst_c.h"
#include "verilated_syms.h"

namespace riser {
namespace {

constexpr int kAllLevels = 99;

const char* LaneName(riser_lane lane) {
  switch (lane) {
    case RISER_LANE_DRIVER:
      return "driver";
    case RISER_LANE_RX:
      return "rx_tlp";
    case RISER_LANE_TX:
      return "tx_tlp";
    case RISER_LANE_HOST_NS:
      return "host_ns";
    default:
      return nullptr;
  }
}

// As a Verilog string literal: the last character in the lowest byte.
void PutText(uint8_t* to, size_t bytes, const char* text) {
  size_t len = strlen(text);
  if (len > bytes) len = bytes;
  memset(to, 0, bytes);
  for (size_t i = 0; i < len; ++i) to[len - 1 - i] = static_cast<uint8_t>(text[i]);
}

}  // namespace

Tracer::Tracer() = default;

Tracer::~Tracer() { Close(); }

int Tracer::Open(const char* path, const char* scopes,
                 const std::function<void(VerilatedFstC*)>& attach) {
  if (fst_) return -EBUSY;
  int fd = ::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return -errno;
  ::close(fd);

  auto fst = std::make_unique<VerilatedFstC>();
  attach(fst.get());
  std::istringstream names(scopes != nullptr ? scopes : "");
  for (std::string name; names >> name;) fst->dumpvars(kAllLevels, "TOP." + name);
  fst->open(path);
  if (!fst->isOpen()) {
    int error = errno != 0 ? errno : EIO;
    unlink(path);
    return -error;
  }
  fst_ = std::move(fst);
  return 0;
}

void Tracer::Close() {
  if (!fst_) return;
  fst_->close();
  fst_.reset();
}

void Tracer::Dump(uint64_t time_ps) { fst_->dump(time_ps); }

void Tracer::Annotate(VerilatedContext* context, const char* top, riser_lane lane,
                      const char* text) {
  const char* name = LaneName(lane);
  if (name == nullptr) return;
  std::string path = std::string("TOP.") + top + ".riser";
  const VerilatedScope* scope = context->scopeFind(path.c_str());
  if (scope == nullptr) return;
  const VerilatedVar* var = scope->varFind(name);
  if (var == nullptr) return;
  if (lane == RISER_LANE_HOST_NS) {
    *static_cast<QData*>(var->datap()) = strtoull(text, nullptr, 10);
  } else {
    PutText(static_cast<uint8_t*>(var->datap()), var->totalSize(), text);
  }
}

}  // namespace riser
