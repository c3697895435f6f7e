#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include <glob.h>

#include "config/parts.hpp"
#include "protocols/templates/built_in.hpp"
#include "protocols/templates/template_set.hpp"

// The files of templates, and texts that may be templates.
namespace tocsin::config {

namespace {

constexpr std::size_t largest_file = 1024 * 1024;

/// The files that a pattern names, in order.
std::vector<std::string> matching(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> files;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return files;
}

result<void> read_file(const std::string& file, templates::template_set& set) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(file + ": cannot read it: " + std::strerror(errno));
  std::string text(largest_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return fail(file + ": cannot read it; expected a file of templates");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > largest_file) return fail(file + ": the file is too large; expected at most 1 MiB of templates");
  return set.parse(file, text);
}

} // namespace

result<std::size_t> add_template_files(const std::string& pattern, templates::template_set& set) {
  const auto files = matching(pattern);
  for (const auto& file : files) {
    if (const auto read = read_file(file, set); !read) return tl::unexpected(read.error());
  }
  return files.size();
}

template_files read_templates(const value& v) {
  template_files out;
  auto set = std::make_shared<templates::template_set>(templates::built_in_templates());
  for (const auto& one : v.items()) {
    auto pattern = read_text(one);
    if (pattern.empty()) {
      one.expected("a file name or a pattern such as templates/*.tmpl");
      continue;
    }
    if (!pattern.starts_with('/')) pattern = (v.in().folder() / pattern).string();
    const auto added = add_template_files(pattern, *set);
    if (!added) {
      one.complain(added.error().message);
      continue;
    }
    if (*added == 0) out.warnings.push_back("no file matches " + pattern + ", a pattern of templates");
    out.files += *added;
  }
  if (const auto known = set->check(); !known) v.complain(known.error().message);
  out.set = std::move(set);
  return out;
}

templated_text read_templated(const value& v, const channel_defaults& defaults) {
  if (!v.is_set()) return {};
  auto made = templated_text::make(*defaults.templates, v.path(), read_text(v));
  if (made) return *std::move(made);
  // The message begins with the key, which the place has said already.
  std::string_view why = made.error().message;
  if (why.starts_with(v.path() + ":")) why.remove_prefix(v.path().size() + 1);
  v.complain("bad template at " + std::string(why));
  return {};
}

templated_text read_templated_url(const value& v, const channel_defaults& defaults) {
  auto read = read_templated(v, defaults);
  if (read.is_plain() && !read.source().empty()) return read_url(v);
  return read;
}

} // namespace tocsin::config
