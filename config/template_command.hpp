#pragma once

#include <string>
#include <vector>

#include "config/load.hpp"
#include "protocols/result.hpp"

namespace tocsin::config {

/// What `tocsin template render` is to render; exactly one of `text` and `channel`.
struct template_order {
  std::vector<std::string> globs; ///< more files of templates, from the current folder
  std::string text;
  bool html = false;
  /// `receiver/kind/index`: the whole message that this channel would send.
  std::string channel;
  /// A JSON file with the data; empty for the built-in sample.
  std::string data_file;
  /// In place of the sample's; empty leaves that.
  std::string external_url;
};

struct template_answer {
  std::string text;
  /// Keys of the channel whose templates failed, a line each; empty when none did.
  std::string failures;
};

/// Renders for a sample, on the templates of `c`. Of a channel's message it shows the
/// body, without credentials.
result<template_answer> render_template(const template_order& order, const config& c);

} // namespace tocsin::config
