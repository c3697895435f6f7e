#include "storage/progress.hpp"

#include <algorithm>

#include <unistd.h>

namespace tocsin::storage {

namespace {

using namespace std::chrono_literals;

constexpr int bar_width = 30;

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string time_left(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole < 60) return std::to_string(whole) + "s";
  if (whole < 3600) return std::to_string(whole / 60) + "m" + std::to_string(whole % 60) + "s";
  return std::to_string(whole / 3600) + "h" + std::to_string(whole % 3600 / 60) + "m";
}

std::string bar(double share) {
  const auto full = static_cast<int>(share * bar_width);
  return "[" + std::string(static_cast<std::size_t>(full), '#')
         + std::string(static_cast<std::size_t>(bar_width - full), ' ') + "]";
}

} // namespace

std::string progress_meter::update(double share, const std::string& done, std::int64_t count, moment now) {
  if (first_share_ < 0) first_share_ = share;
  if (now - told_ < (terminal_ ? 200ms : 5000ms)) return {};
  told_ = now;
  const auto within = std::clamp(share, 0.0, 1.0);
  const std::chrono::duration<double> took = now - begin_;
  const auto gone = within - first_share_;
  auto text = done + ", " + std::to_string(static_cast<std::int64_t>(static_cast<double>(count) / took.count()))
              + "/s, " + decimal(within * 100) + "%";
  if (gone > 0) text += ", " + time_left(took.count() * (1 - within) / gone) + " left";
  if (!terminal_) return text + "\n";
  drawn_ = true;
  return "\r\x1b[K" + bar(within) + " " + text;
}

progress_writer::progress_writer(std::FILE* out)
    : out_(out), begin_(progress_meter::moment::clock::now()), meter_(::isatty(::fileno(out)) == 1, begin_) {}

progress_writer::~progress_writer() {
  write(meter_.end());
}

void progress_writer::update(double share, const std::string& done, std::int64_t count) {
  write(meter_.update(share, done, count, progress_meter::moment::clock::now()));
}

void progress_writer::write(const std::string& text) {
  if (text.empty()) return;
  std::fwrite(text.data(), 1, text.size(), out_);
  std::fflush(out_);
}

} // namespace tocsin::storage
