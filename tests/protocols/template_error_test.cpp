#include <boost/test/unit_test.hpp>

#include "tests/protocols/template_samples.hpp"

using namespace tocsin;
using samples::as_text;
using samples::template_case;

BOOST_AUTO_TEST_SUITE(template_errors)

BOOST_AUTO_TEST_CASE(what_does_not_parse_is_told_with_line_and_column) {
  constexpr template_case cases[] = {
      {"{{", "1:1: expected }} to close this action"},
      {"a\nbü {{ .Status", "2:4: expected }} to close this action"},
      {"{{ }}", "1:4: expected a value, such as .Status or \"text\", found }}"},
      {"{{ | len }}", "1:4: expected a value, such as .Status or \"text\", found \"|\""},
      {"{{ .Status | }}", "1:14: expected a value, such as .Status or \"text\", found }}"},
      {"{{ .Status | \"x\" }}", "1:14: expected a function or a field behind |"},
      {"{{ .Status | . }}", "1:14: expected a function or a field behind |"},
      {"{{ add 1 2 }}", "1:4: there is no function \"add\""},
      {"{{ Status }}", "1:4: there is no function \"Status\""},
      {"{{ \"abc }}", "1:4: expected \" to close what begins here, on the same line"},
      {"{{ \"a\nb\" }}", "1:4: expected \" to close what begins here, on the same line"},
      {"{{ `abc }}", "1:4: expected ` to close the text that begins here"},
      {"{{ 'ab' }}", "1:4: \"'ab'\" is not a number or a character"},
      {R"({{ "\q" }})", "1:4: this text has an escape that Go does not know"},
      {"{{ 1x }}", "1:4: \"1x\" is not a number or a character"},
      {"{{ 08 }}", "1:4: \"08\" is not a number or a character"},
      {"{{ 1__0 }}", "1:4: \"1__0\" is not a number or a character"},
      {"{{ 9223372036854775808 }}", "1:4: \"9223372036854775808\" is not a number or a character"},
      {"{{ 1i }}", "1:4: \"1i\" is not a number or a character"},
      {"{{ (1 }}", "1:7: expected ) before }}"},
      {"{{ 1) }}", "1:5: this ) has no ( before it"},
      {"{{ () }}", "1:5: expected a value, such as .Status or \"text\", found \")\""},
      {"{{ 1 : 2 }}", "1:6: expected := to declare a variable"},
      {"{{ .a% }}", "1:6: did not expect \"%\" here; expected a space or }}"},
      {"{{ % }}", "1:4: did not expect \"%\" in an action"},
      {"{{ \"a\"\"b\" }}", "1:7: expected a space, found \"\\\"b\\\"\""},
      {"{{ \"a\".b }}", "1:7: \"\\\"a\\\"\" has no fields"},
      {"{{ nil.x }}", "1:7: \"nil\" has no fields"},
      {"{{/* open", "1:1: expected */}} to close this comment"},
      {"{{/* a */ b }}", "1:10: expected }} right after a comment"},
      {"{{ if }}{{ end }}", "1:7: expected a value, such as .Status or \"text\", found }}"},
      {"{{ if 1 }}", "1:4: expected {{ end }} for this if, found the end of the text"},
      {"x\n{{ range . }}\n{{ if 1 }}{{ end }}", "2:4: expected {{ end }} for this range, found the end of the text"},
      {"{{ end }}", "1:4: there is no block to end here"},
      {"{{ else }}", "1:4: there is no block to end here"},
      {"{{ if 1 }}{{ end 2 }}", "1:18: expected }} behind end, found \"2\""},
      {"{{ if 1 }}{{ else }}{{ else }}{{ end }}", "1:24: expected end: this block has an else already"},
      {"{{ range . }}{{ else if 1 }}{{ end }}", "1:22: expected }} behind else, found \"if\""},
      {"{{ with 1 }}{{ else if 1 }}{{ end }}", "1:21: expected }} behind else, found \"if\""},
      {"{{ break }}", "1:4: break is only allowed within a range"},
      {"{{ range . }}{{ define \"x\" }}{{ end }}{{ end }}", "1:17: a define may not stand within another block"},
      {"{{ define x }}{{ end }}", "1:11: expected the template's name in quotes, found \"x\""},
      {"{{ define \"x\" 1 }}{{ end }}", "1:15: expected }} behind the name, found \"1\""},
      {"{{ define \"x\" }}", "1:4: expected {{ end }} for this define, found the end of the text"},
      {"{{ define \"x\" }}{{ else }}{{ end }}", "1:20: expected end: a define has no else"},
      {"{{ define \"x\" }}1{{ end }}{{ define \"x\" }}2{{ end }}",
       "1:30: the template \"x\" is defined twice in this text"},
      {"{{ template . }}", "1:13: expected the template's name in quotes, found \".\""},
      {"{{ block \"x\" }}{{ end }}", "1:14: expected a value, such as .Status or \"text\", found }}"},
      {"{{ $a, $b := 1 }}", "1:6: only range may set two variables"},
      {"{{ range $a, 1 := . }}{{ end }}", "1:14: expected a second variable, such as $x"},
      {"{{ range $a, $b . }}{{ end }}", "1:17: expected := or ="},
      {"{{ if range }}{{ end }}", "1:7: did not expect \"range\" within an action"},
      {"{{ $x := }}", "1:10: expected a value, such as .Status or \"text\", found }}"},
  };
  for (const auto& c : cases)
    BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == "error: t:" + std::string(c.yields));
}

BOOST_AUTO_TEST_CASE(what_fails_as_it_runs_is_told_with_line_and_column) {
  constexpr template_case cases[] = {
      {"{{ .Nope }}",
       "1:4: template.Data has no field Nope; it has Receiver, Status, Alerts, NotificationReason, GroupLabels, "
       "CommonLabels, CommonAnnotations, RouteLabels, ExternalURL, Tocsin"},
      {"a\n  {{ range .Alerts }}{{ .Name }}{{ end }}",
       "2:25: template.Alert has no field Name; it has Status, Labels, Annotations, StartsAt, EndsAt, GeneratorURL, "
       "Fingerprint, Tocsin"},
      {"{{ .Status.x }}", "1:4: a value of type string has no field x"},
      {"{{ .Alerts.Labels }}",
       "1:4: a value of type template.Alerts has no Labels; use range or index to reach what is in it"},
      {"{{ .Alerts.Firing.Firing }}",
       "1:4: a value of type []template.Alert has no Firing; use range or index to reach what is in it"},
      {"{{ .Status 1 }}", "1:4: Status is not a method, so it takes no arguments"},
      {"{{ .CommonLabels.job 1 }}", "1:4: job is not a method, so it takes no arguments"},
      {"{{ .CommonLabels.Remove }}", "1:4: Remove takes 1 argument, got 0"},
      {"{{ .CommonLabels.Names 1 }}", "1:4: Names takes 0 arguments, got 1"},
      {"{{ 1 2 }}", "1:4: this takes no arguments: it is neither a function nor a method"},
      {"{{ nil }}", "1:4: nil is no value to begin with"},
      {"{{ template \"nope\" }}", "1:4: there is no template \"nope\""},
      {"{{ toUpper 1 }}", "1:4: toUpper: expected a string, got int"},
      {"{{ toUpper }}", "1:4: toUpper takes 1 argument, got 0"},
      {"{{ .Status | toUpper \"x\" }}", "1:14: toUpper takes 1 argument, got 2"},
      {"{{ join \",\" .Status }}", "1:4: join: expected a list, got string"},
      {"{{ len 1 }}", "1:4: len: a value of type int has no length"},
      {"{{ index .Alerts 2 }}", "1:4: index: the index 2 is outside of 0 to 1"},
      {"{{ index .Alerts -1 }}", "1:4: index: the index -1 is outside of 0 to 1"},
      {"{{ index .Alerts.Firing \"x\" }}", "1:4: index: expected an int, got string"},
      {"{{ index 1 1 }}", "1:4: index: a value of type int has no items"},
      {"{{ index (list) 0 }}", "1:4: index: nothing is in it"},
      {"{{ slice \"abc\" 2 1 }}", "1:4: slice: it begins at 2, behind its end at 1"},
      {"{{ slice \"abc\" 4 }}", "1:4: slice: the index 4 is outside of 0 to 3"},
      {"{{ eq 1 \"1\" }}", "1:4: eq: cannot compare int with string"},
      {"{{ eq 1 }}", "1:4: eq takes at least 2 arguments, got 1"},
      {"{{ eq 1 1.0 }}", "1:4: eq: cannot compare int with float64"},
      {"{{ lt true false }}", "1:4: lt: cannot compare bool with bool"},
      {"{{ eq .Alerts .Alerts }}", "1:4: eq: cannot compare template.Alerts with template.Alerts"},
      {"{{ match \"(\" \"x\" }}", "1:4: the regular expression \"(\" is not valid: missing ): ("},
      {"{{ tz \"Nowhere/Land\" (index .Alerts 0).StartsAt }}",
       "1:4: tz: unknown time zone \"Nowhere/Land\"; expected a name such as Europe/Berlin"},
      {"{{ date \"15:04\" \"noon\" }}", "1:4: date: expected a time, such as .StartsAt, got string"},
      {"{{ humanizeDuration \"x\" }}", "1:4: humanizeDuration: expected a number of seconds, got \"x\""},
      {"{{ urlUnescape \"%4\" }}", "1:4: urlUnescape: %4 is not an escape of a URL; expected % and two hex digits"},
      {"{{ dict \"a\" }}", "1:4: dict: expected pairs of a key and a value, got an odd number of arguments"},
      {"{{ dict 1 2 }}", "1:4: dict: expected a string, got int"},
      {"{{ (index .Alerts 0).StartsAt.Nope }}",
       "1:4: a time has no Nope; it has Format, UTC, Local, Unix, UnixMilli, Year, Month, Day, Weekday, YearDay, Hour, "
       "Minute, Second, IsZero, Before, After, Equal, Sub and Add"},
      {"{{ (index .Alerts 0).StartsAt.Format }}", "1:4: Format takes 1 argument, got 0"},
  };
  for (const auto& c : cases)
    BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == "error: t:" + std::string(c.yields));
}

BOOST_AUTO_TEST_CASE(a_failure_within_a_template_of_the_set_names_its_file) {
  templates::template_set set;
  BOOST_REQUIRE(set.parse("team.tmpl", "{{ define \"title\" }}\n  {{ .Nope }}{{ end }}"));
  const auto compiled = set.compile("title", "{{ template \"title\" . }}");
  BOOST_REQUIRE(compiled.has_value());
  const auto message = samples::yielded(set.render_text(*compiled, samples::pool_data()));
  BOOST_TEST(message.starts_with("error: team.tmpl:2:6: template.Data has no field Nope"));
}

BOOST_AUTO_TEST_CASE(a_message_quotes_only_the_start_of_a_long_text) {
  const auto message = as_text("{{ match \"(" + std::string(10'000, 'x') + "\" \"\" }}");
  BOOST_TEST(message.starts_with("error: t:1:4: the regular expression \"(xxx"));
  BOOST_TEST(as_text("{{ " + std::string(10'000, 'x') + " }}").size() < 200U);
}

BOOST_AUTO_TEST_SUITE_END()
