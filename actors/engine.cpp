#include "actors/engine.hpp"

#include <exception>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/console.hpp"
#include "actors/dispatcher.hpp"
#include "actors/history.hpp"
#include "actors/http_transport.hpp"
#include "actors/log.hpp"
#include "actors/notifier.hpp"
#include "actors/suppressor.hpp"

namespace tocsin {

namespace {

/// How long a stopping engine waits for its groups to write.
constexpr std::chrono::seconds drain_patience{10};

} // namespace

engine::engine(caf::actor_system& system, engine_options options) : system_(system), options_(std::move(options)) {}

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
  history_ = system_.spawn<caf::detached>(history, std::move(writer), lock_, counts);
  suppressor_ = system_.spawn(suppressor, options_.config, options_.time);
  http_ = system_.spawn(http_transport);
  console_ = system_.spawn<caf::detached>(console);

  group_neighbours neighbours{
      {options_.config, std::move(ids)}, history_, suppressor_, {}, {}, counts, options_.time, sightings_};
  const notifier_neighbours around{history_, http_, console_, options_.rendering, counts, options_.time};
  for (const auto& [name, receiver] : options_.config->receivers) {
    for (const auto& c : receiver.channels) {
      notifiers_.push_back(system_.spawn(notifier, c, around));
      neighbours.notifiers.emplace(c.id, notifiers_.back());
    }
  }
  dispatcher_ =
      system_.spawn(tocsin::dispatcher, std::move(neighbours), std::shared_ptr<const recovered_state>(stored));
  return {};
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
  end(dispatcher_);
  for (const auto& n : notifiers_) end(n);
  end(suppressor_);
  end(http_);
  end(console_);
  end(history_);
}

} // namespace tocsin
