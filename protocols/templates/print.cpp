#include "protocols/templates/print.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "protocols/templates/go_time.hpp"

namespace tocsin::templates {

namespace {

template <class... Fs>
struct overload : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overload(Fs...) -> overload<Fs...>;

class printer {
 public:
  printer(std::string& out, std::size_t limit) : out_(out), limit_(limit) {}

  bool print(const value& v) {
    return std::visit(
        overload{
            [&](std::monostate) { return put("<nil>"); }, [&](bool b) { return put(b ? "true" : "false"); },
            [&](const integer& i) { return put(integer_text(i)); }, [&](double d) { return put(float_text(d)); },
            [&](const text& t) { return put(t.view()); }, [&](const moment& m) { return put(time_text(m)); },
            [&](const label_set& l) { return put(label_text(l)); }, [&](const value::list_ptr& l) { return print(*l); },
            [&](const value::dict_ptr& d) { return print(*d); }, [&](const value::record_ptr& r) { return print(*r); }},
        v.get());
  }

 private:
  bool put(std::string_view bytes) {
    if (out_.size() + bytes.size() > limit_) return false;
    out_.append(bytes);
    return true;
  }

  bool print(const list& l) {
    const bool pairs = l.kind == list_kind::pairs;
    if (!pairs && !put("[")) return false;
    for (std::size_t i = 0; i < l.items.size(); ++i) {
      if (i > 0 && !put(pairs ? ", " : " ")) return false;
      if (pairs ? !print_pair(l.items[i]) : !print(l.items[i])) return false;
    }
    return pairs || put("]");
  }

  bool print_pair(const value& v) {
    const auto* pair = v.as<value::record_ptr>();
    return pair && print((*pair)->fields[0].what) && put("=") && print((*pair)->fields[1].what);
  }

  bool print(const dict& d) {
    if (!put("map[")) return false;
    bool first = true;
    for (const auto& [key, item] : d.items) {
      if (!std::exchange(first, false) && !put(" ")) return false;
      if (!put(key) || !put(":") || !print(item)) return false;
    }
    return put("]");
  }

  bool print(const record& r) {
    if (!put("{")) return false;
    bool first = true;
    for (const auto& f : r.fields) {
      if (f.json.empty()) continue;
      if (!std::exchange(first, false) && !put(" ")) return false;
      if (!print(f.what)) return false;
    }
    return put("}");
  }

  std::string& out_;
  std::size_t limit_;
};

constexpr std::array<std::string_view, 12> month_names = {"January",   "February", "March",    "April",
                                                          "May",       "June",     "July",     "August",
                                                          "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> weekday_names = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                           "Thursday", "Friday", "Saturday"};

} // namespace

bool append_printed(std::string& out, const value& v, std::size_t limit) {
  return printer(out, limit).print(v);
}

bool append_all_printed(std::string& out, std::span<const value> values, bool line, std::size_t limit) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto is_text = [&](std::size_t at) { return values[at].as<text>() != nullptr; };
    if (i > 0 && (line || (!is_text(i - 1) && !is_text(i)))) out.push_back(' ');
    if (!append_printed(out, values[i], limit)) return false;
  }
  if (line) out.push_back('\n');
  return out.size() <= limit;
}

std::string label_text(const label_set& labels) {
  std::string out;
  const auto add = [&](label_view l) {
    if (!out.empty()) out.append(", ");
    out.append(l.name).append("=").append(l.value);
  };
  if (labels.contains("alertname")) add({"alertname", labels.get("alertname")});
  for (auto label : labels) {
    if (label.name != "alertname") add(label);
  }
  return out;
}

std::string duration_text(std::int64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  // The most negative number has no positive counterpart of its type.
  auto rest = nanoseconds < 0 ? 0 - static_cast<std::uint64_t>(nanoseconds) : static_cast<std::uint64_t>(nanoseconds);
  std::string out = nanoseconds < 0 ? "-" : "";
  const auto with_fraction = [&](std::uint64_t unit, std::string_view name) {
    out += std::to_string(rest / unit);
    if (auto fraction = rest % unit; fraction > 0) {
      auto digits = std::to_string(unit + fraction).substr(1);
      out += "." + digits.substr(0, digits.find_last_not_of('0') + 1);
    }
    out += name;
  };
  if (rest < 1'000) {
    with_fraction(1, "ns");
  } else if (rest < 1'000'000) {
    with_fraction(1'000, "µs");
  } else if (rest < 1'000'000'000) {
    with_fraction(1'000'000, "ms");
  } else {
    constexpr std::uint64_t minute = 60'000'000'000;
    const auto minutes = rest / minute;
    if (minutes >= 60) out += std::to_string(minutes / 60) + "h";
    if (minutes > 0) out += std::to_string(minutes % 60) + "m";
    rest %= minute;
    with_fraction(1'000'000'000, "s");
  }
  return out;
}

std::string float_text(double d) {
  if (std::isnan(d)) return "NaN";
  if (std::isinf(d)) return d > 0 ? "+Inf" : "-Inf";
  std::array<char, 400> buffer;
  auto* const begin = buffer.data();
  auto* const end = begin + buffer.size();
  const auto scientific = std::to_chars(begin, end, d, std::chars_format::scientific);
  const std::string out(begin, scientific.ptr);
  const auto exponent = std::atoi(out.c_str() + out.find('e') + 1);
  if (exponent < -4 || exponent >= 6) return out;
  const auto fixed = std::to_chars(begin, end, d, std::chars_format::fixed);
  return std::string(begin, fixed.ptr);
}

std::string integer_text(integer i) {
  const auto in = [&](auto& names, std::int64_t first, std::string_view type) {
    const auto at = i.number - first;
    if (at >= 0 && at < static_cast<std::int64_t>(names.size())) {
      return std::string(names[static_cast<std::size_t>(at)]);
    }
    return "%!" + std::string(type) + "(" + std::to_string(i.number) + ")";
  };
  switch (i.kind) {
    case integer_kind::plain: return std::to_string(i.number);
    case integer_kind::duration: return duration_text(i.number);
    case integer_kind::month: return in(month_names, 1, "Month");
    case integer_kind::weekday: return in(weekday_names, 0, "Weekday");
  }
  return std::to_string(i.number);
}

} // namespace tocsin::templates
