import { h, render, select } from '../dom';
import { colours } from '../map/colours';
import { draw } from '../map/icons';
import { t } from '../texts';

const states = ['alert', 'moving', 'still', 'planned-silence', 'overdue'] as const;

/** What the map's signs mean, and how much of the tracks it shows. */
export function renderLegend(element: HTMLElement, data: { hours: number; change: (hours: number) => void }): void {
  const choice = select([0, 2, 4, 8].map(n => [String(n), t.map.hours(n)] as const), String(data.hours), { onchange: () => data.change(Number(choice.value)), 'aria-label': t.map.tracks });
  const wasOpen = element.querySelector('details')?.open ?? false;
  render(element,
    h('label', { class: 'inline' }, t.map.tracks, ' ', choice),
    h('details', { open: wasOpen }, h('summary', {}, t.map.legend), h('ul', {}, states.map(state => h('li', {}, symbol(state), t.deviceState[state]))),
      h('p', { class: 'quiet' }, t.map.crowd), h('p', { class: 'quiet' }, t.map.accuracy)));
}

function symbol(state: typeof states[number]): HTMLElement {
  const picture = draw(state, colours());
  const canvas = h('canvas', { width: picture.width, height: picture.height, 'aria-hidden': 'true' });
  canvas.getContext('2d')!.putImageData(picture, 0, 0);
  return canvas;
}
