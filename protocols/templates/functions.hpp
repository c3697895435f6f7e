#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "protocols/templates/value.hpp"

namespace re2 {
class RE2;
}

namespace tocsin::templates {

/// What functions and methods may use of a rendering, and what they are charged to.
class workshop {
 public:
  virtual ~workshop() = default;

  /// Counts `steps` more steps; the failure says that there were too many.
  virtual result<void> spend(std::size_t steps) = 0;
  /// A compiled regular expression; compiled once for each rendering.
  virtual result<const re2::RE2*> regex(std::string_view pattern) = 0;
  /// What `since` counts up to.
  virtual timestamp now() const = 0;
  /// No text may grow longer than this many bytes.
  virtual std::size_t longest_text() const = 0;
  /// Rendering HTML: `html` and `urlquery` say what they did.
  virtual bool html() const = 0;
};

using arguments = std::span<const value>;

/// A function that templates call by name. What it returns on failure has no
/// position; the executor adds it.
struct function {
  static constexpr std::size_t any_number = static_cast<std::size_t>(-1);

  std::string_view name;
  std::size_t fewest = 0;
  std::size_t most = any_number;
  result<value> (*call)(workshop&, arguments) = nullptr;
};

/// Null when there is none of that name. `and` and `or` are found as well, but
/// their arguments are evaluated one by one, so the executor computes them.
const function* find_function(std::string_view name) noexcept;

/// The functions in their groups.
std::span<const function> basic_functions() noexcept;
std::span<const function> comparison_functions() noexcept;
std::span<const function> text_functions() noexcept;
std::span<const function> escaping_functions() noexcept;
std::span<const function> time_functions() noexcept;
std::span<const function> data_functions() noexcept;

/// A field or a method of `receiver`: `.Labels.job`, `.Alerts.Firing`, `.StartsAt.Format "15:04"`.
/// @param has_arguments whether the template passes any.
result<value> member_of(workshop& shop, const value& receiver, std::string_view name, arguments args,
                        bool has_arguments);

/// @returns how many arguments a call takes, as a failure that says so, if `count` is not one of them.
result<void> check_count(std::string_view name, std::size_t fewest, std::size_t most, std::size_t count);

/// The argument as what the function needs; the failure names the function,
/// what was expected and what came.
result<std::string_view> text_argument(std::string_view function_name, const value& v);
result<std::int64_t> integer_argument(std::string_view function_name, const value& v);
result<moment> time_argument(std::string_view function_name, const value& v);
result<value::list_ptr> list_argument(std::string_view function_name, const value& v);

} // namespace tocsin::templates
