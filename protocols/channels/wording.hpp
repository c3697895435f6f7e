#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/channel.hpp"

namespace tocsin::templates {
struct template_data;
class template_set;
} // namespace tocsin::templates

namespace tocsin::channels {

/// Words one notification: renders the texts of the configuration, and where one of them fails keeps
/// to our own words and remembers why. All texts of a notification together have a budget, so that none of them
/// holds up a notifier.
class wording {
 public:
  wording(const notification& n, const render_context& context);
  ~wording();
  wording(const wording&) = delete;
  wording& operator=(const wording&) = delete;

  /// What `t` says; nothing when it is not set, or fails.
  std::optional<std::string> text(std::string_view key, const templates::templated_text& t);
  std::optional<std::string> html(std::string_view key, const templates::templated_text& t);
  /// What `t` says, else `ours`.
  std::string text_or(std::string_view key, const templates::templated_text& t, std::string ours);

  /// `title: alerts.tmpl:3:7: …` for each that failed.
  const std::vector<std::string>& failures() const noexcept { return failures_; }
  /// Something that could be rendered cannot be used.
  void fail_with(std::string_view key, std::string_view why);

 private:
  std::optional<std::string> render(std::string_view key, const templates::templated_text& t, bool html);

  const notification& what_;
  const render_context& context_;
  /// Made when first needed.
  std::unique_ptr<templates::template_data> data_;
  std::vector<std::string> failures_;
};

} // namespace tocsin::channels
