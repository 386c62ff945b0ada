import { defineConfig } from 'vite';

// No inlining and no injected helper: the server's content security policy lets nothing run but our own files.
// "npm run dev" passes requests on to a running server: TRAXXS_SERVER, or the usual port.
const server = process.env.TRAXXS_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/',
  publicDir: 'public',
  server: { proxy: { '/api': { target: server, ws: true }, '/health': server } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
  },
});
