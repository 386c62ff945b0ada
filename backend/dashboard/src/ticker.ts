// Ages that count up by themselves: the text of a <time> is changed in place, so that no button is replaced under a finger.
import { h } from './dom';
import { relative } from './format';
import { nowS } from './serverTime';

/** "12 s ago" (or "in 4 min"), kept true. */
export function ago(seconds: number): HTMLTimeElement {
  const element = h('time', { 'data-at': seconds, datetime: new Date(seconds * 1000).toISOString() });
  element.textContent = relative(seconds, nowS());
  return element;
}

setInterval(() => {
  const now = nowS();
  for (const element of document.querySelectorAll<HTMLTimeElement>('time[data-at]')) {
    const text = relative(Number(element.dataset.at), now);
    if (element.textContent !== text) element.textContent = text;
  }
}, 1000);
