#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "tests/e2e/eventually.hpp"

namespace tocsin::e2e {

/// A folder that is deleted with its owner.
class temporary_folder {
 public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Writes a file in it; its full name.
  std::string write(const std::string& name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

/// A process of our own with its output captured. It is killed with its owner,
/// and with the test program should that be killed.
class process {
 public:
  /// @throws std::system_error when it cannot be started.
  explicit process(const std::vector<std::string>& command);
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  pid_t pid() const noexcept { return pid_; }
  bool running() const noexcept { return pid_ > 0; }
  /// SIGKILL, and waits until it is gone.
  void kill();
  /// SIGTERM, and waits: its exit status, or nothing when it had to be killed
  /// after the deadline or ended by a signal.
  std::optional<int> terminate(std::chrono::milliseconds deadline = 10s);

  /// Waits until it ends by itself: its exit status, or nothing when it had to be
  /// killed after the deadline or ended by a signal. All it wrote is read then.
  std::optional<int> wait(std::chrono::milliseconds deadline = 10s);

  /// What it has written so far.
  std::string out() const;
  std::string err() const;
  /// Waits for a line of the standard error that holds `part`; the line.
  std::optional<std::string> wait_for_err(std::string_view part, std::chrono::milliseconds deadline) const;
  /// Waits until the standard output holds `part`.
  bool wait_for_out(std::string_view part, std::chrono::milliseconds deadline) const;

 private:
  class capture;

  void reap();

  pid_t pid_ = -1;
  std::unique_ptr<capture> out_;
  std::unique_ptr<capture> err_;
};

/// A running Tocsin on a free port, with a configuration and a storage folder of its own.
class program {
 public:
  explicit program(std::string_view configuration, std::vector<std::string> arguments = {});

  /// Starts it (again), on the same storage; returns once it listens.
  /// @throws std::runtime_error with its standard error when it does not.
  void start();
  /// Replaces its configuration file; nothing is read before a reload.
  void write_configuration(std::string_view text) const { folder_.write("tocsin.yml", text); }
  /// SIGHUP: it reads its configuration anew.
  void hang_up() const;
  /// As a power cut would: SIGKILL.
  void kill() { process_->kill(); }
  std::optional<int> terminate() { return process_->terminate(); }

  std::uint16_t port() const noexcept { return port_; }
  std::string url(std::string_view path = "/") const;
  std::filesystem::path storage() const { return folder_.path() / "data"; }
  std::filesystem::path database() const { return storage() / "tocsin.db"; }
  const process& output() const { return *process_; }
  /// Bytes of memory that it takes at this moment.
  std::size_t resident_memory() const;

 private:
  temporary_folder folder_;
  std::vector<std::string> arguments_;
  std::unique_ptr<process> process_;
  std::uint16_t port_ = 0;
};

} // namespace tocsin::e2e
