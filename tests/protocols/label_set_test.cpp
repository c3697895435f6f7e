#include "protocols/label_set.hpp"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using tocsin::fingerprint_fnv;
using tocsin::fingerprint_md5;
using tocsin::label_set;
using tocsin::label_view;

namespace {

std::string text_of(const label_set& labels) {
  std::string out;
  for (auto [name, value] : labels) out.append(name).append("=").append(value).append(";");
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(label_sets)

BOOST_AUTO_TEST_CASE(labels_come_out_sorted_by_the_bytes_of_their_names) {
  const auto labels = label_set::of({{"b", "2"}, {"é", "4"}, {"a", "1"}, {"B", "0"}, {"ab", "3"}});
  BOOST_TEST(text_of(labels) == "B=0;a=1;ab=3;b=2;é=4;");
  BOOST_TEST(labels.size() == 5U);
}

BOOST_AUTO_TEST_CASE(a_name_that_comes_twice_keeps_its_last_value) {
  BOOST_TEST(text_of(label_set::of({{"a", "1"}, {"b", "2"}, {"a", "3"}})) == "a=3;b=2;");
  BOOST_TEST(text_of(label_set::of({{"a", "1"}, {"a", "2"}, {"a", ""}})) == "a=;");
}

BOOST_AUTO_TEST_CASE(a_missing_label_reads_as_the_empty_string) {
  const auto labels = label_set::of({{"a", "1"}, {"empty", ""}});
  BOOST_TEST(labels.get("a") == "1");
  BOOST_TEST(labels.get("empty").empty());
  BOOST_TEST(labels.get("b").empty());
  BOOST_TEST(labels.contains("empty"));
  BOOST_TEST(!labels.contains("b"));
}

BOOST_AUTO_TEST_CASE(the_empty_set_has_no_labels_and_the_offset_basis_as_its_hash) {
  const label_set none;
  std::vector<label_view> nothing;
  BOOST_TEST(none.empty());
  BOOST_CHECK(none.begin() == none.end());
  BOOST_CHECK(none == label_set::from(nothing));
  BOOST_TEST(fingerprint_fnv(none) == "cbf29ce484222325");
  BOOST_TEST(fingerprint_md5(none) == "d41d8cd98f00b204e9800998ecf8427e");
}

BOOST_AUTO_TEST_CASE(the_fnv_fingerprint_is_the_one_that_alertmanager_shows) {
  BOOST_TEST(fingerprint_fnv(label_set::of({{"alertname", "t2"}})) == "4bea16424a9569ea");
  BOOST_TEST(fingerprint_fnv(label_set::of({{"zone", "z"}, {"team", "a"}, {"alertname", "t1"}})) == "e9cfb913c0cbe30b");
  BOOST_TEST(fingerprint_fnv(label_set::of({{"alertname", "x"}, {"unk", "1"}})) == "ae36ede2748d78bf");
}

BOOST_AUTO_TEST_CASE(where_a_name_ends_counts_for_both_fingerprints) {
  const auto one = label_set::of({{"ab", "c"}});
  const auto other = label_set::of({{"a", "bc"}});
  BOOST_CHECK(one != other);
  BOOST_TEST(fingerprint_fnv(one) != fingerprint_fnv(other));
  BOOST_TEST(fingerprint_md5(one) != fingerprint_md5(other));
  // printf 'ab\377c\377' | md5sum
  BOOST_TEST(fingerprint_md5(one) == "2a057c340c1efdc7bb92b842c2d87e94");
}

BOOST_AUTO_TEST_CASE(equal_sets_are_equal_however_they_were_built) {
  const auto one = label_set::of({{"a", "1"}, {"b", "2"}});
  const auto same = label_set::of({{"b", "2"}, {"a", "1"}});
  const auto copy = one;
  BOOST_CHECK(one == same);
  BOOST_CHECK(one == copy);
  BOOST_TEST(one.hash() == same.hash());
  BOOST_CHECK(one != label_set::of({{"a", "1"}, {"b", "3"}}));
  BOOST_CHECK(one != label_set{});
}

BOOST_AUTO_TEST_CASE(sets_are_ordered_by_size_then_by_names_and_values) {
  const auto ascending = {label_set{}, label_set::of({{"z", "9"}}), label_set::of({{"a", "1"}, {"b", "2"}}),
                          label_set::of({{"a", "1"}, {"b", "3"}}), label_set::of({{"a", "2"}, {"b", "0"}})};
  for (const auto* a = ascending.begin(); a != ascending.end(); ++a) {
    for (const auto* b = ascending.begin(); b != ascending.end(); ++b) {
      BOOST_CHECK(((*a <=> *b) < 0) == (a < b));
      BOOST_CHECK(((*a <=> *b) == 0) == (a == b));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_set_keeps_its_bytes_after_what_it_was_made_of_is_gone) {
  label_set labels;
  {
    const std::string name(300, 'n');
    const std::string value(70'000, 'v');
    labels = label_set::of({{name, value}, {"a", std::string_view("\0\xFF", 2)}});
  }
  BOOST_TEST(labels.get(std::string(300, 'n')) == std::string(70'000, 'v'));
  BOOST_TEST(labels.get("a") == std::string_view("\0\xFF", 2));
  BOOST_TEST(labels.footprint() > 70'300U);
}

BOOST_AUTO_TEST_SUITE_END()
