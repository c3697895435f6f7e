#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/alert_draft.hpp"

namespace tocsin {

/// Reads JSON bodies into drafts, in one pass and without a tree. Keeps its
/// buffers from one body to the next. A body that is malformed anywhere in what
/// was looked at leaves no draft to use.
class alert_reader {
 public:
  alert_reader();
  ~alert_reader();

  /// The array of API v2.
  bool read_list(std::string_view body);

  /// The object that a webhook posts.
  bool read_webhook(std::string_view body);

  /// What was read; the generator URLs in it live until the next body.
  std::vector<alert_draft>& drafts() noexcept;
  /// What the last webhook says of its group.
  sent_status group_status() const noexcept;

  /// After a failure: where and what, such as
  /// `[3].labels.severity: expected a string, found a number`.
  const std::string& fault() const noexcept;
  /// Whether the last failure was that the body is no well-formed JSON.
  bool malformed() const noexcept;

  /// Lets go of the drafts, and of buffers that one huge body made huge.
  void release();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin
