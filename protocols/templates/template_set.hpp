#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "protocols/channel.hpp"
#include "protocols/notification.hpp"
#include "protocols/templates/syntax.hpp"
#include "protocols/templates/value.hpp"

namespace tocsin::templates {

/// What one rendering may cost. What exceeds a limit fails and says which.
struct template_limits {
  /// Actions, function calls and rounds of a range; large arguments count more.
  std::size_t steps = 1'000'000;
  /// Bytes of the result, and of any text on the way.
  std::size_t output = 1024 * 1024;
  /// Templates within templates.
  std::size_t depth = 100;
  /// Bytes of all values that were made on the way.
  std::size_t memory = 64 * 1024 * 1024;
};

/// What a template's dot is, and the moment that `since` counts up to.
struct template_data {
  value dot;
  timestamp now{};
};

/// Alertmanager's data for a notification: Receiver, Status, Alerts (with Firing
/// and Resolved), NotificationReason, GroupLabels, CommonLabels,
/// CommonAnnotations, RouteLabels, ExternalURL; and ours under Tocsin, here and
/// in each alert. Its `now` is the notification's creation, so that every
/// attempt renders the same.
template_data data_of(const notification& n, const render_context& context);

/// A text that was compiled once, such as a key of the configuration.
class compiled_template {
 public:
  /// True when nothing in it is computed.
  bool is_plain() const;

 private:
  friend class template_set;
  explicit compiled_template(parsed p) : parsed_(std::move(p)) {}

  parsed parsed_;
};

/// Templates by name, in the notation of Go's text/template with Alertmanager's
/// functions. Fill it first; then any number of threads may render from it at
/// the same time.
///
/// Different from Go: no complex or hexadecimal floating-point numbers, no
/// channels or functions as values, `call` is not known; strings of functions'
/// results are taken where Go insists on its exact type (`template.HTML` is a
/// string). Key order, printing and comparison are Go's. A missing label is the
/// empty string, as Alertmanager has it; a missing key of a `dict` prints
/// `<no value>` in text and nothing in HTML.
class template_set {
 public:
  /// Adds what `text` defines, and what stands outside of its defines under
  /// `name`. A definition replaces an earlier one of that name unless it is
  /// blank. On failure nothing is added.
  /// @returns `name:line:column: what was expected`.
  result<void> parse(std::string_view name, std::string_view text);

  /// Compiles a text that may use all templates of the set; what it defines
  /// itself is for it alone. The set may be filled later.
  result<compiled_template> compile(std::string_view name, std::string_view text) const;

  bool contains(std::string_view name) const;

  /// Whether every `template` action names one that exists; the failure names the
  /// first that does not, with its position. Go finds that only when it runs.
  result<void> check() const;
  result<void> check(const compiled_template& t) const;

  /// Renders plain text.
  /// @returns `name:line:column: what went wrong`, or which limit was exceeded.
  result<std::string> render_text(std::string_view name, const template_data& data,
                                  const template_limits& limits = {}) const;
  result<std::string> render_text(const compiled_template& t, const template_data& data,
                                  const template_limits& limits = {}) const;

  /// Renders HTML; values are escaped as `html_context` says.
  result<std::string> render_html(std::string_view name, const template_data& data,
                                  const template_limits& limits = {}) const;
  result<std::string> render_html(const compiled_template& t, const template_data& data,
                                  const template_limits& limits = {}) const;

 private:
  result<std::string> render_named(std::string_view name, const template_data& data, const template_limits& limits,
                                   bool html) const;

  definitions defined_;
  std::vector<template_use> uses_;
};

} // namespace tocsin::templates
