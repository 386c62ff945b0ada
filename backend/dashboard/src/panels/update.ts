import { api, type DeviceDetail, type Update } from '../api';
import { attempt, toast, type App } from '../app';
import { button, dialog, field, h, render, select, type Child } from '../dom';
import { stamp } from '../format';
import { nowS } from '../model';
import { t } from '../texts';
import { terms } from './alert';

/** Whether the device may still ask for the image. */
const isTaking = (update: Update): boolean => update.state === 'offered' || update.state === 'downloading';

/** The firmware a device runs, the update it was offered last and how far that is; for administrators the offer itself. */
export function renderUpdate(element: HTMLElement, data: { app: App; detail: DeviceDetail; again: () => Promise<void> }): void {
  const { app, detail: { device, firmware, update }, again } = data;
  const mayOffer = app.can('admin') && !device.revoked;
  element.hidden = !update && !mayOffer;
  // Only where something changed: nothing under a finger is replaced.
  const signature = JSON.stringify([update, firmware?.value.version, mayOffer]);
  if (element.dataset.signature === signature) return;
  element.dataset.signature = signature;
  render(element, h('h2', {}, t.update.title), terms([
    [t.device.firmware, firmware?.value.version ?? t.unknown],
    ...(update ? lines(update) : []),
  ]), update ? null : h('p', { class: 'empty' }, t.update.none), mayOffer ? h('div', { class: 'row' },
    button(t.update.offer, () => void offer(device.id, again)),
    update && isTaking(update) ? button(t.update.withdraw, () => void withdraw(device.id, update, again)) : null) : null);
}

function lines(update: Update): [string, Child][] {
  const percent = Math.floor(100 * update.progress / update.size), now = nowS();
  return [
    [t.update.offered, `${update.version}, ${stamp(update.at, now)}, ${update.by}`],
    [t.devices.state, h('strong', { 'data-state': update.state }, t.update.states[update.state] ?? update.state)],
    [t.update.progress, update.state === 'downloading' ? [h('progress', { max: update.size, value: update.progress, 'aria-label': t.update.progress }), ` ${percent} %`] : null],
    [t.update.reason, update.reason],
    [t.update.expires, isTaking(update) ? stamp(update.expiresAt, now) : null],
    [t.update.ended, update.endedAt ? stamp(update.endedAt, now) : null],
  ];
}

async function offer(id: string, again: () => Promise<void>): Promise<void> {
  await attempt(async () => {
    const { images } = await api.firmware();
    if (images.length === 0) {
      toast(t.update.noImages, true);
      return;
    }

    const version = select(images.map(image => [image.version, image.version] as const), images[0]!.version);
    if (!await dialog(t.update.offerTitle(id), [h('p', {}, t.update.offerText), field(t.update.version, version)], t.update.offer)) return;
    await api.offerUpdate(id, version.value);
    await again();
  });
}

async function withdraw(id: string, update: Update, again: () => Promise<void>): Promise<void> {
  if (await dialog(t.update.withdrawAsk(update.version), [], t.update.withdraw, true) && await attempt(() => api.withdrawUpdate(id))) await again();
}
