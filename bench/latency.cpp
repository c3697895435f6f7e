// From the POST of a new alert to the arrival of its webhook, for several
// programs in turn. Each must send its webhooks to SINK-PORT with group_wait 0s
// and group by alertname.
// usage: bench_latency SINK-PORT COUNT NAME=PORT...
#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/connection.hpp"

namespace {

using namespace tocsin::bench;
using clock_type = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Takes webhooks and knows when the one with a certain text came. Lives as
/// long as the process; its threads are never joined.
class webhook_sink {
 public:
  explicit webhook_sink(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(fd_, 64) != 0) {
      throw std::runtime_error("cannot listen on port " + std::to_string(port) + ": " + std::strerror(errno));
    }
    std::thread([this] { accept_all(); }).detach();
  }

  void expect(std::string text) {
    const std::lock_guard lock(mutex_);
    expected_ = std::move(text);
    arrived_ = false;
  }

  /// When the expected text came.
  clock_type::time_point wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, 10s, [this] { return arrived_; })) {
      throw std::runtime_error("no webhook with " + expected_ + " came within 10 s");
    }
    return at_;
  }

 private:
  void accept_all() {
    for (;;) {
      const auto fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd >= 0) std::thread([this, fd] { serve(fd); }).detach();
    }
  }

  void serve(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    constexpr std::string_view good = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    std::string buffer;
    std::array<char, 65536> bytes;
    for (;;) {
      const auto got = ::recv(fd, bytes.data(), bytes.size(), 0);
      if (got <= 0) break;
      buffer.append(bytes.data(), static_cast<std::size_t>(got));
      const auto frame = frame_of(buffer);
      if (!frame.complete_in(buffer.size())) continue;
      note(buffer, clock_type::now());
      buffer.erase(0, frame.body_begin + frame.body_size);
      if (::send(fd, good.data(), good.size(), MSG_NOSIGNAL) <= 0) break;
    }
    ::close(fd);
  }

  void note(std::string_view message, clock_type::time_point now) {
    const std::lock_guard lock(mutex_);
    if (arrived_ || expected_.empty() || message.find(expected_) == std::string_view::npos) return;
    arrived_ = true;
    at_ = now;
    changed_.notify_all();
  }

  int fd_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string expected_;
  bool arrived_ = false;
  clock_type::time_point at_;
};

struct peer {
  std::string name;
  std::unique_ptr<connection> to;
  std::vector<double> milliseconds;
};

double measure(webhook_sink& sink, peer& p, int number) {
  const auto name = "Latency-" + p.name + "-" + std::to_string(number) + "-";
  const auto request = post_request(R"([{"labels":{"alertname":")" + name
                                    + R"(","severity":"critical","service":"shop"},)"
                                      R"("annotations":{"summary":"how long does it take?"}}])");
  sink.expect(name);
  const auto begin = clock_type::now();
  if (const auto status = p.to->exchange(request); status != 200) {
    throw std::runtime_error(p.name + " answered " + std::to_string(status));
  }
  return std::chrono::duration<double, std::milli>(sink.wait() - begin).count();
}

double percentile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

int run(int argc, char** argv) {
  webhook_sink sink(static_cast<std::uint16_t>(std::atoi(argv[1])));
  const auto count = std::max(1, std::atoi(argv[2]));
  std::vector<peer> peers;
  for (int i = 3; i < argc; ++i) {
    const std::string_view text = argv[i];
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) throw std::runtime_error("expected NAME=PORT, got " + std::string(text));
    const auto port = static_cast<std::uint16_t>(std::atoi(argv[i] + equals + 1));
    peers.push_back({std::string(text.substr(0, equals)), std::make_unique<connection>(port), {}});
  }
  constexpr int warm_up = 20;
  for (int i = -warm_up; i < count; ++i) {
    for (auto& p : peers) {
      const auto took = measure(sink, p, i);
      if (i >= 0) p.milliseconds.push_back(took);
    }
  }
  for (auto& p : peers) {
    std::sort(p.milliseconds.begin(), p.milliseconds.end());
    std::printf("%-14s p50 %7.2f ms   p99 %7.2f ms   max %7.2f ms\n", p.name.c_str(), percentile(p.milliseconds, 0.5),
                percentile(p.milliseconds, 0.99), p.milliseconds.back());
  }
  if (peers.size() == 2) {
    const auto ratio = [&](double share) {
      return percentile(peers[0].milliseconds, share) / percentile(peers[1].milliseconds, share);
    };
    std::printf("%s / %s: p50 %.2f, p99 %.2f\n", peers[0].name.c_str(), peers[1].name.c_str(), ratio(0.5), ratio(0.99));
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: bench_latency SINK-PORT COUNT NAME=PORT...\n");
    return 2;
  }
  try {
    // The sink's threads are still at work, so leave without unwinding them.
    const auto status = run(argc, argv);
    std::fflush(nullptr);
    std::_Exit(status);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_latency: %s\n", e.what());
    std::_Exit(1);
  }
}
