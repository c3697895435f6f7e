#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "protocols/result.hpp"

namespace tocsin::templates {

class compiled_template;
class template_set;
struct template_data;
struct template_limits;

/// A text of the configuration that may be a template. What is plain costs nothing to render.
class templated_text {
 public:
  /// Not set: the channel words it itself.
  templated_text() = default;
  /// Plain text as it stands. Implicit: most keys are.
  templated_text(std::string plain) : set_(true), source_(std::move(plain)) {} // NOLINT(google-explicit-constructor)
  templated_text(const char* plain) : templated_text(std::string(plain)) {}    // NOLINT(google-explicit-constructor)

  /// Compiles `source` if there is anything to compute in it.
  /// @returns `name:line:column: what was expected`, also for a template that `set` does not have.
  static result<templated_text> make(const template_set& set, std::string_view name, std::string source);

  bool is_set() const noexcept { return set_; }
  /// Set, and the same for every notification.
  bool is_plain() const noexcept { return set_ && !compiled_; }
  /// As it was written.
  const std::string& source() const noexcept { return source_; }

  /// What it says about `data`; templates that it uses come from `set`.
  result<std::string> text(const template_set& set, const template_data& data, const template_limits& limits) const;
  result<std::string> html(const template_set& set, const template_data& data, const template_limits& limits) const;

  friend bool operator==(const templated_text& a, const templated_text& b) noexcept {
    return a.set_ == b.set_ && a.source_ == b.source_;
  }

 private:
  bool set_ = false;
  std::string source_;
  std::shared_ptr<const compiled_template> compiled_;
};

} // namespace tocsin::templates
