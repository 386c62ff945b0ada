// The map of a day: the way coloured by speed, trips' ends, stops, alerts, and where the wearer was at the played moment.
import type { Day, MapSettings, Position } from '../api';
import { Chart, type Layers } from './chart';
import { circle, distanceM, walked, type Point } from './geometry';
import { collection } from './liveMap';
import { font, nothing } from './style';

export const speedStepsMps = [0.5, 1.2, 2, 5] as const;

const layers: Layers = c => ({
  sources: { way: { type: 'geojson', data: nothing }, stops: { type: 'geojson', data: nothing }, moments: { type: 'geojson', data: nothing }, here: { type: 'geojson', data: nothing }, spread: { type: 'geojson', data: nothing } },
  layers: [
    { id: 'way-halo', type: 'line', source: 'way', layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': c.halo, 'line-width': 6 } },
    { id: 'way', type: 'line', source: 'way', layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': ['step', ['get', 'speed'], c.state['planned-silence'], 0.5, c.state.still, 1.2, c.state.moving, 2, c.state.overdue, 5, c.state.alert], 'line-width': 3.5 } },
    { id: 'stops', type: 'circle', source: 'stops', paint: { 'circle-radius': 6, 'circle-color': c.halo, 'circle-stroke-color': c.text, 'circle-stroke-width': 2 } },
    { id: 'stops-text', type: 'symbol', source: 'stops', layout: { 'text-field': ['get', 'label'], 'text-font': font, 'text-size': 12, 'text-offset': [0, 1], 'text-anchor': 'top' }, paint: { 'text-color': c.text, 'text-halo-color': c.halo, 'text-halo-width': 1.5 } },
    { id: 'moments', type: 'symbol', source: 'moments', layout: { 'icon-image': 'alert', 'icon-allow-overlap': true } },
    { id: 'spread', type: 'fill', source: 'spread', paint: { 'fill-color': c.accuracy, 'fill-opacity': 0.15 } },
    { id: 'here', type: 'circle', source: 'here', paint: { 'circle-radius': 9, 'circle-color': c.track, 'circle-stroke-color': c.halo, 'circle-stroke-width': 3 } },
  ],
});

const point = (p: Point, properties: Record<string, unknown> = {}): GeoJSON.Feature => ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: p } });
const at = (fix: { latitude: number; longitude: number }): Point => [fix.longitude, fix.latitude];

export class DayMap {
  private readonly chart: Chart;

  constructor(element: HTMLElement, settings: MapSettings, day: Day, stopLabel: (from: number, to: number) => string) {
    this.chart = new Chart(element, settings, layers, () => this.chart.fit(day.positions.map(at), 17, true));
    this.chart.set('way', collection(walked(day.positions).flatMap(pieces)));
    this.chart.set('stops', collection(day.stops.map(stop => point(at(stop), { label: stopLabel(stop.startAt, stop.endAt) }))));
    this.chart.set('moments', collection(day.alerts.flatMap(alert => alert.position ? [point(at(alert.position))] : [])));
    this.chart.fit(day.positions.map(at), 17);
  }

  here(fix: Position | null): void {
    this.chart.set('here', collection(fix ? [point(at(fix))] : []));
    this.chart.set('spread', collection(fix?.accuracyM ? [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [circle(at(fix), fix.accuracyM)] } }] : []));
  }

  dispose(): void { this.chart.dispose(); }
}

// One piece for each stretch between two fixes: its speed is its colour.
function pieces(line: Position[]): GeoJSON.Feature[] {
  return line.slice(1).map((fix, i) => {
    const before = line[i]!;
    const speed = distanceM(at(before), at(fix)) / Math.max(1, fix.time - before.time);
    return { type: 'Feature', properties: { speed }, geometry: { type: 'LineString', coordinates: [at(before), at(fix)] } };
  });
}
