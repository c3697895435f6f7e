#include "config/yaml_tree.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "protocols/utf8.hpp"

namespace tocsin::config::yaml {

namespace {

/// Leaves yaml-cpp's parser from within one of its callbacks; never leaves this file.
struct stop {
  int line;
  std::string message;
};

using mutable_node = std::shared_ptr<node>;

/// A list or mapping that is still being read.
struct frame {
  mutable_node here;
  YAML::anchor_t anchor = 0;
  /// The key whose value comes next, in a mapping.
  std::optional<std::string> key;
  int key_line = 0;
  /// Where each key was seen first.
  std::unordered_map<std::string, int> seen;
  /// What `<<` brings in.
  std::vector<node_ptr> merged;
};

int line_of(const YAML::Mark& mark) {
  return mark.line + 1;
}

/// Builds the tree out of the parser's events and stops at what a configuration
/// has no use for: keys twice, aliases that multiply, endless depth.
class builder : public YAML::EventHandler {
 public:
  node_ptr root() const { return root_ ? root_ : std::make_shared<node>(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) throw stop{line_of(mark), "a second YAML document begins here; expected one document in the file"};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(kind::null, mark, anchor, {}); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, const std::string& value) override {
    leaf(kind::scalar, mark, anchor, value);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw stop{line_of(mark), at() + "this alias stands for something that contains it"};
    add(found->second, line_of(mark));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(kind::list, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(kind::map, mark, anchor);
  }
  void OnMapEnd() override {
    merge();
    close();
  }

 private:
  static mutable_node make(kind what, const YAML::Mark& mark) {
    auto made = std::make_shared<node>();
    made->what = what;
    made->line = line_of(mark);
    return made;
  }

  void leaf(kind what, const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& text) {
    auto made = make(what, mark);
    made->text = text;
    if (anchor != 0) anchors_[anchor] = made;
    add(std::move(made), line_of(mark));
  }

  void open(kind what, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (frames_.size() >= max_depth) {
      throw stop{line_of(mark), "nested more than " + std::to_string(max_depth) + " levels deep"};
    }
    frame f;
    f.here = make(what, mark);
    f.anchor = anchor;
    frames_.push_back(std::move(f));
  }

  void close() {
    auto done = std::move(frames_.back());
    frames_.pop_back();
    if (done.anchor != 0) anchors_[done.anchor] = done.here;
    const int line = done.here->line;
    add(std::move(done.here), line);
  }

  void add(node_ptr child, int line) {
    if (frames_.empty()) {
      root_ = std::move(child);
      return;
    }
    auto& parent = frames_.back();
    grow(*parent.here, child->weight, line);
    if (parent.here->what == kind::list) {
      parent.here->items.push_back(std::move(child));
    } else if (!parent.key) {
      set_key(parent, *child, line);
    } else if (*parent.key == "<<") {
      parent.merged.push_back(std::move(child));
      parent.key.reset();
    } else {
      parent.here->entries.push_back({*std::move(parent.key), parent.key_line, std::move(child)});
      parent.key.reset();
    }
  }

  void set_key(frame& parent, const node& key, int line) {
    if (key.what != kind::scalar) throw stop{line, at() + "expected a word as key"};
    const auto [first, fresh] = parent.seen.emplace(key.text, line);
    if (!fresh) {
      throw stop{line, at() + "the key \"" + key.text + "\" appears twice, first on line "
                           + std::to_string(first->second) + "; remove one of them"};
    }
    parent.key = key.text;
    parent.key_line = line;
  }

  static void grow(node& parent, std::size_t weight, int line) {
    parent.weight += weight;
    if (parent.weight > max_nodes) {
      throw stop{line,
                 "the document grows beyond " + std::to_string(max_nodes) + " nodes with its aliases written out"};
    }
  }

  /// Brings in the entries of `<<`; what the mapping says itself wins.
  void merge() {
    auto& here = frames_.back();
    for (const auto& source : std::exchange(here.merged, {})) {
      if (source->what == kind::list) {
        for (const auto& one : source->items) merge_from(here, *one);
      } else {
        merge_from(here, *source);
      }
    }
  }

  void merge_from(frame& here, const node& source) {
    if (source.what != kind::map) throw stop{source.line, at() + "expected a mapping behind <<"};
    for (const auto& e : source.entries) {
      if (here.seen.emplace(e.key, e.line).second) here.here->entries.push_back(e);
    }
  }

  /// Where the parser stands, as the beginning of a message: `route.routes[1]: `.
  std::string at() const {
    std::string path;
    for (const auto& f : frames_) {
      if (f.here->what == kind::list) {
        path.append("[").append(std::to_string(f.here->items.size())).append("]");
      } else if (f.key) {
        if (!path.empty()) path.push_back('.');
        path.append(*f.key);
      }
    }
    return path.empty() ? path : path.append(": ");
  }

  std::vector<frame> frames_;
  std::unordered_map<YAML::anchor_t, node_ptr> anchors_;
  node_ptr root_;
};

std::optional<failure> check_text(std::string_view text, const std::string& file) {
  if (text.size() > max_bytes) {
    return failure{file + ": the file has " + std::to_string(text.size()) + " bytes; expected at most "
                   + std::to_string(max_bytes)};
  }
  const auto line_at = [&](std::size_t offset) {
    return std::to_string(1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
  };
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return failure{file + ":" + line_at(nul) + ": a NUL byte; expected text in UTF-8"};
  }
  const auto bad = find_invalid_utf8(text);
  if (bad == std::string_view::npos) return std::nullopt;
  return failure{file + ":" + line_at(bad) + ": the line is not valid UTF-8; save the file as UTF-8"};
}

} // namespace

const entry* node::find(std::string_view key) const noexcept {
  const auto found = std::find_if(entries.begin(), entries.end(), [key](const entry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

result<node_ptr> parse(std::string_view text, const std::string& file) {
  if (auto bad = check_text(text, file)) return tl::unexpected(*std::move(bad));
  builder tree;
  try {
    // yaml-cpp takes the end of the text for the end of an open quote when a
    // newline comes before it. A comment behind everything makes it notice.
    std::istringstream in{std::string(text).append(text.ends_with('\n') ? "#" : "\n#")};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(tree)) {
    }
  } catch (const stop& s) {
    return fail(file + ":" + std::to_string(s.line) + ": " + s.message);
  } catch (const YAML::Exception& e) {
    return fail(file + ":" + std::to_string(line_of(e.mark)) + ":" + std::to_string(e.mark.column + 1)
                + ": not valid YAML: " + e.msg);
  }
  return tree.root();
}

} // namespace tocsin::config::yaml
