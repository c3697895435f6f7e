#include <array>
#include <string_view>
#include <utility>

#include "config/commands/outline.hpp"

namespace tocsin::config {

namespace {

/// Text as troff shows it to the letter: hyphens that can be copied, no requests.
std::string plain(std::string_view text) {
  std::string out;
  for (const auto c : text) {
    if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string bold(std::string_view text) {
  return "\\fB" + plain(text) + "\\fR";
}

std::string italic(std::string_view text) {
  return "\\fI" + plain(text) + "\\fR";
}

/// Made by `!--no-x`: told with the switch that it turns off.
bool is_negation(const option_outline& option, const std::string& name) {
  if (!name.starts_with("--no-")) return false;
  for (const auto& other : option.names) {
    if (other == "--" + name.substr(5)) return true;
  }
  return false;
}

void append_option(std::string& out, const option_outline& option) {
  out += ".TP\n";
  if (option.positional) {
    out += italic(option.names.front()) + "\n";
  } else {
    std::string names;
    for (const auto& name : option.names) {
      if (is_negation(option, name)) continue;
      names.append(names.empty() ? "" : ", ").append(bold(name));
    }
    if (!option.value.empty()) names += "=" + italic(option.value);
    out += names + "\n";
  }
  out += plain(option.description);
  std::string choices;
  for (const auto& choice : option.choices) choices.append(choices.empty() ? "" : ", ").append(choice);
  if (!choices.empty() && option.description.find(option.choices.front()) == std::string::npos) {
    out += ": " + plain(choices);
  }
  if (!option.otherwise.empty()) out += " (default " + plain(option.otherwise) + ")";
  out += ".\n";
}

void append_synopsis(std::string& out, const std::string& path, const command_outline& command) {
  out += bold(path);
  bool options = false;
  for (const auto& option : command.options) {
    if (!option.positional) {
      options = options || option.names.front() != "-h";
      continue;
    }
    const auto name = italic(option.names.front()) + (option.repeated ? " ..." : "");
    out += option.required ? " " + name : " [" + name + "]";
  }
  if (options) out += " [" + italic("options") + "]";
  out += '\n';
}

void append_commands(std::string& out, const std::string& path, const command_outline& command) {
  if (command.commands.empty()) {
    out += ".SS ";
    append_synopsis(out, path, command);
    out += plain(command.description) + ".\n";
    for (const auto& option : command.options) {
      if (option.names.front() != "-h") append_option(out, option);
    }
  }
  for (const auto& below : command.commands) append_commands(out, path + " " + below.name, below);
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> exit_codes{{
    {"0", "It was done; a server ended since it was told to"},
    {"1", "It could not be done, the server refused it or does not answer, or nothing was found where that was asked"},
    {"2", "The command line is wrong"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> examples{{
    {"Run with a configuration", "tocsin --config.file=tocsin.yml --storage.path=/var/lib/tocsin"},
    {"What fires, and take one of it", "tocsin alerts query severity=critical\ntocsin alerts ack 7 --comment 'on it'"},
    {"Nothing of this service for two hours", "tocsin silence add service=batch --duration 2h --comment 'new disks'"},
}};

} // namespace

std::string man_page(const command_outline& program, const std::string& version) {
  std::string out = ".TH TOCSIN 1 \"\" \"" + plain(program.name + " " + version) + "\" \"User Commands\"\n";
  out += ".SH NAME\n" + program.name + " \\- alert escalation, aggregation, notification and history\n.SH SYNOPSIS\n";
  out += bold(program.name) + " [" + italic("flags") + "]\n.br\n" + bold(program.name) + " " + italic("command") + " ["
         + italic("options") + "]\n";
  out +=
      ".SH DESCRIPTION\nTakes alerts from Prometheus or Alertmanager, groups them, suppresses symptoms, escalates "
      "what\n"
      "nobody acknowledged, delivers notifications and remembers everything. Without a command it serves.\n";
  out += ".SH FLAGS\n";
  for (const auto& option : program.options) append_option(out, option);
  out += ".SH COMMANDS\n";
  for (const auto& command : program.commands) append_commands(out, program.name + " " + command.name, command);
  out += ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] : exit_codes) {
    out += ".TP\n" + bold(code) + "\n" + plain(meaning) + ".\n";
  }
  out += ".SH ENVIRONMENT\n.TP\n" + bold("TOCSIN_URL") + "\nWhere the commands that talk to a server find it.\n.TP\n"
         + bold("NO_COLOR") + "\nWhen it is set and not empty, nothing is coloured.\n";
  out += ".SH EXAMPLES\n";
  for (const auto& [what, how] : examples) {
    out += ".PP\n" + plain(what) + ":\n.PP\n.nf\n.RS\n" + plain(how) + "\n.RE\n.fi\n";
  }
  return out;
}

} // namespace tocsin::config
