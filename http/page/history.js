// What was: #/history?severity=critical&days=30
import {get, query} from './api.js';
import {el, field, fill, select, table} from './dom.js';
import {count, duration, readable, when} from './format.js';
import {alertLink, empty, severityMark, statusMark} from './parts.js';

export const title = 'History';
export const gap = 5000;

const page = 50;
const severities = ['critical', 'warning', 'info'].map(word => [word, word]);
const statuses = ['firing', 'acknowledged', 'escalated', 'suppressed', 'resolved'].map(word => [word, word]);
const spans = [['1', 'last day'], ['7', 'last 7 days'], ['30', 'last 30 days'], ['90', 'last 90 days'], ['365', 'last year']];

export function open({root, params, setParams}) {
  const chosen = name => params.get(name) ?? '';
  const form = el('form', {class: 'controls', role: 'search'},
    field('Name', el('input', {type: 'search', name: 'alert_name', autocapitalize: 'off', spellcheck: 'false', props: {value: chosen('alert_name')}})),
    field('Service', el('input', {type: 'search', name: 'service', autocapitalize: 'off', spellcheck: 'false', props: {value: chosen('service')}})),
    field('Severity', select('severity', [['', 'all'], ...severities], chosen('severity'))),
    field('Status', select('status', [['', 'all'], ...statuses], chosen('status'))),
    field('Began in the', select('days', spans, chosen('days') || '7')));
  let offset = Number(chosen('offset')) || 0;
  const csv = el('a', {class: 'button', download: ''}, 'Download as CSV');
  const rows = el('div', {});
  const pages = el('nav', {class: 'pages', 'aria-label': 'Pages'});
  fill(root, el('div', {class: 'head'}, el('h1', {}, title), csv), form, rows, pages);

  const wanted = () => Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  const go = to => {
    offset = to;
    setParams({...wanted(), offset: offset || ''});
    return refresh();
  };
  form.addEventListener('change', () => go(0));
  form.addEventListener('submit', event => {
    event.preventDefault();
    go(0);
  });

  async function refresh() {
    const {status, ...forExport} = wanted();
    csv.href = `api/alerts/export/csv${query(forExport)}`;
    const answer = await get('api/alerts/history', {...forExport, status, limit: page, offset});
    fill(rows, answer.data.length ? list(answer.data) : empty('No alert of the history matches.'));
    showPages(pages, answer, offset, go);
  }
  return {refresh};
}

function list(alerts) {
  return table('Alerts, newest first', [
    {title: 'Began', cell: alert => when(alert.start_time)},
    {title: 'Alert', cell: alert => [alertLink(alert.id, alert.alert_name), alert.summary ? el('small', {}, alert.summary) : null], head: true},
    {title: 'Severity', cell: alert => severityMark(alert.severity)},
    {title: 'Status', cell: alert => [statusMark(alert.status), alert.suppressed_by ? el('small', {}, readable(alert.suppressed_by)) : null]},
    {title: 'Service', cell: alert => alert.service || null},
    {title: 'Instance', cell: alert => alert.instance || null},
    {title: 'Level', cell: alert => alert.escalation_level, number: true},
    {title: 'Took', cell: alert => alert.resolution_time_seconds === null ? null : duration(alert.resolution_time_seconds), number: true},
    {title: 'Acknowledged by', cell: alert => alert.acknowledged_by || null},
  ], alerts);
}

function showPages(node, answer, offset, go) {
  const last = offset + answer.data.length;
  const turn = (text, to, possible) => el('button', {type: 'button', disabled: !possible, onclick: () => go(to)}, text);
  fill(node,
    turn('Newer', Math.max(0, offset - page), offset > 0),
    el('span', {role: 'status'}, answer.total ? `${count(offset + 1)}–${count(last)} of ${count(answer.total)}` : ''),
    turn('Older', offset + page, last < answer.total));
}
