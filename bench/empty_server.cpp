// The most that cpp-httplib can give: reads a POST and answers 200 at once.
// usage: bench_empty_server PORT [THREADS]
#include <cstdio>
#include <cstdlib>

#include <httplib.h>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_empty_server PORT [THREADS]\n");
    return 2;
  }
  const auto threads = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 8UL;
  httplib::Server server;
  server.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1000000000);
  server.Post("/api/v2/alerts", [](const httplib::Request&, httplib::Response&) {});
  server.Get("/-/ready", [](const httplib::Request&, httplib::Response&) {});
  return server.listen("127.0.0.1", std::atoi(argv[1])) ? 0 : 1;
}
