#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace tocsin::http {

/// Makes answers that are dear, one at a time, and each once for all who wait for it: when something changes,
/// every page asks the same. An answer is begun after all who get it have asked, so that whoever has just changed
/// something sees it. Thread-safe.
class shared_answers {
 public:
  /// So many may wait; each holds a thread of the server.
  static constexpr std::size_t most_waiting = 64;

  using answer = std::shared_ptr<const std::string>;

  /// Waits for the answer to `question`, which `make` makes for it or for somebody who asks the same.
  /// @returns null when too many wait already.
  /// @throws what `make` throws.
  answer ask(const std::string& question, const std::function<std::string()>& make);

 private:
  struct pending;
  /// Takes a pending question's turn and makes its answer.
  void work(const std::string& question, pending& mine, const std::function<std::string()>& make,
            std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  /// Those that are not begun.
  std::map<std::string, std::shared_ptr<pending>> pending_; ///< guarded by `mutex_`
  std::size_t waiting_ = 0;                                 ///< guarded by `mutex_`
  bool busy_ = false;                                       ///< guarded by `mutex_`
};

} // namespace tocsin::http
