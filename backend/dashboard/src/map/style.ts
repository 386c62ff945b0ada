// The map's ground: the bundled coastlines, or the style or tiles the server's configuration names.
import type { StyleSpecification } from 'maplibre-gl';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import basemapUrl from '../generated/basemap.json?url';
import type { MapSettings } from '../api';
import type { MapColours } from './colours';
import { unwrap } from './geometry';

export const font = ['Open Sans, system-ui, sans-serif']; // drawn from the viewer's own fonts: no glyphs are fetched
export const nothing: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

type World = Topology<{ land: GeometryCollection; countries: GeometryCollection }>;
let world: Promise<{ land: GeoJSON.GeoJSON; borders: GeoJSON.GeoJSON }> | null = null;

/** Natural Earth's land and borders, unpacked once. */
export function basemap(): Promise<{ land: GeoJSON.GeoJSON; borders: GeoJSON.GeoJSON }> {
  world ??= fetch(basemapUrl).then(response => response.json() as Promise<World>).then(topology => ({
    land: planar(feature(topology, topology.objects.land) as GeoJSON.FeatureCollection),
    borders: unwrapped(mesh(topology, topology.objects.countries, (a, b) => a !== b)),
  }));
  world.catch(() => { world = null; });
  return world;
}

/** What the map begins with; everything of ours goes on top. */
export function groundStyle(settings: MapSettings, c: MapColours): StyleSpecification | string {
  if (settings.styleUrl) return settings.styleUrl;
  const style: StyleSpecification = {
    version: 8,
    sources: {
      land: { type: 'geojson', data: nothing, tolerance: 0.2, maxzoom: 10 },
      borders: { type: 'geojson', data: nothing, tolerance: 0.2, maxzoom: 10 },
      graticule: { type: 'geojson', data: nothing },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': c.sea } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': c.land } },
      { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': c.coast, 'line-width': 1 } },
      { id: 'borders', type: 'line', source: 'borders', paint: { 'line-color': c.border, 'line-width': 1, 'line-dasharray': [4, 2] } },
      { id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': c.grid, 'line-width': 1 } },
      {
        id: 'graticule-text', type: 'symbol', source: 'graticule',
        layout: { 'text-field': ['get', 'label'], 'text-font': font, 'text-size': 11, 'symbol-placement': 'line', 'text-offset': [0, 0.7], 'symbol-spacing': 500 },
        paint: { 'text-color': c.gridText, 'text-halo-color': c.land, 'text-halo-width': 1 },
      },
    ],
  };
  if (settings.tilesUrl) {
    style.sources.tiles = { type: 'raster', tiles: [settings.tilesUrl], tileSize: 256 };
    style.layers.splice(1, 3, { id: 'tiles', type: 'raster', source: 'tiles' });
  }
  return style;
}

// The shapes are made for a globe: on a plane what crosses the antimeridian must go on beyond it.
function planar(land: GeoJSON.FeatureCollection): GeoJSON.FeatureCollection {
  return { ...land, features: land.features.map(item => ({ ...item, geometry: unwrapped(item.geometry) })) };
}

function unwrapped(geometry: GeoJSON.Geometry): GeoJSON.Geometry {
  switch (geometry.type) {
    case 'MultiPolygon': return { ...geometry, coordinates: geometry.coordinates.map(rings => rings.map(unwrap)) };
    case 'Polygon': return { ...geometry, coordinates: geometry.coordinates.map(unwrap) };
    case 'MultiLineString': return { ...geometry, coordinates: geometry.coordinates.map(unwrap) };
    default: return geometry;
  }
}
