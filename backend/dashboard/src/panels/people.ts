import { api, type User } from '../api';
import { attempt, load, type App } from '../app';
import { button, dialog, field, h, render, select, table } from '../dom';
import { stamp } from '../format';
import { nowS } from '../model';
import { t } from '../texts';
import { showSecretText } from './secret';

const roles = ['viewer', 'responder', 'supervisor', 'admin'] as const;

/** People with an account and what they may do. */
export function renderPeople(element: HTMLElement, { app }: { app: App }): void {
  const again = (): void => renderPeople(element, { app });
  const link = (user: User, text: string): Promise<void> => showSecretText(`${t.people.linkTitle}: ${user.name}`, t.people.linkText, text);
  const add = async (): Promise<void> => {
    const name = h('input', { required: true, maxlength: 100 }), email = h('input', { type: 'email', required: true }), phone = h('input', { type: 'tel' });
    const role = select(roles.map(value => [value, t.people.roles[value]!] as const), 'responder');
    if (!await dialog(t.people.add, [field(t.people.name, name), field(t.people.email, email), field(t.people.role, role, t.people.rolesHelp), field(t.people.phone, phone)], t.create)) return;
    await attempt(async () => {
      const user = await api.addUser({ name: name.value.trim(), email: email.value.trim(), role: role.value, phone: phone.value.trim() || null });
      again();
      if (user.link) await link(user, user.link);
    });
  };
  const change = (user: User, body: Record<string, unknown>): void => void attempt(() => api.changeUser(user.id, body), t.saved).then(again);
  const remove = async (user: User): Promise<void> => {
    if (await dialog(t.people.removeAsk(user.name), [], t.remove, true) && await attempt(() => api.removeUser(user.id))) again();
  };
  const role = (user: User): HTMLElement => {
    const choice = select(roles.map(value => [value, t.people.roles[value]!] as const), user.role, { 'aria-label': `${t.people.role}: ${user.name}`, disabled: user.id === app.me.id, onchange: () => change(user, { role: choice.value }) });
    return choice;
  };
  void load(element, () => app.model.people(true), (box, users) => render(box,
    h('div', { class: 'row' }, button(t.people.add, () => void add(), { class: 'primary' })), h('p', { class: 'quiet' }, t.people.rolesHelp),
    table(t.people.title, [
      { head: t.people.name, cell: user => [user.name, user.disabledAt ? h('small', {}, ` ${t.people.disabled}`) : null, user.lockedUntil && user.lockedUntil > nowS() ? h('small', {}, ` ${t.people.locked} ${stamp(user.lockedUntil, nowS())}`) : null] },
      { head: t.people.email, cell: user => user.email },
      { head: t.people.phone, cell: user => user.phone },
      { head: t.people.role, cell: role },
      {
        head: '', cell: user => user.id === app.me.id ? null : h('div', { class: 'row' },
          button(t.people.link, () => void attempt(async () => link(user, (await api.passwordLink(user.id)).link)), { 'aria-label': `${t.people.link}: ${user.name}` }),
          button(user.disabledAt ? t.people.enable : t.people.disable, () => change(user, { disabled: !user.disabledAt }), { 'aria-label': `${user.disabledAt ? t.people.enable : t.people.disable}: ${user.name}` }),
          button(t.remove, () => void remove(user), { 'aria-label': `${t.remove}: ${user.name}` })),
      },
    ], users, t.people.empty)));
}
