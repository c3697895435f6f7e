#include "protocols/matcher_index.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <new>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using tocsin::label_set;
using tocsin::label_view;
using tocsin::match_op;
using tocsin::matcher;
using tocsin::matcher_index;
using tocsin::parse_matchers;

namespace {

/// How often this thread has asked for memory.
thread_local std::size_t allocations = 0;

void* counted_allocation(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size ? size : 1);
  if (!memory) throw std::bad_alloc();
  return memory;
}

std::vector<matcher> list(const std::string& text) {
  return parse_matchers(text).value();
}

std::vector<std::size_t> found(const matcher_index& index, const label_set& labels) {
  std::vector<std::size_t> keys;
  index.for_each_match(labels, [&](std::size_t key) {
    keys.push_back(key);
    return true;
  });
  std::sort(keys.begin(), keys.end());
  return keys;
}

using keys = std::vector<std::size_t>;

class random_things {
 public:
  explicit random_things(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_); }

  matcher one() {
    static const std::vector<std::string> names{"a", "b", "c", "d"};
    static const std::vector<std::string> values{"", "x", "y", "z", "long value"};
    static const std::vector<std::string> patterns{"",   "x",   "x|y",  "y|x|y", "x||z",  "|",           ".*",
                                                   ".+", "x.*", "[xy]", "x|y.*", "(x|y)", "z|long value"};
    const auto op = static_cast<match_op>(below(4));
    const auto& from = op == match_op::equal || op == match_op::not_equal ? values : patterns;
    return matcher::make(names[below(names.size())], op, from[below(from.size())]).value();
  }

  std::vector<matcher> matchers() {
    std::vector<matcher> all;
    for (auto n = below(4); n > 0; --n) all.push_back(one());
    return all;
  }

  label_set labels() {
    static const std::vector<std::string> names{"a", "b", "c", "d", "e"};
    static const std::vector<std::string> values{"", "x", "y", "z", "long value", "xx"};
    std::vector<label_view> views;
    for (const auto& name : names) {
      if (below(3) > 0) views.push_back({name, values[below(values.size())]});
    }
    return label_set::from(views);
  }

 private:
  std::mt19937 engine_;
};

} // namespace

// Counts for the whole test program; malloc stays what it is.
void* operator new(std::size_t size) {
  return counted_allocation(size);
}
void* operator new[](std::size_t size) {
  return counted_allocation(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size ? size : 1);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size ? size : 1);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

BOOST_AUTO_TEST_SUITE(matcher_indexes)

BOOST_AUTO_TEST_CASE(lists_are_found_by_what_they_ask_for) {
  matcher_index index;
  index.add(10, list(R"(service="db", severity="critical")"));
  index.add(20, list(R"(service=~"db|web")"));
  index.add(30, list(R"(service!="db")"));
  index.add(40, list(R"(service=~"d.*")"));
  index.add(50, {});
  index.add(60, list(R"(service="")"));
  index.add(70, list(R"(service=~"|db", severity!~"info")"));
  BOOST_TEST(index.size() == 7U);
  BOOST_TEST(found(index, label_set::of({{"service", "db"}, {"severity", "critical"}})) == (keys{10, 20, 40, 50, 70}),
             boost::test_tools::per_element());
  BOOST_TEST(found(index, label_set::of({{"service", "web"}})) == (keys{20, 30, 50}), boost::test_tools::per_element());
  BOOST_TEST(found(index, {}) == (keys{30, 50, 60, 70}), boost::test_tools::per_element());
  BOOST_TEST(found(index, label_set::of({{"service", ""}})) == (keys{30, 50, 60, 70}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_list_is_visited_once_and_the_visitor_may_stop) {
  matcher_index index;
  index.add(1, list(R"(a=~"x|y|x", b="x")"));
  index.add(2, list(R"(a="x", a=~"x|y")"));
  index.add(3, list(R"(b!="")"));
  const auto labels = label_set::of({{"a", "x"}, {"b", "x"}});
  BOOST_TEST(found(index, labels) == (keys{1, 2, 3}), boost::test_tools::per_element());
  int visits = 0;
  index.for_each_match(labels, [&](std::size_t) { return ++visits < 2; });
  BOOST_TEST(visits == 2);
  BOOST_TEST(index.any_match(labels));
  BOOST_TEST(!index.any_match(label_set::of({{"a", "y"}})));
}

BOOST_AUTO_TEST_CASE(what_is_removed_is_not_found_and_its_key_is_free_again) {
  matcher_index index;
  index.add(1, list(R"(a="x")"));
  index.add(2, list(R"(a="x")"));
  index.add(3, list(R"(a!="y")"));
  BOOST_CHECK_THROW(index.add(2, {}), std::logic_error);
  index.remove(2);
  index.remove(99);
  BOOST_TEST(index.size() == 2U);
  const auto labels = label_set::of({{"a", "x"}});
  BOOST_TEST(found(index, labels) == (keys{1, 3}), boost::test_tools::per_element());
  index.add(2, list(R"(a="y")"));
  index.remove(3);
  BOOST_TEST(found(index, labels) == (keys{1}), boost::test_tools::per_element());
  index.clear();
  BOOST_TEST(index.size() == 0U);
  BOOST_TEST(!index.any_match(labels));
  index.add(1, {});
  BOOST_TEST(index.any_match(labels));
}

BOOST_AUTO_TEST_CASE(a_copy_stands_for_itself) {
  matcher_index copy;
  {
    matcher_index index;
    index.add(1, list(R"(a=~"x|y", b="1")"));
    copy = index;
    index.remove(1);
  }
  BOOST_TEST(copy.any_match(label_set::of({{"a", "y"}, {"b", "1"}})));
  copy.remove(1);
  BOOST_TEST(!copy.any_match(label_set::of({{"a", "y"}, {"b", "1"}})));
}

BOOST_AUTO_TEST_CASE(it_finds_what_trying_them_all_finds) {
  random_things random(20261124);
  matcher_index index;
  std::map<std::size_t, std::vector<matcher>> all;
  std::size_t found_in_total = 0;
  for (int round = 0; round < 4000; ++round) {
    const auto key = random.below(60);
    if (all.contains(key)) {
      all.erase(key);
      index.remove(key);
    } else {
      all.emplace(key, random.matchers());
      index.add(key, all.at(key));
    }
    const auto labels = random.labels();
    keys expected;
    for (const auto& [k, matchers] : all) {
      if (all_match(matchers, labels)) expected.push_back(k);
    }
    const auto got = found(index, labels);
    BOOST_TEST_REQUIRE((got == expected), "in round " << round);
    BOOST_TEST_REQUIRE(index.any_match(labels) == !expected.empty());
    BOOST_TEST_REQUIRE(index.size() == all.size());
    found_in_total += got.size();
  }
  BOOST_TEST(found_in_total > 4000U);
}

BOOST_AUTO_TEST_CASE(looking_up_allocates_nothing) {
  matcher_index index;
  for (std::size_t i = 0; i < 1000; ++i) {
    const auto number = std::to_string(i);
    index.add(i, list("severity=\"critical\", service=\"a service with quite a long name, number " + number + "\""));
  }
  index.add(1000, list(R"(severity=~"critical|warning", service=~".*number 7")"));
  const auto labels = label_set::of({{"alertname", "a name that is too long for a short string"},
                                     {"service", "a service with quite a long name, number 7"},
                                     {"severity", "critical"}});
  std::size_t matched = 0;
  const auto look = [&] {
    index.for_each_match(labels, [&](std::size_t) {
      ++matched;
      return true;
    });
  };
  // A regular expression builds its automaton when it is used for the first time.
  look();
  const auto before = allocations;
  look();
  const auto during = allocations - before;
  BOOST_TEST(during == 0U);
  BOOST_TEST(matched == 4U);
  // The count itself counts.
  const auto made = std::make_unique<int>(1);
  BOOST_TEST(allocations > before);
}

BOOST_AUTO_TEST_SUITE_END()
