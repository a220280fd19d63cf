import { systemClock } from '../../lib/clock/clock.ts';
import { silentLog } from '../../lib/log/log.ts';
import { startEmbeddedPostgres } from './start.ts';

/** A separate program for tests: starts the server in the given directory, sends its parent the URL, and keeps running. */
const server = await startEmbeddedPostgres({ stateDir: process.argv[2] ?? '', clock: systemClock, log: silentLog });
process.send?.(server.url);

// The listener keeps the process alive until its parent ends.
process.on('message', () => {});
process.on('disconnect', () => process.exit());
