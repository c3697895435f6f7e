#include "tests/e2e/program.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/e2e/socket.hpp"

namespace tocsin::e2e {

namespace {

constexpr std::chrono::milliseconds start_deadline = 20s;
constexpr std::string_view listening = "Listening on address=";

struct pipe_ends {
  descriptor read;
  descriptor write;
};

pipe_ends make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  return {descriptor{fds[0]}, descriptor{fds[1]}};
}

/// The number behind the last colon.
std::uint16_t port_in(std::string_view line) {
  const auto address = line.substr(line.find(listening) + listening.size());
  const auto colon = address.find(':');
  std::uint16_t port = 0;
  if (colon != std::string_view::npos) std::from_chars(&address[colon] + 1, address.data() + address.size(), port);
  return port;
}

/// In the child, after fork: only async-signal-safe calls.
[[noreturn]] void become(const std::vector<char*>& arguments, int out, int err) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

} // namespace

temporary_folder::temporary_folder() {
  auto name = (std::filesystem::temp_directory_path() / "tocsin-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
  path_ = name;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string temporary_folder::write(const std::string& name, std::string_view text) const {
  const auto file = path_ / name;
  std::ofstream(file) << text;
  return file.string();
}

/// Reads one stream of a process in a thread of its own.
class process::capture {
 public:
  explicit capture(descriptor from) : from_(std::move(from)), reader_([this] { read_all(); }) {}
  ~capture() { reader_.join(); }

  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

  /// Waits until `found` is true of the text, or the stream has ended, or the deadline is over.
  template <class Predicate>
  bool wait_for(std::chrono::milliseconds deadline, Predicate found) const {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, deadline, [&] { return ended_ || found(text_); });
    return found(text_);
  }

 private:
  void read_all() {
    std::array<char, 65536> bytes;
    for (;;) {
      const auto got = ::read(from_.get(), bytes.data(), bytes.size());
      if (got < 0 && errno == EINTR) continue;
      const std::lock_guard lock(mutex_);
      if (got > 0) text_.append(bytes.data(), static_cast<std::size_t>(got));
      ended_ = got <= 0;
      changed_.notify_all();
      if (ended_) return;
    }
  }

  descriptor from_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string text_;
  bool ended_ = false;
  std::thread reader_;
};

process::process(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  auto out = make_pipe();
  auto err = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) become(arguments, out.write.get(), err.write.get());
  out.write.close();
  err.write.close();
  out_ = std::make_unique<capture>(std::move(out.read));
  err_ = std::make_unique<capture>(std::move(err.read));
}

process::~process() {
  kill();
}

void process::kill() {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  reap();
}

void process::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

std::optional<int> process::terminate(std::chrono::milliseconds deadline) {
  if (!running()) return std::nullopt;
  ::kill(pid_, SIGTERM);
  int status = 0;
  if (!eventually(deadline, [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; })) {
    kill();
    return std::nullopt;
  }
  pid_ = -1;
  return WIFEXITED(status) ? std::optional<int>(WEXITSTATUS(status)) : std::nullopt;
}

std::optional<int> process::wait(std::chrono::milliseconds deadline) {
  if (!running()) return std::nullopt;
  int status = 0;
  if (!eventually(deadline, [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; })) {
    kill();
    return std::nullopt;
  }
  pid_ = -1;
  for (const auto* stream : {out_.get(), err_.get()}) stream->wait_for(deadline, [](const auto&) { return false; });
  return WIFEXITED(status) ? std::optional<int>(WEXITSTATUS(status)) : std::nullopt;
}

std::string process::out() const {
  return out_->text();
}
std::string process::err() const {
  return err_->text();
}

std::optional<std::string> process::wait_for_err(std::string_view part, std::chrono::milliseconds deadline) const {
  std::optional<std::string> line;
  err_->wait_for(deadline, [&](const std::string& text) {
    const auto at = text.find(part);
    if (at == std::string::npos) return false;
    const auto end = text.find('\n', at);
    if (end == std::string::npos) return false;
    const auto before = text.rfind('\n', at);
    const auto begin = before == std::string::npos ? 0 : before + 1;
    line = text.substr(begin, end - begin);
    return true;
  });
  return line;
}

bool process::wait_for_out(std::string_view part, std::chrono::milliseconds deadline) const {
  return out_->wait_for(deadline, [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

program::program(std::string_view configuration, std::vector<std::string> arguments)
    : arguments_(std::move(arguments)) {
  folder_.write("tocsin.yml", configuration);
  start();
}

void program::start() {
  std::vector<std::string> command{TOCSIN_PROGRAM, "--config.file=" + (folder_.path() / "tocsin.yml").string(),
                                   "--storage.path=" + storage().string(), "--web.listen-address=127.0.0.1:0",
                                   "--log.level=info"};
  command.insert(command.end(), arguments_.begin(), arguments_.end());
  process_.reset(); // the old one must be gone before the new one opens the storage
  process_ = std::make_unique<process>(command);
  const auto line = process_->wait_for_err(listening, start_deadline);
  if (!line) throw std::runtime_error("Tocsin does not listen; its standard error:\n" + process_->err());
  port_ = port_in(*line);
  if (port_ == 0) throw std::runtime_error("no port in: " + *line);
}

void program::hang_up() const {
  ::kill(process_->pid(), SIGHUP);
}

std::string program::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

std::size_t program::resident_memory() const {
  std::ifstream statm("/proc/" + std::to_string(process_->pid()) + "/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace tocsin::e2e
