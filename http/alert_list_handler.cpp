#include "http/alert_list_handler.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include <httplib.h>

#include "http/alert_query.hpp"
#include "http/answer.hpp"
#include "http/gettable_alert.hpp"
#include "http/paged_answer.hpp"
#include "http/turn.hpp"

namespace tocsin::http {

namespace {

/// So many alerts are in memory at a time, and the suppressor is asked about at once.
constexpr std::size_t piece_size = 1024;

std::vector<std::string> receivers_of(const config::config& c, const label_set& labels) {
  std::vector<std::size_t> routes;
  c.routes.match(labels, routes);
  std::vector<std::string> names;
  names.reserve(routes.size());
  for (const auto index : routes) names.push_back(c.routes.at(index).receiver);
  return names;
}

bool any_shown(const alert_query& query, const std::vector<std::string>& receivers) {
  return !query.receiver || std::any_of(receivers.begin(), receivers.end(), [&query](const std::string& name) {
    return query.shows_receiver(name);
  });
}

class alert_listing : public json_listing {
 public:
  alert_listing(services& s, alert_query query, std::optional<std::uint64_t> behind)
      : services_(s), place_(s.listings, most_listings), query_(std::move(query)), config_(s.core.configuration()) {
    if (!granted()) return;
    places_ = query_.matchers.empty() && !query_.receiver ? services_.fingerprints.all(services_.history) : matching();
    if (!behind) return;
    std::erase_if(places_, [&behind](const place& p) { return p.fingerprint <= *behind; });
  }

  bool granted() const noexcept { return place_.granted(); }

  bool append(std::string& out) override {
    const auto count = std::min(piece_size, places_.size() - next_);
    std::vector<episode_id> episodes;
    for (std::size_t i = 0; i < count; ++i) episodes.push_back(places_[next_ + i].episode);
    next_ += count;
    for (const auto& alert : gettable_alerts(services_, episodes)) {
      if (!query_.shows(alert.standing)) continue;
      if (full()) break;
      if (written_ > 0) out += ',';
      json_writer w(out, json_escaping::html);
      write_alert(w, alert, receivers_of(*config_, alert.what.labels), {});
      last_ = alert.what.id;
      last_fingerprint_ = fingerprint_fnv(alert.what.labels);
      ++written_;
    }
    return next_ < places_.size() && !full();
  }

  /// The page is full and there may be more.
  std::optional<std::string> next_page() const override {
    if (!full() || last_ == places_.back().episode) return std::nullopt;
    return last_fingerprint_;
  }

 private:
  /// What the matchers and the receiver pick, by fingerprint.
  std::vector<place> matching() {
    std::vector<place> found;
    services_.history.visit_active([&](episode_id id, const label_set& labels) {
      if (!all_match(query_.matchers, labels)) return;
      if (query_.receiver && !any_shown(query_, receivers_of(*config_, labels))) return;
      found.push_back({labels.hash(), id});
    });
    std::sort(found.begin(), found.end());
    return found;
  }

  bool full() const { return query_.limit && written_ >= *query_.limit; }

  services& services_;
  turn place_;
  alert_query query_;
  config::config_ptr config_;
  std::vector<place> places_;
  std::size_t next_ = 0;
  std::size_t written_ = 0;
  episode_id last_;
  std::string last_fingerprint_;
};

result<std::optional<std::uint64_t>> parse_cursor(const std::string& text) {
  if (text.empty()) return std::optional<std::uint64_t>{};
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error == std::errc{} && end == text.data() + text.size()) return std::optional(number);
  return fail(unknown_cursor(text));
}

} // namespace

void get_v2_alerts(services& s, const httplib::Request& request, httplib::Response& response) {
  add_v2_headers(response);
  auto query = read_alert_query(request);
  if (!query) return answer_v2_error(response, 400, query.error().message);
  const auto behind = parse_cursor(query->cursor);
  if (!behind) return answer_v2_error(response, 400, behind.error().message);
  const auto paged = query->limit.has_value();
  auto listing = std::make_shared<alert_listing>(s, *std::move(query), *behind);
  if (!listing->granted()) return refuse_listing(response);
  paged ? answer_page(response, *listing) : answer_listing(response, std::move(listing));
}

} // namespace tocsin::http
