#include <algorithm>
#include <utility>

#include "protocols/channels/email_body.hpp"
#include "protocols/channels/parts.hpp"
#include "protocols/channels/wording.hpp"
#include "protocols/digest.hpp"
#include "protocols/mime.hpp"
#include "protocols/utf8.hpp"

namespace tocsin::channels {

namespace {

constexpr std::size_t subject_limit = 200;
constexpr std::size_t header_limit = 1000;
/// Of a digest, as much as keeps two apart.
constexpr std::size_t id_digits = 24;

std::string subject_of(const notification& n) {
  auto text = "[" + status_word(n) + "] " + n.alert_name() + " (" + std::string(to_string(n.most_urgent())) + ")";
  return cut_to_characters(text, subject_limit);
}

std::string id_of(std::string_view what, std::string_view domain) {
  return "<tocsin." + sha256_hex(what).substr(0, id_digits) + "@" + std::string(domain) + ">";
}

/// The same for every attempt, so that mail programs show a mail that came twice once.
std::string message_id(const notification& n, std::string_view domain) {
  return id_of(n.channel + "\n" + n.group_key + "\n" + std::to_string(n.id.value) + "\n" + to_rfc3339(n.created_at),
               domain);
}

/// A root that no mail has: what is about one group hangs together.
std::string thread_id(const notification& n, std::string_view domain) {
  return id_of(n.channel + "\n" + n.group_key, domain);
}

bool same_header(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool holds_addresses(std::string_view name) {
  constexpr std::string_view names[] = {"From", "To", "Cc", "Reply-To", "Sender"};
  return std::any_of(std::begin(names), std::end(names), [name](auto one) { return same_header(one, name); });
}

/// The configured header, or else ours.
std::string header_or(const email_channel& c, std::string_view name, std::string ours, wording& words) {
  const auto given = std::find_if(c.headers.begin(), c.headers.end(),
                                  [name](const auto& one) { return same_header(one.first, name); });
  if (given == c.headers.end()) return ours;
  const auto said = words.text("headers." + given->first, given->second);
  if (!said) return ours;
  if (!holds_addresses(name)) return mime::header(name, cut_to_characters(*said, header_limit));
  const auto boxes = parse_mailboxes(*said);
  if (boxes) return mime::header(name, *boxes);
  words.fail_with("headers." + given->first, boxes.error().message);
  return ours;
}

std::string headers_of(const email_channel& c, const std::vector<mailbox>& to, const notification& n, wording& words) {
  const auto domain = std::string_view(c.from.address).substr(c.from.address.rfind('@') + 1);
  auto out = header_or(c, "From", mime::header("From", {c.from}), words);
  out += header_or(c, "To", mime::header("To", to), words);
  out += header_or(c, "Subject", mime::header("Subject", subject_of(n)), words);
  out += mime::header("Date", mime::date(n.created_at));
  out += mime::header("Message-ID", message_id(n, domain));
  out += mime::header("In-Reply-To", thread_id(n, domain));
  out += mime::header("References", thread_id(n, domain));
  // Keeps holiday answers away (RFC 3834).
  out += "Auto-Submitted: auto-generated\r\n";
  for (const auto& [name, text] : c.headers) {
    if (same_header(name, "From") || same_header(name, "To") || same_header(name, "Subject")) continue;
    out += header_or(c, name, {}, words);
  }
  return out;
}

/// Whom it goes to; nobody when the template of the recipients cannot be used.
std::vector<mailbox> recipients_of(const email_channel& c, wording& words) {
  if (!c.to_template.is_set()) return c.to;
  const auto said = words.text("to", c.to_template);
  if (!said) return {};
  auto boxes = parse_mailboxes(*said);
  if (boxes && !boxes->empty()) return *std::move(boxes);
  words.fail_with("to", boxes ? "the template names nobody" : boxes.error().message);
  return {};
}

std::string part(std::string_view boundary, std::string_view type, const std::string& text) {
  std::string out = "--";
  out.append(boundary).append("\r\nContent-Type: ").append(type).append("; charset=utf-8\r\n");
  out += "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
  return out.append(mime::quoted_printable(replace_invalid_utf8(text))).append("\r\n");
}

/// A text of the configuration's own says too what failed.
std::string with_failures_text(const std::string& text, const wording& words) {
  return text.empty() ? text : failures_text(words.failures()) + text;
}
std::string with_failures_html(const std::string& html, const wording& words) {
  return html.empty() ? html : failures_html(words.failures()) + html;
}

/// How many recipients of each kind an attempt's message names.
constexpr std::size_t most_named = 10;

constexpr std::int32_t first_failure = 400;
constexpr std::int32_t first_for_good = 500;

bool is_taken(const recipient_reply& r) {
  return r.status != 0 && r.status < first_failure;
}
bool is_refused(const recipient_reply& r) {
  return r.status >= first_failure;
}
bool is_refused_for_good(const recipient_reply& r) {
  return r.status >= first_for_good;
}

std::string answer_without_secrets(const email_channel& c, const std::string& text) {
  const http_options none;
  wire_response response;
  response.body = text;
  return answer_of(response, {{}, none, c.server.password});
}

bool is_accepted(const wire_response& response) {
  return response.status >= 200 && response.status < 300;
}

/// The reply to the whole mail, or why there is none.
std::string reply_of(const email_channel& c, const wire_response& response) {
  if (response.status == 0) {
    auto why = answer_without_secrets(c, response.error);
    return why.empty() ? "no answer" : why;
  }
  auto text = "SMTP " + std::to_string(response.status);
  const auto answer = answer_without_secrets(c, response.body);
  return answer.empty() ? text : text + ": " + answer;
}

/// `; taken for a@b, c@d` and `; refused e@f: 550 no such user`.
std::string named_recipients(const email_channel& c, const wire_response& response) {
  std::string taken;
  std::string refused;
  std::size_t takes = 0;
  std::size_t refusals = 0;
  for (const auto& r : response.recipients) {
    if (is_refused(r)) {
      if (++refusals > most_named) continue;
      refused += "; refused " + answer_without_secrets(c, r.address + ": " + std::to_string(r.status) + " " + r.text);
    } else if (is_taken(r) && is_accepted(response)) {
      if (++takes <= most_named) taken += (takes == 1 ? "; taken for " : ", ") + r.address;
    }
  }
  if (takes > most_named) taken += " and " + std::to_string(takes - most_named) + " more";
  if (refusals > most_named) refused += "; refused " + std::to_string(refusals - most_named) + " more";
  return taken + refused;
}

std::string message_of(const email_channel& c, const wire_response& response) {
  const auto& all = response.recipients;
  const auto refusals = static_cast<std::size_t>(std::count_if(all.begin(), all.end(), is_refused));
  if (refusals == 0 || all.size() == 1) return reply_of(c, response);
  const auto nobody = refusals == all.size();
  return (nobody ? "SMTP: every recipient was refused" : reply_of(c, response)) + named_recipients(c, response);
}

/// Those recipients of which `wanted` is true, by their addresses.
template <class Predicate>
std::vector<std::string> addresses(const wire_response& response, Predicate wanted) {
  std::vector<std::string> found;
  for (const auto& r : response.recipients) {
    if (wanted(r)) found.push_back(r.address);
  }
  return found;
}

/// A mail that was taken, if not for everybody.
verdict judge_accepted(const wire_response& response, std::string message) {
  verdict v{verdict::kind::delivered, std::nullopt, std::move(message)};
  v.again = addresses(response, [](const auto& r) { return is_refused(r) && !is_refused_for_good(r); });
  v.told_some = !v.again.empty();
  if (v.told_some) v.what = verdict::kind::retry;
  return v;
}

/// A mail that nobody has. Where no recipient was taken, the last reply is that to the
/// last of them, and says nothing of the others.
verdict judge_failed(const wire_response& response, std::string message) {
  const auto& all = response.recipients;
  const auto lost = std::any_of(all.begin(), all.end(), is_refused_for_good);
  const auto somebody_left = !std::all_of(all.begin(), all.end(), is_refused_for_good);
  const auto nobody_taken = std::none_of(all.begin(), all.end(), is_taken);
  const auto refused_later =
      std::any_of(all.begin(), all.end(), [](const auto& r) { return is_refused(r) && !is_refused_for_good(r); });
  const auto passes = response.status == 0 || (response.status >= first_failure && response.status < first_for_good)
                      || (nobody_taken && refused_later);
  verdict v{verdict::kind::give_up, std::nullopt, std::move(message)};
  if (!passes || (!all.empty() && !somebody_left)) return v;
  v.what = verdict::kind::retry;
  if (lost) v.again = addresses(response, [](const auto& r) { return !is_refused_for_good(r); });
  return v;
}

/// All recipients, or those of them that are still to be told.
std::vector<std::string> envelope_of(const std::vector<mailbox>& to, const std::vector<std::string>& only_to) {
  std::vector<std::string> all;
  std::vector<std::string> left;
  for (const auto& box : to) {
    all.push_back(box.address);
    if (std::find(only_to.begin(), only_to.end(), box.address) != only_to.end()) left.push_back(box.address);
  }
  // None of them: the configuration names others by now.
  return left.empty() ? all : left;
}

} // namespace

std::optional<smtp_message> render(const email_channel& c, const notification& n, const render_context& context,
                                   wording& words) {
  // Stands in no part: after quoted-printable an `=` has a hex digit or a line break behind it.
  const auto boundary = "=_tocsin_" + sha256_hex(n.group_key).substr(0, id_digits);
  smtp_message message;
  const auto to = recipients_of(c, words);
  if (to.empty()) return std::nullopt;
  message.server = c.server;
  message.from = c.from.address;
  message.to = envelope_of(to, context.only_to);
  message.timeout = c.timeout;
  const auto headers = headers_of(c, to, n, words);
  const auto own_text = words.text("text", c.text);
  const auto own_html = words.html("html", c.html);
  auto text = own_text ? with_failures_text(*own_text, words) : email_text(n, context, words.failures());
  auto html = own_html ? with_failures_html(*own_html, words) : email_html(n, context, words.failures());
  message.body =
      headers + "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n";
  // An empty body is left out, unless there would be none.
  if (!text.empty() || html.empty()) message.body += part(boundary, "text/plain", text);
  if (!html.empty()) message.body += part(boundary, "text/html", html);
  message.body += "--" + boundary + "--\r\n";
  return message;
}

verdict judge(const email_channel& c, const wire_response& response) {
  auto message = message_of(c, response);
  return is_accepted(response) ? judge_accepted(response, std::move(message))
                               : judge_failed(response, std::move(message));
}

} // namespace tocsin::channels
