import { api, type Alert } from '../api';
import { attempt, type App } from '../app';
import { button, h, keyed, render } from '../dom';
import { duration, stamp } from '../format';
import { icon } from '../icons';
import { nowS, type Change } from '../model';
import { href } from '../route';
import { ruleName, t } from '../texts';
import { ago } from '../ticker';

/** An alarm known this long after it happened is called late, s. */
export const lateS = 60;

/** Open alerts, the most urgent first; what nobody has stands out by its place, frame, sign and words. */
export function renderInbox(element: HTMLElement, data: { app: App; choose: (deviceId: string) => void }): { update: (changes: ReadonlySet<Change>) => void } {
  const list = h('ol', { class: 'alerts', 'aria-label': t.inbox.title });
  const empty = h('p', { class: 'empty' }, t.inbox.empty);
  render(element, list, empty);
  const update = (changes: ReadonlySet<Change>): void => {
    if (!changes.has('alerts') && !changes.has('devices')) return;
    const open = data.app.model.open;
    keyed(list, open, alert => alert.id, alert => signature(alert, nameOf(data.app, alert)), alert => item(alert, data));
    empty.hidden = open.length > 0 || !data.app.model.loaded;
  };
  update(new Set(['alerts']));
  return { update };
}

export const nameOf = (app: App, alert: Alert): string => alert.wearer?.name ?? app.model.nameOf(alert.deviceId);

const signature = (alert: Alert, name: string): string => [alert.state, alert.severity, tierOf(alert), alert.acknowledgedBy, alert.assignee, alert.wearerFeedback, alert.position?.time, name].join('|');

function item(alert: Alert, { app, choose }: { app: App; choose: (deviceId: string) => void }): HTMLElement {
  const name = nameOf(app, alert), when = alert.eventTime ?? alert.raisedAt;
  return h('li', { class: `alert ${alert.severity} ${alert.state}` },
    h('p', { class: 'alert-head' }, severitySign(alert), h('strong', {}, ruleName(alert.rule)), h('span', { class: 'alert-age' }, ago(when))),
    h('p', { class: 'alert-who' }, h('a', { href: href('live', 'alert', alert.id), 'data-focus': 'open' }, name)),
    isLate(alert) ? h('p', { class: 'late' }, icon('clock'), ' ', t.inbox.late(duration(alert.ageS!))) : null,
    h('p', { class: 'quiet' }, stamp(when, nowS(), app.zone), ' · ', stateText(alert)),
    h('div', { class: 'row' },
      app.can('responder') && alert.state !== 'acknowledged'
        ? button(t.inbox.acknowledge, () => void attempt(async () => app.model.takeAlert(await api.acknowledge(alert.id))), { class: 'primary', 'data-focus': 'acknowledge', 'aria-label': `${t.inbox.acknowledge}: ${ruleName(alert.rule)}, ${name}` }) : null,
      h('a', { class: 'button', href: href('live', 'alert', alert.id), 'aria-label': `${t.inbox.open}: ${ruleName(alert.rule)}, ${name}` }, t.inbox.open),
      button(t.show, () => choose(alert.deviceId), { 'aria-label': `${t.show}: ${name}`, 'data-focus': 'show' })));
}

/** The severity as a sign with its word: never colour alone. */
export function severitySign(alert: Pick<Alert, 'severity'>): HTMLElement {
  const sign = { critical: '‼', high: '!', warning: '▲', info: 'i' }[alert.severity];
  return h('span', { class: `severity ${alert.severity}` }, h('span', { 'aria-hidden': 'true' }, sign), t.severity[alert.severity]);
}

export const isLate = (alert: Alert): boolean => alert.ageS !== null && alert.ageS > lateS;

/** The step of escalation reached, 0 for the first. */
export const tierOf = (alert: Alert): number => alert.escalation?.tier ?? 0;

/** Who has it, or that nobody has. */
export function stateText(alert: Alert): string {
  if (alert.state === 'resolved') return alert.resolution ?? (alert.resolvedBy ? `${t.alertState.resolved}: ${alert.resolvedBy}` : t.alertState.resolved);
  const parts = [alert.state === 'acknowledged' ? t.inbox.acknowledgedBy(alert.acknowledgedBy ?? '') : t.inbox.nobody];
  if (tierOf(alert) > 0 && alert.state !== 'acknowledged') parts.push(t.inbox.escalated(tierOf(alert) + 1));
  return parts.join(' · ');
}
