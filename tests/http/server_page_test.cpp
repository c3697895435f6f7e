#include <regex>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "http/page_handler.hpp"
#include "tests/http/support.hpp"

using namespace tocsin::testing;
using tocsin::http::names_entity;

BOOST_AUTO_TEST_SUITE(page_over_http)

BOOST_FIXTURE_TEST_CASE(the_page_runs_nothing_but_its_own_files, with_site) {
  const auto page = http.get("/");
  BOOST_TEST(page.status == 200);
  BOOST_TEST(page.header("Content-Type") == "text/html; charset=utf-8");
  BOOST_TEST(page.header("Content-Security-Policy").starts_with("default-src 'self';"));
  BOOST_TEST(page.header("X-Content-Type-Options") == "nosniff");
  BOOST_TEST(page.header("Cache-Control") == "no-cache");
  // Such a policy lets neither of them run, so there must be none.
  BOOST_TEST(!std::regex_search(page.body, std::regex("<script(?![^>]* src=)|<style| style=| on[a-z]+=")));
}

BOOST_FIXTURE_TEST_CASE(every_file_that_the_page_names_is_there_with_its_type, with_site) {
  static const std::regex reference(R"re((?:src|href)="(page/[^"]+)"|(?:from|import\() ?'\./([^']+)')re");
  std::set<std::string> seen;
  std::vector<std::string> left{"/"};
  while (!left.empty()) {
    const auto path = left.back();
    left.pop_back();
    if (!seen.insert(path).second) continue;
    const auto file = http.get(path);
    BOOST_TEST(file.status == 200, path);
    const std::string type = path.ends_with(".js")    ? "text/javascript; charset=utf-8"
                             : path.ends_with(".css") ? "text/css; charset=utf-8"
                             : path.ends_with(".svg") ? "image/svg+xml"
                                                      : "text/html; charset=utf-8";
    BOOST_TEST(file.header("Content-Type") == type, path);
    // The library of charts names none, and its one long line is too much for the expression.
    if (path.ends_with("/chart.js")) continue;
    for (std::sregex_iterator it(file.body.begin(), file.body.end(), reference), end; it != end; ++it) {
      left.push_back((*it)[1].matched ? "/" + (*it)[1].str() : "/page/" + (*it)[2].str());
    }
  }
  BOOST_TEST(seen.count("/page/chart.js") == 1U);
  BOOST_TEST(seen.size() == 21U);
}

BOOST_FIXTURE_TEST_CASE(what_a_browser_has_already_is_not_sent_again, with_site) {
  const auto first = http.get("/page/style.css");
  const auto etag = first.header("ETag");
  BOOST_TEST(etag.starts_with("W/\""));
  BOOST_TEST(http.get("/page/app.js").header("ETag") != etag);
  raw_connection raw(here.port());
  raw.write("GET /page/style.css HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + etag + "\r\n\r\n");
  const auto again = raw.read_head();
  BOOST_TEST(again.status == 304);
  BOOST_TEST(again.header("ETag") == etag);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_not_there_is_not_found, with_site) {
  for (const std::string path : {"/page/nope.js", "/page/..%2fserver.cpp", "/page/"}) {
    BOOST_TEST(http.get(path).status == 404, path);
  }
}

BOOST_FIXTURE_TEST_CASE(a_group_names_as_many_alerts_as_are_asked_for, with_site) {
  std::string body = "[";
  for (int i = 0; i < 7; ++i) {
    const auto instance = std::to_string(i);
    body += (i == 0 ? "" : ",") + alert_json({{"alertname", "Many"}, {"instance", instance}});
  }
  BOOST_REQUIRE(http.post_alerts(body + "]").status == 200);
  const auto some = http.get("/api/alerts/now?ids=6").read();
  BOOST_TEST(some.size("/data/0/alert_ids").value() == 6U);
  BOOST_TEST(some.size("/data/0/alerts").value() == 5U);
  BOOST_TEST(http.get("/api/alerts/now?ids=100").read().size("/data/0/alert_ids").value() == 7U);
  BOOST_TEST(http.get("/api/alerts/now").body.find("alert_ids") == std::string::npos);
  BOOST_TEST(http.get("/api/alerts/now?ids=10001").status == 400);
}

BOOST_AUTO_TEST_CASE(an_entity_is_named_weakly_in_a_list_or_by_a_star) {
  BOOST_TEST(names_entity("W/\"a\"", "W/\"a\""));
  BOOST_TEST(names_entity("\"a\"", "W/\"a\""));
  BOOST_TEST(names_entity("\"b\" ,\tW/\"a\"", "W/\"a\""));
  BOOST_TEST(names_entity("*", "W/\"a\""));
  BOOST_TEST(!names_entity("", "W/\"a\""));
  BOOST_TEST(!names_entity("\"b\", \"aa\",,", "W/\"a\""));
}

BOOST_AUTO_TEST_SUITE_END()
