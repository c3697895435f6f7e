#include <boost/test/unit_test.hpp>

#include "protocols/templates/functions.hpp"
#include "tests/protocols/template_samples.hpp"

using namespace tocsin;
using samples::as_text;
using samples::template_case;

BOOST_AUTO_TEST_SUITE(template_functions)

BOOST_AUTO_TEST_CASE(letters_change_their_case_in_every_script) {
  constexpr template_case cases[] = {
      {"{{ toUpper \"abc äß é я\" }}", "ABC Äß É Я"},
      {"{{ \"ABC Ä É Я\" | toLower }}", "abc ä é я"},
      {"{{ title \"hello wORLD\" }}", "Hello World"},
      {"{{ title \"don't foo-bar foo_bar 3rd я\" }}", "Don't Foo-Bar Foo_bar 3Rd Я"},
      {"{{ title \"node.exporter a/b\" }}", "Node.exporter A/B"},
      {"{{ title \"\" }}", ""},
      {"{{ toUpper (safeHtml \"a\") }}", "A"},
      {"{{ trimSpace \" \\t a b \\n\\u00a0\" }}", "a b"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf_8_pass_through) {
  const auto dot = templates::value::of("a\xff\xc3z");
  BOOST_TEST(as_text("{{ toUpper . }}", samples::with_dot(dot)) == "A\xff\xc3Z");
  BOOST_TEST(as_text("{{ title . }}", samples::with_dot(dot)) == "A\xff\xc3z");
}

BOOST_AUTO_TEST_CASE(regular_expressions_are_re2_and_replacements_are_gos) {
  constexpr template_case cases[] = {
      {"{{ match \"^a.c$\" \"abc\" }} {{ match \"b\" \"abc\" }} {{ match \"^b\" \"abc\" }}", "true true false"},
      {"{{ \"abc\" | match \"(?i)B\" }}", "true"},
      {"{{ reReplaceAll \"b\" \"x\" \"abcb\" }}", "axcx"},
      {"{{ .Receiver | reReplaceAll \"\\\\\\\\\" \"\" }}", "web.hook"},
      {R"x({{ reReplaceAll "([a-z]+)@([a-z]+)" "$2 at $1" "me@home you@work" }})x", "home at me work at you"},
      {R"x({{ reReplaceAll "(a)" "$1x" "a" }}|{{ reReplaceAll "(a)" "${1}x" "a" }})x", "|ax"},
      {R"x({{ reReplaceAll "(?P<n>a)" "$n-${n}-$$-$-${x" "a" }})x", "a-a-$-$-${x"},
      {"{{ reReplaceAll \"(a)|b\" \"[$1]\" \"ab\" }}", "[a][]"},
      {"{{ reReplaceAll \"$9\" \"x\" \"a\" }}", "a"},
      {"{{ reReplaceAll \"a\" \"$9\" \"bab\" }}", "bb"},
      {"{{ reReplaceAll \"\" \"-\" \"aü\" }}", "-a-ü-"},
      {"{{ reReplaceAll \"a*\" \"x\" \"baaac\" }}", "xbxcx"},
      {"{{ reReplaceAll \"^\" \"> \" \"a\" }}", "> a"},
      {"{{ reReplaceAll \"x\" \"y\" \"\" }}", ""},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(lists_and_maps_can_be_made) {
  constexpr template_case cases[] = {
      {"{{ stringSlice \"a\" \"b\" | join \", \" }}", "a, b"},
      {"{{ stringSlice | join \",\" }}", ""},
      {"{{ list 1 \"a\" true }}", "[1 a true]"},
      {"{{ append (list 1) 2 3 }}", "[1 2 3]"},
      {"{{ append (stringSlice \"a\") \"b\" | join \"-\" }}", "a-b"},
      {"{{ $l := list }}{{ range .Alerts }}{{ $l = append $l .Labels.instance }}{{ end }}{{ join \"+\" $l }}",
       "db1+db2"},
      {"{{ dict \"b\" 2 \"a\" 1 }}", "map[a:1 b:2]"},
      {"{{ (dict \"b\" 2).b }} {{ index (dict \"a\" \"x\") \"a\" }} {{ (dict).none }}", "2 x <no value>"},
      {"{{ range $k, $v := dict \"b\" 2 \"a\" 1 }}{{ $k }}{{ $v }}{{ end }}", "a1b2"},
      {"{{ len (dict \"a\" 1) }} {{ len (list 1 2) }} {{ len \"äb\" }} {{ len .CommonLabels }}", "1 2 3 2"},
      {"{{ index (list 1 (list 2 3)) 1 0 }}", "2"},
      {"{{ index .CommonLabels \"alertname\" }}|{{ index .CommonLabels \"none\" }}|{{ index \"abc\" 1 }}",
       "PoolExhausted||98"},
      {"{{ slice \"abcdef\" 1 3 }} {{ slice \"abc\" 1 }} {{ slice \"abc\" }}", "bc bc abc"},
      {"{{ slice (list 1 2 3 4) 1 3 }} {{ slice (list 1 2 3) 0 1 2 }}", "[2 3] [1]"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(json_is_written_as_gos_encoder_does) {
  constexpr template_case cases[] = {
      {"{{ toJson \"a<b>&\\\"\" }}", R"("a\u003cb\u003e\u0026\"")"},
      {"{{ toJson (dict \"b\" (list 1 2.5 true nil) \"a\" \"x\") }}", R"({"a":"x","b":[1,2.5,true,null]})"},
      {"{{ toJson .CommonLabels }}", R"({"alertname":"PoolExhausted","severity":"critical"})"},
      {"{{ toJson .GroupLabels.SortedPairs }}", R"([{"Name":"alertname","Value":"PoolExhausted"}])"},
      {"{{ toJson (index .Alerts 1) }}",
       R"({"status":"resolved","labels":{"alertname":"PoolExhausted","instance":"db2","severity":"critical"},)"
       R"("annotations":{"summary":"All \u003c100\u003e connections \u0026 more are in use"},)"
       R"("startsAt":"2026-11-24T12:00:00.12Z","endsAt":"2026-11-24T12:01:30Z",)"
       R"("generatorURL":"http://prom:9090/graph?g0.expr=a\u0026g0.tab=1","fingerprint":"40b1e11ad4155340"})"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(values_compare_as_in_go) {
  constexpr template_case cases[] = {
      {"{{ eq 1 1 }} {{ eq 1 2 }} {{ eq \"a\" \"a\" }} {{ eq 1.5 1.5 }} {{ eq true false }}",
       "true false true true false"},
      {"{{ eq .Status \"resolved\" \"firing\" }} {{ eq .Status \"a\" \"b\" }}", "true false"},
      {"{{ ne 1 2 }} {{ ne \"a\" \"a\" }}", "true false"},
      {"{{ lt 1 2 }} {{ lt 2 1 }} {{ lt \"a\" \"b\" }} {{ lt 1.5 2.5 }}", "true false true true"},
      {"{{ le 1 1 }} {{ gt 2 1 }} {{ ge 1 1 }} {{ ge 0 1 }} {{ gt \"a\" \"b\" }} {{ le \"b\" \"a\" }}",
       "true true true false false false"},
      {"{{ eq nil nil }} {{ eq .Status nil }} {{ ne .Alerts nil }}", "true false true"},
      {"{{ eq (index .Alerts 0).StartsAt (index .Alerts 1).StartsAt }}", "true"},
      {"{{ gt (since (index .Alerts 0).StartsAt) 60000000000 }}", "true"},
      {"{{ gt (len .CommonLabels) (len .GroupLabels) }}", "true"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(texts_are_escaped_for_where_they_go) {
  constexpr template_case cases[] = {
      {"{{ html \"<a href='x'>\\\"&\" }}", "&lt;a href=&#39;x&#39;&gt;&#34;&amp;"},
      {"{{ \"<b>\" | html }}{{ html 1 \"a\" 2 3 }}", "&lt;b&gt;1a2 3"},
      {"{{ js \"it's \\\"<b>\\\" & =\\n\\u00e9\" }}", "it\\'s \\\"\\u003Cb\\u003E\\\" \\u0026 \\u003D\\u000Aé"},
      {"{{ urlquery \"a b&c=d/ü~\" }}", "a+b%26c%3Dd%2F%C3%BC~"},
      {"{{ urlUnescape \"a+b%26c%C3%BC\" }}", "a b&cü"},
      {"{{ safeHtml \"<b>\" }}{{ safeUrl \"x:y\" }}", "<b>x:y"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(print_separates_what_is_no_text) {
  constexpr template_case cases[] = {
      {"{{ print 1 2 \"a\" \"b\" 3 }}", "1 2ab3"},
      {"{{ println 1 \"a\" \"b\" }}", "1 a b\n"},
      {"{{ print }}{{ println }}", "\n"},
      {"{{ print nil true 1.5 }}", "<nil> true 1.5"},
      {"{{ print (stringSlice \"a\" \"b\") .GroupLabels }}", "[a b] alertname=PoolExhausted"},
      {"{{ .CommonLabels.SortedPairs }} {{ index .CommonLabels.SortedPairs 0 }}",
       "alertname=PoolExhausted, severity=critical {alertname PoolExhausted}"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(printf_knows_gos_verbs_and_flags) {
  constexpr template_case cases[] = {
      {"{{ printf \"%s|%10s|%-10s|%.2s|%5.1s\" \"abc\" \"abc\" \"abc\" \"äbc\" \"abc\" }}",
       "abc|       abc|abc       |äb|    a"},
      {"{{ printf \"%q %q\" \"a\\\"b\" 'x' }}", "\"a\\\"b\" 'x'"},
      {"{{ printf \"%d|%5d|%-5d|%05d|%+d|% d|%x|%X|%o|%b|%c|%U\" 42 42 42 42 42 42 255 255 8 5 97 233 }}",
       "42|   42|42   |00042|+42| 42|ff|FF|10|101|a|U+00E9"},
      {"{{ printf \"%#x %#o %O %.3d %+05d\" 255 8 8 7 -7 }}", "0xff 010 0o10 007 -0007"},
      {"{{ printf \"%f|%.2f|%8.3f|%-8.1f|%e|%g|%.3g|%G|%+.1f|%08.2f\" 1.5 2.345 3.14159 2.0 1500.0 1e21 1234.5 1e-9 "
       "2.0 -1.5 }}",
       "1.500000|2.35|   3.142|2.0     |1.500000e+03|1e+21|1.23e+03|1E-09|+2.0|-0001.50"},
      {"{{ printf \"%t %v\" true false }}", "true false"},
      {"{{ printf \"%v %v %v\" 1 \"a\" 1.0 }}", "1 a 1"},
      {"{{ printf \"%T %T %T %T %T\" 1 \"a\" 1.5 .CommonLabels .Alerts }}",
       "int string float64 template.KV template.Alerts"},
      {"{{ printf \"%x % X\" \"hi\" \"hi\" }}", "6869 68 69"},
      {"{{ printf \"%v %s\" (stringSlice \"a\" \"b\") (stringSlice \"a\" \"b\") }}", "[a b] [a b]"},
      {"{{ printf \"%q\" (stringSlice \"a\" \"b\") }}", "[\"a\" \"b\"]"},
      {"{{ printf \"%5d%%\" 7 }}", "    7%"},
      {"{{ printf \"%*d|%-*d|%.*f\" 5 42 5 42 1 2.25 }}", "   42|42   |2.2"},
      {"{{ printf \"%[2]s %[1]s\" \"a\" \"b\" }}", "b a"},
      {"{{ printf \"%d\" \"a\" }}", "%!d(string=a)"},
      {"{{ printf \"%s\" 1 }}", "%!s(int=1)"},
      {"{{ printf \"%d %d\" 1 }}", "1 %!d(MISSING)"},
      {"{{ printf \"%d\" 1 2 \"x\" }}", "1%!(EXTRA int=2, string=x)"},
      {"{{ printf \"%\" }}", "%!(NOVERB)"},
      {"{{ printf \"%z\" 1 }}", "%!z(int=1)"},
      {"{{ printf \"%[5]d\" 1 }}", "%!d(BADINDEX)"},
      {"{{ printf \"%d\" nil }} {{ printf \"%v\" nil }}", "%!d(<nil>) <nil>"},
      {"{{ printf \"%2000000d\" 1 }}", "%!(BADWIDTH)1"},
      {"{{ printf \"%s\" .CommonLabels }}", "alertname=PoolExhausted, severity=critical"},
      {"{{ printf \"äöü %s\" \"ß\" }}", "äöü ß"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_CASE(every_function_is_known_by_its_name) {
  for (const auto* name : {"and",         "or",           "not",
                           "len",         "index",        "slice",
                           "print",       "printf",       "println",
                           "eq",          "ne",           "lt",
                           "le",          "gt",           "ge",
                           "html",        "js",           "urlquery",
                           "toUpper",     "toLower",      "title",
                           "trimSpace",   "join",         "match",
                           "safeHtml",    "safeUrl",      "urlUnescape",
                           "stringSlice", "reReplaceAll", "date",
                           "tz",          "since",        "humanizeDuration",
                           "toJson",      "list",         "append",
                           "dict"}) {
    BOOST_TEST(templates::find_function(name) != nullptr, name);
  }
  BOOST_TEST(templates::find_function("call") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
