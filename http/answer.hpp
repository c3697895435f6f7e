#pragma once

#include <string>
#include <string_view>

#include "http/services.hpp"

/// The forms that answers have. `/api/alerts/*` answers in one envelope,
/// `/api/v2/*` as Alertmanager does.
namespace tocsin::http {

/// What was wrong with a request, for the envelope.
struct problem {
  int status = 400;
  /// A word for programs: `invalid_parameter`, `not_found`, `conflict`, `unavailable` …
  std::string code;
  /// A sentence for people.
  std::string message;
  /// The parameter it is about; empty when it is about none.
  std::string parameter;
};

/// `{"success": false, "error": {"code", "message", "parameter"}}`
void answer_problem(httplib::Response& response, const problem& p);

/// A JSON body with its type.
void answer_json(httplib::Response& response, int status, std::string body);

/// Alertmanager's answer of its framework: `{"code", "message"}`.
void answer_v2_refusal(httplib::Response& response, int status, int code, std::string_view message);

/// Alertmanager's answer of its handlers: a JSON string.
void answer_v2_error(httplib::Response& response, int status, std::string_view message);

/// Answers 415 to a body whose type API v2 does not take, and returns whether it did. Where there
/// is no body there is nothing that could be of a wrong type.
bool refuse_media_type(const httplib::Request& request, httplib::Response& response);

/// Answers 406 to who accepts no JSON, which is all that API v2 has, and returns whether it did.
/// Only for methods without a body: the type of a body is taken for one that is accepted.
bool refuse_accepted_types(const httplib::Request& request, httplib::Response& response);

/// The headers that all answers of API v2 carry.
void add_v2_headers(httplib::Response& response);

/// Not now: too much is waiting, or nothing can be written.
problem unavailable(std::string message);

} // namespace tocsin::http
