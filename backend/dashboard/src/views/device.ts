// One device: how it stands, what waits on it, what is asked of it, its configuration, its last day.
import { api, type Bucket, type Buffer, type CommandRecord, type Day, type DeviceDetail } from '../api';
import { attempt, load, toast, type App, type View } from '../app';
import { button, dialog, h, render, table } from '../dom';
import { coordinates, duration, stamp } from '../format';
import { stateOf } from '../deviceState';
import { nowS } from '../model';
import { terms } from '../panels/alert';
import { renderConfiguration } from '../panels/configuration';
import { renderDay } from '../panels/day';
import { showDeviceSecret } from '../panels/secret';
import { renderUpdate } from '../panels/update';
import { href } from '../route';
import { t } from '../texts';
import { ago } from '../ticker';

const againMs = 3000;

export const deviceView: View = (element, app, route) => {
  const id = route.id!;
  const head = h('div', {}), status = h('section', { class: 'panel' }), buffer = h('section', { class: 'panel' });
  const commands = h('section', { class: 'panel' }), configuration = h('section', { class: 'panel' }), update = h('section', { class: 'panel', hidden: true }), day = h('div', {});
  render(element, h('div', { class: 'page' }, head, h('div', { class: 'flow' }, status, commands, buffer, update, configuration), h('h2', {}, t.device.recent), day));

  const readStatus = (): Promise<void> => load(status, () => api.device(id), (box, detail) => {
    renderHead(head, app, detail);
    renderStatus(box, app, detail);
    renderUpdate(update, { app, detail, again: readStatus });
  });
  const readBuffer = (): Promise<void> => load(buffer, () => api.buffer(id), renderBuffer);
  const readCommands = (): Promise<void> => load(commands, () => api.commands(id).then(answer => answer.commands), (box, list) => renderCommands(box, app, id, list, readCommands));
  const readConfiguration = (): Promise<void> => load(configuration, () => api.configuration(id), (box, found) => renderConfiguration(box, { app, id, configuration: found, again: readConfiguration }));
  void readStatus();
  void readBuffer();
  void readCommands();
  void readConfiguration();
  let endDay = (): void => {};
  void load(day, () => lastDay(id, app), (box, found) => { endDay = renderDay(box, { app, day: found }); });

  let timer: ReturnType<typeof setTimeout> | null = null;
  const unsubscribe = app.model.subscribe(changes => {
    if (changes.has('commands')) void readCommands();
    if (changes.has('updates')) void readStatus();
    if (!changes.has('devices') && !changes.has('alerts')) return;
    timer ??= setTimeout(() => {
      timer = null;
      if (element.contains(document.activeElement) && document.activeElement?.closest('.panel') === configuration) return;
      void readStatus();
      void readBuffer();
    }, againMs);
  });
  return () => { unsubscribe(); endDay(); if (timer) clearTimeout(timer); };
};

function renderHead(element: HTMLElement, app: App, { device }: DeviceDetail): void {
  const secret = async (): Promise<void> => {
    if (!await dialog(t.devices.newSecret, [h('p', {}, t.devices.newSecretAsk)], t.devices.newSecret, true)) return;
    await attempt(async () => showDeviceSecret(await api.newSecret(device.id)));
  };
  const revoke = async (): Promise<void> => {
    if (!await dialog(`${t.devices.revoke}: ${device.id}`, [h('p', {}, t.devices.revokeAsk)], t.devices.revoke, true)) return;
    if (await attempt(() => api.revoke(device.id))) location.hash = href('devices');
  };
  render(element, h('p', {}, h('a', { href: href('devices') }, `← ${t.devices.title}`)),
    h('div', { class: 'row between' }, h('h1', {}, device.name ?? device.id, device.name ? h('small', {}, device.id) : null),
      h('div', { class: 'row' }, h('a', { class: 'button', href: href('live', 'device', device.id) }, t.nav.live),
        app.can('admin') ? [button(t.devices.newSecret, () => void secret()), device.revoked ? null : button(t.devices.revoke, () => void revoke())] : null)));
}

function renderStatus(element: HTMLElement, app: App, { device, provisionedAt, contract, firmware }: DeviceDetail): void {
  const s = device.status, now = nowS(), state = stateOf(s, app.model.openOf(device.id), now);
  const due = contract?.dueAt ?? s?.nextContactAt ?? null;
  render(element, h('h2', {}, t.devices.state), terms([
    [t.devices.state, h('span', { class: `state ${state}` }, device.revoked ? t.devices.revoked : t.deviceState[state])],
    [t.device.wearer, device.wearer ? h('a', { href: href('wearers', device.wearer.id) }, device.wearer.name) : t.device.nobody],
    [t.device.connection, s?.connected ? t.device.connected : t.device.away],
    [t.device.heard, s?.heardAt ? [ago(s.heardAt), ` · ${stamp(s.heardAt, now)}`] : t.never],
    [state === 'overdue' ? t.device.overdue : t.device.speaks, due ? [ago(due), ` · ${stamp(due, now)}`] : null],
    [t.device.battery, s?.battery ? `${s.battery.percent} % · ${(s.battery.millivolts / 1000).toFixed(2)} V${s.battery.charging ? ` · ${t.device.charging}` : ''}` : null],
    [t.device.activity, s?.activity ? t.activity[s.activity] ?? s.activity : null],
    [t.device.steps, s?.stepsTotal?.toLocaleString('en-GB') ?? null],
    [t.device.position, s?.locationHidden ? t.hidden[s.locationHidden] ?? t.deviceState.hidden : s?.position ? `${coordinates(s.position.latitude, s.position.longitude)}${s.position.accuracyM ? ` ± ${s.position.accuracyM} m` : ''}, ${stamp(s.position.time, now, app.zone)}` : null],
    [t.device.firmware, firmware?.value.version ?? null],
    [t.device.provisioned, provisionedAt ? stamp(provisionedAt, now) : null],
  ]));
}

function renderBuffer(element: HTMLElement, buffer: Buffer): void {
  const forecast = buffer.batteryForecast, now = nowS();
  render(element, h('h2', {}, t.device.buffer), terms([
    [t.device.backlog, buffer.backlog === null ? t.unknown : buffer.backlog === 0 ? t.device.nothingWaits : String(buffer.backlog)],
    [t.device.oldest, buffer.oldestAgeS ? duration(buffer.oldestAgeS) : null],
    [t.device.heard, buffer.lastContactAt ? [ago(buffer.lastContactAt), ` · ${stamp(buffer.lastContactAt, now)}`] : t.never],
    [t.device.speaks, buffer.nextContactAt ? [ago(buffer.nextContactAt), ` · ${stamp(buffer.nextContactAt, now)}`] : null],
    [t.device.empty, forecast?.emptyAt ? [ago(forecast.emptyAt), forecast.percentPerDay ? ` · ${t.device.perDay(forecast.percentPerDay.toFixed(1))}` : ''] : null],
    [t.device.dropped, buffer.dropped !== null && buffer.dropped !== undefined ? String(buffer.dropped) : null],
    [t.device.corrupted, buffer.corrupted !== null && buffer.corrupted !== undefined ? String(buffer.corrupted) : null],
  ]));
}

function renderCommands(element: HTMLElement, app: App, id: string, list: readonly CommandRecord[], again: () => Promise<void>): void {
  const ask = async (command: string, name: string): Promise<void> => {
    const grave = command === 'reboot' || command === 'clear';
    if (grave && !await dialog(t.device.commandAsk(name), [], name, true)) return;
    if (await attempt(() => api.command(id, command))) {
      toast(t.device.commandState.waiting!);
      await again();
    }
  };
  const now = nowS();
  render(element, h('h2', {}, t.device.commands),
    app.can('supervisor') ? h('div', { class: 'row' }, Object.entries(t.device.commandNames).map(([command, name]) => button(name, () => void ask(command, name)))) : null,
    table(t.device.commands, [
      { head: t.device.command, cell: item => t.device.commandNames[item.command] ?? item.command },
      { head: t.device.state, cell: item => t.device.commandState[item.state] ?? item.state },
      { head: t.device.asked, cell: item => stamp(item.at, now) },
      { head: t.device.by, cell: item => item.by },
    ], list.slice(0, 10), t.device.noCommands));
}

// The last 24 hours of a device, put together from what the server has of it.
async function lastDay(id: string, app: App): Promise<Day> {
  const to = Math.ceil(nowS()), from = to - 86_400;
  const [positions, journeys, activity, alerts] = await Promise.all([
    api.positions(id, from, to),
    api.trips(id, from, to),
    api.activity(id, from, to),
    api.alerts({ device: id, from, to }),
  ]);
  return {
    date: '', timeZone: app.zone, from, to, positions: positions.sort((a, b) => a.time - b.time), trips: journeys.trips, stops: journeys.stops, locationHidden: journeys.locationHidden,
    activity: activity.buckets.flatMap(spans), stepsPerHour: activity.buckets, battery: null, alerts: alerts.alerts,
  };
}

// An hour's shares of activity, side by side: the order within the hour is not known.
function spans(bucket: Bucket): Day['activity'] {
  const shares = [['walking', bucket.walkingS], ['running', bucket.runningS], ['riding', bucket.ridingS], ['fidgeting', bucket.fidgetingS], ['still', bucket.stillS]] as const;
  let at = bucket.startAt;
  return shares.filter(([, seconds]) => seconds > 0).map(([activity, seconds]) => ({ activity, startAt: at, endAt: at += seconds }));
}
