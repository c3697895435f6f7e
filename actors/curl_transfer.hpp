#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include <curl/curl.h>

#include "actors/smtp_transcript.hpp"
#include "protocols/channel.hpp"

namespace tocsin {

/// What libcurl sends for us.
using outgoing = std::variant<http_request, smtp_message>;

/// One of them on its way. libcurl points into it, so it stays where it is.
struct curl_transfer {
  std::uint64_t number = 0;
  outgoing what;
  wire_response response;
  CURL* easy = nullptr;
  /// Headers, or recipients.
  curl_slist* list = nullptr;
  char error[CURL_ERROR_SIZE] = {};
  /// It could not even begin to connect.
  bool no_descriptor = false;
  /// Of a request: how much of the answer's body came, and whether it was broken off as long enough.
  std::size_t body_bytes = 0;
  bool body_cut = false;
  /// Of a mail: how much was handed over, and what was said.
  std::size_t uploaded = 0;
  smtp_transcript transcript;

  curl_transfer() = default;
  curl_transfer(const curl_transfer&) = delete;
  curl_transfer& operator=(const curl_transfer&) = delete;
  ~curl_transfer() {
    curl_slist_free_all(list);
    curl_easy_cleanup(easy);
  }

  void append(const std::string& line) {
    if (auto* longer = curl_slist_append(list, line.c_str())) list = longer;
  }
};

/// Tells `t.easy` all it needs.
void prepare(curl_transfer& t, const http_request& request);
void prepare(curl_transfer& t, const smtp_message& message);

/// Reads what is known once the transfer is over into its response.
void conclude(curl_transfer& t, CURLcode code, const http_request& request);
void conclude(curl_transfer& t, CURLcode code, const smtp_message& message);

} // namespace tocsin
