#include <array>
#include <random>
#include <string>

#include <boost/test/unit_test.hpp>

#include "ingest_samples.hpp"
#include "protocols/ingest.hpp"
#include "protocols/utf8.hpp"

namespace {

constexpr std::uint32_t seed = 20261124;
constexpr int mutants_of_each = 3'000;

/// Changes a body the way broken senders, proxies and disks do.
class mutator {
 public:
  explicit mutator(std::uint32_t start) : random_(start) {}

  std::string mutate(std::string body) {
    const auto changes = 1 + below(4);
    for (std::size_t i = 0; i < changes && !body.empty(); ++i) change(body);
    return body;
  }

 private:
  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }

  void change(std::string& body) {
    static constexpr std::array<std::string_view, 20> pieces{"{",
                                                             "}",
                                                             "[",
                                                             "]",
                                                             ",",
                                                             ":",
                                                             "\"",
                                                             "\\",
                                                             "null",
                                                             "1e9",
                                                             "true",
                                                             "\\ud800",
                                                             "\\u12",
                                                             "\xFF",
                                                             "\xE2\x82",
                                                             "\"labels\":",
                                                             "\"\"",
                                                             " ",
                                                             "\"endsAt\":\"2020-01-01T00:00:00Z\",",
                                                             "{\"labels\":{\"a\":\"b\"}},"};
    const auto at = below(body.size());
    switch (below(6)) {
      case 0: body[at] = static_cast<char>(below(256)); return;
      case 1: body.erase(at, 1 + below(8)); return;
      case 2: body.insert(at, pieces[below(pieces.size())]); return;
      case 3: body.resize(at); return;
      case 4: body.insert(at, body.substr(below(body.size()), 1 + below(64))); return;
      default: body[at] = pieces[below(pieces.size())][0]; return;
    }
  }

  std::mt19937 random_;
};

struct tally {
  int refused = 0;
  int taken = 0;
};

bool holds_utf8(const tocsin::label_set& labels) {
  for (auto [name, value] : labels) {
    if (name.empty() || tocsin::find_invalid_utf8(name) != std::string_view::npos) return false;
    if (tocsin::find_invalid_utf8(value) != std::string_view::npos) return false;
  }
  return true;
}

/// What must hold of every answer, whatever the body was.
template <class Parsed>
bool sound(const Parsed& parsed, tally& count) {
  if (!parsed) {
    ++count.refused;
    const auto status = parsed.error().http_status;
    return !parsed.error().message.empty() && (status == 400 || status == 422);
  }
  ++count.taken;
  for (const auto& a : parsed->accepted) {
    if (a.labels.empty() || a.starts_at > a.ends_at || !holds_utf8(a.labels) || !holds_utf8(a.annotations))
      return false;
  }
  for (const auto& sentence : parsed->rejected) {
    if (sentence.empty()) return false;
  }
  return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(mutated_bodies)

BOOST_AUTO_TEST_CASE(each_is_refused_with_a_reason_or_gives_sound_alerts) {
  BOOST_TEST_MESSAGE("seed " << seed);
  mutator mutants(seed);
  tocsin::alert_parser parser;
  tally v2;
  tally webhook;
  for (const auto body : {samples::prometheus_body, samples::webhook_body, samples::grafana_body}) {
    for (int i = 0; i < mutants_of_each; ++i) {
      const auto mutant = mutants.mutate(std::string(body));
      BOOST_REQUIRE_MESSAGE(sound(parser.parse_v2(mutant, samples::options), v2), "API v2: " << mutant);
      BOOST_REQUIRE_MESSAGE(sound(parser.parse_webhook(mutant, samples::options), webhook), "webhook: " << mutant);
    }
  }
  // Both outcomes must occur often, or the mutations show nothing.
  BOOST_TEST(v2.taken > mutants_of_each / 20);
  BOOST_TEST(v2.refused > mutants_of_each / 4);
  BOOST_TEST(webhook.taken > mutants_of_each / 20);
  BOOST_TEST(webhook.refused > mutants_of_each / 4);
}

BOOST_AUTO_TEST_CASE(what_a_parser_read_before_does_not_show) {
  mutator mutants(seed + 1);
  tocsin::alert_parser used;
  for (int i = 0; i < 500; ++i) {
    const auto mutant = mutants.mutate(std::string(samples::prometheus_body));
    const auto again = used.parse_v2(mutant, samples::options);
    const auto fresh = tocsin::alert_parser{}.parse_v2(mutant, samples::options);
    BOOST_REQUIRE_MESSAGE(again.has_value() == fresh.has_value(), mutant);
    if (!fresh) {
      BOOST_REQUIRE_MESSAGE(again.error().message == fresh.error().message, mutant);
      continue;
    }
    BOOST_REQUIRE_MESSAGE(again->accepted.size() == fresh->accepted.size(), mutant);
    for (std::size_t n = 0; n < fresh->accepted.size(); ++n) {
      BOOST_REQUIRE_MESSAGE(again->accepted[n].labels == fresh->accepted[n].labels, mutant);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
