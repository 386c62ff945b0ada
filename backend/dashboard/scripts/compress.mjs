// Writes dist/NAME.gz beside every file: the server carries and sends these as they are. Reports what a first visit loads.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const firstLoadMax = 600 * 1024; // issue 7: without the base map
const dist = new URL('../dist/', import.meta.url).pathname;
let total = 0;
for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, name);
  if (!statSync(path).isFile() || name.endsWith('.gz')) continue;
  const packed = gzipSync(readFileSync(path), { level: 9 });
  writeFileSync(path + '.gz', packed);
  if (!name.includes('basemap')) total += packed.length;
}
console.log(`first load at most ${(total / 1024).toFixed(0)} KB compressed, without the base map`);
if (total > firstLoadMax) throw new Error(`more than ${firstLoadMax / 1024} KB`);
