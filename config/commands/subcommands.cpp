#include "config/commands/subcommands.hpp"

#include <CLI/CLI.hpp>

#include "config/load.hpp"

namespace tocsin::config {

namespace {

using action = command_line::action;

void add_render_options(CLI::App& app, command_line& parsed) {
  auto& order = parsed.rendering;
  app.fallthrough();
  app.add_option("--template.glob", order.globs, "Files with templates, beside those of the configuration")
      ->type_name("GLOB");
  app.add_option("--template.text", order.text, "The text to render, such as {{ template \"x\" . }}")
      ->type_name("TEMPLATE");
  app.add_option_function<std::string>(
         "--template.type", [&order](const std::string& type) { order.html = type == "html"; },
         "text, or html where values are to be escaped")
      ->check(CLI::IsMember({"text", "html"}));
  app.add_option("--template.data", order.data_file, "JSON file in the shape of Alertmanager's webhook")
      ->type_name("FILE");
  app.add_option("--channel", order.channel, "The channel whose message is shown, such as ops/slack/0")
      ->type_name("CHANNEL");
}

/// Adds commands and remembers what each stands for.
class command_table {
 public:
  explicit command_table(CLI::App& root) : root_(root) {}

  /// A word with commands below it.
  CLI::App& group(const std::string& name, const std::string& description) {
    auto* app = root_.add_subcommand(name, description);
    app->require_subcommand(1)->fallthrough();
    return *app;
  }

  /// A command that also reads the flags of the program.
  CLI::App& local(CLI::App& parent, const std::string& name, const std::string& description, action what) {
    auto& app = add(parent, name, description, what);
    app.fallthrough();
    return app;
  }

  /// A command that talks to a running program.
  CLI::App& remote(CLI::App& parent, const std::string& name, const std::string& description, action what,
                   client_order& order) {
    auto& app = add(parent, name, description, what);
    // The word above it may read the flags of the program, and what is below would do as it does.
    app.fallthrough(false);
    app.add_option("--url", order.url, "Where Tocsin is reached; may name a user, http://USER:PASSWORD@HOST")
        ->default_str("$TOCSIN_URL, else " + client_order{}.url)
        ->type_name("URL");
    app.add_option("--ca-file", order.ca_file, "Who signed its certificate, if not one whom the system trusts")
        ->type_name("FILE");
    return app;
  }

  std::vector<subcommand> all() && { return std::move(all_); }

 private:
  CLI::App& add(CLI::App& parent, const std::string& name, const std::string& description, action what) {
    auto* app = parent.add_subcommand(name, description);
    all_.push_back({app, what});
    return *app;
  }

  CLI::App& root_;
  std::vector<subcommand> all_;
};

void add_output(CLI::App& app, client_order& order) {
  app.add_option_function<std::string>(
         "-o,--output",
         [&order](const std::string& form) {
           order.output = form == "json" ? output_form::json : form == "csv" ? output_form::csv : output_form::table;
         },
         "How to write what was found")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->default_str("table");
}

void add_author(CLI::App& app, client_order& order, bool comment_required = false) {
  app.add_option("--by", order.by, "Who does it")->default_str("$USER")->type_name("NAME");
  app.add_option("--comment", order.comment, "Why")->required(comment_required);
}

void add_alert_queries(command_table& table, CLI::App& alerts, client_order& order) {
  auto& query =
      table.remote(alerts, "query", "List the alerts that fire, or those of the history", action::query_alerts, order);
  query.add_option("matchers", order.words, "Such as team=\"a\"; a word alone is an alert's name")
      ->type_name("MATCHER");
  auto* active = query.add_flag("--active", order.active, "Those that are notified");
  auto* silenced = query.add_flag("--silenced", order.silenced, "Those that are silenced");
  auto* inhibited = query.add_flag("--inhibited", order.inhibited, "Those that are inhibited");
  auto* history = query.add_flag("--history", order.history, "Those that began in the last --days days, over or not");
  history->excludes(active)->excludes(silenced)->excludes(inhibited);
  query.add_option("--days", order.days, "How far back")
      ->check(CLI::Range(1, 365))
      ->needs(history)
      ->capture_default_str()
      ->type_name("N");
  query.add_flag("--exit-code", order.exit_code, "Exit with 1 when there are none");
  add_output(query, order);
  auto& explain = table.remote(alerts, "explain", "Tell why people were told of an alert, or why not",
                               action::explain_alert, order);
  explain.add_option("id", order.subject, "The alert")->required()->type_name("ID");
  add_output(explain, order);
}

void add_alert_acts(command_table& table, CLI::App& alerts, client_order& order) {
  const auto act = [&](const std::string& name, const std::string& description, action what) -> CLI::App& {
    auto& app = table.remote(alerts, name, description, what, order);
    app.add_option("ids", order.words, "The alerts, as alerts query numbers them")->required()->type_name("ID");
    return app;
  };
  add_author(act("ack", "Take alerts: escalation and repeats stop", action::acknowledge_alerts), order);
  act("resolve", "End alerts", action::resolve_alerts)
      .add_option("--after", order.after, "How long they took, from their start, such as 90m; until now if not given")
      ->type_name("DURATION");
  auto& escalate = act("escalate", "Tell more people", action::escalate_alerts);
  add_author(escalate, order);
  escalate.add_option("--to", order.to_level, "The level")->required()->check(CLI::Range(1, 3))->type_name("LEVEL");
}

void add_silences(command_table& table, client_order& order) {
  auto& silence = table.group("silence", "Look at silences, add and end them");
  auto& add = table.remote(silence, "add", "Silence the alerts that match", action::add_silence, order);
  add.add_option("matchers", order.words, "Such as team=\"a\"; a word alone is an alert's name; all must match")
      ->required()
      ->type_name("MATCHER");
  add.add_option("--duration", order.lasts, "How long, such as 2h")->required()->type_name("DURATION");
  add.add_option("--start", order.starts, "From when on, such as 2026-11-24T22:00:00Z; now if not given")
      ->type_name("TIME");
  add_author(add, order, true);
  add.add_flag("--confirm", order.confirm, "Also when it matches unusually many alerts");
  auto& query = table.remote(silence, "query", "List the silences that hold or will", action::query_silences, order);
  query.add_option("matchers", order.words, "Only those with these matchers")->type_name("MATCHER");
  query.add_flag("--expired", order.expired, "Those that are over, too");
  query.add_flag("--exit-code", order.exit_code, "Exit with 1 when there are none");
  add_output(query, order);
  auto& expire = table.remote(silence, "expire", "End silences", action::expire_silences, order);
  expire.add_option("ids", order.words, "The silences")->required()->type_name("ID");
  add_author(expire, order);
}

void add_trials(command_table& table, CLI::App& root, command_line& parsed) {
  auto& order = parsed.client;
  auto& channel = table.group("channel", "Try channels");
  auto& test = table.remote(channel, "test", "Send a test message", action::test_channel, order);
  test.add_option("channel", order.subject, "A channel such as ops/slack/0, a receiver, or a kind such as slack")
      ->required()
      ->type_name("CHANNEL");
  test.add_option("--by", order.by, "Who asks for it")->default_str("$USER")->type_name("NAME");
  add_output(test, order);
  auto& drill = table.remote(root, "drill", "Have a running Tocsin hold a fire drill, and tell whether it arrived",
                             action::drill, order);
  drill.add_option("--receiver", parsed.receiver, "The receiver whose channels it must reach")
      ->required()
      ->type_name("NAME");
  drill.add_option("--within", parsed.within, "How long it may take, at most 2m")
      ->capture_default_str()
      ->type_name("DURATION");
  drill.add_option("--severity", parsed.severity, "What the alert declares: critical, warning or info")
      ->capture_default_str();
}

void add_routes(command_table& table, route_order& order) {
  auto& routes = table.group("routes", "Look at the routes of --config.file");
  table.local(routes, "show", "Show the tree of routes", action::show_routes);
  auto& test =
      table.local(routes, "test", "Which routes an alert with these labels takes, and why", action::test_routes);
  test.add_option("labels", order.labels, "Such as severity=critical")->required()->type_name("LABEL=VALUE");
  test.add_option_function<std::vector<std::string>>(
          "--expect", [&order](const std::vector<std::string>& names) { order.expected = names; },
          "Exit with 1 unless these receivers are told, and no others; separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("RECEIVERS");
}

void add_history(command_table& table, history_order& order) {
  auto& history = table.group("history", "Bring old alerts into the history, make a back-up of it, or verify it");
  auto& import = table.local(history, "import", "Bring alerts of a file into --storage.path; Tocsin must not run",
                             action::import_history);
  import.add_option("file", order.file, "An export (CSV or NDJSON), or a SQLite file with a table alert_history")
      ->required();
  import.add_option("--format", order.format, "csv, ndjson or sqlite; what the file looks like when not given")
      ->check(CLI::IsMember({"csv", "ndjson", "sqlite"}));
  import.add_flag("--dry-run", order.dry_run, "Look at all rows and write nothing");
  import.add_flag("--close-open", order.close_open,
                  "Take alerts without an end to have ended when they were last heard of");
  import.add_flag("--from-start", order.from_start, "Begin at the front, also where an import was broken off");
  auto& back_up = table.local(history, "export", "Make a back-up of --storage.path, also while Tocsin runs",
                              action::export_history);
  back_up.add_option("file", order.file, "Where the copy is to be")->required();
  back_up
      .add_option("--format", order.format,
                  "sqlite: a back-up, the default; csv or ndjson: the alerts alone, as the API exports them")
      ->check(CLI::IsMember({"csv", "ndjson", "sqlite"}));
  back_up.add_flag("--force", order.force, "Replace the file when it is there");
  table.local(history, "verify", "The same as storage verify", action::verify_storage);
}

void add_local_commands(command_table& table, CLI::App& root, command_line& parsed) {
  table.local(root, "serve", "Take alerts in and notify; what is done without a command, too", action::serve);
  auto& check = table.local(root, "check-config", "Read and validate a configuration file, and --web.config.file",
                            action::check_config);
  check.add_option("file", parsed.argument, "The file")->required()->type_name("FILE");
  auto& storage = table.group("storage", "Look after the database of --storage.path");
  table.local(storage, "verify", "Count all alerts anew and compare with what the analytics say",
              action::verify_storage);
  table.local(storage, "rebuild", "Make what the analytics read anew; the program must not run",
              action::rebuild_storage);
  auto& templates = table.group("template", "Try templates");
  add_render_options(
      table.local(templates, "render", "Render a template, or the message of a channel of --config.file, for a sample",
                  action::render_template),
      parsed);
  auto& completion = table.local(root, "completion", "Print a script that completes command lines", action::completion);
  completion.add_option("shell", parsed.argument, "The shell it is for")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
}

} // namespace

std::vector<subcommand> add_subcommands(CLI::App& root, command_line& parsed) {
  // Not by the library: it would read the environment for the commands that were not named as well, on top of a flag.
  const auto variables = process_environment();
  if (const auto url = variables("TOCSIN_URL"); url && !url->empty()) parsed.client.url = *url;
  parsed.client.by = variables("USER").value_or("");
  command_table table(root);
  add_local_commands(table, root, parsed);
  auto& alerts = table.group("alerts", "Look at alerts and act on them");
  add_alert_queries(table, alerts, parsed.client);
  add_alert_acts(table, alerts, parsed.client);
  add_silences(table, parsed.client);
  add_routes(table, parsed.routes);
  add_history(table, parsed.history);
  add_trials(table, root, parsed);
  return std::move(table).all();
}

command_line::action chosen(const std::vector<subcommand>& commands) {
  for (const auto& one : commands) {
    if (one.app->parsed()) return one.what;
  }
  return action::serve;
}

} // namespace tocsin::config
