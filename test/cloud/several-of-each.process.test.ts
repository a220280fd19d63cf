import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock/clock.ts';
import type { Answer } from '../support/ask.ts';
import { leftovers } from '../support/books.ts';
import { liveThrough } from '../support/insistent-client.ts';
import { verifyCloud } from '../support/verify-cloud.ts';
import { startWideCloud, type WideCloud, wideCloudMissing } from '../support/wide-cloud.ts';

const missing = await wideCloudMissing();
const CLIENTS = 16;

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(
  `several processes of each service${missing ? ` (${missing})` : ''}`,
  () => {
    let wide: WideCloud;
    beforeAll(async () => {
      wide = await startWideCloud({ faults: { spawn: { delayMs: 1_500 } } });
    });
    afterAll(() => wide?.destroy());

    const soundAndEmpty = async () => {
      expect(await leftovers(wide.cloud)).toEqual([]);
      expect(await verifyCloud(wide.cloud, { env: wide.env })).toMatchObject({ status: 0, breaches: [], silent: [], notChecked: [] });
    };

    test('all were started at once on an empty database, and one of them created the tables', () => {
      expect(wide.cloud.logs().match(/the database has been brought up to date/g)).toHaveLength(1);
    });

    test('a server created at one API is visible at the other', async () => {
      const [one, other] = wide.demos;
      const id = await one.boot({ name: 'shared' });
      expect(await other.settled(id)).toMatchObject({ status: 'ACTIVE' });
      await other.remove(id);
      expect((await one.ask('compute', 'GET', `/v2.1/servers/${id}`)).status).toBe(404);
    });

    test.each([
      ['broker', { kill: () => wide.rabbitmq.kill9(), back: () => wide.rabbitmq.restart() }],
      ['database', { kill: () => wide.postgres.kill9(), back: () => wide.postgres.start() }],
    ])('the %s dies under 16 clients and comes back: accepted requests are done, others get a Retry-After', async (_, engine) => {
      const refusals: Answer[] = [];
      const lives = Promise.allSettled(
        Array.from({ length: CLIENTS }, async (_, n) => {
          // Each is at a different point of its life when it happens.
          await systemClock.sleep(n * 150);
          await liveThrough(wide.demos[n % 2 === 0 ? 0 : 1], `client-${n}`, refusals);
        }),
      );
      await systemClock.sleep(3_000);
      await engine.kill();
      await systemClock.sleep(1_500);
      await engine.back();
      expect((await lives).flatMap((life) => (life.status === 'rejected' ? [String(life.reason)] : []))).toEqual([]);
      expect(refusals.filter(({ status, headers }) => status >= 500 && !(status === 503 && headers.has('retry-after')))).toEqual([]);
      await soundAndEmpty();
      const lines = wide.cloud.logs().split('\n');
      expect(lines.filter((line) => line.includes('"level":"error"') || line.includes('"stack"') || /^\S+: +at /.test(line))).toEqual([]);
    });

    test('none of them had to be restarted, and all stop in time with work in progress', async () => {
      await Promise.all(wide.demos.map((demo) => demo.boot({ name: 'unfinished' })));
      await wide.cloud.stop();
    });
  },
);
