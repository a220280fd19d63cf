// The machine's uptime in the format of `uptime`, which clients parse.
import { loadavg, uptime } from 'node:os';

const two = (number: number): string => String(number).padStart(2, '0');

/** For example ` 08:32:11 up 93 days, 18:25,  0 users,  load average: 0.20, 0.12, 0.14`. */
export function uptimeText({ now, seconds, load }: { now: Date; seconds: number; load: readonly number[] }): string {
  const minutes = Math.floor(seconds / 60);
  const days = Math.floor(minutes / 1_440);
  const told = days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `;
  const clock = `${Math.floor(minutes / 60) % 24}:${two(minutes % 60)}`;
  const loads = load.map((one) => one.toFixed(2)).join(', ');
  return ` ${now.toISOString().slice(11, 19)} up ${told}${clock},  0 users,  load average: ${loads}`;
}

/** The uptime of this machine. */
export const hostUptime = (now: Date): string => uptimeText({ now, seconds: uptime(), load: loadavg() });
