#include "http/web_gate.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include <httplib.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include "actors/log.hpp"

namespace tocsin::http {

namespace {

struct credentials {
  std::string user;
  std::string password;
};

std::optional<std::string> from_base64(std::string_view text) {
  constexpr std::size_t longest = 4096;
  if (text.empty() || text.size() % 4 != 0 || text.size() > longest) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  // It counts the filling too.
  const auto filling = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
  out.resize(static_cast<std::size_t>(size) - filling);
  return out;
}

std::optional<credentials> credentials_of(const httplib::Request& request) {
  constexpr std::string_view scheme = "basic ";
  const auto header = request.get_header_value("Authorization");
  if (header.size() <= scheme.size() || ::strncasecmp(header.data(), scheme.data(), scheme.size()) != 0) {
    return std::nullopt;
  }
  auto plain = from_base64(std::string_view(header).substr(scheme.size()));
  const auto colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return credentials{plain->substr(0, colon), plain->substr(colon + 1)};
}

/// A hash of nothing that takes as long as those of the users, so that time does not tell who is one.
std::string hash_of_nobody(const config::web_config& settings) {
  constexpr std::size_t head = 7;
  constexpr std::size_t tail = 53;
  return settings.users.begin()->second.substr(0, head) + std::string(tail, '.');
}

/// Whatever the path, as the programs of Prometheus answer.
void refuse(httplib::Response& response) {
  response.status = 401;
  response.set_header("WWW-Authenticate", "Basic");
  response.set_content("Unauthorized\n", "text/plain; charset=utf-8");
}

} // namespace

result<std::unique_ptr<web_gate>> web_gate::open(const std::string& path) {
  std::unique_ptr<web_gate> gate(new web_gate(path));
  if (path.empty()) return gate;
  if (auto read = gate->read(); !read) return tl::unexpected(read.error());
  gate->speaks_tls_ = gate->settings_->tls != nullptr;
  for (const auto& warning : gate->settings_->config.warnings) {
    log::warn("odd in the web configuration", {{"what", warning}});
  }
  return gate;
}

web_gate::stamps web_gate::stamps_of(const std::vector<std::string>& files) {
  stamps all;
  for (const auto& file : files) {
    struct stat s {};
    if (::stat(file.c_str(), &s) != 0) s = {};
    for (const std::int64_t part :
         {static_cast<std::int64_t>(s.st_ino), static_cast<std::int64_t>(s.st_size),
          static_cast<std::int64_t>(s.st_ctim.tv_sec), static_cast<std::int64_t>(s.st_ctim.tv_nsec)}) {
      all.push_back(part);
    }
  }
  return all;
}

result<void> web_gate::read() {
  auto files = std::vector{path_};
  for (;;) {
    // Before they are read: what changes meanwhile is seen the next time.
    auto stamp = stamps_of(files);
    auto read = config::load_web_config(path_);
    if (!read) return tl::unexpected(read.error());
    if (read->files != files) {
      files = read->files;
      continue;
    }
    auto next = std::make_shared<web_settings>();
    if (read->tls) {
      auto context = make_tls_context(*read->tls);
      if (!context) return tl::unexpected(context.error());
      next->tls = *std::move(context);
    }
    next->config = *std::move(read);
    settings_ = std::move(next);
    watched_ = std::move(files);
    seen_ = std::move(stamp);
    return {};
  }
}

std::shared_ptr<const web_settings> web_gate::current() {
  if (path_.empty()) return nullptr;
  const std::lock_guard lock(mutex_);
  auto stamp = stamps_of(watched_);
  if (stamp == seen_) return settings_;
  // Whatever comes of it, it is tried and told once for each change.
  seen_ = std::move(stamp);
  const auto before = settings_;
  if (auto again = read(); !again) {
    log::error("the web configuration cannot be read, the one before stays", {{"error", again.error().message}});
  } else if ((settings_->tls != nullptr) != speaks_tls_) {
    settings_ = before;
    log::error(
        "TLS cannot be switched on or off while the program runs; start it again, the web configuration "
        "before stays",
        {{"file", path_}});
  } else {
    log::info("web configuration read again", {{"file", path_}});
  }
  return settings_;
}

bool web_gate::admits(const httplib::Request& request, httplib::Response& response) {
  const auto settings = current();
  if (!settings) return true;
  for (const auto& [name, text] : settings->config.headers) response.set_header(name, text);
  return settings->config.users.empty() || knows(settings->config, request, response);
}

bool web_gate::knows(const config::web_config& settings, const httplib::Request& request, httplib::Response& response) {
  const auto given = credentials_of(request);
  if (!given) {
    refuse(response);
    return false;
  }
  const auto found = settings.users.find(given->user);
  const auto known = found != settings.users.end();
  const auto verdict =
      passwords_.matches(given->user, known ? found->second : hash_of_nobody(settings), given->password);
  if (verdict == password_check::verdict::right && known) return true;
  if (verdict != password_check::verdict::busy) {
    refuse(response);
    return false;
  }
  response.status = 503;
  response.set_header("Retry-After", "1");
  response.set_content("too many passwords to be checked at this moment\n", "text/plain; charset=utf-8");
  return false;
}

} // namespace tocsin::http
