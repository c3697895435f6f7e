#include <algorithm>
#include <array>

#include "protocols/alert.hpp"
#include "protocols/channels/parts.hpp"
#include "protocols/channels/wording.hpp"
#include "protocols/json_tree.hpp"
#include "protocols/sms_text.hpp"

namespace tocsin::channels {

namespace {

/// Twilio's errors that pass: too many requests, a full queue, their own trouble.
/// All others are about the request, which stays the same.
constexpr std::array<std::int64_t, 5> passing_errors{20429, 20500, 20503, 20504, 21611};

std::string form_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || plain.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
  }
  return out;
}

/// `CRITICAL FIRING:2 PoolExhausted db1: all connections are in use`
std::string text_of(const notification& n) {
  std::string text(tocsin::to_string(n.most_urgent()));
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  text.append(" ").append(status_word(n)).append(" ").append(n.alert_name());
  for (const auto& a : n.alerts) {
    if (n.firing() && a.resolved()) continue;
    const auto names = names_of(a.labels);
    if (!names.service.empty()) text.append(" ").append(names.service);
    if (!names.instance.empty()) text.append(" ").append(names.instance);
    if (const auto headline = headline_of(a); !headline.empty()) text.append(": ").append(headline);
    break;
  }
  return fit_into_one_sms(text);
}

/// The number of Twilio's error in an answer; 0 when it has none.
std::int64_t error_code(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::int64_t code = 0;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS) return 0;
  return root["code"].get(code) == simdjson::SUCCESS ? code : 0;
}

} // namespace

http_request render(const sms_channel& c, const notification& n, const render_context& context, wording& words) {
  http_request request;
  request.url = c.api_url + "/2010-04-01/Accounts/" + c.account_sid + "/Messages.json";
  request.headers = request_headers(n, context, "application/x-www-form-urlencoded");
  request.body = "To=" + form_encoded(c.to);
  request.body += c.messaging_service_sid.empty() ? "&From=" + form_encoded(c.from)
                                                  : "&MessagingServiceSid=" + form_encoded(c.messaging_service_sid);
  request.body += "&Body=" + form_encoded(fit_into_one_sms(words.text_or("text", c.text, text_of(n))));
  request.timeout = c.timeout;
  request.options = c.http;
  return request;
}

verdict judge(const sms_channel& c, const wire_response& response) {
  const request_secrets secrets{c.api_url, c.http, c.account_sid};
  auto v = judge_by_status(response, secrets);
  if (response.status == 201) return v;
  if (v.what == verdict::kind::delivered) {
    const auto answer = answer_of(response, secrets);
    v.what = verdict::kind::give_up;
    v.message += (answer.empty() ? ": the answer is empty" : ": " + answer) + " (expected 201)";
    return v;
  }
  const auto code = error_code(response.body);
  const auto passes = std::find(passing_errors.begin(), passing_errors.end(), code) != passing_errors.end();
  if (passes) v.what = verdict::kind::retry;
  return v;
}

} // namespace tocsin::channels
