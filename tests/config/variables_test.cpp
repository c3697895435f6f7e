#include "config/variables.hpp"

#include <string>
#include <vector>

#include "tests/config/support.hpp"

using tocsin::config::expand_variables;
using tocsin::config::test::environment_of;

BOOST_AUTO_TEST_SUITE(variables)

BOOST_AUTO_TEST_CASE(variables_are_replaced_and_other_dollars_stay) {
  const auto env = environment_of({{"HOST", "db1"}, {"EMPTY", ""}, {"ODD", "${HOST} $$"}});
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", ""},
      {"plain", "plain"},
      {"${HOST}", "db1"},
      {"http://${HOST}:80/${HOST}", "http://db1:80/db1"},
      {"${EMPTY}", ""},
      {"${EMPTY:-text}", "text"},
      {"${UNSET:-}", ""},
      {"${UNSET:-a:-b}", "a:-b"},
      {"${HOST:-text}", "db1"},
      {"$${HOST}", "${HOST}"},
      {"$$$${HOST}$", "$${HOST}$"},
      {"^(a|b)$", "^(a|b)$"},
      {"$HOST $1", "$HOST $1"},
      // A value is not looked into again.
      {"${ODD}", "${HOST} $$"},
  };
  for (const auto& [text, expected] : cases) {
    const auto read = expand_variables(text, env);
    BOOST_REQUIRE_MESSAGE(read.has_value(), text);
    BOOST_TEST(*read == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_variable_that_cannot_be_read_is_refused_by_name) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"${UNSET}", "the environment variable UNSET is not set; set it or write ${UNSET:-text}"},
      {"a${", "a ${ without its }; write $$ for a plain $"},
      {"${}", "${} is not a variable; expected ${NAME} or ${NAME:-text}, or $$ for a $"},
      {"${1}", "${1} is not a variable; expected ${NAME} or ${NAME:-text}, or $$ for a $"},
      {"${A B}", "${A B} is not a variable; expected ${NAME} or ${NAME:-text}, or $$ for a $"},
  };
  for (const auto& [text, expected] : cases) {
    const auto read = expand_variables(text, environment_of());
    BOOST_REQUIRE_MESSAGE(!read.has_value(), text);
    BOOST_TEST(read.error().message == expected);
  }
}

BOOST_AUTO_TEST_CASE(the_process_environment_is_read) {
  ::setenv("TOCSIN_TEST_VARIABLE", "here", 1);
  BOOST_TEST(tocsin::config::process_environment()("TOCSIN_TEST_VARIABLE").value() == "here");
  ::unsetenv("TOCSIN_TEST_VARIABLE");
  BOOST_TEST(!tocsin::config::process_environment()("TOCSIN_TEST_VARIABLE").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
