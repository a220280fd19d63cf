import { expect, test } from 'vitest';
import { connectionEnvironment } from './psql.ts';

// Fault 2026-11 C9.
test.each([
  [
    'postgres://nova:se%20cret@db.example:5433/books?sslmode=verify-full&sslrootcert=/ca.pem',
    {
      PGUSER: 'nova',
      PGPASSWORD: 'se cret',
      PGHOST: 'db.example',
      PGPORT: '5433',
      PGDATABASE: 'books',
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: '/ca.pem',
    },
  ],
  ['postgres://nova@[::1]/nova', { PGUSER: 'nova', PGHOST: '::1', PGDATABASE: 'nova' }],
  [
    'postgres://nova@/nova?host=%2Fvar%2Flib%2Fnova-ts%2Fsocket&port=5432',
    { PGUSER: 'nova', PGHOST: '/var/lib/nova-ts/socket', PGPORT: '5432', PGDATABASE: 'nova' },
  ],
])('psql connects to %s', (url, environment) => {
  expect(connectionEnvironment(url)).toEqual(environment);
});
