// What real senders sent, and what public projects hold as samples of it.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <simdjson.h>

#include "protocols/ingest.hpp"

namespace {

namespace fs = std::filesystem;
namespace dom = simdjson::dom;

/// The folder of a collection, if this machine has it.
std::optional<fs::path> collection(const std::string& name) {
  const auto* set = std::getenv("TOCSIN_SHARED_DATA");
  const auto folder = (set != nullptr ? fs::path(set) : fs::path(TOCSIN_SOURCE_DIR) / ".." / "shared" / "data") / name;
  if (fs::is_directory(folder)) return folder;
  BOOST_TEST_MESSAGE("skipped: " << folder << " is absent; set TOCSIN_SHARED_DATA to the folder that holds " << name);
  return std::nullopt;
}

std::vector<fs::path> files_of(const fs::path& folder, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string_view text_at(const dom::element& object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

/// A moment at which all that was recorded had happened.
const tocsin::ingest_options after_the_recording{**tocsin::parse_rfc3339("2026-11-24T03:00:00Z"),
                                                 std::chrono::minutes{5}};

/// Every alert of the body is accepted, in order, with the fingerprint that the
/// sender computed, and fires or not as the sender says.
void check_recorded(tocsin::alert_parser& parser, const fs::path& file) {
  const auto body = content_of(file);
  dom::parser tree;
  const dom::array sent = tree.parse(body)["alerts"];
  const auto parsed = parser.parse_webhook(body, after_the_recording);
  BOOST_REQUIRE_MESSAGE(parsed.has_value(), file << ": " << (parsed ? "" : parsed.error().message));
  BOOST_TEST(parsed->rejected.empty(), file);
  BOOST_REQUIRE_MESSAGE(parsed->accepted.size() == sent.size(), file);
  auto taken = parsed->accepted.begin();
  for (const auto alert : sent) {
    BOOST_TEST(tocsin::fingerprint_fnv(taken->labels) == text_at(alert, "fingerprint"), file);
    BOOST_TEST(taken->resolved_at(after_the_recording.now) == (text_at(alert, "status") == "resolved"), file);
    BOOST_TEST(taken->annotations.size() == dom::object(alert["annotations"]).size(), file);
    BOOST_TEST(taken->generator_url == text_at(alert, "generatorURL"), file);
    ++taken;
  }
}

/// The alerts of one recorded post, beside what a tree of the same body holds.
void check_posted(tocsin::alert_parser& parser, std::string_view body, std::size_t& alerts) {
  dom::parser tree;
  const dom::array sent = tree.parse(body.data(), body.size());
  const auto parsed = parser.parse_v2(body, after_the_recording);
  BOOST_REQUIRE_MESSAGE(parsed.has_value(), body << ": " << (parsed ? "" : parsed.error().message));
  BOOST_TEST(parsed->rejected.empty());
  BOOST_REQUIRE(parsed->accepted.size() == sent.size());
  auto taken = parsed->accepted.begin();
  for (const auto alert : sent) {
    for (const auto [name, value] : dom::object(alert["labels"])) {
      BOOST_TEST(taken->labels.get(name) == std::string_view(value));
    }
    BOOST_TEST(taken->labels.size() == dom::object(alert["labels"]).size());
    BOOST_TEST(tocsin::to_rfc3339(taken->starts_at) == text_at(alert, "startsAt"));
    BOOST_TEST(tocsin::to_rfc3339(taken->ends_at) == text_at(alert, "endsAt"));
    BOOST_TEST(taken->generator_url == text_at(alert, "generatorURL"));
    ++taken;
    ++alerts;
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(corpus)

BOOST_AUTO_TEST_CASE(every_recorded_webhook_is_accepted_with_the_fingerprints_it_states) {
  const auto folder = collection("webhooks-recorded");
  if (!folder) return;
  const auto files = files_of(*folder, ".json");
  BOOST_TEST(files.size() >= 149U);
  tocsin::alert_parser parser;
  for (const auto& file : files) check_recorded(parser, file);
}

BOOST_AUTO_TEST_CASE(every_public_webhook_is_accepted_or_refused_with_a_reason) {
  const auto folder = collection("webhooks-public");
  if (!folder) return;
  tocsin::alert_parser parser;
  std::size_t accepted = 0;
  std::size_t left_out = 0;
  for (const auto& file : files_of(*folder, ".json")) {
    const auto parsed = parser.parse_webhook(content_of(file), after_the_recording);
    if (!parsed) {
      BOOST_TEST(parsed.error().http_status == 400, file);
      BOOST_TEST(parsed.error().message.starts_with("webhook body: "), file);
      BOOST_TEST_MESSAGE(file.filename() << " refused: " << parsed.error().message);
      ++left_out;
      continue;
    }
    accepted += parsed->accepted.size();
    for (const auto& a : parsed->accepted) BOOST_TEST((!a.labels.empty() && a.starts_at <= a.ends_at), file);
    for (const auto& sentence : parsed->rejected) {
      BOOST_TEST(sentence.starts_with("alerts["), file);
      BOOST_TEST_MESSAGE(file.filename() << " rejected " << sentence);
      ++left_out;
    }
  }
  // Most samples are sound; the few that are not are named above.
  BOOST_TEST(accepted > 100U);
  BOOST_TEST(left_out < 10U);
}

BOOST_AUTO_TEST_CASE(every_recorded_post_of_prometheus_is_accepted_whole) {
  tocsin::alert_parser parser;
  std::size_t alerts = 0;
  for (const auto* name : {"captures/prometheus-2.42.0", "captures/prometheus-2.53.3"}) {
    const auto folder = collection(name);
    if (!folder) return;
    std::ifstream in(*folder / "api-v2-alerts.jsonl", std::ios::binary);
    dom::parser record;
    for (std::string line; std::getline(in, line);) {
      const dom::element entry = record.parse(line);
      BOOST_REQUIRE(text_at(entry, "enc") == "utf8");
      check_posted(parser, text_at(entry, "body"), alerts);
    }
  }
  BOOST_TEST(alerts > 200U);
}

BOOST_AUTO_TEST_SUITE_END()
