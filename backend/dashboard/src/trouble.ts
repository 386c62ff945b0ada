// What does not work, in plain words, and that it works again. Fed by every request, the feed, and a look at the server's
// health every twenty seconds: a network that swallows everything closes no socket.
import { api, type Outcome, type ServiceNote } from './api';
import type { FeedState } from './feed';
import { clock } from './format';
import { h, render } from './dom';
import { t } from './texts';

const lookMs = 20_000;
const feedPatienceMs = 2500; // a reconnect that takes less is nobody's business
const backMs = 5000;

export class Trouble {
  private unreachable = false;
  private store: string | null = null;
  private parts: string[] = [];
  private note: ServiceNote = { storing: true, alerting: true, reason: null };
  private feedLostAt: number | null = null;
  private lastAnswer = Date.now() / 1000;
  private shown = '';
  private backUntil = 0;
  /** The server answers again after it did not. */
  onBack: () => void = () => {};

  constructor(private readonly element: HTMLElement) {
    setInterval(() => void this.look(), lookMs);
    setInterval(() => this.show(), 1000);
  }

  take(outcome: Outcome): void {
    if (outcome.kind === 'unreachable') {
      if (!this.unreachable) setTimeout(() => void this.again(), 1000);
      this.unreachable = true;
    } else {
      const was = this.unreachable;
      this.unreachable = false;
      this.lastAnswer = Date.now() / 1000;
      if (outcome.kind === 'store-unavailable') this.store = outcome.detail;
      if (was) this.onBack();
    }
    this.show();
  }

  feed(state: FeedState): void {
    if (state.kind === 'live') this.feedLostAt = null;
    else if (state.kind === 'lost') {
      this.feedLostAt ??= Date.now();
      void this.look();
    }
    this.show();
  }

  /** The server's own word, over the feed. */
  service(note: ServiceNote): void {
    this.note = note;
    this.store = note.storing ? null : note.reason ?? '';
    this.parts = note.alerting ? [] : ['alerts'];
    this.show();
  }

  async look(): Promise<void> {
    try {
      const health = await api.health();
      if (!health) {
        // Then the feed alone says how the server stands; that it answers, any question shows.
        await api.setup.needed();
        this.service(this.note);
        this.take({ kind: 'ok' });
        return;
      }
      const broken = health.checks.filter(check => !check.ok);
      const stores = broken.filter(check => check.name === 'reports' || check.name === 'service');
      this.store = stores.length > 0 ? stores.map(check => check.reason ?? check.name).join(' ') : null;
      this.parts = broken.filter(check => !stores.includes(check)).map(check => check.name);
      this.take({ kind: 'ok' });
    } catch {
      this.take({ kind: 'unreachable' });
    }
  }

  // While the server is away it is asked every second: whoever waits for it wants to know at once.
  private async again(): Promise<void> {
    await this.look();
    if (this.unreachable) setTimeout(() => void this.again(), 1000);
  }

  private show(): void {
    const feedGone = this.feedLostAt !== null && Date.now() - this.feedLostAt > feedPatienceMs;
    const lines: string[] = [];
    if (this.unreachable) lines.push(t.trouble.server, t.trouble.serverSince(clock(this.lastAnswer, undefined, true)));
    else {
      if (this.store !== null) lines.push(t.trouble.store);
      if (feedGone) lines.push(t.trouble.feed);
      if (this.parts.length > 0) lines.push(t.trouble.parts(this.parts.join(', ')));
    }

    if (lines.length === 0 && this.shown !== '' && this.backUntil === 0) this.backUntil = Date.now() + backMs;
    if (lines.length > 0) this.backUntil = 0;
    const back = this.backUntil > Date.now();
    if (!back && this.backUntil > 0) this.backUntil = 0;
    const text = lines.length > 0 ? lines.join('\n') : back ? t.trouble.back : '';
    if (text === this.shown) return;
    this.shown = text;
    this.element.className = `trouble ${lines.length > 0 ? 'bad' : back ? 'good' : ''}`;
    render(this.element, text === '' ? null : h('span', { class: 'sign', 'aria-hidden': 'true' }, back ? '✓' : '⚠'), text === '' ? null : h('span', {}, text.replaceAll('\n', ' ')));
    this.element.hidden = text === '';
  }
}
