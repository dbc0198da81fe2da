// SPDX-License-Identifier: Apache-2.0
#include "messages.h"

#include <cctype>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "compat.h"

// Models are linked with --wrap=fopen: this is the C library's.
extern "C" FILE* __real_fopen(const char* path, const char* mode);

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

const char* LastName(const char* path) {
  const char* slash = strrchr(path, '/');
  return slash != nullptr ? slash + 1 : path;
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

void MessageSink::Settle() { FlushError(nullptr); }

void MessageSink::Flush() {
  FlushError(nullptr);
  if (partial_.empty()) return;
  std::string line;
  line.swap(partial_);
  Line(line);
  FlushError(nullptr);
}

void MessageSink::Line(const std::string& line) {
  FlushError(nullptr);
  if (!SeverityLine(line)) Report(RISER_MSG_DISPLAY, nullptr, 0, line.c_str());
}

bool MessageSink::IsFatalSite(const char* file, int line) const {
  for (size_t i = 0; i < sources_->nr_fatal; ++i) {
    const FatalSite& site = sources_->fatal[i];
    if (site.line == line && strcmp(site.file, file) == 0) return true;
  }
  return false;
}

// The one source with that last name, or the name itself.
std::string MessageSink::PathOf(const std::string& name) const {
  const char* found = nullptr;
  for (size_t i = 0; i < sources_->nr_files; ++i) {
    if (name != LastName(sources_->files[i])) continue;
    if (found != nullptr) return name;
    found = sources_->files[i];
  }
  return found != nullptr ? found : name;
}

void MessageSink::FlushError(const char* path) {
  if (!error_.waiting) return;
  error_.waiting = false;
  why_waiting_ = 0;
  std::string file = path != nullptr ? path : PathOf(error_.name);
  if (IsFatalSite(file.c_str(), error_.line)) error_.severity = RISER_MSG_FATAL;
  Report(error_.severity, file.c_str(), error_.line, error_.text.c_str());
}

namespace {

// Where the text behind "FILE:LINE: " starts, or npos.
size_t FirstColonPair(const std::string& line, size_t at) {
  for (size_t colon = line.find(':', at); colon != std::string::npos;
       colon = line.find(':', colon + 1)) {
    size_t digit = colon + 1;
    while (digit < line.size() && isdigit(static_cast<unsigned char>(line[digit]))) ++digit;
    if (digit > colon + 1 && line.compare(digit, 2, ": ") == 0) return digit + 2;
  }
  return std::string::npos;
}

}  // namespace

// "[123] %Error: file.v:12: Assertion failed in TOP.top.u: text" and relatives.
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

  // Newer ones say "Assertion failed in" for errors only.
  size_t where = line.find(kFailed, at);
  size_t behind = where != std::string::npos ? where : FirstColonPair(line, at);
  if (behind == std::string::npos || behind < at + 4) return false;
  size_t colon = line.rfind(':', behind - 3);
  if (colon == std::string::npos || colon < at) return false;
  if (where == std::string::npos && severity != RISER_MSG_WARNING && severity != RISER_MSG_INFO)
    return false;
  std::string name = line.substr(at, colon - at);
  int number = atoi(line.c_str() + colon + 1);
  where = where != std::string::npos ? where + strlen(kFailed) : behind;
  if (StartsWith(line, where, "TOP.")) where += 4;
  std::string text = line.substr(where);

  if (severity != RISER_MSG_ERROR && severity != RISER_MSG_FATAL) {
    Report(severity, PathOf(name).c_str(), number, text.c_str());
    return true;
  }
  // An assertion without an action block ends the run, as $fatal does.
  size_t own = text.find(kAssert);
  if (own != std::string::npos && text.find("failed.", own) != std::string::npos) {
    text = "assertion failed in " + text.substr(0, own);
    severity = RISER_MSG_FATAL;
  }
  error_.severity = severity;
  error_.name = name;
  error_.line = number;
  error_.text = text;
  error_.waiting = true;
  why_waiting_ = WhyOf(severity);
  return true;
}

void MessageSink::Stop(const char* file, int line) {
  if (error_.waiting && line == error_.line && error_.name == LastName(file)) {
    FlushError(file);
    return;
  }
  Flush();
  Report(RISER_MSG_STOP, file, line, "$stop");
}

void MessageSink::Finish(const char* file, int line) {
  Flush();
  Report(RISER_MSG_FINISH, file, line, "$finish");
}

void MessageSink::Fatal(const char* file, int line, const char* text) {
  Flush();
  Report(RISER_MSG_FATAL, file, line, text);
  throw ModelDied();
}

FILE* MessageSink::Open(const char* path, const char* mode) {
  if (mode[0] != 'r' || strchr(mode, '+') != nullptr) return __real_fopen(path, mode);
  FILE* file = nullptr;
  std::string place = path;
  if (!dir_.empty() && path[0] != '/') {
    place = dir_ + "/" + path;
    file = __real_fopen(place.c_str(), mode);
  }
  if (file == nullptr) {
    place = path;
    file = __real_fopen(path, mode);
  }
  if (file != nullptr) Report(RISER_MSG_FILE, path, 0, place.c_str());
  return file;
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

extern "C" FILE* __wrap_fopen(const char* path, const char* mode) {
  return riser::t_sink != nullptr ? riser::t_sink->Open(path, mode) : __real_fopen(path, mode);
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
