#include "actors/telemetry.hpp"

#include <array>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace tocsin {

namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

const Histogram::BucketBoundaries latency_buckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                  0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

double seconds(std::chrono::nanoseconds d) {
  return std::chrono::duration<double>(d).count();
}

} // namespace

struct telemetry::impl {
  prometheus::Registry registry;

  Family<Counter>& alerts =
      BuildCounter().Name("tocsin_alerts_total").Help("Alerts taken in, by what became of them.").Register(registry);
  std::array<Counter*, 5> alerts_by_intake{
      &alerts.Add({{"outcome", "opened"}}), &alerts.Add({{"outcome", "duplicate"}}),
      &alerts.Add({{"outcome", "resolved"}}), &alerts.Add({{"outcome", "ignored"}}),
      &alerts.Add({{"outcome", "invalid"}})};
  Family<Counter>& requests = BuildCounter()
                                  .Name("tocsin_ingest_requests_total")
                                  .Help("Ingest requests answered, by entry and status.")
                                  .Register(registry);
  Family<Histogram>& ingest_seconds = BuildHistogram()
                                          .Name("tocsin_ingest_duration_seconds")
                                          .Help("Time from a whole body to its answer.")
                                          .Register(registry);
  Counter& v2_ok = requests.Add({{"entry", "v2"}, {"status", "200"}});
  Histogram& v2_seconds = ingest_seconds.Add({{"entry", "v2"}}, latency_buckets);
  Histogram& webhook_seconds = ingest_seconds.Add({{"entry", "webhook"}}, latency_buckets);
  Gauge& groups = BuildGauge().Name("tocsin_groups").Help("Alert groups alive.").Register(registry).Add({});
  Counter& group_failures = BuildCounter()
                                .Name("tocsin_group_failures_total")
                                .Help("Alert groups that failed and were started anew from storage.")
                                .Register(registry)
                                .Add({});
  Counter& commits =
      BuildCounter().Name("tocsin_history_commits_total").Help("Transactions committed.").Register(registry).Add({});
  Counter& commit_failures = BuildCounter()
                                 .Name("tocsin_history_commit_failures_total")
                                 .Help("Transactions that could not be committed.")
                                 .Register(registry)
                                 .Add({});
  Counter& batches = BuildCounter()
                         .Name("tocsin_history_writes_total")
                         .Help("Writes that went into committed transactions.")
                         .Register(registry)
                         .Add({});
  Histogram& commit_seconds = BuildHistogram()
                                  .Name("tocsin_history_commit_duration_seconds")
                                  .Help("Time that a commit took, until it was on disk.")
                                  .Register(registry)
                                  .Add({}, latency_buckets);
  Counter& cleaned_rows = BuildCounter()
                              .Name("tocsin_history_cleaned_rows_total")
                              .Help("Rows of all tables that clean-ups of the history have deleted.")
                              .Register(registry)
                              .Add({});
  Gauge& cleanup_running = BuildGauge()
                               .Name("tocsin_history_cleanup_running")
                               .Help("1 while a clean-up of the history is under way.")
                               .Register(registry)
                               .Add({});
  Family<Gauge>& queues = BuildGauge().Name("tocsin_queue_depth").Help("What waits, by queue.").Register(registry);
  Gauge& history_queue = queues.Add({{"queue", "history"}});
  Gauge& ingest_queue = queues.Add({{"queue", "ingest"}});
  Gauge& notification_queue = queues.Add({{"queue", "notifications"}});
  Counter& escalations =
      BuildCounter().Name("tocsin_escalations_total").Help("Escalation steps taken.").Register(registry).Add({});
  Counter& suppressed = BuildCounter()
                            .Name("tocsin_alerts_suppressed_total")
                            .Help("Alerts that became suppressed.")
                            .Register(registry)
                            .Add({});
  Gauge& config_good =
      BuildGauge()
          .Name("tocsin_config_last_reload_successful")
          .Help("1 when the configuration could be read the last time, 0 when the one before still holds.")
          .Register(registry)
          .Add({});
  Gauge& config_read_at = BuildGauge()
                              .Name("tocsin_config_last_reload_success_timestamp_seconds")
                              .Help("When the configuration that holds was read.")
                              .Register(registry)
                              .Add({});
  Family<Gauge>& dead_channels = BuildGauge()
                                     .Name("tocsin_channel_dead")
                                     .Help("1 while a channel is left alone but for probes since it accepts nothing.")
                                     .Register(registry);
  Family<Counter>& costs = BuildCounter()
                               .Name("tocsin_channel_cost_total")
                               .Help("What accepted messages have cost, as cost_per_message says.")
                               .Register(registry);
  Family<Gauge>& budgets = BuildGauge()
                               .Name("tocsin_channel_budget_left")
                               .Help("Messages that a channel's daily budget still pays for today.")
                               .Register(registry);
  Family<Counter>& template_failures = BuildCounter()
                                           .Name("tocsin_template_failures_total")
                                           .Help("Texts that could not be rendered from their template.")
                                           .Register(registry);
  Family<Counter>& drills =
      BuildCounter().Name("tocsin_drills_total").Help("Fire drills held, by outcome.").Register(registry);
  Family<Gauge>& drill_arrived = BuildGauge()
                                     .Name("tocsin_drill_arrived")
                                     .Help("1 when a receiver's last fire drill arrived in time, 0 when it did not.")
                                     .Register(registry);
  Family<Gauge>& drill_seconds = BuildGauge()
                                     .Name("tocsin_drill_duration_seconds")
                                     .Help("How long a receiver's last fire drill took to arrive.")
                                     .Register(registry);
  Family<Gauge>& drill_success = BuildGauge()
                                     .Name("tocsin_drill_last_arrival_timestamp_seconds")
                                     .Help("When a receiver's last fire drill arrived.")
                                     .Register(registry);
  Family<Counter>& attempts = BuildCounter()
                                  .Name("tocsin_notification_attempts_total")
                                  .Help("Attempts to deliver a notification, by channel and outcome.")
                                  .Register(registry);
  Family<Histogram>& attempt_seconds = BuildHistogram()
                                           .Name("tocsin_notification_attempt_duration_seconds")
                                           .Help("Time that an attempt took.")
                                           .Register(registry);
};

telemetry::telemetry() : impl_(std::make_unique<impl>()) {}
telemetry::~telemetry() = default;

void telemetry::alerts(intake what, std::int64_t count) {
  if (count > 0) impl_->alerts_by_intake[static_cast<std::size_t>(what)]->Increment(static_cast<double>(count));
}

void telemetry::configuration_read(bool good, timestamp at) {
  impl_->config_good.Set(good ? 1 : 0);
  if (good) impl_->config_read_at.Set(std::chrono::duration<double>(at.time_since_epoch()).count());
}

void telemetry::channel_dead(std::string_view channel, bool dead) {
  impl_->dead_channels.Add({{"channel", std::string(channel)}}).Set(dead ? 1 : 0);
}

void telemetry::cost(std::string_view channel, double amount) {
  impl_->costs.Add({{"channel", std::string(channel)}}).Increment(amount);
}

void telemetry::budget_left(std::string_view channel, std::size_t messages) {
  impl_->budgets.Add({{"channel", std::string(channel)}}).Set(static_cast<double>(messages));
}

void telemetry::templates_failed(std::string_view channel, std::size_t count) {
  impl_->template_failures.Add({{"channel", std::string(channel)}}).Increment(static_cast<double>(count));
}

void telemetry::drilled(std::string_view receiver, bool arrived, std::chrono::nanoseconds took, timestamp at) {
  const std::string name(receiver);
  impl_->drills.Add({{"receiver", name}, {"outcome", arrived ? "arrived" : "missed"}}).Increment();
  impl_->drill_arrived.Add({{"receiver", name}}).Set(arrived ? 1 : 0);
  if (!arrived) return;
  impl_->drill_seconds.Add({{"receiver", name}}).Set(seconds(took));
  impl_->drill_success.Add({{"receiver", name}}).Set(std::chrono::duration<double>(at.time_since_epoch()).count());
}

void telemetry::ingest_answered(std::string_view entry, int status, std::chrono::nanoseconds took) {
  const auto v2 = entry == "v2";
  (v2 ? impl_->v2_seconds : impl_->webhook_seconds).Observe(seconds(took));
  if (v2 && status == 200) {
    impl_->v2_ok.Increment();
    return;
  }
  impl_->requests.Add({{"entry", std::string(entry)}, {"status", std::to_string(status)}}).Increment();
}

void telemetry::groups(std::int64_t count) {
  impl_->groups.Set(static_cast<double>(count));
}
void telemetry::group_failed() {
  impl_->group_failures.Increment();
}

void telemetry::committed(std::size_t batches, std::chrono::nanoseconds took) {
  impl_->commits.Increment();
  impl_->batches.Increment(static_cast<double>(batches));
  impl_->commit_seconds.Observe(seconds(took));
}

void telemetry::commit_failed() {
  impl_->commit_failures.Increment();
}
void telemetry::cleaned(std::int64_t rows) {
  impl_->cleaned_rows.Increment(static_cast<double>(rows));
}
void telemetry::cleanup_running(bool yes) {
  impl_->cleanup_running.Set(yes ? 1 : 0);
}
void telemetry::history_queue(std::int64_t delta) {
  impl_->history_queue.Increment(static_cast<double>(delta));
}
void telemetry::ingest_queue(std::int64_t alerts) {
  impl_->ingest_queue.Set(static_cast<double>(alerts));
}
void telemetry::escalations(std::int64_t count) {
  impl_->escalations.Increment(static_cast<double>(count));
}
void telemetry::suppressed(std::int64_t count) {
  impl_->suppressed.Increment(static_cast<double>(count));
}

void telemetry::attempted(std::string_view channel_kind, attempt how, std::chrono::nanoseconds took) {
  constexpr std::array<const char*, 3> outcomes{"delivered", "retried", "failed"};
  const std::string kind(channel_kind);
  impl_->attempts.Add({{"channel", kind}, {"outcome", outcomes[static_cast<std::size_t>(how)]}}).Increment();
  impl_->attempt_seconds.Add({{"channel", kind}}, latency_buckets).Observe(seconds(took));
}

void telemetry::notifications_pending(std::int64_t delta) {
  impl_->notification_queue.Increment(static_cast<double>(delta));
}

std::string telemetry::render() const {
  return prometheus::TextSerializer{}.Serialize(impl_->registry.Collect());
}

} // namespace tocsin
