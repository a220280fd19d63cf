/** `npm run soak [-- --requests N]`: sends a cloud N requests; fails if its memory grows with them. */
import { parseArgs } from 'node:util';
import { soak } from './soak.ts';

/** Growth of the live heap that counts as a leak, in MB per 100,000 requests: twenty bytes a request. */
const MOST_GROWTH_MB = 2;
const LOOKS = 20;

const { values: options } = parseArgs({ options: { requests: { type: 'string', default: '1000000' } } });
const mb = (value: number): string => value.toFixed(1).padStart(7);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say('requests   heap MB  buffers  resident');
const { aliveMb, residentMb, perSecond } = await soak({
  requests: Number(options.requests),
  looks: LOOKS,
  onLook: (look) => say(`${String(look.requests).padStart(8)}  ${mb(look.heapMb)}  ${mb(look.buffersMb)}  ${mb(look.residentMb)}`),
});
say(
  `${Math.round(perSecond)} requests/s; for 100,000 more: ${aliveMb.toFixed(2)} MB more alive, ${residentMb.toFixed(2)} MB more resident`,
);
process.exitCode = aliveMb <= MOST_GROWTH_MB ? 0 : 1;
