#include "actors/engine.hpp"

#include <exception>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/console.hpp"
#include "actors/correlator.hpp"
#include "actors/dispatcher.hpp"
#include "actors/fire_drill.hpp"
#include "actors/history.hpp"
#include "actors/log.hpp"
#include "actors/notifier.hpp"
#include "actors/on_call_desk.hpp"
#include "actors/suppressor.hpp"
#include "actors/transport.hpp"

namespace tocsin {

namespace {

/// How long a stopping engine waits for its groups to write.
constexpr std::chrono::seconds drain_patience{10};

void warn_of(const config::config& c) {
  for (const auto& warning : c.warnings) log::warn("odd in the configuration", {{"what", warning}});
}

} // namespace

engine::engine(caf::actor_system& system, engine_options options)
    : system_(system), options_(std::move(options)), config_(std::make_shared<current_config>(options_.config)) {}

result<std::unique_ptr<engine>> engine::start(caf::actor_system& system, engine_options options) {
  std::unique_ptr<engine> started(new engine(system, std::move(options)));
  if (auto opened = started->open(); !opened) return tl::unexpected(opened.error());
  return started;
}

result<void> engine::open() {
  auto lock = storage::prepare(options_.storage);
  if (!lock) return tl::unexpected(lock.error());
  lock_ = std::make_shared<storage::instance_lock>(std::move(*lock));
  std::shared_ptr<storage::writer> writer;
  auto stored = std::make_shared<recovered_state>();
  try {
    writer = std::make_shared<storage::writer>(options_.storage);
    *stored = writer->recover();
  } catch (const std::exception& e) {
    return fail(options_.storage.file() + ": " + e.what());
  }
  log::info("storage read", {{"file", options_.storage.file()},
                             {"episodes", stored->episodes.size()},
                             {"groups", stored->groups.size()},
                             {"unfinished_notifications", stored->unfinished.size()}});

  auto ids = std::make_shared<id_sources>(stored->last_episode, stored->last_group, stored->last_notification);
  const auto& counts = options_.counts;
  history_ = system_.spawn<caf::detached>(tocsin::history, std::move(writer), lock_, counts,
                                          retention_rule{config_, options_.time});
  auto in_force = std::make_shared<suppression_in_force>(false);
  const std::shared_ptr<const recovered_state> read = stored;
  suppressor_ =
      system_.spawn(tocsin::suppressor, suppressor_neighbours{config_, history_, in_force, options_.time}, read);
  correlator_ =
      system_.spawn(tocsin::correlator, correlator_neighbours{config_, history_, suppressor_, options_.time}, read);
  transport_ = system_.spawn(transport);
  console_ = system_.spawn<caf::detached>(console);

  drills_ = system_.spawn(fire_drill, drill_neighbours{config_, counts, options_.time});

  roster_ = std::make_shared<on_call_roster>(stored->overrides);
  desk_ = system_.spawn(on_call_desk, desk_neighbours{config_, history_, roster_, options_.time});

  dispatcher_setup setup{config_,
                         {{nullptr, std::move(ids), roster_},
                          history_,
                          suppressor_,
                          correlator_,
                          {},
                          {},
                          counts,
                          options_.time,
                          sightings_,
                          std::move(in_force)},
                         {config_, history_, transport_, console_, options_.rendering, counts, options_.time},
                         drills_};
  dispatcher_ = system_.spawn(tocsin::dispatcher, std::move(setup), read);
  configuration_read(std::nullopt);
  warn_of(*options_.config);
  return {};
}

result<void> engine::reload() {
  const std::lock_guard one_at_a_time(reloading_);
  auto failed = [this](std::string why) -> result<void> {
    configuration_read(why);
    log::error("the configuration stays as it is", {{"why", why}});
    return fail(std::move(why));
  };
  if (!options_.read_again) return failed("this program was started without a configuration that can be read again");
  auto next = options_.read_again();
  if (!next) return failed(next.error().message);
  warn_of(**next);
  config_->prepare(std::move(*next));
  result<void> done;
  caf::scoped_actor self{system_};
  self->request(dispatcher_, caf::infinite, reload_atom_v)
      .receive([](caf::ok_atom) {}, [&](const caf::error& e) { done = fail(system_.render(e)); });
  if (!done) return failed(done.error().message);
  configuration_read(std::nullopt);
  return {};
}

void engine::configuration_read(std::optional<std::string> refused) {
  const auto now = options_.time.now();
  options_.counts->configuration_read(!refused, now);
  const std::lock_guard lock(outcome_mutex_);
  if (!refused) outcome_.loaded_at = now;
  outcome_.refused = std::move(refused);
}

reload_outcome engine::last_reload() const {
  const std::lock_guard lock(outcome_mutex_);
  return outcome_;
}

engine::~engine() {
  if (dispatcher_) {
    caf::scoped_actor self{system_};
    self->request(dispatcher_, drain_patience, drain_atom_v)
        .receive([](caf::ok_atom) {},
                 [this](const caf::error& e) {
                   log::warn("stopped before all was written", {{"error", system_.render(e)}});
                 });
  }
  auto end = [](const auto& actor) {
    if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  };
  end(drills_);
  end(desk_);
  end(dispatcher_);
  end(correlator_);
  end(suppressor_);
  end(transport_);
  end(console_);
  end(history_);
}

} // namespace tocsin
