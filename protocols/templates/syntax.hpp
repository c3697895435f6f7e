#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocols/templates/functions.hpp"
#include "protocols/templates/source.hpp"
#include "protocols/templates/value.hpp"

/// A template after parsing: what the executor walks.
namespace tocsin::templates {

struct pipeline;

/// One word of a command, with the fields behind it: `.Labels.job`, `$x.Name`,
/// `(index .Alerts 0).Status`, `"text"`, `len`.
struct operand {
  enum class kind : std::uint8_t { dot, nil, literal, variable, function, pipeline };

  kind what = kind::dot;
  std::uint32_t at = 0;
  value literal;
  std::string variable; ///< with its `$`
  const function* called = nullptr;
  std::unique_ptr<pipeline> inner;
  std::vector<std::string> fields;

  /// May take arguments: a function, or something with fields, which may be methods.
  bool callable() const noexcept { return what == kind::function || !fields.empty(); }
};

/// `function argument argument`, or a single operand.
struct command {
  std::uint32_t at = 0;
  std::vector<operand> words;
};

/// `$x := command | command`
struct pipeline {
  std::uint32_t at = 0;
  /// One variable, or two in a `range`.
  std::vector<std::string> variables;
  /// `=` instead of `:=`.
  bool assigns = false;
  std::vector<command> commands;
};

struct node;
using block = std::vector<node>;

struct text_node {
  std::string bytes;
};
struct action_node {
  pipeline what;
};
/// `if` with its `else if`s, or `with` with its `else with`s.
struct choice_node {
  struct branch {
    pipeline condition;
    block body;
  };
  bool sets_dot = false;
  std::vector<branch> branches;
  block otherwise;
};
struct range_node {
  pipeline over;
  block body;
  block otherwise;
};
struct template_node {
  std::string name;
  std::optional<pipeline> dot;
};
struct break_node {};
struct continue_node {};

struct node {
  std::uint32_t at = 0;
  std::variant<text_node, action_node, choice_node, range_node, template_node, break_node, continue_node> what;
};

/// One `define`, or all that stands outside of them.
struct definition {
  std::shared_ptr<const source> from;
  block body;

  /// Nothing but white space: such a definition does not replace another.
  bool blank() const;
};

/// What one text defines, by name.
using definitions = std::map<std::string, std::shared_ptr<const definition>, std::less<>>;

/// A `template` action, for checking that what it names exists.
struct template_use {
  std::string name;
  std::shared_ptr<const source> from;
  std::uint32_t at = 0;
};

struct parsed {
  std::shared_ptr<const definition> main;
  definitions defined;
  std::vector<template_use> uses;
};

/// Texts longer than this are refused.
inline constexpr std::size_t longest_source = 1024 * 1024;
/// How deep blocks and parentheses may be nested, each.
inline constexpr std::size_t deepest_nesting = 100;

/// Parses `from`. The failure reads `name:line:column: what was expected`.
result<parsed> parse_template(std::shared_ptr<const source> from);

} // namespace tocsin::templates
