#include "actors/history_cleaning.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <caf/make_message.hpp>
#include <caf/sec.hpp>

#include "actors/log.hpp"

namespace tocsin {

namespace {

using clock = std::chrono::steady_clock;

/// A start has other things to do first.
constexpr std::chrono::minutes first_look{1};
constexpr std::chrono::hours between_looks{1};

void begin(history_pointer self, timestamp cutoff, const char* why) {
  auto& cleaning = self->state.cleaning;
  cleaning.run.emplace(cutoff);
  cleaning.began = clock::now();
  self->state.counts->cleanup_running(true);
  log::info("cleaning the history", {{"ended_before", to_rfc3339(cutoff)}, {"asked_by", why}});
  self->send(self, clean_atom_v);
}

/// The clean-up is over; `why` says what ended it before its end, if something did.
void end(history_state& state, const std::string& why = {}) {
  auto& cleaning = state.cleaning;
  const auto run = *std::exchange(cleaning.run, std::nullopt);
  auto asked = std::exchange(cleaning.asked, std::nullopt);
  state.counts->cleanup_running(false);
  const auto took = std::chrono::floor<duration>(clock::now() - cleaning.began);
  log::info(why.empty() ? "history cleaned" : "history cleaned in part", {{"ended_before", to_rfc3339(run.cutoff)},
                                                                          {"alerts", run.alerts},
                                                                          {"rows", run.rows},
                                                                          {"took", format_duration(took)}});
  if (!asked) return;
  if (why.empty()) {
    asked->deliver(cleanup_report{cleanup_report::outcome::done, run.alerts, run.rows});
  } else {
    asked->deliver(caf::make_error(caf::sec::runtime_error, why));
  }
}

} // namespace

void begin_to_watch_retention(history_pointer self) {
  const auto now = self->state.retention.time.now();
  self->state.cleaning.hourly.set(self, now, now + first_look);
}

void look_at_retention(history_pointer self, std::uint64_t generation) {
  auto& state = self->state;
  if (!state.cleaning.hourly.rings(generation)) return;
  const auto now = state.retention.time.now();
  state.cleaning.hourly.set(self, now, now + between_looks);
  const auto kept = state.retention.config->get()->retention;
  if (kept == duration::zero() || state.cleaning.run) return;
  begin(self, now - kept, "retention");
}

caf::typed_response_promise<cleanup_report> clean_for(history_pointer self, const cleanup_request& request) {
  auto done = self->make_response_promise<cleanup_report>();
  auto& cleaning = self->state.cleaning;
  if (cleaning.run) {
    done.deliver(cleanup_report{cleanup_report::outcome::busy});
    return done;
  }
  cleaning.asked = done;
  begin(self, request.cutoff, "request");
  return done;
}

void clean_on(history_pointer self) {
  auto& state = self->state;
  auto& cleaning = state.cleaning;
  if (!cleaning.run) return;
  const auto rows_before = cleaning.run->rows;
  const auto began = clock::now();
  if (const auto taken = state.writer->clean(*cleaning.run, cleaning.pace.rows()); !taken) {
    log::error("the history could not be cleaned", {{"error", taken.error().message}});
    return end(state, taken.error().message);
  }
  const auto pause = cleaning.pace.after(clock::now() - began);
  state.counts->cleaned(cleaning.run->rows - rows_before);
  if (cleaning.run->over()) {
    end(state);
  } else {
    self->delayed_send(self, pause, clean_atom_v);
  }
  state.writer->checkpoint();
}

void halt_cleaning(history_pointer self) {
  if (self->state.cleaning.run) end(self->state, "the program stops; the next clean-up goes on with what is left");
}

} // namespace tocsin
