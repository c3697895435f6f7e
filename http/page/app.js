// Which view is shown, as the address behind # says, and when it is looked at again.
import {askName, myName} from './actions.js';
import * as alert from './alert.js';
import {el, fill} from './dom.js';
import {tick} from './format.js';
import * as history from './history.js';
import * as insights from './insights.js';
import * as live from './live.js';
import * as now from './now.js';
import * as onCall from './on_call.js';
import {trouble} from './parts.js';
import * as silences from './silences.js';
import * as status from './status.js';

const views = new Map([['now', now], ['history', history], ['insights', insights], ['silences', silences], ['on-call', onCall], ['status', status]]);
// Reached by links only.
const hiddenViews = new Map([['alert', alert]]);
/** Who looks elsewhere needs no more than the title to be right. */
const gapWhenHidden = 10000;

let current = null;

function address() {
  const at = location.hash.indexOf('?');
  const path = location.hash.slice(1, at < 0 ? undefined : at);
  const [name, ...rest] = path.split('/').filter(Boolean);
  return {name: name || 'now', path: rest, params: new URLSearchParams(at < 0 ? '' : location.hash.slice(at + 1))};
}

/** Keeps the address true without a new entry in the browser's history for each letter of a filter. */
function setParams(name, path, values) {
  const kept = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''));
  const text = kept.toString();
  window.history.replaceState(null, '', `#/${[name, ...path].join('/')}${text ? `?${text}` : ''}`);
}

function show() {
  const {name, path, params} = address();
  const view = views.get(name) ?? hiddenViews.get(name);
  const content = document.getElementById('content');
  const first = current === null;
  if (current) clearTimeout(current.timer);
  markView(name);
  if (!view) {
    current = null;
    return fill(content, trouble(`There is no view ${name}.`));
  }
  document.title = view.title === now.title ? 'Tocsin' : `${view.title} – Tocsin`;
  const root = el('div', {class: `view ${name}`});
  const problem = el('div', {});
  fill(content, problem, root);
  const opened = view.open({root, path, params, setParams: values => setParams(name, path, values)});
  current = {view, opened, problem, timer: null, running: false, again: false, at: 0};
  window.scrollTo(0, 0);
  // A screen reader goes on at the new view; at the start it reads from the top.
  if (!first) content.focus({preventScroll: true});
  look(current);
}

function markView(name) {
  document.querySelectorAll('#views a').forEach(link => {
    if (link.dataset.view === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  });
}

/** Something may have changed: look, but not more often than the view wants. */
function soon() {
  if (!current || current.timer) return;
  const page = current;
  const gap = document.hidden ? gapWhenHidden : page.view.gap;
  page.timer = setTimeout(() => look(page), Math.max(0, page.at + gap - Date.now()));
}

async function look(page) {
  page.timer = null;
  if (page.running) {
    page.again = true;
    return;
  }
  page.running = true;
  page.at = Date.now();
  try {
    await page.opened.refresh();
    fill(page.problem);
  } catch (error) {
    fill(page.problem, trouble(error.message));
  } finally {
    page.running = false;
    if (page.again && page === current) soon();
    page.again = false;
  }
}

function showNavigation() {
  const who = el('button', {type: 'button', class: 'who', 'data-control': 'who', onclick: () => askName()});
  const name = () => {
    who.textContent = myName() || 'Your name';
    who.setAttribute('aria-label', myName() ? `You are ${myName()}; change the name` : 'Say who you are');
  };
  name();
  document.addEventListener('name', name);
  fill(document.getElementById('views'), [...views].map(([key, view]) =>
    el('li', {}, el('a', {href: `#/${key}`, 'data-view': key}, view.title))));
  document.getElementById('connection').before(who);
}

showNavigation();
window.addEventListener('hashchange', show);
document.querySelector('.skip').addEventListener('click', event => {
  // What stands behind # is the view.
  event.preventDefault();
  document.getElementById('content').focus();
});
document.addEventListener('acted', () => {
  if (!current) return;
  current.at = 0;
  clearTimeout(current.timer);
  look(current);
});
setInterval(tick, 1000);
show();
live.start(soon);
