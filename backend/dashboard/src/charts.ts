// Charts as SVG: time from left to right, one scale, few ticks. Each says in its label what it shows, for who cannot see it.
import { h, svg } from './dom';
import { clock } from './format';

const left = 44, right = 8, bottom = 22, top = 10;
let width = 720;

// Drawn as wide as there is room, so that text keeps its size on a phone.
const measure = (): void => { width = Math.max(300, Math.min(720, innerWidth - 60)); };

export interface Axis { from: number; to: number; zone?: string | undefined }

const x = (axis: Axis, time: number): number => left + (time - axis.from) / (axis.to - axis.from) * (width - left - right);

/** Whole hours of a span, 3 or 1 h apart; midnights of the zone shift with it, so ticks are looked for, not computed. */
export function hourTicks(axis: Axis): number[] {
  const stepH = axis.to - axis.from <= 12 * 3600 ? 1 : width < 500 ? 6 : 3;
  const ticks: number[] = [];
  for (let time = Math.ceil(axis.from / 900) * 900; time <= axis.to; time += 900) {
    const [hour, minute] = clock(time, axis.zone).split(':').map(Number);
    if (minute === 0 && hour! % stepH === 0) ticks.push(time);
  }
  return ticks;
}

function frame(label: string, height: number, axis: Axis, max: number): SVGSVGElement {
  const plot = height - top - bottom;
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'plot', role: 'img', 'aria-label': label },
    [0, 0.5, 1].map(part => [
      svg('line', { x1: left, x2: width - right, y1: top + plot * (1 - part), y2: top + plot * (1 - part), class: 'gridline' }),
      svg('text', { x: left - 6, y: top + plot * (1 - part) + 4, class: 'tick end' }, round(max * part)),
    ]),
    hourTicks(axis).map(time => svg('text', { x: x(axis, time), y: height - 4, class: 'tick middle' }, clock(time, axis.zone))));
}

const round = (value: number): number => value >= 10 ? Math.round(value) : Math.round(value * 10) / 10;

/** A scale's end: 1, 2 or 5 times a power of ten above the largest value. */
export function scaleEnd(largest: number): number {
  if (largest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  return power * ([1, 2, 5, 10].find(step => step * power >= largest) ?? 10);
}

/** Bars, one a span of time: steps an hour. */
export function bars(label: string, axis: Axis, values: readonly { from: number; to: number; value: number; text: string }[]): HTMLElement {
  measure();
  const height = 150, max = scaleEnd(Math.max(...values.map(item => item.value), 0)), plot = height - top - bottom;
  const chart = frame(label, height, axis, max);
  for (const item of values) {
    const begin = Math.max(left, x(axis, item.from)), end = Math.min(width - right, x(axis, item.to));
    if (end <= begin) continue;
    const tall = plot * item.value / max;
    chart.append(svg('rect', { x: begin + 1, width: Math.max(1, end - begin - 2), y: top + plot - tall, height: tall, class: 'bar' }, svg('title', {}, item.text)));
  }
  return figure(label, chart);
}

/** A line through points; broken where a gap is longer than allowed. */
export function line(label: string, axis: Axis, values: readonly { time: number; value: number; text: string }[], options: { max?: number; unit?: string; gapS?: number } = {}): HTMLElement {
  measure();
  const height = 150, max = options.max ?? scaleEnd(Math.max(...values.map(item => item.value), 0)), plot = height - top - bottom;
  const chart = frame(label, height, axis, max);
  let path = '', last = -Infinity;
  for (const item of values) {
    path += `${item.time - last > (options.gapS ?? Infinity) ? 'M' : 'L'}${x(axis, item.time).toFixed(1)} ${(top + plot * (1 - Math.min(1, item.value / max))).toFixed(1)}`.replace(/^L/, path === '' ? 'M' : 'L');
    last = item.time;
  }
  chart.append(svg('path', { d: path || 'M0 0', class: 'curve' }));
  if (values.length <= 200) for (const item of values) chart.append(svg('circle', { cx: x(axis, item.time), cy: top + plot * (1 - Math.min(1, item.value / max)), r: 2.5, class: 'point' }, svg('title', {}, item.text)));
  return figure(options.unit ? `${label}, ${options.unit}` : label, chart);
}

const bandHeight = 30;

/** Spans side by side, told apart by place in the legend and by text: what the wearer was doing. */
export function bands(label: string, axis: Axis, spans: readonly { from: number; to: number; kind: string; text: string }[], names: Record<string, string>): HTMLElement {
  measure();
  const kinds = [...new Set(spans.map(span => span.kind))];
  const height = bandHeight * Math.max(1, kinds.length) + bottom;
  const chart = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'plot', role: 'img', 'aria-label': label },
    kinds.map((kind, row) => [
      svg('text', { x: 2, y: row * bandHeight + 19, class: 'tick' }, names[kind] ?? kind),
      svg('line', { x1: left + 36, x2: width - right, y1: row * bandHeight + bandHeight - 2, y2: row * bandHeight + bandHeight - 2, class: 'gridline' }),
    ]),
    hourTicks(axis).map(time => svg('text', { x: bandX(axis, time), y: height - 4, class: 'tick middle' }, clock(time, axis.zone))));
  for (const span of spans) {
    const begin = bandX(axis, Math.max(axis.from, span.from)), end = bandX(axis, Math.min(axis.to, span.to));
    chart.append(svg('rect', { x: begin, width: Math.max(1, end - begin), y: kinds.indexOf(span.kind) * bandHeight + 5, height: bandHeight - 8, class: `band ${span.kind}` }, svg('title', {}, span.text)));
  }
  return figure(label, chart);
}

const bandX = (axis: Axis, time: number): number => left + 36 + (time - axis.from) / (axis.to - axis.from) * (width - left - 36 - right);

const figure = (caption: string, chart: SVGSVGElement): HTMLElement => h('figure', {}, h('figcaption', {}, caption), chart);
