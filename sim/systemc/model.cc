// SPDX-License-Identifier: Apache-2.0
// The model ABI on a SystemC simulation: run() moves the SystemC kernel by whole
// cycles and carries TLPs between the engine's queues and the one tlp_port.
//
// Cycle c is the time from c to c + 1 periods. A TLP towards the card is taken at
// the start of a cycle, one of each class; one of each class leaves per cycle, at
// its end. Where nothing is scheduled, cycles are skipped in one step, never past
// the next event, so that what happens does not depend on how run() is cut.
#include <dlfcn.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "riser/model_entry.h"
#include "riser/tlp_port.h"

using sc_core::sc_time;

// Debian's library wants one; nobody calls it, the engine is the main program.
__attribute__((visibility("default"))) int sc_main(int, char**) { return 0; }

struct riser_model {
  riser_model_params params;
  std::unique_ptr<sc_core::sc_module> card;
  sc_time period;
  uint64_t cycle = 0;
  uint32_t levels = RISER_SB_PERST;
  uint32_t reported = 0;  // RISER_RUN_* of the report handler
  bool is_dead = false;
};

namespace riser {
namespace {

constexpr size_t kLargestTlp = 4096 + 16 + 4;
constexpr size_t kRoom = RISER_NR_CLASSES * ((sizeof(riser_tx_rec) + kLargestTlp + 15) & ~15ul);
constexpr uint64_t kWakeSlice = 1024;  // cycles skipped at most while a word is watched

riser_model* g_model;  // one in a process
riser_model_info g_info;
const card_description* g_card;
tlp_port* g_port;
const char* g_twice;

void say(riser_severity severity, const char* file, int line, const char* text) {
  if (g_model != nullptr && g_model->params.message != nullptr)
    g_model->params.message(g_model->params.ctx, severity, file, line, text);
}

void on_report(const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
  std::string text = report.get_msg();
  const char* id = report.get_msg_type();
  if (id != nullptr && strcmp(id, "riser") != 0) text = std::string(id) + ": " + text;
  if (const char* process = report.get_process_name()) text += std::string(" (in ") + process + ")";
  switch (report.get_severity()) {
    case sc_core::SC_INFO:
      if (id == nullptr || strcmp(id, "/OSCI/SystemC") != 0)
        say(RISER_MSG_INFO, report.get_file_name(), report.get_line_number(), text.c_str());
      return;
    case sc_core::SC_WARNING:
      say(RISER_MSG_WARNING, report.get_file_name(), report.get_line_number(), text.c_str());
      return;
    default:
      say(RISER_MSG_FATAL, report.get_file_name(), report.get_line_number(), text.c_str());
      if (g_model != nullptr) g_model->is_dead = true;
  }
  // a process that cannot go on is left by this
  if (actions & sc_core::SC_THROW) throw report;
}

// Digest over the shared object that this code is in: source and build at once.
uint64_t hash_of_object() {
  Dl_info where;
  uint64_t hash = 0xcbf29ce484222325ull;
  if (dladdr(reinterpret_cast<const void*>(&hash_of_object), &where) == 0) return 0;
  FILE* file = fopen(where.dli_fname, "rb");
  if (file == nullptr) return 0;
  for (int c = getc(file); c != EOF; c = getc(file))
    hash = (hash ^ static_cast<uint64_t>(c)) * 0x100000001b3ull;
  fclose(file);
  return hash;
}

// ---- the cycle ----

bool is_held(const riser_stall& stall, unsigned channel, uint64_t cycle) {
  if (cycle < stall.until_cycle) return true;
  if (stall.permille == 0) return false;
  uint64_t x = (static_cast<uint64_t>(stall.seed) << 32 | channel) + cycle * 0x9e3779b97f4a7c15ull;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ x >> 27) * 0x94d049bb133111ebull;
  return (x ^ x >> 31) % 1000 < stall.permille;
}

bool is_up(const riser_model& m) {
  return m.levels == RISER_SB_LINK_UP;
}

void offer(riser_model* m, riser_run* run) {
  if (!is_up(*m)) return;
  for (unsigned c = 0; c < RISER_NR_CLASSES; ++c) {
    riser_rx_queue& q = run->rx[c];
    if (q.tail == q.head || is_held(run->stall_rx[c], c, m->cycle)) continue;
    const riser_tlp_ref& ref = q.ref[q.tail & q.mask];
    const auto k = static_cast<tlp_class>(c);
    if (run->rx[RISER_POSTED].tail < ref.after_posted || !g_port->can_take(k)) continue;
    g_port->take(k, tlp(ref.bytes, ref.bytes + ref.len));
    ++q.tail;
  }
}

void write_record(riser_model* m, riser_run* run, unsigned c, const tlp& packet) {
  riser_tx_rec rec = {};
  rec.bytes = static_cast<uint32_t>((sizeof rec + packet.size() + 15) & ~15ul);
  rec.type = 1;
  rec.len = static_cast<uint32_t>(packet.size());
  rec.aux = c;
  rec.cycle = m->cycle;
  uint8_t* to = run->tx + run->tx_used;
  memset(to, 0, rec.bytes);
  memcpy(to, &rec, sizeof rec);
  memcpy(to + sizeof rec, packet.data(), packet.size());
  run->tx_used += rec.bytes;
  ++run->tx_nr;
}

// Order within a cycle: posted, completion, non-posted.
void collect(riser_model* m, riser_run* run) {
  static const unsigned kOrder[] = {RISER_POSTED, RISER_COMPLETION, RISER_NONPOSTED};
  if (!is_up(*m)) return;
  for (unsigned c : kOrder) {
    tlp packet;
    if (is_held(run->stall_tx[c], RISER_NR_CLASSES + c, m->cycle) ||
        !g_port->give(static_cast<tlp_class>(c), &packet))
      continue;
    write_record(m, run, c, packet);
    if (run->stop_on_tx >> c & 1) run->why |= RISER_RUN_TX;
  }
}

bool has_rx(const riser_run& run) {
  for (const auto& q : run.rx)
    if (q.tail != q.head) return true;
  return false;
}

bool is_idle(const riser_model&, const riser_run& run) {
  return !has_rx(run) && g_port->is_idle() && !sc_core::sc_pending_activity();
}

// Cycles in which nothing can happen, from this one on.
uint64_t quiet_cycles(const riser_model& m, const riser_run& run, uint64_t left) {
  if (has_rx(run) || g_port->has_any() || sc_core::sc_pending_activity_at_current_time()) return 0;
  uint64_t most = run.wake != nullptr && left > kWakeSlice ? kWakeSlice : left;
  if (!sc_core::sc_pending_activity()) return most;
  const uint64_t ahead = sc_core::sc_time_to_pending_activity().value() / m.period.value();
  return ahead < most ? ahead : most;
}

void advance(riser_model* m, uint64_t cycles) {
  sc_core::sc_start(m->period * static_cast<double>(cycles), sc_core::SC_RUN_TO_TIME);
  if (sc_core::sc_get_status() == sc_core::SC_STOPPED) m->reported |= RISER_RUN_FINISH;
}

// The reasons to return that are looked at after each cycle.
void look(riser_model* m, riser_run* run) {
  run->why |= m->reported;
  m->reported = 0;
  if (run->wake != nullptr && __atomic_load_n(run->wake, __ATOMIC_ACQUIRE) != run->wake_seen)
    run->why |= RISER_RUN_WAKE;
  if (run->stop_on_rx_done && !has_rx(*run)) run->why |= RISER_RUN_RX_DONE;
  if (run->stop_on_idle && is_idle(*m, *run)) run->why |= RISER_RUN_IDLE;
}

void run_cycles(riser_model* m, riser_run* run) {
  uint64_t left = run->max_cycles;
  while (run->why == 0) {
    if (left == 0) {
      run->why |= RISER_RUN_CYCLES;
      break;
    }
    if (run->tx_bytes - run->tx_used < kRoom) {
      run->why |= RISER_RUN_TX_FULL;
      break;
    }
    const uint64_t quiet = quiet_cycles(*m, *run, left);
    const uint64_t step = quiet > 1 ? quiet : 1;
    if (quiet == 0) offer(m, run);
    advance(m, step);
    if (quiet <= 1) collect(m, run);
    m->cycle += step;
    left -= step;
    look(m, run);
  }
}

bool is_good(const riser_run& run) {
  if (run.tx == nullptr) return false;
  for (const auto& q : run.rx) {
    if (q.mask & (q.mask + 1)) return false;
    for (uint64_t i = q.tail; i != q.head; ++i)
      if (q.ref[i & q.mask].len < 12) return false;
  }
  return true;
}

// ---- the operations ----

const riser_model_info* do_info() { return &g_info; }

void destroy(riser_model* m) {
  // SystemC has no second elaboration; what it holds goes with the process
  g_model = nullptr;
  m->card.release();
  delete m;
}

int create(const riser_model_params* params, riser_model** out) {
  static bool was_here;
  if (params->abi != RISER_MODEL_ABI || params->size < offsetof(riser_model_params, ctx)) return -EINVAL;
  if (was_here) return -EBUSY;
  was_here = true;
  auto* m = new riser_model;
  g_model = m;
  memcpy(&m->params, params, params->size < sizeof m->params ? params->size : sizeof m->params);
  try {
    sc_core::sc_report_handler::set_handler(on_report);
    sc_core::sc_set_time_resolution(1, sc_core::SC_PS);
    m->period = sc_time(static_cast<double>(g_card->clk_period_ps), sc_core::SC_PS);
    m->card.reset(g_card->build(plusargs(*params)));
    if (g_port == nullptr || g_twice != nullptr) {
      say(RISER_MSG_FATAL, nullptr, 0,
          g_port == nullptr ? "the card has no riser::endpoint or riser::pins" : g_twice);
      m->is_dead = true;
    } else {
      sc_core::sc_start(sc_core::SC_ZERO_TIME);  // elaborate: unbound sockets are found here
    }
  } catch (const sc_core::sc_report&) {
    m->is_dead = true;
  } catch (const std::exception& e) {
    say(RISER_MSG_FATAL, nullptr, 0, e.what());
    m->is_dead = true;
  }
  if (m->is_dead) {
    destroy(m);
    return -EINVAL;
  }
  *out = m;
  return 0;
}

void set_sideband(riser_model* m, uint32_t levels) {
  if (m->is_dead) return;
  m->levels = levels;
  try {
    g_port->set_sideband(levels & RISER_SB_PERST, levels & RISER_SB_LINK_UP,
                         levels & RISER_SB_HOT_RESET);
  } catch (const sc_core::sc_report&) {
    m->is_dead = true;
  }
}

int run(riser_model* m, riser_run* run) {
  if (m->is_dead) return -EIO;
  if (!is_good(*run)) return -EINVAL;
  run->why = 0;
  run->tx_used = 0;
  run->tx_nr = 0;
  try {
    run_cycles(m, run);
  } catch (const sc_core::sc_report&) {
    m->is_dead = true;
  } catch (const std::exception& e) {
    say(RISER_MSG_FATAL, nullptr, 0, e.what());
    m->is_dead = true;
  }
  if (m->is_dead) run->why |= RISER_RUN_FATAL;
  run->cycle = m->cycle;
  run->status = (g_port->flr_active() ? RISER_STATUS_FLR : 0) |
                (!m->is_dead && is_idle(*m, *run) ? RISER_STATUS_IDLE : 0);
  return 0;
}

}  // namespace

// ---- plusargs ----

plusargs::plusargs(const riser_model_params& params) {
  for (uint32_t i = 0; i < params.nr_plusargs; ++i) {
    const char* arg = params.plusargs[i];
    list_.emplace_back(arg[0] == '+' ? arg + 1 : arg);
    with_plus_.push_back("+" + list_.back());
  }
}

std::vector<const char*> plusargs::argv() const {
  std::vector<const char*> v{"model"};
  for (const auto& arg : with_plus_) v.push_back(arg.c_str());
  return v;
}

bool plusargs::has(const std::string& name) const {
  for (const auto& arg : list_)
    if (arg == name || arg.compare(0, name.size() + 1, name + "=") == 0) return true;
  return false;
}

std::string plusargs::text(const std::string& name, const std::string& other) const {
  for (const auto& arg : list_)
    if (arg.compare(0, name.size() + 1, name + "=") == 0) return arg.substr(name.size() + 1);
  return other;
}

uint64_t plusargs::number(const std::string& name, uint64_t other) const {
  const std::string value = text(name, "");
  return value.empty() ? other : strtoull(value.c_str(), nullptr, 0);
}

// ---- the one port ----

tlp_port::tlp_port() {
  if (g_port != nullptr) g_twice = "the card has two of riser::endpoint and riser::pins, one is possible";
  g_port = this;
}

tlp_port::~tlp_port() {
  if (g_port == this) g_port = nullptr;
}

tlp_port* tlp_port::the() { return g_port; }

const riser_model_ops* systemc_model(const card_description& card, uint32_t) {
  static riser_model_ops ops;
  if (g_card == nullptr) {
    g_card = &card;
    g_info.abi = RISER_MODEL_ABI;
    g_info.size = sizeof g_info;
    g_info.features = RISER_MODEL_F_IDLE | RISER_MODEL_F_PROCESS |
                      (card.reset == restarts ? RISER_MODEL_F_RESTART : 0u);
    g_info.data_w = 64;
    g_info.clk_period_ps = card.clk_period_ps;
    snprintf(g_info.name, sizeof g_info.name, "%s", card.name);
    snprintf(g_info.top, sizeof g_info.top, "%s", card.name);
    snprintf(g_info.engine, sizeof g_info.engine, "SystemC %d.%d.%d", SC_VERSION_MAJOR,
             SC_VERSION_MINOR, SC_VERSION_PATCH);
    snprintf(g_info.source_hash, sizeof g_info.source_hash, "%016" PRIx64, hash_of_object());
    snprintf(g_info.build_hash, sizeof g_info.build_hash, "%s", g_info.source_hash);
    ops.abi = RISER_MODEL_ABI;
    ops.size = sizeof ops;
    ops.info = do_info;
    ops.create = create;
    ops.destroy = destroy;
    ops.set_sideband = set_sideband;
    ops.run = run;
  }
  return &ops;
}

}  // namespace riser
