// All devices as a table; new ones are made known here.
import { api, type Device } from '../api';
import { attempt, load, type View } from '../app';
import { button, dialog, field, h, render, table } from '../dom';
import { stateOf } from '../deviceState';
import { nowS } from '../model';
import { showDeviceSecret } from '../panels/secret';
import { href } from '../route';
import { t } from '../texts';
import { ago } from '../ticker';

const rowsMax = 300;

export const devicesView: View = (element, app) => {
  const search = h('input', { type: 'search', placeholder: t.list.searchHint, 'aria-label': t.list.search });
  const result = h('div', {});
  let found: { device: Device; openAlerts: number }[] = [];
  const show = (): void => {
    const wanted = search.value.trim().toLowerCase();
    const rows = found.filter(({ device }) => wanted === '' || [device.id, device.name, device.wearer?.name].some(word => word?.toLowerCase().includes(wanted)));
    render(result, list(rows.slice(0, rowsMax)), h('p', { class: 'quiet', role: 'status' }, t.list.shown(Math.min(rows.length, rowsMax), rows.length)));
  };
  const list = (rows: typeof found): HTMLElement => table(t.devices.title, [
    { head: t.devices.id, cell: ({ device }) => h('a', { href: href('devices', device.id) }, device.id) },
    { head: t.devices.name, cell: ({ device }) => device.name },
    { head: t.devices.wearer, cell: ({ device }) => device.wearer ? h('a', { href: href('wearers', device.wearer.id) }, device.wearer.name) : null },
    {
      head: t.devices.state, cell: ({ device }) => {
        const state = stateOf(device.status, app.model.openOf(device.id), nowS());
        return device.revoked ? t.devices.revoked : h('span', { class: `state ${state}` }, t.deviceState[state]);
      },
    },
    { head: t.devices.battery, cell: ({ device }) => device.status?.battery ? `${device.status.battery.percent} %` : null, class: 'number' },
    { head: t.devices.heard, cell: ({ device }) => device.status?.heardAt ? ago(device.status.heardAt) : t.never },
    { head: t.devices.alerts, cell: ({ openAlerts }) => openAlerts || null, class: 'number' },
  ], rows, found.length === 0 ? t.devices.empty : t.list.empty);
  const read = (): Promise<void> => load(result, () => api.devices(10_000), (_, devices) => { found = devices; show(); });
  const add = async (): Promise<void> => {
    const id = h('input', { required: true, pattern: '[A-Za-z0-9_\\-]{1,64}', autocomplete: 'off', spellcheck: 'false' }), name = h('input', { maxlength: 100 });
    if (!await dialog(t.devices.provisionTitle, [field(t.devices.id, id, t.devices.idHint), field(t.devices.name, name)], t.devices.provision)) return;
    if (await attempt(async () => showDeviceSecret(await api.provision(id.value, name.value.trim() || null)))) await read();
  };
  search.addEventListener('input', show);
  render(element, h('div', { class: 'page' }, h('div', { class: 'row between' }, h('h1', {}, t.devices.title), app.can('admin') ? button(t.devices.add, () => void add(), { class: 'primary' }) : null), h('div', { class: 'filters' }, search), result));
  void read();
};
