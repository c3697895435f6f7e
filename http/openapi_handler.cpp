#include "http/openapi_handler.hpp"

#include <string_view>

#include <httplib.h>

namespace tocsin::http {

namespace embedded {
/// openapi.yaml beside this file.
extern const std::string_view openapi;
} // namespace embedded

void get_openapi(services&, const httplib::Request&, httplib::Response& response) {
  response.set_content(embedded::openapi.data(), embedded::openapi.size(), "application/yaml");
}

} // namespace tocsin::http
