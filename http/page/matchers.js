// Matchers in Alertmanager's notation: `severity="critical", team=~"a|b"`.

const one = /\s*("(?:[^"\\]|\\.)*"|[^\s=!~,{}"]+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^\s,{}"]*)\s*/y;

function unquoted(text) {
  if (!text.startsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/g, (_, c) => c === 'n' ? '\n' : c);
}

function quoted(text) {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

/** As the silences of API v2 want them. Throws an Error that says where it cannot be read. */
export function parseMatchers(text) {
  let rest = text.trim();
  if (rest.startsWith('{') && rest.endsWith('}')) rest = rest.slice(1, -1);
  const matchers = [];
  one.lastIndex = 0;
  while (one.lastIndex < rest.length) {
    const from = one.lastIndex;
    const found = one.exec(rest);
    if (!found) throw new Error(`Expected a matcher such as severity="critical" at: ${rest.slice(from).trim() || 'the end'}`);
    const [, name, operator, value] = found;
    matchers.push({name: unquoted(name), value: unquoted(value), isRegex: operator.endsWith('~'), isEqual: !operator.startsWith('!')});
    if (one.lastIndex === rest.length) break;
    if (rest[one.lastIndex] !== ',') throw new Error(`Expected a comma before: ${rest.slice(one.lastIndex)}`);
    one.lastIndex += 1;
  }
  if (!matchers.length) throw new Error('Expected at least one matcher, such as severity="critical".');
  return matchers;
}

function nameOf(name) {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quoted(name);
}

/** Matchers that hold for exactly these labels. */
export function matchersFor(labels) {
  return Object.entries(labels).map(([name, value]) => `${nameOf(name)}=${quoted(value)}`).join(', ');
}
