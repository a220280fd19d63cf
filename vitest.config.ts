import { defineConfig } from 'vitest/config';
import { ClosingLineReporter } from './test/support/closing-line-reporter.ts';

/**
 * Two projects: `unit` runs in threads without isolation (fast, no process-wide side effects allowed);
 * `process` runs each file in a fork of its own, for suites that start engines, daemons or whole clouds.
 */
export default defineConfig({
  test: {
    reporters: ['default', new ClosingLineReporter()],
    globalSetup: ['test/support/database-server.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'demo/**/*.test.ts', 'packages/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.process.test.ts', '**/node_modules/**'],
          pool: 'threads',
          isolate: false,
          sequence: { groupOrder: 0 },
          testTimeout: 20_000,
          // The first test to ask for a database waits until its server is up.
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          include: ['src/**/*.process.test.ts', 'packages/**/*.process.test.ts', 'guest/**/*.process.test.ts', 'test/**/*.process.test.ts'],
          pool: 'forks',
          // They wait more than they work.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
