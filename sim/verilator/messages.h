// SPDX-License-Identifier: Apache-2.0
// What the design says ($display ... $fatal, assertions, $finish) as calls of
// riser_model_params.message, and as bits that end a run().
#ifndef RISER_SIM_MESSAGES_H_
#define RISER_SIM_MESSAGES_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "riser/model.h"

class VerilatedContext;

namespace riser {

// A place in the sources where $fatal stands. Verilator 5.006 prints the same
// for $fatal and $error, so the builder looks the places up.
struct FatalSite {
  const char* file;
  int line;
};

// What the builder knows about the sources (sources.h). Printed messages have a
// file's last name only, so the paths are needed too.
struct SourceTable {
  const FatalSite* fatal;
  size_t nr_fatal;
  const char* const* files;
  size_t nr_files;
};

// Thrown out of eval() when Verilator's runtime cannot go on.
struct ModelDied {};

class MessageSink {
 public:
  using Callback = void (*)(void* ctx, riser_severity severity, const char* file, int line,
                            const char* text);

  MessageSink(Callback callback, void* ctx, const SourceTable* sources)
      : callback_(callback), ctx_(ctx), sources_(sources) {}

  // From the runtime: printed text (any number of lines, or a part of one).
  void Text(const char* text);
  void Stop(const char* file, int line);
  void Finish(const char* file, int line);
  [[noreturn]] void Fatal(const char* file, int line, const char* text);

  // Opens a file for the design: one that is read is looked for in the folder that
  // was set, and told.
  FILE* Open(const char* path, const char* mode);
  void set_dir(const char* dir) { dir_ = dir != nullptr ? dir : ""; }

  // One message, and the RISER_RUN_* bit that goes with its severity.
  void Report(riser_severity severity, const char* file, int line, const char* text);

  // RISER_RUN_* since the last Clear(). Behind a cycle an error that waits is one: its stop would have come.
  uint32_t why() const { return why_ | why_waiting_; }
  void Clear() { why_ = 0; }
  bool dead() const { return dead_; }
  void MarkDead() { dead_ = true; }

  // A line that $write has begun, kept over calls of run(), part of the state.
  const std::string& partial() const { return partial_; }
  void set_partial(const std::string& text) { partial_ = text; }
  // Behind a cycle: reports an error whose stop did not come, such as one of $display.
  void Settle();
  // Reports what still waits for its second half.
  void Flush();

 private:
  void Line(const std::string& line);
  bool SeverityLine(const std::string& line);
  void FlushError(const char* path);
  bool IsFatalSite(const char* file, int line) const;
  std::string PathOf(const std::string& name) const;

  Callback callback_;
  void* ctx_;
  const SourceTable* sources_;
  std::string dir_;
  std::string partial_;
  // The text of $error or $fatal, until the stop that follows it tells the path.
  struct {
    riser_severity severity = RISER_MSG_ERROR;
    std::string name;
    int line = 0;
    std::string text;
    bool waiting = false;
  } error_;
  uint32_t why_ = 0, why_waiting_ = 0;
  bool dead_ = false;
};

// While it lives, this thread's runtime talks to one instance.
class SinkScope {
 public:
  SinkScope(MessageSink* sink, VerilatedContext* context);
  ~SinkScope();
  SinkScope(const SinkScope&) = delete;
  SinkScope& operator=(const SinkScope&) = delete;

 private:
  MessageSink* previous_;
};

}  // namespace riser

#endif  // RISER_SIM_MESSAGES_H_
