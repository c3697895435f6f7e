#include "http/test_handler.hpp"

#include <algorithm>
#include <vector>

#include <caf/scoped_actor.hpp>
#include <httplib.h>

#include "http/answer.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"
#include "http/turn.hpp"

namespace tocsin::http {

namespace {

constexpr std::size_t most_channels = 32;

struct tested {
  channel what;
  /// Or why it could not be tried.
  result<test_report> report;
};

std::vector<channel> channels_named(const config::config& c, std::string_view name) {
  if (const auto* one = c.find_channel(name)) return {*one};
  if (const auto* receiver = c.find_receiver(name)) return receiver->channels;
  std::vector<channel> of_kind;
  for (const auto& [ignored, receiver] : c.receivers) {
    for (const auto& one : receiver.channels) {
      if (one.kind() == name) of_kind.push_back(one);
    }
  }
  return of_kind;
}

problem no_such_channel(const config::config& c, const std::string& name) {
  constexpr std::size_t shown = 20;
  std::string known;
  std::size_t count = 0;
  for (const auto& [ignored, receiver] : c.receivers) {
    for (const auto& one : receiver.channels) {
      if (++count <= shown) known.append(known.empty() ? "" : ", ").append(one.id);
    }
  }
  if (count > shown) known += " and " + std::to_string(count - shown) + " more";
  return {404, "not_found",
          "there is no channel, receiver or kind of channel \"" + name + "\"; there are "
              + (known.empty() ? "no channels" : known),
          "channel"};
}

/// All at once: a slow one does not make the others wait.
std::vector<tested> send_tests(services& s, const std::vector<channel>& channels, const test_request& request) {
  caf::scoped_actor self{s.core.system()};
  const auto ask = [&](const channel& c) {
    auto asked = request;
    asked.channel = c.id;
    return self->request(s.core.dispatcher(), caf::infinite, test_atom_v, std::move(asked));
  };
  std::vector<decltype(ask(channels.front()))> pending;
  pending.reserve(channels.size());
  for (const auto& c : channels) pending.push_back(ask(c));
  std::vector<tested> all;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    tested one{channels[i], fail("no answer")};
    pending[i].receive([&one](test_report& r) { one.report = std::move(r); },
                       [&](const caf::error& e) { one.report = fail(s.core.system().render(e)); });
    all.push_back(std::move(one));
  }
  return all;
}

/// An incident that a test opened is closed again: nobody else would.
void close_incidents(services& s, const std::vector<tested>& tests, test_request request) {
  std::vector<channel> opened;
  for (const auto& t : tests) {
    if (t.what.keeps_incidents() && t.report && t.report->delivered) opened.push_back(t.what);
  }
  if (opened.empty()) return;
  request.resolved = true;
  send_tests(s, opened, request);
}

void write_attempts(json_writer& w, const std::vector<attempt_record>& attempts) {
  w.key("attempts").begin_array();
  for (const auto& a : attempts) {
    w.begin_object().member("sent_at", a.at).member("duration_ms", a.took.count());
    w.member("success", a.success).member("message", a.message).end_object();
  }
  w.end_array();
}

void write_test(json_writer& w, const tested& t, timestamp began) {
  w.begin_object().member("channel", t.what.id).member("kind", t.what.kind());
  w.member("recipients", t.what.recipients()).member("delivered", t.report && t.report->delivered);
  duration took{};
  if (t.report && !t.report->attempts.empty()) {
    took = t.report->attempts.back().at + t.report->attempts.back().took - began;
  }
  w.member("milliseconds", took.count());
  w.member("message", !t.report                    ? t.report.error().message
                      : t.report->attempts.empty() ? std::string()
                                                   : t.report->attempts.back().message);
  write_attempts(w, t.report ? t.report->attempts : std::vector<attempt_record>{});
  w.end_object();
}

} // namespace

void post_test(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto name = request.matches[1].str();
  params p(request);
  test_request asked;
  asked.by = p.text("requested_by", 256).value_or("");
  asked.most_attempts = static_cast<std::int32_t>(p.integer("attempts", usual_attempts, 1, usual_attempts));
  if (p.error()) return answer_problem(response, *p.error());
  const auto configuration = s.core.configuration();
  const auto channels = channels_named(*configuration, name);
  if (channels.empty()) return answer_problem(response, no_such_channel(*configuration, name));
  if (channels.size() > most_channels) {
    return answer_problem(response, {400, "invalid_parameter",
                                     name + " names " + std::to_string(channels.size()) + " channels; at most "
                                         + std::to_string(most_channels) + " can be tried at once",
                                     "channel"});
  }
  const turn mine(s);
  if (!mine.granted()) {
    return answer_problem(response, turn::refused());
  }
  const auto began = s.core.options().time.now();
  const auto tests = send_tests(s, channels, asked);
  close_incidents(s, tests, asked);
  answer_json(response, 200, list_body(tests.size(), [&](json_writer& w) {
                for (const auto& t : tests) write_test(w, t, began);
              }));
}

} // namespace tocsin::http
