// One wearer: a day of theirs to play back, and what stands about them: insole, consent, hours, data.
import { api, type Wearer } from '../api';
import { attempt, load, type App, type View } from '../app';
import { button, dialog, field, h, render, select, table } from '../dom';
import { isoDate, stamp, validZone } from '../format';
import { nowS } from '../model';
import { terms } from '../panels/alert';
import { renderDay } from '../panels/day';
import { hoursForm } from '../panels/hours';
import { href } from '../route';
import { t } from '../texts';

const dayS = 86_400;

export const wearerView: View = (element, app, route) => {
  const id = route.id!;
  const head = h('div', {}), day = h('div', {}), settings = h('div', {});
  render(element, h('div', { class: 'page' }, head, settings, day));
  let endDay = (): void => {};
  let ended = false;

  const showDay = (wearer: Wearer, date: string): void => {
    const zone = zoneOf(wearer, app);
    const choose = (next: string): void => { history.replaceState(null, '', href('wearers', id, next)); showDay(wearer, next); };
    const input = h('input', { type: 'date', value: date, 'aria-label': t.day.date, onchange: () => { if (input.value) choose(input.value); } });
    const result = h('div', {});
    endDay();
    endDay = () => {};
    render(day, h('h2', {}, t.day.title), h('div', { class: 'row' },
      button('◀', () => choose(shift(date, -1)), { 'aria-label': t.day.earlier }), input, button('▶', () => choose(shift(date, 1)), { 'aria-label': t.day.later }),
      zone ? h('span', { class: 'quiet' }, zone) : null), result);
    void load(result, () => api.day(id, date), (box, found) => { if (!ended) endDay = renderDay(box, { app, day: found }); });
  };
  const read = (): Promise<void> => load(settings, () => api.wearer(id), (box, wearer) => {
    render(head, h('p', {}, h('a', { href: href('wearers') }, `← ${t.wearers.title}`)), h('h1', {}, wearer.erasedAt ? t.wearers.erased : wearer.name));
    renderSettings(box, app, wearer, () => void read());
    if (day.childElementCount === 0) showDay(wearer, route.part ?? isoDate(nowS(), zoneOf(wearer, app)));
  });
  void read();
  return () => { ended = true; endDay(); };
};

// By whose clock the server reckons a wearer's day.
function zoneOf(wearer: Wearer, app: App): string | undefined {
  const zone = wearer.timeZone ?? app.zone;
  return zone && validZone(zone) ? zone : undefined;
}

const shift = (date: string, days: number): string => isoDate(Date.parse(`${date}T12:00:00Z`) / 1000 + days * dayS, 'UTC');

function renderSettings(element: HTMLElement, app: App, wearer: Wearer, again: () => void): void {
  const assignments = h('div', {});
  render(element, h('div', { class: 'flow' }, person(app, wearer, again),
    h('section', { class: 'panel' }, h('h2', {}, t.wearer.device), device(app, wearer, again), assignments),
    h('section', { class: 'panel' }, h('h2', {}, t.wearer.consent), consent(app, wearer, again), data(app, wearer, again)),
    h('section', { class: 'panel' }, hours(app, wearer, again))));
  void load(assignments, () => api.assignments(wearer.id), (box, found) => render(box, h('details', {}, h('summary', {}, t.wearer.assignments), table(t.wearer.assignments, [
    { head: t.device.wearer, cell: item => h('a', { href: href('devices', item.deviceId) }, item.deviceId) },
    { head: t.wearer.from, cell: item => stamp(item.from, nowS()) },
    { head: t.wearer.to, cell: item => item.to === null ? t.wearer.still : stamp(item.to, nowS()) },
  ], found.assignments, t.none))));
}

function person(app: App, wearer: Wearer, again: () => void): HTMLElement {
  if (!app.can('supervisor')) return h('section', { class: 'panel' }, h('h2', {}, t.wearer.profile), terms([[t.wearers.name, wearer.name], [t.wearers.phone, wearer.phone]]));
  const name = h('input', { value: wearer.name, required: true, maxlength: 100 }), phone = h('input', { type: 'tel', value: wearer.phone ?? '', maxlength: 40 });
  const policy = select([['', t.wearer.policyUsual]], '');
  void api.policies().then(({ policies }) => {
    for (const item of policies) if (!item.builtIn) policy.append(h('option', { value: item.id }, item.name));
    policy.value = wearer.policy ?? '';
  }, () => {});
  const save = (event: Event): void => {
    event.preventDefault();
    void attempt(() => api.changeWearer(wearer.id, { name: name.value.trim(), phone: phone.value.trim(), policy: policy.value }), t.saved).then(done => { if (done) again(); });
  };
  return h('section', { class: 'panel' }, h('h2', {}, t.wearer.profile), h('form', { onsubmit: save },
    field(t.wearers.name, name), field(t.wearers.phone, phone), field(t.wearer.policy, policy), h('button', { type: 'submit' }, t.save)));
}

function device(app: App, wearer: Wearer, again: () => void): HTMLElement {
  const give = (id: string | null): void => void attempt(() => api.assignDevice(wearer.id, id), t.saved).then(done => { if (done) { void app.model.everyone(true); again(); } });
  const now = h('p', {}, wearer.deviceId ? h('a', { href: href('devices', wearer.deviceId) }, wearer.deviceId) : t.wearer.noDevice);
  if (!app.can('supervisor')) return now;
  const list = h('datalist', { id: 'devices-known' }, [...app.model.dots.keys()].slice(0, 1000).map(value => h('option', { value })));
  const id = h('input', { list: list.id, required: true, autocomplete: 'off', spellcheck: 'false' });
  return h('div', {}, now, wearer.deviceId ? button(t.wearer.take, () => give(null)) : null,
    h('form', { onsubmit: event => { event.preventDefault(); give(id.value.trim()); } }, field(t.wearers.device, id), list, h('button', { type: 'submit' }, t.wearer.assign)));
}

function consent(app: App, wearer: Wearer, again: () => void): HTMLElement {
  const say = (given: boolean): void => void attempt(() => api.consent(wearer.id, given), t.saved).then(done => { if (done) again(); });
  const may = app.can('supervisor') || app.me.wearerId === wearer.id;
  return h('div', {},
    h('p', {}, wearer.consent ? `✓ ${wearer.consentAt ? t.wearer.since(stamp(wearer.consentAt, nowS())) : t.wearers.given}` : `✕ ${t.wearers.notGiven}`),
    h('p', { class: 'quiet' }, t.wearer.consentText),
    may ? button(wearer.consent ? t.wearer.withdraw : t.wearer.give, () => say(!wearer.consent)) : null);
}

function data(app: App, wearer: Wearer, again: () => void): HTMLElement | null {
  const own = app.me.wearerId === wearer.id;
  if (!app.can('admin') && !own) return null;
  const erase = async (): Promise<void> => {
    const name = h('input', { required: true, autocomplete: 'off' });
    if (!await dialog(t.wearer.eraseTitle(wearer.name), [h('p', {}, t.wearer.eraseText), field(t.wearer.eraseConfirm, name)], t.wearer.erase, true)) return;
    if (await attempt(() => api.eraseWearer(wearer.id, name.value), t.wearer.erased)) again();
  };
  return h('div', {}, h('h3', {}, t.wearer.data), h('div', { class: 'row' },
    button(t.wearer.export, () => void attempt(() => api.download('POST', `/wearers/${encodeURIComponent(wearer.id)}/export`, `wearer-${wearer.id}.zip`))),
    app.can('admin') ? button(t.wearer.erase, () => void erase(), { class: 'danger' }) : null));
}

function hours(app: App, wearer: Wearer, again: () => void): HTMLElement {
  const box = h('div', {});
  const form = hoursForm(box, { hours: wearer.workingHours, zone: wearer.timeZone ?? app.zone, always: t.wearer.always, enabled: app.can('supervisor') });
  const save = (event: Event): void => {
    event.preventDefault();
    void attempt(async () => api.changeWearer(wearer.id, { workingHours: form.read() }), t.saved).then(done => { if (done) again(); });
  };
  return h('details', {}, h('summary', {}, `${t.wearer.hours}: ${wearer.workingHours === null ? t.wearers.always : wearer.workingHours.timeZone}`), h('p', { class: 'quiet' }, t.wearer.hoursText), h('form', { onsubmit: save }, box, app.can('supervisor') ? h('button', { type: 'submit' }, t.save) : null));
}
