// SPDX-License-Identifier: Apache-2.0
#include "messages.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "compat.h"

namespace riser {
namespace {

constexpr size_t kMaxLine = 4096;

thread_local MessageSink* t_sink = nullptr;

uint32_t WhyOf(riser_severity severity) {
  switch (severity) {
    case RISER_MSG_ERROR:
      return RISER_RUN_ERROR;
    case RISER_MSG_FATAL:
      return RISER_RUN_FATAL;
    case RISER_MSG_STOP:
      return RISER_RUN_STOP;
    case RISER_MSG_FINISH:
      return RISER_RUN_FINISH;
    default:
      return 0;
  }
}

bool StartsWith(const std::string& text, size_t at, const char* what) {
  return text.compare(at, strlen(what), what) == 0;
}

}  // namespace

void MessageSink::Report(riser_severity severity, const char* file, int line, const char* text) {
  why_ |= WhyOf(severity);
  if (severity == RISER_MSG_FATAL) dead_ = true;
  if (callback_ != nullptr) callback_(ctx_, severity, file, line, text);
}

void MessageSink::Text(const char* text) {
  for (const char* p = text; *p != '\0'; ++p) {
    if (*p != '\n') partial_ += *p;
    if (*p == '\n' || partial_.size() >= kMaxLine) {
      std::string line;
      line.swap(partial_);
      Line(line);
    }
  }
}

void MessageSink::FlushPartial() {
  if (partial_.empty()) return;
  std::string line;
  line.swap(partial_);
  Line(line);
}

void MessageSink::Line(const std::string& line) {
  if (!SeverityLine(line)) Report(RISER_MSG_DISPLAY, nullptr, 0, line.c_str());
}

bool MessageSink::IsFatalSite(const std::string& file, int line) const {
  for (size_t i = 0; i < nr_sites_; ++i) {
    if (sites_[i].line == line && file == sites_[i].file) return true;
  }
  return false;
}

// "[123] %Error: file.v:12: Assertion failed in top.u: text" and its relatives.
bool MessageSink::SeverityLine(const std::string& line) {
  static const struct {
    const char* tag;
    riser_severity severity;
  } kTags[] = {
      {"%Error: ", RISER_MSG_ERROR},
      {"%Fatal: ", RISER_MSG_FATAL},
      {"%Warning: ", RISER_MSG_WARNING},
      {"-Info: ", RISER_MSG_INFO},
  };
  static const char kFailed[] = "Assertion failed in ";
  static const char kAssert[] = ": 'assert";

  if (line.empty() || line[0] != '[') return false;
  size_t at = line.find("] ");
  if (at == std::string::npos) return false;
  at += 2;
  riser_severity severity = RISER_MSG_DISPLAY;
  for (const auto& t : kTags) {
    if (!StartsWith(line, at, t.tag)) continue;
    severity = t.severity;
    at += strlen(t.tag);
    break;
  }
  if (severity == RISER_MSG_DISPLAY) return false;

  size_t failed = line.find(kFailed, at);
  if (failed == std::string::npos || failed < at + 4) return false;
  size_t colon = line.rfind(':', failed - 3);
  if (colon == std::string::npos || colon < at) return false;
  std::string file = line.substr(at, colon - at);
  int number = atoi(line.c_str() + colon + 1);
  std::string text = line.substr(failed + strlen(kFailed));

  // An assertion without an action block ends the run, as $fatal does.
  size_t own = text.find(kAssert);
  bool assertion = severity == RISER_MSG_ERROR && own != std::string::npos &&
                   text.find("failed.", own) != std::string::npos;
  if (assertion) text = "assertion failed in " + text.substr(0, own);
  if (severity == RISER_MSG_ERROR || severity == RISER_MSG_FATAL) {
    if (assertion || IsFatalSite(file, number)) severity = RISER_MSG_FATAL;
    error_file_ = file;
    error_line_ = number;
  }
  Report(severity, file.c_str(), number, text.c_str());
  return true;
}

void MessageSink::Stop(const char* file, int line) {
  FlushPartial();
  if (line == error_line_ && error_file_ == file) {
    error_line_ = 0;  // the second half of $error or $fatal
    return;
  }
  Report(RISER_MSG_STOP, file, line, "$stop");
}

void MessageSink::Finish(const char* file, int line) {
  FlushPartial();
  Report(RISER_MSG_FINISH, file, line, "$finish");
}

void MessageSink::Fatal(const char* file, int line, const char* text) {
  FlushPartial();
  Report(RISER_MSG_FATAL, file, line, text);
  throw ModelDied();
}

SinkScope::SinkScope(MessageSink* sink, VerilatedContext* context) : previous_(t_sink) {
  t_sink = sink;
  SetThreadContext(context);
}

SinkScope::~SinkScope() {
  t_sink = previous_;
  SetThreadContext(nullptr);
}

}  // namespace riser

// What Verilator's runtime calls.

extern "C" int riser_vl_printf(const char* format, ...) {
  va_list ap;
  va_start(ap, format);
  char* text = nullptr;
  int len = vasprintf(&text, format, ap);
  va_end(ap);
  if (len < 0) return len;
  if (riser::t_sink != nullptr) riser::t_sink->Text(text);
  free(text);
  return len;
}

void vl_finish(const char* file, int line, const char*) {
  if (riser::t_sink != nullptr) riser::t_sink->Finish(file, line);
}

void vl_stop(const char* file, int line, const char*) {
  if (riser::t_sink != nullptr) riser::t_sink->Stop(file, line);
}

void vl_stop_maybe(const char* file, int line, const char*, bool) {
  if (riser::t_sink != nullptr) riser::t_sink->Stop(file, line);
}

void vl_fatal(const char* file, int line, const char*, const char* text) {
  if (riser::t_sink != nullptr) riser::t_sink->Fatal(file, line, text);
  throw riser::ModelDied();
}

void vl_warn(const char* file, int line, const char*, const char* text) {
  if (riser::t_sink != nullptr) riser::t_sink->Report(RISER_MSG_WARNING, file, line, text);
}
