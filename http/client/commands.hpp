#pragma once

#include "config/command_line.hpp"
#include "http/client/table.hpp"
#include "protocols/time.hpp"
#include "storage/history_command.hpp"

/// The commands that talk to a running Tocsin. Each answers with what goes to standard output, a line for
/// standard error and its exit code: 0 done, 1 could not or found nothing where that is asked, 2 asked wrongly.
namespace tocsin::http {

storage::command_outcome query_alerts(const config::client_order& order, const console_style& style);
storage::command_outcome acknowledge_alerts(const config::client_order& order);
storage::command_outcome resolve_alerts(const config::client_order& order);
storage::command_outcome escalate_alerts(const config::client_order& order);
storage::command_outcome explain_alert(const config::client_order& order, const console_style& style);
storage::command_outcome add_silence(const config::client_order& order, timestamp now);
storage::command_outcome query_silences(const config::client_order& order, const console_style& style);
storage::command_outcome expire_silences(const config::client_order& order);
storage::command_outcome test_channel(const config::client_order& order, const console_style& style);

/// The one of these that the command line names; serve and the like are none of them.
storage::command_outcome run_client_command(const config::command_line& line, const console_style& style,
                                            timestamp now);

} // namespace tocsin::http
