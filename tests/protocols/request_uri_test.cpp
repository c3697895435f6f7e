#include "protocols/request_uri.hpp"

#include <boost/test/unit_test.hpp>

using tocsin::is_request_uri;

BOOST_AUTO_TEST_SUITE(request_uris)

BOOST_AUTO_TEST_CASE(absolute_uris_and_rooted_paths_are_taken) {
  constexpr std::string_view cases[] = {
      "http://prom.example:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
      "/graph?g0.expr=up",
      "javascript:alert(1)",
      "mailto:a@b",
      "http://",
      "http://host:",
      "http://[::1]:9090/x",
      "http://user:p%40ss@host/",
      "http://münchen.example/ü",
      "https://host/path with space",
      "http://host?only%query",
      "//host/path",
      "*",
      "a+b-c.1:x",
      "file:///etc/hosts",
  };
  for (const auto text : cases) BOOST_TEST(is_request_uri(text), text);
}

BOOST_AUTO_TEST_CASE(all_else_is_refused) {
  constexpr std::string_view cases[] = {
      "",
      "not a url ::",
      "relative/path",
      "://host",
      "1http://host",
      "http://ho st/",
      "http://host:port/",
      "http://[::1/x",
      "http://host/%zz",
      "http://host/%4",
      "http://us er@host/",
      "http://host\n/",
      "http://host/\x7f",
      "?query",
      "ü:x",
  };
  for (const auto text : cases) BOOST_TEST(!is_request_uri(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
