// Elements from values. Every text becomes a text node, so that what alerts are called is never markup.

/**
 * el('p', {class: 'quiet', onclick: act}, 'text', child, null, [more])
 * Attributes that are null, undefined or false are left out; `on…` are listeners; `props` are set as properties.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'props') Object.assign(node, value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...flat(children));
  return node;
}

function flat(children) {
  return children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false && child !== '');
}

/** Puts these children in place of what the node has. */
export function fill(node, ...children) {
  node.replaceChildren(...flat(children));
  return node;
}

/**
 * Makes a container show these items, one child each, and touches only what changed: who reads or has the
 * focus on the others is not disturbed. Focus in a child that is replaced goes to the same control of the new one.
 */
export function keyed(container, items, keyOf, render) {
  const before = new Map([...container.children].map(child => [child.dataset.key, child]));
  let place = container.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const state = JSON.stringify(item);
    const old = before.get(key);
    before.delete(key);
    if (old && old.shownState === state) {
      if (old === place) place = place.nextElementSibling;
      else container.insertBefore(old, place);
      continue;
    }
    const fresh = render(item, old ?? null);
    fresh.dataset.key = key;
    fresh.shownState = state;
    const focused = old?.contains(document.activeElement) ? document.activeElement.dataset.control : null;
    container.insertBefore(fresh, place);
    if (old) {
      if (old === place) place = place.nextElementSibling;
      old.remove();
    }
    if (focused) fresh.querySelector(`[data-control="${focused}"]`)?.focus();
  }
  for (const gone of before.values()) gone.remove();
}

/** A link to what an alert names, only where it is a web address; else its text. */
export function outside(url, text = url) {
  return isWeb(url) ? el('a', {href: url, rel: 'noopener noreferrer', target: '_blank'}, text) : el('span', {}, text);
}

export function isWeb(url) {
  if (!/^https?:\/\//i.test(url)) return false;
  try {
    return ['http:', 'https:'].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

/**
 * A table that becomes one card a row where there is little room. Roles are said again, since such a layout
 * would take them from the elements.
 * columns: [{title, cell: row => child, or null for nothing, number: bool, head: bool}]
 */
export function table(caption, columns, rows) {
  const cell = (column, row) => {
    const content = column.cell(row);
    const classes = [column.number && 'number', content === null && 'nothing'].filter(Boolean).join(' ');
    return el(column.head ? 'th' : 'td', {
      role: column.head ? 'rowheader' : 'cell', scope: column.head ? 'row' : null,
      class: classes || null, 'data-title': column.title,
    }, el('div', {}, content ?? '–'));
  };
  return el('div', {class: 'sheet'}, el('table', {role: 'table'},
    el('caption', {class: 'unseen'}, caption),
    el('thead', {role: 'rowgroup'}, el('tr', {role: 'row'}, columns.map(column => el('th', {
      role: 'columnheader', scope: 'col', class: column.number ? 'number' : null}, column.title)))),
    el('tbody', {role: 'rowgroup'}, rows.map(row => el('tr', {role: 'row'}, columns.map(column => cell(column, row))))),
  ));
}

/** A labelled field of a form; `control` is an input, select or textarea. */
export function field(label, control, help = null) {
  control.id ||= `field-${++fields}`;
  const hint = help ? el('small', {id: `${control.id}-help`}, help) : null;
  if (hint) control.setAttribute('aria-describedby', hint.id);
  return el('div', {class: 'field'}, el('label', {for: control.id}, label), control, hint);
}

let fields = 0;

export function select(name, options, chosen) {
  return el('select', {name}, options.map(([value, text]) =>
    el('option', {value, props: {selected: String(value) === String(chosen)}}, text)));
}
