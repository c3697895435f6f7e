#include <boost/test/unit_test.hpp>

#include "protocols/templates/template_set.hpp"
#include "tests/config/support.hpp"

using namespace tocsin;
using namespace tocsin::config;
using namespace tocsin::config::test;

namespace {

std::string slack(const std::string& keys, const std::string& more = {}) {
  return more
         + "route: {receiver: ops}\nreceivers:\n  - name: ops\n    slack_configs:\n      - api_url: "
           "https://x.example/\n"
         + keys;
}

} // namespace

BOOST_AUTO_TEST_SUITE(template_files_and_texts)

BOOST_AUTO_TEST_CASE(files_are_found_by_pattern_from_the_folder_of_the_file) {
  const scratch_folder folder;
  folder.write("a.tmpl", "{{ define \"own.a\" }}A{{ end }}");
  folder.write("b.tmpl", "{{ define \"own.b\" }}{{ template \"own.a\" }}B{{ end }}");
  folder.write("c.txt", "{{ broken");
  const auto path =
      folder.write("tocsin.yml", slack("        title: '{{ template \"own.b\" . }}'\n", "templates: ['*.tmpl']\n"));
  const auto c = load_file(path, environment_of()).value();
  BOOST_TEST(c->template_files == 2U);
  BOOST_TEST(c->templates->contains("own.b"));
  BOOST_TEST(c->templates->contains("slack.default.title"));
  BOOST_TEST(c->warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_pattern_without_files_is_odd_but_no_error) {
  const auto c = loaded(slack("", "templates: [/nowhere/*.tmpl]\n"));
  BOOST_REQUIRE(c.warnings.size() == 1U);
  BOOST_TEST(c.warnings[0] == "no file matches /nowhere/*.tmpl, a pattern of templates");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_refused_with_its_line_and_column) {
  const scratch_folder folder;
  const auto file = folder.write("bad.tmpl", "fine\n{{ define \"x\" }}{{ if }}{{ end }}");
  const auto path = folder.write("tocsin.yml", slack("", "templates: [bad.tmpl]\n"));
  const auto read = load_file(path, environment_of());
  BOOST_REQUIRE(!read.has_value());
  BOOST_TEST(read.error().message.starts_with(path + ":1: templates[0]: " + file + ":2:"), read.error().message);

  folder.write("bad.tmpl", "{{ define \"x\" }}{{ template \"nowhere\" . }}{{ end }}");
  const auto unknown = load_file(path, environment_of());
  BOOST_REQUIRE(!unknown.has_value());
  BOOST_TEST(unknown.error().message.find("nowhere") != std::string::npos, unknown.error().message);
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_template_after_all_is_refused_with_key_and_place) {
  const auto message = refused(slack("        title: 'x {{ .A'\n"));
  BOOST_TEST(message.starts_with("tocsin.yml:6: receivers[0].slack_configs[0].title: bad template at 1:"), message);
  const auto unknown = refused(slack("        text: '{{ template \"mine\" . }}'\n"));
  BOOST_TEST(unknown.starts_with("tocsin.yml:6: receivers[0].slack_configs[0].text: bad template at 1:"), unknown);
  BOOST_TEST(unknown.find("mine") != std::string::npos, unknown);
  const auto field = refused(slack("        fields: [{title: a, value: '{{ end }}'}]\n"));
  BOOST_TEST(field.starts_with("tocsin.yml:6: receivers[0].slack_configs[0].fields[0].value: bad template at 1:"),
             field);
  BOOST_TEST(refused(slack("        fields: [{title: a}]\n"))
             == "tocsin.yml:6: receivers[0].slack_configs[0].fields[0]: a field needs title and value");
}

BOOST_AUTO_TEST_CASE(plain_texts_stay_plain_and_what_is_not_written_is_not_set) {
  const auto c =
      loaded(slack("        title: Plain\n        short_fields: true\n        fields: [{title: a, value: b}]\n"));
  const auto& s = std::get<slack_channel>(c.find_channel("ops/slack/0")->settings);
  BOOST_TEST(s.layout.title.is_plain());
  BOOST_TEST(!s.layout.text.is_set());
  BOOST_REQUIRE(s.layout.fields.has_value());
  BOOST_TEST(s.layout.fields->at(0).is_short);
}

BOOST_AUTO_TEST_SUITE_END()
