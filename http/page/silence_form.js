// A new silence: matchers, how long, why; with a look at what it would match before it holds.
import {get, post} from './api.js';
import {myName, nameInput, rememberName} from './actions.js';
import {el, field, fill, select} from './dom.js';
import {now, plural} from './format.js';
import {parseMatchers} from './matchers.js';
import {alertLink, ask, calm, notify, severityMark} from './parts.js';

const lengths = [['900', '15 minutes'], ['3600', '1 hour'], ['7200', '2 hours'], ['14400', '4 hours'], ['28800', '8 hours'],
  ['86400', '1 day'], ['259200', '3 days'], ['604800', '1 week']];

/** @param matchers in Alertmanager's notation, to begin with. */
export function askSilence(matchers = '') {
  const text = el('textarea', {name: 'matchers', rows: 3, required: true, spellcheck: 'false', autocapitalize: 'off',
    placeholder: 'service="shop", instance=~"db.*"'});
  text.value = matchers;
  const preview = el('div', {class: 'preview', 'aria-live': 'polite', 'data-control': 'preview'});
  const confirm = el('input', {type: 'checkbox', name: 'confirm'});
  const confirmation = el('label', {class: 'choice warning-text', hidden: true}, confirm,
    ' That is a lot, and mostly a slip. Silence them all the same.');
  const look = () => showPreview(text, preview, confirmation);
  text.addEventListener('input', calm(look));
  ask({
    title: 'Silence', action: 'Silence', dangerous: true,
    body: [
      field('Matchers', text, 'An alert that matches all of them is not notified. It stays in the history.'),
      preview, confirmation,
      field('For', select('length', lengths, '7200')),
      field('Your name', nameInput()),
      field('Comment', el('input', {name: 'comment', required: true, maxlength: 4096, placeholder: 'disks are being replaced'})),
    ],
    submit: form => create(form, confirmation),
  });
  look();
  if (myName()) document.querySelector('dialog input[name=comment]').focus();
}

async function showPreview(text, preview, confirmation) {
  const asked = text.value;
  if (!asked.trim()) {
    confirmation.hidden = true;
    return fill(preview);
  }
  try {
    parseMatchers(asked);
    const answer = await get('api/alerts/silences/preview', {filter: asked});
    if (asked !== text.value) return null;
    text.removeAttribute('aria-invalid');
    confirmation.hidden = !answer.too_broad;
    return fill(preview, matched(answer));
  } catch (error) {
    confirmation.hidden = true;
    text.setAttribute('aria-invalid', 'true');
    return fill(preview, el('p', {class: 'trouble'}, error.message));
  }
}

const shownAtMost = 5;

function matched({data, total}) {
  if (!total) return el('p', {class: 'quiet'}, 'Matches no alert that fires now.');
  const shown = data.slice(0, shownAtMost);
  return [
    el('p', {}, el('strong', {}, `Matches ${plural(total, 'alert')} that ${total === 1 ? 'fires' : 'fire'} now`)),
    el('ul', {class: 'plain'}, shown.map(alert => el('li', {},
      severityMark(alert.severity), ' ', alertLink(alert.id, alert.alert_name), ' ', el('span', {class: 'quiet'}, alert.summary)))),
    total > shown.length ? el('p', {class: 'quiet'}, `and ${plural(total - shown.length, 'other')}`) : null,
  ];
}

async function create(form, confirmation) {
  const name = form.get('who').trim();
  const body = {
    matchers: parseMatchers(form.get('matchers')),
    startsAt: new Date(now()).toISOString(),
    endsAt: new Date(now() + Number(form.get('length')) * 1000).toISOString(),
    createdBy: name,
    comment: form.get('comment'),
  };
  if (!confirmation.hidden && !form.has('confirm')) throw new Error('It would silence very many alerts. Narrow its matchers, or tick the box.');
  rememberName(name);
  await post(`api/v2/silences${form.has('confirm') ? '?confirm=true' : ''}`, body);
  notify('The silence holds.');
  document.dispatchEvent(new Event('acted'));
}
