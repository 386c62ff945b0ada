// What the live map draws, from the ground up: fences, tracks, accuracy, crowds, devices, whoever has an alert on top.
import type { Layers } from './chart';
import { font, nothing } from './style';

/** Metres at the equator a pixel stands for at zoom 0; see metresPerPixel. */
const metresPerPixel0 = 40_075_016.686 / 512;

// Accuracy as a radius on the ground without computing a ring a device: pixels double with each zoom. `spread` is m over the cosine of the latitude.
const accuracyRadius = ['interpolate', ['exponential', 2], ['zoom'], 0, ['/', ['get', 'spread'], metresPerPixel0], 22, ['*', ['/', ['get', 'spread'], metresPerPixel0], 2 ** 22]];

const single = ['!', ['has', 'point_count']];

export const liveLayers: Layers = c => {
  const icon = (id: string, source: string, filter: unknown): unknown => ({
    id, type: 'symbol', source, filter,
    layout: {
      'icon-image': ['get', 'state'], 'icon-allow-overlap': true, 'icon-rotate': 0,
      'text-field': ['step', ['zoom'], '', 9, ['get', 'label']], 'text-font': font, 'text-size': 12, 'text-offset': [0, 1.2], 'text-anchor': 'top', 'text-optional': true,
    },
    paint: { 'text-color': c.text, 'text-halo-color': c.halo, 'text-halo-width': 1.5 },
  });
  const accuracy = (id: string, source: string, filter: unknown): unknown => ({
    id, type: 'circle', source, filter, minzoom: 11,
    paint: { 'circle-radius': accuracyRadius, 'circle-color': c.accuracy, 'circle-opacity': 0.13, 'circle-stroke-color': c.accuracy, 'circle-stroke-width': 1, 'circle-stroke-opacity': 0.5, 'circle-pitch-alignment': 'map' },
  });
  const layers: unknown[] = [
    { id: 'fence-fill', type: 'fill', source: 'fences', paint: { 'fill-color': c.fence, 'fill-opacity': 0.1 } },
    { id: 'fence-line', type: 'line', source: 'fences', paint: { 'line-color': c.fence, 'line-width': 1.5, 'line-dasharray': [3, 2] } },
    { id: 'fence-text', type: 'symbol', source: 'fences', minzoom: 8, layout: { 'text-field': ['get', 'name'], 'text-font': font, 'text-size': 12, 'symbol-placement': 'line', 'text-offset': [0, -0.8] }, paint: { 'text-color': c.fence, 'text-halo-color': c.halo, 'text-halo-width': 1.5 } },
    { id: 'track-halo', type: 'line', source: 'tracks', layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': c.halo, 'line-width': 5, 'line-opacity': 0.7 } },
    { id: 'track', type: 'line', source: 'tracks', layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': ['match', ['get', 'state'], 'alert', c.state.alert, c.track], 'line-width': 2.5, 'line-opacity': ['case', ['get', 'chosen'], 1, 0.6] } },
    accuracy('accuracy', 'dots', single),
    accuracy('accuracy-alert', 'alarmed', ['all']),
    {
      id: 'crowd', type: 'circle', source: 'dots', filter: ['has', 'point_count'],
      paint: {
        'circle-color': c.cluster, 'circle-opacity': 0.92, 'circle-radius': ['interpolate', ['linear'], ['get', 'point_count'], 2, 14, 100, 20, 5000, 30],
        'circle-stroke-color': ['case', ['>', ['get', 'overdue'], 0], c.state.overdue, c.halo], 'circle-stroke-width': ['case', ['>', ['get', 'overdue'], 0], 4, 2],
      },
    },
    {
      id: 'crowd-text', type: 'symbol', source: 'dots', filter: ['has', 'point_count'],
      layout: { 'text-field': ['case', ['>', ['get', 'overdue'], 0], ['concat', ['get', 'point_count_abbreviated'], '\n', ['get', 'overdue'], '?'], ['get', 'point_count_abbreviated']], 'text-font': font, 'text-size': 12, 'text-allow-overlap': true },
      paint: { 'text-color': c.clusterText },
    },
    icon('dot', 'dots', single),
    { id: 'chosen', type: 'circle', source: 'chosen', paint: { 'circle-radius': 17, 'circle-color': c.text, 'circle-opacity': 0, 'circle-stroke-color': c.text, 'circle-stroke-width': 2 } },
    { id: 'alarm-ring', type: 'circle', source: 'alarmed', paint: { 'circle-radius': 18, 'circle-color': c.state.alert, 'circle-opacity': 0.22, 'circle-stroke-color': c.state.alert, 'circle-stroke-width': 2 } },
    { ...icon('alarm', 'alarmed', ['all']) as object },
  ];
  return {
    sources: {
      fences: { type: 'geojson', data: nothing },
      tracks: { type: 'geojson', data: nothing },
      dots: {
        type: 'geojson', data: nothing, cluster: true, clusterRadius: 44, clusterMaxZoom: 13,
        clusterProperties: { overdue: ['+', ['case', ['==', ['get', 'state'], 'overdue'], 1, 0]] },
      },
      alarmed: { type: 'geojson', data: nothing },
      chosen: { type: 'geojson', data: nothing },
    },
    layers: layers as ReturnType<Layers>['layers'],
  };
};

