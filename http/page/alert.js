// One alert's whole story: #/alert/17
import {get} from './api.js';
import {acknowledge, escalate, resolve} from './actions.js';
import {el, fill, isWeb, outside, table} from './dom.js';
import {age, count, duration, readable, when} from './format.js';
import {matchersFor} from './matchers.js';
import {alertLink, empty, facts, section, severityMark, statusMark} from './parts.js';
import {askSilence} from './silence_form.js';

export const title = 'Alert';
export const gap = 1000;

export function open({root, path}) {
  const id = Number(path[0]);
  let shown = '';
  async function refresh() {
    if (!Number.isInteger(id) || id < 1) throw new Error('The address has no number of an alert, such as #/alert/17.');
    const [detail, story, related] = await Promise.all([
      get(`api/alerts/history/${id}`), get(`api/alerts/explain/${id}`), get(`api/alerts/related/${id}`, {min_correlation: 0})]);
    const state = JSON.stringify([detail, story, related]);
    if (state === shown) return;
    shown = state;
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.control : null;
    const open = new Set([...root.querySelectorAll('details[open]')].map(node => node.dataset.part));
    show(root, detail.data, story.data, related.data);
    root.querySelectorAll('details').forEach(node => { node.open = open.has(node.dataset.part); });
    if (focused) root.querySelector(`[data-control="${focused}"]`)?.focus();
  }
  return {refresh};
}

function show(root, alert, story, related) {
  document.title = `${alert.alert_name} – Tocsin`;
  fill(root,
    el('div', {class: `head alert-head ${alert.severity}`},
      el('p', {class: 'quiet'}, `Alert ${alert.id}`),
      el('h1', {}, alert.alert_name),
      el('p', {class: 'marks'}, severityMark(alert.severity), statusMark(alert.status),
        alert.end_time ? el('span', {class: 'quiet'}, 'over after ', duration(alert.resolution_time_seconds))
          : el('span', {class: 'quiet'}, 'for ', age(alert.start_time))),
      alert.summary ? el('p', {class: 'what'}, alert.summary) : null,
      alert.end_time ? null : buttons(alert)),
    el('div', {class: 'columns'},
      el('div', {},
        section('What happened', el('p', {class: 'verdict'}, readable(story.summary)),
          story.route_change ? el('p', {class: 'quiet'}, `${story.route_change}.`) : null, timeline(story.timeline)),
        section('Notifications', notifications(alert.notifications)),
        section('Why this route', routes(story))),
      el('div', {},
        hints(story.hint),
        section('About it', about(alert)),
        section('Labels', facts(Object.entries(alert.labels))),
        Object.keys(alert.annotations).length ? section('Annotations', annotations(alert.annotations)) : null,
        section('Related alerts', relatedTo(related)))));
}

function buttons(alert) {
  const target = {name: alert.alert_name, ids: [alert.id], level: alert.escalation_level};
  const button = (text, control, act, kind = null) =>
    el('button', {type: 'button', class: kind, 'data-control': control, onclick: act}, text);
  return el('div', {class: 'buttons'},
    alert.acknowledged_by ? null : button('Acknowledge', 'acknowledge', () => acknowledge(target), 'primary'),
    button('Silence', 'silence', () => askSilence(matchersFor(alert.labels))),
    button('Escalate', 'escalate', () => escalate(target)),
    button('Resolve', 'resolve', () => resolve(target)));
}

const kinds = {
  notification: event => event.success ? 'good' : 'bad',
  acknowledged: () => 'good', resolved: () => 'good', escalated: () => 'urgent', cascade: () => 'urgent', flapping: () => 'urgent',
};

function timeline(events) {
  return el('ol', {class: 'timeline'}, events.map(event => el('li', {class: kinds[event.what]?.(event) ?? null},
    when(event.at), el('div', {}, el('span', {class: 'kind'}, event.what), el('p', {}, readable(event.text))))));
}

function notifications(attempts) {
  if (!attempts.length) return empty('No notification tells of it.');
  return table('Attempts to deliver', [
    {title: 'Sent', cell: a => when(a.sent_at)},
    {title: 'Channel', cell: a => a.channel, head: true},
    {title: 'To', cell: a => a.recipients},
    {title: 'Why', cell: a => a.reason},
    {title: 'Attempt', cell: a => a.retry_count + 1, number: true},
    {title: 'Result', cell: a => [el('span', {class: a.success ? 'good-text' : 'bad-text'}, a.success ? 'delivered' : 'failed'),
      a.message ? el('small', {}, a.message) : null]},
  ], attempts);
}

function routes(story) {
  const taken = story.routes.filter(route => route.taken);
  return [
    el('p', {}, 'Taken by ', el('code', {}, story.route || taken[0]?.route || 'an unknown route'), '.'),
    el('details', {'data-part': 'routes'}, el('summary', {}, 'All routes of the configuration'),
      table('Routes', [
        {title: 'Route', cell: route => el('code', {}, route.route), head: true},
        {title: 'Receiver', cell: route => route.receiver},
        {title: 'Takes it', cell: route => route.taken ? 'yes' : 'no'},
        {title: 'Why', cell: route => route.why},
      ], story.routes)),
  ];
}

function hints(hint) {
  if (!hint) return null;
  const list = (name, texts) => texts.length ? [el('h3', {}, name), el('ul', {}, texts.map(text => el('li', {}, linked(text))))] : null;
  return section('What helps', list('Probable causes', hint.causes), list('How to investigate', hint.steps),
    list('What helps quickly', hint.fixes),
    isWeb(hint.dashboard) ? el('p', {}, outside(hint.dashboard, 'Dashboard')) : null);
}

/** Web addresses within a text as links. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/i).map((piece, at) => at % 2 ? outside(piece) : piece);
}

function about(alert) {
  return facts([
    ['Service', alert.service], ['Instance', alert.instance], ['Category', alert.category],
    ['Began', when(alert.start_time)], ['Taken in', when(alert.created_at)], ['Last reported', when(alert.last_seen)],
    ['Over', when(alert.end_time)],
    ['Reported', `${count(alert.occurrence_count)} ×`],
    ['Declared severity', alert.declared_severity === alert.severity ? null : alert.declared_severity],
    ['Escalation level', alert.escalation_level],
    ['Acknowledged', alert.acknowledged_by ? [alert.acknowledged_by, ' at ', when(alert.acknowledgment_time)] : null],
    ['Suppressed by', alert.suppressed_by && readable(alert.suppressed_by)], ['Root cause', alert.root_cause],
    ['Came back', alert.reopen_count ? `${count(alert.reopen_count)} ×` : null],
    ['Rule', isWeb(alert.generator_url) ? outside(alert.generator_url, 'open where it comes from') : alert.generator_url],
  ]);
}

function annotations(values) {
  return facts(Object.entries(values).map(([name, value]) => [name, linked(value)]));
}

function relatedTo(related) {
  if (!related.length) return empty('None are known.');
  return el('ul', {class: 'plain'}, related.map(other => el('li', {},
    severityMark(other.severity), ' ', alertLink(other.alert2_id, other.alert_name), ' ',
    el('span', {class: 'quiet'}, [`${other.correlation_type}, ${Math.round(other.correlation_score * 100)} %`, other.service].filter(Boolean).join(' · ')),
    other.summary ? el('small', {}, other.summary) : null)));
}
