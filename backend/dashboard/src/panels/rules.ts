import { api, type RuleDescription, type RuleSetting, type Severity } from '../api';
import { attempt, load, type App } from '../app';
import { h, render, select } from '../dom';
import { severities } from '../severities';
import { ruleName, t } from '../texts';
import { hoursForm } from './hours';

/** What becomes an alert: every rule with its severity, its numbers and when it holds. */
export function renderRules(element: HTMLElement, { app }: { app: App }): void {
  void load(element, () => Promise.all([api.ruleCatalogue(), api.rules()]), (box, [catalogue, current]) => {
    const forms = catalogue.rules.map(rule => ruleForm(app, rule, current.rules.find(setting => setting.name === rule.name)));
    const save = (event: Event): void => {
      event.preventDefault();
      void attempt(async () => api.setRules(current.version, forms.map(form => form.read())), t.saved).then(done => { if (done) renderRules(element, { app }); });
    };
    render(box, h('p', { class: 'quiet' }, t.ruleSet.intro), h('form', { onsubmit: save }, forms.map(form => form.element), h('div', { class: 'row sticky' }, h('button', { type: 'submit', class: 'primary' }, t.save))));
  });
}

function ruleForm(app: App, rule: RuleDescription, setting: RuleSetting | undefined): { element: HTMLElement; read: () => RuleSetting } {
  const title = t.rules[rule.name] ?? (rule.name === 'geofence' ? t.fences.title : ruleName(rule.name));
  const enabled = h('input', { type: 'checkbox', checked: setting?.enabled ?? rule.enabled, disabled: !rule.mayBeDisabled });
  const from = severities.indexOf(rule.severityMin);
  const severity = select(severities.slice(from).map(name => [name, t.severity[name]] as const), setting?.severity ?? rule.severity ?? rule.severityMin, { 'aria-label': `${title}: ${t.ruleSet.severity}` });
  const numbers = rule.parameters.map(parameter => ({
    parameter,
    input: h('input', { type: 'number', required: true, min: parameter.min, max: parameter.max, value: setting?.parameters[parameter.name] ?? parameter.default, 'aria-label': parameter.meaning }),
  }));
  const scheduleBox = h('div', {});
  const schedule = rule.mayHaveSchedule ? hoursForm(scheduleBox, { hours: setting?.schedule ?? null, zone: app.zone, always: t.fences.always, enabled: true }) : null;
  return {
    element: h('section', { class: 'panel rule', 'aria-label': title },
      h('div', { class: 'row between' }, h('div', {}, h('h2', {}, title), h('p', { class: 'quiet' }, rule.title)),
        h('div', { class: 'row' }, h('label', { class: 'inline' }, enabled, ' ', t.ruleSet.enabled), rule.severity === null ? null : severity)),
      numbers.map(({ parameter, input }) => h('div', { class: 'row' }, input, ` ${parameter.unit}`, h('span', { class: 'quiet' }, `${parameter.meaning} ${t.ruleSet.range(parameter.min, parameter.max)}, ${t.ruleSet.usual(String(parameter.default))}.`))),
      schedule ? h('details', {}, h('summary', {}, t.fences.when), scheduleBox) : null),
    read: () => ({
      name: rule.name, enabled: enabled.checked, severity: severity.value as Severity, schedule: schedule?.read() ?? null,
      parameters: Object.fromEntries(numbers.map(({ parameter, input }) => [parameter.name, Number(input.value)])),
    }),
  };
}
