import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: 'ui',
  // The window loads the page from its own scheme, the browser from the node: paths must not depend on the place.
  base: './',
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['es2022', 'chrome107', 'firefox115', 'safari16'],
    // The page's policy forbids inline scripts and data: addresses.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { host: '127.0.0.1', port: 5173 },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    css: { modules: { classNameStrategy: 'non-scoped' } },
  },
});
