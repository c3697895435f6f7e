#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "protocols/ingest.hpp"

namespace tocsin::http {

/// Alert parsers keep their buffers; the pool lends each to one request at a
/// time. Thread-safe.
class parser_pool {
 public:
  /// A parser on loan; goes back when this is destroyed.
  class loan {
   public:
    loan(parser_pool& pool, std::unique_ptr<alert_parser> parser) : pool_(pool), parser_(std::move(parser)) {}
    ~loan() { pool_.give_back(std::move(parser_)); }
    loan(const loan&) = delete;
    loan& operator=(const loan&) = delete;
    alert_parser* operator->() const noexcept { return parser_.get(); }

   private:
    parser_pool& pool_;
    std::unique_ptr<alert_parser> parser_;
  };

  loan borrow() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return {*this, std::make_unique<alert_parser>()};
    auto parser = std::move(idle_.back());
    idle_.pop_back();
    return {*this, std::move(parser)};
  }

 private:
  void give_back(std::unique_ptr<alert_parser> parser) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(parser));
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<alert_parser>> idle_;
};

} // namespace tocsin::http
