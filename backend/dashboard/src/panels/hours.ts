import type { WorkingHours } from '../api';
import { field, h, render } from '../dom';
import { viewerZone } from '../format';
import { t } from '../texts';

const days = Object.keys(t.wearer.days);
const fullDay = { from: '08:00', to: '17:00' };

/** A form for working hours: a span a weekday, exceptions a line each. `read` gives them, null for always; throws a sentence where a line is wrong. */
export function hoursForm(element: HTMLElement, data: { hours: WorkingHours | null; zone: string | null; always: string; enabled: boolean }): { read: () => WorkingHours | null } {
  const { hours } = data;
  const always = h('input', { type: 'checkbox', checked: hours === null, disabled: !data.enabled });
  const zone = h('input', { value: hours?.timeZone ?? data.zone ?? viewerZone(), spellcheck: 'false', disabled: !data.enabled, required: true });
  const rows = days.map(day => {
    const span = hours?.week.find(item => item.day === day);
    const on = h('input', { type: 'checkbox', checked: hours === null ? !['sat', 'sun'].includes(day) : span !== undefined, disabled: !data.enabled, 'aria-label': t.wearer.days[day] });
    const from = h('input', { type: 'time', value: span?.from ?? fullDay.from, disabled: !data.enabled, 'aria-label': `${t.wearer.days[day]} ${t.wearer.from2}` });
    const to = h('input', { type: 'time', value: span?.to ?? fullDay.to, disabled: !data.enabled, 'aria-label': `${t.wearer.days[day]} ${t.wearer.to2}` });
    return { day, on, from, to, element: h('tr', {}, h('td', {}, on, ' ', t.wearer.days[day] ?? day), h('td', {}, from), h('td', {}, to)) };
  });
  const exceptions = h('textarea', { rows: 3, disabled: !data.enabled, spellcheck: 'false' });
  exceptions.value = (hours?.exceptions ?? []).map(item => item.from && item.to ? `${item.date} ${item.from}-${item.to}` : `${item.date} off`).join('\n');
  const body = h('div', {}, field(t.wearer.zone, zone),
    h('table', { class: 'hours' }, h('thead', {}, h('tr', {}, [t.wearer.weekday, t.wearer.from2, t.wearer.to2].map(head => h('th', { scope: 'col' }, head)))), h('tbody', {}, rows.map(row => row.element))),
    field(t.wearer.exceptions, exceptions, t.wearer.exceptionHint));
  const follow = (): void => { body.hidden = always.checked; };
  always.addEventListener('change', follow);
  follow();
  render(element, h('label', { class: 'inline' }, always, ' ', data.always), body);
  return {
    read: () => always.checked ? null : {
      timeZone: zone.value.trim(),
      week: rows.filter(row => row.on.checked).map(row => ({ day: row.day, from: row.from.value, to: row.to.value })),
      exceptions: readExceptions(exceptions.value),
    },
  };
}

/** Lines such as "2026-12-24 off" and "2026-12-24 08:00-12:00". */
export function readExceptions(text: string): WorkingHours['exceptions'] {
  return text.split('\n').map(line => line.trim()).filter(line => line !== '').map(line => {
    const match = /^(\d{4}-\d{2}-\d{2})\s+(?:off|(\d{2}:\d{2})\s*[-–]\s*(\d{2}:\d{2}))$/.exec(line);
    if (!match) throw new Error(t.wearer.hoursBad(line));
    return { date: match[1]!, from: match[2] ?? null, to: match[3] ?? null };
  });
}
