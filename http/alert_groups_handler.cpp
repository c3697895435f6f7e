#include "http/alert_groups_handler.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include <httplib.h>

#include "actors/suppressor_state.hpp"
#include "http/alert_group_order.hpp"
#include "http/alert_query.hpp"
#include "http/answer.hpp"
#include "http/gettable_alert.hpp"
#include "http/paged_answer.hpp"
#include "http/turn.hpp"

namespace tocsin::http {

namespace {

/// So many alerts are in memory at a time, and the suppressor is asked about at once.
constexpr std::size_t piece_size = 1024;

/// The alerts of a request that share a route and the values of its `group_by`.
struct group {
  label_set labels;
  std::size_t route = 0;
  std::vector<episode_id> alerts;
};

class group_listing : public json_listing {
 public:
  group_listing(services& s, alert_query query, const std::optional<group_cursor>& behind)
      : services_(s), place_(s.listings, most_listings), query_(std::move(query)), config_(s.core.configuration()) {
    if (!granted()) return;
    mute_routes();
    collect();
    std::sort(groups_.begin(), groups_.end(), [this](const group& a, const group& b) {
      return before({a.labels, a.route}, {b.labels, b.route}, *config_);
    });
    if (!behind) return;
    const auto first = std::find_if(groups_.begin(), groups_.end(), [&](const group& g) {
      return before(*behind, {g.labels, g.route}, *config_);
    });
    groups_.erase(groups_.begin(), first);
  }

  bool granted() const noexcept { return place_.granted(); }

  bool append(std::string& out) override {
    for (std::size_t read = 0; read < piece_size && !done();) read += append_some(out);
    return !done();
  }

  /// Where the next page begins, if there is one.
  std::optional<std::string> next_page() const override {
    if (!full() || at_ == groups_.size()) return std::nullopt;
    return to_string(group_cursor{groups_[at_ - 1].labels, groups_[at_ - 1].route});
  }

 private:
  bool full() const { return query_.limit && written_ >= *query_.limit; }
  bool done() const { return at_ == groups_.size() || full(); }

  void mute_routes() {
    const auto now = services_.core.options().time.now();
    const auto routes = config_->routes.routes();
    for (std::size_t i = 0; i < routes.size(); ++i) muted_.push_back(muting_of(*config_, routes[i], now).names);
  }

  const std::vector<std::string>& muted_by(std::size_t route) const {
    static const std::vector<std::string> nothing;
    // The routes of drills have no intervals.
    return route < muted_.size() ? muted_[route] : nothing;
  }

  bool shows_route(std::size_t index) const {
    return query_.shows_receiver(config_->routes.at(index).receiver) && (query_.muted || muted_by(index).empty());
  }

  void collect() {
    std::map<std::pair<std::size_t, label_set>, std::size_t> known;
    std::vector<std::size_t> routes;
    services_.history.visit_active([&](episode_id id, const label_set& labels) {
      if (!all_match(query_.matchers, labels)) return;
      routes.clear();
      config_->routes.match(labels, routes);
      for (const auto index : routes) {
        if (!shows_route(index)) continue;
        auto by = config_->routes.at(index).group_labels(labels);
        const auto [found, is_new] = known.try_emplace({index, by}, groups_.size());
        if (is_new) groups_.push_back({std::move(by), index, {}});
        groups_[found->second].alerts.push_back(id);
      }
    });
  }

  /// Those of the routes that are shown, by name.
  std::vector<std::string> receivers_of(const label_set& labels) const {
    std::vector<std::size_t> routes;
    config_->routes.match(labels, routes);
    std::vector<std::string> names;
    for (const auto index : routes) {
      if (query_.shows_receiver(config_->routes.at(index).receiver)) {
        names.push_back(config_->routes.at(index).receiver);
      }
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  /// Appends alerts of the group whose turn it is, and goes on to the next one when it is over.
  /// @returns how many were read.
  std::size_t append_some(std::string& out) {
    auto& g = groups_[at_];
    const auto one_piece = g.alerts.size() <= piece_size;
    if (next_ == 0 && !one_piece) sort_by_labels(g);
    const auto count = std::min(piece_size, g.alerts.size() - next_);
    auto alerts = gettable_alerts(services_, std::span(g.alerts).subspan(next_, count));
    if (one_piece) {
      std::sort(alerts.begin(), alerts.end(),
                [](const auto& a, const auto& b) { return alert_before(a.what.labels, b.what.labels); });
    }
    next_ += count;
    for (const auto& alert : alerts) {
      if (query_.shows(alert.standing)) append_alert(out, alert);
    }
    if (next_ == g.alerts.size()) end_group(out);
    return count;
  }

  /// For a group that is not read at once: puts it in order by labels alone.
  void sort_by_labels(group& g) {
    std::vector<std::pair<label_set, episode_id>> all;
    for (std::size_t i = 0; i < g.alerts.size(); i += piece_size) {
      const auto count = std::min(piece_size, g.alerts.size() - i);
      for (auto& a : services_.history.active(std::span(g.alerts).subspan(i, count))) {
        all.emplace_back(std::move(a.labels), a.id);
      }
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return alert_before(a.first, b.first); });
    g.alerts.clear();
    for (const auto& [labels, id] : all) g.alerts.push_back(id);
  }

  void append_alert(std::string& out, const gettable_alert& alert) {
    // A group of which nothing is shown is not begun.
    out += open_ ? "," : written_ > 0 ? ",{\"alerts\":[" : "{\"alerts\":[";
    open_ = true;
    json_writer w(out, json_escaping::html);
    write_alert(w, alert, receivers_of(alert.what.labels), muted_by(groups_[at_].route));
  }

  void end_group(std::string& out) {
    const auto& g = groups_[at_];
    if (open_) {
      const auto& route = config_->routes.at(g.route);
      out += "],\"labels\":";
      json_writer(out, json_escaping::html).value(g.labels);
      out += ",\"receiver\":";
      json_writer(out, json_escaping::html).begin_object().member("name", route.receiver).end_object();
      if (!route.labels.empty()) {
        out += ",\"routeLabels\":";
        json_writer(out, json_escaping::html).value(route.labels);
      }
      out += '}';
      ++written_;
    }
    open_ = false;
    next_ = 0;
    ++at_;
  }

  services& services_;
  turn place_;
  alert_query query_;
  config::config_ptr config_;
  /// By route of the file.
  std::vector<std::vector<std::string>> muted_;
  std::vector<group> groups_;
  /// The group whose turn it is, and the alert of it.
  std::size_t at_ = 0;
  std::size_t next_ = 0;
  /// Something of it was written.
  bool open_ = false;
  std::size_t written_ = 0;
};

} // namespace

void get_v2_alert_groups(services& s, const httplib::Request& request, httplib::Response& response) {
  add_v2_headers(response);
  auto query = read_alert_query(request);
  if (!query) return answer_v2_error(response, 400, query.error().message);
  std::optional<group_cursor> behind;
  if (!query->cursor.empty()) {
    behind = parse_group_cursor(query->cursor);
    if (!behind) return answer_v2_error(response, 400, unknown_cursor(query->cursor));
  }
  const auto paged = query->limit.has_value();
  auto listing = std::make_shared<group_listing>(s, *std::move(query), behind);
  if (!listing->granted()) return refuse_listing(response);
  paged ? answer_page(response, *listing) : answer_listing(response, std::move(listing));
}

} // namespace tocsin::http
