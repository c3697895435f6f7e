// What several views show alike.
import {el, fill} from './dom.js';

const severities = ['critical', 'warning', 'info'];

/** The word in its colour: never the colour alone. */
export function severityMark(severity) {
  return el('span', {class: `mark ${severities.includes(severity) ? severity : 'other'}`}, severity);
}

const statusWords = {
  firing: 'firing', escalated: 'escalated', acknowledged: 'acknowledged', suppressed: 'suppressed', resolved: 'resolved',
};

export function statusMark(status) {
  return el('span', {class: `state ${statusWords[status] ?? ''}`}, status);
}

export function alertLink(id, text, attributes = {}) {
  return el('a', {href: `#/alert/${Number(id)}`, ...attributes}, text || `alert ${id}`);
}

/** Labels as small tags, without those that are told in another way. */
export function tags(labels, without = []) {
  const shown = Object.entries(labels).filter(([name]) => !without.includes(name));
  if (!shown.length) return null;
  return el('ul', {class: 'tags', 'aria-label': 'Labels'}, shown.map(([name, value]) =>
    el('li', {}, el('span', {class: 'quiet'}, `${name}=`), value)));
}

export function section(title, ...children) {
  const id = `section-${++sections}`;
  return el('section', {class: 'panel', 'aria-labelledby': id}, el('h2', {id}, title), children);
}

let sections = 0;

/** Names and values; a row whose value is missing is left out. */
export function facts(rows) {
  return el('dl', {class: 'facts'}, rows.filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

export function empty(text) {
  return el('p', {class: 'empty'}, text);
}

export function trouble(text) {
  return el('p', {class: 'trouble', role: 'alert'}, text);
}

/** Runs and shows a part of a view; what goes wrong is told in its place, and the others go on. */
export async function part(node, make) {
  try {
    fill(node, await make());
  } catch (error) {
    fill(node, trouble(error.message));
  }
}

/** A line that tells how an action went, and goes by itself. */
export function notify(text, kind = 'good') {
  const notices = document.getElementById('notices');
  const line = el('p', {class: `notice ${kind}`}, text);
  notices.append(line);
  setTimeout(() => line.remove(), kind === 'good' ? 6000 : 15000);
}

/** For whoever listens instead of looking. */
export function announce(text) {
  document.getElementById('announcer').textContent = text;
}

/**
 * Asks something in a dialog; Escape closes it. `submit` does it, and what it throws is shown in the dialog,
 * which stays then.
 */
export function ask({title, body, action, dangerous = false, submit}) {
  const error = el('p', {class: 'trouble', role: 'alert', hidden: true});
  const go = el('button', {type: 'submit', class: dangerous ? 'danger' : 'primary', 'data-control': 'submit'}, action);
  const heading = el('h2', {id: 'dialog-title'}, title);
  const form = el('form', {}, heading, el('div', {class: 'dialog-body'}, body), error,
    el('div', {class: 'buttons'}, el('button', {type: 'button', 'data-control': 'cancel', onclick: () => dialog.close()}, 'Cancel'), go));
  const dialog = el('dialog', {'aria-labelledby': 'dialog-title'}, form);
  const opener = document.activeElement;
  form.addEventListener('submit', async event => {
    event.preventDefault();
    go.disabled = true;
    error.hidden = true;
    try {
      await submit(new FormData(form), dialog);
      dialog.close();
    } catch (wrong) {
      error.textContent = wrong.message;
      error.hidden = false;
    } finally {
      go.disabled = false;
    }
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    // What opened it may have been drawn anew meanwhile.
    if (!opener?.isConnected) document.getElementById('content').focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Calls `later` once nothing has happened for a while. */
export function calm(later, milliseconds = 400) {
  let timer = null;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(later, milliseconds);
  };
}
