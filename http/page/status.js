// How the program itself is: version, configuration, storage, channels.
import {get} from './api.js';
import {el, fill, table} from './dom.js';
import {age, bytes, count, when} from './format.js';
import {empty, facts, section} from './parts.js';

export const title = 'Status';
export const gap = 5000;

export function open({root}) {
  const body = el('div', {});
  fill(root, el('div', {class: 'head'}, el('h1', {}, title)), body);
  let shown = '';
  async function refresh() {
    const {data} = await get('api/status');
    const state = JSON.stringify({...data, uptime_seconds: 0});
    if (state === shown) return;
    shown = state;
    const open = body.querySelector('details')?.open ?? false;
    show(body, data);
    const details = body.querySelector('details');
    if (details) details.open = open;
  }
  return {refresh};
}

function show(body, s) {
  fill(body,
    s.config.last_reload_failed ? el('p', {class: 'trouble', role: 'alert'},
      'The last reload of the configuration failed, and the one before holds: ', s.config.last_reload_error ?? '') : null,
    el('div', {class: 'columns'},
      el('div', {},
        section('Program', facts([
          ['Version', s.version], ['Started', when(s.started_at)], ['Up for', age(s.started_at)],
          ['Routes', count(s.routes)], ['Receivers', count(s.receivers)], ['Silences', count(s.silences)],
          ...Object.entries(s.queues).filter(([, value]) => typeof value === 'number').map(([name, value]) => [words(name), count(value)]),
        ]))),
      el('div', {},
        section('Storage', facts([
          ['File', el('code', {}, s.storage.file)], ['Size', bytes(s.storage.bytes)], ['Write-ahead log', bytes(s.storage.wal_bytes)],
          ['Schema', s.storage.schema_version], ['Active alerts', count(s.storage.active_alerts)], ['Alerts in all', count(s.storage.alerts)],
          ['Cleaned until', when(s.storage.cleaned_until)],
        ])))),
    section('Channels', channels(s.channels)),
    section('Configuration', facts([
      ['Source', s.config.source], ['Loaded', when(s.config.loaded_at)],
    ]), s.config.yaml ? el('details', {}, el('summary', {}, 'As it holds, secrets left out'), el('pre', {tabindex: 0}, s.config.yaml)) : null));
}

/** `unfinished_notifications` as people read it. */
function words(name) {
  const text = name.replaceAll('_', ' ');
  return text[0].toUpperCase() + text.slice(1);
}

function channels(list) {
  if (!list.length) return empty('The configuration has no channels.');
  return table('Channels', [
    {title: 'Channel', cell: c => c.channel, head: true},
    {title: 'Kind', cell: c => c.kind},
    {title: 'State', cell: c => c.failing ? el('span', {class: 'bad-text'}, 'failing')
      : c.last_success_at ? el('span', {class: 'good-text'}, 'works') : 'not used yet'},
    {title: 'Last delivered', cell: c => when(c.last_success_at)},
    {title: 'Last failed', cell: c => c.last_failure_at ? [when(c.last_failure_at), c.last_failure ? el('small', {}, c.last_failure) : null] : null},
  ], list);
}
