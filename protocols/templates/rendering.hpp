#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "protocols/templates/executor.hpp"
#include "protocols/templates/functions.hpp"
#include "protocols/templates/html_context.hpp"

namespace tocsin::templates {

/// What a rendering has written so far and what it has cost.
class rendering final : public workshop {
 public:
  explicit rendering(const execution& e);
  ~rendering() override;
  rendering(const rendering&) = delete;
  rendering& operator=(const rendering&) = delete;

  result<void> spend(std::size_t steps) override;
  result<const re2::RE2*> regex(std::string_view pattern) override;
  timestamp now() const override { return now_; }
  std::size_t longest_text() const override { return limits_.output; }
  bool html() const override { return html_; }

  /// Counts what a function made.
  result<void> keep(const value& made);
  /// What the template holds itself.
  result<void> write_literal(std::string_view bytes);
  /// What an action yields.
  result<void> write_value(const value& v);

  std::string take() { return std::move(out_); }

 private:
  result<void> write(std::string_view bytes);
  tl::unexpected<failure> output_exceeded() const;

  template_limits limits_;
  timestamp now_;
  bool html_;
  std::string out_;
  html_context context_;
  std::size_t steps_ = 0;
  std::size_t memory_ = 0;
  std::map<std::string, std::unique_ptr<re2::RE2>, std::less<>> regexes_;
};

} // namespace tocsin::templates
