#include "protocols/channels/wording.hpp"

#include "protocols/channels/parts.hpp"
#include "protocols/templates/built_in.hpp"
#include "protocols/templates/template_set.hpp"
#include "protocols/templates/templated_text.hpp"

namespace tocsin::channels {

namespace {

/// Far more than a message needs; some 50 ms of work at most.
constexpr std::size_t most_steps = 200'000;
constexpr std::size_t most_bytes = 256UL * 1024;
/// Who has spent this many budgets gets no more.
constexpr std::size_t most_failures = 3;
constexpr std::size_t failure_limit = 300;

} // namespace

wording::wording(const notification& n, const render_context& context) : what_(n), context_(context) {}
wording::~wording() = default;

void wording::fail_with(std::string_view key, std::string_view why) {
  failures_.push_back(printable(std::string(key) + ": " + std::string(why), failure_limit));
}

std::optional<std::string> wording::render(std::string_view key, const templates::templated_text& t, bool html) {
  if (!t.is_set()) return std::nullopt;
  if (t.is_plain()) return t.source();
  if (failures_.size() >= most_failures) {
    fail_with(key, "left out, since others have failed");
    return std::nullopt;
  }
  static const auto built_in = std::make_shared<const templates::template_set>(templates::built_in_templates());
  const auto& set = context_.templates ? *context_.templates : *built_in;
  if (!data_) data_ = std::make_unique<templates::template_data>(templates::data_of(what_, context_));
  const templates::template_limits limits{most_steps, most_bytes};
  auto rendered = html ? t.html(set, *data_, limits) : t.text(set, *data_, limits);
  if (rendered) return *std::move(rendered);
  fail_with(key, rendered.error().message);
  return std::nullopt;
}

std::optional<std::string> wording::text(std::string_view key, const templates::templated_text& t) {
  return render(key, t, false);
}

std::optional<std::string> wording::html(std::string_view key, const templates::templated_text& t) {
  return render(key, t, true);
}

std::string wording::text_or(std::string_view key, const templates::templated_text& t, std::string ours) {
  auto said = text(key, t);
  return said ? *std::move(said) : std::move(ours);
}

} // namespace tocsin::channels
