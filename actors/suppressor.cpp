#include "actors/suppressor.hpp"

#include <memory>

namespace tocsin {

suppressor_actor::behavior_type suppressor(suppressor_actor::stateful_pointer<suppressor_shell>,
                                           config::config_ptr config, time_source time) {
  auto state = std::make_shared<suppressor_state>(std::move(config));
  return {
      [state, time](observe_atom, const std::vector<inhibition_source>& sources) {
        const auto now = time.now();
        for (const auto& source : sources) state->observe(now, source);
      },
      [state, time](ask_atom, const suppression_question& question) {
        const auto now = time.now();
        suppression_answer answer;
        answer.reasons.reserve(question.alerts.size());
        for (const auto& labels : question.alerts) answer.reasons.push_back(state->reason(now, labels));
        return answer;
      },
  };
}

} // namespace tocsin
