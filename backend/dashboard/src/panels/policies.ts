import { api, type Channel, type Policy, type PolicyBody, type PolicyTarget, type PolicyTier, type Severity, type User } from '../api';
import { attempt, explain, load, type App } from '../app';
import { button, dialog, field, h, render, select, table } from '../dom';
import { duration, stamp, viewerZone } from '../format';
import { nowS } from '../model';
import { severities } from '../severities';
import { t } from '../texts';

const stepsMax = 8; // of a dry run; what follows repeats

interface Names { users: User[]; channels: Channel[] }

/** Who is told of an alert, and who next, with a dry run that sends nothing. */
export function renderPolicies(element: HTMLElement, { app }: { app: App }): void {
  const again = (): void => renderPolicies(element, { app });
  const read = async (): Promise<{ policies: Policy[]; names: Names }> => {
    const [{ policies }, users, channels] = await Promise.all([api.policies(), app.model.people(true), app.can('admin') ? api.channels().then(found => found.channels) : Promise.resolve<Channel[]>([])]);
    return { policies, names: { users, channels } };
  };
  void load(element, read, (box, { policies, names }) => {
    const editor = h('div', {});
    const edit = (policy: Policy | null): void => editPolicy(editor, app, policy, names, again, () => editor.replaceChildren());
    render(box, app.can('admin') ? h('div', { class: 'row' }, button(t.policies.new, () => edit(null), { class: 'primary' })) : null, editor,
      policies.map(policy => policyPanel(app, policy, names, () => edit(policy), again)));
  });
}

function policyPanel(app: App, policy: Policy, names: Names, edit: () => void, again: () => void): HTMLElement {
  const remove = async (): Promise<void> => {
    if (await dialog(t.policies.removeAsk(policy.name), [], t.remove, true) && await attempt(() => api.removePolicy(policy.id))) again();
  };
  return h('section', { class: 'panel', 'aria-label': policy.name },
    h('div', { class: 'row between' }, h('h2', {}, policy.name, policy.default ? h('small', {}, t.policies.inUse) : null),
      app.can('admin') && !policy.builtIn ? h('div', { class: 'row' }, button(t.edit, edit), button(t.remove, () => void remove())) : null),
    h('ol', { class: 'plain' }, policy.tiers.map((tier, i) => h('li', {}, h('strong', {}, t.policies.tier(i + 1)), ': ', tier.notify.map(target => targetName(target, names)).join(', '), h('span', { class: 'quiet' }, ` · ${t.policies.then(duration(tier.acknowledgeWithinS), tier.repeat)}`)))),
    policy.quietHours.map(quiet => h('p', { class: 'quiet' }, `${t.policies.quiet}: ${quiet.from} – ${quiet.to} ${quiet.timeZone}, ${t.policies.quietBelow} ${t.severity[quiet.below]}`)),
    dryRun(policy));
}

function targetName(target: PolicyTarget, names: Names): string {
  if ('user' in target) return names.users.find(user => user.id === target.user)?.name ?? target.user;
  if ('role' in target) return t.policies.role(t.people.roles[target.role] ?? target.role);
  return t.policies.channel(names.channels.find(channel => channel.id === target.channel)?.name ?? t.channels.kinds[target.channel] ?? target.channel);
}

function dryRun(policy: Policy): HTMLElement {
  const severity = select(severities.map(name => [name, t.severity[name]] as const), 'critical', { 'aria-label': t.history.severity });
  const at = h('input', { type: 'datetime-local', value: localTime(nowS()), 'aria-label': t.policies.at, required: true });
  const result = h('div', { 'aria-live': 'polite' });
  const run = (event: Event): void => {
    event.preventDefault();
    void load(result, () => api.dryRun(policy.id, severity.value as Severity, new Date(at.value).getTime() / 1000), (box, found) => render(box, table(t.policies.dryRun, [
      { head: t.policies.when, cell: step => [stamp(step.toldAt, nowS()), step.heldByQuietHours ? h('small', {}, ` ${t.policies.held}`) : null] },
      { head: t.policies.step, cell: step => t.policies.tier(step.tier + 1) + (step.told > 1 ? ` (${step.told}×)` : '') },
      { head: t.policies.who, cell: step => step.tells.length === 0 ? t.policies.nothing : step.tells.map(tell => tell.recipient ? `${tell.recipient} (${tell.channel})` : t.channels.kinds[tell.channel] ?? tell.channel).join(', ') },
    ], found.timeline.slice(0, stepsMax), t.policies.nothing), h('p', { class: 'quiet' }, t.policies.afterwards(found.then))));
  };
  return h('details', {}, h('summary', {}, t.policies.dryRun), h('p', { class: 'quiet' }, t.policies.dryRunText),
    h('form', { class: 'row', onsubmit: run }, severity, at, h('button', { type: 'submit' }, t.policies.run)), result);
}

const localTime = (seconds: number): string => new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 16);

function editPolicy(element: HTMLElement, app: App, policy: Policy | null, names: Names, saved: () => void, cancel: () => void): void {
  const name = h('input', { required: true, maxlength: 100, value: policy?.name ?? '' });
  const usual = h('input', { type: 'checkbox', checked: policy?.default ?? true });
  const tiers = (policy?.tiers ?? [{ notify: [{ role: 'responder' }], acknowledgeWithinS: 300, repeat: 0 }]).map(tier => tierForm(tier, names));
  const tierBox = h('div', {}), problem = h('p', { class: 'problem', role: 'alert' });
  const quiet = quietForm(policy, app);
  const show = (): void => render(tierBox, tiers.map((tier, i) => h('fieldset', {}, h('legend', {}, t.policies.tier(i + 1)), tier.element)),
    h('div', { class: 'row' }, button(t.policies.addTier, () => { tiers.push(tierForm({ notify: [], acknowledgeWithinS: 300, repeat: 0 }, names)); show(); }),
      tiers.length > 1 ? button(t.policies.removeTier, () => { tiers.pop(); show(); }) : null));
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body: PolicyBody = { name: name.value.trim(), default: usual.checked, tiers: tiers.map(tier => tier.read()), quietHours: quiet.read() };
    if (body.tiers.some(tier => tier.notify.length === 0)) {
      problem.textContent = t.policies.needTarget;
      return;
    }
    try {
      await (policy ? api.replacePolicy(policy.id, body) : api.addPolicy(body));
      saved();
    } catch (error) {
      problem.textContent = explain(error);
    }
  };
  show();
  render(element, h('form', { class: 'panel', onsubmit: event => void send(event) }, field(t.policies.name, name), h('label', { class: 'inline' }, usual, ' ', t.policies.makeUsual), tierBox, quiet.element, problem,
    h('div', { class: 'row' }, h('button', { type: 'submit', class: 'primary' }, t.save), button(t.cancel, cancel))));
  name.focus();
}

function tierForm(tier: PolicyTier, names: Names): { element: HTMLElement; read: () => PolicyTier } {
  const options: [string, string][] = [
    ...(['responder', 'supervisor', 'admin'] as const).map((role): [string, string] => [`role:${role}`, t.policies.role(t.people.roles[role]!)]),
    ...names.users.filter(user => user.disabledAt === null).map((user): [string, string] => [`user:${user.id}`, user.name]),
    ...names.channels.map((channel): [string, string] => [`channel:${channel.id}`, t.policies.channel(t.channels.kinds[channel.name] ?? channel.name)]),
  ];
  const chosen = new Set(tier.notify.map(target => Object.entries(target).map(([kind, value]) => `${kind}:${value}`)[0]!));
  const boxes = options.map(([value, text]) => ({ value, text, box: h('input', { type: 'checkbox', checked: chosen.has(value) }) }));
  const within = h('input', { type: 'number', min: 1, max: 1440, required: true, value: Math.max(1, Math.round(tier.acknowledgeWithinS / 60)) });
  const repeat = h('input', { type: 'number', min: 0, max: 20, required: true, value: tier.repeat });
  return {
    element: h('div', {}, h('div', { class: 'choices', role: 'group', 'aria-label': t.policies.notify }, boxes.map(({ text, box }) => h('label', { class: 'inline' }, box, ' ', text))),
      h('div', { class: 'row' }, field(t.policies.within, within), field(t.policies.repeat, repeat))),
    read: () => ({
      notify: boxes.filter(item => item.box.checked).map(item => {
        const [kind, ...rest] = item.value.split(':');
        return { [kind!]: rest.join(':') } as unknown as PolicyTarget;
      }),
      acknowledgeWithinS: Number(within.value) * 60, repeat: Number(repeat.value),
    }),
  };
}

function quietForm(policy: Policy | null, app: App): { element: HTMLElement; read: () => PolicyBody['quietHours'] } {
  const present = policy?.quietHours[0];
  const on = h('input', { type: 'checkbox', checked: present !== undefined });
  const below = select(severities.slice(1).map(name => [name, t.severity[name]] as const), present?.below ?? 'high', { 'aria-label': t.policies.quietBelow });
  const from = h('input', { type: 'time', value: present?.from ?? '22:00', 'aria-label': t.policies.from }), to = h('input', { type: 'time', value: present?.to ?? '06:00', 'aria-label': t.policies.to });
  const zone = h('input', { value: present?.timeZone ?? app.zone ?? viewerZone(), 'aria-label': t.wearer.zone, spellcheck: 'false' });
  return {
    element: h('fieldset', {}, h('legend', {}, t.policies.quiet), h('label', { class: 'inline' }, on, ' ', t.policies.quietOn),
      h('div', { class: 'row' }, t.policies.quietBelow, ' ', below, t.policies.from, ' ', from, t.policies.to, ' ', to, zone), h('p', { class: 'quiet' }, t.policies.quietHint)),
    read: () => on.checked ? [{ below: below.value as Severity, from: from.value, to: to.value, timeZone: zone.value.trim() }] : [],
  };
}
