// Asks each analytics call again and again and prints how long the answers took.
//   bench_calls PORT REPEATS
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "bench/connection.hpp"

namespace {

using values = std::array<const char*, 3>;
constexpr values days{"7", "30", "365"};

struct call {
  const char* name;
  /// `%s` stands for each of the values.
  const char* path;
  values asked = days;
};

constexpr call calls[] = {
    {"statistics", "/api/alerts/statistics?days=%s"},
    {"statistics of a name", "/api/alerts/statistics?alert_name=Alert3&days=%s"},
    {"top alerts", "/api/alerts/top-alerts?days=%s"},
    {"trends by day", "/api/alerts/trends?days=%s"},
    {"trends of a name", "/api/alerts/trends?alert_name=Alert3&days=%s"},
    {"service health", "/api/alerts/service-health/service-3?days=%s"},
    {"daily report", "/api/alerts/report/daily?days=%s"},
    {"report of a service", "/api/alerts/report/daily?service=service-3&days=%s"},
    {"sla report", "/api/alerts/report/sla?days=%s"},
    {"sla of a service", "/api/alerts/report/sla?service=service-3&days=%s"},
    {"noise report", "/api/alerts/report/noise?days=%s"},
    {"noise of a service", "/api/alerts/report/noise?service=service-3&days=%s"},
    {"history, a page", "/api/alerts/history?limit=100&days=%s"},
    {"anomalies (hours)", "/api/alerts/anomalies?hours=%s", {"1", "6", "24"}},
    {"forecast (hours)", "/api/alerts/forecast/service-3?hours=%s", {"1", "24", "168"}},
    {"forecast of a name", "/api/alerts/forecast/service-3?alert_name=Alert3&hours=%s", {"1", "24", "168"}},
};

std::string request_for(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench_calls PORT REPEATS\n", stderr);
    return 2;
  }
  try {
    tocsin::bench::connection server(static_cast<std::uint16_t>(std::atoi(argv[1])));
    const auto repeats = std::max(1, std::atoi(argv[2]));
    std::printf("%-22s %5s %10s %10s %10s\n", "call", "days", "first ms", "median ms", "p99 ms");
    for (const auto& c : calls) {
      for (const std::string value : c.asked) {
        std::string path = c.path;
        path.replace(path.find("%s"), 2, value);
        const auto request = request_for(path);
        std::vector<double> took;
        for (int i = 0; i < repeats; ++i) {
          const auto began = std::chrono::steady_clock::now();
          if (server.exchange(request) != 200) {
            std::fprintf(stderr, "bench_calls: %s was not answered with 200\n", path.c_str());
            return 1;
          }
          took.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
        }
        const auto first = took.front();
        std::sort(took.begin(), took.end());
        std::printf("%-22s %5s %10.2f %10.2f %10.2f\n", c.name, value.c_str(), first, took[took.size() / 2],
                    took[took.size() * 99 / 100]);
        std::fflush(stdout);
      }
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_calls: %s\n", e.what());
    return 1;
  }
  return 0;
}
