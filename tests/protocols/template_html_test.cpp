#include <boost/test/unit_test.hpp>

#include "tests/protocols/template_samples.hpp"

using namespace tocsin;
using samples::as_html;
using samples::as_text;
using samples::template_case;

namespace {

std::string html_of(std::string_view text, std::string_view dot) {
  return as_html(text, samples::with_dot(templates::value::of(dot)));
}

constexpr std::string_view hostile = R"(<script>alert('x & "y"')</script>)";
constexpr std::string_view hostile_escaped = "&lt;script&gt;alert(&#39;x &amp; &#34;y&#34;&#39;)&lt;/script&gt;";

} // namespace

BOOST_AUTO_TEST_SUITE(template_html)

BOOST_AUTO_TEST_CASE(values_in_text_are_escaped) {
  BOOST_TEST(html_of("<p>{{ . }}</p>", hostile) == "<p>" + std::string(hostile_escaped) + "</p>");
  BOOST_TEST(html_of("{{ . }}", "1 + 1") == "1 &#43; 1");
  BOOST_TEST(html_of("{{ . }}", std::string_view("a\0b", 3)) == "a\xEF\xBF\xBD" "b");
  BOOST_TEST(html_of("a < b {{ . }}", "<") == "a < b &lt;");
  BOOST_TEST(html_of("{{ list . }} {{ dict \"k\" . }}", "<") == "[&lt;] map[k:&lt;]");
}

BOOST_AUTO_TEST_CASE(what_is_html_already_stays) {
  BOOST_TEST(html_of("{{ . | safeHtml }}", "<b>") == "<b>");
  BOOST_TEST(html_of("{{ . | html }} {{ html . }}", "<b>") == "&lt;b&gt; &lt;b&gt;");
  BOOST_TEST(html_of("{{ printf \"%s\" (safeHtml .) }}", "<b>") == "&lt;b&gt;");
  BOOST_TEST(html_of("<title>{{ safeHtml . }}</title>", "</title>&lt;") == "<title>&lt;/title&gt;&lt;</title>");
  BOOST_TEST(html_of("<i title=\"{{ safeHtml . }}\">", "\"&lt;") == "<i title=\"&#34;&lt;\">");
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_nothing) {
  BOOST_TEST(as_html("[{{ .CommonLabels.none }}{{ (dict).none }}]", samples::pool_data()) == "[]");
}

BOOST_AUTO_TEST_CASE(values_do_not_leave_their_attribute) {
  BOOST_TEST(html_of("<i title=\"{{ . }}\">", "a\" onclick=\"x") == "<i title=\"a&#34; onclick=&#34;x\">");
  BOOST_TEST(html_of("<i title='{{ . }}'>", "a' b='") == "<i title='a&#39; b=&#39;'>");
  BOOST_TEST(html_of("<i title={{ . }}>", "a b=`c`>") == "<i title=a&#32;b&#61;&#96;c&#96;&gt;>");
  BOOST_TEST(html_of("<i title={{ . }}>", "") == "<i title=ZgotmplZ>");
  BOOST_TEST(html_of("<i title = {{ . }} id=x>{{ . }}", "a b") == "<i title = a&#32;b id=x>a b");
  BOOST_TEST(html_of("<i title=\"a>{{ . }}\">{{ . }}", "<") == "<i title=\"a>&lt;\">&lt;");
}

BOOST_AUTO_TEST_CASE(urls_begin_with_a_harmless_scheme) {
  const auto link = [](std::string_view url) { return html_of("<a href=\"{{ . }}\">", url); };
  BOOST_TEST(link("https://x.example/a?b=c&d=%20e#f") == "<a href=\"https://x.example/a?b=c&amp;d=%20e#f\">");
  BOOST_TEST(link("/a b\"c") == "<a href=\"/a%20b%22c\">");
  BOOST_TEST(link("mailto:me@x.example") == "<a href=\"mailto:me@x.example\">");
  BOOST_TEST(link("HTTP://x") == "<a href=\"HTTP://x\">");
  BOOST_TEST(link("javascript:alert(1)") == "<a href=\"#ZgotmplZ\">");
  BOOST_TEST(link("JaVaScRiPt:alert(1)") == "<a href=\"#ZgotmplZ\">");
  BOOST_TEST(link(" javascript:alert(1)") == "<a href=\"#ZgotmplZ\">");
  BOOST_TEST(link("data:text/html,x") == "<a href=\"#ZgotmplZ\">");
  BOOST_TEST(link("a/b:c") == "<a href=\"a/b:c\">");
  BOOST_TEST(html_of("<a href=\"{{ safeUrl . }}\">", "tel:123") == "<a href=\"tel:123\">");
  BOOST_TEST(html_of("<a href={{ . }}>", "x y") == "<a href=x%20y>");
  BOOST_TEST(html_of("<img src='{{ . }}'>", "javascript:x") == "<img src='#ZgotmplZ'>");
  BOOST_TEST(html_of("<a HREF = \"{{ . }}\">", "javascript:x") == "<a HREF = \"#ZgotmplZ\">");
  BOOST_TEST(html_of("<svg><a xlink:href=\"{{ . }}\">", "javascript:x") == "<svg><a xlink:href=\"#ZgotmplZ\">");
  BOOST_TEST(html_of("<a href=\"javascript:f('{{ . }}')\">", "x") == "<a href=\"javascript:f('ZgotmplZ')\">");
}

BOOST_AUTO_TEST_CASE(values_in_a_query_are_escaped_as_a_whole) {
  BOOST_TEST(html_of("<a href=\"/find?q={{ . }}&amp;n=1\">", "a b&c=d")
             == "<a href=\"/find?q=a%20b%26c%3Dd&amp;n=1\">");
  BOOST_TEST(html_of("<a href=\"/#{{ . }}\">", "a/b") == "<a href=\"/#a%2Fb\">");
  BOOST_TEST(html_of("<a href=\"/find?q={{ . | urlquery }}\">", "a b&c") == "<a href=\"/find?q=a&#43;b%26c\">");
  BOOST_TEST(html_of("<a href=\"/find/{{ . }}\">", "javascript:a b") == "<a href=\"/find/javascript:a%20b\">");
}

BOOST_AUTO_TEST_CASE(styles_take_plain_values_only) {
  const auto style = [](std::string_view v) { return html_of("<i style=\"color: {{ . }}; margin: 0\">", v); };
  BOOST_TEST(style("#FF0000") == "<i style=\"color: #FF0000; margin: 0\">");
  BOOST_TEST(style("10px") == "<i style=\"color: 10px; margin: 0\">");
  for (const auto* bad :
       {"red; background: url(x)", "expression(1)", "e\\xpression", "/**/", "a:url('x')", "--x", "}"}) {
    BOOST_TEST(style(bad) == "<i style=\"color: ZgotmplZ; margin: 0\">", bad);
  }
  BOOST_TEST(html_of("<style>p { color: {{ . }} }</style>{{ . }}", "red</style>")
             == "<style>p { color: ZgotmplZ }</style>red&lt;/style&gt;");
}

BOOST_AUTO_TEST_CASE(values_never_come_into_scripts) {
  BOOST_TEST(html_of("<script>var x = {{ . }};</script>{{ . }}", "1") == "<script>var x = ZgotmplZ;</script>1");
  BOOST_TEST(html_of("<a onclick=\"f({{ . }})\">", "1") == "<a onclick=\"f(ZgotmplZ)\">");
  BOOST_TEST(html_of("<iframe srcdoc=\"{{ . }}\">", "x") == "<iframe srcdoc=\"ZgotmplZ\">");
  BOOST_TEST(html_of("<SCRIPT type='a'>if (a < b) {{ . }}</Script>{{ . }}", "<")
             == "<SCRIPT type='a'>if (a < b) ZgotmplZ</Script>&lt;");
}

BOOST_AUTO_TEST_CASE(names_of_tags_and_attributes_are_plain_words) {
  BOOST_TEST(html_of("<{{ . }}>x</{{ . }}>", "h1") == "<h1>x</h1>");
  BOOST_TEST(html_of("<{{ . }}>", "a onclick=x") == "<ZgotmplZ>");
  BOOST_TEST(html_of("<{{ . }}>", "script") == "<ZgotmplZ>");
  BOOST_TEST(html_of("<i {{ . }}>", "hidden") == "<i hidden>");
  BOOST_TEST(html_of("<i {{ . }}=\"{{ . }}\">", "onclick") == "<i onclick=\"ZgotmplZ\">");
  BOOST_TEST(html_of("<i {{ . }}>", "a=\"b\"") == "<i ZgotmplZ>");
}

BOOST_AUTO_TEST_CASE(comments_stay_and_take_no_values) {
  BOOST_TEST(html_of("<!-- a {{ . }} > -->{{ . }}", "<") == "<!-- a  > -->&lt;");
  BOOST_TEST(html_of("<!--[if mso]><b><![endif]-->{{ . }}", "<") == "<!--[if mso]><b><![endif]-->&lt;");
  BOOST_TEST(html_of("<!DOCTYPE html>{{ . }}", "<") == "<!DOCTYPE html>&lt;");
}

BOOST_AUTO_TEST_CASE(the_place_is_followed_through_branches_and_templates) {
  constexpr std::string_view text =
      "{{ define \"url\" }}{{ . }}/alerts?q={{ . }}{{ end }}"
      "<a {{ if true }}href=\"{{ else }}title=\"{{ end }}{{ template \"url\" . }}\">{{ template \"url\" . }}</a>";
  BOOST_TEST(html_of(text, "http://x y")
             == "<a href=\"http://x%20y/alerts?q=http%3A%2F%2Fx%20y\">http://x y/alerts?q=http://x y</a>");
}

BOOST_AUTO_TEST_CASE(text_is_not_escaped_at_all) {
  BOOST_TEST(as_text("<p>{{ . }}</p>", samples::with_dot(templates::value::of(hostile)))
             == "<p>" + std::string(hostile) + "</p>");
}

BOOST_AUTO_TEST_SUITE_END()
