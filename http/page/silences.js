// Silences: what is kept quiet, by whom and how long.
import {get, remove} from './api.js';
import {myName} from './actions.js';
import {el, fill, keyed, select} from './dom.js';
import {countdown, when} from './format.js';
import {ask, empty, notify} from './parts.js';
import {askSilence} from './silence_form.js';

export const title = 'Silences';
export const gap = 2000;

const shown = 200;

export function open({root, params, setParams}) {
  const status = select('status', [['', 'in force or to come'], ['active', 'active'], ['pending', 'pending'], ['expired', 'expired']], params.get('status') ?? '');
  status.setAttribute('aria-label', 'Which silences');
  const list = el('div', {class: 'groups'});
  const rest = el('p', {class: 'quiet'});
  fill(root, el('div', {class: 'head'}, el('h1', {}, title),
    el('div', {class: 'buttons'}, status,
      el('button', {type: 'button', class: 'primary', 'data-control': 'new', onclick: () => askSilence()}, 'New silence'))), list, rest);
  status.addEventListener('change', () => {
    setParams({status: status.value});
    refresh();
  });

  async function refresh() {
    const answer = await get('api/alerts/silences', {status: status.value});
    const wanted = answer.data.filter(silence => status.value || silence.status !== 'expired');
    list.querySelector(':scope > .empty')?.remove();
    keyed(list, wanted.slice(0, shown), silence => silence.id, card);
    if (!wanted.length) list.append(empty(`No ${status.value || 'active or pending'} silences.`));
    fill(rest, wanted.length > shown ? `The first ${shown} of ${wanted.length}.` : '');
  }
  return {refresh};
}

function card(silence) {
  const over = silence.status === 'expired';
  return el('article', {class: `group silence ${silence.status}`, 'aria-label': `silence of ${silence.matchers.join(', ')}`},
    el('div', {class: 'group-head'}, el('span', {class: `state ${silence.status}`}, silence.status),
      el('h2', {class: 'matchers'}, silence.matchers.map(matcher => el('code', {}, matcher))),
      over ? null : el('span', {class: 'age'}, silence.status === 'pending' ? 'begins in ' : 'ends in ', countdown(silence.status === 'pending' ? silence.starts_at : silence.ends_at))),
    el('p', {class: 'what'}, silence.comment || 'no comment'),
    el('ul', {class: 'standing'},
      el('li', {}, el('span', {class: 'quiet'}, 'By '), silence.created_by || 'nobody named'),
      el('li', {}, el('span', {class: 'quiet'}, 'From '), when(silence.starts_at)),
      el('li', {}, el('span', {class: 'quiet'}, 'Until '), when(silence.ends_at)),
      silence.recurrence?.length ? el('li', {}, 'only in its recurring hours') : null,
      silence.expire_on_resolve ? el('li', {}, 'ends when what it silenced is over') : null,
      el('li', {class: 'quiet'}, silence.matched_at ? ['First silenced something ', when(silence.matched_at)] : 'Has silenced nothing yet')),
    over ? null : el('div', {class: 'buttons'}, el('button', {type: 'button', 'data-control': 'end', onclick: () => end(silence)}, 'End now')));
}

function end(silence) {
  ask({
    title: 'End this silence', action: 'End it', dangerous: true,
    body: [el('p', {class: 'matchers'}, silence.matchers.map(matcher => el('code', {}, matcher))),
      el('p', {class: 'quiet'}, 'What it kept quiet and still fires is told.')],
    submit: async () => {
      await remove(`api/v2/silence/${encodeURIComponent(silence.id)}`, {by: myName() || 'page'});
      notify('The silence has ended.');
      document.dispatchEvent(new Event('acted'));
    },
  });
}
