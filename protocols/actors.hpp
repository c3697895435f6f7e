#pragma once

#include <vector>

#include <caf/replies_to.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include "protocols/channel.hpp"
#include "protocols/drill.hpp"
#include "protocols/messages.hpp"
#include "protocols/on_call.hpp"

/// The map of all conversations: every actor's interface, one comment a message.
/// Every type here can cross a network.

CAF_BEGIN_TYPE_ID_BLOCK(tocsin, first_custom_type_id)

CAF_ADD_TYPE_ID(tocsin, (tocsin::act_request))
CAF_ADD_TYPE_ID(tocsin, (tocsin::act_result))
CAF_ADD_TYPE_ID(tocsin, (tocsin::cleanup_report))
CAF_ADD_TYPE_ID(tocsin, (tocsin::cleanup_request))
CAF_ADD_TYPE_ID(tocsin, (tocsin::console_text))
CAF_ADD_TYPE_ID(tocsin, (tocsin::correlated_alert))
CAF_ADD_TYPE_ID(tocsin, (tocsin::delivery_order))
CAF_ADD_TYPE_ID(tocsin, (tocsin::delivery_report))
CAF_ADD_TYPE_ID(tocsin, (tocsin::drill_report))
CAF_ADD_TYPE_ID(tocsin, (tocsin::drill_request))
CAF_ADD_TYPE_ID(tocsin, (tocsin::drill_result))
CAF_ADD_TYPE_ID(tocsin, (tocsin::ended_alerts))
CAF_ADD_TYPE_ID(tocsin, (tocsin::group_address))
CAF_ADD_TYPE_ID(tocsin, (tocsin::group_id))
CAF_ADD_TYPE_ID(tocsin, (tocsin::http_request))
CAF_ADD_TYPE_ID(tocsin, (tocsin::ingest_request))
CAF_ADD_TYPE_ID(tocsin, (tocsin::ingest_tally))
CAF_ADD_TYPE_ID(tocsin, (tocsin::inhibition_source))
CAF_ADD_TYPE_ID(tocsin, (tocsin::mirrored_episodes))
CAF_ADD_TYPE_ID(tocsin, (tocsin::notification_id))
CAF_ADD_TYPE_ID(tocsin, (tocsin::on_call_override))
CAF_ADD_TYPE_ID(tocsin, (tocsin::override_answer))
CAF_ADD_TYPE_ID(tocsin, (tocsin::recovered_state))
CAF_ADD_TYPE_ID(tocsin, (tocsin::routed_alerts))
CAF_ADD_TYPE_ID(tocsin, (tocsin::silence))
CAF_ADD_TYPE_ID(tocsin, (tocsin::silence_answer))
CAF_ADD_TYPE_ID(tocsin, (tocsin::silence_request))
CAF_ADD_TYPE_ID(tocsin, (tocsin::smtp_message))
CAF_ADD_TYPE_ID(tocsin, (tocsin::standing_answer))
CAF_ADD_TYPE_ID(tocsin, (tocsin::standing_question))
CAF_ADD_TYPE_ID(tocsin, (tocsin::suppression_answer))
CAF_ADD_TYPE_ID(tocsin, (tocsin::suppression_question))
CAF_ADD_TYPE_ID(tocsin, (tocsin::test_report))
CAF_ADD_TYPE_ID(tocsin, (tocsin::test_request))
CAF_ADD_TYPE_ID(tocsin, (tocsin::wire_response))
CAF_ADD_TYPE_ID(tocsin, (tocsin::write_batch))
CAF_ADD_TYPE_ID(tocsin, (std::vector<tocsin::correlated_alert>))
CAF_ADD_TYPE_ID(tocsin, (std::vector<tocsin::episode>))
CAF_ADD_TYPE_ID(tocsin, (std::vector<tocsin::inhibition_source>))

CAF_ADD_ATOM(tocsin, tocsin, act_atom, "act")
CAF_ADD_ATOM(tocsin, tocsin, ask_atom, "ask")
CAF_ADD_ATOM(tocsin, tocsin, clean_atom, "clean")
CAF_ADD_ATOM(tocsin, tocsin, commit_atom, "commit")
CAF_ADD_ATOM(tocsin, tocsin, deliver_atom, "deliver")
CAF_ADD_ATOM(tocsin, tocsin, drain_atom, "drain")
CAF_ADD_ATOM(tocsin, tocsin, drill_atom, "drill")
CAF_ADD_ATOM(tocsin, tocsin, ended_atom, "ended")
CAF_ADD_ATOM(tocsin, tocsin, expire_atom, "expire")
CAF_ADD_ATOM(tocsin, tocsin, freeze_atom, "freeze")
CAF_ADD_ATOM(tocsin, tocsin, halt_atom, "halt")
CAF_ADD_ATOM(tocsin, tocsin, ingest_atom, "ingest")
CAF_ADD_ATOM(tocsin, tocsin, mirror_atom, "mirror")
CAF_ADD_ATOM(tocsin, tocsin, observe_atom, "observe")
CAF_ADD_ATOM(tocsin, tocsin, override_atom, "override")
CAF_ADD_ATOM(tocsin, tocsin, recheck_atom, "recheck")
CAF_ADD_ATOM(tocsin, tocsin, recover_atom, "recover")
CAF_ADD_ATOM(tocsin, tocsin, reload_atom, "reload")
CAF_ADD_ATOM(tocsin, tocsin, report_atom, "report")
CAF_ADD_ATOM(tocsin, tocsin, respawn_atom, "respawn")
CAF_ADD_ATOM(tocsin, tocsin, retire_atom, "retire")
CAF_ADD_ATOM(tocsin, tocsin, retry_atom, "retry")
CAF_ADD_ATOM(tocsin, tocsin, sent_atom, "sent")
CAF_ADD_ATOM(tocsin, tocsin, silence_atom, "silence")
CAF_ADD_ATOM(tocsin, tocsin, test_atom, "test")
CAF_ADD_ATOM(tocsin, tocsin, touch_atom, "touch")
CAF_ADD_ATOM(tocsin, tocsin, wake_atom, "wake")
CAF_ADD_ATOM(tocsin, tocsin, write_atom, "write")

CAF_END_TYPE_ID_BLOCK(tocsin)

namespace tocsin {

/// The only writer of the database. Detached: it blocks on the disk.
using history_actor = caf::typed_actor<
    // Write this as a whole; answers once it is on disk, and with an error when nothing of it was written.
    caf::replies_to<write_atom, write_batch>::with<caf::ok_atom>,
    // What a group needs to go on after a fault.
    caf::replies_to<recover_atom, group_id>::with<recovered_state>,
    // Delete what ended long ago; answers once it is gone, or at once when a clean-up is under way.
    caf::replies_to<clean_atom, cleanup_request>::with<cleanup_report>,
    // The program is about to end: leave the rest of a clean-up to the next one.
    caf::reacts_to<halt_atom>,
    // To itself: the next step of a clean-up.
    caf::reacts_to<clean_atom>,
    // To itself: the retention is to be looked at; the number tells a stale one.
    caf::reacts_to<wake_atom, std::uint64_t>,
    // To itself: everything queued before this belongs into one transaction.
    caf::reacts_to<commit_atom>>;

/// Knows what may suppress what. Owns the inhibition sources, the silences and the calendar.
using suppressor_actor = caf::typed_actor<
    // Tell this dispatcher when a silence begins or ends. (As a plain handle: CAF knows its type on every node.)
    caf::reacts_to<caf::connect_atom, caf::actor>,
    // These sources fire, or have ended.
    caf::reacts_to<observe_atom, std::vector<inhibition_source>>,
    // These alerts were silenced and have ended.
    caf::reacts_to<ended_atom, ended_alerts>,
    // Which of these alerts are suppressed, and why?
    caf::replies_to<ask_atom, suppression_question>::with<suppression_answer>,
    // How do these alerts stand? Asking changes nothing.
    caf::replies_to<ask_atom, standing_question>::with<standing_answer>,
    // Set or change a silence; answers once it is on disk.
    caf::replies_to<silence_atom, silence_request>::with<silence_answer>,
    // End the silence of that id; by whom and why. Answers once it is on disk.
    caf::replies_to<expire_atom, std::string, std::string, std::string>::with<silence_answer>,
    // From the dispatcher: there is a new configuration; all sources that fire will be told anew.
    caf::reacts_to<reload_atom>,
    // To itself: a silence begins, ends or is to be forgotten; the number tells a stale one.
    caf::reacts_to<wake_atom, std::uint64_t>>;

/// Finds out what comes together: clusters with too many alerts, and names that begin together.
using correlator_actor = caf::typed_actor<
    // Raise alerts through this dispatcher. (As a plain handle.)
    caf::reacts_to<caf::connect_atom, caf::actor>,
    // These alerts began or ended.
    caf::reacts_to<observe_atom, std::vector<correlated_alert>>,
    // From the dispatcher: there is a new configuration.
    caf::reacts_to<reload_atom>,
    // To itself: a cluster is to be looked at again; the number tells a stale one.
    caf::reacts_to<wake_atom, std::uint64_t>>;

/// One alert group: its alerts, its aggregation window, its escalation timer.
using alert_group_actor = caf::typed_actor<
    // Take these alerts in; answers once what is new is on disk.
    caf::replies_to<ingest_atom, routed_alerts>::with<ingest_tally>,
    // Acknowledge, resolve or escalate one alert; answers once it is on disk.
    caf::replies_to<act_atom, act_request>::with<act_result>,
    // Episodes that another group owns and this one notifies too.
    caf::reacts_to<mirror_atom, std::vector<episode>>,
    // A notification of this group is over.
    caf::reacts_to<report_atom, delivery_report>,
    // Write what is only in memory (last seen, counts); answers once it is on disk.
    caf::replies_to<drain_atom>::with<caf::ok_atom>,
    // Write all, do nothing any more, and hand over what is there: another group goes on with it.
    caf::replies_to<freeze_atom>::with<recovered_state>,
    // This silence began or ended: ask anew whether alerts that it matches are suppressed.
    caf::reacts_to<recheck_atom, silence>,
    // From the thread that took a report: alerts of this group were seen again.
    caf::reacts_to<touch_atom>,
    // To itself: a deadline has come; the number tells a stale one.
    caf::reacts_to<wake_atom, std::uint64_t>>;

/// Finds, starts and watches the alert groups.
using dispatcher_actor = caf::typed_actor<
    // Hand the alerts of a request to their groups; answers once all of them have.
    caf::replies_to<ingest_atom, ingest_request>::with<ingest_tally>,
    // Hand an act to the group that owns the alert.
    caf::replies_to<act_atom, act_request>::with<act_result>,
    // Hand episodes to a group on a further route.
    caf::reacts_to<mirror_atom, mirrored_episodes>,
    // Tell the group that a notification of it is over.
    caf::reacts_to<report_atom, group_id, delivery_report>,
    // From a group that is empty and idle after so many messages: may it end? True when it left a record.
    caf::reacts_to<retire_atom, group_id, std::uint64_t, bool>,
    // To itself: start a group that failed anew from what is stored.
    caf::reacts_to<respawn_atom, group_id>,
    // Try a channel with a message that is marked as a test; answers once it has arrived or failed.
    caf::replies_to<test_atom, test_request>::with<test_report>,
    // From the suppressor: tell all groups that this silence began or ended.
    caf::reacts_to<recheck_atom, silence>,
    // Go over to the configuration that lies ready; answers once every alert is where it belongs now.
    caf::replies_to<reload_atom>::with<caf::ok_atom>,
    // Have every group write what is only in memory; answers once all have.
    caf::replies_to<drain_atom>::with<caf::ok_atom>>;

/// Takes exceptions to the on-call schedules.
using on_call_desk_actor = caf::typed_actor<
    // Somebody takes a time that is somebody else's; answers once it is on disk.
    caf::replies_to<override_atom, on_call_override>::with<override_answer>,
    // End the override of that id now; by whom. Answers once it is on disk.
    caf::replies_to<expire_atom, std::string, std::string>::with<override_answer>>;

/// Sends alerts of its own through the whole pipeline and sees whether they arrive.
using fire_drill_actor = caf::typed_actor<
    // Hand alerts in through this dispatcher. (As a plain handle.)
    caf::reacts_to<caf::connect_atom, caf::actor>,
    // Hold a drill now; answers once it has arrived or its time is up.
    caf::replies_to<drill_atom, drill_request>::with<drill_result>,
    // From a notifier: it has delivered a drill's message, or could not.
    caf::reacts_to<report_atom, drill_report>,
    // From the dispatcher: there is a new configuration.
    caf::reacts_to<reload_atom>,
    // To itself: a drill is due or its time is up; the number tells a stale one.
    caf::reacts_to<wake_atom, std::uint64_t>>;

/// Sends HTTP requests and mails; answers with whatever came of it, never with an error.
using transport_actor = caf::typed_actor<
    // Send this.
    caf::replies_to<deliver_atom, http_request>::with<wire_response>,
    // Hand this mail to its server.
    caf::replies_to<deliver_atom, smtp_message>::with<wire_response>,
    // To itself from a transfer thread: the request or mail of that number is over.
    caf::reacts_to<sent_atom, std::uint64_t, wire_response>>;

/// Writes to standard output. Detached: a reader that stalls blocks only this.
using console_actor = caf::typed_actor<
    // Write this.
    caf::replies_to<deliver_atom, console_text>::with<wire_response>>;

/// One channel handle: delivers its notifications, with retries.
using notifier_actor = caf::typed_actor<
    // Report to this dispatcher how notifications end. (As a plain handle.)
    caf::reacts_to<caf::connect_atom, caf::actor>,
    // From the dispatcher: there is a new configuration; go on with what it says of this channel, or end.
    caf::reacts_to<reload_atom>,
    // Deliver this; its group hears how it ended.
    caf::reacts_to<deliver_atom, delivery_order>,
    // Deliver this at once, whatever limits the channel has; answers how it ended.
    caf::replies_to<test_atom, delivery_order>::with<test_report>,
    // To itself: the wait before the next attempt is over.
    caf::reacts_to<retry_atom, notification_id, std::int32_t>>;

} // namespace tocsin
