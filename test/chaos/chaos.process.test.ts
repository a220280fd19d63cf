import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runChaos } from './chaos.ts';
import { type ChaosCloud, missingFor, startChaosCloud } from './chaos-cloud.ts';
import { sample } from './plans.ts';

/** A small, fixed run of `npm run chaos`. */
const SAMPLE = { seed: 20_260_101, kills: 6 };

const { shape, ...options } = sample;
const missing = await missingFor(shape);

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`a cloud under faults${missing ? ` (${missing})` : ''}`, () => {
  let chaos: ChaosCloud;
  beforeAll(async () => {
    chaos = await startChaosCloud(shape);
  });
  afterAll(() => chaos?.end({ keep: false }));

  test('keeps every promise, leaves nothing stuck and does nothing twice', { timeout: 900_000 }, async () => {
    const lines: string[] = [];
    const { blows, breaches } = await runChaos(chaos, { ...options, ...SAMPLE, onBlow: (line) => lines.push(line) });
    expect(breaches, lines.join('\n')).toEqual([]);
    expect(blows).toBe(SAMPLE.kills);
  });
});
