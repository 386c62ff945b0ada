import { api } from '../api';
import { explain } from '../app';
import { button, field, h, render } from '../dom';
import { t } from '../texts';

/** The first run: makes the organisation and its first administrator. */
export function renderFirstRun(element: HTMLElement, data: { done: () => void; useKey: () => void }): void {
  const input = (props: Record<string, string | number | boolean>): HTMLInputElement => h('input', { required: true, ...props });
  const organisation = input({ maxlength: 100, autocomplete: 'organization' });
  const name = input({ maxlength: 100, autocomplete: 'name' });
  const email = input({ type: 'email', autocomplete: 'username' });
  const password = input({ type: 'password', minlength: 10, maxlength: 128, autocomplete: 'new-password' });
  const again = input({ type: 'password', minlength: 10, maxlength: 128, autocomplete: 'new-password' });
  const code = input({ autocomplete: 'off', spellcheck: 'false' });
  const problem = h('p', { class: 'problem', role: 'alert' });

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (password.value !== again.value) {
      problem.textContent = t.firstRun.differ;
      again.focus();
      return;
    }
    try {
      await api.setup.run({ organisation: organisation.value.trim(), name: name.value.trim(), email: email.value.trim(), password: password.value, setupCode: code.value.trim() });
      data.done();
    } catch (error) {
      problem.textContent = explain(error);
    }
  };

  render(element, h('main', { class: 'door' }, h('form', { class: 'card', onsubmit: event => void send(event) },
    h('img', { src: '/icon.svg', alt: '', width: 44, height: 44 }),
    h('h1', {}, t.firstRun.title), h('p', { class: 'quiet' }, t.firstRun.intro),
    field(t.firstRun.organisation, organisation), field(t.firstRun.name, name), field(t.firstRun.email, email),
    field(t.firstRun.password, password, t.firstRun.passwordHint), field(t.firstRun.again, again), field(t.firstRun.code, code, t.firstRun.codeHint),
    problem, h('button', { type: 'submit', class: 'primary wide' }, t.firstRun.submit), button(t.signIn.useKey, data.useKey, { class: 'link' }))));
  organisation.focus();
}
