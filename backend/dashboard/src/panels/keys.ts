import { api, type Token } from '../api';
import { attempt, load, type App } from '../app';
import { button, dialog, field, h, render, select, table } from '../dom';
import { stamp } from '../format';
import { nowS } from '../model';
import { t } from '../texts';
import { showSecretText } from './secret';

/** Keys for programs. */
export function renderKeys(element: HTMLElement, { app }: { app: App }): void {
  const again = (): void => renderKeys(element, { app });
  const add = async (): Promise<void> => {
    const name = h('input', { required: true, maxlength: 64 }), days = h('input', { type: 'number', min: 1, max: 3650 });
    const role = select((['viewer', 'responder', 'supervisor', 'admin'] as const).map(value => [value, t.people.roles[value]!] as const), 'viewer');
    if (!await dialog(t.keys.add, [field(t.keys.name, name), field(t.keys.role, role), field(t.keys.days, days, t.keys.forever)], t.create)) return;
    await attempt(async () => {
      const made = await api.addToken({ name: name.value.trim(), role: role.value, daysValid: days.value ? Number(days.value) : null });
      again();
      await showSecretText(name.value, t.keys.once, made.token);
    });
  };
  const revoke = async (token: Token): Promise<void> => {
    if (await dialog(t.keys.revokeAsk(token.name), [], t.keys.revoke, true) && await attempt(() => api.removeToken(token.id))) again();
  };
  void load(element, () => api.tokens(), (box, { tokens }) => render(box, h('p', { class: 'quiet' }, t.keys.intro), h('div', { class: 'row' }, button(t.keys.add, () => void add(), { class: 'primary' })),
    table(t.keys.title, [
      { head: t.keys.name, cell: token => token.name },
      { head: t.keys.role, cell: token => t.people.roles[token.role] ?? token.role },
      { head: t.keys.created, cell: token => stamp(token.createdAt, nowS()) },
      { head: t.keys.expires, cell: token => token.revokedAt ? t.keys.revoked : token.expiresAt ? stamp(token.expiresAt, nowS()) : t.never },
      { head: '', cell: token => token.revokedAt ? null : button(t.keys.revoke, () => void revoke(token), { 'aria-label': `${t.keys.revoke}: ${token.name}` }) },
    ], tokens, t.keys.empty)));
}
