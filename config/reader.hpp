#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/load.hpp"
#include "config/yaml_tree.hpp"
#include "protocols/matcher.hpp"
#include "protocols/time.hpp"

/// How the parts of a file are read: every value knows where it stands, and the
/// first complaint is kept. Reading goes on after one, with defaults, so that no
/// reader has to look after errors; the loader asks once, at the end.
namespace tocsin::config {

/// The text of a file of YAML, at most `yaml::max_bytes` of it.
result<std::string> read_whole_file(const std::string& path);

/// What the reading of one file needs and finds out.
class reading {
 public:
  /// `folder` is where relative file names begin.
  reading(std::string file, std::filesystem::path folder, const environment& env, load_options options = {});

  const environment& env() const noexcept { return env_; }
  const std::filesystem::path& folder() const noexcept { return folder_; }
  /// Keeps `what` as the reason why the file is refused unless there is one already.
  void complain(int line, std::string_view path, std::string_view what);
  const std::optional<failure>& problem() const noexcept { return problem_; }
  /// Keeps `what`, in the same form, as something odd that is no reason to refuse the file.
  void warn(int line, std::string_view path, std::string_view what);
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }
  const load_options& options() const noexcept { return options_; }

  /// `tocsin.yml:12: receivers[0].name: what`
  std::string at(int line, std::string_view path, std::string_view what) const;

 private:
  std::string file_;
  std::filesystem::path folder_;
  const environment& env_;
  load_options options_;
  std::optional<failure> problem_;
  std::vector<std::string> warnings_;
};

/// A place in the file and what stands there, if anything.
class value {
 public:
  /// The root of a document.
  value(reading& in, yaml::node_ptr root);

  /// False for what is not there and for `key:` with nothing behind it.
  bool is_set() const noexcept { return node_ && node_->what != yaml::kind::null; }
  /// True for `key:` too.
  bool is_written() const noexcept { return node_ != nullptr; }
  bool is_scalar() const noexcept { return node_ && node_->what == yaml::kind::scalar; }
  int line() const noexcept { return line_; }
  const std::string& path() const noexcept { return path_; }
  reading& in() const noexcept { return *in_; }
  void complain(std::string_view what) const { in_->complain(line_, path_, what); }
  void warn(std::string_view what) const { in_->warn(line_, path_, what); }
  /// Complains in the form `expected …, found "…"`.
  void expected(std::string_view what) const;

  /// The value behind a key of a mapping; not set when this is no mapping.
  value operator[](std::string_view key) const;
  /// The elements of a list; complains about anything else that is set.
  std::vector<value> items() const;
  /// The elements of a list of mappings.
  std::vector<value> maps() const;
  /// The entries of a mapping, by key; complains about anything else that is set.
  std::vector<std::pair<std::string, value>> entries() const;
  /// Complains unless this is a mapping.
  bool is_map() const;
  /// A scalar's text with variables expanded; complains about lists and mappings.
  std::optional<std::string> text() const;
  /// The same as written, in quotes and cut where it is long; for messages,
  /// which must not tell what a variable holds.
  std::string quoted() const;
  /// A scalar as written.
  std::string_view raw() const noexcept { return is_scalar() ? std::string_view(node_->text) : std::string_view{}; }

  /// What was written, for making something like it.
  const yaml::node_ptr& tree() const noexcept { return node_; }
  /// Something else at this place.
  value at(yaml::node_ptr other) const { return {*in_, std::move(other), line_, path_}; }

  /// Complains about a key of this mapping that is in none of the lists; the
  /// message names the nearest known key, or all of them.
  void only(std::initializer_list<std::span<const std::string_view>> known) const;

 private:
  value(reading& in, yaml::node_ptr node, int line, std::string path);

  reading* in_;
  yaml::node_ptr node_;
  int line_;
  std::string path_;
};

// Scalars of a certain kind. Each complains and falls back when the value is of another kind.
bool read_flag(const value& v, bool fallback);
std::size_t read_count(const value& v, std::size_t fallback);
/// A number from 0 to 1.
double read_share(const value& v, double fallback);
std::optional<duration> read_duration(const value& v);
/// A duration above zero.
std::optional<duration> read_positive_duration(const value& v);
std::string read_text(const value& v);
std::vector<std::string> read_texts(const value& v);
/// A list of names, each once and none empty. @param what a name is, for the complaint: `an alert name`.
std::vector<std::string> read_names(const value& v, std::string_view what);
/// An http or https URL; complains about anything else.
std::string read_url(const value& v);
/// The same, or nothing where the text is empty, as a variable's may be.
std::string read_optional_url(const value& v);
/// The text of the file that `v` names, without the white space around it.
std::string read_file_text(const value& v);
/// What `plain` says or what is in the file that `file` names; complains when both are set.
std::optional<std::string> read_secret(const value& plain, const value& file);
/// The same for a URL.
std::optional<std::string> read_secret_url(const value& plain, const value& file);
/// A list of matchers in Alertmanager's notation.
std::vector<matcher> read_matchers(const value& v);
/// A mapping from label names to values (or regular expressions): the older notation.
std::vector<matcher> read_match_map(const value& v, match_op op);

} // namespace tocsin::config
