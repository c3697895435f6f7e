#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/result.hpp"

/// A YAML document as a plain tree that knows its lines. Keys are unique,
/// `<<` is merged in, aliases point at what they stand for.
namespace tocsin::config::yaml {

enum class kind : std::uint8_t { null, scalar, list, map };

struct node;
using node_ptr = std::shared_ptr<const node>;

struct entry {
  std::string key;
  /// Line of the key, counted from 1.
  int line = 0;
  node_ptr value;
};

struct node {
  kind what = kind::null;
  /// Counted from 1.
  int line = 0;
  /// Of a scalar, as written, without quotes.
  std::string text;
  std::vector<node_ptr> items;
  /// In the order of the file.
  std::vector<entry> entries;
  /// How many nodes this one is with all aliases written out.
  std::size_t weight = 1;

  const entry* find(std::string_view key) const noexcept;
};

/// The largest file that is read.
inline constexpr std::size_t max_bytes = 4 * 1024 * 1024;
/// The largest document with all aliases written out.
inline constexpr std::size_t max_nodes = 1'000'000;
inline constexpr std::size_t max_depth = 100;

/// Reads one document. An empty text is a null node. `file` stands for the
/// document in messages, which begin with it: `tocsin.yml:3:5: …`.
result<node_ptr> parse(std::string_view text, const std::string& file);

} // namespace tocsin::config::yaml
