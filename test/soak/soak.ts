/** Sends a cloud many requests, and measures whether its memory grows. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { run } from '../../bench/load.ts';
import { takeEnginePort } from '../support/engine-port.ts';
import { startCloud } from '../support/cloud.ts';
import { inspect, type Memory } from './memory.ts';
import { sendNth } from './requests.ts';
import { slopeOf } from './slope.ts';

export interface SoakOptions {
  readonly requests: number;
  /** How many times memory is measured. */
  readonly looks: number;
  readonly onLook?: (look: Look) => void;
}

/** The memory after a number of requests. */
export interface Look extends Memory {
  readonly requests: number;
}

export interface SoakResult {
  readonly looks: readonly Look[];
  readonly perSecond: number;
  /** Growth per 100,000 requests with warm caches: of the live heap, and of the resident size. */
  readonly aliveMb: number;
  readonly residentMb: number;
}

/** The first requests compile code and fill caches: measurements before this share of all requests do not count. */
const WARM_UP = 0.2;
const SERVERS = 20;
const PER = 100_000;
const CONFIG = '[quota]\ninstances = -1\ncores = -1\nram = -1\n[quotas]\nquota_port = -1\n';

/** Runs the soak on its own cloud. */
export async function soak({ requests, looks: count, onLook = () => {} }: SoakOptions): Promise<SoakResult> {
  const directory = await mkdtemp(join(tmpdir(), 'nova-soak-'));
  const config = join(directory, 'nova.conf');
  await writeFile(config, CONFIG);
  const port = await takeEnginePort();
  const cloud = await startCloud({ env: { NOVA_CONFIG: config, NODE_OPTIONS: `--inspect=127.0.0.1:${port}` } });
  try {
    const [inspector, admin, demo] = await Promise.all([inspect(port), cloud.admin(), cloud.demo()]);
    const { pid } = JSON.parse(await readFile(join(cloud.stateDir, 'ready.json'), 'utf8'));
    const servers = await Promise.all(Array.from({ length: SERVERS }, (_, n) => demo.boot({ name: `soaked-${n}` })));
    for (const id of servers) await demo.settled(id);
    const looks: Look[] = [];
    let seconds = 0;
    const share = Math.ceil(requests / count);
    for (let sent = 0; sent < requests; sent += share) {
      const part = await run(Math.min(share, requests - sent), (n) => sendNth({ cloud, admin, demo, servers }, sent + n));
      seconds += part.seconds;
      const look = { requests: sent + part.tookMs.length, ...(await inspector.look(pid)) };
      looks.push(look);
      onLook(look);
    }
    inspector.close();
    await cloud.stop();
    const warm = looks.filter((look) => look.requests >= requests * WARM_UP);
    const growth = (of: (look: Look) => number) => PER * slopeOf(warm.map((look) => ({ x: look.requests, y: of(look) })));
    return {
      looks,
      perSecond: requests / seconds,
      aliveMb: growth(({ heapMb, buffersMb }) => heapMb + buffersMb),
      residentMb: growth(({ residentMb }) => residentMb),
    };
  } finally {
    await cloud.destroy();
    await rm(directory, { recursive: true, force: true });
  }
}
