// Makes the bundled base map of Natural Earth's land and countries (public domain, 1:50 million): shapes alone, as TopoJSON,
// where neighbours share their borders. Run by "npm run build"; the result is not committed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../src/generated/', import.meta.url);
const world = JSON.parse(readFileSync(new URL('../node_modules/world-atlas/countries-50m.json', import.meta.url), 'utf8'));
const shapes = world.objects.countries.geometries.map(({ type, arcs }) => ({ type, arcs }));
const map = {
  type: 'Topology',
  transform: world.transform,
  arcs: world.arcs,
  objects: { land: world.objects.land, countries: { type: 'GeometryCollection', geometries: shapes } },
};
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('basemap.json', folder), JSON.stringify(map));
