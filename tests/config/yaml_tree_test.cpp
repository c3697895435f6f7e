#include "config/yaml_tree.hpp"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace yaml = tocsin::config::yaml;

namespace {

yaml::node_ptr parsed(const std::string& text) {
  auto read = yaml::parse(text, "f.yml");
  if (!read) BOOST_FAIL(read.error().message);
  return *read;
}

std::string refused(const std::string& text) {
  const auto read = yaml::parse(text, "f.yml");
  return read ? "it was accepted" : read.error().message;
}

/// Anchors of ten aliases each: ten to the power of `levels` nodes written out.
std::string bomb(int levels) {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  const auto name = [](int level) { return std::string("a").append(std::to_string(level)); };
  for (int i = 1; i < levels; ++i) {
    text.append(name(i)).append(": &").append(name(i)).append(" [");
    for (int k = 0; k < 10; ++k) text.append(k == 0 ? "*" : ",*").append(name(i - 1));
    text.append("]\n");
  }
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(yaml_trees)

BOOST_AUTO_TEST_CASE(every_node_knows_its_line) {
  const auto root = parsed("# comment\na: 1\nb:\n  - x\n  - c: d\n    e: |\n      text\n");
  BOOST_REQUIRE((root->what == yaml::kind::map));
  BOOST_TEST(root->find("a")->line == 2);
  BOOST_TEST(root->find("a")->value->line == 2);
  const auto& list = root->find("b")->value->items;
  BOOST_TEST(root->find("b")->line == 3);
  BOOST_TEST(list.at(0)->line == 4);
  BOOST_TEST(list.at(1)->line == 5);
  BOOST_TEST(list.at(1)->find("e")->line == 6);
  BOOST_TEST(list.at(1)->find("e")->value->text == "text\n");
  BOOST_TEST((root->find("missing") == nullptr));
}

BOOST_AUTO_TEST_CASE(the_end_of_the_text_keeps_block_scalars_as_they_are) {
  BOOST_TEST(parsed("a: |\n  x\n")->find("a")->value->text == "x\n");
  BOOST_TEST(parsed("a: |\n  x")->find("a")->value->text == "x\n");
  BOOST_TEST(parsed("a: |-\n  x\n")->find("a")->value->text == "x");
  BOOST_TEST(parsed("a: |+\n  x\n\n")->find("a")->value->text == "x\n\n");
  BOOST_TEST(parsed("a: >\n  x\n  y\n")->find("a")->value->text == "x y\n");
}

BOOST_AUTO_TEST_CASE(nothing_and_null_are_null) {
  BOOST_TEST((parsed("")->what == yaml::kind::null));
  BOOST_TEST((parsed("# only a comment\n")->what == yaml::kind::null));
  const auto root = parsed("---\na:\nb: ~\nc: null\nd: ''\ne: \"null\"\n...\n");
  for (const auto* key : {"a", "b", "c"}) BOOST_TEST((root->find(key)->value->what == yaml::kind::null), key);
  for (const auto* key : {"d", "e"}) BOOST_TEST((root->find(key)->value->what == yaml::kind::scalar), key);
}

BOOST_AUTO_TEST_CASE(aliases_and_merge_keys_are_filled_in) {
  const auto root = parsed(
      "base: &base {a: 1, b: 2}\nmore: &more {c: 3, a: 9}\n"
      "one: *base\ntwo: {b: 5, <<: *base}\nthree: {<<: [*base, *more]}\n");
  BOOST_TEST((root->find("one")->value == root->find("base")->value));
  const auto& two = *root->find("two")->value;
  BOOST_TEST(two.entries.size() == 2U);
  BOOST_TEST(two.find("a")->value->text == "1");
  BOOST_TEST(two.find("b")->value->text == "5");
  const auto& three = *root->find("three")->value;
  BOOST_TEST(three.entries.size() == 3U);
  BOOST_TEST(three.find("a")->value->text == "1");
  BOOST_TEST(three.find("c")->value->text == "3");
}

BOOST_AUTO_TEST_CASE(what_is_not_one_plain_document_is_refused_with_its_line) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"a: [1, 2\nb: 3\n", "f.yml:2:2: not valid YAML: end of sequence flow not found"},
      {"a: \"open\n", "f.yml:2:2: not valid YAML: illegal EOF in scalar"},
      {"a: 'open", "f.yml:2:2: not valid YAML: illegal EOF in scalar"},
      {"a: b: c\n", "f.yml:1:5: not valid YAML: illegal map value"},
      {"a:\n\t- b\n", "f.yml:2:2: not valid YAML: illegal block entry"},
      {"a: *nowhere\n", "f.yml:1:4: not valid YAML: the referenced anchor is not defined"},
      {"a: 1\nb: 2\na: 3\n", "f.yml:3: the key \"a\" appears twice, first on line 1; remove one of them"},
      {"r:\n  - x: 1\n  - y: 1\n    y: 2\n",
       "f.yml:4: r[1]: the key \"y\" appears twice, first on line 3; remove one of them"},
      {"? [a, b]\n: c\n", "f.yml:1: expected a word as key"},
      {"a: {<<: text}\n", "f.yml:1: a: expected a mapping behind <<"},
      {"a: &a [*a]\n", "f.yml:1: a[0]: this alias stands for something that contains it"},
      {"a: 1\n---\nb: 2\n", "f.yml:2: a second YAML document begins here; expected one document in the file"},
      {std::string("a: 1\nb: \0\n", 10), "f.yml:2: a NUL byte; expected text in UTF-8"},
      {"a: 1\nb: \xff\n", "f.yml:2: the line is not valid UTF-8; save the file as UTF-8"},
  };
  for (const auto& [text, expected] : cases)
    BOOST_TEST(refused(text) == expected, text << " was refused: " << refused(text));
}

BOOST_AUTO_TEST_CASE(documents_that_explode_are_refused) {
  BOOST_TEST((parsed(bomb(5))->what == yaml::kind::map));
  BOOST_TEST(refused(bomb(9)) == "f.yml:6: the document grows beyond 1000000 nodes with its aliases written out");

  BOOST_TEST(refused(std::string(100'000, '[')) == "f.yml:1: nested more than 100 levels deep");
  std::string deep = "a";
  for (int i = 0; i < 100; ++i) deep = "[" + deep + "]";
  BOOST_TEST((parsed(deep)->what == yaml::kind::list));
  BOOST_TEST(refused("[" + deep + "]") == "f.yml:1: nested more than 100 levels deep");

  const std::string large(yaml::max_bytes + 1, '#');
  BOOST_TEST(refused(large) == "f.yml: the file has 4194305 bytes; expected at most 4194304");
}

BOOST_AUTO_TEST_SUITE_END()
