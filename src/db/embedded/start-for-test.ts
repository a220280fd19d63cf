import { systemClock } from '../../lib/clock/clock.ts';
import { silentLog } from '../../lib/log/log.ts';
import { startEmbeddedPostgres } from './start.ts';

/** A program of its own for the tests: starts the server in the directory it is given, tells its parent the URL, stays. */
const server = await startEmbeddedPostgres({ stateDir: process.argv[2] ?? '', clock: systemClock, log: silentLog });
process.send?.(server.url);

// Listening keeps the process alive; it goes with its parent.
process.on('message', () => {});
process.on('disconnect', () => process.exit());
