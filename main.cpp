#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "actors/engine.hpp"
#include "actors/log.hpp"
#include "actors/service_manager.hpp"
#include "config/command_line.hpp"
#include "config/load.hpp"
#include "config/route_command.hpp"
#include "config/web_config.hpp"
#include "http/client/commands.hpp"
#include "http/export_command.hpp"
#include "http/server.hpp"
#include "http/tls_context.hpp"
#include "http/web_gate.hpp"
#include "storage/history_command.hpp"
#include "storage/rollup_check.hpp"

namespace {

using namespace tocsin;

constexpr int usage_error = 2;

int complain(const std::string& message) {
  std::fprintf(stderr, "tocsin: %s\n", message.c_str());
  return 1;
}

struct actor_config : caf::actor_system_config {
  actor_config() {
    add_message_types<caf::id_block::tocsin>();
    // Work stealing walks a victim's whole queue; with many ready actors that is ruinous.
    set("scheduler.policy", caf::atom("sharing"));
    set("logger.verbosity", caf::atom("quiet"));
    set("logger.file-verbosity", caf::atom("quiet"));
    set("logger.console-verbosity", caf::atom("quiet"));
  }
};

/// Blocks the signals that mean something here, so that they wait for `wait_for_end` in every thread.
sigset_t block_signals() {
  sigset_t heard;
  sigemptyset(&heard);
  sigaddset(&heard, SIGINT);
  sigaddset(&heard, SIGTERM);
  sigaddset(&heard, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &heard, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return heard;
}

/// Every receiver that is slow to answer holds a descriptor, and the usual soft limit of 1024 is
/// there for programs that use select(); this one and its libraries do not.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

constexpr std::string_view ready_status = "Taking alerts in";

/// Reloads at each SIGHUP until a signal ends the program; returns that one's name.
std::string wait_for_end(const sigset_t& heard, engine& core, const service_manager& manager) {
  for (;;) {
    int signal = 0;
    sigwait(&heard, &signal);
    if (signal != SIGHUP) return signal == SIGINT ? "SIGINT" : "SIGTERM";
    manager.reloading();
    // Why it failed, if it did, is in the log as well.
    manager.ready(core.reload() ? ready_status : "Taking alerts in; the new configuration cannot be read");
  }
}

void start_log(const config::command_line& line) {
  const auto level = line.log_level == "debug"   ? log::level::debug
                     : line.log_level == "warn"  ? log::level::warn
                     : line.log_level == "error" ? log::level::error
                                                 : log::level::info;
  log::configure(level, line.log_format == "json" ? log::format::json : log::format::logfmt);
  for (const auto& flag : line.without_effect) log::warn("this flag has no effect here", {{"flag", flag}});
}

result<config::config_ptr> load(const config::command_line& line) {
  const auto environment = config::process_environment();
  if (!line.config_file.empty()) {
    return config::load_file(line.config_file, environment, {line.skip_unknown_receivers})
        .map([&line](config::config_ptr loaded) { return config::with_flags(std::move(loaded), line); });
  }
  try {
    return config::with_flags(config::built_in(environment), line);
  } catch (const std::invalid_argument& e) {
    return fail(e.what());
  }
}

/// Says what is wrong with `--web.config.file`, its certificates included; false then.
bool check_web_config(const std::string& path) {
  const auto read = config::load_web_config(path);
  if (!read) return complain(read.error().message) == 0;
  const auto context = read->tls ? http::make_tls_context(*read->tls) : http::tls_context_ptr();
  if (!context) return complain(context.error().message) == 0;
  for (const auto& warning : read->warnings) std::printf("warning: %s\n", warning.c_str());
  std::printf("%s: %s, users: %zu\n", path.c_str(), read->tls ? "TLS" : "no TLS", read->users.size());
  return true;
}

int check_config(const config::command_line& line) {
  const auto loaded = load(line);
  if (!loaded) return complain(loaded.error().message);
  if (!line.web_config_file.empty() && !check_web_config(line.web_config_file)) return 1;
  std::fputs(config::summary(**loaded).c_str(), stdout);
  return 0;
}

int render_template(const config::command_line& line) {
  const auto loaded = load(line);
  if (!loaded) return complain(loaded.error().message);
  const auto made = config::render_template(line.rendering, **loaded);
  if (!made) return complain(made.error().message);
  std::fwrite(made->text.data(), 1, made->text.size(), stdout);
  if (!made->text.empty() && !made->text.ends_with('\n')) std::putchar('\n');
  return made->failures.empty() ? 0 : complain("templates failed:\n" + made->failures);
}

int verify_storage(const config::command_line& line) {
  const auto watched = isatty(STDERR_FILENO) == 1;
  std::function<void(std::int64_t)> told;
  if (watched) {
    told = [](std::int64_t rows) { std::fprintf(stderr, "\r%lld alerts counted", static_cast<long long>(rows)); };
  }
  const auto found = storage::verify_rollups({line.storage_path}, told);
  if (!found) return complain(found.error().message);
  if (watched) std::fputs("\r", stderr);
  std::printf("%lld alerts and %lld roll-ups: %lld differences\n", static_cast<long long>(found->rows),
              static_cast<long long>(found->cells), static_cast<long long>(found->differences));
  for (const auto& example : found->examples) std::printf("  %s\n", example.c_str());
  if (found->differences == 0) return 0;
  std::puts("tocsin storage rebuild mends them while the program does not run.");
  return 1;
}

int rebuild_storage(const config::command_line& line) {
  const auto rows = storage::rebuild_rollups({line.storage_path});
  if (!rows) return complain(rows.error().message);
  std::printf("the roll-ups of %lld alerts were made anew\n", static_cast<long long>(*rows));
  return 0;
}

int finish(const storage::command_outcome& done) {
  std::fputs(done.text.c_str(), stdout);
  if (!done.complaint.empty()) complain(done.complaint);
  return done.exit_code;
}

int import_history(const config::command_line& line) {
  // For the retention, by which the next clean-up will go.
  const auto loaded = load(line);
  if (!loaded) return complain(loaded.error().message);
  const auto& asked = line.history;
  return finish(storage::run_import({asked.file,
                                     {line.storage_path},
                                     storage::parse_import_format(asked.format),
                                     asked.dry_run,
                                     asked.close_open,
                                     asked.from_start,
                                     (*loaded)->retention},
                                    stderr));
}

int export_history(const config::command_line& line) {
  const auto& asked = line.history;
  if (asked.format == "csv" || asked.format == "ndjson") {
    return finish(http::run_export({{line.storage_path}, asked.file, asked.force, asked.format == "ndjson"}, stderr));
  }
  return finish(storage::run_backup({{line.storage_path}, asked.file, asked.force}, stderr));
}

int show_routes(const config::command_line& line) {
  const auto loaded = load(line);
  if (!loaded) return complain(loaded.error().message);
  std::fputs(config::show_routes(**loaded).c_str(), stdout);
  return 0;
}

int test_routes(const config::command_line& line) {
  const auto loaded = load(line);
  if (!loaded) return complain(loaded.error().message);
  const auto answer = config::test_routes(**loaded, line.routes);
  if (!answer) {
    complain(answer.error().message);
    return usage_error;
  }
  std::fputs(answer->text.c_str(), stdout);
  return answer->complaint.empty() ? 0 : complain(answer->complaint);
}

int ask_server(const config::command_line& line) {
  http::console_style style;
  style.terminal = isatty(STDOUT_FILENO) == 1;
  const char* no_colour = std::getenv("NO_COLOR");
  style.colour = style.terminal && (no_colour == nullptr || *no_colour == '\0');
  return finish(http::run_client_command(line, style, time_source::system().now()));
}

/// Where people reach this program if nothing else is said: the first address, or this machine's name where
/// that stands for every interface.
std::string url_of(const config::command_line& line, bool tls) {
  auto address = line.systemd_socket ? config::listen_address{} : line.listen.front();
  if (address.host.empty() || address.host == "0.0.0.0" || address.host == "::") {
    std::array<char, 256> name{};
    address.host = ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
  }
  return (tls ? "https://" : "http://") + config::to_string(address) + line.route_prefix;
}

/// The sockets that systemd has opened for this process, by its protocol: from 3 on, as many as it says.
result<std::vector<int>> sockets_of_systemd() {
  constexpr int first = 3;
  const char* process = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  std::vector<int> all;
  if (process != nullptr && count != nullptr && std::atoi(process) == ::getpid()) {
    for (int i = 0; i < std::atoi(count); ++i) all.push_back(first + i);
  }
  if (all.empty()) return fail("--web.systemd-socket: systemd has handed no socket over (LISTEN_PID and LISTEN_FDS)");
  for (const auto socket : all) ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  return all;
}

result<std::unique_ptr<http::server>> open_front(engine& core, const config::command_line& line,
                                                 std::unique_ptr<http::web_gate> gate) {
  http::server_options options;
  options.listen = line.listen;
  options.route_prefix = line.route_prefix;
  options.version = TOCSIN_VERSION;
  if (line.systemd_socket) {
    auto sockets = sockets_of_systemd();
    if (!sockets) return tl::unexpected(sockets.error());
    options.sockets = *std::move(sockets);
  }
  return http::server::start(core, std::move(options), std::move(gate));
}

int serve(const config::command_line& line) {
  const auto heard = block_signals();
  raise_descriptor_limit();
  start_log(line);
  auto configuration = load(line);
  if (!configuration) return complain(configuration.error().message);

  auto gate = http::web_gate::open(line.web_config_file);
  if (!gate) return complain(gate.error().message);
  const auto tls = (*gate)->speaks_tls();
  const render_context rendering{line.external_url.empty() ? url_of(line, tls) : line.external_url, TOCSIN_VERSION,
                                 isatty(STDOUT_FILENO) == 1};
  actor_config actors;
  caf::actor_system system(actors);
  auto core = engine::start(
      system,
      {*configuration, {line.storage_path}, rendering, time_source::system(), std::make_shared<telemetry>(), [line] {
         return load(line);
       }});
  if (!core) return complain(core.error().message);

  auto front = open_front(**core, line, *std::move(gate));
  if (!front) return complain(front.error().message);
  for (const auto& address : (*front)->addresses()) {
    log::info("Listening on address=" + config::to_string(address),
              {{"version", TOCSIN_VERSION},
               {"config", (*configuration)->source.empty() ? "built-in" : (*configuration)->source},
               {"tls", tls ? "true" : "false"}});
  }

  const auto manager = service_manager::of_environment();
  std::optional<watchdog> guard(std::in_place, manager, [&core](std::chrono::milliseconds longest) {
    return answers_in_time((*core)->system(), (*core)->dispatcher(), longest);
  });
  manager.ready(ready_status);
  const auto signal = wait_for_end(heard, **core, manager);
  log::info("stopping", {{"signal", signal}});
  manager.stopping();
  guard.reset();
  front->reset();
  core->reset();
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  const auto line = config::parse_command_line(argc, argv, TOCSIN_VERSION);
  if (!line) {
    complain(line.error().message);
    return usage_error;
  }
  switch (line->what) {
    case config::command_line::action::print: std::fputs(line->text.c_str(), stdout); return line->exit_code;
    case config::command_line::action::check_config: return check_config(*line);
    case config::command_line::action::verify_storage: return verify_storage(*line);
    case config::command_line::action::rebuild_storage: return rebuild_storage(*line);
    case config::command_line::action::render_template: return render_template(*line);
    case config::command_line::action::import_history: return import_history(*line);
    case config::command_line::action::export_history: return export_history(*line);
    case config::command_line::action::show_routes: return show_routes(*line);
    case config::command_line::action::test_routes: return test_routes(*line);
    case config::command_line::action::serve: return serve(*line);
    default: return ask_server(*line);
  }
}
