#include "config/template_command.hpp"

#include "tests/config/support.hpp"

using namespace tocsin;
using namespace tocsin::config::test;
using config::render_template;
using config::template_order;

// `tocsin template render`.

namespace {

template_order for_text(std::string text) {
  template_order order;
  order.text = std::move(text);
  return order;
}

std::string shown(const template_order& order, const config::config& c = {}) {
  const auto made = render_template(order, c);
  return made ? made->text : "error: " + made.error().message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(template_command)

BOOST_AUTO_TEST_CASE(a_text_is_rendered_for_the_built_in_sample) {
  BOOST_TEST(shown(for_text("{{ .Status }} {{ len .Alerts.Firing }}/{{ len .Alerts }}")) == "firing 2/3");
  auto order = for_text("<b>{{ \"<\" }}</b>");
  order.html = true;
  BOOST_TEST(shown(order) == "<b>&lt;</b>");
  order = for_text("{{ .ExternalURL }}");
  order.external_url = "https://alerts.example.org";
  BOOST_TEST(shown(order) == "https://alerts.example.org");
}

BOOST_AUTO_TEST_CASE(files_and_data_of_ones_own_are_used) {
  const scratch_folder folder;
  folder.write("mine.tmpl", "{{ define \"mine\" }}M {{ .Receiver }} {{ .CommonLabels.a }}{{ end }}");
  auto order = for_text("{{ template \"mine\" . }}");
  order.globs = {folder.path() + "/*.tmpl"};
  order.data_file = folder.write("data.json", R"({"receiver": "r", "alerts": [{"labels": {"a": "1"}}]})");
  BOOST_TEST(shown(order) == "M r 1");
  order.data_file = folder.write("data.json", R"({"alerts": 1})");
  BOOST_TEST(shown(order) == "error: " + order.data_file + ": alerts: expected an array, found a number");
  order.data_file = folder.path() + "/none.json";
  BOOST_TEST(shown(order) == "error: " + order.data_file + ": cannot read it: No such file or directory");
  order.globs.push_back(folder.path() + "/none/*.tmpl");
  order.data_file.clear();
  BOOST_TEST(shown(order) == "error: --template.glob: no file matches " + folder.path() + "/none/*.tmpl");
}

BOOST_AUTO_TEST_CASE(a_channel_shows_its_whole_message_without_secrets) {
  const auto c = loaded(R"(route: {receiver: a}
receivers:
- name: a
  pagerduty_configs: [{routing_key: verysecret, description: 'D {{ .Status }}', client: '{{ index .Alerts 99 }}'}]
  slack_configs: [{api_url: 'http://slack.example/verysecret', title: 'T {{ .Receiver }}'}]
)");
  template_order order;
  order.channel = "a/slack/0";
  BOOST_TEST(shown(order, c).find(R"("title":"T a")") != std::string::npos);
  BOOST_TEST(shown(order, c).find("verysecret") == std::string::npos);
  order.channel = "a/pagerduty/0";
  const auto made = render_template(order, c);
  BOOST_REQUIRE(made);
  BOOST_TEST(made->text.find("D firing") != std::string::npos);
  BOOST_TEST(made->text.find("verysecret") == std::string::npos);
  BOOST_TEST(made->failures.starts_with("client: "), made->failures);
  order.channel = "b/slack/0";
  BOOST_TEST(shown(order, c)
             == "error: --channel: there is no channel b/slack/0; expected one of a/slack/0, a/pagerduty/0");
}

BOOST_AUTO_TEST_CASE(what_it_cannot_render_it_says) {
  BOOST_TEST(shown({}) == "error: expected one of --template.text and --channel, found none");
  BOOST_TEST(shown(for_text("{{ if }}")).starts_with("error: --template.text:1:"));
  BOOST_TEST(shown(for_text("{{ index .Alerts 99 }}")).starts_with("error: --template.text:1:"));
}

BOOST_AUTO_TEST_SUITE_END()
