#include "protocols/history.hpp"

#include <iterator>
#include <utility>

namespace tocsin {

namespace {

template <class T>
void move_behind(std::vector<T>& to, std::vector<T>&& from) {
  if (to.empty()) {
    to = std::move(from);
    return;
  }
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

} // namespace

bool write_batch::empty() const noexcept {
  return opened.empty() && updated.empty() && moved.empty() && reannotated.empty() && escalations.empty()
         && acknowledgements.empty() && groups.empty() && closed_groups.empty() && told.empty() && intents.empty()
         && attempts.empty();
}

void write_batch::append(write_batch&& other) {
  move_behind(opened, std::move(other.opened));
  move_behind(updated, std::move(other.updated));
  move_behind(moved, std::move(other.moved));
  move_behind(reannotated, std::move(other.reannotated));
  move_behind(escalations, std::move(other.escalations));
  move_behind(acknowledgements, std::move(other.acknowledgements));
  move_behind(groups, std::move(other.groups));
  move_behind(closed_groups, std::move(other.closed_groups));
  move_behind(told, std::move(other.told));
  move_behind(intents, std::move(other.intents));
  move_behind(attempts, std::move(other.attempts));
}

} // namespace tocsin
