/** The tests that judge mutants: those that run in threads, without clouds, daemons or guests. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/database-server.ts'],
    include: ['src/**/*.test.ts'],
    exclude: ['**/*.process.test.ts', '**/node_modules/**'],
    pool: 'threads',
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
