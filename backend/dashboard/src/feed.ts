// The live feed: one WebSocket, resumed behind the last event seen. Who lets us go and why is told to the page.

export type FeedState = { kind: 'connecting' } | { kind: 'live' } | { kind: 'lost'; reason: string; retryAtMs: number };
export interface FeedEvent { id: string; type: string; time?: number; data?: unknown }

const waitMinMs = 500;
const waitMaxMs = 15_000;

/** How long to wait before try number n (0 first): doubling, bounded, and not all pages at once. */
export function waitMs(attempt: number, random: number): number {
  return Math.min(waitMaxMs, waitMinMs * 2 ** Math.min(attempt, 10)) * (0.5 + random / 2);
}

export interface FeedOptions {
  token: () => string | null;
  onEvent: (event: FeedEvent) => void;
  onState: (state: FeedState) => void;
  /** The server ended it for a reason of ours (signed out, key revoked): asked before the next try. */
  mayRetry: () => Promise<boolean>;
}

export class Feed {
  private socket: WebSocket | null = null;
  private last: string | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private stopped = false;

  constructor(private readonly options: FeedOptions) {
    addEventListener('online', this.soon);
    document.addEventListener('visibilitychange', this.soon);
  }

  start(): void {
    if (this.stopped || this.socket) return;
    this.options.onState({ kind: 'connecting' });
    const address = new URL('/api/v1/live', location.href);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    if (this.last) address.searchParams.set('after', this.last);
    const token = this.options.token();
    const socket = new WebSocket(address, token ? ['traxxs.v1', `bearer.${token}`] : ['traxxs.v1']);
    this.socket = socket;
    socket.onopen = () => {
      // A first connection has missed everything before it, one that goes on where it stopped has not.
      const first = this.last === null;
      this.attempt = 0;
      this.options.onState({ kind: 'live' });
      if (first) this.options.onEvent({ id: '', type: 'reset' });
    };
    socket.onmessage = message => {
      const event = JSON.parse(String(message.data)) as FeedEvent;
      this.last = event.id;
      this.options.onEvent(event);
    };
    socket.onclose = event => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.later(event.reason);
    };
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    removeEventListener('online', this.soon);
    document.removeEventListener('visibilitychange', this.soon);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private later(reason: string): void {
    if (this.stopped) return;
    const wait = waitMs(this.attempt++, Math.random());
    this.options.onState({ kind: 'lost', reason, retryAtMs: Date.now() + wait });
    this.timer = setTimeout(() => void this.again(), wait);
  }

  private async again(): Promise<void> {
    this.timer = null;
    if (await this.options.mayRetry()) this.start();
    else this.later('');
  }

  // The network came back, or somebody looks again: no need to wait for the rest of the pause.
  private readonly soon = (): void => {
    if (this.stopped || this.socket || !this.timer || document.visibilityState === 'hidden') return;
    clearTimeout(this.timer);
    this.attempt = 0;
    void this.again();
  };
}
