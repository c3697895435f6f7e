// Knows when something changed: told by the server's events, or, where those do not come, by asking every 5 s.
import {onReached} from './api.js';
import {heardServerTime, moment} from './format.js';

const pollEvery = 5000;
const pollEveryWhenHidden = 30000;
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
  // A browser has six connections to a server, for all of its tabs together: only the one that is looked at keeps
  // one of them, and a page that is kept to be gone back to has none.
  document.addEventListener('visibilitychange', () => document.hidden ? rest() : wake());
  window.addEventListener('pagehide', stop);
  window.addEventListener('pageshow', event => event.persisted && wake());
  if (document.hidden) rest();
  else listen();
}

function stop() {
  source?.close();
  source = null;
  stopPolling();
}

function rest() {
  stop();
  poller = setInterval(() => changed(), pollEveryWhenHidden);
}

function wake() {
  stop();
  listen();
  changed();
}

function listen() {
  source?.close();
  const mine = new EventSource('api/events');
  source = mine;
  mine.addEventListener('open', () => {
    // What happened before was not heard.
    if (poller) changed();
    lostAt = null;
    stopPolling();
    show();
  });
  mine.addEventListener('change', event => {
    const at = /"at":"([^"]+)"/.exec(event.data);
    if (at) heardServerTime(at[1]);
    changed();
  });
  mine.addEventListener('error', () => {
    if (source !== mine) return;
    startPolling();
    // The browser tries again by itself, unless the answer was a refusal.
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => source === mine && listen(), tryEventsAgainAfter);
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
