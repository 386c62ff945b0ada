// The server's time: ages are told by it, so that a viewer's clock that is wrong makes no alert older or younger.

const forgetMs = 600_000;
let offsetS: number | null = null;
let observedAtMs = 0;

/** The server said at this moment that it is so late. What comes late through the network looks earlier: the latest word is the truest. */
export function observe(timeS: number, nowMs = Date.now()): void {
  const seen = timeS - nowMs / 1000;
  if (offsetS !== null && seen < offsetS && nowMs - observedAtMs < forgetMs) return;
  offsetS = seen;
  observedAtMs = nowMs;
}

/** Now, s since 1970 UTC, by the server where it was heard. A second of difference is the network's, not the clocks'. */
export function nowS(): number {
  const own = Date.now() / 1000;
  return offsetS === null || Math.abs(offsetS) < 2 ? own : own + offsetS;
}
