#include "protocols/ingest.hpp"

#include <optional>
#include <utility>

#include "protocols/alert_draft.hpp"
#include "protocols/alert_reader.hpp"
#include "protocols/json_text.hpp"
#include "protocols/json_writer.hpp"
#include "protocols/request_uri.hpp"
#include "protocols/utf8.hpp"

namespace tocsin {

namespace {

/// What Alertmanager's framework checks of a body that could be read, before
/// any alert is taken: the first offence refuses all.
std::optional<refusal> framework_fault(const std::vector<alert_draft>& drafts) {
  constexpr std::int32_t unprocessable = 422;
  constexpr std::int32_t invalid_type = 601;
  constexpr std::int32_t required = 602;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    const auto& draft = drafts[i];
    if (!draft.generator_url.empty() && !is_request_uri(draft.generator_url)) {
      auto message = std::to_string(i) + ".generatorURL in body must be of type uri: ";
      json_writer(message).value(draft.generator_url);
      return refusal{unprocessable, invalid_type, std::move(message)};
    }
    if (!draft.has_labels) return refusal{unprocessable, required, std::to_string(i) + ".labels in body is required"};
  }
  return std::nullopt;
}

/// Whether the body's first value is the word `null`.
bool is_null(std::string_view body) noexcept {
  constexpr std::string_view word = "null";
  body = skip_json_space(body);
  return body.starts_with(word) && first_json_value(body) == word.size();
}

/// Reads what the strict parser refused once more, as Alertmanager would: what
/// is not UTF-8 is replaced, what follows the first value is not looked at.
bool read_leniently(alert_reader& reader, std::string_view body) {
  std::string mended;
  if (find_invalid_utf8(body) != std::string_view::npos) {
    mended = replace_invalid_utf8(body);
    body = mended;
  }
  return reader.read_list(body.substr(0, first_json_value(body)));
}

tl::unexpected<refusal> refuse(refusal r) {
  return tl::unexpected<refusal>(std::move(r));
}

} // namespace

struct alert_parser::impl {
  alert_reader reader;

  result<parsed_alerts, refusal> parse_v2(std::string_view body, const ingest_options& options);
  result<parsed_alerts, refusal> parse_webhook(std::string_view body, const ingest_options& options);
};

result<parsed_alerts, refusal> alert_parser::impl::parse_v2(std::string_view body, const ingest_options& options) {
  if (skip_json_space(body).empty()) return refuse({422, 602, "alerts in body is required"});
  if (is_null(body)) return parsed_alerts{};
  if (!reader.read_list(body) && !(reader.malformed() && read_leniently(reader, body))) {
    return refuse({400, 400, "parsing alerts body from \"\" failed, because " + reader.fault()});
  }
  if (auto fault = framework_fault(reader.drafts())) return refuse(std::move(*fault));

  parsed_alerts parsed;
  parsed.accepted.reserve(reader.drafts().size());
  for (auto& draft : reader.drafts()) {
    if (auto settled = settle_posted(draft, options)) {
      parsed.accepted.push_back(std::move(*settled));
    } else {
      parsed.rejected.push_back(std::move(settled.error().message));
    }
  }
  return parsed;
}

result<parsed_alerts, refusal> alert_parser::impl::parse_webhook(std::string_view body, const ingest_options& options) {
  if (!reader.read_webhook(body)) return refuse({400, 400, "webhook body: " + reader.fault()});

  parsed_alerts parsed;
  parsed.accepted.reserve(reader.drafts().size());
  for (std::size_t i = 0; i < reader.drafts().size(); ++i) {
    if (auto settled = settle_notified(reader.drafts()[i], reader.group_status(), options)) {
      parsed.accepted.push_back(std::move(*settled));
    } else {
      parsed.rejected.push_back("alerts[" + std::to_string(i) + "]: " + settled.error().message);
    }
  }
  return parsed;
}

alert_parser::alert_parser() : impl_(std::make_unique<impl>()) {}
alert_parser::~alert_parser() = default;
alert_parser::alert_parser(alert_parser&&) noexcept = default;
alert_parser& alert_parser::operator=(alert_parser&&) noexcept = default;

result<parsed_alerts, refusal> alert_parser::parse_v2(std::string_view body, const ingest_options& options) {
  auto parsed = impl_->parse_v2(body, options);
  impl_->reader.release();
  return parsed;
}

result<parsed_alerts, refusal> alert_parser::parse_webhook(std::string_view body, const ingest_options& options) {
  auto parsed = impl_->parse_webhook(body, options);
  impl_->reader.release();
  return parsed;
}

} // namespace tocsin
