#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <optional>

#include "protocols/go_text.hpp"
#include "protocols/matcher.hpp"
#include "protocols/templates/go_time.hpp"
#include "protocols/templates/print.hpp"
#include "protocols/utf8.hpp"

namespace tocsin::templates {

namespace {

/// Wider fields are refused, as in Go.
constexpr std::size_t widest = 1'000'000;
/// More digits than this say nothing more of a double.
constexpr std::size_t most_digits = 1'000;

/// What stands between `%` and the verb.
struct directive {
  bool plus = false;
  bool minus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  std::optional<std::size_t> width;
  std::optional<std::size_t> precision;
};

std::size_t count_characters(std::string_view bytes) {
  return static_cast<std::size_t>(
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// The first `count` characters.
std::string_view first_characters(std::string_view bytes, std::size_t count) {
  std::size_t at = 0;
  while (count-- > 0 && at < bytes.size()) at += go::first_rune(bytes.substr(at)).size;
  return bytes.substr(0, at);
}

std::string utf8_of(std::int64_t code) {
  const bool is_code = code >= 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  std::array<char, 4> bytes{};
  const auto* end = write_utf8(bytes.data(), is_code ? static_cast<char32_t>(code) : U'\uFFFD');
  return std::string(bytes.data(), static_cast<std::size_t>(end - bytes.data()));
}

void to_upper(std::string& s) {
  std::transform(s.begin(), s.end(), s.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
}

std::string hex_of(std::string_view bytes, const directive& d, bool upper) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = d.sharp && !bytes.empty() ? "0x" : "";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (d.space && i > 0) out += ' ';
    const auto c = static_cast<unsigned char>(bytes[i]);
    out += {digits[c >> 4], digits[c & 15]};
  }
  if (upper) to_upper(out);
  return out;
}

/// Writes one value in one directive. `write` returns false for a verb that does
/// not fit the value.
class formatter {
 public:
  formatter(std::string& out, const directive& d, char verb, std::size_t limit)
      : out_(out), d_(d), verb_(verb), limit_(limit) {}

  /// Bytes that were looked at, whether or not a precision kept them.
  std::size_t looked_at() const noexcept { return looked_at_; }

  bool write(const value& v) {
    if (verb_ == 'T') return pad(v.missing() ? "<nil>" : type_name(v));
    if (const auto* b = v.as<bool>()) return write(*b);
    if (const auto* i = v.as<integer>()) return write(*i);
    if (const auto* f = v.as<double>()) return write(*f);
    if (const auto* t = v.as<text>()) return write_text(t->view());
    if (const auto* m = v.as<moment>()) return write_text(time_text(*m));
    if (const auto* l = v.as<label_set>()) return write_text(label_text(*l));
    if (const auto* l = v.as<value::list_ptr>()) return write(v, **l);
    if (verb_ != 'v' && !(verb_ == 's' && !v.missing())) return false;
    std::string printed;
    // What does not fit is seen by the caller: the limit is exceeded there too.
    if (!append_printed(printed, v, limit_)) out_.append(printed);
    return pad(printed);
  }

 private:
  bool pad(std::string_view bytes) {
    const auto length = count_characters(bytes);
    const auto missing = d_.width && *d_.width > length ? *d_.width - length : 0;
    if (!d_.minus) out_.append(missing, ' ');
    out_.append(bytes);
    if (d_.minus) out_.append(missing, ' ');
    return true;
  }

  bool write(bool b) { return (verb_ == 'v' || verb_ == 't') && pad(b ? "true" : "false"); }

  bool write_text(std::string_view bytes) {
    looked_at_ += bytes.size();
    switch (verb_) {
      case 'v':
        if (d_.sharp) return write_quoted(bytes);
        return pad(d_.precision ? first_characters(bytes, *d_.precision) : bytes);
      case 's': return pad(d_.precision ? first_characters(bytes, *d_.precision) : bytes);
      case 'q': return write_quoted(d_.precision ? first_characters(bytes, *d_.precision) : bytes);
      case 'x':
      case 'X': return pad(hex_of(d_.precision ? bytes.substr(0, *d_.precision) : bytes, d_, verb_ == 'X'));
      default: return false;
    }
  }

  bool write_quoted(std::string_view bytes) {
    std::string quoted;
    append_go_quoted(quoted, bytes);
    return pad(quoted);
  }

  bool write(integer i) {
    if (i.kind != integer_kind::plain && (verb_ == 'v' || verb_ == 's' || verb_ == 'q')) {
      return write_text(integer_text(i));
    }
    switch (verb_) {
      case 'v':
      case 'd': return write_digits(i.number, 10, "");
      case 'b': return write_digits(i.number, 2, d_.sharp ? "0b" : "");
      case 'o': return write_digits(i.number, 8, d_.sharp ? "0" : "");
      case 'O': return write_digits(i.number, 8, "0o");
      case 'x': return write_digits(i.number, 16, d_.sharp ? "0x" : "");
      case 'X': return write_digits(i.number, 16, d_.sharp ? "0X" : "");
      case 'c': return pad(utf8_of(i.number));
      case 'q': return write_character(i.number);
      case 'U': return write_code_point(i.number);
      default: return false;
    }
  }

  bool write_character(std::int64_t code) {
    std::string quoted;
    append_go_quoted(quoted, utf8_of(code));
    quoted = quoted.substr(1, quoted.size() - 2);
    if (quoted == "\\\"") quoted = "\"";
    if (quoted == "'") quoted = "\\'";
    return pad("'" + quoted + "'");
  }

  bool write_code_point(std::int64_t code) {
    std::array<char, 20> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::uint64_t>(code), 16).ptr;
    std::string hex(digits.data(), end);
    to_upper(hex);
    if (hex.size() < 4) hex.insert(0, 4 - hex.size(), '0');
    return pad("U+" + hex);
  }

  bool write_digits(std::int64_t number, int base, std::string_view prefix) {
    const auto size = number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
    std::array<char, 65> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), size, base).ptr;
    std::string digits(buffer.data(), end);
    if (verb_ == 'X') to_upper(digits);
    if (d_.precision && *d_.precision == 0 && number == 0) digits.clear();
    if (d_.precision && digits.size() < *d_.precision) digits.insert(0, *d_.precision - digits.size(), '0');
    return pad_number(sign_of(number < 0) + std::string(prefix), digits, !d_.precision);
  }

  std::string sign_of(bool negative) const {
    if (negative) return "-";
    if (d_.plus) return "+";
    return d_.space ? " " : "";
  }

  /// With `0`, zeros come between the sign and the digits.
  bool pad_number(const std::string& sign, const std::string& digits, bool may_fill) {
    const auto length = sign.size() + digits.size();
    if (!d_.zero || d_.minus || !may_fill || !d_.width || *d_.width <= length) return pad(sign + digits);
    out_.append(sign).append(*d_.width - length, '0').append(digits);
    return true;
  }

  bool write(double f) {
    if (std::string_view("veEfFgG").find(verb_) == std::string_view::npos) return false;
    if (std::isnan(f)) return pad(d_.plus ? "+NaN" : "NaN");
    if (std::isinf(f)) return pad(f < 0 ? "-Inf" : d_.plus ? "+Inf" : "+Inf");
    return pad_number(sign_of(std::signbit(f)), digits_of(std::fabs(f)), true);
  }

  std::string digits_of(double f) const {
    const bool shortest = !d_.precision && (verb_ == 'v' || verb_ == 'g' || verb_ == 'G');
    std::string out;
    if (shortest) {
      out = float_text(f);
    } else {
      const auto as = verb_ == 'e' || verb_ == 'E'   ? std::chars_format::scientific
                      : verb_ == 'f' || verb_ == 'F' ? std::chars_format::fixed
                                                     : std::chars_format::general;
      std::array<char, most_digits + 400> buffer;
      const auto precision = static_cast<int>(std::min(d_.precision.value_or(6), most_digits));
      const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), f, as, precision).ptr;
      out.assign(buffer.data(), end);
    }
    if (verb_ == 'E' || verb_ == 'G') to_upper(out);
    return out;
  }

  /// Go applies the verb to each item.
  bool write(const value& whole, const list& l) {
    if (l.kind == list_kind::pairs) {
      std::string printed;
      append_printed(printed, whole, limit_);
      return write_text(printed);
    }
    out_ += '[';
    for (std::size_t i = 0; i < l.items.size(); ++i) {
      if (i > 0) out_ += ' ';
      // What is shared can be small and yet print without end.
      if (out_.size() > limit_ || looked_at_ > limit_) return true;
      const auto before = out_.size();
      if (!write(l.items[i])) {
        out_.resize(before);
        out_.append("%!").append(1, verb_).append("(").append(type_name(l.items[i])).append("=");
        append_printed(out_, l.items[i], limit_);
        out_ += ')';
      }
    }
    out_ += ']';
    return true;
  }

  std::string& out_;
  const directive& d_;
  char verb_;
  std::size_t limit_;
  std::size_t looked_at_ = 0;
};

class format_reader {
 public:
  format_reader(std::string& out, std::string_view format, std::span<const value> values, std::size_t limit)
      : out_(out), format_(format), values_(values), limit_(limit) {}

  bool run() {
    while (at_ < format_.size()) {
      const auto percent = std::min(format_.find('%', at_), format_.size());
      out_.append(format_.substr(at_, percent - at_));
      at_ = percent;
      if (at_ < format_.size()) {
        ++at_;
        read_directive();
      }
      if (out_.size() > limit_) return false;
    }
    if (!numbered_ && next_ < values_.size()) tell_extra();
    return out_.size() <= limit_;
  }

 private:
  void read_directive() {
    directive d;
    good_number_ = true;
    read_flags(d);
    read_argument_number();
    d.width = read_size(d, "%!(BADWIDTH)");
    if (at_ < format_.size() && format_[at_] == '.') {
      ++at_;
      read_argument_number();
      d.precision = read_size(d, "%!(BADPREC)").value_or(0);
    }
    read_argument_number();
    if (at_ == format_.size()) {
      out_ += "%!(NOVERB)";
      return;
    }
    const auto verb = format_.substr(at_, go::first_rune(format_.substr(at_)).size);
    at_ += verb.size();
    if (verb == "%") {
      out_ += '%';
    } else if (!good_number_) {
      out_.append("%!").append(verb).append("(BADINDEX)");
    } else if (next_ >= values_.size()) {
      out_.append("%!").append(verb).append("(MISSING)");
    } else {
      write(d, verb, values_[next_++]);
    }
  }

  void write(const directive& d, std::string_view verb, const value& v) {
    const auto before = out_.size();
    // A width can ask for a megabyte, again and again.
    if (d.width && *d.width > limit_) return give_up();
    formatter f(out_, d, verb.front(), limit_);
    if (verb.size() == 1 && f.write(v)) return f.looked_at() > limit_ ? give_up() : void();
    out_.resize(before);
    out_.append("%!").append(verb).append("(");
    if (!v.missing()) out_.append(type_name(v)).append("=");
    append_printed(out_, v, limit_);
    out_ += ')';
  }

  /// Longer than the limit, so that the caller is told.
  void give_up() { out_.append(limit_ + 1, ' '); }

  void read_flags(directive& d) {
    for (; at_ < format_.size(); ++at_) {
      switch (format_[at_]) {
        case '+': d.plus = true; break;
        case '-': d.minus = true; break;
        case '#': d.sharp = true; break;
        case ' ': d.space = true; break;
        case '0': d.zero = true; break;
        default: return;
      }
    }
  }

  /// `[3]`: the next value is the third.
  void read_argument_number() {
    if (at_ >= format_.size() || format_[at_] != '[') return;
    numbered_ = true;
    const auto close = format_.find(']', at_);
    std::size_t number = 0;
    const auto* begin = format_.data() + at_ + 1;
    const auto* end = format_.data() + std::min(close, format_.size());
    const auto read = std::from_chars(begin, end, number);
    const bool good = close != std::string_view::npos && read.ec == std::errc{} && read.ptr == end && number >= 1
                      && number <= values_.size();
    if (good) next_ = number - 1;
    good_number_ = good_number_ && good;
    at_ = close == std::string_view::npos ? at_ + 1 : close + 1;
  }

  /// Digits, or `*` for the next value; a negative one turns to the left.
  std::optional<std::size_t> read_size(directive& d, std::string_view complaint) {
    if (at_ < format_.size() && format_[at_] == '*') {
      ++at_;
      const auto* i = next_ < values_.size() ? values_[next_].as<integer>() : nullptr;
      if (next_ < values_.size()) ++next_;
      const auto most = static_cast<std::int64_t>(widest);
      if (!i || i->number > most || i->number < -most) {
        out_ += complaint;
        return std::nullopt;
      }
      if (i->number < 0) d.minus = true;
      return static_cast<std::size_t>(std::abs(i->number));
    }
    std::size_t size = 0;
    const auto* begin = format_.data() + at_;
    const auto read = std::from_chars(begin, format_.data() + format_.size(), size);
    if (read.ptr == begin) return std::nullopt;
    at_ += static_cast<std::size_t>(read.ptr - begin);
    if (read.ec == std::errc{} && size <= widest) return size;
    out_ += complaint;
    return std::nullopt;
  }

  void tell_extra() {
    out_ += "%!(EXTRA ";
    for (auto i = next_; i < values_.size(); ++i) {
      if (i > next_) out_ += ", ";
      if (!values_[i].missing()) out_.append(type_name(values_[i])).append("=");
      if (!append_printed(out_, values_[i], limit_)) return;
    }
    out_ += ')';
  }

  std::string& out_;
  std::string_view format_;
  std::span<const value> values_;
  std::size_t limit_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;
  bool numbered_ = false;
  bool good_number_ = true;
};

} // namespace

bool append_formatted(std::string& out, std::string_view format, std::span<const value> values, std::size_t limit) {
  return format_reader(out, format, values, limit).run();
}

} // namespace tocsin::templates
