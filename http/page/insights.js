// What the history says when it is counted: how much, how fast, how noisy, and what is to come.
import {get, segments} from './api.js';
import {chart, colours, lineColour} from './charts.js';
import {el, field, fill, select, table} from './dom.js';
import {count, duration, percent, plural, when} from './format.js';
import {empty, part, section, severityMark, trouble} from './parts.js';

export const title = 'Insights';
export const gap = 60000;

const severities = ['critical', 'warning', 'info'];
const spans = [['1', 'last day'], ['7', 'last 7 days'], ['30', 'last 30 days'], ['90', 'last 90 days'], ['365', 'last year']];
const mostCards = 6;

export function open({root, params, setParams}) {
  const days = select('days', spans, params.get('days') ?? '7');
  const box = name => el('div', {class: 'part', 'data-part': name}, el('p', {class: 'quiet'}, 'Counting …'));
  const boxes = Object.fromEntries(['anomalies', 'trends', 'sla', 'services', 'top', 'channels', 'noise', 'forecast'].map(name => [name, box(name)]));
  const state = {service: params.get('service') ?? ''};
  fill(root, el('div', {class: 'head'}, el('h1', {}, title), el('div', {class: 'inline'}, field('Counted over the', days))),
    section('Unusual now', boxes.anomalies),
    section('Alerts', boxes.trends),
    section('How fast', boxes.sla),
    section('Services', boxes.services),
    el('div', {class: 'columns even'}, el('div', {}, section('Most frequent', boxes.top)), el('div', {}, section('Delivery by channel', boxes.channels))),
    section('Noise', boxes.noise),
    section('What is to come', boxes.forecast));

  const remember = () => setParams({days: days.value, service: state.service});
  days.addEventListener('change', () => {
    remember();
    refresh();
  });

  async function refresh() {
    const range = Number(days.value);
    const statistics = get('api/alerts/statistics', {days: range});
    const topServices = statistics.then(({data}) => data.top_services_by_alert_count.map(one => one.service).filter(Boolean));
    // Whoever needs it tells of its failure.
    topServices.catch(() => {});
    await Promise.all([
      part(boxes.anomalies, anomalies),
      part(boxes.trends, async () => trends(range, (await statistics).data)),
      part(boxes.sla, () => sla(range)),
      part(boxes.services, async () => services(range, await topServices)),
      part(boxes.top, () => top(range)),
      part(boxes.channels, () => channels(range)),
      part(boxes.noise, () => noise(range)),
      part(boxes.forecast, async () => forecast(state, await topServices, remember)),
    ]);
  }
  // Charts take their colours once.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => root.isConnected && refresh());
  return {refresh};
}

async function anomalies() {
  const {data, looked_at: looked} = await get('api/alerts/anomalies');
  const note = looked?.note ? el('p', {class: 'quiet'}, looked.note) : null;
  if (!data.length) return [empty('No alert comes more often than usual.'), note];
  return [el('ul', {class: 'plain anomalies'}, data.map(one => el('li', {},
    el('strong', {}, one.alert_name), one.service ? el('span', {class: 'quiet'}, ` ${one.service}`) : null,
    el('p', {}, `${plural(one.seen, 'alert')} since `, when(one.since), one.expected < 0.5 ? ' where hardly any are usual.' : ` where ${rounded(one.expected)} are usual (${count(one.lower)} to ${count(one.upper)}).`)))), note];
}

function rounded(number) {
  return number >= 10 ? count(Math.round(number)) : String(Math.round(number * 10) / 10);
}

/** All hours or days (UTC) of the range, also those in which nothing happened. */
function buckets(range, hourly) {
  const step = hourly ? 3600e3 : 86400e3;
  const last = Math.floor(Date.now() / step) * step;
  const number = hourly ? range * 24 : range;
  return Array.from({length: number}, (_, at) => new Date(last - (number - 1 - at) * step));
}

const hourText = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit'});
const hourOfDay = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit'});
const dayText = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', timeZone: 'UTC'});

async function trends(range, statistics) {
  const hourly = range <= 7;
  const {data} = await get('api/alerts/trends', {days: range, granularity: hourly ? 'hour' : 'day'});
  const times = buckets(range, hourly);
  const found = new Map(data.map(point => [`${point.time_bucket} ${point.severity}`, point.count]));
  const nameOf = time => time.toISOString().slice(0, hourly ? 16 : 10).replace('T', ' ');
  const datasets = severities.map(severity => ({
    label: severity, backgroundColor: colours[severity], data: times.map(time => found.get(`${nameOf(time)} ${severity}`) ?? 0),
    barPercentage: 1, categoryPercentage: times.length > 60 ? 1 : 0.85,
  }));
  const labels = times.map(time => hourly ? (range === 1 ? hourOfDay : hourText).format(time) : dayText.format(time));
  const by = statistics.severity_distribution;
  return [
    el('ul', {class: 'figures'},
      figure(count(statistics.total_alerts), 'alerts'), severities.map(severity => figure(count(by[severity]), severityMark(severity))),
      figure(count(statistics.acknowledged_count), 'acknowledged'), figure(count(statistics.notification_count), 'notifications')),
    await chart({type: 'bar', labels, datasets, stacked: true, unit: hourly ? 'alerts an hour' : 'alerts a day (UTC)',
      description: `Alerts ${hourly ? 'an hour' : 'a day'}: ${count(by.critical)} critical, ${count(by.warning)} warning, ${count(by.info)} info in all.`}),
  ];
}

function figure(number, label) {
  return el('li', {}, el('strong', {}, number), el('span', {}, label));
}

function against(seconds, target) {
  if (seconds === null) return '–';
  if (target === null || target === undefined) return duration(seconds);
  const met = seconds <= target;
  return [el('span', {class: met ? 'good-text' : 'bad-text'}, duration(seconds)),
    el('small', {}, `${met ? 'within' : 'over'} ${duration(target)}`)];
}

async function sla(range) {
  const {data} = await get('api/alerts/report/sla', {days: range});
  if (!data.total_alerts) return empty('There were no alerts.');
  const rows = data.by_severity;
  const weeks = data.by_week.filter(week => week.sla_score !== null);
  return [
    el('ul', {class: 'figures'}, figure(percent(data.sla_score), 'met their targets'), figure(duration(data.mtta_seconds), 'to acknowledge (mean)'),
      figure(duration(data.mttr_seconds), 'to resolve (mean)'), figure(count(data.missed_count), 'missed a target')),
    table('How fast alerts were acknowledged and resolved', [
      {title: 'Severity', cell: row => severityMark(row.severity), head: true},
      {title: 'Alerts', cell: row => count(row.total_alerts), number: true},
      {title: 'To acknowledge', cell: row => against(row.mtta_seconds, data.targets[row.severity]?.acknowledge_seconds), number: true},
      {title: 'To resolve', cell: row => against(row.mttr_seconds, data.targets[row.severity]?.resolve_seconds), number: true},
      {title: 'Met targets', cell: row => percent(row.sla_score), number: true},
    ], rows),
    weeks.length > 1 ? await chart({type: 'line', unit: '% met', max: 100, legend: false, labels: weeks.map(week => week.week),
      datasets: [{label: 'met their targets', data: weeks.map(week => week.sla_score), borderColor: lineColour(), backgroundColor: lineColour(), tension: 0.2}],
      description: `Share of alerts that met their targets by week; last ${percent(weeks.at(-1).sla_score)}.`}) : null,
  ];
}

async function services(range, names) {
  if (!names.length) return empty('No alert names a service.');
  const answers = await Promise.all(names.slice(0, mostCards).map(name => get(`api/alerts/service-health/${segments(name)}`, {days: range})));
  return el('div', {class: 'cards'}, answers.map(({data}) => el('article', {class: 'card', 'aria-label': data.service},
    el('h3', {}, data.service),
    el('p', {class: 'big'}, data.rating, el('small', {}, ` ${percent(data.sla_score)}`)),
    el('p', {class: 'marks'}, severities.filter(severity => data[`${severity}_count`]).map(severity =>
      el('span', {}, `${count(data[`${severity}_count`])} `, severityMark(severity)))),
    el('p', {class: 'quiet'}, data.resolved_count ? `${percent(data.resolved_rate_percent)} resolved, in ${duration(data.average_resolution_time_seconds)} on average` : 'None resolved yet'))));
}

async function top(range) {
  const {data} = await get('api/alerts/top-alerts', {days: range, limit: 8});
  if (!data.length) return empty('There were no alerts.');
  return table('Most frequent alerts', [
    {title: 'Alert', cell: one => el('a', {href: `#/history?${new URLSearchParams({alert_name: one.alert_name, days: range})}`}, one.alert_name || 'without a name'), head: true},
    {title: 'Times', cell: one => count(one.count), number: true},
    {title: 'Took', cell: one => duration(one.avg_resolution_time), number: true},
    {title: 'Nobody took', cell: one => count(one.never_acknowledged_count), number: true},
  ], data);
}

async function channels(range) {
  const {data} = await get('api/alerts/notification-statistics', {days: Math.min(range, 30)});
  const list = data.channels;
  if (!list.length) return empty('Nothing was notified.');
  return [table('Notifications by channel', [
    {title: 'Channel', cell: one => [one.channel, el('small', {}, one.kind)], head: true},
    {title: 'Sent', cell: one => count(one.notifications), number: true},
    {title: 'Delivered', cell: one => el('span', {class: one.failed ? 'bad-text' : 'good-text'}, percent(one.success_percent)), number: true},
    {title: 'Retries', cell: one => count(one.retries), number: true},
    {title: 'Takes', cell: one => one.average_duration_ms === null ? '–' : `${count(Math.round(one.average_duration_ms))} ms`, number: true},
  ], list), range > 30 ? el('p', {class: 'quiet'}, 'Of the last 30 days.') : null];
}

async function noise(range) {
  const {data} = await get('api/alerts/report/noise', {days: range, limit: 5});
  if (!data.total_alerts) return empty('There were no alerts.');
  const lists = [
    ['never_acknowledged', 'Over without anybody', one => percent(one.never_acknowledged_percent)],
    ['most_flapping', 'Come and go', one => count(one.reopen_count + one.brief_count)],
    ['most_notified', 'Notified most', one => count(one.notification_count)],
    ['most_duplicated', 'Reported most', one => count(one.occurrence_count)],
  ].filter(([name]) => data[name].length);
  return [
    el('ul', {class: 'figures'}, figure(percent(data.never_acknowledged_percent), 'over without anybody having taken them'),
      figure(count(data.brief_count), `over within ${duration(data.brief_seconds)}`),
      figure(rounded(data.notifications_per_alert ?? 0), 'notifications an alert')),
    el('div', {class: 'columns even'}, lists.map(([name, heading, value]) => el('div', {}, el('h3', {}, heading),
      el('ol', {class: 'ranking'}, data[name].map(one => el('li', {}, el('span', {}, one.alert_name || 'without a name'), el('span', {class: 'number'}, value(one)))))))),
    el('p', {class: 'quiet note'}, 'What stands on top is a candidate for a longer wait, another route, or deletion.'),
  ];
}

async function forecast(state, names, remember) {
  if (!names.length) return empty('No alert names a service.');
  if (!names.includes(state.service)) [state.service] = names;
  const chooser = select('service', names.map(name => [name, name]), state.service);
  const body = el('div', {});
  const draw = () => part(body, () => expected(state.service));
  chooser.addEventListener('change', () => {
    state.service = chooser.value;
    remember();
    draw();
  });
  await draw();
  return [el('div', {class: 'inline'}, field('Service', chooser)), body];
}

async function expected(service) {
  const {data} = await get(`api/alerts/forecast/${segments(service)}`, {hours: 24});
  if (!data.forecast) return trouble('The forecast has no hours.');
  const line = (label, member, more) => ({label, data: data.forecast.map(hour => hour[member]), pointRadius: 0, borderWidth: 0, ...more});
  return [
    el('p', {}, el('strong', {}, `${rounded(data.total.expected)} alerts`), ` are to be expected in the next 24 hours, ${count(data.total.lower)} to ${count(data.total.upper)} in ${data.interval_percent} of 100 cases.`),
    data.note ? el('p', {class: 'quiet'}, data.note) : null,
    await chart({
      type: 'line', unit: 'alerts an hour', labels: data.forecast.map(hour => hourOfDay.format(new Date(hour.time))),
      datasets: [
        line('expected', 'expected', {borderColor: lineColour(), backgroundColor: lineColour(), borderWidth: 2, tension: 0.3}),
        line(`in ${data.interval_percent} of 100 cases`, 'upper', {backgroundColor: colours.band, fill: '+1', stepped: 'middle'}),
        line('(lower)', 'lower', {stepped: 'middle'}),
      ],
      description: `Expected alerts of ${service} hour by hour; ${rounded(data.total.expected)} in 24 hours.`,
    }),
  ];
}
