// The server's calls. Paths are relative to the page, so that any prefix will do.

/** What went wrong, in words for people. `status` is 0 when nothing answered. */
export class Trouble extends Error {
  constructor(message, status, parameter = null) {
    super(message);
    this.status = status;
    this.parameter = parameter;
  }
}

/** Leaves out what is empty. */
export function query(parameters) {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') text.set(name, value);
  }
  const written = text.toString();
  return written ? `?${written}` : '';
}

/** A segment, or segments, of a path. A segment of dots would be taken as a step up, whatever its escape. */
export function segments(text) {
  return text.split('/').map(encodeURIComponent).join('/');
}

async function send(method, path, body) {
  const options = {method, cache: 'no-store', headers: {}};
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers['Content-Type'] = 'application/json';
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    listeners.forEach(listener => listener(false));
    throw new Trouble('Tocsin is not reachable.', 0);
  }
  listeners.forEach(listener => listener(true));
  const text = await response.text();
  const answer = parsed(text);
  if (response.ok) return answer;
  throw troubleOf(answer, text, response.status);
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

// Ours has error.message; Alertmanager's calls answer a string or {code, message}.
function troubleOf(answer, text, status) {
  const message = answer?.error?.message ?? answer?.message ?? (typeof answer === 'string' ? answer : text);
  return new Trouble(message || `The server answered ${status}.`, status, answer?.error?.parameter);
}

const listeners = [];

/** Calls the listener with whether the server answered, after each call. */
export function onReached(listener) {
  listeners.push(listener);
}

export const get = (path, parameters = {}) => send('GET', path + query(parameters));
export const put = (path, body) => send('PUT', path, body);
export const post = (path, body) => send('POST', path, body);
export const remove = (path, parameters = {}) => send('DELETE', path + query(parameters));
