#include "tests/actors/world.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <caf/send.hpp>

#include "actors/correlator.hpp"
#include "actors/fire_drill.hpp"
#include "actors/history.hpp"
#include "actors/notifier.hpp"
#include "actors/on_call_desk.hpp"
#include "actors/routing.hpp"
#include "actors/suppressor.hpp"

namespace tocsin::testing {

namespace {

/// In memory where the system has such a place: a crash here is not one of the machine's.
std::string temporary_folder() {
  const std::filesystem::path memory = "/dev/shm";
  const auto parent = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  std::string name = (parent / "tocsin-world-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  return name;
}

} // namespace

world::system_config::system_config() {
  add_message_types<caf::id_block::tocsin>();
  set("scheduler.policy", caf::atom("testing"));
  set("logger.verbosity", caf::atom("quiet"));
}

world::world(std::string_view yaml)
    : folder_(temporary_folder()), config_(std::make_shared<current_config>(load(yaml))) {
  answer = [](const http_request&) {
    wire_response ok;
    ok.status = 200;
    return ok;
  };
  start();
}

world::~world() {
  crash();
  std::filesystem::remove_all(folder_);
}

void world::start() {
  system_config_ = std::make_unique<system_config>();
  system_ = std::make_unique<caf::actor_system>(*system_config_);
  scheduler_ = &dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
  time_ = time_source::following(scheduler_->clock(), started_at_);

  sightings_ = std::make_shared<sighting_board>();
  auto lock = storage::prepare({folder_});
  if (!lock) throw std::runtime_error(lock.error().message);
  auto writer = std::make_shared<storage::writer>(storage::location{folder_});
  auto stored = std::make_shared<const recovered_state>(writer->recover());
  auto ids = std::make_shared<id_sources>(stored->last_episode, stored->last_group, stored->last_notification);

  auto history_handle =
      system_->spawn(tocsin::history, std::move(writer), std::make_shared<storage::instance_lock>(std::move(*lock)),
                     counts_, retention_rule{config_, time_});
  history_ = history_handle;
  auto in_force = std::make_shared<suppression_in_force>(false);
  suppressor_ =
      system_->spawn(tocsin::suppressor, suppressor_neighbours{config_, history_handle, in_force, time_}, stored);
  auto correlator_handle =
      system_->spawn(tocsin::correlator, correlator_neighbours{config_, history_handle, suppressor_, time_}, stored);
  auto transport = system_->spawn([this](transport_actor::pointer) -> transport_actor::behavior_type {
    return {
        [this](deliver_atom, const http_request& request) {
          requests.push_back({now(), request.url, request.body});
          return answer(request);
        },
        [this](deliver_atom, const smtp_message& message) {
          requests.push_back({now(), "smtp://" + message.server.host, message.body});
          wire_response taken;
          taken.status = 250;
          return taken;
        },
        [](sent_atom, std::uint64_t, const wire_response&) {},
    };
  });
  auto silent_console = system_->spawn([](console_actor::pointer) -> console_actor::behavior_type {
    return {[](deliver_atom, const console_text&) {
      wire_response ok;
      ok.status = 200;
      return ok;
    }};
  });
  actors_ = {caf::actor_cast<caf::actor>(history_handle), caf::actor_cast<caf::actor>(suppressor_),
             caf::actor_cast<caf::actor>(correlator_handle), caf::actor_cast<caf::actor>(transport),
             caf::actor_cast<caf::actor>(silent_console)};
  roster_ = std::make_shared<on_call_roster>(stored->overrides);
  desk_ = system_->spawn(on_call_desk, desk_neighbours{config_, history_handle, roster_, time_});
  actors_.push_back(caf::actor_cast<caf::actor>(desk_));
  drills_ = system_->spawn(fire_drill, drill_neighbours{config_, counts_, time_});
  actors_.push_back(caf::actor_cast<caf::actor>(drills_));
  dispatcher_setup setup{config_,
                         {{nullptr, ids, roster_},
                          history_handle,
                          suppressor_,
                          correlator_handle,
                          {},
                          {},
                          counts_,
                          time_,
                          sightings_,
                          in_force},
                         {config_, history_handle, transport, silent_console, {}, counts_, time_},
                         drills_};
  dispatcher_ = system_->spawn(tocsin::dispatcher, std::move(setup), stored);
  actors_.insert(actors_.begin(), caf::actor_cast<caf::actor>(dispatcher_));
  run();
}

void world::crash() {
  if (!system_) return;
  started_at_ = now();
  for (const auto& a : actors_) caf::anon_send_exit(a, caf::exit_reason::kill);
  // The dispatcher takes its groups with it only when it ends in order.
  caf::anon_send_exit(actors_.front(), caf::exit_reason::user_shutdown);
  run();
  scheduler_->clock().cancel_all();
  actors_.clear();
  dispatcher_ = nullptr;
  suppressor_ = nullptr;
  history_ = nullptr;
  drills_ = nullptr;
  desk_ = nullptr;
  system_.reset();
}

void world::run() {
  while (scheduler_->try_run_once()) {
  }
}

timestamp world::now() const {
  return time_.now();
}

void world::advance(duration by, duration step) {
  for (const auto until = now() + by; now() < until;) {
    scheduler_->advance_time(std::min(step, until - now()));
    run();
  }
}

ingest_tally world::ingest(std::vector<alert> alerts) {
  return hand_in(route(std::move(alerts)));
}

ingest_request world::route(std::vector<alert> alerts) const {
  return route_alerts(*config_->get(), std::move(alerts));
}

ingest_tally world::hand_in(ingest_request request) {
  caf::scoped_actor self{*system_};
  auto pending = self->request(dispatcher_, caf::infinite, ingest_atom_v, std::move(request));
  run();
  ingest_tally tally;
  pending.receive([&tally](const ingest_tally& t) { tally = t; },
                  [this](const caf::error& e) { throw std::runtime_error(system_->render(e)); });
  return tally;
}

std::vector<result<ingest_tally>> world::ingest_twice(const alert& a) {
  caf::scoped_actor self{*system_};
  auto first = self->request(dispatcher_, caf::infinite, ingest_atom_v, route_alerts(*config_->get(), {a}));
  auto second = self->request(dispatcher_, caf::infinite, ingest_atom_v, route_alerts(*config_->get(), {a}));
  run();
  std::vector<result<ingest_tally>> answers;
  for (auto* pending : {&first, &second}) {
    pending->receive([&answers](const ingest_tally& t) { answers.emplace_back(t); },
                     [&](const caf::error& e) { answers.emplace_back(fail(system_->render(e))); });
  }
  return answers;
}

act_result world::act(const act_request& request, const label_set& labels) {
  caf::scoped_actor self{*system_};
  auto addressed = request;
  addressed.labels = labels;
  auto pending = self->request(dispatcher_, caf::infinite, act_atom_v, addressed);
  run();
  act_result result;
  pending.receive([&result](const act_result& r) { result = r; },
                  [this](const caf::error& e) { throw std::runtime_error(system_->render(e)); });
  return result;
}

void world::reload(std::string_view yaml) {
  config_->prepare(load(yaml));
  caf::scoped_actor self{*system_};
  auto pending = self->request(dispatcher_, caf::infinite, reload_atom_v);
  run();
  pending.receive([](caf::ok_atom) {}, [this](const caf::error& e) { throw std::runtime_error(system_->render(e)); });
}

silence_answer world::silence_for(silence wanted) {
  caf::scoped_actor self{*system_};
  auto pending = self->request(suppressor_, caf::infinite, silence_atom_v, silence_request{std::move(wanted)});
  run();
  silence_answer done;
  pending.receive([&done](const silence_answer& a) { done = a; },
                  [this](const caf::error& e) { throw std::runtime_error(system_->render(e)); });
  return done;
}

silence_answer world::expire(const std::string& id) {
  caf::scoped_actor self{*system_};
  auto pending =
      self->request(suppressor_, caf::infinite, expire_atom_v, id, std::string("ann"), std::string("no longer needed"));
  run();
  silence_answer done;
  pending.receive([&done](const silence_answer& a) { done = a; },
                  [this](const caf::error& e) { throw std::runtime_error(system_->render(e)); });
  return done;
}

result<test_report> world::try_out(const test_request& request, duration meanwhile) {
  caf::scoped_actor self{*system_};
  auto pending = self->request(dispatcher_, caf::infinite, test_atom_v, request);
  run();
  advance(meanwhile);
  result<test_report> done = fail("no answer");
  pending.receive([&done](const test_report& r) { done = r; },
                  [&](const caf::error& e) { done = fail(system_->render(e)); });
  return done;
}

result<drill_result> world::drill(const drill_request& request, duration meanwhile) {
  caf::scoped_actor self{*system_};
  auto pending = self->request(drills_, caf::infinite, drill_atom_v, request);
  run();
  advance(meanwhile);
  result<drill_result> done = fail("no answer");
  pending.receive([&done](const drill_result& r) { done = r; },
                  [&](const caf::error& e) { done = fail(system_->render(e)); });
  return done;
}

result<cleanup_report> world::clean(timestamp cutoff, const std::function<void()>& meanwhile) {
  caf::scoped_actor self{*system_};
  auto pending = self->request(history_, caf::infinite, clean_atom_v, cleanup_request{cutoff});
  run();
  if (meanwhile) meanwhile();
  result<cleanup_report> done = fail("no answer");
  pending.receive([&done](const cleanup_report& r) { done = r; },
                  [&](const caf::error& e) { done = fail(system_->render(e)); });
  return done;
}

std::optional<double> world::metric_of(std::string_view line) const {
  const auto text = counts_->render();
  const auto at = text.find("\n" + std::string(line) + " ");
  if (at == std::string::npos) return std::nullopt;
  return std::stod(text.substr(at + line.size() + 2));
}

override_answer world::override_for(const on_call_override& wanted) {
  caf::scoped_actor self{*system_};
  auto pending = self->request(desk_, caf::infinite, override_atom_v, wanted);
  run();
  override_answer done;
  pending.receive([&done](const override_answer& a) { done = a; },
                  [this](const caf::error& e) { throw std::runtime_error(system_->render(e)); });
  return done;
}

override_answer world::end_override(const std::string& id) {
  caf::scoped_actor self{*system_};
  auto pending = self->request(desk_, caf::infinite, expire_atom_v, id, std::string("ann"));
  run();
  override_answer done;
  pending.receive([&done](const override_answer& a) { done = a; },
                  [this](const caf::error& e) { throw std::runtime_error(system_->render(e)); });
  return done;
}

storage::page<storage::history_row> world::history() {
  storage::reader reader({folder_}, 1);
  return reader.history({});
}

std::optional<storage::history_detail> world::detail(episode_id id) {
  storage::reader reader({folder_}, 1);
  return reader.detail(id);
}

storage::page<storage::notification_row> world::notifications() {
  storage::reader reader({folder_}, 1);
  return reader.notifications({});
}

std::size_t world::metric(std::string_view name) const {
  const auto text = counts_->render();
  const auto at = text.find("\n" + std::string(name) + " ");
  return at == std::string::npos ? 0 : std::stoul(text.substr(at + name.size() + 2));
}

std::size_t world::groups_alive() {
  return metric("tocsin_groups");
}

std::size_t world::writes() {
  return metric("tocsin_history_writes_total");
}

} // namespace tocsin::testing
