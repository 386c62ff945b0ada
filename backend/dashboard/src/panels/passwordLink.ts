import { api } from '../api';
import { explain } from '../app';
import { field, h, render } from '../dom';
import { t } from '../texts';

/** Whoever was sent a one-time link chooses a password. */
export function renderPasswordLink(element: HTMLElement, data: { link: string; done: (text: string) => void }): void {
  const password = h('input', { type: 'password', minlength: 10, maxlength: 128, required: true, autocomplete: 'new-password' });
  const problem = h('p', { class: 'problem', role: 'alert' });
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await api.passwordByLink(data.link, password.value);
      data.done(t.passwordLink.finished);
    } catch (error) {
      problem.textContent = explain(error);
    }
  };
  render(element, h('main', { class: 'door' }, h('form', { class: 'card', onsubmit: event => void send(event) },
    h('h1', {}, t.passwordLink.title), field(t.firstRun.password, password, t.firstRun.passwordHint), problem,
    h('button', { type: 'submit', class: 'primary wide' }, t.passwordLink.submit))));
  password.focus();
}
