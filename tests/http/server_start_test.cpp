#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

BOOST_AUTO_TEST_SUITE(starting)

BOOST_FIXTURE_TEST_CASE(a_port_that_is_taken_cannot_be_listened_on_again, with_site) {
  httplib::Server other;
  other.set_socket_options([](socket_t) {});
  BOOST_TEST(!other.bind_to_port("127.0.0.1", here.port()));
  httplib::Server sharing;
  // Even one that would share the port is refused, since we do not.
  BOOST_TEST(!sharing.bind_to_port("127.0.0.1", here.port()));
}

BOOST_AUTO_TEST_SUITE_END()
