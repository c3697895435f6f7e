#include <atomic>
#include <random>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/protocols/template_samples.hpp"

using namespace tocsin;
using samples::as_text;

namespace {

bool fails_with(const std::string& yielded, std::string_view part) {
  return yielded.starts_with("error: ") && yielded.find(part) != std::string::npos;
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

std::string text_of_size(std::size_t size) {
  return std::string(size, 'x');
}

} // namespace

BOOST_AUTO_TEST_SUITE(template_limits)

BOOST_AUTO_TEST_CASE(a_template_that_takes_too_many_steps_is_stopped) {
  BOOST_TEST(as_text("{{ range 9223372036854775807 }}{{ end }}")
             == "error: t:1:4: stopped: the template took more than 1000000 steps");
  BOOST_TEST(
      fails_with(as_text("{{ range 1000 }}{{ range 1000 }}{{ range 1000 }}{{ end }}{{ end }}{{ end }}"), "steps"));
  templates::template_limits few;
  few.steps = 20;
  BOOST_TEST(as_text("{{ range 3 }}{{ . }}{{ end }}", samples::pool_data(), few) == "012");
  BOOST_TEST(fails_with(as_text("{{ range 30 }}{{ . }}{{ end }}", samples::pool_data(), few), "more than 20 steps"));
}

BOOST_AUTO_TEST_CASE(a_result_that_grows_too_long_is_stopped) {
  templates::template_limits small;
  small.output = 10;
  const auto data = samples::pool_data();
  BOOST_TEST(as_text("0123456789", data, small) == "0123456789");
  BOOST_TEST(as_text("0123456789{{ \"\" }}", data, small) == "0123456789");
  BOOST_TEST(as_text("012345678{{ 12 }}", data, small)
             == "error: t:1:13: stopped: the result grew longer than 10 bytes");
  BOOST_TEST(as_text("0123456789x", data, small) == "error: t:1:1: stopped: the result grew longer than 10 bytes");
  BOOST_TEST(fails_with(as_text("{{ range 1000000 }}0123456789{{ end }}"), "longer than 1048576 bytes"));
}

BOOST_AUTO_TEST_CASE(templates_that_call_each_other_without_end_are_stopped) {
  BOOST_TEST(fails_with(as_text("{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}"),
                        "t:1:20: stopped: templates call each other more than 100 deep"));
  BOOST_TEST(fails_with(
      as_text("{{ define \"a\" }}{{ template \"b\" }}{{ end }}{{ define \"b\" }}{{ template \"a\" }}{{ end }}"
              "{{ template \"a\" }}"),
      "100 deep"));
  const auto nested = "{{ define \"a\" }}" + repeated("{{ if 1 }}{{ with 1 }}", 40) + "{{ template \"a\" . }}"
                      + repeated("{{ end }}{{ end }}", 40) + "{{ end }}{{ template \"a\" . }}";
  BOOST_TEST(fails_with(as_text(nested), "nested too deep"));
}

BOOST_AUTO_TEST_CASE(a_hundred_templates_within_each_other_are_fine) {
  std::string text;
  for (int i = 0; i < 99; ++i) {
    const auto next = i < 98 ? "{{ template \"t" + std::to_string(i + 1) + "\" . }}" : std::string("end");
    text +=
        "{{ define \"t" + std::to_string(i) + "\" }}{{ if true }}{{ range 1 }}" + next + "{{ end }}{{ end }}{{ end }}";
  }
  BOOST_TEST(as_text(text + "{{ template \"t0\" . }}") == "end");
}

BOOST_AUTO_TEST_CASE(what_is_nested_too_deep_is_refused_before_it_runs) {
  BOOST_TEST(as_text("{{ " + repeated("(", 100) + "1" + repeated(")", 100) + " }}") == "1");
  BOOST_TEST(fails_with(as_text("{{ " + repeated("(", 101) + "1" + repeated(")", 101) + " }}"),
                        "t:1:104: parentheses are nested"));
  BOOST_TEST(fails_with(as_text("{{ " + repeated("(", 300'000)), "expected }} to close"));
  BOOST_TEST(fails_with(as_text("{{ " + repeated("(", 300'000) + repeated(")", 300'000) + " }}"),
                        "nested more than 100 deep"));
  BOOST_TEST(as_text(repeated("{{ if 1 }}", 100) + "x" + repeated("{{ end }}", 100)) == "x");
  BOOST_TEST(fails_with(as_text(repeated("{{ if 1 }}", 101) + "x" + repeated("{{ end }}", 101)), "blocks are nested"));
  BOOST_TEST(fails_with(as_text(repeated("{{if 1}}", 100'000)), "blocks are nested"));
  BOOST_TEST(as_text("{{ if 0 }}" + repeated("{{ else if 0 }}", 20'000) + "{{ else }}x{{ end }}") == "x");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_too_long_is_refused) {
  BOOST_TEST(as_text(text_of_size(1024 * 1024)).size() == 1024U * 1024U);
  BOOST_TEST(as_text(text_of_size(1024 * 1024 + 1)) == "error: t: the template is longer than 1048576 bytes");
}

BOOST_AUTO_TEST_CASE(values_that_double_themselves_are_stopped) {
  BOOST_TEST(fails_with(as_text("{{ $x := \"0123456789\" }}{{ range 64 }}{{ $x = printf \"%s%s\" $x $x }}{{ end }}"),
                        "a text would grow longer than 1048576 bytes"));
  BOOST_TEST(
      fails_with(as_text("{{ $x := \"0123456789\" }}{{ range 64 }}{{ $x = print $x $x }}{{ end }}"), "longer than"));
  BOOST_TEST(fails_with(as_text("{{ $x := \"a\" }}{{ range 64 }}{{ $x = reReplaceAll \"a\" \"aa\" $x }}{{ end }}"),
                        "stopped"));
  BOOST_TEST(
      fails_with(as_text("{{ $l := list 1 }}{{ range 64 }}{{ $l = list $l $l }}{{ end }}{{ $l }}"), "longer than"));
  BOOST_TEST(fails_with(as_text("{{ $l := list 1 }}{{ range 64 }}{{ $l = list $l $l }}{{ end }}{{ toJson $l }}"),
                        "longer than"));
  BOOST_TEST(
      fails_with(as_text("{{ $l := list 1 }}{{ range 64 }}{{ $l = list $l $l }}{{ end }}{{ printf \"%.0s\" $l }}"),
                 "longer than"));
  BOOST_TEST(fails_with(as_text("{{ $l := list }}{{ range 1000 }}{{ $l = list $l }}{{ end }}"), "nested"));
  BOOST_TEST(fails_with(as_text("{{ $l := dict }}{{ range 1000 }}{{ $l = dict \"a\" $l }}{{ end }}"), "nested"));
  BOOST_TEST(fails_with(as_text("{{ $l := list }}{{ range 500000 }}{{ $l = append $l 1 }}{{ end }}"), "stopped"));
}

BOOST_AUTO_TEST_CASE(values_that_take_too_much_memory_are_stopped) {
  const auto keep_many =
      "{{ $big := printf \"%1000000d\" 1 }}{{ $l := list }}{{ range 1000 }}{{ $l = append $l (print $big) }}{{ end }}";
  BOOST_TEST(fails_with(as_text(keep_many), "memory"));
  templates::template_limits small;
  small.memory = 10'000;
  BOOST_TEST(
      fails_with(as_text("{{ range 1000 }}{{ $x := print \"0123456789\" }}{{ end }}", samples::pool_data(), small),
                 "more than 10000 bytes of memory"));
}

BOOST_AUTO_TEST_CASE(what_a_precision_cuts_off_counts_as_well) {
  const auto note = text_of_size(100'000);
  const auto labels = templates::value(label_set::of({{"note", note}}));
  BOOST_TEST(
      fails_with(as_text("{{ $l := list . }}{{ range 12 }}{{ $l = list $l $l }}{{ end }}{{ printf \"%.0s\" $l }}",
                         samples::with_dot(labels)),
                 "longer than"));
}

BOOST_AUTO_TEST_CASE(wide_fields_are_stopped) {
  BOOST_TEST(fails_with(as_text("{{ printf \"%999999d%999999d\" 1 2 }}"), "longer than"));
  templates::template_limits small;
  small.output = 1000;
  BOOST_TEST(fails_with(as_text("{{ printf \"%999999d\" 1 }}", samples::pool_data(), small), "longer than 1000 bytes"));
}

BOOST_AUTO_TEST_CASE(expressions_that_are_costly_are_stopped) {
  // Looks for a z up to the end, from each place anew.
  const auto text = templates::value::of(text_of_size(500'000));
  BOOST_TEST(fails_with(as_text("{{ reReplaceAll \".*z|x\" \"y\" . }}", samples::with_dot(text)), "steps"));
  BOOST_TEST(fails_with(as_text("{{ range 10000 }}{{ match (printf \"a%d\" .) \"x\" }}{{ end }}"), "steps"));
  BOOST_TEST(fails_with(as_text("{{ match \"((a{1000}){1000}){1000}\" \"a\" }}"), "regular expression"));
  BOOST_TEST(as_text("{{ range 900 }}{{ $m := match \"a\" \"x\" }}{{ end }}") == "");
}

BOOST_AUTO_TEST_CASE(comparing_long_texts_counts_more) {
  const auto text = templates::value::of(text_of_size(1'000'000));
  BOOST_TEST(fails_with(as_text("{{ range 100000 }}{{ $e := eq $ $ }}{{ end }}", samples::with_dot(text)), "steps"));
}

BOOST_AUTO_TEST_CASE(random_bytes_parse_or_fail_with_a_position) {
  std::mt19937 random(20261124);
  const auto set = templates::built_in_templates();
  const auto data = samples::pool_data();
  templates::template_limits limits;
  limits.steps = 10'000;
  constexpr std::string_view alphabet = "{}{}()|.$:= \n\t-\"`'/*0129aexifdnrgs,%\\\xff\xc3\xa9";
  for (int i = 0; i < 10'000; ++i) {
    std::string text;
    for (auto left = random() % 60; left > 0; --left) {
      text += i % 2 == 0 ? static_cast<char>(random() % 256) : alphabet[random() % alphabet.size()];
    }
    if (i % 3 == 0) text = "{{" + text + "}}";
    const auto compiled = set.compile("t", text);
    if (!compiled) {
      BOOST_REQUIRE_MESSAGE(compiled.error().message.starts_with("t:"), compiled.error().message);
      continue;
    }
    const auto plain = set.render_text(*compiled, data, limits);
    const auto html = set.render_html(*compiled, data, limits);
    if (!plain) BOOST_REQUIRE_MESSAGE(plain.error().message.starts_with("t:"), plain.error().message);
  }
}

BOOST_AUTO_TEST_CASE(random_rows_of_words_parse_or_fail_with_a_position) {
  std::mt19937 random(7);
  const auto set = templates::built_in_templates();
  const auto data = samples::pool_data();
  templates::template_limits limits;
  limits.steps = 10'000;
  constexpr std::string_view words[] = {"{{ ",
                                        " }}",
                                        "{{- ",
                                        " -}}",
                                        "if ",
                                        "else ",
                                        "end",
                                        "range ",
                                        "with ",
                                        ".",
                                        "$",
                                        "$x",
                                        " := ",
                                        " = ",
                                        ".Alerts ",
                                        ".Labels",
                                        ".StartsAt",
                                        "(",
                                        ")",
                                        " | ",
                                        "printf ",
                                        "\"%v%5d\" ",
                                        "index ",
                                        "0 ",
                                        "1 ",
                                        "nil ",
                                        "true ",
                                        "\"a\" ",
                                        "eq ",
                                        "and ",
                                        "or ",
                                        "len ",
                                        "define \"a\"",
                                        "template \"a\" ",
                                        "block \"b\" ",
                                        "break",
                                        "continue",
                                        ".Remove ",
                                        "list ",
                                        "dict ",
                                        "append ",
                                        "toJson ",
                                        "slice ",
                                        "-1 ",
                                        "1.5 ",
                                        "<a href=\"",
                                        "\">",
                                        "text ",
                                        ".SortedPairs",
                                        ".Format ",
                                        "since ",
                                        "humanizeDuration ",
                                        "reReplaceAll ",
                                        "join ",
                                        ".Tocsin",
                                        ", "};
  for (int i = 0; i < 10'000; ++i) {
    std::string text;
    for (auto left = random() % 25; left > 0; --left) text += words[random() % std::size(words)];
    const auto compiled = set.compile("t", text);
    if (!compiled) {
      BOOST_REQUIRE_MESSAGE(compiled.error().message.starts_with("t:"), compiled.error().message);
      continue;
    }
    const auto plain = set.render_text(*compiled, data, limits);
    const auto html = set.render_html(*compiled, data, limits);
    if (!plain) {
      const auto& message = plain.error().message;
      BOOST_REQUIRE_MESSAGE(message.starts_with("t:") || message.starts_with("built-in"), message);
    }
  }
}

BOOST_AUTO_TEST_CASE(random_changes_of_the_built_in_templates_do_no_harm) {
  std::mt19937 random(42);
  const auto data = samples::pool_data();
  templates::template_limits limits;
  limits.steps = 100'000;
  for (int i = 0; i < 200; ++i) {
    std::string text(templates::built_in_text());
    for (int change = 0; change < 3; ++change) {
      const auto at = random() % text.size();
      if (random() % 2 == 0)
        text.erase(at, 1 + random() % 4);
      else
        text[at] = text[random() % text.size()];
    }
    templates::template_set set;
    if (!set.parse("t", text)) continue;
    for (const auto* name : {"email.default.html", "slack.default.text", "opsgenie.default.description"}) {
      if (!set.contains(name)) continue;
      const auto rendered = set.render_html(name, data, limits);
      BOOST_TEST((rendered || rendered.error().message.starts_with("t:")));
    }
  }
}

BOOST_AUTO_TEST_CASE(many_threads_render_from_one_set) {
  const auto set = templates::built_in_templates();
  const auto compiled = set.compile("t",
                                    "{{ template \"__subject\" . }} {{ toUpper \"ä\" }} {{ match \"a+\" \"caat\" }} "
                                    "{{ (index .Alerts 0).StartsAt | tz \"Europe/Berlin\" | date \"15:04 MST\" }}");
  BOOST_REQUIRE(compiled.has_value());
  const auto data = samples::pool_data();
  const auto expected = samples::yielded(set.render_text(*compiled, data));
  const auto expected_html = samples::yielded(set.render_html("email.default.html", data));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        if (samples::yielded(set.render_text(*compiled, data)) != expected) ++wrong;
        if (samples::yielded(set.render_html("email.default.html", data)) != expected_html) ++wrong;
      }
    });
  }
  for (auto& t : threads) t.join();
  BOOST_TEST(wrong == 0);
  BOOST_TEST(expected == "[FIRING:1] PoolExhausted (critical) Ä true 13:00 CET");
}

BOOST_AUTO_TEST_SUITE_END()
