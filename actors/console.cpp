#include "actors/console.hpp"

#include <cerrno>
#include <cstring>

#include <unistd.h>

namespace tocsin {

namespace {

wire_response write_all(std::string_view text) {
  wire_response response;
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      response.error = std::string("standard output: ") + std::strerror(errno);
      return response;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  // The console has no status of its own; HTTP's word for "done" serves for the verdict.
  response.status = 200;
  return response;
}

} // namespace

console_actor::behavior_type console(console_actor::stateful_pointer<console_state>) {
  return {
      [](deliver_atom, const console_text& message) { return write_all(message.text); },
  };
}

} // namespace tocsin
