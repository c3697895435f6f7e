// Measures what it takes to find out where an alert goes and whether anything keeps
// it quiet, with ever more routes, inhibit rules and silences. No server, no storage.
// usage: bench_suppression [ALERTS (20000)] [ROUNDS (7)]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/suppressor_state.hpp"
#include "actors/uuid.hpp"
#include "config/load.hpp"

namespace {

using namespace tocsin;

constexpr timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours{8}};
constexpr std::size_t sources_per_rule = 10;
constexpr std::size_t clusters = 4 * sources_per_rule;

/// `count` routes and inhibit rules, one of each for every service.
std::string configuration(std::size_t count) {
  std::string yaml = "receivers: [{name: ops}]\nroute:\n  receiver: ops\n  group_by: [alertname, cluster]\n  routes:\n";
  for (std::size_t i = 0; i < count; ++i) {
    yaml += "    - {matchers: ['service=\"service-" + std::to_string(i) + "\"', 'severity=~\"critical|warning\"']}\n";
  }
  yaml += "inhibit_rules:\n";
  for (std::size_t i = 0; i < count; ++i) {
    const auto n = std::to_string(i);
    yaml += "  - {source_matchers: ['alertname=\"DatabaseDown\"', 'service=\"service-" + n
            + "\"'], target_matchers: ['service=\"service-" + n + "\"', 'severity=\"warning\"'], equal: [cluster]}\n";
  }
  return yaml + "escalation: []\n";
}

label_set labels_of(std::string_view name, std::size_t service, std::size_t cluster, std::size_t instance) {
  const auto s = "service-" + std::to_string(service);
  const auto c = "cluster-" + std::to_string(cluster);
  const auto i = "node-" + std::to_string(instance) + ":9100";
  return label_set::of({{"alertname", name},
                        {"cluster", c},
                        {"environment", "production"},
                        {"instance", i},
                        {"job", "node"},
                        {"service", s},
                        {"severity", name == "DatabaseDown" ? "critical" : "warning"},
                        {"team", "platform"}});
}

/// A silence for some of the instances of one service.
silence silence_of(std::size_t service) {
  silence s;
  s.matchers = {*matcher::make("service", match_op::equal, "service-" + std::to_string(service)),
                *matcher::make("instance", match_op::regex, "node-[0-9]*7:9100")};
  s.starts_at = now;
  s.ends_at = now + std::chrono::hours{2};
  s.created_by = "bench";
  s.comment = "measured";
  return s;
}

suppressor_state suppressor_with(const config::config_ptr& config, std::size_t count) {
  suppressor_state state(config, random_uuids());
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < sources_per_rule; ++c) {
      state.observe(now, {labels_of("DatabaseDown", i, c, c), now + std::chrono::hours{1}});
    }
    silence_effects effects;
    if (state.silences().set(now, silence_of(i), effects).what != silence_answer::outcome::done) {
      throw std::logic_error("a silence was refused");
    }
  }
  return state;
}

/// Symptoms spread over all services: a quarter of them inhibited, a tenth of the rest silenced.
std::vector<label_set> symptoms(std::size_t services, std::size_t count) {
  std::vector<label_set> alerts;
  for (std::size_t i = 0; i < count; ++i) {
    alerts.push_back(labels_of("HighLatency", i * 7919 % services, i % clusters, i / clusters));
  }
  return alerts;
}

struct measured {
  double routing = 0; ///< ns an alert
  double suppression = 0;
  std::size_t suppressed = 0;

  double both() const { return routing + suppression; }
};

template <class Work>
double median_ns(std::size_t rounds, std::size_t alerts, Work work) {
  std::vector<double> all;
  for (std::size_t r = 0; r < rounds; ++r) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    all.push_back(took.count() / static_cast<double>(alerts));
  }
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
  return all[all.size() / 2];
}

measured measure(std::size_t count, std::size_t alerts, std::size_t rounds) {
  const auto loaded = config::load_text(configuration(count), "bench.yml",
                                        [](std::string_view) { return std::optional<std::string>{}; });
  if (!loaded) throw std::runtime_error(loaded.error().message);
  const auto& config = *loaded;
  auto state = suppressor_with(config, count);
  std::vector<suppression_question> questions;
  for (auto& labels : symptoms(count, alerts)) questions.push_back({0, {std::move(labels)}});

  measured result;
  std::vector<std::size_t> routes;
  result.routing = median_ns(rounds, alerts, [&] {
    for (auto& q : questions) {
      routes.clear();
      config->routes.match(q.alerts.front(), routes);
      q.route = static_cast<std::uint32_t>(routes.front());
    }
  });
  result.suppression = median_ns(rounds, alerts, [&] {
    result.suppressed = 0;
    silence_effects effects;
    for (const auto& q : questions) result.suppressed += state.answer(now, q, effects).alerts.front() ? 1 : 0;
  });
  return result;
}

} // namespace

int main(int argc, char** argv) {
  const auto number = [&](int index, std::size_t otherwise) {
    return argc > index ? std::strtoul(argv[index], nullptr, 10) : otherwise;
  };
  const auto alerts = number(1, 20000);
  const auto rounds = number(2, 7);
  if (alerts == 0 || rounds == 0) {
    std::fprintf(stderr, "usage: bench_suppression [ALERTS (20000)] [ROUNDS (7)]\n");
    return 2;
  }
  std::printf("%zu alerts one by one, median of %zu rounds, ns an alert\n\n", alerts, rounds);
  std::printf("%7s %7s %8s %9s %9s %12s %7s %8s %11s\n", "routes", "rules", "sources", "silences", "routing",
              "suppression", "both", "growth", "suppressed");
  double before = 0;
  for (const std::size_t count : {125U, 250U, 500U, 1000U}) {
    const auto m = measure(count, alerts, rounds);
    const auto growth = before > 0 ? m.both() / before : 1;
    std::printf("%7zu %7zu %8zu %9zu %9.0f %12.0f %7.0f %8.2f %10.1f%%\n", count, count, count * sources_per_rule,
                count, m.routing, m.suppression, m.both(), growth,
                100.0 * static_cast<double>(m.suppressed) / static_cast<double>(alerts));
    before = m.both();
  }
  return 0;
}
