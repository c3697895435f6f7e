#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

constexpr auto unknown_id = "00000000-0000-4000-8000-000000000000";

std::string silence_json(const std::string& name, std::chrono::milliseconds from, std::chrono::milliseconds to,
                         const std::string& more = {}) {
  return R"({"matchers":[{"name":"alertname","value":")" + name + R"(","isRegex":false}],"startsAt":")" + moment(from)
         + R"(","endsAt":")" + moment(to) + R"(","createdBy":"ann","comment":"works")" + more + "}";
}

struct with_silences : with_site {
  answer set(const std::string& body, const std::string& query = {}) {
    return http.post("/api/v2/silences" + query, body);
  }
  std::string id_of(const answer& a) {
    BOOST_TEST_CONTEXT(a.body) {
      BOOST_REQUIRE_EQUAL(a.status, 200);
    }
    return a.read().text("/silenceID").value_or("none");
  }
  std::string state_of(const std::string& id) {
    return http.get("/api/v2/silence/" + id).read().text("/status/state").value_or("none");
  }
  std::size_t listed(const std::string& query) {
    return http.get("/api/v2/silences" + query).read().size("").value_or(999);
  }
};

/// At most two alerts may be silenced without a second word.
struct with_narrow_limit {
  site here{"http://127.0.0.1:1/", "silences: {max_breadth: 2}\n"};
  client http{here.port()};

  with_narrow_limit() {
    for (const auto* instance : {"1", "2", "3"}) {
      BOOST_REQUIRE_EQUAL(
          http.post_alerts("[" + alert_json({{"alertname", "Broad"}, {"instance", instance}}) + "]").status, 200);
    }
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(silences_over_http)

BOOST_FIXTURE_TEST_CASE(a_silence_is_set_shown_and_ended, with_silences) {
  const auto a = set(silence_json("Disk", -1min, 1h));
  const auto id = id_of(a);
  BOOST_TEST(a.body == "{\"silenceID\":\"" + id + "\"}\n");
  BOOST_TEST(a.header("Cache-Control") == "no-store");
  const auto shown = http.get("/api/v2/silence/" + id);
  BOOST_TEST(shown.status == 200);
  BOOST_TEST(shown.read().keys("") == "id status updatedAt comment createdBy endsAt matchers startsAt");
  BOOST_TEST(shown.read().text("/id").value_or("") == id);
  BOOST_TEST(shown.read().text("/status/state").value_or("") == "active");
  BOOST_TEST(shown.read().keys("/matchers/0") == "isEqual isRegex name value");
  BOOST_TEST(listed("") == 1U);

  const auto ended = http.del("/api/v2/silence/" + id + "?by=max&comment=all%20done");
  BOOST_TEST(ended.status == 200);
  BOOST_TEST(ended.body == "");
  BOOST_TEST(http.del("/api/v2/silence/" + id).status == 200);
  BOOST_TEST(state_of(id) == "expired");

  const auto ours = http.get("/api/alerts/silences/" + id).read();
  BOOST_TEST(ours.keys("") == "success count data");
  BOOST_TEST(ours.keys("/data")
             == "id status matchers starts_at ends_at updated_at created_by comment recurrence expire_on_resolve "
                "matched_at changes");
  BOOST_TEST(ours.text("/data/matchers/0").value_or("") == "alertname=\"Disk\"");
  BOOST_TEST(ours.text("/data/changes/0/kind").value_or("") == "created");
  BOOST_TEST(ours.text("/data/changes/0/changed_by").value_or("") == "ann");
  BOOST_TEST(ours.text("/data/changes/0/comment").value_or("") == "works");
  BOOST_TEST(ours.text("/data/changes/1/kind").value_or("") == "expired");
  BOOST_TEST(ours.text("/data/changes/1/changed_by").value_or("") == "max");
  BOOST_TEST(ours.text("/data/changes/1/comment").value_or("") == "all done");
  BOOST_TEST(ours.size("/data/changes").value_or(0) == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_delete_says_that_the_api_did_it_unless_it_is_told_who, with_silences) {
  const auto id = id_of(set(silence_json("Disk", 0s, 1h)));
  BOOST_TEST(http.del("/api/v2/silence/" + id).status == 200);
  const auto ours = http.get("/api/alerts/silences/" + id).read();
  BOOST_TEST(ours.text("/data/changes/1/changed_by").value_or("") == "api");
  BOOST_TEST(ours.text("/data/changes/1/comment").value_or("x") == "");
}

BOOST_FIXTURE_TEST_CASE(the_same_id_changes_a_silence, with_silences) {
  const auto id = id_of(set(silence_json("Disk", 10min, 1h)));
  BOOST_TEST(state_of(id) == "pending");
  BOOST_TEST(id_of(set(silence_json("Disk", 20min, 2h, R"(,"id":")" + id + '"'))) == id);
  BOOST_TEST(listed("") == 1U);
  const auto other = id_of(set(silence_json("Other", 20min, 2h, R"(,"id":")" + id + '"')));
  BOOST_TEST(other != id);
  BOOST_TEST(state_of(id) == "expired");
  const auto a = set(silence_json("Disk", 0s, 1h, std::string(R"(,"id":")") + unknown_id + '"'));
  BOOST_TEST(a.status == 404);
  BOOST_TEST(a.body == "\"silence not found\"\n");
}

BOOST_FIXTURE_TEST_CASE(lists_are_filtered_and_in_alertmanagers_order, with_silences) {
  const auto late = id_of(set(silence_json("Late", 0s, 3h)));
  const auto early = id_of(set(silence_json("Early", 0s, 1h)));
  const auto pending = id_of(set(silence_json("Pending", 1h, 2h)));
  const auto expired = id_of(set(silence_json("Expired", 0s, 2h)));
  BOOST_TEST(http.del("/api/v2/silence/" + expired).status == 200);

  const auto all = http.get("/api/v2/silences").read();
  std::vector<std::string> ids;
  for (const auto* place : {"/0/id", "/1/id", "/2/id", "/3/id"}) ids.push_back(all.text(place).value_or("none"));
  const std::vector<std::string> expected{early, late, pending, expired};
  BOOST_TEST(ids == expected, boost::test_tools::per_element());

  BOOST_TEST(listed("?active=false") == 2U);
  BOOST_TEST(listed("?active=0&pending=junk") == 1U);
  BOOST_TEST(listed("?expired=false&pending=false&active=TRUE") == 2U);
  BOOST_TEST(listed("?filter=alertname%3D%22Late%22") == 1U);
  BOOST_TEST(listed("?filter=alertname%3D~%22Late%22") == 0U);
  BOOST_TEST(listed("?filter=alertname%3D%22Late%22&filter=alertname%3D%22Early%22") == 0U);
  const auto bad = http.get("/api/v2/silences?filter=no%20matcher%7B");
  BOOST_TEST(bad.status == 400);
  BOOST_TEST(bad.body.front() == '"');

  BOOST_TEST(http.get("/api/alerts/silences").read().number("/total").value_or(0) == 4);
  BOOST_TEST(http.get("/api/alerts/silences?status=active").read().number("/count").value_or(0) == 2);
  BOOST_TEST(http.get("/api/alerts/silences?status=pending").read().column("comment") == "works");
  const auto odd = http.get("/api/alerts/silences?status=ended");
  BOOST_TEST(odd.status == 400);
  BOOST_TEST(odd.read().text("/error/message").value_or("")
             == "status: expected pending, active or expired, found \"ended\"");
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_is_refused_in_alertmanagers_words, with_silences) {
  struct row {
    std::string body;
    int status;
    std::string answer;
  };
  for (const auto& [body, status, answer] : std::vector<row>{
           {"", 422, R"({"code":602,"message":"silence in body is required"})"},
           {"{}", 422, R"({"code":602,"message":"comment in body is required"})"},
           {silence_json("X", 1h, 1min), 400, "\"Failed to create silence: start time must be before end time\"\n"},
           {silence_json("X", -2h, -1h), 400, "\"Failed to create silence: end time can't be in the past\"\n"},
           {silence_json("", 0s, 1h), 400,
            "\"invalid silence: matcher set 0: at least one matcher must not match the empty string\"\n"}}) {
    const auto a = set(body);
    BOOST_TEST(a.status == status, a.status << " " << a.body);
    BOOST_TEST(a.body == answer);
    BOOST_TEST(a.header("Cache-Control") == "no-store");
  }
  const auto broken = set("{");
  BOOST_TEST(broken.status == 400);
  BOOST_TEST(broken.read().number("/code").value_or(0) == 400);
  BOOST_TEST(
      http.post("/api/v2/silences", silence_json("X", 0s, 1h), "text/plain").body
      == R"({"code":415,"message":"unsupported media type \"text/plain\", only [application/json] are allowed"})");
  BOOST_TEST(listed("") == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_id_that_is_none_or_unknown_is_refused, with_silences) {
  for (const std::string method : {"GET", "DELETE"}) {
    const auto none = http.send(method, "/api/v2/silence/abc");
    BOOST_TEST(none.status == 422);
    BOOST_TEST(none.body == R"({"code":601,"message":"silenceID in path must be of type uuid: \"abc\""})");
    const auto unknown = http.send(method, std::string("/api/v2/silence/") + unknown_id);
    BOOST_TEST(unknown.status == 404);
    BOOST_TEST(unknown.body == "\"silence not found\"\n");
  }
  const auto ours = http.get("/api/alerts/silences/abc");
  BOOST_TEST(ours.status == 404);
  BOOST_TEST(ours.read().text("/error/parameter").value_or("") == "id");
}

BOOST_FIXTURE_TEST_CASE(our_extras_come_back, with_silences) {
  const auto id = id_of(set(silence_json(
      "Disk", 0s, 24h,
      R"(,"expireOnResolve":true,"recurrence":[{"times":[{"start_time":"22:00","end_time":"06:00"}],"weekdays":["monday:friday"]}])")));
  const auto shown = http.get("/api/v2/silence/" + id).read();
  BOOST_TEST(shown.boolean("/expireOnResolve").value_or(false));
  BOOST_TEST(shown.text("/recurrence/0/times/0/end_time").value_or("") == "06:00");
  const auto ours = http.get("/api/alerts/silences/" + id).read();
  BOOST_TEST(ours.text("/data/recurrence/0/weekdays/0").value_or("") == "monday:friday");
  BOOST_TEST(ours.boolean("/data/expire_on_resolve").value_or(false));
}

BOOST_FIXTURE_TEST_CASE(a_silence_that_is_too_broad_needs_a_second_word, with_narrow_limit) {
  const auto body = silence_json("Broad", 0s, 1h);
  const auto refused = http.post("/api/v2/silences", body);
  BOOST_TEST(refused.status == 400);
  BOOST_TEST(refused.body
             == "\"this silence would match 3 alerts that fire now, more than the 2 of silences.max_breadth. Narrow its "
                "matchers, or add ?confirm=true if that is what you want\"\n");
  BOOST_TEST(http.post("/api/v2/silences?confirm=false", body).status == 400);
  BOOST_TEST(http.post("/api/v2/silences", silence_json("Narrow", 0s, 1h)).status == 200);
  // What cannot be is refused for that.
  BOOST_TEST(http.post("/api/v2/silences", silence_json("Broad", -2h, -1h)).body
             == "\"Failed to create silence: end time can't be in the past\"\n");

  const auto confirmed = http.post("/api/v2/silences?confirm=true", body);
  BOOST_TEST(confirmed.status == 200);
  // To make it last longer needs no second word again.
  const auto id = confirmed.read().text("/silenceID").value_or("");
  const auto start = http.get("/api/v2/silence/" + id).read().text("/startsAt").value_or("");
  const auto longer = http.post(
      "/api/v2/silences", R"({"id":")" + id + R"(","matchers":[{"name":"alertname","value":"Broad","isRegex":false}],)"
                              + R"("startsAt":")" + start + R"(","endsAt":")" + moment(5h)
                              + R"(","createdBy":"ann","comment":"longer"})");
  BOOST_TEST(longer.status == 200, longer.body);
  BOOST_TEST(longer.read().text("/silenceID").value_or("") == id);
}

BOOST_AUTO_TEST_SUITE_END()
