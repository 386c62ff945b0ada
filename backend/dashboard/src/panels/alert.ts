import { api, type Alert, type AlertDetail, type Delivery, type Position } from '../api';
import { attempt, explain, type App } from '../app';
import { button, dialog, field, h, render, select, type Child } from '../dom';
import { coordinates, distance, duration, stamp } from '../format';
import { icon } from '../icons';
import { distanceM } from '../map/geometry';
import { nowS, type Change } from '../model';
import { href } from '../route';
import { ruleName, t } from '../texts';
import { ago } from '../ticker';
import { isLate, nameOf, severitySign, stateText, tierOf } from './inbox';

const slowMs = 1000; // details are read again at most this often while things happen
const lookMs = 4000; // deliveries and what the wearer felt come without an event

/** One alert with everything a person needs to act: what, who, where, what happened since, who was told, and the acts. */
export function renderAlert(element: HTMLElement, data: { app: App; id: string; choose: (deviceId: string) => void }): { update: (changes: ReadonlySet<Change>) => void; dispose: () => void } {
  const { app, id } = data;
  const body = h('div', { class: 'side-body alert-detail' });
  render(element, h('div', { class: 'tabs' }, h('a', { class: 'button', href: href('live') }, `← ${t.alert.back}`)), body);
  let ended = false, timer: ReturnType<typeof setTimeout> | null = null, draft = '', chosen = false, shown = '';

  const read = async (): Promise<void> => {
    try {
      const detail = await api.alert(id);
      if (ended) return;
      app.model.takeAlert(detail.alert);
      if (!chosen) {
        chosen = true;
        data.choose(detail.alert.deviceId);
      }
      const signature = JSON.stringify([detail, app.model.dots.get(detail.alert.deviceId)]);
      if (signature === shown) return;
      shown = signature;
      const box = body.querySelector('textarea');
      if (box) draft = box.value;
      const focused = body.contains(document.activeElement) ? document.activeElement?.getAttribute('data-focus') : null;
      show(detail);
      if (focused) body.querySelector<HTMLElement>(`[data-focus="${focused}"]`)?.focus();
    } catch (error) {
      if (!ended) render(body, h('p', { class: 'problem', role: 'alert' }, explain(error)));
    }
  };
  const act = (what: () => Promise<Alert>) => async (): Promise<void> => {
    if (await attempt(async () => app.model.takeAlert(await what()))) await read();
  };
  const show = (detail: AlertDetail): void => {
    const { alert } = detail;
    render(body,
      h('div', { class: `alert ${alert.severity} ${alert.state}` },
        h('p', { class: 'alert-head' }, severitySign(alert), h('strong', {}, ruleName(alert.rule)), h('span', { class: 'alert-age' }, ago(alert.eventTime ?? alert.raisedAt))),
        h('h2', {}, nameOf(app, alert)),
        isLate(alert) ? h('p', { class: 'late' }, icon('clock'), ' ', t.inbox.late(duration(alert.ageS!))) : null,
        h('p', {}, alert.summary),
        h('p', { class: 'quiet' }, stateText(alert)),
        acts(app, alert, act)),
      facts(app, alert), since(app, alert), told(detail), comments(app, detail, draft, async text => {
        if (await attempt(() => api.comment(id, text))) {
          draft = '';
          const box = body.querySelector('textarea');
          if (box) box.value = '';
          await read();
        }
      }), history(detail));
  };

  void read();
  const looking = setInterval(() => { if (document.visibilityState === 'visible') void read(); }, lookMs);
  return {
    update: changes => {
      if (!changes.has('alerts') && !changes.has('devices')) return;
      timer ??= setTimeout(() => { timer = null; void read(); }, slowMs);
    },
    dispose: () => { ended = true; clearInterval(looking); if (timer) clearTimeout(timer); },
  };
}

function acts(app: App, alert: Alert, act: (what: () => Promise<Alert>) => () => Promise<void>): Child {
  if (!app.can('responder') || alert.state === 'resolved') return null;
  const end = async (): Promise<void> => {
    const note = h('textarea', { rows: 3, maxlength: 1000 });
    if (await dialog(t.alert.resolveTitle, [field(t.alert.resolveHint, note)], t.alert.resolve)) await act(() => api.resolve(alert.id, note.value.trim()))();
  };
  return h('div', { class: 'row' },
    alert.state === 'acknowledged' ? null : button(t.alert.acknowledge, () => void act(() => api.acknowledge(alert.id))(), { class: 'primary', 'data-focus': 'acknowledge' }),
    button(t.alert.resolve, () => void end(), { 'data-focus': 'resolve' }),
    assignee(app, alert, act),
    alert.wearer ? button(t.alert.checkIn, () => void attempt(() => api.checkIn(alert.wearer!.id), t.alert.checkedIn), { 'data-focus': 'check-in' }) : null);
}

function assignee(app: App, alert: Alert, act: (what: () => Promise<Alert>) => () => Promise<void>): Child {
  const choice = select([['', t.alert.assignNobody]], '', { 'aria-label': t.alert.assign, 'data-focus': 'assign', onchange: () => void act(() => api.assign(alert.id, choice.value || null))() });
  void app.model.people().then(people => {
    const known = new Map(people.filter(person => !person.disabledAt).map(person => [person.id, person.name]));
    if (app.me.id && app.me.kind === 'user') known.set(app.me.id, app.me.name);
    if (alert.assignee && !known.has(alert.assignee)) known.set(alert.assignee, alert.assigneeName ?? alert.assignee);
    render(choice, h('option', { value: '' }, t.alert.assignNobody), [...known].map(([value, name]) => h('option', { value }, name)));
    choice.value = alert.assignee ?? '';
  });
  return h('label', { class: 'inline' }, t.alert.assign, ' ', choice);
}

/** Terms and what stands behind them; empty ones left out. */
export function terms(rows: readonly (readonly [term: string, ...text: Child[]])[]): HTMLElement {
  return h('dl', { class: 'terms' }, rows.filter(([, first]) => first !== null && first !== undefined && first !== false).map(([term, ...text]) => h('div', {}, h('dt', {}, term), h('dd', {}, ...text))));
}

function facts(app: App, alert: Alert): HTMLElement {
  const now = nowS();
  return terms([
    [t.alert.happened, alert.eventTime === null ? t.unknown : stamp(alert.eventTime, now, app.zone)],
    [t.alert.known, stamp(alert.raisedAt, now), alert.ageS === null ? '' : ` (${t.alert.age}: ${duration(alert.ageS)})`],
    [t.alert.where, alert.position ? place(alert.position) : t.alert.noPosition, alert.position ? h('small', {}, t.alert.positionAt(stamp(alert.position.time, now, app.zone))) : null],
    [t.alert.device, h('a', { href: href('devices', alert.deviceId) }, alert.deviceId)],
    [t.alert.wearer, alert.wearer ? h('a', { href: href('wearers', alert.wearer.id) }, alert.wearer.name) : null],
  ]);
}

const place = (position: Position): string => `${coordinates(position.latitude, position.longitude)}${position.accuracyM ? ` ± ${position.accuracyM} m` : ''}`;

function since(app: App, alert: Alert): HTMLElement {
  const dot = app.model.dots.get(alert.deviceId), status = dot?.status, now = nowS(), at = alert.eventTime ?? alert.raisedAt;
  const heard = status?.heardAt && status.heardAt > at ? status.heardAt : null;
  const newer = dot?.position && dot.position.time > (alert.position?.time ?? 0) ? dot.position : null;
  const far = newer && alert.position ? distanceM([alert.position.longitude, alert.position.latitude], [newer.longitude, newer.latitude]) : null;
  return h('section', {}, h('h3', {}, t.alert.since), heard === null && !newer
    ? h('p', { class: 'quiet' }, t.alert.silent)
    : terms([
      [t.alert.lastHeard, heard ? ago(heard) : null],
      [t.alert.newest, newer ? `${place(newer)}, ${stamp(newer.time, now, app.zone)}` : null],
      ['', far !== null ? t.alert.moved(distance(far)) : null],
      [t.alert.activity, status?.activity ? t.activity[status.activity] ?? status.activity : null],
      [t.alert.stepsTotal, status?.stepsTotal ?? null],
      [t.alert.battery, status?.battery ? `${status.battery.percent} %` : null],
    ]));
}

function told({ alert, deliveries }: AlertDetail): HTMLElement {
  const now = nowS();
  const toDevice = deliveries.filter(delivery => delivery.channel === 'device');
  const others = deliveries.filter(delivery => delivery.channel !== 'device');
  return h('section', {},
    h('h3', {}, t.alert.feedback), h('p', { class: 'feedback' }, feedback(alert, toDevice)),
    h('h3', {}, t.alert.notified),
    others.length === 0 ? h('p', { class: 'quiet' }, t.alert.noDeliveries) : h('ul', { class: 'plain' }, others.map(delivery => h('li', {},
      `${delivery.channel}: ${t.alert.deliveryState[delivery.state] ?? delivery.state}, ${stamp(delivery.finishedAt ?? delivery.dueAt ?? delivery.createdAt, now)}`, delivery.lastError && delivery.state !== 'skipped' ? h('small', {}, ` ${delivery.lastError}`) : null))),
    alert.state === 'acknowledged' || alert.state === 'resolved' ? null : h('p', { class: 'quiet' },
      `${t.alert.escalation}: ${t.alert.stepNow(tierOf(alert) + 1)}. `, alert.escalation?.nextAt ? [t.alert.nextStep(''), ago(alert.escalation.nextAt)] : null));
}

/** What the wearer felt: by the server's word where it says so, else by what the insole took before and after somebody acknowledged. */
export function feedback(alert: Alert, toDevice: readonly Delivery[]): string {
  const taken = toDevice.filter(delivery => delivery.state === 'sent');
  const acknowledged = alert.acknowledgedAt !== null && taken.some(delivery => delivery.createdAt >= alert.acknowledgedAt!);
  if (alert.wearerFeedback === 'acknowledged' || acknowledged) return `✓✓ ${t.alert.feedbackAcknowledged}`;
  const waits = toDevice.some(delivery => delivery.state === 'pending') ? ` · ${t.alert.feedbackWaiting}` : '';
  if (alert.wearerFeedback === 'received' || taken.length > 0) return `✓ ${t.alert.feedbackReceived}${waits}`;
  return `${t.alert.feedbackNone}${waits}`;
}

function comments(app: App, detail: AlertDetail, draft: string, send: (text: string) => Promise<void>): HTMLElement {
  const now = nowS();
  const text = h('textarea', { rows: 2, maxlength: 1000, required: true, 'data-focus': 'comment' });
  text.value = draft;
  return h('section', {}, h('h3', {}, t.alert.comments),
    detail.comments.length === 0 ? h('p', { class: 'quiet' }, t.alert.noComments) : h('ul', { class: 'plain' }, detail.comments.map(comment => h('li', {}, h('strong', {}, comment.who), ` ${stamp(comment.time, now)}`, h('br'), comment.text))),
    app.can('responder') ? h('form', { onsubmit: event => { event.preventDefault(); void send(text.value.trim()); } }, field(t.alert.comment, text), h('button', { type: 'submit' }, t.alert.commentAdd)) : null);
}

function history(detail: AlertDetail): HTMLElement {
  const now = nowS();
  return h('details', {}, h('summary', {}, t.alert.history), h('ul', { class: 'plain' }, detail.history.map(entry => h('li', {},
    `${stamp(entry.time, now)}: ${t.alert.actions[entry.action] ?? entry.action} · ${entry.who}`, entry.details ? h('small', {}, ` ${entry.details}`) : null))));
}
