#include "protocols/templates/rendering.hpp"

#include <re2/re2.h>

#include "protocols/templates/print.hpp"
#include "protocols/templates/source.hpp"

namespace tocsin::templates {

namespace {

/// What compiling an expression costs, in steps; it takes much longer than a call.
constexpr std::size_t price_of_regex = 1'000;
/// More than that in one rendering are compiled anew each time.
constexpr std::size_t most_regexes = 64;
constexpr std::int64_t regex_memory = 1024 * 1024;

} // namespace

rendering::rendering(const execution& e) : limits_(e.limits), now_(e.data->now), html_(e.html) {}

rendering::~rendering() = default;

result<void> rendering::spend(std::size_t steps) {
  steps_ += steps;
  if (steps_ <= limits_.steps) return {};
  return fail("stopped: the template took more than " + std::to_string(limits_.steps) + " steps");
}

result<const re2::RE2*> rendering::regex(std::string_view pattern) {
  if (const auto found = regexes_.find(pattern); found != regexes_.end()) return found->second.get();
  if (auto paid = spend(price_of_regex + pattern.size()); !paid) return tl::unexpected(std::move(paid).error());
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(regex_memory);
  auto made = std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!made->ok()) return fail("the regular expression " + quoted_start(pattern) + " is not valid: " + made->error());
  if (regexes_.size() == most_regexes) regexes_.erase(regexes_.begin());
  return regexes_.emplace(std::string(pattern), std::move(made)).first->second.get();
}

result<void> rendering::keep(const value& made) {
  memory_ += own_size(made);
  if (memory_ <= limits_.memory) return {};
  return fail("stopped: the template's values took more than " + std::to_string(limits_.memory) + " bytes of memory");
}

tl::unexpected<failure> rendering::output_exceeded() const {
  return fail("stopped: the result grew longer than " + std::to_string(limits_.output) + " bytes");
}

result<void> rendering::write(std::string_view bytes) {
  if (bytes.size() > limits_.output - out_.size()) return output_exceeded();
  out_ += bytes;
  return {};
}

result<void> rendering::write_literal(std::string_view bytes) {
  if (html_) context_.feed(bytes);
  return write(bytes);
}

result<void> rendering::write_value(const value& v) {
  if (!html_) {
    if (v.missing()) return write("<no value>");
    if (const auto* t = v.as<text>()) return write(t->view());
    return append_printed(out_, v, limits_.output) ? result<void>() : output_exceeded();
  }
  std::string printed;
  if (!v.missing() && !append_printed(printed, v, limits_.output)) return output_exceeded();
  const auto* t = v.as<text>();
  return write(context_.escape(printed, t ? t->as : markup::plain));
}

} // namespace tocsin::templates
