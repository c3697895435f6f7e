// What fires, the most urgent first: what a person looks at who was woken up.
import {get} from './api.js';
import {acknowledge, escalate, resolve} from './actions.js';
import {el, fill, keyed} from './dom.js';
import {age, count, countdown, plural, readable} from './format.js';
import {matchersFor} from './matchers.js';
import {alertLink, announce, calm, empty, notify, severityMark, tags} from './parts.js';
import {askSilence} from './silence_form.js';

export const title = 'Now';
/** At least so many milliseconds between two looks. */
export const gap = 1000;

const page = 50;
const most = 500;

export function open({root, params, setParams}) {
  const state = {filter: params.get('filter') ?? '', limit: page, seen: null};
  const filter = el('input', {id: 'filter', type: 'search', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off',
    placeholder: 'severity="critical", service=~"shop|pay"', 'aria-describedby': 'filter-trouble'});
  filter.value = state.filter;
  const wrong = el('p', {id: 'filter-trouble', class: 'trouble', role: 'alert', hidden: true});
  const summary = el('p', {class: 'summary', 'aria-label': 'Summary'});
  const list = el('div', {class: 'groups'});
  const rest = el('div', {class: 'rest'});
  const parts = {filter, wrong, summary, list, rest};

  const apply = () => {
    if (filter.value === state.filter) return;
    Object.assign(state, {filter: filter.value, limit: page, seen: null});
    setParams({filter: state.filter});
    refresh();
  };
  filter.addEventListener('input', calm(apply));
  const form = el('form', {role: 'search', class: 'filter'}, el('label', {for: 'filter'}, 'Filter'), filter, wrong);
  form.addEventListener('submit', event => {
    event.preventDefault();
    apply();
  });
  fill(root, el('div', {class: 'head'}, el('h1', {}, title), summary), form, list, rest);

  let asked = 0;
  async function refresh() {
    const mine = ++asked;
    let answer;
    try {
      answer = await get('api/alerts/now', {filter: state.filter, limit: state.limit});
    } catch (error) {
      if (error.status !== 400) throw error;
      return mine === asked && showWrong(parts, error.message);
    }
    if (mine === asked) show(parts, state, answer, refresh);
  }
  return {refresh};
}

function showWrong({filter, wrong}, message) {
  filter.setAttribute('aria-invalid', 'true');
  wrong.textContent = message;
  wrong.hidden = false;
}

function show({filter, wrong, summary, list, rest}, state, answer, refresh) {
  filter.removeAttribute('aria-invalid');
  wrong.hidden = true;
  showSummary(summary, answer.summary);
  tellNews(state, answer.data);
  list.querySelector(':scope > .empty')?.remove();
  keyed(list, answer.data, keyOf, card);
  if (!answer.data.length) list.append(empty(state.filter ? 'Nothing that fires matches the filter.' : 'Nothing fires. All is quiet.'));
  const more = answer.total - answer.data.length;
  if (more <= 0) return fill(rest);
  if (state.limit >= most) return fill(rest, el('p', {class: 'quiet'}, `${plural(more, 'group')} more; narrow the filter to see them.`));
  return fill(rest, el('button', {type: 'button', 'data-control': 'more', onclick: () => {
    state.limit = Math.min(most, state.limit + 2 * page);
    refresh();
  }}, `Show more of ${plural(more, 'other group')}`));
}

function keyOf(group) {
  return `${group.route} ${group.group_key} ${group.receiver}`;
}

function showSummary(node, s) {
  document.title = s.critical ? `(${s.critical}) Tocsin` : 'Tocsin';
  const parts = [['critical', s.critical], ['warning', s.warning], ['info', s.info]].filter(([, n]) => n)
    .map(([severity, n]) => el('span', {}, el('strong', {}, count(n)), ' ', severityMark(severity)));
  const others = [['acknowledged', s.acknowledged], ['suppressed', s.suppressed]].filter(([, n]) => n)
    .map(([word, n]) => el('span', {class: 'quiet'}, `${count(n)} ${word}`));
  const text = s.alerts ? el('span', {}, plural(s.alerts, 'alert'), ' in ', plural(s.groups, 'group')) : null;
  fill(node, text, parts, others);
}

/** Says what is new to whoever cannot see it appear. */
function tellNews(state, groups) {
  const fresh = state.seen ? groups.filter(group => !state.seen.has(keyOf(group))) : [];
  state.seen = new Set(groups.map(keyOf));
  if (!fresh.length) return;
  const first = fresh[0];
  const others = fresh.length > 1 ? `, and ${fresh.length - 1} more` : '';
  announce(`New ${first.severity} alert: ${nameOf(first)}${others}`);
}

function nameOf(group) {
  if (group.group_labels.alertname) return group.group_labels.alertname;
  const names = new Set(group.alerts.map(alert => alert.alert_name));
  const [first] = names;
  return names.size > 1 || (group.count > group.alerts.length && !('alertname' in group.group_labels)) ? `${first} and others` : first;
}

/** No more alerts of a group are acted on at once. */
const mostIds = 10000;

/** All alerts of the group as it is by now; the answer that is shown names a few. */
async function targetOf(group) {
  const target = {name: nameOf(group), ids: group.alerts.map(alert => alert.id), total: group.count, level: group.escalation_level};
  if (group.count <= group.alerts.length) return target;
  const answer = await get('api/alerts/now', {filter: matchersFor(group.group_labels), limit: most, ids: mostIds});
  const found = answer.data.find(one => keyOf(one) === keyOf(group));
  if (!found) throw new Error('The group is over by now.');
  return {...target, ids: found.alert_ids, total: found.count, level: found.escalation_level};
}

function act(what, group) {
  return targetOf(group).then(what).catch(error => notify(error.message, 'bad'));
}

/** What the alerts of the group have in common, for a silence of just them. */
function commonLabels(group) {
  if (group.count > group.alerts.length) return group.group_labels;
  const [first, ...others] = group.alerts.map(alert => alert.labels);
  return Object.fromEntries(Object.entries(first).filter(([name, value]) =>
    others.every(labels => labels[name] === value)));
}

function card(group, old) {
  const [first] = group.alerts;
  const name = nameOf(group);
  const wasOpen = old?.querySelector('details')?.open;
  const suppressed = group.suppressed_count >= group.count;
  return el('article', {class: `group ${group.severity}${suppressed ? ' suppressed' : ''}`, 'aria-label': `${group.severity}: ${name}`},
    el('div', {class: 'group-head'},
      severityMark(group.severity),
      el('h2', {}, alertLink(first.id, name, {'data-control': 'name'})),
      group.count > 1 ? el('span', {class: 'times'}, `×${count(group.count)}`) : null,
      el('span', {class: 'age', title: 'since it began'}, age(group.oldest_start_time)),
    ),
    first.summary ? el('p', {class: 'what'}, first.summary) : null,
    tags(group.count === 1 ? first.labels : group.group_labels, ['alertname', 'severity']),
    standing(group, suppressed),
    buttons(group),
    group.count > 1 ? members(group, wasOpen) : null,
  );
}

function standing(group, suppressed) {
  const lines = [];
  const state = (label, ...value) => lines.push(el('li', {}, el('span', {class: 'quiet'}, `${label} `), value));
  if (group.escalation_level > 1) state('Level', String(group.escalation_level));
  if (group.acknowledged_count) {
    const all = group.acknowledged_count >= group.count ? '' : `${count(group.acknowledged_count)} of ${count(group.count)} `;
    state(`Acknowledged ${all}by`, el('strong', {class: 'good-text'}, group.acknowledged_by.join(', ')));
  } else if (!suppressed) {
    lines.push(el('li', {class: 'warning-text'}, 'Nobody has acknowledged it'));
  }
  if (suppressed) state('Suppressed:', group.muted_by.length ? `muted by ${group.muted_by.join(', ')}` : group.alerts[0].suppressed_by ? readable(group.alerts[0].suppressed_by) : 'not notified');
  else if (group.suppressed_count) state('Suppressed', `${count(group.suppressed_count)} of ${count(group.count)}`);
  if (group.next_escalation_at) {
    state('Escalates in', countdown(group.next_escalation_at, 'a moment'),
      group.next_escalation ? el('span', {class: 'quiet'}, `: ${group.next_escalation}`) : null);
  }
  if (group.channels.length) state('Told', group.channels.join(', '));
  return el('ul', {class: 'standing'}, lines);
}

function buttons(group) {
  const name = nameOf(group);
  const button = (text, control, onclick, kind = null) =>
    el('button', {type: 'button', class: kind, 'data-control': control, 'aria-label': `${text} ${name}`, onclick}, text);
  const open = group.acknowledged_count < group.count;
  return el('div', {class: 'buttons'},
    open ? button('Acknowledge', 'acknowledge', () => act(acknowledge, group), group.suppressed_count < group.count ? 'primary' : null) : null,
    button('Silence', 'silence', () => askSilence(matchersFor(commonLabels(group)))),
    button('Escalate', 'escalate', () => act(escalate, group)),
    button('Resolve', 'resolve', () => act(resolve, group)),
  );
}

function members(group, wasOpen) {
  const others = group.count - group.alerts.length;
  return el('details', {open: Boolean(wasOpen)}, el('summary', {}, plural(group.count, 'alert')),
    el('ul', {class: 'members'}, group.alerts.map(alert => el('li', {},
      severityMark(alert.severity), ' ',
      alertLink(alert.id, alert.instance || alert.service || alert.alert_name), ' ',
      el('span', {class: 'quiet'}, age(alert.start_time), alert.acknowledged_by ? ` · ${alert.acknowledged_by}` : '',
        alert.summary && alert.summary !== group.alerts[0].summary ? ` · ${alert.summary}` : '')))),
    others > 0 ? el('p', {class: 'quiet'}, el('a', {href: `#/history?status=&alert_name=${encodeURIComponent(group.alerts[0].alert_name)}`},
      `and ${plural(others, 'other')}`)) : null);
}
