// Moments and durations for people. Times are those of the reader's clock and place; the title has UTC.
import {el} from './dom.js';

let offset = 0;

/** What the server's clock says; a phone's may be wrong. */
export function now() {
  return Date.now() + offset;
}

/** @param at the server's time, just received. A difference of a second or two is the way it took. */
export function heardServerTime(at) {
  const difference = Date.parse(at) - Date.now();
  if (Number.isFinite(difference)) offset = Math.abs(difference) > 2000 ? difference : 0;
}

const units = [['d', 86400], ['h', 3600], ['m', 60], ['s', 1]];

/** `2h 5m`: the two largest units, as short as it can be read. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  let rest = Math.max(0, Math.round(seconds));
  const first = units.findIndex(([, size]) => rest >= size);
  if (first < 0) return '0s';
  const [unit, size] = units[first];
  const text = `${Math.floor(rest / size)}${unit}`;
  rest %= size;
  if (first + 1 >= units.length) return text;
  const [lesser, lesserSize] = units[first + 1];
  const more = Math.floor(rest / lesserSize);
  return more ? `${text} ${more}${lesser}` : text;
}

/** `4:05`, `1:04:05`: for what is counted down. */
export function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = number => String(number).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const time = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const day = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit'});
const longAgo = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit'});

/** Today with seconds, else with its day. */
export function moment(at) {
  const date = new Date(at);
  const today = new Date(now());
  if (date.toDateString() === today.toDateString()) return time.format(date);
  return (date.getFullYear() === today.getFullYear() ? day : longAgo).format(date);
}

/** A moment as an element; null where there is none. */
export function when(at) {
  return at ? el('time', {datetime: at, title: utc(at)}, moment(at)) : null;
}

export function utc(at) {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** How long ago, counted on each second without asking the server. */
export function age(at) {
  const node = el('time', {datetime: at, title: utc(at), 'data-since': at});
  tickOne(node);
  return node;
}

/** How long until then, counted down each second. */
export function countdown(at, overdue = 'now') {
  const node = el('time', {datetime: at, title: utc(at), class: 'countdown', 'data-until': at, 'data-overdue': overdue});
  tickOne(node);
  return node;
}

function tickOne(node) {
  const {since, until, overdue} = node.dataset;
  const text = since ? duration((now() - Date.parse(since)) / 1000)
    : Date.parse(until) > now() ? clock((Date.parse(until) - now()) / 1000) : overdue;
  if (node.textContent !== text) node.textContent = text;
}

/** All ages and countdowns of the page, once a second. */
export function tick() {
  document.querySelectorAll('[data-since], [data-until]').forEach(tickOne);
}

// Sentences of the server name moments to the millisecond and in UTC; people read their own clock.
const written = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A sentence of the server, with its moments as elements. */
export function readable(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(written)) {
    parts.push(text.slice(from, found.index), when(found[0]));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}

/** `1,234`; a dash for what has no value. */
export function count(number) {
  return number === null || number === undefined ? '–' : number.toLocaleString('en');
}

export function percent(number) {
  return number === null || number === undefined ? '–' : `${Math.round(number * 10) / 10} %`;
}

export function bytes(number) {
  if (number === null || number === undefined) return '–';
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  while (number >= 1024 && at + 1 < names.length) {
    number /= 1024;
    ++at;
  }
  return `${number >= 10 || at === 0 ? Math.round(number) : number.toFixed(1)} ${names[at]}`;
}

/** `1 alert`, `2 alerts` */
export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}
