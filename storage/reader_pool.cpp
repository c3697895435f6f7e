#include "storage/reader_pool.hpp"

#include <algorithm>
#include <utility>

#include "storage/connection.hpp"

namespace tocsin::storage {

read_connection::read_connection(const std::string& file) : db(open_for_reading(file)) {}

reader_pool::reader_pool(std::string file, std::size_t bound)
    : file_(std::move(file)), bound_(std::max<std::size_t>(bound, 1)) {
  idle_.reserve(bound_);
  idle_.push_back(std::make_unique<read_connection>(file_));
  opened_ = 1;
}

std::unique_ptr<read_connection> reader_pool::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [&] { return !idle_.empty() || opened_ < bound_; });
  if (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }
  ++opened_;
  lock.unlock();
  try {
    return std::make_unique<read_connection>(file_);
  } catch (...) {
    lock.lock();
    --opened_;
    returned_.notify_one();
    throw;
  }
}

void reader_pool::give_back(std::unique_ptr<read_connection> connection) noexcept {
  {
    std::lock_guard lock(mutex_);
    // There is room: the vector was made as long as the bound.
    idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

reader_pool::snapshot::snapshot(reader_pool& pool) : pool_(pool), connection_(pool.take()) {
  try {
    connection_->db.exec("BEGIN DEFERRED");
  } catch (...) {
    pool_.give_back(std::move(connection_));
    throw;
  }
}

reader_pool::snapshot::~snapshot() {
  connection_->db.tryExec("COMMIT");
  pool_.give_back(std::move(connection_));
}

} // namespace tocsin::storage
