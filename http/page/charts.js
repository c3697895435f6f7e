// Charts by Chart.js, which is loaded only where one is shown.
import {el} from './dom.js';

let library = null;

/** Its file sets a global of that name. */
function load() {
  library ??= import('./chart.js').then(() => globalThis.Chart);
  return library;
}

// Okabe and Ito's colours, which people with any colour vision tell apart.
export const colours = {
  critical: '#d55e00', warning: '#e69f00', info: '#56b4e9', good: '#009e73', other: '#0072b2', band: 'rgba(86, 180, 233, 0.3)',
};

/** A thin line needs to stand out from the ground. */
export function lineColour() {
  return matchMedia('(prefers-color-scheme: dark)').matches ? colours.info : colours.other;
}

function ink(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const shown = new Set();

/** Frees what charts of views that are gone hold. */
function sweep() {
  for (const chart of shown) {
    if (chart.canvas?.isConnected) continue;
    chart.destroy();
    shown.delete(chart);
  }
}

function axes({stacked, unit, max}) {
  const grid = {color: ink('--line'), drawTicks: false};
  const ticks = {color: ink('--quiet'), padding: 6, font: {size: 12}};
  return {
    x: {stacked, grid: {display: false}, ticks: {...ticks, autoSkip: true, maxRotation: 0, autoSkipPadding: 16}},
    y: {
      stacked, beginAtZero: true, max, grid: {...grid, drawBorder: false}, ticks: {...ticks, precision: 0, maxTicksLimit: 6},
      title: {display: Boolean(unit), text: unit, color: ink('--quiet')},
    },
  };
}

/**
 * @param type `bar` or `line`
 * @param description what a person who does not see it needs to know
 * @returns an element that has it once it is in the page
 */
export async function chart({type, labels, datasets, description, unit = '', stacked = false, max, legend = true}) {
  const Chart = await load();
  sweep();
  const canvas = el('canvas', {role: 'img', 'aria-label': description});
  const box = el('div', {class: 'chart'}, canvas);
  // It measures its box, which has a size only in the page.
  requestAnimationFrame(() => {
    if (!canvas.isConnected) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    shown.add(new Chart(canvas, {
      type, data: {labels, datasets},
      options: {
        responsive: true, maintainAspectRatio: false, animation: still ? false : {duration: 200},
        interaction: {mode: 'index', intersect: false},
        scales: axes({stacked, unit, max}),
        plugins: {
          legend: {display: legend, position: 'bottom', labels: {
            color: ink('--ink'), boxWidth: 12, boxHeight: 12, padding: 16, filter: item => !item.text.startsWith('(')}},
          tooltip: {filter: item => !item.dataset.label.startsWith('(')},
        },
      },
    }));
  });
  return box;
}
