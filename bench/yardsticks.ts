// Targets for a cloud on two cores, and what OpenStack's Nova reached on such a machine (with PostgreSQL and RabbitMQ where noted).

/** One measurement. */
export interface Measured {
  readonly value: number;
  readonly unit: 's' | 'ms' | 'kB' | 'MB' | '/s';
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** Which share this is of the pace at which a raw server answers with the same bytes. */
  readonly shareOfRaw?: number;
}

/** What a figure is compared with. */
export interface Yardstick {
  /** As text. */
  readonly target?: string;
  readonly isReached?: (measured: Measured) => boolean;
  /** The value of a real Nova. */
  readonly nova?: string;
}

const atMost = (most: number, unit: 's' | 'kB' | 'MB'): Yardstick => ({
  target: `<= ${most} ${unit}`,
  isReached: ({ value }) => value <= most,
});
const atLeast = (least: number): Yardstick => ({ target: `>= ${least}/s`, isReached: ({ value }) => value >= least });
const ofRaw = (share: number): Yardstick => ({
  target: `>= ${share} of raw`,
  isReached: ({ shareOfRaw = 0 }) => shareOfRaw >= share,
});
const p99 = (mostMs: number): Yardstick => ({
  target: `p99 <= ${mostMs} ms`,
  isReached: ({ p99Ms = Number.POSITIVE_INFINITY }) => p99Ms <= mostMs,
});

/** The yardstick of each figure. */
export const yardsticks = {
  readyNew: {},
  volumeCreates: {},
  volumeAttaches: {},
  volumeDetaches: {},
  volumeDeletes: {},
  readyUsed: { ...atMost(1, 's'), nova: '5.5-8.8 s, beside twelve companions' },
  idleMemory: { ...atMost(180, 'MB'), nova: '770 MB alone, 2.4 GB in all' },
  loadedMemory: {},
  restedMemory: atMost(260, 'MB'),
  boots: { ...atLeast(40), nova: '0.4-2.8/s' },
  deletes: { ...atLeast(40), nova: '1.6-3.2/s' },
  show: { ...ofRaw(0.12), nova: '39-50/s' },
  detail: { ...ofRaw(0.1), nova: '8-11/s' },
  tokenCheck: ofRaw(0.12),
  schedule: p99(20),
  spreadBoots: atLeast(40),
  rebuilds: {},
  liveMigrations: {},
  resizes: {},
  filtered: {},
  consoleOpens: {},
  consoleEcho: p99(50),
  consoleMemory: atMost(250, 'kB'),
} as const satisfies Record<string, Yardstick>;
