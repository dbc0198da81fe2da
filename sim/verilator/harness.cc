// SPDX-License-Identifier: Apache-2.0
// An instance and its hot loop.
//
// A cycle of the PCIe user clock: inputs change with the falling edge, both
// sides of each handshake are looked at when everything is stable, then comes
// the rising edge. The rising edge of cycle c is at c * period + period / 2.
#include "harness.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <vector>

#include "sources.h"
#if RISER_SAVABLE
#include "state.h"
#endif
#if RISER_SIGNALS || RISER_BOOT
#include "signals.h"
#endif
#if RISER_COVERAGE
#include "verilated_cov.h"
#endif
#if RISER_TRACE
// newer Verilators: what top_->trace() takes is a base of the writer
#include "verilated_fst_c.h"
#endif

#ifdef RISER_EVAL
void RISER_EVAL(Vriser___024root* root);  // Verilator's, without what eval() adds
#endif
#ifdef RISER_STEP
// The parts of it: what follows from the inputs, and from the rising edge.
#if RISER_STEP_ICO
void Vriser___024root___eval_ico(Vriser___024root* root);
#endif
void Vriser___024root___eval_nba(Vriser___024root* root);
#endif

using riser::SinkScope;

namespace {

constexpr uint64_t kPeriodPs = RISER_CLK_PERIOD_PS;
constexpr uint64_t kRisePs = kPeriodPs / 2;
constexpr uint32_t kAllClasses = (1u << RISER_NR_CLASSES) - 1;

template <class T>
uint8_t* Bytes(T& pin) {
  return reinterpret_cast<uint8_t*>(&pin);
}

}  // namespace

riser_model::riser_model(const riser_model_params& params)
    : seed_(params.seed),
      sink_(params.message, params.ctx, &kSources),
      context_(std::make_unique<VerilatedContext>()) {
  std::vector<const char*> args{"riser"};
  for (uint32_t i = 0; i < params.nr_plusargs; ++i) args.push_back(params.plusargs[i]);

  sink_.set_dir(params.dir);
  SinkScope scope(&sink_, context_.get());
  context_->commandArgs(static_cast<int>(args.size()), args.data());
  context_->randReset(static_cast<int>(params.x_init));
  riser::SetSeed(context_.get(), seed_);
  context_->traceEverOn(RISER_TRACE);
  top_ = std::make_unique<Vriser>(context_.get(), "TOP");
  pins_ = top_->rootp;
#if RISER_BOOT
  boot_done_ = riser::FindBit(context_.get(), ".u_riser_boot", "done");
#endif
  BindPorts();
  BindMemories(params);
  StartClocks();
  state_.sideband = RISER_SB_PERST;
  ApplySideband();
#define RISER_TIE(pin, value) pins_->pin = value;
  RISER_TIE_LIST(RISER_TIE)
#undef RISER_TIE
}

riser_model::~riser_model() {
  SinkScope scope(&sink_, context_.get());
  try {
    if (!sink_.dead() && state_.cycle != 0) top_->final();
    sink_.Flush();
    TraceClose();
  } catch (const riser::ModelDied&) {
    // It has been reported; there is nothing left to finish.
  }
  top_.reset();
}

void riser_model::BindPorts() {
  Vriser___024root& p = *pins_;
  using riser::ChannelPins;
#define RISER_CHANNEL(ch)                                                  \
  ChannelPins {                                                            \
    &p.ch##_valid, &p.ch##_ready, &p.ch##_sop, &p.ch##_eop,                \
        reinterpret_cast<uint32_t*>(Bytes(p.ch##_hdr)), Bytes(p.ch##_data) \
  }
  rx_.pins[RISER_POSTED] = RISER_CHANNEL(rx_p);
  rx_.pins[RISER_NONPOSTED] = RISER_CHANNEL(rx_np);
  rx_.pins[RISER_COMPLETION] = RISER_CHANNEL(rx_cpl);
  tx_.pins[RISER_POSTED] = RISER_CHANNEL(tx_p);
  tx_.pins[RISER_NONPOSTED] = RISER_CHANNEL(tx_np);
  tx_.pins[RISER_COMPLETION] = RISER_CHANNEL(tx_cpl);
#undef RISER_CHANNEL
  // Inputs start at 0 whatever the initial values of the design are.
  for (auto& c : rx_.pins) {
    *c.valid = *c.sop = *c.eop = 0;
    memset(c.hdr, 0, 16);
    memset(c.data, 0, riser::kBeatBytes);
  }
  for (auto& c : tx_.pins) *c.ready = 0;
  p.clk = 0;
#define RISER_ZERO(pin) memset(Bytes(p.pin), 0, sizeof(p.pin));
  RISER_EXTRA_INPUT_LIST(RISER_ZERO)
#undef RISER_ZERO
}

void riser_model::BindMemories(const riser_model_params& params) {
  Vriser___024root& p = *pins_;
#define RISER_BIND_MEM(index, prefix, word_bits, addr_bits)                                 \
  prefix##_.pins = {&p.prefix##_req_valid,  &p.prefix##_req_ready,  &p.prefix##_req_write, \
                    &p.prefix##_req_addr,   Bytes(p.prefix##_req_wdata),                   \
                    Bytes(p.prefix##_req_wstrb), &p.prefix##_rsp_valid,                    \
                    Bytes(p.prefix##_rsp_data)};                                            \
  prefix##_.store = static_cast<uint8_t*>(params.mem[index]);                               \
  prefix##_.dirty = params.dirty[index];                                                    \
  *prefix##_.pins.req_ready = 1;                                                            \
  *prefix##_.pins.rsp_valid = 0;                                                            \
  memset(prefix##_.pins.rsp_data, 0, word_bits / 8);
  RISER_MEM_LIST(RISER_BIND_MEM)
#undef RISER_BIND_MEM
  (void)p;
  (void)params;
}

void riser_model::StartClocks() {
#define RISER_START_CLOCK(index, name, period, phase) \
  clocks_[index].pin = &pins_->name;                  \
  clocks_[index].Start(period, phase, kRisePs);
  RISER_CLOCK_LIST(RISER_START_CLOCK)
#undef RISER_START_CLOCK
}

void riser_model::SetSideband(uint32_t levels) {
  state_.sideband = levels;
  state_.sideband_dirty = 1;
}

void riser_model::ApplySideband() {
  bool perst = state_.sideband & RISER_SB_PERST;
  bool hot_reset = state_.sideband & RISER_SB_HOT_RESET;
  bool link_up = state_.sideband & RISER_SB_LINK_UP;
  pins_->perst_n = !perst;
  pins_->hot_reset = hot_reset;
  pins_->link_up = link_up;
  state_.link_ok = link_up && !perst && !hot_reset;
  state_.sideband_dirty = 0;
  if (!state_.link_ok) {
    rx_.Drop();
    tx_.Drop();
  }
}

int riser_model::Check(const riser_run& run) const {
  if (run.tx == nullptr || reinterpret_cast<uintptr_t>(run.tx) % 16 != 0) return -EINVAL;
  for (const riser_rx_queue& q : run.rx) {
    uint64_t queued = q.head - q.tail;
    if (queued == 0) continue;
    if (q.ref == nullptr || (q.mask & (q.mask + 1)) != 0) return -EINVAL;
    if (queued > static_cast<uint64_t>(q.mask) + 1) return -EINVAL;
  }
  return 0;
}

int riser_model::Run(riser_run* run) {
  if (sink_.dead()) return -EIO;
  int rc = Check(*run);
  if (rc != 0) return rc;
  run->why = 0;
  sink_.Clear();
  rx_.Begin(run->rx);
  tx_.Begin(run->tx, run->tx_bytes);
  {
    SinkScope scope(&sink_, context_.get());
    try {
      Loop(run);
    } catch (const riser::ModelDied&) {
      run->why |= sink_.why();
    }
    sink_.Settle();
  }
  tx_.End();
  run->tx_nr = tx_.nr();
  run->tx_used = tx_.used();
  run->status = Status();
  run->cycle = state_.cycle;
  return rx_.bad() ? -EINVAL : 0;
}

void riser_model::Loop(riser_run* run) {
  bool stall = false;
  for (uint32_t c = 0; c < RISER_NR_CLASSES; ++c) {
    stall |= riser::StallPossible(run->stall_rx[c], state_.cycle) ||
             riser::StallPossible(run->stall_tx[c], state_.cycle);
  }
  if (stall) {
    Cycles<true>(run);
  } else {
    Cycles<false>(run);
  }
}

// @kStall: some channel may be held; without it no stall pattern is looked at.
template <bool kStall>
void riser_model::Cycles(riser_run* run) {
  Vriser___024root& p = *pins_;
  uint64_t left = run->max_cycles;
  uint32_t why = 0;
  const bool stop_on_state = run->stop_on_idle || run->stop_on_rx_done;
  bool has_room = tx_.HasRoom();
  bool attend = true;
  bool is_first = true;

  for (;;) {
    if (__builtin_expect(left == 0 || !has_room, false)) {
      why |= left == 0 ? RISER_RUN_CYCLES : RISER_RUN_TX_FULL;
      break;
    }
    if (attend) {
      Drive<kStall>(*run, is_first);
      is_first = false;
    }
    const uint64_t start_ps = state_.cycle * kPeriodPs;
    if (RISER_RANDOM) riser::SetSeed(context_.get(), seed_ ^ (state_.cycle + 1) << 20);
    Fall(start_ps);

    uint32_t valid = p.tx_p_valid | static_cast<uint32_t>(p.tx_np_valid) << 1 |
                     static_cast<uint32_t>(p.tx_cpl_valid) << 2;
    valid &= state_.tx_ready;
    if (valid != 0) {
      uint32_t done = tx_.Take(valid, state_.cycle, &sink_);
      if (done & run->stop_on_tx) why |= RISER_RUN_TX;
      has_room = tx_.HasRoom();
    }
    if (rx_.offered() != 0) rx_.Sample();
    SampleMemories();

    Rise(start_ps + kRisePs);
    ++state_.cycle;
    --left;

    attend = kStall || rx_.active() != 0 || MemoriesBusy();
    why |= sink_.why();
    if (run->wake != nullptr &&
        __atomic_load_n(run->wake, __ATOMIC_ACQUIRE) != run->wake_seen) {
      why |= RISER_RUN_WAKE;
    }
    if (stop_on_state) {
      if (run->stop_on_rx_done && rx_.Empty()) why |= RISER_RUN_RX_DONE;
      if (run->stop_on_idle && Quiet()) why |= RISER_RUN_IDLE;
    }
    if (rx_.bad()) break;
    if (why != 0) {
      if (left == 0) why |= RISER_RUN_CYCLES;
      break;
    }
  }
  run->why |= why;
}

// The first half of a cycle. When no input has changed since the rising edge, and
// the falling one does nothing in this design (edges.awk), it is only noted that
// clk was low: every other value is what an evaluation would find.
inline void riser_model::Fall(uint64_t start_ps) {
#ifdef RISER_CLK_PREVIOUS
  bool is_needed = touched_;
#if RISER_TRACE
  is_needed |= tracer_.open();
#endif
  if (!is_needed) {
    pins_->RISER_CLK_PREVIOUS = 0;
    return;
  }
  touched_ = false;
#endif
  pins_->clk = 0;
#ifdef RISER_STEP
  if (plain_) {
    context_->time(start_ps);
    pins_->RISER_CLK_PREVIOUS = 0;
#if RISER_STEP_ICO
    pins_->__VicoTriggered.at(0U) = 1;
    Vriser___024root___eval_ico(pins_);
    pins_->__VicoTriggered.at(0U) = 0;
#endif
    return;
  }
#endif
  EvalUntil(start_ps);
  FreeClocksUntil(start_ps + kRisePs);
}

// The second half. What follows from the inputs is there since Fall(): between them
// none changes, nor does the design look at clk but for its rising edge (steps.awk).
inline void riser_model::Rise(uint64_t time_ps) {
  pins_->clk = 1;
#ifdef RISER_STEP
  if (plain_) {
    context_->time(time_ps);
    pins_->RISER_CLK_PREVIOUS = 1;
    pins_->__VnbaTriggered.at(0U) = 1;
    Vriser___024root___eval_nba(pins_);
    pins_->__VnbaTriggered.at(0U) = 0;
    return;
  }
#endif
  Eval(time_ps);
}

// Before the falling edge of a cycle in which something may change. @is_first: of a
// call; levels change between calls, and the call before may have held ready.
template <bool kStall>
inline void riser_model::Drive(const riser_run& run, bool is_first) {
  if (is_first && state_.sideband_dirty) {
    ApplySideband();
    touched_ = true;
  }
  if (is_first || kStall) DriveTxReady<kStall>(run);
  if (state_.link_ok && rx_.active() != 0) {
    touched_ |= rx_.Drive<kStall>(run.stall_rx, state_.cycle);
  }
  DriveMemories();
}

template <bool kStall>
inline void riser_model::DriveTxReady(const riser_run& run) {
  uint32_t ready = state_.link_ok ? kAllClasses : 0;
  ready &= ~(state_.sideband / RISER_SB_HOLD_TX(0));
  for (uint32_t c = 0; kStall && c < RISER_NR_CLASSES; ++c) {
    if (riser::Stalled(run.stall_tx[c], c, 1, state_.cycle)) ready &= ~(1u << c);
  }
  if (ready == state_.tx_ready) return;
  state_.tx_ready = ready;
  touched_ = true;
  for (uint32_t c = 0; c < RISER_NR_CLASSES; ++c) *tx_.pins[c].ready = (ready >> c) & 1;
}

void riser_model::DriveMemories() {
#define RISER_DRIVE_MEM(index, prefix, word_bits, addr_bits) \
  if (prefix##_.busy()) touched_ |= prefix##_.Drive(state_.cycle);
  RISER_MEM_LIST(RISER_DRIVE_MEM)
#undef RISER_DRIVE_MEM
}

inline void riser_model::SampleMemories() {
#define RISER_SAMPLE_MEM(index, prefix, word_bits, addr_bits) prefix##_.Sample(state_.cycle);
  RISER_MEM_LIST(RISER_SAMPLE_MEM)
#undef RISER_SAMPLE_MEM
}

inline bool riser_model::MemoriesBusy() const {
#define RISER_MEM_BUSY(index, prefix, word_bits, addr_bits) || prefix##_.busy()
  return false RISER_MEM_LIST(RISER_MEM_BUSY);
#undef RISER_MEM_BUSY
}

inline void riser_model::Eval(uint64_t time_ps) {
  context_->time(time_ps);
#ifdef RISER_EVAL
  if (!plain_) {
    top_->eval();
    plain_ = true;
  } else {
    RISER_EVAL(pins_);
  }
#else
  top_->eval();
#endif
#if RISER_TRACE
  if (tracer_.open()) {
    tracer_.Dump(time_ps);
    plain_ = false;  // the next one has to note that something may have changed
  }
#endif
}

// Edges of the free clocks (and delays of the design) before @time_ps; those at
// @time_ps itself are left for the Eval() of that time.
void riser_model::FreeClocksUntil(uint64_t time_ps) {
  if (RISER_NR_CLOCKS == 0 && !RISER_TIMING) return;
  for (;;) {
    uint64_t next = std::numeric_limits<uint64_t>::max();
    for (int i = 0; i < RISER_NR_CLOCKS; ++i) {
      if (clocks_[i].state.next_ps < next) next = clocks_[i].state.next_ps;
    }
#if RISER_TIMING
    if (top_->eventsPending() && top_->nextTimeSlot() < next) next = top_->nextTimeSlot();
#endif
    if (next > time_ps) return;
    for (int i = 0; i < RISER_NR_CLOCKS; ++i) {
      if (clocks_[i].state.next_ps == next) clocks_[i].Toggle();
    }
    if (next == time_ps) return;
    Eval(next);
  }
}

inline void riser_model::EvalUntil(uint64_t time_ps) {
  FreeClocksUntil(time_ps);
  Eval(time_ps);
}

// The card says that its clock may stop, and nothing is under way.
bool riser_model::Quiet() const {
#if RISER_HAS_IDLE
  return pins_->idle && rx_.Empty() && rx_.active() == 0 && !tx_.AnyOpen() && !MemoriesBusy();
#else
  return false;
#endif
}

uint32_t riser_model::Status() const {
  uint32_t status = pins_->flr_active ? RISER_STATUS_FLR : 0;
#if RISER_BOOT
  if (!*boot_done_) status |= RISER_STATUS_BOOTING;
#endif
#if RISER_HAS_IDLE
  if (pins_->idle) status |= RISER_STATUS_IDLE;
#endif
  return status;
}

#if RISER_TRACE
int riser_model::TraceOpen(const char* path, const char* scopes) {
  // no sink: what the writer of waveforms reads is no file of the design
  SinkScope scope(nullptr, context_.get());
  if (sink_.dead()) return -EIO;
  touched_ = true;
  plain_ = false;
  try {
    return tracer_.Open(path, scopes, [this](VerilatedFstC* fst) { top_->trace(fst, 99); });
  } catch (const riser::ModelDied&) {
    return -EIO;
  }
}

void riser_model::TraceClose() { tracer_.Close(); }

void riser_model::Annotate(riser_lane lane, const char* text) {
  tracer_.Annotate(context_.get(), RISER_TOP, lane, text);
}
#else
int riser_model::TraceOpen(const char*, const char*) { return -EOPNOTSUPP; }
void riser_model::TraceClose() {}
void riser_model::Annotate(riser_lane, const char*) {}
#endif

#if RISER_SIGNALS
int riser_model::Peek(const char* signal, char* value, size_t size) {
  return sink_.dead() ? -EIO : riser::Peek(context_.get(), RISER_SIGNAL_NAMES, signal, value, size);
}

int riser_model::Poke(const char* signal, const char* value) {
  if (sink_.dead()) return -EIO;
  int rc = riser::Poke(context_.get(), RISER_SIGNAL_NAMES, signal, value);
  if (rc == 0) touched_ = true;  // what follows from it is there before the next rising edge
  return rc;
}
#endif

#if RISER_SAVABLE
namespace {

// Everything of the harness that the next cycle depends on.
template <class F>
void EachState(F&& f, riser::RxPort* rx, riser::TxPort* tx, riser::FreeClock* clocks) {
  f(&rx->state, sizeof(rx->state));
  f(&tx->state, sizeof(tx->state));
  for (uint32_t c = 0; c < RISER_NR_CLASSES; ++c) {
    size_t len = tx->state.channel[c].len;
    if (tx->state.channel[c].open && len <= sizeof(tx->stage[c])) f(tx->stage[c], len);
  }
  for (int i = 0; i < RISER_NR_CLOCKS; ++i) f(&clocks[i].state, sizeof(clocks[i].state));
}

}  // namespace

int riser_model::Save(int fd) {
  SinkScope scope(&sink_, context_.get());
  if (sink_.dead()) return -EIO;
  try {
    return riser::SaveState(fd, RISER_BUILD_HASH, &save_buffer_, [this](VerilatedSerialize& os) {
      auto put = [&os](void* data, size_t bytes) { os.write(data, bytes); };
      std::string partial = sink_.partial();
      uint64_t len = partial.size();
      put(&state_, sizeof(state_));
      EachState(put, &rx_, &tx_, clocks_);
#define RISER_SAVE_MEM(index, prefix, word_bits, addr_bits) \
  put(&prefix##_.state, sizeof(prefix##_.state));
      RISER_MEM_LIST(RISER_SAVE_MEM)
#undef RISER_SAVE_MEM
      put(&len, sizeof(len));
      put(&partial[0], len);
      os << context_.get();
      os << *top_;
    });
  } catch (const riser::ModelDied&) {
    return -EIO;
  }
}

int riser_model::Restore(int fd) {
  SinkScope scope(&sink_, context_.get());
  if (sink_.dead()) return -EIO;
#if RISER_TRACE
  if (tracer_.open()) return -EBUSY;  // time would go back in the file
#endif
  try {
    return riser::RestoreState(fd, RISER_BUILD_HASH, [this](VerilatedDeserialize& is) {
      auto get = [&is](void* data, size_t bytes) { is.read(data, bytes); };
      uint64_t len = 0;
      get(&state_, sizeof(state_));
      EachState(get, &rx_, &tx_, clocks_);
#define RISER_RESTORE_MEM(index, prefix, word_bits, addr_bits) \
  get(&prefix##_.state, sizeof(prefix##_.state));
      RISER_MEM_LIST(RISER_RESTORE_MEM)
#undef RISER_RESTORE_MEM
      get(&len, sizeof(len));
      std::string partial(len, '\0');
      get(&partial[0], len);
      sink_.set_partial(partial);
      is >> context_.get();
      is >> *top_;
      touched_ = true;
      plain_ = false;
      rx_.Restored();
    });
  } catch (const riser::ModelDied&) {
    return -EINVAL;
  }
}
#else
int riser_model::Save(int) { return -EOPNOTSUPP; }
int riser_model::Restore(int) { return -EOPNOTSUPP; }
#endif

#if RISER_COVERAGE
int riser_model::CoverageWrite(const char* path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return -errno;
  close(fd);
  SinkScope scope(&sink_, context_.get());
  try {
    context_->coveragep()->write(path);
    return 0;
  } catch (const riser::ModelDied&) {
    return -EIO;
  }
}
#else
int riser_model::CoverageWrite(const char*) { return -EOPNOTSUPP; }
#endif
