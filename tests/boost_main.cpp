// The one translation unit of each test program that brings Boost.Test's main.
#define BOOST_TEST_MODULE tocsin
#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include <boost/test/tree/traverse.hpp>
#include <boost/test/tree/visitor.hpp>
#include <boost/test/unit_test.hpp>

namespace {

namespace unit = boost::unit_test;

/// With TOCSIN_SHARD=2/3 in the environment only every third case runs, from the second on: three such programs
/// share the cases of one.
struct shard : unit::test_tree_visitor {
  shard() {
    const auto* set = std::getenv("TOCSIN_SHARD");
    if (!set) return;
    const std::string_view text(set);
    const auto slash = text.find('/');
    const auto mine = number(text.substr(0, slash));
    const auto all = slash == std::string_view::npos ? 0 : number(text.substr(slash + 1));
    if (mine < 1 || all < mine) throw std::invalid_argument("TOCSIN_SHARD: expected a text like 1/3");
    next_ = all - mine;
    all_ = all;
    unit::traverse_test_tree(unit::framework::master_test_suite(), *this);
  }

 private:
  static int number(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  void visit(const unit::test_case& c) override {
    if (++next_ % all_ == 0) return;
    unit::framework::get(c.p_id, unit::TUT_CASE).p_run_status.value = unit::test_unit::RS_DISABLED;
  }

  int next_ = 0;
  int all_ = 1;
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(shard);
