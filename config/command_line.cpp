#include "config/command_line.hpp"

#include <array>
#include <charconv>
#include <sstream>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

namespace tocsin::config {

namespace {

/// Flags that Alertmanager has and that do nothing here: a unit file written for
/// it starts this program as well.
constexpr std::array<std::string_view, 23> flags_of_alertmanager{
    "--cluster.listen-address",
    "--cluster.advertise-address",
    "--cluster.peer",
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
    "--web.get-concurrency",
    "--web.timeout",
    "--dispatch.start-delay",
    "--silences.max-silences",
    "--silences.max-silence-size-bytes",
    "--enable-feature",
};

/// `host:port`, `:port` or `[v6]:port`.
result<std::pair<std::string, std::uint16_t>> parse_address(std::string_view text) {
  const auto bad = [text] {
    return fail("--web.listen-address: expected HOST:PORT, such as 127.0.0.1:9095, found \"" + std::string(text)
                + "\"");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  auto host = text.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const auto port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc{} || end != port_text.data() + port_text.size()) return bad();
  return std::pair{host.empty() ? std::string("0.0.0.0") : std::string(host), port};
}

/// `120h`, as Alertmanager's flag is written, or `90d`.
result<duration> parse_retention(const std::string& text) {
  const auto parsed = parse_duration(text);
  if (parsed && is_retention(*parsed)) return *parsed;
  return fail("--data.retention: expected " + std::string(retention_form) + ", found \"" + text + "\"");
}

void add_render_options(CLI::App& app, command_line& parsed) {
  auto& order = parsed.rendering;
  app.fallthrough();
  app.add_option("--template.glob", order.globs, "Files with templates, beside those of the configuration");
  app.add_option("--template.text", order.text, "The text to render, such as {{ template \"x\" . }}");
  app.add_option_function<std::string>(
         "--template.type", [&order](const std::string& type) { order.html = type == "html"; },
         "text, or html where values are to be escaped")
      ->check(CLI::IsMember({"text", "html"}));
  app.add_option("--template.data", order.data_file, "JSON file in the shape of Alertmanager's webhook");
  app.add_option("--channel", order.channel, "The channel whose message is shown, such as ops/slack/0");
}

struct history_commands {
  CLI::App* import = nullptr;
  CLI::App* back_up = nullptr;
};

history_commands add_history_commands(CLI::App& app, history_order& order) {
  auto* history = app.add_subcommand("history", "Bring old alerts into the history, or make a back-up of it");
  history->require_subcommand(1)->fallthrough();
  auto* import = history->add_subcommand("import", "Bring alerts of a file into --storage.path; Tocsin must not run");
  import->fallthrough();
  import->add_option("file", order.file, "An export (CSV or NDJSON), or a SQLite file with a table alert_history")
      ->required();
  import->add_option("--format", order.format, "csv, ndjson or sqlite; what the file looks like when not given")
      ->check(CLI::IsMember({"csv", "ndjson", "sqlite"}));
  import->add_flag("--dry-run", order.dry_run, "Look at all rows and write nothing");
  import->add_flag("--close-open", order.close_open,
                   "Take alerts without an end to have ended when they were last heard of");
  import->add_flag("--from-start", order.from_start, "Begin at the front, also where an import was broken off");
  auto* back_up = history->add_subcommand("export", "Make a back-up of --storage.path, also while Tocsin runs");
  back_up->fallthrough();
  back_up->add_option("file", order.file, "Where the copy is to be")->required();
  back_up
      ->add_option("--format", order.format,
                   "sqlite: a back-up, the default; csv or ndjson: the alerts alone, as the API exports them")
      ->check(CLI::IsMember({"csv", "ndjson", "sqlite"}));
  back_up->add_flag("--force", order.force, "Replace the file when it is there");
  return {import, back_up};
}

} // namespace

result<command_line> parse_command_line(int argc, const char* const* argv, const std::string& version) {
  command_line parsed;
  std::string listen = "127.0.0.1:9095";
  std::vector<std::string> ignored(flags_of_alertmanager.size());

  CLI::App app("Tocsin: alert escalation, aggregation, notification and history", "tocsin");
  app.set_version_flag("--version", "tocsin " + version);
  app.add_option("--config.file", parsed.config_file, "Configuration file; the built-in default when not given");
  app.add_option("--storage.path", parsed.storage_path, "Folder of the database")->capture_default_str();
  app.add_option("--web.listen-address", listen, "Address to listen on, HOST:PORT")->capture_default_str();
  app.add_option("--web.external-url", parsed.external_url, "URL under which people reach this program");
  std::string retention;
  app.add_option("--data.retention", retention, "How long history is kept, such as 120h or 90d; 0 for ever")
      ->take_last();
  app.add_option("--log.level", parsed.log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  app.add_option("--log.format", parsed.log_format, "logfmt or json")
      ->check(CLI::IsMember({"logfmt", "json"}))
      ->capture_default_str();
  std::vector<CLI::Option*> options;
  for (std::size_t i = 0; i < flags_of_alertmanager.size(); ++i) {
    options.push_back(app.add_option(std::string(flags_of_alertmanager[i]), ignored[i])->group("")->take_last());
  }
  auto* check = app.add_subcommand("check-config", "Read and validate a configuration file");
  std::string checked;
  check->add_option("file", checked, "The file")->required();

  auto* storage = app.add_subcommand("storage", "Look after the database of --storage.path");
  storage->require_subcommand(1)->fallthrough();
  auto* verify = storage->add_subcommand("verify", "Count all alerts anew and compare with what the analytics say");
  auto* rebuild = storage->add_subcommand("rebuild", "Make what the analytics read anew; the program must not run");
  verify->fallthrough();
  rebuild->fallthrough();
  auto* drill = app.add_subcommand("drill", "Have a running Tocsin hold a fire drill, and tell whether it arrived");
  drill->add_option("--receiver", parsed.receiver, "The receiver whose channels it must reach")->required();
  drill->add_option("--url", parsed.url, "Where that Tocsin is reached")->capture_default_str();
  drill->add_option("--within", parsed.within, "How long it may take, at most 2m")->capture_default_str();
  drill->add_option("--severity", parsed.severity, "What the alert declares: critical, warning or info")
      ->capture_default_str();

  auto* templates = app.add_subcommand("template", "Try templates");
  templates->require_subcommand(1)->fallthrough();
  auto* rendering = templates->add_subcommand(
      "render", "Render a template, or the message of a channel of --config.file, for a sample");
  add_render_options(*rendering, parsed);

  const auto history = add_history_commands(app, parsed.history);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    std::ostringstream out;
    app.exit(e, out, out);
    parsed.what = command_line::action::print;
    parsed.text = out.str();
    return parsed;
  } catch (const CLI::ParseError& e) {
    return fail(std::string(e.what()) + "; see tocsin --help");
  }
  if (check->parsed()) {
    parsed.what = command_line::action::check_config;
    parsed.config_file = checked;
    return parsed;
  }
  if (verify->parsed() || rebuild->parsed()) {
    parsed.what = verify->parsed() ? command_line::action::verify_storage : command_line::action::rebuild_storage;
    return parsed;
  }
  if (rendering->parsed()) {
    parsed.what = command_line::action::render_template;
    parsed.rendering.external_url = parsed.external_url;
    return parsed;
  }
  if (drill->parsed()) {
    parsed.what = command_line::action::drill;
    return parsed;
  }
  if (history.back_up->parsed()) {
    parsed.what = command_line::action::export_history;
    return parsed;
  }
  for (std::size_t i = 0; i < options.size(); ++i) {
    // Not the option's own name: a hidden one has none.
    if (options[i]->count() > 0) parsed.without_effect.emplace_back(flags_of_alertmanager[i]);
  }
  if (!retention.empty()) {
    const auto kept = parse_retention(retention);
    if (!kept) return tl::unexpected(kept.error());
    parsed.retention = *kept;
  }
  if (history.import->parsed()) {
    parsed.what = command_line::action::import_history;
    return parsed;
  }
  auto address = parse_address(listen);
  if (!address) return tl::unexpected(address.error());
  std::tie(parsed.listen_host, parsed.listen_port) = std::move(*address);
  return parsed;
}

config_ptr with_flags(config_ptr loaded, const command_line& line) {
  if (!line.retention) return loaded;
  auto changed = *loaded;
  changed.retention = *line.retention;
  return std::make_shared<const config>(std::move(changed));
}

} // namespace tocsin::config
