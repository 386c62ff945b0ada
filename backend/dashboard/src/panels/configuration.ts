import { api, type Configuration } from '../api';
import { attempt, type App } from '../app';
import { h, render } from '../dom';
import { stamp } from '../format';
import { nowS } from '../model';
import { t } from '../texts';
import { terms } from './alert';

/** What the device should run with, what it says it runs with, and a form for whoever may change it. */
export function renderConfiguration(element: HTMLElement, data: { app: App; id: string; configuration: Configuration; again: () => Promise<void> }): void {
  const { app, id, configuration: { desired, own, reported, state, catalogue }, again } = data;
  const words: Record<string, string> = { 'in-force': `✓ ${t.device.inForce}`, pending: `… ${t.device.pending}`, refused: `✕ ${t.device.refused}` };
  const inputs = catalogue.map(setting => ({
    setting,
    input: h('input', {
      type: 'number', min: setting.min, max: setting.max, step: 1, value: own[setting.name] ?? '', placeholder: desired.settings[setting.name] ?? setting.default,
      disabled: !app.can('supervisor'), 'aria-label': setting.meaning,
    }),
  }));
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const settings = Object.fromEntries(inputs.filter(({ input }) => input.value !== '').map(({ setting, input }) => [setting.name, Number(input.value)]));
    if (await attempt(() => api.setConfiguration(id, settings), t.saved)) await again();
  };
  render(element, h('h2', {}, t.device.configuration), terms([
    [t.devices.state, h('strong', {}, words[state] ?? state)],
    [t.device.desired, t.device.version(desired.version)],
    [t.device.reported, `${t.device.version(reported?.version ?? null)}${reported?.at ? `, ${stamp(reported.at, nowS())}` : ''}`],
    ['', reported?.problem ? h('span', { class: 'problem' }, t.device.refusedFor(reported.problem)) : null],
  ]),
  catalogue.length === 0 ? null : h('details', {}, h('summary', {}, t.edit), h('form', { onsubmit: event => void send(event) },
    h('div', { class: 'table' }, h('table', {}, h('thead', {}, h('tr', {}, [t.device.setting, t.device.value, t.device.range].map(head => h('th', { scope: 'col' }, head)))), h('tbody', {}, inputs.map(({ setting, input }) => h('tr', {},
      h('td', {}, setting.name, h('small', {}, ` ${setting.meaning}`)), h('td', {}, input, setting.unit ? ` ${setting.unit}` : null), h('td', {}, `${setting.min} – ${setting.max}`)))))),
    app.can('supervisor') ? h('button', { type: 'submit', class: 'primary' }, t.device.saveConfiguration) : null)));
}
