#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/label_set.hpp"
#include "protocols/result.hpp"
#include "protocols/time.hpp"

/// Templates in Go's text/template notation, as Alertmanager reads them.
namespace tocsin::templates {

class value;

/// What Go's types over an integer say of it beyond the number.
enum class integer_kind : std::uint8_t { plain, duration, month, weekday };

struct integer {
  /// Nanoseconds for a duration, as in Go.
  std::int64_t number = 0;
  integer_kind kind = integer_kind::plain;
};

/// How a text may be written into HTML.
enum class markup : std::uint8_t {
  plain, ///< it is escaped
  html,  ///< it is HTML already
  url,   ///< it is a URL that is known to be harmless
};

/// A text that copies for the price of a count.
struct text {
  std::shared_ptr<const std::string> bytes;
  markup as = markup::plain;

  std::string_view view() const noexcept { return bytes ? std::string_view(*bytes) : std::string_view(); }
};

/// A moment and the zone in which it is shown; empty is UTC.
struct moment {
  timestamp at{};
  std::string zone;
};

/// Go's time that is not set: the first moment of the year 1.
inline constexpr timestamp go_zero_time{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};

/// What a list holds; some have methods of their own.
enum class list_kind : std::uint8_t {
  any,
  strings,
  alerts,      ///< has Firing and Resolved
  some_alerts, ///< what these return
  pairs,       ///< has Names and Values
};

struct list;
struct dict;
struct record;

/// What an expression of a template yields. Immutable; copies share what is
/// large, so they are cheap, and may be read from any thread.
class value {
 public:
  using list_ptr = std::shared_ptr<const list>;
  using dict_ptr = std::shared_ptr<const dict>;
  using record_ptr = std::shared_ptr<const record>;
  /// `std::monostate` is Go's nil and what is missing.
  using content =
      std::variant<std::monostate, bool, integer, double, text, moment, label_set, list_ptr, dict_ptr, record_ptr>;

  value() = default;
  explicit value(bool b) : content_(b) {}
  explicit value(integer i) : content_(i) {}
  explicit value(double d) : content_(d) {}
  explicit value(text t) : content_(std::move(t)) {}
  explicit value(moment m) : content_(std::move(m)) {}
  explicit value(label_set labels) : content_(std::move(labels)) {}
  explicit value(list_ptr l) : content_(std::move(l)) {}
  explicit value(dict_ptr d) : content_(std::move(d)) {}
  explicit value(record_ptr r) : content_(std::move(r)) {}

  static value of(std::string bytes, markup as = markup::plain);
  static value of(std::string_view bytes) { return of(std::string(bytes)); }
  static value of(const char* bytes) { return of(std::string(bytes)); }
  static value number(std::int64_t n) { return value(integer{n, integer_kind::plain}); }

  const content& get() const noexcept { return content_; }
  template <class T>
  const T* as() const noexcept {
    return std::get_if<T>(&content_);
  }
  bool missing() const noexcept { return content_.index() == 0; }

 private:
  content content_;
};

struct list {
  list_kind kind = list_kind::any;
  std::vector<value> items;
  /// How deep lists and maps are nested in it, itself included.
  std::size_t depth = 1;
};

/// A map that a template made itself.
struct dict {
  std::map<std::string, value, std::less<>> items;
  std::size_t depth = 1;
};

/// A thing with named fields: the notification's data, an alert, a pair.
struct record {
  struct field {
    std::string_view name;
    value what;
    /// How JSON calls it; empty leaves it out there and where the whole record is printed.
    std::string_view json;
  };

  /// Go's name of the type, for messages and `%T`.
  std::string_view type;
  std::vector<field> fields;

  const value* find(std::string_view name) const noexcept;
};

/// Lists and maps that are nested deeper than this are refused: a value is
/// printed and destroyed recursively.
inline constexpr std::size_t most_nested_values = 100;

result<value> make_list(std::vector<value> items, list_kind kind = list_kind::any);
result<value> make_dict(std::map<std::string, value, std::less<>> items);
/// A list of texts, which are never nested too deep.
value list_of_strings(std::vector<std::string> strings);

/// Go's truth: not zero, not empty, not nil. A time and a record are always true.
bool truth(const value& v) noexcept;

/// Go's name of the value's type, such as `string` or `template.KV`.
std::string_view type_name(const value& v) noexcept;

/// How many bytes the value keeps that nobody else does; what an evaluation is charged.
std::size_t own_size(const value& v) noexcept;

} // namespace tocsin::templates
