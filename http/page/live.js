// Knows when something changed: told by the server's events, or, where those do not come, by asking every 5 s.
import {onReached} from './api.js';
import {heardServerTime, moment} from './format.js';

const pollEvery = 5000;
const tryEventsAgainAfter = 30000;

let source = null;
let poller = null;
let lostAt = null;
let changed = () => {};

/** @param onChange is called whenever something may have changed. */
export function start(onChange) {
  changed = onChange;
  onReached(reached => {
    lostAt = reached ? null : lostAt ?? Date.now();
    show();
  });
  listen();
  // Asleep in a pocket, a page hears nothing.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    if (source?.readyState !== EventSource.OPEN) listen();
    changed();
  });
}

function listen() {
  source?.close();
  source = new EventSource('api/events');
  let opened = false;
  source.addEventListener('open', () => {
    // What happened in between was not heard.
    if (opened || poller) changed();
    opened = true;
    lostAt = null;
    stopPolling();
    show();
  });
  source.addEventListener('change', event => {
    const at = /"at":"([^"]+)"/.exec(event.data);
    if (at) heardServerTime(at[1]);
    changed();
  });
  source.addEventListener('error', () => {
    startPolling();
    // The browser tries again by itself, unless the answer was a refusal.
    const refused = source;
    if (refused.readyState === EventSource.CLOSED) {
      setTimeout(() => source === refused && listen(), tryEventsAgainAfter);
    }
  });
}

function startPolling() {
  if (poller) return;
  poller = setInterval(() => changed(), pollEvery);
  changed();
  show();
}

function stopPolling() {
  clearInterval(poller);
  poller = null;
}

function show() {
  const node = document.getElementById('connection');
  const state = lostAt ? 'lost' : poller ? 'polling' : source?.readyState === EventSource.OPEN ? 'live' : 'connecting';
  const text = state === 'lost' ? `not reachable since ${moment(lostAt)}` : state;
  node.dataset.state = state;
  if (node.textContent !== text) node.textContent = text;
}
