#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "protocols/result.hpp"

namespace tocsin::config {

/// Looks a variable of the environment up; `std::nullopt` when it is not set.
using environment = std::function<std::optional<std::string>(std::string_view name)>;

/// The process's own environment.
environment process_environment();

using config_ptr = std::shared_ptr<const config>;

/// How a file is read.
struct load_options {
  /// Receiver types of Alertmanager that are not available are left out, with a warning, instead of refused.
  bool skip_unknown_receivers = false;
};

/// Reads and validates a configuration file. The message of a failure has the
/// form `alertmanager.yml:12: receivers[0].webhook_configs[0].url: expected …`.
/// Reads files; call it outside of actors.
result<config_ptr> load_file(const std::string& path, const environment& env, const load_options& options = {});

/// The same from text; `name` stands for the file in messages.
result<config_ptr> load_text(std::string_view yaml, const std::string& name, const environment& env,
                             const load_options& options = {});

/// The built-in default: levels, windows, escalation and channels by severity;
/// standard output always, other channels once their variables are set.
/// Throws `std::invalid_argument`, with a sentence for people, when a variable
/// it reads holds something else than it should.
config_ptr built_in(const environment& env);

/// The text of the built-in default: a complete file to begin with.
std::string_view built_in_text() noexcept;

/// For people: what a valid configuration holds, in a few lines.
std::string summary(const config& c);

} // namespace tocsin::config
