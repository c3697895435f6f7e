#include "protocols/alert_reader.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>

#include <simdjson.h>

#include "protocols/alert_member.hpp"
#include "protocols/json_text.hpp"
#include "protocols/utf8.hpp"

namespace tocsin {

namespace {

namespace od = simdjson::ondemand;

/// Alertmanager refuses what is nested deeper.
constexpr std::size_t deepest = 10'000;
/// Depth of an alert's members: the list, the alert; a webhook has its own object round them.
constexpr std::size_t list_member_depth = 2;
constexpr std::size_t webhook_member_depth = 3;
constexpr std::size_t webhook_top_depth = 1;

/// Buffers above this size are given back after use.
constexpr std::size_t kept_capacity = std::size_t{4} << 20;
constexpr std::size_t least_capacity = std::size_t{64} << 10;

/// What a message shows of a name: enough to find it.
constexpr std::size_t longest_name = 128;

constexpr auto no_index = std::numeric_limits<std::size_t>::max();

std::string_view kind_of(char first) noexcept {
  switch (first) {
    case '{': return "an object";
    case '[': return "an array";
    case '"': return "a string";
    case 't':
    case 'f': return "a boolean";
    case 'n': return "null";
    default: return (first >= '0' && first <= '9') || first == '-' ? "a number" : "something that is not JSON";
  }
}

/// Where in the body the reader is, for messages.
struct place {
  std::string_view list;
  std::size_t index = no_index;
  std::string_view member;
  std::string_view entry;

  std::string text() const {
    std::string out;
    const auto append_name = [&](std::string_view name) {
      if (name.empty()) return;
      if (!out.empty()) out += '.';
      out += name.substr(0, longest_name);
    };
    if (index != no_index) (out += list).append("[").append(std::to_string(index)).append("]");
    append_name(member);
    append_name(entry);
    return out;
  }
};

} // namespace

struct alert_reader::impl {
  od::parser parser;
  std::unique_ptr<char[]> bytes;
  std::size_t capacity = 0;
  std::size_t size = 0;
  std::vector<label_view> entries;
  std::vector<alert_draft> drafts;
  sent_status group = sent_status::unsaid;
  place at;
  std::size_t member_depth = 0;
  std::string fault;
  bool malformed = false;

  void begin(std::string_view list, std::size_t depth);
  bool fail(std::string_view what);
  bool broken(std::string_view what);
  bool broken(simdjson::error_code error) { return broken(simdjson::error_message(error)); }
  bool wrong_type(std::string_view expected, od::value& found);

  bool index(std::string_view body, od::document& document);
  bool decode(od::raw_json_string raw, std::string_view& out);
  bool read_null(std::string_view expected, od::value& from);
  bool read_string(od::value& from, std::string_view& out);
  bool read_time(od::value& from, std::optional<timestamp>& out);
  bool read_entries(od::value& from, bool keep_empty, label_set& out, bool& present);
  bool read_member(alert_member which, od::value& from, alert_draft& out);
  bool read_alert(od::value& from, alert_draft& out);
  bool read_alerts(od::array& list);
  bool read_webhook_member(std::string_view key, od::value& from, bool& alerts_seen);
  bool read_webhook_object(od::document& document);
  bool skip(od::value& from, std::size_t depth);
};

void alert_reader::impl::begin(std::string_view list, std::size_t depth) {
  drafts.clear();
  group = sent_status::unsaid;
  at = {};
  at.list = list;
  member_depth = depth;
  fault.clear();
  malformed = false;
}

bool alert_reader::impl::fail(std::string_view what) {
  fault = at.text();
  if (!fault.empty()) fault += ": ";
  fault += what;
  drafts.clear();
  return false;
}

bool alert_reader::impl::broken(std::string_view what) {
  malformed = true;
  return fail("not well-formed JSON: " + std::string(what));
}

bool alert_reader::impl::wrong_type(std::string_view expected, od::value& found) {
  const auto token = found.raw_json_token();
  const auto type = found.type();
  if (type.error() != simdjson::SUCCESS) return broken(type.error());
  return fail("expected " + std::string(expected) + ", found " + std::string(kind_of(token.front())));
}

/// Copies the body to where the parser may read beyond its end, and finds its
/// tokens. This is where anything that is not UTF-8, an unclosed string or a
/// raw control character in one shows, wherever in the body it is.
bool alert_reader::impl::index(std::string_view body, od::document& document) {
  if (const auto needed = body.size() + simdjson::SIMDJSON_PADDING; needed > capacity) {
    capacity = std::bit_ceil(std::max(needed, least_capacity));
    bytes = std::make_unique_for_overwrite<char[]>(capacity);
  }
  size = body.size();
  std::memcpy(bytes.get(), body.data(), size);
  // Zero is no bracket: the parser asks of the first byte behind the body.
  std::memset(bytes.get() + size, 0, simdjson::SIMDJSON_PADDING);
  if (parser.capacity() < size) {
    if (const auto error = parser.allocate(std::bit_ceil(std::max(size, least_capacity)))) return broken(error);
  }
  const auto error = parser.iterate(bytes.get(), size, size + simdjson::SIMDJSON_PADDING).get(document);
  return error == simdjson::SUCCESS || broken(error);
}

/// Decodes in the buffer itself: no token begins inside a string, so the parser
/// never looks there again.
bool alert_reader::impl::decode(od::raw_json_string raw, std::string_view& out) {
  auto* text = bytes.get() + (raw.raw() - bytes.get());
  const auto decoded = decode_json_string(text, bytes.get() + size);
  if (!decoded) return broken("an escape in a string is not one of JSON's");
  out = *decoded;
  return true;
}

/// For where something else was expected and null will do.
bool alert_reader::impl::read_null(std::string_view expected, od::value& from) {
  bool null = false;
  if (from.is_null().get(null) != simdjson::SUCCESS) return broken("a word that is not null");
  return null || wrong_type(expected, from);
}

/// Null reads as the empty string.
bool alert_reader::impl::read_string(od::value& from, std::string_view& out) {
  od::raw_json_string raw;
  const auto error = from.get_raw_json_string().get(raw);
  if (error == simdjson::SUCCESS) return decode(raw, out);
  out = "";
  return error == simdjson::INCORRECT_TYPE ? read_null("a string", from) : broken(error);
}

bool alert_reader::impl::read_time(od::value& from, std::optional<timestamp>& out) {
  std::string_view text;
  if (!read_string(from, text)) return false;
  auto time = parse_rfc3339(text);
  if (!time) return fail(time.error().message);
  out = *time;
  return true;
}

/// An object of strings. Without `keep_empty`, empty values do not count as
/// entries, not even to carry an impossible name.
bool alert_reader::impl::read_entries(od::value& from, bool keep_empty, label_set& out, bool& present) {
  out = {};
  present = false;
  entries.clear();
  od::object object;
  const auto opened = from.get_object().get(object);
  if (opened == simdjson::INCORRECT_TYPE) return read_null("an object", from);
  if (opened != simdjson::SUCCESS) return broken(opened);
  bool some_empty = false;
  for (auto item : object) {
    od::field field;
    if (const auto error = std::move(item).get(field)) return broken(error);
    label_view entry;
    if (!decode(field.key(), entry.name)) return false;
    at.entry = entry.name;
    if (!read_string(field.value(), entry.value)) return false;
    some_empty |= entry.value.empty();
    entries.push_back(entry);
  }
  at.entry = {};
  present = true;
  out = label_set::from(entries);
  if (some_empty && !keep_empty) {
    // Only now: of a name that comes twice the last value counts, even when that is the empty one.
    std::erase_if(entries, [](const label_view& entry) { return entry.value.empty(); });
    out = label_set::from(entries);
  }
  return true;
}

bool alert_reader::impl::read_member(alert_member which, od::value& from, alert_draft& out) {
  bool present = false;
  switch (which) {
    case alert_member::labels: return read_entries(from, false, out.labels, out.has_labels);
    case alert_member::annotations: return read_entries(from, true, out.annotations, present);
    case alert_member::starts_at: return read_time(from, out.starts_at);
    case alert_member::ends_at: return read_time(from, out.ends_at);
    case alert_member::generator_url: return read_string(from, out.generator_url);
    case alert_member::status: {
      // API v2 has no such member.
      if (member_depth == list_member_depth) break;
      std::string_view text;
      if (!read_string(from, text)) return false;
      out.status = parse_sent_status(text);
      return true;
    }
    case alert_member::other: break;
  }
  return skip(from, member_depth);
}

bool alert_reader::impl::read_alert(od::value& from, alert_draft& out) {
  od::object object;
  const auto opened = from.get_object().get(object);
  if (opened == simdjson::INCORRECT_TYPE) return wrong_type("an object", from);
  if (opened != simdjson::SUCCESS) return broken(opened);
  for (auto item : object) {
    od::field field;
    if (const auto error = std::move(item).get(field)) return broken(error);
    std::string_view key;
    if (!decode(field.key(), key)) return false;
    at.member = key;
    if (!read_member(alert_member_of(key), field.value(), out)) return false;
  }
  at.member = {};
  return true;
}

bool alert_reader::impl::read_alerts(od::array& list) {
  for (auto item : list) {
    at.index = drafts.size();
    od::value value;
    if (const auto error = std::move(item).get(value)) return broken(error);
    if (!read_alert(value, drafts.emplace_back())) return false;
  }
  at.index = no_index;
  return true;
}

/// Passes over a value that nobody asked for, but not over one that is none.
bool alert_reader::impl::skip(od::value& from, std::size_t depth) {
  od::json_type type{};
  if (const auto error = from.type().get(type)) return broken(error);
  bool ignored = false;
  std::string_view text;
  switch (type) {
    case od::json_type::string:
    case od::json_type::null: return read_string(from, text);
    case od::json_type::boolean: {
      const auto error = from.get_bool().get(ignored);
      return error == simdjson::SUCCESS || broken(error);
    }
    case od::json_type::number: return true;
    case od::json_type::object:
    case od::json_type::array: break;
  }
  simdjson::error_code error{};
  if (type == od::json_type::object) {
    od::object object;
    error = from.get_object().get(object);
    if (!error) error = object.raw_json().get(text);
  } else {
    od::array array;
    error = from.get_array().get(array);
    if (!error) error = array.raw_json().get(text);
  }
  if (error) return broken(error);
  switch (check_nesting(text, deepest - depth)) {
    case nesting::sound: return true;
    case nesting::crossed: return broken("brackets do not match");
    case nesting::too_deep: break;
  }
  return fail("nested more than " + std::to_string(deepest) + " levels deep");
}

bool alert_reader::impl::read_webhook_member(std::string_view key, od::value& from, bool& alerts_seen) {
  at.member = key;
  if (same_key(key, "status")) {
    // Only a help where alerts do not say it themselves: whatever is no word is passed over.
    std::string_view text;
    if (from.type().value_unsafe() != od::json_type::string) return skip(from, webhook_top_depth);
    if (!read_string(from, text)) return false;
    group = parse_sent_status(text);
    return true;
  }
  if (!same_key(key, "alerts")) return skip(from, webhook_top_depth);
  alerts_seen = true;
  drafts.clear();
  od::array list;
  const auto opened = from.get_array().get(list);
  if (opened == simdjson::INCORRECT_TYPE) return read_null("an array", from);
  if (opened != simdjson::SUCCESS) return broken(opened);
  at.member = {};
  return read_alerts(list);
}

bool alert_reader::impl::read_webhook_object(od::document& document) {
  od::object object;
  if (const auto error = document.get_object().get(object)) return broken(error);
  bool alerts_seen = false;
  for (auto item : object) {
    od::field field;
    if (const auto error = std::move(item).get(field)) return broken(error);
    std::string_view key;
    if (!decode(field.key(), key)) return false;
    if (!read_webhook_member(key, field.value(), alerts_seen)) return false;
  }
  at.member = {};
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return broken("more text behind the object");
  if (!alerts_seen) return fail("no member \"alerts\"; expected Alertmanager's webhook, version 4");
  return true;
}

alert_reader::alert_reader() : impl_(std::make_unique<impl>()) {}
alert_reader::~alert_reader() = default;

bool alert_reader::read_list(std::string_view body) {
  impl_->begin("", list_member_depth);
  const auto value = skip_json_space(body);
  if (value.empty()) return impl_->broken("the body is empty");
  if (value.front() != '[')
    return impl_->fail("expected an array of alerts, found " + std::string(kind_of(value.front())));
  od::document document;
  if (!impl_->index(body, document)) return false;
  od::array list;
  if (const auto error = document.get_array().get(list)) return impl_->broken(error);
  return impl_->read_alerts(list);
}

bool alert_reader::read_webhook(std::string_view body) {
  impl_->begin("alerts", webhook_member_depth);
  const auto value = skip_json_space(body);
  if (value.empty()) return impl_->fail("it is empty; expected an object");
  if (value.front() != '{') return impl_->fail("expected an object, found " + std::string(kind_of(value.front())));
  od::document document;
  if (impl_->index(body, document)) return impl_->read_webhook_object(document);
  if (const auto bad = find_invalid_utf8(body); bad != std::string_view::npos) {
    return impl_->fail("not UTF-8 at byte " + std::to_string(bad));
  }
  return false;
}

std::vector<alert_draft>& alert_reader::drafts() noexcept {
  return impl_->drafts;
}
sent_status alert_reader::group_status() const noexcept {
  return impl_->group;
}
const std::string& alert_reader::fault() const noexcept {
  return impl_->fault;
}
bool alert_reader::malformed() const noexcept {
  return impl_->malformed;
}

void alert_reader::release() {
  impl_->drafts.clear();
  if (impl_->capacity <= kept_capacity) return;
  impl_ = std::make_unique<impl>();
}

} // namespace tocsin
