#include "config/command_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

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

/// `host:port`, `:port` or `[v6]:port`.
result<listen_address> parse_address(std::string_view text) {
  const auto bad = [text] {
    return fail("--web.listen-address: expected HOST:PORT, such as 127.0.0.1:9095 or :9095, found \""
                + std::string(text) + "\"");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  auto host = text.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad();
  }
  const auto port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc{} || end != port_text.data() + port_text.size()) return bad();
  return listen_address{std::string(host), port};
}

result<std::vector<listen_address>> parse_addresses(const std::vector<std::string>& texts) {
  std::vector<listen_address> all;
  for (const auto& text : texts) {
    auto address = parse_address(text);
    if (!address) return tl::unexpected(address.error());
    if (std::find(all.begin(), all.end(), *address) != all.end() && address->port != 0) {
      return fail("--web.listen-address: \"" + text + "\" is given twice; give each address once");
    }
    all.push_back(*std::move(address));
  }
  return all;
}

std::string without_slashes_at_end(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

/// Links are made by putting a path behind it, so it may not have a query of its own.
result<std::string> parse_external_url(const std::string& text) {
  const auto scheme = text.starts_with("http://")    ? std::string_view("http://")
                      : text.starts_with("https://") ? std::string_view("https://")
                                                     : std::string_view();
  const auto odd = [](char c) { return c <= ' ' || c == '\x7f' || c == '?' || c == '#'; };
  const auto rest = std::string_view(text).substr(scheme.size());
  if (scheme.empty() || rest.empty() || rest.front() == '/' || std::any_of(rest.begin(), rest.end(), odd)) {
    return fail(
        "--web.external-url: expected an http or https URL without a query, such as https://example.org/alerts,"
        " found \""
        + text + "\"");
  }
  return without_slashes_at_end(text);
}

/// The path of a URL that `parse_external_url` has made; empty when there is none.
std::string path_of(const std::string& url) {
  const auto authority = url.find("://");
  const auto path = authority == std::string::npos ? std::string::npos : url.find('/', authority + 3);
  return path == std::string::npos ? std::string() : url.substr(path);
}

/// `am`, `/am` and `/am/` are the same; `/` is none.
result<std::string> parse_route_prefix(std::string_view text) {
  const auto odd = [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return !letter && std::string_view("/-._~").find(c) == std::string_view::npos;
  };
  if (std::any_of(text.begin(), text.end(), odd) || text.find("//") != std::string_view::npos) {
    return fail("--web.route-prefix: expected a path of letters, digits and -._~, such as /alerts, found \""
                + std::string(text) + "\"");
  }
  while (text.starts_with('/')) text.remove_prefix(1);
  auto prefix = without_slashes_at_end(std::string(text));
  return prefix.empty() ? prefix : "/" + prefix;
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

/// What `add_web_options` reads, before it is checked.
struct web_texts {
  std::vector<std::string> listen;
  std::string external_url;
  std::optional<std::string> route_prefix;
};

void add_web_options(CLI::App& app, web_texts& texts, command_line& parsed) {
  app.add_option("--web.listen-address", texts.listen,
                 "Address to listen on, HOST:PORT or :PORT; may be repeated (default 127.0.0.1:9095)")
      ->allow_extra_args(false);
  app.add_flag("--web.systemd-socket,!--no-web.systemd-socket", parsed.systemd_socket,
               "Listen on the sockets that systemd has opened, not on --web.listen-address");
  app.add_option("--web.config.file", parsed.web_config_file, "File that switches TLS and authentication on")
      ->take_last();
  app.add_option("--web.external-url", texts.external_url, "URL under which people reach this program")->take_last();
  app.add_option_function<std::string>(
         "--web.route-prefix", [&texts](const std::string& prefix) { texts.route_prefix = prefix; },
         "What the paths of all endpoints begin with; by default the path of --web.external-url")
      ->take_last();
}

/// @returns what is wrong, if anything.
std::optional<failure> read_web_texts(const web_texts& texts, command_line& parsed) {
  if (!texts.external_url.empty()) {
    auto url = parse_external_url(texts.external_url);
    if (!url) return url.error();
    parsed.external_url = *std::move(url);
  }
  // As with Alertmanager, an empty prefix is one that was not given.
  const auto given = texts.route_prefix.value_or("");
  auto prefix = parse_route_prefix(given.empty() ? path_of(parsed.external_url) : given);
  if (!prefix) return prefix.error();
  parsed.route_prefix = *std::move(prefix);
  if (texts.listen.empty()) return std::nullopt;
  auto addresses = parse_addresses(texts.listen);
  if (!addresses) return addresses.error();
  parsed.listen = *std::move(addresses);
  return std::nullopt;
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
  app.set_help_flag("-h,--help,--help-long,--help-man", "Print this help message and exit");
  app.add_option("--config.file", parsed.config_file, "Configuration file; the built-in default when not given")
      ->take_last();
  app.add_flag("--config.skip-unknown-receivers,!--no-config.skip-unknown-receivers", parsed.skip_unknown_receivers,
               "Leave out receivers of types that are not available, instead of refusing the file");
  app.add_option("--storage.path", parsed.storage_path, "Folder of the database")->take_last()->capture_default_str();
  web_texts web;
  add_web_options(app, web, parsed);
  std::string retention;
  app.add_option("--data.retention", retention, "How long history is kept, such as 120h or 90d; 0 for ever")
      ->take_last();
  app.add_option("--log.level", parsed.log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->take_last()
      ->capture_default_str();
  app.add_option("--log.format", parsed.log_format, "logfmt or json")
      ->check(CLI::IsMember({"logfmt", "json"}))
      ->take_last()
      ->capture_default_str();
  const ignored_flags ignored(app);
  auto* check = app.add_subcommand("check-config", "Read and validate a configuration file, and --web.config.file");
  check->fallthrough();
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

  auto arguments = arguments_for(app, argc, argv);
  if (!arguments) return tl::unexpected(arguments.error());
  try {
    // The library takes them from the back.
    std::reverse(arguments->begin(), arguments->end());
    app.parse(std::move(*arguments));
  } catch (const CLI::Success& e) {
    std::ostringstream out;
    app.exit(e, out, out);
    parsed.what = command_line::action::print;
    parsed.text = out.str();
    return parsed;
  } catch (const CLI::ParseError& e) {
    return fail(std::string(e.what()) + "; see tocsin --help");
  }
  if (auto wrong = read_web_texts(web, parsed)) return tl::unexpected(*std::move(wrong));
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
  parsed.without_effect = ignored.given();
  if (!retention.empty()) {
    const auto kept = parse_retention(retention);
    if (!kept) return tl::unexpected(kept.error());
    parsed.retention = *kept;
  }
  if (history.import->parsed()) {
    parsed.what = command_line::action::import_history;
    return parsed;
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
