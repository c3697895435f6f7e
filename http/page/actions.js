// What a person does with alerts: acknowledge, resolve, escalate.
import {put} from './api.js';
import {el, field} from './dom.js';
import {plural} from './format.js';
import {ask, notify} from './parts.js';

const nameKey = 'tocsin.name';

/** The reader's name, as it was given once; empty before. */
export function myName() {
  try {
    return localStorage.getItem(nameKey) ?? '';
  } catch {
    return forgetful;
  }
}

// Where the browser keeps nothing, a name holds as long as the page.
let forgetful = '';

export function rememberName(name) {
  forgetful = name;
  try {
    localStorage.setItem(nameKey, name);
  } catch {
    // Kept above.
  }
  document.dispatchEvent(new Event('name'));
}

export function nameInput() {
  return el('input', {name: 'who', required: true, maxlength: 256, autocomplete: 'name', props: {value: myName()}});
}

/** Asks for the name. @param then is called with it. */
export function askName(then = () => {}, why = 'Acknowledgements, silences and overrides are recorded under this name.') {
  ask({
    title: 'Who are you?', action: 'Go on',
    body: [el('p', {}, why), field('Your name', nameInput(), 'Remembered in this browser.')],
    submit: async form => {
      const name = form.get('who').trim();
      if (!name) throw new Error('A name is needed, so that others know whom to ask.');
      rememberName(name);
      await then(name);
    },
  });
}

const atOnce = 6;

/** Does it for each, a few at a time. @returns how many went well, and what was wrong with the others. */
async function each(ids, act) {
  const waiting = [...ids];
  const outcome = {done: 0, over: 0, wrong: []};
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await act(id);
        outcome.done += 1;
      } catch (error) {
        // Resolved meanwhile, or at that level already: nothing is left to do.
        if (error.status === 409) outcome.over += 1;
        else outcome.wrong.push(`alert ${id}: ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({length: Math.min(atOnce, waiting.length)}, work));
  return outcome;
}

function tell(outcome, what) {
  if (outcome.wrong.length) {
    throw new Error(`${outcome.wrong.length} of ${outcome.done + outcome.over + outcome.wrong.length} could not be ${what}: ${outcome.wrong[0]}`);
  }
  const already = outcome.over ? `; ${plural(outcome.over, 'alert')} had no need of it` : '';
  notify(`${plural(outcome.done, 'alert')} ${what}${already}.`);
  document.dispatchEvent(new Event('acted'));
}

const path = (id, verb) => `api/alerts/history/${id}/${verb}`;

/** @param target {name, ids, total}: the alerts it is about; `total` when there are more than those. */
export function acknowledge(target) {
  const go = async name => {
    const outcome = await each(target.ids, id => put(path(id, 'acknowledge'), {acknowledged_by: name}));
    tell(outcome, `acknowledged as ${name}`);
  };
  const name = myName();
  if (!name) return askName(go, 'The acknowledgement is recorded under your name. It is asked once.');
  return go(name).catch(error => notify(error.message, 'bad'));
}

function which(target) {
  const total = target.total ?? target.ids.length;
  if (total === 1) return `Alert ${target.ids[0]}, ${target.name}.`;
  if (total === target.ids.length) return `All ${total} alerts of ${target.name}.`;
  return `The ${target.ids.length} most urgent of ${total} alerts of ${target.name}.`;
}

export function resolve(target) {
  ask({
    title: 'Resolve', action: 'Resolve', dangerous: true,
    body: [el('p', {}, which(target)), el('p', {class: 'quiet'},
      'Whoever was told that it fires is told that it is over. If its sender goes on reporting it, it begins anew.')],
    submit: async () => tell(await each(target.ids, id => put(path(id, 'resolve'), {})), 'resolved'),
  });
}

/** @param target besides: {level}, the highest it is at. */
export function escalate(target) {
  const next = Math.min(3, target.level + 1);
  const levels = [2, 3].filter(level => level > target.level);
  if (!levels.length) return notify('It is at level 3 already; there is none above.', 'bad');
  const reason = el('input', {name: 'reason', maxlength: 4096, placeholder: 'customers notice'});
  return ask({
    title: 'Escalate', action: 'Escalate',
    body: [
      el('p', {}, which(target)),
      el('p', {class: 'quiet'}, 'The next step of its escalation policy is taken at once: more people are told.'),
      el('fieldset', {}, el('legend', {}, 'To level'), levels.map(level => el('label', {class: 'choice'},
        el('input', {type: 'radio', name: 'level', value: level, props: {checked: level === next}}), ` ${level}`))),
      field('Your name', nameInput()),
      field('Reason', reason),
    ],
    submit: async form => {
      const name = form.get('who').trim();
      if (name) rememberName(name);
      const level = Number(form.get('level'));
      const body = {to_level: level, escalated_by: name || 'page'};
      if (form.get('reason')) body.reason = form.get('reason');
      tell(await each(target.ids, id => put(path(id, 'escalate'), body)), `escalated to level ${level}`);
    },
  });
}
