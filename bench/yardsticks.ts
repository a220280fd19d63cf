// Targets for a cloud on two cores, and what OpenStack's Nova reached on such a machine (with PostgreSQL and RabbitMQ where noted).

/** One measurement. */
export interface Measured {
  readonly value: number;
  readonly unit: 's' | 'ms' | 'MB' | '/s';
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** How many times faster a raw server answered with the same bytes. */
  readonly timesSlowerThanRaw?: number;
}

/** What a figure is compared with. */
export interface Yardstick {
  /** As text. */
  readonly target?: string;
  readonly isReached?: (measured: Measured) => boolean;
  /** The value of a real Nova. */
  readonly nova?: string;
}

const atMost = (most: number, unit: 's' | 'MB'): Yardstick => ({ target: `<= ${most} ${unit}`, isReached: ({ value }) => value <= most });
const atLeast = (least: number): Yardstick => ({ target: `>= ${least}/s`, isReached: ({ value }) => value >= least });
const ofRaw = (times: number): Yardstick => ({
  target: `>= 1/${times} of raw`,
  isReached: ({ timesSlowerThanRaw = Number.POSITIVE_INFINITY }) => timesSlowerThanRaw <= times,
});
const p99 = (mostMs: number): Yardstick => ({
  target: `p99 <= ${mostMs} ms`,
  isReached: ({ p99Ms = Number.POSITIVE_INFINITY }) => p99Ms <= mostMs,
});

/** The yardstick of each figure. */
export const yardsticks = {
  readyNew: {},
  readyUsed: { ...atMost(1.5, 's'), nova: '5.5-8.8 s, beside twelve companions' },
  idleMemory: { ...atMost(220, 'MB'), nova: '770 MB alone, 2.4 GB in all' },
  loadedMemory: {},
  boots: { ...atLeast(40), nova: '0.4-2.8/s' },
  deletes: { ...atLeast(40), nova: '1.6-3.2/s' },
  show: { ...ofRaw(8), nova: '39-50/s' },
  detail: { ...ofRaw(6), nova: '8-11/s' },
  tokenCheck: {},
  schedule: p99(20),
} as const satisfies Record<string, Yardstick>;
