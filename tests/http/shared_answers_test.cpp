#include "http/shared_answers.hpp"

#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using tocsin::http::shared_answers;
using namespace tocsin::testing;

namespace {

/// An answer that is not made before the test says so.
struct with_gate {
  shared_answers answers;
  std::promise<void> open;
  std::shared_future<void> opened = open.get_future().share();
  std::atomic<int> made = 0;
  std::atomic<int> at_once = 0;

  std::future<std::string> ask(const std::string& question) {
    return std::async(std::launch::async, [this, question] {
      const auto a = answers.ask(question, [this, question] {
        BOOST_TEST(++at_once == 1);
        const auto number = ++made;
        opened.wait();
        --at_once;
        return question + std::to_string(number);
      });
      return a ? *a : std::string("refused");
    });
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(answers_that_are_shared)

BOOST_FIXTURE_TEST_CASE(who_asks_the_same_while_it_waits_gets_the_same_answer_which_is_made_once, with_gate) {
  auto first = ask("a");
  BOOST_REQUIRE(eventually(5s, [this] { return made == 1; }));
  std::vector<std::future<std::string>> later;
  for (int i = 0; i < 20; ++i) later.push_back(ask("a"));
  auto other = ask("b");
  // Nothing but time tells that they wait by now; the answer would be the same if they did not.
  std::this_thread::sleep_for(50ms);
  BOOST_TEST(made == 1);
  open.set_value();
  BOOST_TEST(first.get() == "a1");
  const auto second = later.front().get();
  // Begun after they had asked, so it is not the first one.
  BOOST_TEST(second != "a1");
  int same = 1;
  for (std::size_t i = 1; i < later.size(); ++i) same += later[i].get() == second ? 1 : 0;
  BOOST_TEST(same > 1);
  BOOST_TEST(other.get().front() == 'b');
  BOOST_TEST(made < 22);
}

BOOST_FIXTURE_TEST_CASE(when_too_many_wait_the_next_is_refused, with_gate) {
  std::vector<std::future<std::string>> all;
  for (std::size_t i = 0; i < shared_answers::most_waiting + 10; ++i) all.push_back(ask("a"));
  const auto refused = [&all] {
    int count = 0;
    for (auto& each : all) count += each.wait_for(0s) == std::future_status::ready ? 1 : 0;
    return count;
  };
  BOOST_TEST(eventually(5s, [&] { return refused() == 10; }));
  open.set_value();
  int answered = 0;
  for (auto& each : all) answered += each.get() == "refused" ? 0 : 1;
  BOOST_TEST(answered == static_cast<int>(shared_answers::most_waiting));
  BOOST_TEST(ask("a").get() != "refused");
}

BOOST_AUTO_TEST_CASE(a_failure_is_thrown_to_who_asked_and_the_next_one_is_answered) {
  shared_answers answers;
  BOOST_CHECK_THROW(answers.ask("a", []() -> std::string { throw std::runtime_error("no"); }), std::runtime_error);
  BOOST_TEST(*answers.ask("a", [] { return std::string("yes"); }) == "yes");
}

BOOST_AUTO_TEST_SUITE_END()
