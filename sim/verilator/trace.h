// SPDX-License-Identifier: Apache-2.0
// The FST of a traced instance, and its annotation lanes (annot.sv).
#ifndef RISER_SIM_TRACE_H_
#define RISER_SIM_TRACE_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "riser/model.h"

class VerilatedContext;
class VerilatedFstC;

namespace riser {

class Tracer {
 public:
  Tracer();
  ~Tracer();

  // @attach registers the model with the file's writer. @scopes: "" for all, or
  // names of instances separated by blanks, each with everything below it.
  // -EEXIST, -errno of the file system.
  int Open(const char* path, const char* scopes,
           const std::function<void(VerilatedFstC*)>& attach);
  void Close();
  bool open() const { return fst_ != nullptr; }
  void Dump(uint64_t time_ps);

  // @top: the top module's name. Lanes that the design lacks are ignored.
  void Annotate(VerilatedContext* context, const char* top, riser_lane lane, const char* text);

 private:
  std::unique_ptr<VerilatedFstC> fst_;
};

}  // namespace riser

#endif  // RISER_SIM_TRACE_H_
