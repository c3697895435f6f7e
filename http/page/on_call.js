// Who is on call now and next, and who takes over for whom.
import {get, post, remove, segments} from './api.js';
import {myName, nameInput, rememberName} from './actions.js';
import {el, field, fill, select, table} from './dom.js';
import {moment, when} from './format.js';
import {ask, empty, notify, section} from './parts.js';

export const title = 'On call';
export const gap = 2000;

export function open({root}) {
  let shown = '';
  async function refresh() {
    const [schedules, overrides] = await Promise.all([get('api/oncall'), get('api/oncall/overrides')]);
    const state = JSON.stringify([schedules.data, overrides.data]);
    if (state === shown) return;
    const shifts = await Promise.all(schedules.data.map(one => get(`api/oncall/${segments(one.schedule)}`, {days: 14})));
    shown = state;
    show(root, schedules.data, overrides.data, shifts.map(answer => answer.data));
  }
  return {refresh};
}

function show(root, schedules, overrides, shifts) {
  const people = [...new Set(shifts.flat().concat(schedules.flatMap(one => [one.now, one.next])).map(shift => shift?.person).filter(Boolean))].sort();
  const take = el('button', {type: 'button', class: 'primary', 'data-control': 'override', onclick: () => askOverride(schedules, people)}, 'Take over');
  fill(root,
    el('div', {class: 'head'}, el('h1', {}, title), schedules.length ? take : null),
    schedules.length ? el('div', {class: 'cards'}, schedules.map(card))
      : empty('The configuration has no on-call schedules. They are a block of their own there: on_call.'),
    schedules.map((one, at) => section(`Shifts of ${one.schedule}`, shiftTable(one, shifts[at]))),
    schedules.length ? section('Overrides', overrideTable(overrides)) : null);
}

function card(one) {
  return el('article', {class: 'card', 'aria-label': `schedule ${one.schedule}`},
    el('h2', {}, one.schedule),
    el('p', {class: `big${one.now.person ? '' : ' bad-text'}`}, one.now.person ?? 'nobody'),
    el('p', {class: 'quiet'}, 'until ', when(one.now.ends_at), one.now.override_id ? ', by an override' : one.now.layer ? `, ${one.now.layer}` : ''),
    reach(one.now),
    el('p', {}, el('span', {class: 'quiet'}, 'Next '), one.next ? [el('strong', {}, one.next.person), ' from ', when(one.next.begins_at)] : 'nobody'),
    el('p', {class: 'quiet'}, `Hands over by the clock of ${one.time_zone}`));
}

/** A number is dialled and an address written to from the phone that shows it. */
function reach(who) {
  const ways = [
    who.phone && el('a', {href: `tel:${who.phone.replace(/[^+\d]/g, '')}`}, who.phone),
    who.email && el('a', {href: `mailto:${encodeURIComponent(who.email).replace('%40', '@')}`}, who.email),
    who.slack && el('span', {}, who.slack),
  ].filter(Boolean);
  return ways.length ? el('ul', {class: 'standing'}, ways.map(way => el('li', {}, way))) : null;
}

function shiftTable(one, shifts) {
  return table(`Shifts of ${one.schedule} in the next 14 days`, [
    {title: 'Person', cell: shift => shift.person ?? el('span', {class: 'bad-text'}, 'nobody'), head: true},
    {title: 'From', cell: shift => when(shift.begins_at)},
    {title: 'Until', cell: shift => when(shift.ends_at)},
    {title: 'By', cell: shift => shift.override_id ? 'override' : shift.layer},
  ], shifts);
}

function overrideTable(overrides) {
  if (!overrides.length) return empty('Nobody has taken over.');
  return table('Overrides', [
    {title: 'Person', cell: o => o.person, head: true},
    {title: 'Schedule', cell: o => o.schedule},
    {title: 'From', cell: o => when(o.starts_at)},
    {title: 'Until', cell: o => when(o.ends_at)},
    {title: 'Status', cell: o => el('span', {class: `state ${o.status}`}, o.status)},
    {title: 'Made by', cell: o => [o.created_by, o.comment ? el('small', {}, o.comment) : null]},
    {title: '', cell: o => o.status === 'over' ? (o.ended_by ? `ended by ${o.ended_by}` : ' ')
      : el('button', {type: 'button', 'data-control': `end-${o.id}`, onclick: () => endOverride(o)}, 'End now')},
  ], overrides);
}

/** What an input of type datetime-local shows, in the reader's time. */
function local(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function askOverride(schedules, people) {
  const begins = new Date();
  const ends = new Date(begins.getTime() + 8 * 3600 * 1000);
  const person = el('input', {name: 'person', required: true, list: 'people', autocomplete: 'off'});
  ask({
    title: 'Take over', action: 'Take over',
    body: [
      field('Schedule', select('schedule', schedules.map(one => [one.schedule, one.schedule]), schedules[0].schedule)),
      field('Person who takes it', person, 'As the configuration names them.'),
      el('datalist', {id: 'people'}, people.map(name => el('option', {value: name}))),
      field('From', el('input', {type: 'datetime-local', name: 'from', required: true, props: {value: local(begins)}})),
      field('Until', el('input', {type: 'datetime-local', name: 'until', required: true, props: {value: local(ends)}})),
      field('Your name', nameInput()),
      field('Comment', el('input', {name: 'comment', maxlength: 4096})),
    ],
    submit: async form => {
      const by = form.get('who').trim();
      rememberName(by);
      const {data} = await post('api/oncall/overrides', {
        schedule: form.get('schedule'), person: form.get('person').trim(), created_by: by, comment: form.get('comment'),
        starts_at: new Date(form.get('from')).toISOString(), ends_at: new Date(form.get('until')).toISOString(),
      });
      notify(`${data.person} has ${data.schedule} until ${moment(data.ends_at)}.`);
      document.dispatchEvent(new Event('acted'));
    },
  });
}

function endOverride(override) {
  ask({
    title: 'End this override', action: 'End it', dangerous: true,
    body: el('p', {}, `${override.person} gives ${override.schedule} back to whom the schedule names.`),
    submit: async () => {
      await remove(`api/oncall/overrides/${encodeURIComponent(override.id)}`, {by: myName() || 'page'});
      notify('The override has ended.');
      document.dispatchEvent(new Event('acted'));
    },
  });
}
