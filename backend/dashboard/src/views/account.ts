// One's own password and sign-ins.
import { api } from '../api';
import { attempt, load, type View } from '../app';
import { button, field, h, render, table } from '../dom';
import { stamp } from '../format';
import { nowS } from '../model';
import { t } from '../texts';

export const accountView: View = (element, app) => {
  const sessions = h('div', {});
  if (app.me.kind !== 'user') {
    render(element, h('div', { class: 'page' }, h('h1', {}, t.account.title), h('p', {}, `${app.me.name}: ${t.people.roles[app.me.role] ?? app.me.role}`), h('p', { class: 'quiet' }, t.account.key)));
    return;
  }
  const current = h('input', { type: 'password', required: true, autocomplete: 'current-password' });
  const next = h('input', { type: 'password', required: true, minlength: 10, maxlength: 128, autocomplete: 'new-password' });
  const read = (): Promise<void> => load(sessions, api.signIns, (box, { signIns }) => render(box, table(t.account.sessions, [
    { head: t.account.client, cell: item => [item.client ?? t.unknown, item.current ? h('small', {}, ` (${t.account.here})`) : null] },
    { head: t.account.created, cell: item => stamp(item.createdAt, nowS()) },
    { head: t.account.seen, cell: item => stamp(item.seenAt, nowS()) },
    { head: '', cell: item => button(t.account.end, () => void attempt(() => api.endSignIn(item.id)).then(read)) },
  ], signIns, t.none)));
  render(element, h('div', { class: 'page narrow' }, h('h1', {}, t.account.title), h('p', {}, `${app.me.name} · ${app.me.email ?? ''} · ${t.people.roles[app.me.role] ?? app.me.role}`),
    h('section', { class: 'panel' }, h('h2', {}, t.account.password), h('form', {
      onsubmit: event => {
        event.preventDefault();
        void attempt(() => api.changePassword(current.value, next.value), t.account.changed).then(done => { if (done) current.value = next.value = ''; });
      },
    }, field(t.account.current, current), field(t.account.next, next, t.firstRun.passwordHint), h('button', { type: 'submit', class: 'primary' }, t.account.change))),
    h('section', { class: 'panel' }, h('h2', {}, t.account.sessions), sessions)));
  void read();
};
