import type { DeviceState } from '../api';
import type { App } from '../app';
import { button, h, keyed, render, select } from '../dom';
import type { Change, Dot } from '../model';
import { t } from '../texts';
import { ago } from '../ticker';

const shownMax = 150; // rows; whoever looks for one of 10,000 types a name
const order: readonly DeviceState[] = ['alert', 'overdue', 'moving', 'still', 'planned-silence', 'hidden', 'never-heard'];

/** All devices in words: what the map shows, findable. */
export function deviceList(element: HTMLElement, data: { app: App; choose: (id: string) => void }): { update: (changes: ReadonlySet<Change>) => void } {
  const { model } = data.app;
  const search = h('input', { type: 'search', placeholder: t.list.searchHint, 'aria-label': t.list.search, oninput: () => update(new Set(['devices'])) });
  const state = select([['', `${t.list.state}: ${t.list.all}`], ...order.map(name => [name, t.deviceState[name]] as const)], '', { 'aria-label': t.list.state, onchange: () => update(new Set(['devices'])) });
  const list = h('ul', { class: 'devices', 'aria-label': t.inbox.people });
  const shown = h('p', { class: 'quiet', role: 'status' });
  render(element, h('div', { class: 'row find' }, search, state), list, shown);

  function update(changes: ReadonlySet<Change>): void {
    if (!changes.has('devices')) return;
    const found = pick([...model.dots.values()], search.value, state.value);
    const rows = found.slice(0, shownMax);
    keyed(list, rows, dot => dot.id, dot => [dot.state, dot.percent, dot.status?.heardAt, dot.wearer, dot.name].join('|'), dot => h('li', {}, row(dot, data.choose)));
    shown.textContent = found.length === 0 && model.loaded ? t.list.empty : t.list.shown(rows.length, found.length);
  }

  update(new Set(['devices']));
  return { update };
}

/** Those whose name, wearer or id holds a text, in a state; who needs a look first. */
export function pick(dots: readonly Dot[], text: string, state: string): Dot[] {
  const wanted = text.trim().toLowerCase();
  return dots
    .filter(dot => (state === '' || dot.state === state) && (wanted === '' || [dot.id, dot.name, dot.wearer].some(word => word?.toLowerCase().includes(wanted))))
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || label(a).localeCompare(label(b)));
}

const label = (dot: Dot): string => dot.wearer ?? dot.name ?? dot.id;

function row(dot: Dot, choose: (id: string) => void): HTMLElement {
  return button([
    h('span', { class: `state ${dot.state}` }, t.deviceState[dot.state]),
    h('strong', {}, label(dot)),
    h('span', { class: 'quiet' }, dot.percent === null ? '' : `${dot.percent} %`, ' ', dot.status?.heardAt ? ago(dot.status.heardAt) : dot.position ? ago(dot.position.time) : t.deviceState['never-heard']),
  ], () => choose(dot.id), { class: 'device-row', 'data-focus': 'choose' });
}
