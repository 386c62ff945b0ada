import { api, type Channel } from '../api';
import { attempt, explain, load, toast, type App } from '../app';
import { button, dialog, field, h, render, select, table } from '../dom';
import { t } from '../texts';

interface Setting { name: string; kind: 'text' | 'number' | 'list' | 'choice'; required?: boolean; usual?: string; choices?: readonly string[] }

// What each kind of channel wants to know. The server checks; this only asks.
const kinds: Record<string, { settings: Setting[]; secret: boolean; address: boolean }> = {
  smtp: {
    secret: true, address: true, settings: [
      { name: 'host', kind: 'text', required: true }, { name: 'port', kind: 'number', usual: '587' }, { name: 'security', kind: 'choice', choices: ['starttls', 'implicit', 'none'], usual: 'starttls' },
      { name: 'user', kind: 'text' }, { name: 'from', kind: 'text', required: true }, { name: 'fromName', kind: 'text', usual: 'TRAXXs' }, { name: 'to', kind: 'list' },
    ],
  },
  'sms-twilio': { secret: true, address: true, settings: [{ name: 'accountSid', kind: 'text', required: true }, { name: 'from', kind: 'text', required: true }, { name: 'url', kind: 'text' }, { name: 'to', kind: 'list' }] },
  'sms-webhook': { secret: true, address: true, settings: [{ name: 'url', kind: 'text', required: true }, { name: 'to', kind: 'list' }] },
  webhook: { secret: true, address: false, settings: [{ name: 'url', kind: 'text', required: true }] },
  mqtt: { secret: false, address: false, settings: [] },
};

/** Ways to reach people outside this page. Secrets go to the server and never come back. */
export function renderChannels(element: HTMLElement, { app }: { app: App }): void {
  const again = (): void => renderChannels(element, { app });
  const editor = h('div', {});
  const edit = (channel: Channel | null): void => editChannel(editor, channel, again, () => editor.replaceChildren());
  const test = async (channel: Channel): Promise<void> => {
    const to = h('input', {});
    if (kinds[channel.kind]?.address && !await dialog(`${t.channels.test}: ${channel.name}`, [field(t.channels.testTo, to)], t.channels.test)) return;
    toast(t.channels.testing);
    await attempt(async () => {
      const result = await api.testChannel(channel.id, to.value.trim() || null);
      if (result.taken) toast(t.channels.tested);
      else toast(t.channels.testFailed(result.reason ?? ''), true);
    });
  };
  const remove = async (channel: Channel): Promise<void> => {
    if (await dialog(t.channels.removeAsk(channel.name), [], t.remove, true) && await attempt(() => api.removeChannel(channel.id))) again();
  };
  void load(element, () => api.channels(), (box, { channels }) => render(box, h('p', { class: 'quiet' }, t.channels.intro), h('div', { class: 'row' }, button(t.channels.new, () => edit(null), { class: 'primary' })), editor,
    table(t.channels.title, [
      { head: t.channels.name, cell: channel => kinds[channel.kind] ? channel.name : t.channels.kinds[channel.kind] ?? channel.name },
      { head: t.channels.kind, cell: channel => t.channels.kinds[channel.kind] ?? channel.kind },
      { head: t.channels.settings, cell: channel => Object.entries(channel.settings).filter(([name, value]) => value !== null && value !== '' && name !== 'trustedCertificate').map(([name, value]) => `${name}: ${String(value)}`).join(' · ') },
      { head: t.deliveries.state, cell: channel => channel.enabled ? t.channels.on : t.channels.off },
      {
        head: '', cell: channel => kinds[channel.kind] ? h('div', { class: 'row' },
          button(t.channels.test, () => void test(channel), { 'aria-label': `${t.channels.test}: ${channel.name}` }), button(t.edit, () => edit(channel), { 'aria-label': `${t.edit}: ${channel.name}` }),
          button(channel.enabled ? t.channels.off : t.channels.on, () => void attempt(() => api.changeChannel(channel.id, { enabled: !channel.enabled })).then(again), { 'aria-label': `${channel.enabled ? t.channels.turnOff : t.channels.turnOn}: ${channel.name}` }),
          button(t.remove, () => void remove(channel), { 'aria-label': `${t.remove}: ${channel.name}` })) : null,
      },
    ], channels, t.channels.empty)));
}

function editChannel(element: HTMLElement, channel: Channel | null, saved: () => void, cancel: () => void): void {
  const kind = select(Object.keys(kinds).map(name => [name, t.channels.kinds[name] ?? name] as const), channel?.kind ?? 'smtp', { disabled: channel !== null, onchange: () => show() });
  const name = h('input', { required: true, maxlength: 100, value: channel?.name ?? '' });
  const body = h('div', {}), problem = h('p', { class: 'problem', role: 'alert' });
  let inputs: { setting: Setting; input: HTMLInputElement | HTMLSelectElement }[] = [];
  let secret = h('input', {});
  const show = (): void => {
    const { settings, secret: hasSecret } = kinds[kind.value]!;
    inputs = settings.map(setting => ({ setting, input: settingInput(setting, channel?.settings[setting.name]) }));
    secret = h('input', { type: 'password', autocomplete: 'new-password', spellcheck: 'false' });
    render(body, inputs.map(({ setting, input }) => field(t.channels.setting[setting.name] ?? setting.name, input, setting.kind === 'list' ? t.channels.listHint : undefined)), hasSecret ? field(t.devices.secret, secret, channel?.hasSecret ? t.channels.secretHint : undefined) : null);
  };
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const settings: Record<string, string | number | string[]> = {};
    for (const { setting, input } of inputs) {
      if (setting.kind === 'list') settings[setting.name] = input.value.split(',').map(item => item.trim()).filter(item => item !== '');
      else if (input.value !== '') settings[setting.name] = setting.kind === 'number' ? Number(input.value) : input.value;
    }
    const content = { name: name.value.trim(), settings, ...(secret.value ? { secret: secret.value } : {}) };
    try {
      await (channel ? api.changeChannel(channel.id, content) : api.addChannel({ kind: kind.value, ...content }));
      saved();
    } catch (error) {
      problem.textContent = explain(error);
    }
  };
  show();
  render(element, h('form', { class: 'panel', onsubmit: event => void send(event) }, field(t.channels.kind, kind), field(t.channels.name, name), body, problem,
    h('div', { class: 'row' }, h('button', { type: 'submit', class: 'primary' }, t.save), button(t.cancel, cancel))));
}

function settingInput(setting: Setting, present: unknown): HTMLInputElement | HTMLSelectElement {
  const value = Array.isArray(present) ? present.join(', ') : present === undefined || present === null ? setting.usual ?? '' : String(present);
  if (setting.kind === 'choice') return select(setting.choices!.map(choice => [choice, choice] as const), value.toLowerCase());
  return h('input', { value, required: setting.required, type: setting.kind === 'number' ? 'number' : 'text', spellcheck: 'false' });
}
