#include "protocols/silence_json.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <simdjson.h>

#include "protocols/alert_member.hpp"
#include "protocols/json_text.hpp"
#include "protocols/json_tree.hpp"
#include "protocols/utf8.hpp"

namespace tocsin {

namespace {

namespace dom = simdjson::dom;

constexpr std::int32_t unprocessable = 422;
constexpr std::int32_t required = 602;
constexpr std::int32_t too_few = 612;

/// A matcher as it was sent; what is unset was missing or null.
struct matcher_draft {
  std::optional<std::string> name;
  std::optional<std::string> value;
  std::optional<bool> is_regex;
  bool is_equal = true;

  match_op op() const noexcept {
    if (is_regex.value_or(false)) return is_equal ? match_op::regex : match_op::not_regex;
    return is_equal ? match_op::equal : match_op::not_equal;
  }
  /// The first required member that is missing, in the order of the alphabet.
  const char* missing() const noexcept {
    if (!is_regex) return "isRegex";
    if (!name) return "name";
    return value ? nullptr : "value";
  }
};

/// A silence as it was sent; what is unset was missing or null.
struct silence_draft {
  std::string id;
  std::optional<std::string> comment;
  std::optional<std::string> created_by;
  std::optional<timestamp> starts_at;
  std::optional<timestamp> ends_at;
  std::optional<std::vector<matcher_draft>> matchers;
  std::vector<time_interval> recurrence;
  bool expire_on_resolve = false;
};

/// Reads the members of a silence; the first thing that is wrong is thrown as `json_fault`.
matcher_draft read_matcher(dom::element from, const std::string& at) {
  matcher_draft draft;
  for (auto [key, value] : json_object(from, at)) {
    const auto place = at + "." + std::string(key);
    if (value.is_null()) continue;
    if (same_key(key, "name")) draft.name = json_string(value, place);
    if (same_key(key, "value")) draft.value = json_string(value, place);
    if (same_key(key, "isRegex")) draft.is_regex = json_boolean(value, place);
    if (same_key(key, "isEqual")) draft.is_equal = json_boolean(value, place);
  }
  return draft;
}

std::vector<matcher_draft> read_drafts(dom::element from, const std::string& at) {
  std::vector<matcher_draft> drafts;
  for (auto element : json_array(from, at)) {
    const auto place = at + "[" + std::to_string(drafts.size()) + "]";
    drafts.push_back(element.is_null() ? matcher_draft{} : read_matcher(element, place));
  }
  return drafts;
}

/// Go's zero time and an empty text are moments long past, as they are to Alertmanager.
timestamp read_moment(dom::element from, const std::string& at) {
  auto moment = parse_rfc3339(json_string(from, at));
  if (!moment) throw json_fault(at + ": " + moment.error().message);
  return moment->value_or(timestamp{});
}

silence_draft read_draft(dom::element from) {
  silence_draft draft;
  if (from.is_null()) return draft;
  for (auto [key, value] : json_object(from, "")) {
    const std::string at(key);
    if (value.is_null()) continue;
    if (same_key(key, "id")) draft.id = json_string(value, at);
    if (same_key(key, "comment")) draft.comment = json_string(value, at);
    if (same_key(key, "createdBy")) draft.created_by = json_string(value, at);
    if (same_key(key, "startsAt")) draft.starts_at = read_moment(value, at);
    if (same_key(key, "endsAt")) draft.ends_at = read_moment(value, at);
    if (same_key(key, "matchers")) draft.matchers = read_drafts(value, at);
    if (same_key(key, "recurrence")) draft.recurrence = json_intervals(value, at);
    if (same_key(key, "expireOnResolve")) draft.expire_on_resolve = json_boolean(value, at);
  }
  return draft;
}

refusal lacks(const std::string& member) {
  return {unprocessable, required, member + " in body is required"};
}

/// What Alertmanager's framework checks, in its order.
std::optional<refusal> framework_fault(const silence_draft& draft) {
  if (!draft.comment) return lacks("comment");
  if (!draft.created_by) return lacks("createdBy");
  if (!draft.ends_at) return lacks("endsAt");
  if (!draft.matchers) return lacks("matchers");
  if (draft.matchers->empty()) return refusal{unprocessable, too_few, "matchers in body should have at least 1 items"};
  for (std::size_t i = 0; i < draft.matchers->size(); ++i) {
    const auto* missing = (*draft.matchers)[i].missing();
    if (missing != nullptr) return lacks("matchers." + std::to_string(i) + "." + missing);
  }
  if (!draft.starts_at) return lacks("startsAt");
  return std::nullopt;
}

refusal invalid(const std::string& why) {
  constexpr std::int32_t by_handler = 0;
  return {400, by_handler, "invalid silence: " + why};
}

result<matcher, refusal> settle_matcher(matcher_draft& draft, std::size_t index) {
  const auto place = "invalid label matcher " + std::to_string(index) + " in set 0: ";
  if (draft.name->empty()) return tl::unexpected(invalid(place + "invalid label name \"\""));
  std::string quoted;
  append_go_quoted(quoted, *draft.value);
  const auto anchored = "`^(?:" + *draft.value + ")$`";
  const auto plain = "`" + *draft.value + "`";
  auto made = matcher::make(*std::move(draft.name), draft.op(), *std::move(draft.value));
  if (made) return *std::move(made);
  auto why = made.error().message;
  // Alertmanager reads a silence's expression as it stands.
  if (const auto at = why.find(anchored); at != std::string::npos) why.replace(at, anchored.size(), plain);
  return tl::unexpected(invalid(place + "invalid regular expression " + quoted + ": " + why));
}

/// Alertmanager looks only at the matchers that ask for something: `a!=""` may stand alone.
bool asks_for_nothing(const matcher& m) noexcept {
  return (m.op() == match_op::equal || m.op() == match_op::regex) && m.matches(std::string_view{});
}

result<silence, refusal> settle(silence_draft draft) {
  if (auto fault = framework_fault(draft)) return tl::unexpected(*std::move(fault));
  silence s;
  s.id = std::move(draft.id);
  s.comment = *std::move(draft.comment);
  s.created_by = *std::move(draft.created_by);
  s.starts_at = *draft.starts_at;
  s.ends_at = *draft.ends_at;
  s.recurrence = std::move(draft.recurrence);
  s.expire_on_resolve = draft.expire_on_resolve;
  for (auto& m : *draft.matchers) {
    auto settled = settle_matcher(m, s.matchers.size());
    if (!settled) return tl::unexpected(std::move(settled.error()));
    s.matchers.push_back(*std::move(settled));
  }
  if (std::all_of(s.matchers.begin(), s.matchers.end(), asks_for_nothing)) {
    return tl::unexpected(invalid("matcher set 0: at least one matcher must not match the empty string"));
  }
  return s;
}

} // namespace

void write_matchers(json_writer& w, const std::vector<matcher>& matchers) {
  w.begin_array();
  for (const auto& m : matchers) {
    w.begin_object().member("isEqual", m.op() == match_op::equal || m.op() == match_op::regex);
    w.member("isRegex", m.op() == match_op::regex || m.op() == match_op::not_regex);
    w.member("name", m.name()).member("value", m.value()).end_object();
  }
  w.end_array();
}

result<std::vector<matcher>> read_matchers(std::string_view json) {
  std::vector<matcher> matchers;
  try {
    dom::parser parser;
    for (auto& draft : read_drafts(json_root(parser, json), "")) {
      const auto place = "[" + std::to_string(matchers.size()) + "]";
      if (const auto* missing = draft.missing()) return fail(place + ": no member \"" + missing + "\"");
      auto made = matcher::make(*std::move(draft.name), draft.op(), *std::move(draft.value));
      if (!made) return fail(place + ": " + made.error().message);
      matchers.push_back(*std::move(made));
    }
  } catch (const json_fault& fault) {
    return fail(fault.what());
  }
  return matchers;
}

result<silence, refusal> parse_silence(std::string_view body) {
  if (skip_json_space(body).empty()) return tl::unexpected(lacks("silence"));
  // Read as Alertmanager does: what is not UTF-8 or half a surrogate pair is replaced, what follows the first
  // value is not looked at.
  std::string mended;
  std::string paired;
  if (find_invalid_utf8(body) != std::string_view::npos) {
    mended = replace_invalid_utf8(body);
    body = mended;
  }
  if (body.find("\\u") != std::string_view::npos) {
    paired = replace_lone_surrogates(body);
    body = paired;
  }
  silence_draft draft;
  try {
    dom::parser parser;
    draft = read_draft(json_root(parser, body.substr(0, first_json_value(body))));
  } catch (const json_fault& fault) {
    return tl::unexpected(
        refusal{400, 400, "parsing silence body from \"\" failed, because " + std::string(fault.what())});
  }
  return settle(std::move(draft));
}

void write_silence(json_writer& w, const silence& s, timestamp now) {
  w.begin_object().member("id", s.id).key("status").begin_object();
  w.member("state", to_string(s.status_at(now))).end_object();
  w.member("updatedAt", s.updated_at).member("comment", s.comment).member("createdBy", s.created_by);
  w.member("endsAt", s.ends_at).key("matchers");
  write_matchers(w, s.matchers);
  w.member("startsAt", s.starts_at);
  if (!s.recurrence.empty()) {
    w.key("recurrence");
    write_intervals(w, s.recurrence);
  }
  if (s.expire_on_resolve) w.member("expireOnResolve", true);
  w.end_object();
}

} // namespace tocsin
