#include "protocols/episode.hpp"

namespace tocsin {

std::string_view to_string(episode_status s) noexcept {
  switch (s) {
    case episode_status::firing: return "firing";
    case episode_status::acknowledged: return "acknowledged";
    case episode_status::escalated: return "escalated";
    case episode_status::suppressed: return "suppressed";
    case episode_status::resolved: return "resolved";
  }
  return "firing";
}

std::optional<episode_status> parse_episode_status(std::string_view text) noexcept {
  for (auto s : {episode_status::firing, episode_status::acknowledged, episode_status::escalated,
                 episode_status::suppressed, episode_status::resolved}) {
    if (text == to_string(s)) return s;
  }
  return std::nullopt;
}

episode_status status_while_active(const episode_state& s) noexcept {
  if (s.acknowledged_at) return episode_status::acknowledged;
  return s.level.value() > escalation_level::lowest ? episode_status::escalated : episode_status::firing;
}

} // namespace tocsin
