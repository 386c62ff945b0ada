// The people who wear insoles.
import { api, type Wearer } from '../api';
import { attempt, load, type View } from '../app';
import { button, dialog, field, h, render, table } from '../dom';
import { href } from '../route';
import { t } from '../texts';

export const wearersView: View = (element, app) => {
  const search = h('input', { type: 'search', placeholder: t.list.searchHint, 'aria-label': t.list.search });
  const result = h('div', {});
  let found: Wearer[] = [];
  const show = (): void => {
    const wanted = search.value.trim().toLowerCase();
    const rows = found.filter(wearer => wanted === '' || [wearer.id, wearer.name, wearer.deviceId].some(word => word?.toLowerCase().includes(wanted)));
    render(result, table(t.wearers.title, [
      { head: t.wearers.name, cell: wearer => wearer.erasedAt ? t.wearers.erased : h('a', { href: href('wearers', wearer.id) }, wearer.name) },
      { head: t.wearers.phone, cell: wearer => wearer.phone },
      { head: t.wearers.device, cell: wearer => wearer.deviceId ? h('a', { href: href('devices', wearer.deviceId) }, wearer.deviceId) : t.wearers.nobody },
      { head: t.wearers.consent, cell: wearer => wearer.consent ? `✓ ${t.wearers.given}` : `✕ ${t.wearers.notGiven}` },
      { head: t.wearers.hours, cell: wearer => wearer.workingHours === null ? t.wearers.always : wearer.workingHours.timeZone },
    ], rows, found.length === 0 ? t.wearers.empty : t.list.empty));
  };
  const read = (): Promise<void> => load(result, () => app.model.everyone(true), (_, wearers) => { found = wearers; show(); });
  const add = async (): Promise<void> => {
    const name = h('input', { required: true, maxlength: 100 }), phone = h('input', { type: 'tel', maxlength: 40 });
    if (!await dialog(t.wearers.add, [field(t.wearers.name, name), field(t.wearers.phone, phone)], t.create)) return;
    if (await attempt(async () => { location.hash = href('wearers', (await api.addWearer({ name: name.value.trim(), phone: phone.value.trim() || null })).id); })) void app.model.everyone(true);
  };
  search.addEventListener('input', show);
  render(element, h('div', { class: 'page' }, h('div', { class: 'row between' }, h('h1', {}, t.wearers.title), app.can('supervisor') ? button(t.wearers.add, () => void add(), { class: 'primary' }) : null), h('div', { class: 'filters' }, search), result));
  void read();
};
