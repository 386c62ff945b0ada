import { api, type AuditEntry } from '../api';
import { attempt, load, type App } from '../app';
import { button, field, h, render, table } from '../dom';
import { date, clock } from '../format';
import { t } from '../texts';

/** Who did what, in order; as a file too. */
export function renderAudit(element: HTMLElement, _data: { app: App }): void {
  const subject = h('input', { spellcheck: 'false' });
  const result = h('div', {}), more = h('div', { class: 'row' });
  const read = (): void => {
    const found: AuditEntry[] = [];
    const page = async (cursor: number | null): Promise<void> => {
      const answer = await api.audit(cursor, subject.value.trim() || null);
      found.push(...answer.entries);
      render(more, answer.next ? button(t.more, () => void attempt(async () => { await page(answer.next); show(); })) : null);
    };
    const show = (): void => render(result, table(t.audit.title, [
      { head: t.audit.when, cell: entry => `${date(entry.time)}, ${clock(entry.time, undefined, true)}` },
      { head: t.audit.who, cell: entry => entry.who },
      { head: t.audit.action, cell: entry => entry.action },
      { head: t.audit.subject, cell: entry => entry.subject },
      { head: t.audit.details, cell: entry => entry.details },
    ], found, t.audit.empty));
    void load(result, () => page(null), show);
  };
  render(element, h('form', { class: 'filters', onsubmit: event => { event.preventDefault(); read(); } }, field(t.audit.subjectFilter, subject), h('button', { type: 'submit' }, t.history.filter),
    button(t.audit.csv, () => void attempt(() => api.download('GET', '/audit/export?format=csv', 'audit.csv')))), result, more);
  read();
}
