// Alerts of all times, filtered; as a file for whoever reports on them.
import { api, type Alert } from '../api';
import { attempt, load, type View } from '../app';
import { button, field, h, render, select, table } from '../dom';
import { duration, isoDate, stamp } from '../format';
import { nowS } from '../model';
import { nameOf, severitySign, stateText } from '../panels/inbox';
import { href } from '../route';
import { ruleName, t } from '../texts';

const weekS = 7 * 86_400;

export const historyView: View = (element, app) => {
  const from = h('input', { type: 'date', value: isoDate(nowS() - weekS) }), to = h('input', { type: 'date', value: isoDate(nowS()) });
  const severity = select([['', t.history.any], ...(['info', 'warning', 'high', 'critical'] as const).map(name => [name, t.severity[name]] as const)], '');
  const state = select([['', t.history.any], ...(['raised', 'notified', 'acknowledged', 'resolved'] as const).map(name => [name, t.alertState[name]] as const)], '');
  const rule = select([['', t.history.any], ...Object.entries(t.rules)], '');
  const result = h('div', {}), more = h('div', { class: 'row' });

  const filter = (): Parameters<typeof api.alerts>[0] & { state?: string } => ({
    ...(severity.value ? { severity: severity.value } : {}), ...(state.value ? { state: state.value } : {}), ...(rule.value ? { rule: rule.value } : {}),
    ...(from.value ? { from: midnight(from.value) } : {}), ...(to.value ? { to: midnight(to.value) + 86_400 } : {}), limit: 100,
  });
  const read = (): void => {
    const found: Alert[] = [];
    const page = async (cursor?: string): Promise<void> => {
      const answer = await api.alerts({ ...filter(), ...(cursor ? { cursor } : {}) });
      found.push(...answer.alerts);
      render(result, list(found));
      render(more, answer.next ? button(t.more, () => void attempt(() => page(answer.next!))) : null);
    };
    void load(result, () => page(), () => render(result, list(found)));
  };
  const list = (alerts: readonly Alert[]): HTMLElement => table(t.history.title, [
    { head: t.history.when, cell: alert => [stamp(alert.eventTime ?? alert.raisedAt, nowS(), app.zone), alert.ageS !== null && alert.ageS > 60 ? h('small', {}, ` ${t.inbox.late(duration(alert.ageS))}`) : null] },
    { head: t.history.severity, cell: alert => severitySign(alert) },
    { head: t.history.what, cell: alert => h('a', { href: href('live', 'alert', alert.id) }, ruleName(alert.rule)) },
    { head: t.history.who, cell: alert => nameOf(app, alert) },
    { head: t.history.state, cell: alert => [t.alertState[alert.state], h('small', {}, ` ${stateText(alert)}`)] },
  ], alerts, t.history.empty);

  render(element, h('div', { class: 'page' }, h('h1', {}, t.history.title),
    h('form', { class: 'filters', onsubmit: event => { event.preventDefault(); read(); } },
      field(t.history.from, from), field(t.history.to, to), field(t.history.severity, severity), field(t.history.state, state), field(t.history.rule, rule),
      h('button', { type: 'submit', class: 'primary' }, t.history.filter),
      app.can('admin') ? button(t.history.csv, () => void attempt(() => api.download('GET', `/alerts/export?format=csv`, 'alerts.csv'))) : null),
    result, more));
  read();
};

/** Midnight in the viewer's zone that begins a day, s. */
const midnight = (day: string): number => new Date(`${day}T00:00:00`).getTime() / 1000;
