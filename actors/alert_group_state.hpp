#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/flap_detector.hpp"
#include "actors/on_call_roster.hpp"
#include "config/config.hpp"
#include "protocols/history.hpp"
#include "protocols/messages.hpp"
#include "protocols/notification.hpp"

namespace tocsin {

/// What an alert group wants done after it changed. The shell writes `writes`
/// first; the rest happens only once they are on disk.
struct group_effects {
  write_batch writes;
  /// Each goes to the notifier of its channel.
  std::vector<notification> notifications;
  /// Episodes that changed and that further routes notify as well.
  std::vector<episode> mirrored;
  /// Inhibition sources that ended.
  std::vector<inhibition_source> sources;
  /// Alerts that were silenced and ended.
  std::vector<label_set> silenced_ended;
  /// Alerts that began or ended, for the correlator.
  std::vector<correlated_alert> correlated;
  /// Alerts that became suppressed.
  std::int64_t suppressed = 0;
  ingest_tally tally;

  void append(group_effects&& other);
};

/// What the configuration knows to help with these alerts, once for each name.
std::vector<alert_advice> hints_for(const config::config& config, const std::vector<notified_alert>& alerts);

/// The decisions of one alert group. Pure: time comes in by argument, effects
/// go out as values; no clock, no actor, no I/O.
///
/// It owns its alerts, its aggregation window and its escalation timer. An alert
/// that is taken in opens a window; when the window closes the group is flushed:
/// every channel of its receiver is told what it does not know yet. What a channel
/// was told is kept per alert and channel, so that a resolved notification follows
/// wherever a firing one went, and nowhere else.
///
/// Whatever it is about to tell anybody (a flush, a repeat, an escalation), it first
/// asks the suppressor about: that is a decision, made in two halves.
class alert_group_state {
 public:
  /// What a group needs and does not own.
  struct context {
    config::config_ptr config;
    std::shared_ptr<id_sources> ids;
    /// Exceptions to the on-call schedules; null for none.
    std::shared_ptr<const on_call_roster> roster = nullptr;
  };

  /// A new group, without alerts.
  alert_group_state(context ctx, group_address address, group_id id);

  /// Takes back what was stored: episodes of this group (and those that others
  /// mirror into it), what was told, and its unfinished notifications.
  /// @param grace how long from `now` an active alert has to be heard of again: a
  /// resolve timeout where nobody listened meanwhile, zero where nobody stopped to.
  void restore(timestamp now, const recovered_state& stored, duration grace);
  /// All that `restore` needs to go on with another configuration.
  recovered_state snapshot() const;

  // -- what happens to it -----------------------------------------------------

  /// A sender reports these alerts.
  group_effects ingest(timestamp now, std::span<const alert> alerts);
  /// Another group that owns these episodes reports them.
  group_effects mirror(timestamp now, std::span<const episode> episodes);
  /// Acknowledge, resolve or escalate.
  act_result act(timestamp now, const act_request& request, group_effects& effects);
  /// A notification is over.
  group_effects report(timestamp now, const delivery_report& report);
  /// These alerts were reported again, and that was answered already.
  group_effects seen(std::span<const sighting_report> reports);
  /// Sightings are waiting: `wake` is to be called within a second, after `seen`.
  void expect_sightings(timestamp now);
  /// Some deadline has come: ends alerts that were not heard of again, lets those
  /// that have been calm rest, writes what was only in memory. Decides nothing.
  group_effects wake(timestamp now);
  /// Writes what is only in memory.
  group_effects persist();
  /// A silence began or ended: a decision is due if it concerns an alert here.
  void recheck(const silence& s);

  // -- a decision, in two halves with the suppressor's answer between -----------

  /// The window has closed, the group is to be told again, an escalation step is
  /// due, or what is suppressed may have changed.
  bool decision_due(timestamp now) const noexcept;
  /// The firing alerts about which the suppressor must be asked; none when nothing
  /// can concern them.
  /// @param any_suppression whether silences or maintenance windows are in force.
  suppression_question begin_decision(bool any_suppression);
  /// Takes due escalation steps and tells every channel what it does not know.
  /// `answer` has one entry for each alert that `begin_decision` returned.
  group_effects finish_decision(timestamp now, const suppression_question& question, const suppression_answer& answer);

  // -- what it looks like -------------------------------------------------------

  /// When `wake` or a flush is due next; unset when nothing is.
  std::optional<timestamp> next_deadline() const noexcept;
  /// It holds nothing and waits for nothing: it may end.
  bool idle() const noexcept { return members_.empty() && outstanding_.empty() && flaps_.empty(); }
  /// There is a record of it in the storage, to be deleted when it ends.
  bool stored() const noexcept { return stored_; }

  group_id id() const noexcept { return record_.id; }
  const group_address& address() const noexcept { return address_; }
  std::size_t size() const noexcept { return members_.size(); }
  /// The alerts that the next `wake` would end because they were not heard of again.
  std::vector<label_set> expiring(timestamp now) const;
  /// The labels of all its alerts.
  std::vector<label_set> alerts() const;
  /// The episode of that alert, or null.
  const episode* find(const label_set& labels) const noexcept;

 private:
  /// One bit a channel that this group has told anything.
  using channel_mask = std::uint64_t;

  struct member {
    episode alert;
    /// The channels that believe it to fire.
    channel_mask told = 0;
    /// The same as last written.
    channel_mask told_stored = 0;
    /// Channels beyond the group's own that escalation wants to be told.
    channel_mask wanted = 0;
    /// The channels that know that it is flapping.
    channel_mask flap_told = 0;
    /// When its end was heard of; counts while it is not active.
    timestamp end_heard{};
    /// Unfinished notifications that tell of it.
    std::uint32_t awaited = 0;
    /// False when another group owns it and only mirrors it here.
    bool owned = true;
    /// It is suppressed: not told, and not escalated.
    bool muted = false;
    /// The suppression is a silence's.
    bool silenced = false;
    /// It was resolved by a person: firing again is a new episode.
    bool ended_by_hand = false;
    /// It came while the suppressor was being asked, and waits for the next decision.
    bool unasked = false;
    /// Counted or seen since it was last written.
    bool touched = false;

    bool active() const noexcept { return alert.state.active(); }
  };
  using members = std::unordered_map<label_set, member>;

  /// What a channel does not know yet.
  struct channel_news {
    /// Firing and to be told here; those it knows and those it does not.
    std::vector<member*> firing;
    /// Ended, but the channel believes they fire.
    std::vector<member*> gone;
    /// How many of `firing` it does not know.
    std::size_t fresh = 0;
    /// How many of `firing` flap without its knowing.
    std::size_t flapping = 0;
    /// It was told something that it still believes.
    bool knows_any = false;

    /// Why to tell it now; unset when there is no reason.
    std::optional<notification_reason> reason(bool send_resolved, bool repeat_due) const;
  };

  /// A notification that was handed to a notifier and is not over yet.
  struct outstanding {
    struct entry {
      label_set labels;
      notified_episode what;
      /// The channel did not know of it before.
      bool fresh = false;
    };

    std::size_t channel = 0;
    /// Another group, or this one before a restart, sent it: nothing that we send
    /// may overtake it.
    bool inherited = false;
    std::vector<entry> alerts;
  };

  /// Somebody is to hear of an alert out of turn, since it was escalated or raised
  /// or another channel failed, once the suppressor was asked.
  struct call {
    label_set labels;
    channel_mask channels = 0;
    notification_reason reason = notification_reason::escalated;
  };

  const config::route& route() const { return context_.config->routes.at(address_.route); }

  // ingest
  void take(timestamp now, const alert& reported, group_effects& effects);
  void open(timestamp now, const alert& reported, member& slot, group_effects& effects);
  bool may_reopen(timestamp now, const label_set& labels, const member& ended) const;
  void reopen(timestamp now, const alert& reported, member& known, group_effects& effects);
  void repeat(timestamp now, const alert& reported, member& known, group_effects& effects);
  bool reannotate(const label_set& annotations, const std::string& generator_url, timestamp starts_at, member& known,
                  group_effects& effects);
  void take_over(const alert& ending, member& known, group_effects& effects);
  void end(timestamp now, timestamp ended_at, member& m, group_effects& effects);
  void changed(member& m, group_effects& effects);
  void note_change(timestamp now, member& m, group_effects& effects);
  void calm_down(timestamp now, group_effects& effects);
  void correlate(timestamp now, const member& m, bool ended, group_effects& effects);
  void take_mirrored(timestamp now, const episode& reported, group_effects& effects);
  void persist_touched(group_effects& effects);

  // deadlines
  void open_window(timestamp now, severity s, timestamp began);
  timestamp next_interval(timestamp now, duration otherwise) const;
  void flush_by(timestamp when);
  void arm_repeat();
  void note_deadline(const member& m);
  std::optional<timestamp> deadline_of(const member& m) const;
  void finish(timestamp now, group_effects& effects);
  void sweep(timestamp now, group_effects& effects);
  bool is_over(timestamp now, const member& m);
  void restore_episodes(const recovered_state& stored, timestamp fires_until);
  void restore_told(const recovered_state& stored);
  void restore_flaps(const recovered_state& stored);

  // suppression
  using reasons = std::unordered_map<label_set, suppression>;
  void apply_suppressions(timestamp now, const suppression_question& question, const suppression_answer& answer,
                          group_effects& effects);
  void add_coarse_duplicates(reasons& why);
  void suppress(timestamp now, member& m, const suppression& why, group_effects& effects);
  bool needs_asking(const label_set& labels, const member& m) const;
  bool may_tell(const label_set& labels, const member& m) const;
  void put_off_unasked(timestamp now);
  void note_suppression(timestamp now, const member& m, const suppression& why, const std::string& before,
                        group_effects& effects);

  // flush
  bool tell_due(timestamp now) const noexcept;
  void tell_all(timestamp now, group_effects& effects);
  bool flush_channel(timestamp now, std::size_t index, bool repeat_due, group_effects& effects);
  channel_news news_for(std::size_t index);
  void send(timestamp now, std::size_t index, notification_reason reason, std::vector<member*> content,
            group_effects& effects);
  void tell_failed(timestamp now, const outstanding& failed, const delivery_report& how);
  notified_alert as_told(const member& m, bool held) const;
  void fall_back(const outstanding& failed, const std::string& instead);
  bool told_of_later(std::size_t index, const label_set& labels) const;
  channel_mask blocked_channels() const noexcept;

  // escalation
  const config::escalation_policy* policy_for(const member& m) const;
  const config::escalation_policy* policy_named(std::string_view name) const;
  const config::escalation_step* next_step(const member& m) const;
  std::optional<timestamp> escalation_due(const member& m) const;
  void start_escalation(member& m, timestamp since);
  void take_due_steps(timestamp now, group_effects& effects);
  /// Whom a step tells.
  struct told_by_step {
    std::vector<std::string> receivers;
    /// In words, for the record.
    std::string words;
  };
  told_by_step told_by(timestamp now, const config::escalation_step* step) const;
  /// Takes the next step, if there is one, and returns the receivers to be told.
  /// `why` is for the record; empty lets the step speak for itself.
  std::vector<std::string> take_step(timestamp now, member& m, escalation_level to, std::string why,
                                     std::string_view by, group_effects& effects);
  channel_mask want_told(member& m, const std::string& receiver);
  channel_mask want_told(member& m, const std::vector<std::string>& receivers);
  void call_for(const label_set& labels, channel_mask channels, notification_reason reason);
  void make_calls(timestamp now, group_effects& effects);
  void notify_escalated(timestamp now, channel_mask concerned, notification_reason reason, group_effects& effects);

  // acts
  act_result acknowledge(timestamp now, const act_request& request, member& m, group_effects& effects);
  void tell_acknowledged(const member& m);
  act_result resolve(timestamp now, const act_request& request, member& m, group_effects& effects);
  act_result escalate(timestamp now, const act_request& request, member& m, group_effects& effects);
  act_result raise(timestamp now, const act_request& request, member& m, group_effects& effects);

  std::optional<std::size_t> channel_index(std::string_view id);
  channel_mask own_mask() const noexcept;
  std::vector<std::string> channel_names(channel_mask mask) const;

  context context_;
  group_address address_;
  group_record record_;
  std::string group_key_;
  /// Some route `continues`, so other groups may have to hear of our episodes.
  bool mirrors_ = false;
  /// Channels by bit: first the `own_channels_` of the route's receiver, then
  /// those that escalation brought in.
  std::vector<const channel*> channels_;
  std::size_t own_channels_ = 0;
  members members_;
  std::unordered_map<notification_id, outstanding> outstanding_;
  /// When the group is to be told again though nothing changed.
  std::optional<timestamp> repeat_at_;
  /// When `touched` members are written.
  std::optional<timestamp> persist_at_;
  /// No member's own deadline (expiry, escalation) is earlier. May be too early
  /// after a deadline moved; `wake` then finds nothing due and sets it right.
  std::optional<timestamp> member_deadline_;
  flap_detector flaps_;
  /// By alert, how often those were reported that are told with it as one.
  std::unordered_map<label_set, std::int64_t> counted_with_;
  /// Members that are over but kept for a while, since they may fire again: when to look at the first.
  std::optional<timestamp> linger_until_;
  /// An escalation step is due, or what is suppressed may have changed.
  bool decide_ = false;
  /// The last question was about every alert, not only about those that rules concern.
  bool asked_all_ = false;
  std::vector<call> calls_;
  /// Channels that could not be told again what they know: they are told at the next flush.
  channel_mask retell_ = 0;
  /// Something for a blocked channel waits.
  bool waits_for_channel_ = false;
  /// Some member ended or some channel's belief changed since the last sweep.
  bool sweep_ = false;
  /// `record_` is not stored as it stands.
  bool record_changed_ = true;
  /// There is a stored record to delete when the group ends.
  bool stored_ = false;
};

} // namespace tocsin
