import type { Day } from '../api';
import { toast, type App } from '../app';
import { bands, bars, line } from '../charts';
import { button, h, render, select, table } from '../dom';
import { clock, coordinates, distance, duration, number, speed, stamp } from '../format';
import type { DayMap } from '../map/dayMap';
import { lengthM, positionAt, speeds } from '../playback';
import { href } from '../route';
import { ruleName, t } from '../texts';
import { severitySign } from './inbox';

const rates = [10, 60, 300, 1200] as const;
const frameMs = 50;

/** A day on map and charts, to be played. Gives what ends it. */
export function renderDay(element: HTMLElement, data: { app: App; day: Day }): () => void {
  const { app, day } = data;
  const zone = day.timeZone ?? undefined, axis = { from: day.from, to: day.to, zone };
  const when = (time: number): string => stamp(time, day.to - 1, day.timeZone ?? app.zone);
  const total = day.stepsPerHour.reduce((sum, hour) => sum + hour.steps, 0);
  const ground = h('div', { class: 'day-map' });
  const player = day.positions.length > 0 ? playback(day, when) : null;

  render(element,
    day.locationHidden ? h('p', { class: 'notice' }, t.hidden[day.locationHidden] ?? t.deviceState.hidden) : null,
    h('p', { class: 'row' }, tile(t.day.distance, distance(lengthM(day.positions))), tile(t.day.stepsTotal, number(total)), tile(t.day.trips, String(day.trips.length)), tile(t.day.fixes, number(day.positions.length))),
    player ? [h('section', { class: 'panel', 'aria-label': t.day.playback }, ground, player.element, speedLegend())] : h('p', { class: 'empty' }, t.day.noFixes),
    h('div', { class: 'grid charts' },
      panel(day.positions.length > 1 ? line(t.day.speed, axis, speeds(day.positions).map(item => ({ time: item.time, value: item.speed * 3.6, text: `${clock(item.time, zone)}: ${speed(item.speed)}` })), { unit: 'km/h', gapS: 900 }) : null),
      panel(day.activity.length > 0 ? bands(t.day.activity, axis, day.activity.map(span => ({ from: span.startAt, to: span.endAt, kind: span.activity, text: `${t.activity[span.activity] ?? span.activity}, ${clock(span.startAt, zone)} – ${clock(span.endAt, zone)}` })), t.activity) : null),
      panel(total > 0 ? bars(t.day.steps, axis, day.stepsPerHour.map(hour => ({ from: hour.startAt, to: hour.startAt + 3600, value: hour.steps, text: t.day.stepsAt(clock(hour.startAt, zone), hour.steps) }))) : h('p', { class: 'empty' }, t.day.noSteps)),
      day.battery === null ? null : panel(day.battery.length > 0 ? line(t.day.battery, axis, day.battery.map(item => ({ time: item.at, value: item.percent, text: t.day.batteryAt(clock(item.at, zone), item.percent) })), { max: 100, unit: '%' }) : h('p', { class: 'empty' }, t.day.noBattery)),
      h('section', { class: 'panel' }, h('h2', {}, t.day.trips), table(t.day.trips, [
        { head: t.day.from, cell: trip => player ? button(clock(trip.start.time, zone), () => player.jump(trip.start.time), { class: 'link' }) : clock(trip.start.time, zone) },
        { head: t.day.to, cell: trip => clock(trip.end.time, zone) },
        { head: t.day.took, cell: trip => duration(trip.durationS) },
        { head: t.day.length, cell: trip => distance(trip.distanceM), class: 'number' },
        { head: t.day.mean, cell: trip => trip.durationS > 0 ? speed(trip.distanceM / trip.durationS) : null, class: 'number' },
      ], day.trips, t.day.noTrips)),
      h('section', { class: 'panel' }, h('h2', {}, t.day.stops), table(t.day.stops, [
        { head: t.day.from, cell: stop => player ? button(clock(stop.startAt, zone), () => player.jump(stop.startAt), { class: 'link' }) : clock(stop.startAt, zone) },
        { head: t.day.took, cell: stop => duration(stop.endAt - stop.startAt) },
        { head: t.day.place, cell: stop => coordinates(stop.latitude, stop.longitude) },
      ], day.stops, t.day.noStops)),
      h('section', { class: 'panel span' }, h('h2', {}, t.day.alerts), day.alerts.length === 0 ? h('p', { class: 'empty' }, t.day.noAlerts) : h('ul', { class: 'plain' }, day.alerts.map(alert => h('li', {},
        severitySign(alert), ' ', h('a', { href: href('live', 'alert', alert.id) }, ruleName(alert.rule)), ` ${when(alert.eventTime ?? alert.raisedAt)}`))))));

  let map: DayMap | null = null, ended = false;
  if (player) {
    void Promise.all([import('../map/chart'), import('../map/dayMap'), app.map]).then(([{ canDraw }, { DayMap }, settings]) => {
      if (ended) return;
      if (!canDraw()) {
        render(ground, h('p', { class: 'notice unable' }, t.map.unable));
        return;
      }
      map = new DayMap(ground, settings, day, (from, to) => duration(to - from));
      player.onTime = time => map?.here(positionAt(day.positions, time));
      player.jump(day.positions[0]!.time);
    }).catch((error: unknown) => toast(t.failed(String(error)), true));
  }
  return () => { ended = true; player?.stop(); map?.dispose(); };
}

const panel = (content: HTMLElement | null): HTMLElement | null => content ? h('section', { class: 'panel' }, content) : null;

const tile = (name: string, value: string): HTMLElement => h('span', { class: 'tile' }, h('small', {}, name), h('strong', {}, value));

function speedLegend(): HTMLElement {
  return h('p', { class: 'speed-legend quiet' }, t.day.speed, ': ', ['< 1.8', '1.8 – 4.3', '4.3 – 7.2', '7.2 – 18', '> 18'].map((text, i) => h('span', { class: `speed s${i}` }, `${text} km/h`)));
}

interface Player { element: HTMLElement; jump: (time: number) => void; stop: () => void; onTime: (time: number) => void }

function playback(day: Day, when: (time: number) => string): Player {
  const first = day.positions[0]!.time, last = day.positions.at(-1)!.time;
  const slider = h('input', { type: 'range', min: first, max: Math.max(first + 1, last), step: 1, value: first, 'aria-label': t.day.position });
  const moment = h('output', {}), rate = select(rates.map(n => [String(n), t.day.times(n)] as const), '60', { 'aria-label': t.day.rate });
  const play = button(`▶ ${t.day.play}`, () => timer ? pause() : start(), { class: 'primary' });
  let timer: ReturnType<typeof setInterval> | null = null, time: number = first;

  const show = (): void => {
    slider.value = String(Math.round(time));
    const fast = speeds(day.positions.filter(fix => Math.abs(fix.time - time) < 900)).find(item => Math.abs(item.time - time) < 60);
    const doing = day.activity.find(span => span.startAt <= time && time < span.endAt);
    const text = [when(time), doing ? t.activity[doing.activity] ?? doing.activity : null, fast ? speed(fast.speed) : null].filter(part => part !== null).join(' · ');
    moment.textContent = text;
    slider.setAttribute('aria-valuetext', text);
    player.onTime(time);
  };
  const pause = (): void => {
    if (timer) clearInterval(timer);
    timer = null;
    play.textContent = `▶ ${t.day.play}`;
  };
  const start = (): void => {
    if (time >= last) time = first;
    play.textContent = `⏸ ${t.day.pause}`;
    timer = setInterval(() => {
      time = Math.min(last, time + Number(rate.value) * frameMs / 1000);
      show();
      if (time >= last) pause();
    }, frameMs);
  };
  slider.addEventListener('input', () => { time = Number(slider.value); show(); });
  const player: Player = {
    element: h('div', { class: 'player' }, play, slider, rate, moment),
    jump: to => { time = Math.min(last, Math.max(first, to)); show(); },
    stop: pause,
    onTime: () => {},
  };
  show();
  return player;
}
