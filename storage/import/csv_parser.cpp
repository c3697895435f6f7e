#include "storage/import/csv_parser.hpp"

#include <algorithm>

namespace tocsin::storage {

csv_parser::outcome csv_parser::parse(std::string_view text, bool last) {
  at_ = 0;
  lines_ = 0;
  fault_ = nullptr;
  spans_.clear();
  scratch_.clear();
  for (;;) {
    const bool quoted = at_ < text.size() && text[at_] == '"';
    switch (quoted ? quoted_cell(text, last) : plain_cell(text, last)) {
      case step::next_cell: break;
      case step::done: finish(text); return outcome::record;
      case step::more: return outcome::more;
      case step::unclosed: return outcome::unclosed;
    }
  }
}

csv_parser::step csv_parser::plain_cell(std::string_view text, bool last) {
  const auto begin = at_;
  for (; at_ < text.size(); ++at_) {
    const char c = text[at_];
    if (c == ',' || c == '\n') break;
    if (c == '"') fault_ = "has a quote within a cell that does not begin with one";
    // One without a line feed behind it is part of the cell.
    if (c == '\r' && (at_ + 1 == text.size() || text[at_ + 1] == '\n')) break;
  }
  spans_.push_back({false, begin, at_ - begin});
  return end_cell(text, last);
}

csv_parser::step csv_parser::quoted_cell(std::string_view text, bool last) {
  auto begin = ++at_;
  span cell{false, begin, 0};
  for (;;) {
    const auto quote = text.find('"', at_);
    if (quote == std::string_view::npos) return last ? step::unclosed : step::more;
    at_ = quote + 1;
    if (at_ == text.size() && !last) return step::more;
    const bool doubled = at_ < text.size() && text[at_] == '"';
    if (!doubled && !cell.unescaped) {
      cell.size = quote - begin;
      break;
    }
    if (!cell.unescaped) {
      cell.unescaped = true;
      cell.begin = scratch_.size();
    }
    scratch_.append(text, begin, quote + (doubled ? 1 : 0) - begin);
    if (!doubled) {
      cell.size = scratch_.size() - cell.begin;
      break;
    }
    begin = ++at_;
  }
  spans_.push_back(cell);
  const bool ended = at_ == text.size() || text[at_] == ',' || text[at_] == '\n' || text[at_] == '\r';
  if (ended) return end_cell(text, last);
  fault_ = "has text behind the closing quote of a cell";
  return plain_cell(text, last);
}

csv_parser::step csv_parser::end_cell(std::string_view text, bool last) {
  if (at_ == text.size()) return last ? step::done : step::more;
  if (text[at_] == ',') {
    ++at_;
    return step::next_cell;
  }
  if (text[at_] == '\r') {
    if (at_ + 1 == text.size()) {
      ++at_;
      return last ? step::done : step::more;
    }
    ++at_;
    if (text[at_] != '\n') {
      fault_ = "has text behind the closing quote of a cell";
      return plain_cell(text, last);
    }
  }
  ++at_;
  return step::done;
}

void csv_parser::finish(std::string_view text) {
  lines_ = static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
  cells_.clear();
  for (const auto& s : spans_) {
    cells_.push_back((s.unescaped ? std::string_view(scratch_) : text).substr(s.begin, s.size));
  }
}

} // namespace tocsin::storage
