import { api } from '../api';
import { attempt, load, type App } from '../app';
import { button, h, render, select, table } from '../dom';
import { stamp } from '../format';
import { nowS } from '../model';
import { href } from '../route';
import { t } from '../texts';

/** Notifications that went out, wait, or were given up; those can be tried again. */
export function renderDeliveries(element: HTMLElement, _data: { app: App }): void {
  const state = select([['', t.deliveries.all], ['pending', t.alert.deliveryState.pending!], ['sent', t.alert.deliveryState.sent!], ['dead', t.deliveries.given], ['held', t.alert.deliveryState.held!], ['skipped', t.alert.deliveryState.skipped!]], 'dead', { 'aria-label': t.deliveries.state, onchange: () => read() });
  const result = h('div', {});
  const read = (): void => void load(result, () => api.deliveries(state.value || null), (box, { deliveries }) => render(box, table(t.deliveries.title, [
    { head: t.deliveries.when, cell: item => stamp(item.finishedAt ?? item.dueAt ?? item.createdAt, nowS()) },
    { head: t.deliveries.channel, cell: item => t.channels.kinds[item.channel] ?? item.channel },
    { head: t.deliveries.what, cell: item => item.alertId ? h('a', { href: href('live', 'alert', item.alertId) }, item.kind) : item.deviceId ? h('a', { href: href('devices', item.deviceId) }, `${item.kind} ${item.deviceId}`) : item.kind },
    { head: t.deliveries.state, cell: item => t.alert.deliveryState[item.state] ?? item.state },
    { head: t.deliveries.attempts, cell: item => item.attempts, class: 'number' },
    { head: t.deliveries.error, cell: item => item.lastError },
    { head: '', cell: item => item.state === 'dead' ? button(t.deliveries.retry, () => void attempt(() => api.retryDelivery(item.id), t.done).then(read)) : null },
  ], deliveries, t.deliveries.empty)));
  render(element, h('div', { class: 'filters' }, state), result);
  read();
}
