// The one translation unit of each test program that brings Boost.Test's main.
#define BOOST_TEST_MODULE tocsin
#include <boost/test/unit_test.hpp>
