// Bundles the tests (TypeScript) for Node and runs them with Node's own test runner.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const here = new URL('.', import.meta.url).pathname;
const out = mkdtempSync(join(tmpdir(), 'traxxs-dashboard-tests-'));
try {
  const entryPoints = readdirSync(here).filter(name => name.endsWith('.test.ts')).map(name => join(here, name));
  buildSync({ entryPoints, bundle: true, platform: 'node', format: 'esm', outdir: out, outExtension: { '.js': '.mjs' }, logLevel: 'error' });
  const files = readdirSync(out).map(name => join(out, name));
  process.exitCode = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit', env: { ...process.env, TZ: 'Europe/Berlin' } }).status ?? 1;
} finally {
  rmSync(out, { recursive: true });
}
