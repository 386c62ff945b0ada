import { api } from '../api';
import { attempt, type App } from '../app';
import { button, h, render } from '../dom';
import { coordinates, duration, stamp } from '../format';
import { nowS, type Dot } from '../model';
import { href } from '../route';
import { t } from '../texts';

/** The device chosen on the map, in words, with what one does most. */
export function renderCard(element: HTMLElement, data: { app: App; dot: Dot; following: boolean; follow: () => void; close: () => void }): void {
  const { app, dot, following } = data, status = dot.status, now = nowS();
  const signature = JSON.stringify([dot, following, Math.floor(now / 10)]);
  if (element.dataset.signature === signature) return;
  element.dataset.signature = signature;
  const focused = element.contains(document.activeElement) ? document.activeElement?.getAttribute('data-focus') : null;
  const lines: (string | null)[] = [
    dot.position ? `${t.card.fix(stamp(dot.position.time, now, app.zone))}${dot.position.accuracyM ? `, ${t.card.accuracy(dot.position.accuracyM)}` : ''}` : dot.state === 'hidden' ? t.hidden[status?.locationHidden ?? ''] ?? t.deviceState.hidden : t.card.noPosition,
    dot.position ? coordinates(dot.position.latitude, dot.position.longitude) : null,
    status?.heardAt ? t.card.heard(stamp(status.heardAt, now)) : null,
    status?.connected ? t.card.connected : status?.nextContactAt ? (status.nextContactAt < now ? t.card.due : t.card.next)(stamp(status.nextContactAt, now)) : null,
    status?.backlog && status.backlog.reports > 0 ? t.card.backlog(status.backlog.reports, duration(status.backlog.oldestAgeS)) : null,
  ];
  render(element,
    h('div', { class: 'row between' }, h('h2', {}, dot.wearer ?? dot.name ?? dot.id), button('×', data.close, { class: 'quiet-button', 'aria-label': t.card.close, 'data-focus': 'close' })),
    h('p', {}, h('span', { class: `state ${dot.state}` }, t.deviceState[dot.state]), status?.activity && dot.state !== 'overdue' ? ` · ${t.activity[status.activity] ?? status.activity}` : null, dot.percent !== null ? ` · ${dot.percent} %${status?.battery?.charging ? ' ⚡' : ''}` : null, dot.wearer ? h('span', { class: 'quiet' }, ` · ${dot.name ?? dot.id}`) : null),
    lines.filter(line => line !== null).map(line => h('p', { class: 'quiet' }, line)),
    h('div', { class: 'row' },
      button(following ? t.map.following : t.map.follow, data.follow, { 'aria-pressed': following ? 'true' : 'false', 'data-focus': 'follow', disabled: dot.position === null }),
      h('a', { class: 'button', href: href('devices', dot.id) }, t.card.details),
      app.can('supervisor') ? button(t.card.locate, () => void attempt(() => api.command(dot.id, 'locate-now'), t.card.located), { 'data-focus': 'locate' }) : null));
  if (focused) element.querySelector<HTMLElement>(`[data-focus="${focused}"]`)?.focus();
}
