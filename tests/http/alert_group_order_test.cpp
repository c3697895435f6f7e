#include "http/alert_group_order.hpp"

#include <boost/test/unit_test.hpp>

using namespace tocsin;
using namespace tocsin::http;

BOOST_AUTO_TEST_SUITE(order_of_groups)

BOOST_AUTO_TEST_CASE(labels_are_ordered_as_alertmanager_orders_them) {
  const auto set = [](std::initializer_list<label_view> labels) { return label_set::of(labels); };
  // In ascending order.
  const std::vector<label_set> all{set({}),
                                   set({{"team", "a"}}),
                                   set({{"job", "x"}}),
                                   set({{"alertname", "A"}}),
                                   set({{"alertname", "B"}}),
                                   set({{"b", "1"}, {"c", "1"}}),
                                   set({{"a", "1"}, {"c", "1"}}),
                                   set({{"a", "1"}, {"b", "1"}}),
                                   set({{"a", "2"}, {"b", "1"}})};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) BOOST_TEST(labels_before(all[i], all[j]) == (i < j), i << " " << j);
  }
}

BOOST_AUTO_TEST_CASE(alerts_are_ordered_by_job_and_instance_first_and_those_without_come_last) {
  const auto set = [](std::initializer_list<label_view> labels) { return label_set::of(labels); };
  const std::vector<label_set> all{set({{"job", "a"}, {"instance", "2"}, {"x", "1"}}),
                                   set({{"job", "a"}}),
                                   set({{"job", "b"}, {"instance", "1"}}),
                                   set({{"instance", "0"}}),
                                   set({{"alertname", "A"}}),
                                   set({{"alertname", "B"}})};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) BOOST_TEST(alert_before(all[i], all[j]) == (i < j), i << " " << j);
  }
}

BOOST_AUTO_TEST_CASE(a_cursor_reads_back_whatever_the_labels_hold) {
  const group_cursor cursor{label_set::of({{"a", "x\n\"ü磁\""}, {"b c", ""}}), 17};
  const auto text = to_string(cursor);
  BOOST_TEST(text.find_first_not_of("0123456789abcdef-") == std::string::npos);
  const auto read = parse_group_cursor(text);
  BOOST_REQUIRE(read);
  BOOST_TEST((read->labels == cursor.labels));
  BOOST_TEST(read->route == 17u);
  BOOST_TEST(!parse_group_cursor(""));
  BOOST_TEST(!parse_group_cursor("17"));
  BOOST_TEST(!parse_group_cursor("17-7"));
  BOOST_TEST(!parse_group_cursor("17-5b5d"));
}

BOOST_AUTO_TEST_SUITE_END()
