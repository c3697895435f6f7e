// The commands of the command line, and the pages that are made of them.

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "config/command_line.hpp"
#include "tests/config/support.hpp"

using namespace tocsin;
using action = config::command_line::action;

namespace {

result<config::command_line> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "tocsin");
  return config::parse_command_line(static_cast<int>(arguments.size()), arguments.data(), "9.8");
}

config::command_line accepted(std::vector<const char*> arguments) {
  auto line = parse(std::move(arguments));
  if (!line) BOOST_FAIL(line.error().message);
  return *line;
}

std::string refused(std::vector<const char*> arguments) {
  const auto line = parse(std::move(arguments));
  return line ? "it was accepted" : line.error().message;
}

/// What a command prints, without the line break at its end.
std::string output_of(const std::string& command) {
  std::string out;
  auto* pipe = ::popen(command.c_str(), "r");
  BOOST_REQUIRE(pipe != nullptr);
  std::array<char, 4096> some{};
  while (const auto count = std::fread(some.data(), 1, some.size(), pipe)) out.append(some.data(), count);
  BOOST_TEST(::pclose(pipe) == 0);
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

/// What bash offers for the last of these words.
std::string offered(const std::string& script, const std::string& words) {
  const auto file =
      (std::filesystem::temp_directory_path() / ("tocsin-completion-" + std::to_string(::getpid()))).string();
  std::ofstream(file) << script;
  const auto offers = output_of("bash -c 'source " + file + "; COMP_WORDS=(" + words
                                + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tocsin; echo \"${COMPREPLY[*]}\"'");
  std::filesystem::remove(file);
  return offers;
}

} // namespace

BOOST_AUTO_TEST_SUITE(commands)

BOOST_AUTO_TEST_CASE(each_command_is_told_from_the_others) {
  const std::vector<std::pair<std::vector<const char*>, action>> all{
      {{}, action::serve},
      {{"serve", "--storage.path=x"}, action::serve},
      {{"check-config", "a.yml"}, action::check_config},
      {{"storage", "verify"}, action::verify_storage},
      {{"history", "verify", "--storage.path=x"}, action::verify_storage},
      {{"storage", "rebuild"}, action::rebuild_storage},
      {{"history", "import", "a"}, action::import_history},
      {{"history", "export", "a"}, action::export_history},
      {{"template", "render", "--template.text=x"}, action::render_template},
      {{"alerts", "query"}, action::query_alerts},
      {{"alerts", "ack", "1", "2"}, action::acknowledge_alerts},
      {{"alerts", "resolve", "1"}, action::resolve_alerts},
      {{"alerts", "escalate", "1", "--to=2"}, action::escalate_alerts},
      {{"alerts", "explain", "1"}, action::explain_alert},
      {{"silence", "add", "a=b", "--duration=2h", "--comment=c"}, action::add_silence},
      {{"silence", "query"}, action::query_silences},
      {{"silence", "expire", "x"}, action::expire_silences},
      {{"routes", "show"}, action::show_routes},
      {{"routes", "test", "a=b"}, action::test_routes},
      {{"channel", "test", "ops"}, action::test_channel},
      {{"drill", "--receiver=ops"}, action::drill},
  };
  for (const auto& [arguments, what] : all) BOOST_CHECK(accepted(arguments).what == what);
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_odd_is_refused) {
  for (const std::vector<const char*>& arguments : std::vector<std::vector<const char*>>{
           {"alerts"},
           {"alerts", "ack"},
           {"alerts", "escalate", "1"},
           {"alerts", "escalate", "1", "--to=4"},
           {"alerts", "query", "--output=xml"},
           {"alerts", "query", "--days=3"},
           {"alerts", "query", "--history", "--active"},
           {"alerts", "query", "--history", "--days=366"},
           {"silence", "add", "a=b", "--duration=2h"},
           {"silence", "add", "--duration=2h", "--comment=c"},
           {"routes", "test"},
           {"completion", "fish"},
           {"alerts", "query", "--storage.path=x"},
       }) {
    BOOST_TEST(!parse(arguments), arguments.back());
  }
  BOOST_TEST(refused({"drill"}) == "--receiver is required; see tocsin --help");
}

BOOST_AUTO_TEST_CASE(a_flag_wins_over_the_environment) {
  ::setenv("TOCSIN_URL", "http://other:1", 1);
  ::setenv("USER", "ann", 1);
  BOOST_TEST(accepted({"alerts", "query"}).client.url == "http://other:1");
  BOOST_TEST(accepted({"drill", "--receiver=x"}).client.url == "http://other:1");
  BOOST_TEST(accepted({"alerts", "query", "--url=http://here:2"}).client.url == "http://here:2");
  BOOST_TEST(accepted({"alerts", "ack", "1"}).client.by == "ann");
  BOOST_TEST(accepted({"alerts", "ack", "1", "--by", "bob"}).client.by == "bob");
  // It may have a password.
  BOOST_TEST(accepted({"alerts", "query", "--help"}).text.find("other") == std::string::npos);
  ::unsetenv("TOCSIN_URL");
  BOOST_TEST(accepted({"alerts", "query"}).client.url == "http://127.0.0.1:9095");
}

BOOST_AUTO_TEST_CASE(words_and_flags_of_a_command_may_be_mixed) {
  const auto silence = accepted({"silence", "add", "a=\"b\"", "--duration", "2h", "c=~\"d\"", "--comment", "why",
                                 "--confirm", "--start", "2026-11-24T22:00:00Z"});
  BOOST_TEST(silence.client.words == (std::vector<std::string>{"a=\"b\"", "c=~\"d\""}),
             boost::test_tools::per_element());
  BOOST_TEST(silence.client.lasts == "2h");
  BOOST_TEST(silence.client.comment == "why");
  BOOST_TEST(silence.client.confirm);
  const auto query = accepted({"alerts", "query", "--history", "--days", "30", "-o", "json", "--exit-code"});
  BOOST_TEST(query.client.days == 30);
  BOOST_CHECK(query.client.output == config::output_form::json);
  BOOST_TEST((query.client.history && query.client.exit_code));
  const auto routes = accepted({"routes", "test", "a=b", "--expect", "x,y", "--config.file=f"});
  BOOST_TEST(routes.config_file == "f");
  BOOST_TEST(*routes.routes.expected == (std::vector<std::string>{"x", "y"}), boost::test_tools::per_element());
  BOOST_TEST(routes.routes.labels.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_manual_page_has_every_command_and_flag) {
  const auto page = accepted({"--help-man"});
  BOOST_CHECK(page.what == action::print);
  BOOST_TEST(page.text.starts_with(".TH TOCSIN 1 \"\" \"tocsin 9.8\""));
  for (const std::string part : {".SH SYNOPSIS", ".SH EXIT STATUS", "tocsin alerts ack", "tocsin silence add",
                                 "tocsin routes test", "\\fB\\-\\-config.file\\fR=\\fIFILE\\fR",
                                 "\\fB\\-o\\fR, \\fB\\-\\-output\\fR", "csv, json, table", "NO_COLOR"}) {
    BOOST_TEST(page.text.find(part) != std::string::npos, part);
  }
  // What is hidden stays so, and nothing becomes a request of troff by chance.
  BOOST_TEST(page.text.find("cluster") == std::string::npos);
  std::istringstream lines(page.text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('.')) continue;
    const auto word = line.substr(0, line.find(' '));
    BOOST_TEST((word == ".TH" || word == ".SH" || word == ".SS" || word == ".TP" || word == ".PP" || word == ".br"
                || word == ".nf" || word == ".fi" || word == ".RS" || word == ".RE"),
               line);
  }
}

BOOST_AUTO_TEST_CASE(bash_completes_commands_flags_and_values) {
  const auto script = accepted({"completion", "bash"}).text;
  BOOST_TEST(offered(script, "tocsin al") == "alerts");
  BOOST_TEST(offered(script, "tocsin alerts e") == "explain escalate");
  BOOST_TEST(offered(script, "tocsin --log.level \"\"") == "debug error info warn");
  BOOST_TEST(offered(script, "tocsin alerts query --out") == "--output");
  BOOST_TEST(offered(script, "tocsin alerts query --output j") == "json");
  // As bash takes --output=c apart.
  BOOST_TEST(offered(script, "tocsin alerts query --output = c") == "csv");
  BOOST_TEST(offered(script, "tocsin alerts query --output =") == "csv json table");
  BOOST_TEST(offered(script, "tocsin completion z") == "zsh");
  // A file's name is bash's own business.
  BOOST_TEST(offered(script, "tocsin --config.file \"\"") == "");
  BOOST_TEST(offered(script, "tocsin --cluster") == "");
}

BOOST_AUTO_TEST_CASE(zsh_gets_words_with_what_they_mean) {
  const auto script = accepted({"completion", "zsh"}).text;
  BOOST_TEST(script.starts_with("#compdef tocsin\n"));
  BOOST_TEST(script.find("'ack:Take alerts: escalation and repeats stop'") != std::string::npos);
  BOOST_TEST(script.find("' alerts query --output') values=(csv json table) ;;") != std::string::npos);
  BOOST_TEST(script.find("'Such as team=\"a\"; a word alone is an alert'\\''s name'") == std::string::npos);
  if (std::system("command -v zsh >/dev/null 2>&1") != 0) return;
  const auto file = (std::filesystem::temp_directory_path() / ("tocsin-zsh-" + std::to_string(::getpid()))).string();
  std::ofstream(file) << script;
  BOOST_TEST(std::system(("zsh -n " + file).c_str()) == 0);
  std::filesystem::remove(file);
}

BOOST_AUTO_TEST_SUITE_END()
