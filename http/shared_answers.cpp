#include "http/shared_answers.hpp"

#include <exception>
#include <system_error>
#include <thread>
#include <utility>

namespace tocsin::http {

struct shared_answers::pending {
  answer made;
  std::exception_ptr failed;

  bool done() const noexcept { return made || failed; }
};

shared_answers::answer shared_answers::ask(const std::string& question, const std::function<std::string()>& make) {
  std::unique_lock lock(mutex_);
  if (waiting_ >= most_waiting) return nullptr;
  ++waiting_;
  const auto [known, is_first] = pending_.try_emplace(question);
  if (is_first) known->second = std::make_shared<pending>();
  const auto mine = known->second;
  if (is_first) {
    work(question, *mine, make, lock);
  } else {
    changed_.wait(lock, [&mine] { return mine->done(); });
  }
  --waiting_;
  if (mine->failed) std::rethrow_exception(mine->failed);
  return mine->made;
}

void shared_answers::work(const std::string& question, pending& mine, const std::function<std::string()>& make,
                          std::unique_lock<std::mutex>& lock) {
  changed_.wait(lock, [this] { return !busy_; });
  busy_ = true;
  // Who asks from now on waits for another answer.
  pending_.erase(question);
  lock.unlock();
  answer made;
  std::exception_ptr failed;
  const auto run = [&] {
    try {
      made = std::make_shared<const std::string>(make());
    } catch (...) {
      failed = std::current_exception();
    }
  };
  // A thread of its own takes up the memory that the last one left. The threads of the server would each keep
  // some of their own.
  try {
    std::thread(run).join();
  } catch (const std::system_error&) {
    run();
  }
  lock.lock();
  mine.made = std::move(made);
  mine.failed = failed;
  busy_ = false;
  changed_.notify_all();
}

} // namespace tocsin::http
