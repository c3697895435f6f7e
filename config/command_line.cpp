#include "config/command_line.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "config/commands/outline.hpp"
#include "config/commands/server_values.hpp"
#include "config/commands/subcommands.hpp"

namespace tocsin::config {

namespace {

/// Flags with a value that Alertmanager has and that do nothing here: a unit file
/// written for it starts this program as well.
constexpr std::array<std::string_view, 28> flags_of_alertmanager{
    "--cluster.listen-address",
    "--cluster.advertise-address",
    "--cluster.peer",
    "--cluster.peer-name",
    "--cluster.peer-timeout",
    "--cluster.peers-resolve-timeout",
    "--cluster.gossip-interval",
    "--cluster.pushpull-interval",
    "--cluster.tcp-timeout",
    "--cluster.probe-timeout",
    "--cluster.probe-interval",
    "--cluster.settle-timeout",
    "--cluster.reconnect-interval",
    "--cluster.reconnect-timeout",
    "--cluster.label",
    "--cluster.tls-config",
    "--data.maintenance-interval",
    "--alerts.gc-interval",
    "--alerts.per-alertname-limit",
    "--web.get-concurrency",
    "--web.timeout",
    "--web.ui-path",
    "--dispatch.start-delay",
    "--dispatch.maintenance-interval",
    "--silences.max-silences",
    "--silences.max-silence-size-bytes",
    "--auto-gomemlimit.ratio",
    "--enable-feature",
};

/// The same without a value; `--no-…` switches them off.
constexpr std::array<std::string_view, 1> switches_of_alertmanager{
    "--cluster.allow-insecure-public-advertise-address-discovery"};

void add_web_options(CLI::App& app, web_texts& texts, command_line& parsed) {
  app.add_option("--web.listen-address", texts.listen,
                 "Address to listen on, HOST:PORT or :PORT; may be repeated (default 127.0.0.1:9095)")
      ->allow_extra_args(false)
      ->type_name("ADDRESS");
  app.add_flag("--web.systemd-socket,!--no-web.systemd-socket", parsed.systemd_socket,
               "Listen on the sockets that systemd has opened, not on --web.listen-address");
  app.add_option("--web.config.file", parsed.web_config_file, "File that switches TLS and authentication on")
      ->take_last()
      ->type_name("FILE");
  app.add_option("--web.external-url", texts.external_url, "URL under which people reach this program")->take_last();
  app.add_option_function<std::string>(
         "--web.route-prefix", [&texts](const std::string& prefix) { texts.route_prefix = prefix; },
         "What the paths of all endpoints begin with; by default the path of --web.external-url")
      ->take_last()
      ->type_name("PATH");
}

/// Flags of Alertmanager that were given and do nothing.
class ignored_flags {
 public:
  explicit ignored_flags(CLI::App& app) : values_(flags_of_alertmanager.size()) {
    for (std::size_t i = 0; i < flags_of_alertmanager.size(); ++i) {
      options_.push_back(app.add_option(std::string(flags_of_alertmanager[i]), values_[i])->group("")->take_last());
    }
    for (std::size_t i = 0; i < switches_of_alertmanager.size(); ++i) {
      const std::string name(switches_of_alertmanager[i]);
      app.add_flag(name + ",!--no-" + name.substr(2), switched_[i])->group("");
    }
  }

  std::vector<std::string> given() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < options_.size(); ++i) {
      // Not the option's own name: a hidden one has none.
      if (options_[i]->count() > 0) all.emplace_back(flags_of_alertmanager[i]);
    }
    for (std::size_t i = 0; i < switched_.size(); ++i) {
      if (switched_[i]) all.emplace_back(switches_of_alertmanager[i]);
    }
    return all;
  }

 private:
  std::vector<std::string> values_;
  std::vector<CLI::Option*> options_;
  std::array<bool, switches_of_alertmanager.size()> switched_{};
};

/// The arguments as CLI11 understands them: it would take what comes behind `--flag=` for its value.
/// @returns a failure when a flag lacks its value.
result<std::vector<std::string>> arguments_for(const CLI::App& app, int argc, const char* const* argv) {
  std::vector<std::string> all;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    const auto is_flag = argument.size() > 2 && argument.starts_with("--");
    if (is_flag && argument.ends_with('=') && argument.find('=') == argument.size() - 1) {
      argument.pop_back();
      all.push_back(std::move(argument));
      all.emplace_back();
      continue;
    }
    const auto* option = is_flag ? app.get_option_no_throw(argument) : nullptr;
    all.push_back(std::move(argument));
    if (option == nullptr || option->get_items_expected_min() == 0) continue;
    if (i + 1 == argc || std::string_view(argv[i + 1]).starts_with("--")) {
      return fail("expected a value behind " + all.back() + "; see tocsin --help");
    }
    // Whatever it looks like, it is the value.
    all.emplace_back(argv[++i]);
  }
  return all;
}

/// @param retention as it was given; `parse_retention` reads it.
void add_server_options(CLI::App& app, command_line& parsed, std::string& retention) {
  app.add_option("--config.file", parsed.config_file, "Configuration file; the built-in default when not given")
      ->take_last()
      ->type_name("FILE");
  app.add_flag("--config.skip-unknown-receivers,!--no-config.skip-unknown-receivers", parsed.skip_unknown_receivers,
               "Leave out receivers of types that are not available, instead of refusing the file");
  app.add_option("--storage.path", parsed.storage_path, "Folder of the database")
      ->take_last()
      ->capture_default_str()
      ->type_name("DIR");
  app.add_option("--data.retention", retention, "How long history is kept, such as 120h or 90d; 0 for ever")
      ->take_last()
      ->type_name("DURATION");
  app.add_option("--log.level", parsed.log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->take_last()
      ->capture_default_str();
  app.add_option("--log.format", parsed.log_format, "logfmt or json")
      ->check(CLI::IsMember({"logfmt", "json"}))
      ->take_last()
      ->capture_default_str();
}

command_line page(std::string text, int exit_code = 0) {
  command_line printed;
  printed.what = command_line::action::print;
  printed.text = std::move(text);
  printed.exit_code = exit_code;
  return printed;
}

/// @returns a page that was asked for instead of a command.
result<std::optional<command_line>> run_parser(CLI::App& app, std::vector<std::string> arguments) {
  try {
    // The library takes them from the back.
    std::reverse(arguments.begin(), arguments.end());
    app.parse(std::move(arguments));
    return std::nullopt;
  } catch (const CLI::Success& e) {
    std::ostringstream out;
    app.exit(e, out, out);
    return page(out.str());
  } catch (const CLI::ParseError& e) {
    return fail(std::string(e.what()) + "; see tocsin --help");
  }
}

} // namespace

std::string to_string(const listen_address& address) {
  const auto v6 = address.host.find(':') != std::string::npos;
  const auto host = address.host.empty() ? std::string("[::]") : v6 ? "[" + address.host + "]" : address.host;
  return host + ":" + std::to_string(address.port);
}

result<command_line> parse_command_line(int argc, const char* const* argv, const std::string& version) {
  command_line parsed;
  CLI::App app("Tocsin: alert escalation, aggregation, notification and history", "tocsin");
  app.set_version_flag("--version", "tocsin " + version);
  app.set_help_flag("-h,--help,--help-long", "Print this help message and exit");
  bool manual = false;
  app.add_flag("--help-man", manual, "Print the manual page, for man(1), and exit");
  std::string retention;
  web_texts web;
  add_server_options(app, parsed, retention);
  add_web_options(app, web, parsed);
  const ignored_flags ignored(app);
  const auto commands = add_subcommands(app, parsed);

  auto arguments = arguments_for(app, argc, argv);
  if (!arguments) return tl::unexpected(arguments.error());
  auto printed = run_parser(app, *std::move(arguments));
  if (!printed) return tl::unexpected(printed.error());
  if (*printed) return **std::move(printed);
  if (manual) return page(man_page(outline_of(app), version));

  if (auto wrong = read_web_texts(web, parsed)) return tl::unexpected(*std::move(wrong));
  if (!retention.empty()) {
    const auto kept = parse_retention(retention);
    if (!kept) return tl::unexpected(kept.error());
    parsed.retention = *kept;
  }
  parsed.what = chosen(commands);
  parsed.rendering.external_url = parsed.external_url;
  if (parsed.what == command_line::action::check_config) parsed.config_file = parsed.argument;
  if (parsed.what == command_line::action::serve) parsed.without_effect = ignored.given();
  if (parsed.what == command_line::action::completion) {
    return page(parsed.argument == "zsh" ? zsh_completion(outline_of(app)) : bash_completion(outline_of(app)));
  }
  return parsed;
}

config_ptr with_flags(config_ptr loaded, const command_line& line) {
  if (!line.retention) return loaded;
  auto changed = *loaded;
  changed.retention = *line.retention;
  return std::make_shared<const config>(std::move(changed));
}

} // namespace tocsin::config
