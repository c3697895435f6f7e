#include <boost/test/unit_test.hpp>

#include "tests/protocols/template_samples.hpp"

using namespace tocsin;
using samples::as_text;
using samples::template_case;

BOOST_AUTO_TEST_SUITE(template_syntax)

BOOST_AUTO_TEST_CASE(text_and_trimming_are_as_in_go) {
  constexpr template_case cases[] = {
      {"", ""},
      {"plain } text { here }}", "plain } text { here }}"},
      {"a {{ 1 }} b", "a 1 b"},
      {"a  {{- 1 -}}  b", "a1b"},
      {"a \n\t{{- 1 }} b", "a1 b"},
      {"a {{ 1 -}} \r\n b", "a 1b"},
      {"a {{- -1 }}", "a-1"},
      {"{{/* nothing */}}x", "x"},
      {"a {{- /* nothing\n at all */ -}} b", "ab"},
      {"{{ 1\n}}", "1"},
      {"{{\n  \"a\" |\n  len\n}}", "1"},
      {"«{{ \"ü\" }}»", "«ü»"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(literals_are_read_as_go_writes_them) {
  constexpr template_case cases[] = {
      {"{{ 12 }} {{ -3 }} {{ +4 }} {{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 017 }} {{ 1_000 }}", "12 -3 4 31 5 15 15 1000"},
      {"{{ 1.5 }} {{ .5 }} {{ 2e3 }} {{ 1e6 }} {{ 1234567.0 }} {{ 1e-5 }} {{ -0.25 }}",
       "1.5 0.5 2000 1e+06 1.234567e+06 1e-05 -0.25"},
      {"{{ 9223372036854775807 }} {{ -9223372036854775808 }}", "9223372036854775807 -9223372036854775808"},
      {R"({{ 'a' }} {{ '\n' }} {{ '\'' }} {{ '"' }} {{ 'ü' }} {{ '\u00e9' }})", "97 10 39 34 252 233"},
      {R"({{ "a\tb\"\\\x41\u00e9" }})", "a\tb\"\\A\u00e9"},
      {"{{ `raw \\n \"text\"\nover lines` }}", "raw \\n \"text\"\nover lines"},
      {"{{ true }} {{ false }} {{ print nil }}", "true false <nil>"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(pipelines_pass_their_result_as_the_last_argument) {
  constexpr template_case cases[] = {
      {R"({{ "abc" | len }})", "3"},
      {R"({{ "c" | printf "%s-%s-%s" "a" "b" }})", "a-b-c"},
      {R"({{ "x" | printf "%s%s" "a" | toUpper | printf "<%s>" }})", "<AX>"},
      {R"({{ (printf "%d" 3) | printf "%s!" }})", "3!"},
      {"{{ .Alerts.Firing | len }}", "1"},
      {"{{ len .Alerts }}{{ len .Alerts.Resolved }}", "21"},
      {"{{ (index .Alerts 1).Status }}", "resolved"},
      {"{{ (index .Alerts 0).Labels.instance | toUpper }}", "DB1"},
      {"{{ .CommonLabels.alertname|toUpper|printf `%q` }}", "\"POOLEXHAUSTED\""},
      {"{{ ((((1)))) }}", "1"},
      {"{{ (stringSlice \"a\" \"b\") | join \"+\" }}", "a+b"},
      {"{{ .CommonLabels.Remove (stringSlice \"severity\") }}", "alertname=PoolExhausted"},
      {"{{ stringSlice \"severity\" | .CommonLabels.Remove }}", "alertname=PoolExhausted"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(conditions_follow_gos_truth) {
  constexpr template_case cases[] = {
      {"{{ if true }}a{{ end }}", "a"},
      {"{{ if false }}a{{ end }}", ""},
      {"{{ if false }}a{{ else }}b{{ end }}", "b"},
      {"{{ if 0 }}a{{ else if \"\" }}b{{ else if 0.0 }}c{{ else if stringSlice }}d{{ else }}e{{ end }}", "e"},
      {"{{ if 0 }}a{{ else if \"x\" }}b{{ else if fail }}c{{ end }}", "error: t:1:41: there is no function \"fail\""},
      {"{{ if .GroupLabels }}a{{ end }}{{ if .RouteLabels }}b{{ end }}", "a"},
      {"{{ if .CommonLabels.nothing }}a{{ else }}b{{ end }}", "b"},
      {"{{ if .Alerts.Firing }}a{{ end }}", "a"},
      {"{{ if . }}a{{ end }}{{ if (index .Alerts 0).EndsAt }}b{{ end }}", "ab"},
      {"{{ with .Status }}{{ . }}{{ end }}", "firing"},
      {"{{ with .CommonLabels.nothing }}a{{ else }}{{ .Status }}{{ end }}", "firing"},
      {"{{ with \"\" }}a{{ else with \"b\" }}{{ . }}{{ else }}c{{ end }}", "b"},
      {"{{ with \"\" }}a{{ else with 0 }}b{{ else }}{{ .Status }}{{ end }}", "firing"},
      {"{{ with $x := .Status }}{{ $x }}{{ $.Receiver }}{{ end }}", "firingweb\\.hook"},
      {"{{ if $x := 0 }}{{ else }}{{ $x }}{{ end }}", "0"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(and_and_or_stop_where_they_know) {
  constexpr template_case cases[] = {
      {"{{ and 1 0 2 }} {{ and 1 2 }} {{ or 0 \"\" 3 }} {{ or 0 \"\" }}", "0 2 3 "},
      {"{{ and false (index .Alerts 9) }}", "false"},
      {"{{ or 1 (index .Alerts 9) }}", "1"},
      {"{{ 2 | and 1 }} {{ 2 | or 1 }} {{ 2 | or 0 }}", "2 1 2"},
      {"{{ not 1 }} {{ not \"\" }}", "false true"},
      {"{{ and }}", "error: t:1:4: and takes at least 1 argument, got 0"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(ranges_go_over_lists_maps_and_numbers) {
  constexpr template_case cases[] = {
      {"{{ range .Alerts }}{{ .Labels.instance }},{{ end }}", "db1,db2,"},
      {"{{ range $a := .Alerts }}{{ $a.Status }} {{ .Status }},{{ end }}", "firing firing,resolved resolved,"},
      {"{{ range $i, $a := .Alerts }}{{ $i }}{{ $a.Labels.instance }},{{ end }}", "0db1,1db2,"},
      {"{{ range $k, $v := .CommonLabels }}{{ $k }}={{ $v }};{{ end }}", "alertname=PoolExhausted;severity=critical;"},
      {"{{ range .CommonLabels }}{{ . }};{{ end }}", "PoolExhausted;critical;"},
      {"{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }};{{ end }}",
       "alertname=PoolExhausted;severity=critical;"},
      {"{{ range .RouteLabels }}x{{ else }}none {{ .Status }}{{ end }}", "none firing"},
      {"{{ range 3 }}{{ . }}{{ end }}{{ range $i := 2 }}{{ $i }}{{ end }}{{ range 0 }}x{{ else }}-{{ end }}", "01201-"},
      {"{{ range stringSlice \"a\" \"b\" \"c\" \"d\" }}{{ if eq . \"b\" }}{{ continue }}{{ end }}"
       "{{ if eq . \"d\" }}{{ break }}{{ end }}{{ . }}{{ end }}",
       "ac"},
      {"{{ range 2 }}{{ range 3 }}{{ if eq . 1 }}{{ break }}{{ end }}{{ . }}{{ end }}-{{ end }}", "0-0-"},
      {"{{ range \"abcde\" | len }}{{ . }}{{ end }}", "01234"},
      {"{{ range .CommonLabels.nothing }}{{ end }}", "error: t:1:4: range: a value of type string has no items"},
      {"{{ $i := 9 }}{{ $e := \"\" }}{{ range $i, $e = stringSlice \"a\" \"b\" }}{{ end }}{{ $i }}{{ $e }}", "1b"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(variables_live_up_to_the_end_of_their_block) {
  constexpr template_case cases[] = {
      {"{{ $x := 1 }}{{ $x }}{{ $x = 2 }}{{ $x }}", "12"},
      {"{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "21"},
      {"{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $x }}{{ end }}{{ $x }}", "22"},
      {"{{ $x := 1 }}{{ $x := $x | print | printf \"%s%s\" \"a\" }}{{ $x }}", "a1"},
      {"{{ range $i, $a := .Alerts }}{{ $y := $i }}{{ $y }}{{ end }}", "01"},
      {"{{ $.Status }}{{ with 1 }}{{ $.Status }}{{ end }}", "firingfiring"},
      {"{{ $s := \"\" }}{{ range .Alerts }}{{ $s = printf \"%s%s \" $s .Labels.instance }}{{ end }}{{ $s }}",
       "db1 db2 "},
      {"{{ $a := index .Alerts 0 }}{{ $a.Labels.instance }}", "db1"},
      {"{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}", "error: t:1:39: the variable $x is not declared here"},
      {"{{ $x = 1 }}", "error: t:1:4: the variable $x is not declared here"},
      {"{{ $x }}", "error: t:1:4: the variable $x is not declared here"},
      {"{{ $x := $x }}", "error: t:1:10: the variable $x is not declared here"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(templates_call_each_other) {
  constexpr template_case cases[] = {
      {"{{ define \"a\" }}<{{ . }}>{{ end }}{{ template \"a\" 1 }}{{ template \"a\" .Status }}", "<1><firing>"},
      {"{{ define `a` }}[{{ . }}]{{ end }}{{ template \"a\" }}", "[<no value>]"},
      {"{{ template \"later\" . }}{{ define \"later\" }}{{ .Status }}{{ end }}", "firing"},
      {"{{ block \"b\" .Status }}({{ . }}){{ end }}{{ template \"b\" 2 }}", "(firing)(2)"},
      {"{{ define \"r\" }}{{ with . }}x{{ template \"r\" (slice . 1) }}{{ end }}{{ end }}{{ template \"r\" \"123\" }}",
       "xxx"},
      {"{{ $x := 1 }}{{ define \"a\" }}{{ $ }}{{ end }}{{ template \"a\" 7 }}", "7"},
      {"{{ define \"a\" }}{{ end }}{{ define \"a\" }}x{{ end }}{{ template \"a\" }}", "x"},
      {"{{ define \"a\" }}x{{ end }}{{ define \"a\" }} {{ end }}{{ template \"a\" }}", "x"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(a_set_takes_the_last_definition_that_is_not_blank) {
  templates::template_set set;
  BOOST_REQUIRE(set.parse("a.tmpl", "{{ define \"x\" }}first{{ end }}outside {{ template \"x\" }}"));
  BOOST_REQUIRE(set.parse("b.tmpl", "{{ define \"x\" }}second{{ end }}"));
  BOOST_REQUIRE(set.parse("c.tmpl", "{{ define \"x\" }} {{/* blank */}} {{ end }}"));
  const auto data = samples::pool_data();
  BOOST_TEST(samples::yielded(set.render_text("x", data)) == "second");
  BOOST_TEST(samples::yielded(set.render_text("a.tmpl", data)) == "outside second");
  BOOST_TEST(samples::yielded(set.render_text("y", data)) == "error: there is no template \"y\"");
  BOOST_TEST(set.contains("x"));
  BOOST_TEST(!set.contains("y"));
}

BOOST_AUTO_TEST_CASE(a_text_that_does_not_parse_adds_nothing) {
  templates::template_set set;
  BOOST_TEST(!set.parse("a.tmpl", "{{ define \"x\" }}{{ end }}{{ oops }}"));
  BOOST_TEST(!set.contains("x"));
}

BOOST_AUTO_TEST_CASE(what_a_compiled_text_defines_is_for_it_alone) {
  templates::template_set set;
  BOOST_REQUIRE(set.parse("a.tmpl", "{{ define \"x\" }}set{{ end }}{{ define \"y\" }}{{ template \"x\" }}{{ end }}"));
  const auto own = set.compile("key", "{{ define \"x\" }}own{{ end }}{{ template \"x\" }} {{ template \"y\" }}");
  const auto other = set.compile("key", "{{ template \"x\" }}");
  BOOST_REQUIRE((own && other));
  const auto data = samples::pool_data();
  BOOST_TEST(samples::yielded(set.render_text(*own, data)) == "own own");
  BOOST_TEST(samples::yielded(set.render_text(*other, data)) == "set");
}

BOOST_AUTO_TEST_CASE(a_text_without_actions_is_plain) {
  const templates::template_set set;
  BOOST_TEST(set.compile("k", "")->is_plain());
  BOOST_TEST(set.compile("k", "#channel")->is_plain());
  BOOST_TEST(!set.compile("k", "#{{ .Status }}")->is_plain());
  BOOST_TEST(!set.compile("k", "{{ .Status }}")->is_plain());
}

BOOST_AUTO_TEST_CASE(templates_that_do_not_exist_are_found_before_they_are_used) {
  auto set = templates::built_in_templates();
  BOOST_TEST(set.check().has_value());
  const auto good = set.compile("k", "{{ template \"__subject\" . }}");
  const auto bad = set.compile("k", "x\n {{ if false }}{{ template \"nope\" . }}{{ end }}");
  BOOST_REQUIRE((good && bad));
  BOOST_TEST(set.check(*good).has_value());
  BOOST_TEST(set.check(*bad).error().message == "k:2:19: there is no template \"nope\"");
  BOOST_REQUIRE(set.parse("f.tmpl", "{{ template \"missing\" }}"));
  BOOST_TEST(set.check().error().message == "f.tmpl:1:4: there is no template \"missing\"");
}

BOOST_AUTO_TEST_SUITE_END()
