// The map of the zones: those there are, and the one being drawn by clicks.
import type { Fence, FenceGeometry, MapSettings } from '../api';
import type { Dot } from '../model';
import { Chart, type Layers } from './chart';
import { circle, distanceM, type Point } from './geometry';
import { collection, fenceFeature, outline } from './liveMap';
import { font, nothing } from './style';

export type Draft = { kind: 'circle'; centre: Point | null; radiusM: number | null } | { kind: 'polygon'; corners: Point[]; closed: boolean };

const layers: Layers = c => ({
  sources: { fences: { type: 'geojson', data: nothing }, dots: { type: 'geojson', data: nothing }, draft: { type: 'geojson', data: nothing }, corners: { type: 'geojson', data: nothing } },
  layers: [
    { id: 'fence-fill', type: 'fill', source: 'fences', paint: { 'fill-color': c.fence, 'fill-opacity': 0.1 } },
    { id: 'fence-line', type: 'line', source: 'fences', paint: { 'line-color': c.fence, 'line-width': 1.5, 'line-dasharray': [3, 2] } },
    { id: 'fence-text', type: 'symbol', source: 'fences', layout: { 'text-field': ['get', 'name'], 'text-font': font, 'text-size': 13 }, paint: { 'text-color': c.fence, 'text-halo-color': c.halo, 'text-halo-width': 1.5 } },
    { id: 'dots', type: 'circle', source: 'dots', paint: { 'circle-radius': 5, 'circle-color': c.text, 'circle-stroke-color': c.halo, 'circle-stroke-width': 1.5 } },
    { id: 'draft-fill', type: 'fill', source: 'draft', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': c.state.overdue, 'fill-opacity': 0.2 } },
    { id: 'draft-line', type: 'line', source: 'draft', paint: { 'line-color': c.state.overdue, 'line-width': 2.5 } },
    { id: 'corners', type: 'circle', source: 'corners', paint: { 'circle-radius': 5, 'circle-color': c.halo, 'circle-stroke-color': c.state.overdue, 'circle-stroke-width': 2 } },
  ],
});

/** What was drawn, as a fence's geometry; null while it is not done. */
export function geometryOf(draft: Draft): { geometry: FenceGeometry; radiusM?: number } | null {
  if (draft.kind === 'circle') return draft.centre && draft.radiusM ? { geometry: { type: 'Point', coordinates: draft.centre }, radiusM: draft.radiusM } : null;
  if (!draft.closed || draft.corners.length < 3) return null;
  return { geometry: { type: 'Polygon', coordinates: [[...draft.corners, draft.corners[0]!]] } };
}

export class FenceMap {
  private readonly chart: Chart;
  private draft: Draft | null = null;
  private hover: Point | null = null;
  onDraft: (draft: Draft) => void = () => {};

  private fences: readonly Fence[] = [];
  private dots: readonly Dot[] = [];
  private fitted = false;

  constructor(element: HTMLElement, settings: MapSettings) {
    this.chart = new Chart(element, settings, layers, () => this.fit());
    const { map } = this.chart;
    map.on('click', event => this.click(round([event.lngLat.lng, event.lngLat.lat])));
    map.on('dblclick', event => { if (this.draft?.kind === 'polygon') { event.preventDefault(); this.close(); } });
    map.on('mousemove', event => { if (this.draft) { this.hover = [event.lngLat.lng, event.lngLat.lat]; this.show(); } });
    map.getCanvas().addEventListener('keydown', event => {
      if (this.draft?.kind !== 'polygon') return;
      if (event.key === 'Enter') this.close();
      if (event.key === 'Backspace') { this.draft.corners.pop(); this.tell(); }
    });
  }

  /** The devices, for orientation; the map shows them all the first time there are any. */
  setDots(dots: readonly Dot[]): void {
    this.dots = dots;
    this.chart.set('dots', collection(dots.flatMap(dot => dot.position ? [{ type: 'Feature' as const, properties: {}, geometry: { type: 'Point' as const, coordinates: [dot.position.longitude, dot.position.latitude] } }] : [])));
    if (!this.fitted && !this.draft) this.fit();
  }

  setFences(fences: readonly Fence[]): void {
    this.fences = fences;
    this.chart.set('fences', collection(fences.map(fenceFeature)));
  }

  /** Begins to draw, goes on with a changed draft, or ends with null. */
  setDraft(draft: Draft | null): void {
    this.draft = draft;
    this.hover = null;
    const { map } = this.chart;
    map.getCanvas().style.cursor = draft ? 'crosshair' : '';
    if (draft) map.doubleClickZoom.disable();
    else map.doubleClickZoom.enable();
    this.show();
  }

  look(fence: Fence): void { this.chart.fit(outline(fence), 17, true); }

  dispose(): void { this.chart.dispose(); }

  private fit(): void {
    this.fitted = this.dots.length > 0 || this.fences.length > 0;
    this.chart.fit([...this.fences.flatMap(outline), ...this.dots.flatMap(dot => dot.position ? [[dot.position.longitude, dot.position.latitude] as Point] : [])], 16);
  }

  private click(point: Point): void {
    const draft = this.draft;
    if (!draft) return;
    if (draft.kind === 'circle') {
      if (!draft.centre || draft.radiusM) [draft.centre, draft.radiusM] = [point, null];
      else draft.radiusM = Math.max(5, Math.round(distanceM(draft.centre, point)));
    } else if (!draft.closed) draft.corners.push(point);
    this.tell();
  }

  private close(): void {
    const draft = this.draft;
    if (draft?.kind !== 'polygon') return;
    // A double click gave its place twice.
    const unique = draft.corners.filter((corner, i) => i === 0 || distanceM(corner, draft.corners[i - 1]!) > 0.5);
    if (unique.length < 3) return;
    draft.corners = unique;
    draft.closed = true;
    this.tell();
  }

  private tell(): void {
    this.show();
    if (this.draft) this.onDraft(this.draft);
  }

  private show(): void {
    const draft = this.draft;
    const shapes: GeoJSON.Feature[] = [], points: Point[] = [];
    if (draft?.kind === 'circle' && draft.centre) {
      points.push(draft.centre);
      const radius = draft.radiusM ?? (this.hover ? distanceM(draft.centre, this.hover) : null);
      if (radius) shapes.push(polygon(circle(draft.centre, radius)));
    } else if (draft?.kind === 'polygon' && draft.corners.length > 0) {
      points.push(...draft.corners);
      const line = draft.closed || !this.hover ? draft.corners : [...draft.corners, this.hover];
      shapes.push(line.length > 2 ? polygon([...line, line[0]!]) : { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: line } });
    }
    this.chart.set('draft', collection(shapes));
    this.chart.set('corners', collection(points.map(point => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: point } }))));
  }
}

const polygon = (ring: Point[]): GeoJSON.Feature => ({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } });

// 1e-6 degrees, 0.1 m: finer than anybody clicks.
const round = ([longitude, latitude]: Point): Point => [Math.round(longitude * 1e6) / 1e6, Math.round(latitude * 1e6) / 1e6];
