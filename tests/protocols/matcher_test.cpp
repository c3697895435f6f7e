#include "protocols/matcher.hpp"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using tocsin::all_match;
using tocsin::append_go_quoted;
using tocsin::label_set;
using tocsin::match_op;
using tocsin::matcher;
using tocsin::parse_matcher;
using tocsin::parse_matchers;

namespace {

struct reading_case {
  std::string text;
  /// As `name|op|value`, several divided by a space; or `!` and the message.
  std::string expected;
};

std::string plain(const matcher& m) {
  std::string out = m.name();
  return out.append("|").append(to_string(m.op())).append("|").append(m.value());
}

std::string message(const tocsin::failure& f) {
  return std::string("!").append(f.message);
}

std::string read_one(const std::string& text) {
  const auto read = parse_matcher(text);
  return read ? plain(*read) : message(read.error());
}

std::string read_list(const std::string& text) {
  const auto read = parse_matchers(text);
  if (!read) return message(read.error());
  std::string all;
  for (const auto& m : *read) all.append(all.empty() ? "" : " ").append(plain(m));
  return all;
}

std::string quoted(std::string_view text) {
  std::string out;
  append_go_quoted(out, text);
  return out;
}

matcher made(match_op op, const std::string& value) {
  return matcher::make("x", op, value).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(matchers)

BOOST_AUTO_TEST_CASE(single_matchers_are_read_in_both_notations) {
  const std::vector<reading_case> cases{
      {R"(foo=bar)", "foo|=|bar"},
      {R"(foo="bar")", "foo|=|bar"},
      {R"( foo  !=  "bar" )", "foo|!=|bar"},
      {R"(foo=~"b.*")", "foo|=~|b.*"},
      {R"(foo!~b.*)", "foo|!~|b.*"},
      {R"("foo"="bar")", "foo|=|bar"},
      {R"("foo bar"="baz")", "foo bar|=|baz"},
      {R"(Προμηθεύς=a)", "Προμηθεύς|=|a"},
      {R"(foo=🙂)", "foo|=|🙂"},
      {R"("foo\u00e9"="\x62\141\t")", "fooé|=|ba\t"},
      {R"("f"="\U0001F642")", "f|=|🙂"},
      // Only the classic notation reads these.
      {R"(foo=)", "foo|=|"},
      {R"(foo=~)", "foo|=~|"},
      {R"(foo=bar baz)", "foo|=|bar baz"},
      {R"(foo=bar\d)", "foo|=|bar\\d"},
      {R"(foo==bar)", "foo|=|=bar"},
      {R"(foo='bar')", "foo|=|'bar'"},
      {R"(foo={bar)", "foo|=|{bar"},
      {R"(foo=~[a-z]+!)", "foo|=~|[a-z]+!"},
      {R"(:foo:=a)", ":foo:|=|a"},
      // Both read these, each in its way: the classic way counts.
      {R"(foo="\x62")", "foo|=|\\x62"},
      {R"(foo="\t")", "foo|=|\\t"},
      {R"(foo="a\nb")", "foo|=|a\nb"},
      {R"(foo=~"\\d+")", "foo|=~|\\d+"},
      {R"(foo=bar,)", "foo|=|bar,"},
      // Neither reads these.
      {R"(bad filter)", "!bad matcher format: bad filter"},
      {R"()", "!bad matcher format: "},
      {R"(=bar)", "!bad matcher format: =bar"},
      {R"(foo)", "!bad matcher format: foo"},
      {R"(foo!)", "!bad matcher format: foo!"},
      {R"(1foo bar=x)", "!bad matcher format: 1foo bar=x"},
      {R"(foo="bar)", R"(!matcher value contains unescaped double quote: "bar)"},
      {R"(foo="ba"r")", R"(!matcher value contains unescaped double quote: "ba"r")"},
      {R"(foo=bar")", R"(!matcher value contains unescaped double quote: bar")"},
      {R"("f"="\ud800")", R"(!bad matcher format: "f"="\ud800")"},
      {R"("f"="\xff")", R"(!bad matcher format: "f"="\xff")"},
      {R"("f"="\q")", R"(!bad matcher format: "f"="\q")"},
      {R"({foo=bar})", R"(!unexpected open or close brace: {foo=bar})"},
      {R"(foo=bar})", R"(!unexpected open or close brace: foo=bar})"},
      {R"(foo=~"(")", "!error parsing regexp: missing closing ): `^(?:()$`"},
      {R"("foo bar"=~"[")", "!error parsing regexp: missing closing ]: `[)$`"},
      {R"(foo=~"a**")", "!error parsing regexp: invalid nested repetition operator: `**`"},
      {R"(foo=~*)", "!error parsing regexp: missing argument to repetition operator: `*`"},
      {"foo=\xff", "!matcher is not valid UTF-8"},
      {"foo=~(a|b)*" + std::string(100'000, 'c'),
       "!error parsing regexp: expression too large: 100006 bytes, more than 100000"},
  };
  for (const auto& c : cases) BOOST_TEST(read_one(c.text) == c.expected, c.text << " was read as " << read_one(c.text));
}

BOOST_AUTO_TEST_CASE(lists_of_matchers_are_read_in_both_notations) {
  const std::vector<reading_case> cases{
      {"", ""},
      {"  ", ""},
      {"{}", ""},
      {"{ }", ""},
      {R"({foo="bar"})", "foo|=|bar"},
      {R"({foo="bar",})", "foo|=|bar"},
      {R"(foo="bar", dings!="bums")", "foo|=|bar dings|!=|bums"},
      {R"(foo=bar,dings!~bums,)", "foo|=|bar dings|!~|bums"},
      {"{\n  foo = \"bar\",\n\tb=~\"c|d\",\n}\n", "foo|=|bar b|=~|c|d"},
      {R"({"foo bar"="a,b"})", "foo bar|=|a,b"},
      {R"(foo="a,b",c=d)", "foo|=|a,b c|=|d"},
      {R"({quote="She said: \"Hi, ladies! That's gender-neutral…\""})",
       R"(quote|=|She said: "Hi, ladies! That's gender-neutral…")"},
      {"{quote=~\"She said: \\\"Hi, all!( How're you…)?\\\"\"}\n", R"(quote|=~|She said: "Hi, all!( How're you…)?")"},
      // The classic notation takes off a brace on either side.
      {R"(foo="bar"})", "foo|=|bar"},
      {R"({foo="bar")", "foo|=|bar"},
      {R"({foo=a b,c="x"})", "foo|=|a b c|=|x"},
      {R"(foo="a,b",c=)", "foo|=|a,b c|=|"},
      {R"(foo="a\",b",c=)", R"(foo|=|a",b c|=|)"},
      {R"(foo="a\\\",b",c=)", R"(foo|=|a\",b c|=|)"},
      {R"(,)", "!bad matcher format: "},
      {R"(foo=bar,,a=b)", "!bad matcher format: "},
      {R"({{foo="bar"}})", R"(!bad matcher format: {foo="bar"})"},
      {R"(foo="bar" a="b")", R"(!matcher value contains unescaped double quote: "bar" a="b")"},
      {R"(foo="bar", baz)", "!bad matcher format: baz"},
      {"a=\"\xc3\"", "!matchers are not valid UTF-8"},
  };
  for (const auto& c : cases)
    BOOST_TEST(read_list(c.text) == c.expected, c.text << " was read as " << read_list(c.text));
}

BOOST_AUTO_TEST_CASE(a_missing_label_matches_the_empty_string) {
  const auto labels = label_set::of({{"alertname", "X"}});
  const auto matches = [&](const char* text) { return parse_matcher(text).value().matches(labels); };
  BOOST_TEST(matches(R"(team="")"));
  BOOST_TEST(!matches(R"(team!="")"));
  BOOST_TEST(matches(R"(team!="a")"));
  BOOST_TEST(matches(R"(team=~".*")"));
  BOOST_TEST(!matches(R"(team=~".+")"));
  BOOST_TEST(matches(R"(team=~"a|")"));
  BOOST_TEST(matches(R"(team!~"a|b")"));
}

BOOST_AUTO_TEST_CASE(a_regular_expression_must_match_the_whole_value) {
  struct regex_case {
    std::string pattern;
    std::string value;
    bool matches;
  };
  const std::vector<regex_case> cases{
      {"a|b", "a", true},
      {"a|b", "b", true},
      {"a|b", "ab", false},
      {"a|b", "", false},
      {"a|", "", true},
      {"", "", true},
      {"", "a", false},
      {"critical", "critical", true},
      {"crit", "critical", false},
      {"crit.*", "critical", true},
      {"ritical", "critical", false},
      {"a.b", "a\nb", false},
      {"(?s)a.b", "a\nb", true},
      {"(?i)PROD", "prod", true},
      {"a)|(b", "ax", true},
      {"上海|北京", "北京", true},
      {"上.", "上海", true},
      {"foo$", "foo\n", false},
      {"^(foo|bar)$", "bar", true},
  };
  for (const auto& c : cases) {
    BOOST_TEST(made(match_op::regex, c.pattern).matches(c.value) == c.matches, c.pattern << " on " << c.value);
    BOOST_TEST(made(match_op::not_regex, c.pattern).matches(c.value) != c.matches,
               "not " << c.pattern << " on " << c.value);
  }
}

BOOST_AUTO_TEST_CASE(a_regular_expression_that_does_not_compile_is_refused_with_its_text) {
  const auto read = matcher::make("x", match_op::regex, "a(?=b)");
  BOOST_REQUIRE(!read);
  BOOST_TEST(read.error().message == "error parsing regexp: invalid or unsupported Perl syntax: `(?=`");
  BOOST_TEST(matcher::make("x", match_op::equal, "a(?=b)").has_value());
}

BOOST_AUTO_TEST_CASE(a_list_matches_when_all_its_matchers_do) {
  const auto labels = label_set::of({{"severity", "critical"}, {"team", "db"}});
  BOOST_TEST(all_match({}, labels));
  BOOST_TEST(all_match(parse_matchers(R"(severity="critical",team=~"db|web")").value(), labels));
  BOOST_TEST(!all_match(parse_matchers(R"(severity="critical",team="web")").value(), labels));
}

BOOST_AUTO_TEST_CASE(matchers_are_printed_sorted_and_so_that_they_read_back) {
  const auto list = parse_matchers(R"(z="1",b=~"y",a="x",b!="y",b="y",b="a")").value();
  BOOST_TEST(to_string(list) == R"({a="x",b="a",b="y",b!="y",b=~"y",z="1"})");
  BOOST_TEST(to_string(std::vector<matcher>{}) == "{}");

  const std::vector<reading_case> cases{
      {"a=\"line\\nbreak \\\"quoted\\\" back\\\\slash\"", R"(a="line\nbreak \"quoted\" back\\slash")"},
      {R"("foo bar"="tab\tü")", R"("foo bar"="tab\tü")"},
      {R"(Προμηθεύς="a")", R"(Προμηθεύς="a")"},
      {R"(a=)", R"(a="")"},
  };
  for (const auto& c : cases) {
    const auto first = parse_matcher(c.text).value();
    BOOST_TEST(first.to_string() == c.expected);
    BOOST_TEST((parse_matcher(first.to_string()).value() == first), first.to_string());
  }
}

BOOST_AUTO_TEST_CASE(text_is_quoted_as_go_quotes_it) {
  const std::vector<reading_case> cases{
      {"", R"("")"},
      {"plain text", R"("plain text")"},
      {"a\x01"
       "b\x7f",
       R"("a\x01b\x7f")"},
      {"\a\b\f\n\r\t\v", R"("\a\b\f\n\r\t\v")"},
      {R"(say "hi" \o/)", R"("say \"hi\" \\o/")"},
      {"信号准确率过低 ü 🙂", R"("信号准确率过低 ü 🙂")"},
      {"\u00a0|\u00ad|\u0085", R"("\u00a0|\u00ad|\u0085")"},
      {"\u2028|\u200b|\ufeff|\ue000", R"("\u2028|\u200b|\ufeff|\ue000")"},
      {"\U000E0001|\U0010FFFF", R"("\U000e0001|\U0010ffff")"},
      {"e\u0301 \u00bd \u20ac \ufffd", "\"e\u0301 \u00bd \u20ac \ufffd\""},
      {"bad \xff\xc3", R"("bad \xff\xc3")"},
  };
  for (const auto& c : cases) BOOST_TEST(quoted(c.text) == c.expected);
}

BOOST_AUTO_TEST_CASE(the_exact_values_that_a_matcher_asks_for_are_told) {
  using values = std::vector<std::string_view>;
  const auto of = [](match_op op, const std::string& value) {
    std::string all;
    const auto m = made(op, value);
    for (const auto one : m.exact_values()) all.append("<").append(one).append(">");
    return all;
  };
  BOOST_TEST(of(match_op::equal, "a|b") == "<a|b>");
  BOOST_TEST(of(match_op::equal, "") == "<>");
  BOOST_TEST(of(match_op::regex, "a") == "<a>");
  BOOST_TEST(of(match_op::regex, "a|b c||d|") == "<a><b c><><d><>");
  BOOST_TEST(of(match_op::regex, "a|b.*") == "");
  BOOST_TEST(of(match_op::not_equal, "a") == "");
  BOOST_TEST(of(match_op::not_regex, "a|b") == "");
  const auto list = made(match_op::regex, "x|y");
  BOOST_TEST((list.exact_values() == values{"x", "y"}));
}

BOOST_AUTO_TEST_CASE(quoted_text_matches_itself_as_a_regular_expression) {
  for (const std::string text :
       {"DatabaseDown", "disk.full", "a|b", "100% (really?)", R"(C:\*)", "[x]^{2}$", "上海", ""}) {
    const auto m = made(match_op::regex, tocsin::quote_regex(text));
    BOOST_TEST(m.matches(text), text);
    BOOST_TEST(!m.matches(text + "x"), text);
  }
  BOOST_TEST(!made(match_op::regex, tocsin::quote_regex("disk.full")).matches("disk-full"));
  // What needs no quoting stays a list of literals.
  BOOST_TEST(made(match_op::regex, tocsin::quote_regex("disk-full: now")).exact_values().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
