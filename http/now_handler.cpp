#include "http/now_handler.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <httplib.h>

#include "actors/suppressor_state.hpp"
#include "http/answer.hpp"
#include "http/matcher_param.hpp"
#include "http/now_json.hpp"
#include "http/paged_answer.hpp"
#include "http/turn.hpp"

namespace tocsin::http {

namespace {

constexpr std::int64_t largest_page = 500;
constexpr std::int64_t most_ids = 10000;
constexpr std::size_t most_previewed = 10;

/// Where the page begins; the first when there is no cursor.
result<std::optional<group_position>, problem> cursor_of(params& p) {
  const auto text = p.text("cursor");
  if (p.error()) return tl::unexpected(*p.error());
  if (!text || text->empty()) return std::nullopt;
  auto position = parse_group_position(*text);
  if (position) return position;
  return tl::unexpected(problem{400, "invalid_parameter",
                                "cursor: expected the next_cursor of the page before, found \"" + *text + '"',
                                "cursor"});
}

/// Of each group its record, by which the channels are found that were told.
std::vector<std::optional<group_id>> records_of(storage::active_view& view, const config::config& config,
                                                const std::vector<const active_group*>& groups) {
  std::vector<std::optional<group_id>> records(groups.size());
  std::vector<storage::group_name> names;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    records[i] = groups[i]->owner;
    if (records[i]) continue;
    names.push_back({config.routes.at(groups[i]->route).key, groups[i]->labels});
    places.push_back(i);
  }
  const auto found = view.find_groups(names);
  for (std::size_t i = 0; i < found.size(); ++i) records[places[i]] = found[i];
  return records;
}

std::vector<std::pair<episode, std::optional<timestamp>>> alerts_of(storage::active_view& view, const active_group& g) {
  std::vector<episode_id> ids;
  for (const auto& a : g.shown) ids.push_back(a.id);
  std::vector<std::pair<episode, std::optional<timestamp>>> found;
  // All of them are there: the snapshot is the one in which they were counted.
  auto rank = g.shown.begin();
  for (auto& e : view.read(ids)) found.emplace_back(std::move(e), (rank++)->next_escalation_at);
  return found;
}

/// The same for all who ask the same.
std::string key_of(params& p) {
  std::string key;
  for (const auto* name : {"limit", "ids", "cursor", "filter"}) {
    const auto text = p.text(name).value_or("");
    key += std::to_string(text.size()) + ' ' + text;
  }
  return key;
}

struct now_question {
  std::vector<matcher> filter;
  std::optional<group_position> behind;
  std::size_t limit = 0;
  std::size_t ids = 0;
};

std::string now_body(storage::active_view& view, const config::config_ptr& config, const now_question& asked,
                     timestamp now) {
  active_groups all(config, asked.ids);
  view.visit([&](const storage::active_standing& a) {
    if (all_match(asked.filter, a.labels)) all.add(a);
  });
  const auto page = all.page_behind(asked.behind, asked.limit);
  const auto records = records_of(view, *config, page.groups);

  std::string body;
  json_writer w(body);
  w.begin_object().member("success", true).member("count", page.groups.size()).member("total", all.size());
  w.key("next_cursor");
  page.more ? w.value(to_string(page.groups.back()->position())) : w.null();
  w.key("summary");
  write_summary(w, all.summary(), all.size());
  w.key("data").begin_array();
  for (std::size_t i = 0; i < page.groups.size(); ++i) {
    const auto& g = *page.groups[i];
    const auto& route = config->routes.at(g.route);
    const auto muted = muting_of(*config, route, now).names;
    auto channels = records[i] ? view.channels_told(*records[i]) : std::vector<std::string>{};
    write_group(w, g, {route, muted, std::move(channels), alerts_of(view, g)});
  }
  w.end_array().end_object();
  body += '\n';
  return body;
}

} // namespace

void get_now(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  now_question asked;
  asked.limit = static_cast<std::size_t>(p.integer("limit", 50, 1, largest_page));
  asked.ids = static_cast<std::size_t>(p.integer("ids", 0, 0, most_ids));
  auto filter = matchers_of(p);
  if (!filter) return answer_problem(response, filter.error());
  asked.filter = *std::move(filter);
  auto behind = cursor_of(p);
  if (!behind) return answer_problem(response, behind.error());
  asked.behind = *std::move(behind);

  const auto body = s.now.ask(key_of(p), [&] {
    std::string made;
    const auto now = s.core.options().time.now();
    s.history.look_at_active(
        [&](storage::active_view& view) { made = now_body(view, s.core.configuration(), asked, now); });
    return made;
  });
  if (!body) return answer_problem(response, unavailable("too many ask what fires; try again"));
  response.set_header("Cache-Control", "no-store");
  answer_json(response, 200, *body);
}

void get_silence_preview(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  p.required_text("filter", 4096);
  const auto matchers = matchers_of(p);
  if (!matchers) return answer_problem(response, matchers.error());
  if (matchers->empty()) {
    return answer_problem(response, {400, "invalid_parameter", "filter: expected at least one matcher", "filter"});
  }
  const turn place(s.listings, most_listings);
  if (!place.granted()) return answer_problem(response, unavailable("other lists of alerts are under way; try again"));

  const auto most = s.core.configuration()->silences.max_breadth;
  std::size_t total = 0;
  std::vector<episode> shown;
  s.history.look_at_active([&](storage::active_view& view) {
    std::vector<ranked_alert> first;
    view.visit([&](const storage::active_standing& a) {
      if (!all_match(*matchers, a.labels)) return;
      ++total;
      note_ranked(first, rank_of(a, std::nullopt), most_previewed);
    });
    std::vector<episode_id> ids;
    for (const auto& a : first) ids.push_back(a.id);
    shown = view.read(ids);
  });

  std::string body;
  json_writer w(body);
  w.begin_object().member("success", true).member("count", shown.size()).member("total", total);
  w.member("too_broad", most > 0 && total > most).member("max_breadth", most).key("data").begin_array();
  for (const auto& e : shown) {
    w.begin_object();
    write_short_members(w, e);
    w.end_object();
  }
  w.end_array().end_object();
  body += '\n';
  answer_json(response, 200, std::move(body));
}

} // namespace tocsin::http
