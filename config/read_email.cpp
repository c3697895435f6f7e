#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

constexpr std::array<std::string_view, 13> keys{"to",
                                                "from",
                                                "smarthost",
                                                "hello",
                                                "auth_username",
                                                "auth_password",
                                                "auth_password_file",
                                                "auth_identity",
                                                "require_tls",
                                                "force_implicit_tls",
                                                "tls_config",
                                                "headers",
                                                "timeout"};

constexpr std::array<std::string_view, 2> body_keys{"html", "text"};

/// A mail always tells its thread.
constexpr std::array<std::string_view, 1> ignored_keys{"threading"};

constexpr std::array<std::string_view, 2> secret_keys{"auth_secret", "auth_secret_file"};

/// Headers that a mail cannot have another of.
constexpr std::array<std::string_view, 8> own_headers{"date",
                                                      "message-id",
                                                      "in-reply-to",
                                                      "references",
                                                      "mime-version",
                                                      "content-type",
                                                      "content-transfer-encoding",
                                                      "auto-submitted"};

constexpr std::array<std::string_view, 5> address_headers{"from", "to", "cc", "reply-to", "sender"};

constexpr std::uint16_t implicit_tls_port = 465;

/// The keys of an entry, and those of `global` that stand in for them.
class mail_keys {
 public:
  mail_keys(const value& entry, const channel_defaults& defaults) : entry_(entry), global_(defaults.global) {}

  /// What the entry says, or else `global`.
  value operator[](std::string_view key) const {
    const auto own = entry_[key];
    return own.is_set() || !global_ ? own : (*global_)["smtp_" + std::string(key)];
  }
  /// The same for a secret that may lie in a file.
  std::optional<std::string> secret(const std::string& key) const {
    const auto file = key + "_file";
    if (entry_[key].is_set() || entry_[file].is_set() || !global_) return read_secret(entry_[key], entry_[file]);
    return read_secret((*global_)["smtp_" + key], (*global_)["smtp_" + file]);
  }
  const value& entry() const noexcept { return entry_; }

 private:
  const value& entry_;
  const std::optional<value>& global_;
};

bool is_host_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-'
           || c == '_' || c == ':' || c == '[' || c == ']';
  });
}

std::vector<mailbox> read_mailboxes(const value& v) {
  const auto text = read_text(v);
  if (text.find("{{") != std::string::npos) {
    v.complain("no template can stand here; write the address");
    return {};
  }
  auto boxes = parse_mailboxes(text);
  if (boxes) return *std::move(boxes);
  // The reason quotes nothing, so what a variable holds stays hidden.
  v.complain(boxes.error().message + ", found " + v.quoted());
  return {};
}

mailbox read_sender(const mail_keys& all) {
  const auto from = all["from"];
  if (!from.is_set()) {
    all.entry().complain("nobody to send as; set from here, or smtp_from in global");
    return {};
  }
  auto boxes = read_mailboxes(from);
  if (boxes.size() > 1) from.expected("one address");
  return boxes.empty() ? mailbox{} : std::move(boxes.front());
}

void read_smarthost(const mail_keys& all, smtp_server& server) {
  const auto smarthost = all["smarthost"];
  if (!smarthost.is_set()) {
    return all.entry().complain("no mail server; set smarthost here, or smtp_smarthost in global");
  }
  const auto text = read_text(smarthost);
  const auto colon = text.rfind(':');
  const std::string_view port =
      colon == std::string::npos ? std::string_view{} : std::string_view(text).substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), server.port);
  const bool is_port = error == std::errc{} && end == port.data() + port.size() && server.port > 0;
  server.host = text.substr(0, colon);
  if (!is_port || !is_host_name(server.host)) smarthost.expected("a host and a port such as mail.example.org:587");
}

void read_login(const mail_keys& all, smtp_server& server) {
  for (const auto key : secret_keys) {
    if (!all[key].is_set()) continue;
    all[key].complain(
        "authentication by CRAM-MD5 is not available in this version; use auth_username and auth_password");
  }
  server.username = read_text(all["auth_username"]);
  server.password = all.secret("auth_password").value_or("");
  server.identity = read_text(all["auth_identity"]);
  if (!server.username.empty() && server.password.empty()) {
    all["auth_username"].complain("a user without a password; set auth_password or auth_password_file");
  }
}

void read_encryption(const mail_keys& all, smtp_server& server) {
  server.require_tls = read_flag(all["require_tls"], true);
  server.implicit_tls = read_flag(all["force_implicit_tls"], server.port == implicit_tls_port);
  server.tls = read_tls(all["tls_config"]);
}

smtp_server read_server(const mail_keys& all) {
  smtp_server server;
  read_smarthost(all, server);
  // An empty one is none, as in Alertmanager.
  if (auto hello = read_text(all["hello"]); !hello.empty()) {
    if (!is_host_name(hello)) all["hello"].expected("a host name");
    server.hello = std::move(hello);
  }
  read_login(all, server);
  read_encryption(all, server);
  return server;
}

std::vector<std::pair<std::string, templated_text>> read_headers(const value& v, const channel_defaults& defaults) {
  std::vector<std::pair<std::string, templated_text>> headers;
  for (const auto& [name, text] : v.entries()) {
    const auto known = lower(name);
    const auto same = [&known](std::string_view one) { return one == known; };
    if (!is_header_name(name)) text.complain("expected the name of a header, of ASCII without spaces and colons");
    if (std::any_of(own_headers.begin(), own_headers.end(), same)) {
      text.complain("this header is made for every mail; remove it");
    }
    auto said = read_templated(text, defaults);
    if (said.source().empty()) continue;
    if (said.is_plain() && std::any_of(address_headers.begin(), address_headers.end(), same)) read_mailboxes(text);
    headers.emplace_back(name, std::move(said));
  }
  return headers;
}

} // namespace

email_channel read_email(const value& v, const channel_defaults& defaults) {
  v.only({keys, common_channel_keys, body_keys, ignored_keys, secret_keys});
  const mail_keys all(v, defaults);
  email_channel out;
  if (v["to"].is_set()) {
    auto to = read_templated(v["to"], defaults);
    if (to.is_plain()) {
      out.to = read_mailboxes(v["to"]);
    } else {
      out.to_template = std::move(to);
    }
  } else {
    v.complain("nobody to send to; add to with one or more addresses, with commas between");
  }
  out.from = read_sender(all);
  out.server = read_server(all);
  out.headers = read_headers(v["headers"], defaults);
  out.html = read_templated(v["html"], defaults);
  out.text = read_templated(v["text"], defaults);
  for (const auto& [body, key] : {std::pair{&out.html, "html"}, std::pair{&out.text, "text"}}) {
    // `html: ''` is written for leaving that body out.
    if (v[key].is_written() && !body->is_set()) *body = templated_text(std::string());
  }
  out.timeout = read_attempt_timeout(v["timeout"], out.timeout);
  return out;
}

} // namespace tocsin::config
