// Posts many alerts that nobody has seen before, and prints how many a second
// were answered with 200.
// usage: bench_flood PORT [ALERTS] [ALERTS-PER-REQUEST] [CONNECTIONS] [FIRST]
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "bench/connection.hpp"

namespace {

using namespace tocsin::bench;

struct plan {
  std::uint16_t port = 0;
  std::size_t alerts = 200000;
  std::size_t per_request = 500;
  std::size_t connections = 4;
  /// Number of the first alert: those of another run are others.
  std::size_t first = 0;
};

plan plan_of(int argc, char** argv) {
  auto number = [&](int index, std::size_t otherwise) {
    return argc > index ? std::strtoul(argv[index], nullptr, 10) : otherwise;
  };
  plan p;
  p.port = static_cast<std::uint16_t>(number(1, 0));
  p.alerts = number(2, p.alerts);
  p.per_request = number(3, p.per_request);
  p.connections = number(4, p.connections);
  p.first = number(5, p.first);
  return p;
}

void append_alert(std::string& body, std::size_t number) {
  const auto text = std::to_string(number);
  body += R"({"labels":{"alertname":"Flood)" + std::to_string(number % 200) + R"(","instance":"node-)" + text
          + R"(:9100","job":"node","service":"shop","severity":"warning"},)"
            R"("annotations":{"summary":"Disk of node-)"
          + text
          + R"( is almost full","description":"94 % of /var are in use"},)"
            R"("generatorURL":"http://prometheus:9090/graph?g0.expr=disk"})";
}

/// Made beforehand, so that only the server's time is measured.
std::vector<std::string> make_requests(const plan& p) {
  std::vector<std::string> requests;
  for (std::size_t done = 0; done < p.alerts;) {
    std::string body = "[";
    for (std::size_t i = 0; i < p.per_request && done < p.alerts; ++i, ++done) {
      if (i > 0) body += ',';
      append_alert(body, p.first + done);
    }
    requests.push_back(post_request(body + "]"));
  }
  return requests;
}

/// Posts all of it over the plan's connections; how many were not answered with 200.
std::size_t post_all(const plan& p, const std::vector<std::string>& requests) {
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> refused = 0;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < p.connections; ++i) {
    threads.emplace_back([&] {
      try {
        connection c(p.port);
        for (auto n = next++; n < requests.size(); n = next++) refused += c.exchange(requests[n]) != 200;
      } catch (const std::exception& e) {
        std::fprintf(stderr, "bench_flood: %s\n", e.what());
        ++refused;
      }
    });
  }
  for (auto& t : threads) t.join();
  return refused;
}

} // namespace

int main(int argc, char** argv) {
  const auto p = plan_of(argc, argv);
  if (p.port == 0 || p.per_request == 0) {
    std::fprintf(stderr, "usage: bench_flood PORT [ALERTS] [ALERTS-PER-REQUEST] [CONNECTIONS] [FIRST]\n");
    return 2;
  }
  const auto requests = make_requests(p);
  const auto begin = std::chrono::steady_clock::now();
  const auto refused = post_all(p, requests);
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (refused > 0) {
    std::fprintf(stderr, "bench_flood: %zu of %zu requests were not answered with 200\n", refused, requests.size());
    return 1;
  }
  std::printf("%.0f\n", static_cast<double>(p.alerts) / seconds);
  return 0;
}
