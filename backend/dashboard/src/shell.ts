// The frame around every view: navigation, alarm bar, link state, and the parts that live as long as one is signed in.
import { accessKey, api, type Alert, type MapSettings, type Me, type ServiceNote } from './api';
import { Alarm } from './alarm';
import { atLeast, attempt, type App, type View } from './app';
import { button, h, keyed, render } from './dom';
import { Feed, type FeedState } from './feed';
import { icon } from './icons';
import { isGrave, Model } from './model';
import { href, parse } from './route';
import { ruleName, t } from './texts';
import { ago } from './ticker';
import type { Trouble } from './trouble';
import { accountView } from './views/account';
import { deviceView } from './views/device';
import { devicesView } from './views/devices';
import { historyView } from './views/history';
import { liveView } from './views/live';
import { setupView } from './views/setup';
import { wearerView } from './views/wearer';
import { wearersView } from './views/wearers';

const views: Record<string, View> = {
  live: liveView, history: historyView, account: accountView, setup: setupView,
  devices: (element, app, route) => (route.id ? deviceView : devicesView)(element, app, route),
  wearers: (element, app, route) => (route.id ? wearerView : wearersView)(element, app, route),
};
const judgeMs = 5000;

export class Shell {
  private readonly model = new Model();
  private readonly alarm: Alarm;
  private readonly feed: Feed;
  private readonly app: App;
  private readonly link = h('span', { class: 'pill', role: 'status' });
  private readonly soundButton: HTMLButtonElement;
  private readonly bar = h('section', { class: 'alarm-bar', 'aria-label': t.alarm.bar, hidden: true });
  private readonly outlet = h('main', { id: 'content', tabindex: -1 });
  private readonly nav = h('nav', { 'aria-label': t.nav.label });
  private readonly timers: ReturnType<typeof setInterval>[] = [];
  private leave: (() => void) | null = null;
  private shown = '';
  private readonly route = (): void => this.show();

  constructor(root: HTMLElement, me: Me, private readonly trouble: Trouble, private readonly hooks: { signOut: () => void }) {
    this.app = { model: this.model, me, map: api.mapSettings().catch((): MapSettings => ({ styleUrl: null, tilesUrl: null, attribution: null })), zone: me.organisation?.timeZone ?? null, can: role => atLeast(me.role, role) };
    this.alarm = new Alarm(alert => this.nameOf(alert));
    this.soundButton = button('', () => this.alarm.toggle(), { class: 'quiet-button' });
    this.alarm.onSound = () => this.showSound();
    this.feed = new Feed({
      token: accessKey.get,
      onEvent: event => {
        if (event.type === 'service') this.trouble.service(event.data as ServiceNote);
        else this.model.take(event);
      },
      onState: state => this.showLink(state),
      mayRetry: () => api.me().then(() => true, () => false),
    });
    this.model.onNewAlert = alert => {
      document.getElementById('spoken')!.textContent = t.alarm.spoken(`${ruleName(alert.rule)}, ${this.nameOf(alert)}`);
    };
    this.model.subscribe(changes => { if (changes.has('alerts')) this.showAlarms(); });
    render(root, this.frame(me));
    this.showSound();
    addEventListener('hashchange', this.route);
    this.timers.push(setInterval(() => this.model.judge(), judgeMs));
    this.feed.start();
    this.show();
  }

  /** The server answers again. */
  recovered(): void { this.feed.start(); }

  dispose(): void {
    this.leave?.();
    this.feed.stop();
    this.alarm.stop();
    for (const timer of this.timers) clearInterval(timer);
    removeEventListener('hashchange', this.route);
  }

  private frame(me: Me): HTMLElement {
    return h('div', { class: 'frame' },
      h('a', { class: 'skip', href: '#content', onclick: event => { event.preventDefault(); this.outlet.focus(); } }, t.nav.skip),
      h('header', {},
        h('a', { class: 'brand', href: href('live'), 'aria-label': t.product }, h('img', { src: '/icon.svg', alt: '', width: 28, height: 28 }), h('span', {}, t.product)),
        this.nav,
        h('div', { class: 'status' }, this.link, this.soundButton,
          h('a', { class: 'who', href: href('account') }, me.name, h('small', {}, t.people.roles[me.role] ?? me.role)),
          button(t.signIn.out, this.hooks.signOut))),
      this.bar, this.outlet);
  }

  private show(): void {
    const route = parse(location.hash), known = views[route.view] ? route.view : 'live';
    this.showNav(known);
    // The live view changes its own panels: its map must not be made anew for each.
    const key = known === 'live' ? 'live' : location.hash;
    if (key === this.shown && this.leave) {
      dispatchEvent(new CustomEvent('live-route'));
      return;
    }
    this.leave?.();
    this.shown = key;
    this.outlet.className = `view-${known}`;
    this.outlet.replaceChildren();
    this.leave = views[known]!(this.outlet, this.app, route) ?? (() => {});
  }

  private showNav(current: string): void {
    const open = this.model.open.length;
    const item = (view: string, text: string, badge = 0): HTMLElement => h('a', { href: href(view), 'aria-current': current === view ? 'page' : false },
      text, badge > 0 ? h('span', { class: 'badge', 'aria-label': t.count.alerts(badge) }, badge) : null);
    const names = ['live', 'history', 'devices', 'wearers', ...(this.app.can('supervisor') ? ['setup'] : [])] as const;
    keyed(this.nav, names, name => name, name => `${name === current} ${name === 'live' ? open : 0}`, name => item(name, t.nav[name as keyof typeof t.nav] as string, name === 'live' ? open : 0));
  }

  private showLink(state: FeedState): void {
    this.trouble.feed(state);
    this.link.textContent = t.link[state.kind];
    this.link.className = `pill ${state.kind}`;
  }

  private showSound(): void {
    const sound = this.alarm.sound;
    render(this.soundButton, icon(sound === 'on' ? 'soundOn' : 'soundOff'), sound === 'locked' ? h('span', { class: 'wide-only' }, ` ${t.sound.locked}`) : null);
    this.soundButton.setAttribute('aria-label', sound === 'locked' ? t.sound.locked : sound === 'on' ? t.sound.turnOff : t.sound.turnOn);
    this.soundButton.title = sound === 'on' ? t.sound.on : sound === 'off' ? t.sound.off : t.sound.locked;
  }

  private nameOf(alert: Alert): string { return alert.wearer?.name ?? this.model.nameOf(alert.deviceId); }

  private showAlarms(): void {
    const waiting = this.model.open.filter(alert => alert.state !== 'acknowledged');
    const grave = waiting.filter(isGrave);
    this.alarm.watch(waiting);
    this.showNav(parse(location.hash).view);
    this.bar.hidden = grave.length === 0;
    keyed(this.bar, grave.slice(0, 3), alert => alert.id, alert => `${alert.state} ${this.nameOf(alert)}`, alert => h('div', { class: `alarm ${alert.severity}` },
      h('span', { class: 'sign', 'aria-hidden': 'true' }, '!'),
      h('a', { href: href('live', 'alert', alert.id), 'data-focus': 'open' }, h('strong', {}, `${t.severity[alert.severity]}: ${ruleName(alert.rule)}`), ` · ${this.nameOf(alert)} · `, ago(alert.eventTime ?? alert.raisedAt)),
      this.app.can('responder') ? button(t.inbox.acknowledge, () => void attempt(async () => this.model.takeAlert(await api.acknowledge(alert.id))), { class: 'primary', 'data-focus': 'acknowledge' }) : null));
    this.bar.dataset.more = grave.length > 3 ? t.alarm.waiting(grave.length) : '';
  }
}
