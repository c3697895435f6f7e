#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/client_order.hpp"
#include "config/config.hpp"
#include "config/template_command.hpp"
#include "protocols/result.hpp"
#include "protocols/time.hpp"

namespace tocsin::config {

/// For `history import` and `history export`.
struct history_order {
  std::string file;
  /// `csv`, `ndjson` or `sqlite`; empty for an import that looks at the file.
  std::string format;
  bool dry_run = false;
  bool close_open = false;
  bool from_start = false;
  bool force = false;
};

/// An address to listen on.
struct listen_address {
  /// Empty: every interface, IPv6 and IPv4.
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const listen_address&) const = default;
};

/// `host:port`; with `[::]` for every interface and brackets round an IPv6 address.
std::string to_string(const listen_address& address);

/// What the command line asks for.
struct command_line {
  enum class action : std::uint8_t {
    serve,
    check_config,
    verify_storage,
    rebuild_storage,
    render_template,
    import_history,
    export_history,
    show_routes,
    test_routes,
    completion, ///< never returned: its script is printed
    // Of a running program, at `client.url`.
    query_alerts,
    acknowledge_alerts,
    resolve_alerts,
    escalate_alerts,
    explain_alert,
    add_silence,
    query_silences,
    expire_silences,
    test_channel,
    drill,
    print, ///< `text` is to be printed, and the program ends with `exit_code`
  };
  action what = action::serve;
  /// Empty for the built-in default.
  std::string config_file;
  std::string storage_path = "data";
  std::vector<listen_address> listen{{"127.0.0.1", 9095}};
  /// systemd has opened the sockets; `listen` does not count.
  bool systemd_socket = false;
  /// TLS, headers and users of the HTTP front; empty: none.
  std::string web_config_file;
  /// Without a slash at its end. Empty: made from the listen address.
  std::string external_url;
  /// What the paths of all endpoints begin with, such as `/am`; empty: nothing.
  std::string route_prefix;
  /// Receiver types of Alertmanager that are not available are left out instead of refused.
  bool skip_unknown_receivers = false;
  /// Wins over what the configuration says.
  std::optional<duration> retention;
  std::string log_level = "info";
  std::string log_format = "logfmt";
  /// Flags of Alertmanager that mean nothing here, to be named once in the log.
  std::vector<std::string> without_effect;
  std::string text;
  /// Of check-config: the file. Of completion: the shell.
  std::string argument;
  int exit_code = 0;
  /// For what is asked of a running program.
  client_order client;
  /// For `drill`: the receiver, and how long it may take.
  std::string receiver;
  std::string within = "30s";
  std::string severity = "info";
  template_order rendering;
  history_order history;
  route_order routes;
};

/// Reads the arguments of `main`.
/// @returns a failure that says which argument is wrong and what was expected.
result<command_line> parse_command_line(int argc, const char* const* argv, const std::string& version);

/// The configuration with what the command line says instead of it.
config_ptr with_flags(config_ptr loaded, const command_line& line);

} // namespace tocsin::config
