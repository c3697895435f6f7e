#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace tocsin {

/// What went wrong in a way that normal life brings: bad input, a refused
/// connection, a full disk. `message` is a sentence fit to be shown to a
/// person: what happened, where, and what was expected.
struct failure {
  std::string message;
};

/// Either a value or the reason why there is none.
template <class T, class E = failure>
using result = tl::expected<T, E>;

/// Shorthand for returning a failure from a function that returns `result`.
inline tl::unexpected<failure> fail(std::string message) {
  return tl::unexpected<failure>(failure{std::move(message)});
}

} // namespace tocsin
