import { api } from '../api';
import { attempt, load, type App } from '../app';
import { field, h, render } from '../dom';
import { t } from '../texts';

/** The organisation's name, zone and how long it keeps things. */
export function renderOrganisation(element: HTMLElement, { app }: { app: App }): void {
  void load(element, () => api.organisation(), (box, organisation) => {
    const name = h('input', { required: true, maxlength: 100, value: organisation.name });
    const zone = h('input', { required: true, value: organisation.timeZone ?? '', spellcheck: 'false' });
    const days = (value: number | null): HTMLInputElement => h('input', { type: 'number', min: 1, max: 3650, value: value ?? '' });
    const retention = days(organisation.retentionDays), alertRetention = days(organisation.alertRetentionDays);
    const number = (input: HTMLInputElement): number | null => input.value === '' ? null : Number(input.value);
    const save = (event: Event): void => {
      event.preventDefault();
      void attempt(() => api.changeOrganisation({ name: name.value.trim(), timeZone: zone.value.trim(), retentionDays: number(retention), alertRetentionDays: number(alertRetention) }), t.saved)
        .then(done => { if (done) renderOrganisation(element, { app }); });
    };
    render(box, h('form', { class: 'panel', onsubmit: save }, field(t.organisation.name, name), field(t.organisation.zone, zone),
      field(t.organisation.retention, retention, t.organisation.retentionHint), field(t.organisation.alertRetention, alertRetention, t.organisation.retentionHint),
      h('button', { type: 'submit', class: 'primary' }, t.save)));
  });
}
