import { accessKey, api, ApiError } from '../api';
import { explain } from '../app';
import { button, field, h, render } from '../dom';
import { t } from '../texts';

/** The sign-in: e-mail and password, or an access key; says why one is here. */
export function renderSignIn(element: HTMLElement, data: { reason: string; enter: () => void }, withKey = false): void {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const email = h('input', { type: 'email', autocomplete: 'username', required: true });
  const password = h('input', { type: 'password', autocomplete: 'current-password', required: true, maxlength: 128 });
  const key = h('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', required: true });
  const submit = h('button', { type: 'submit', class: 'primary wide' }, t.signIn.submit);

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    problem.textContent = '';
    submit.disabled = true;
    try {
      if (withKey) {
        accessKey.set(key.value.trim());
        await api.me();
      } else await api.signIn(email.value.trim(), password.value);
      data.enter();
    } catch (error) {
      if (withKey) accessKey.set(null);
      problem.textContent = error instanceof ApiError && error.status === 401 ? (withKey ? t.signIn.keyWrong : wrong(error)) : explain(error);
      submit.disabled = false;
      (withKey ? key : password).select();
    }
  };

  render(element, h('main', { class: 'door' }, h('form', { class: 'card', onsubmit: event => void send(event) },
    h('img', { src: '/icon.svg', alt: '', width: 44, height: 44 }),
    h('h1', {}, t.product),
    data.reason ? h('p', { class: 'notice', role: 'status' }, data.reason) : null,
    withKey ? field(t.signIn.key, key, t.signIn.keyHint) : [field(t.signIn.email, email), field(t.signIn.password, password)],
    problem, submit,
    button(withKey ? t.signIn.useEmail : t.signIn.useKey, () => renderSignIn(element, data, !withKey), { class: 'link' }))));
  (withKey ? key : email).focus();
}

// The server's own sentence says more where it throttles or locks.
const wrong = (error: ApiError): string => error.code === 'not-signed-in' || error.code === 'sign-in-refused' ? t.signIn.wrong : error.message;
