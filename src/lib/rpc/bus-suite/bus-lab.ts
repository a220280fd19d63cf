/** The test bed of the bus suite: a broker, processes connected to it, and a contract. */
import { Type as t } from '@sinclair/typebox';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { systemIds } from '../../clock/ids.ts';
import { serviceContext } from '../../context/context.ts';
import { silentLog } from '../../log/log.ts';
import type { Bus, Serving } from '../bus.ts';
import { clientOf } from '../client.ts';
import { call, cast, contract, type Client, type Manager } from '../contract.ts';
import { serve } from '../serve.ts';

/** A bus that can be killed. */
export type MortalBus = Bus & { crash(): void | Promise<void> };

/** The queue limit of a test broker. */
export const MAX_QUEUED_IN_TESTS = 100;

/** A broker, and processes that connect to it. */
export interface BusWorld {
  connect(): Promise<MortalBus>;
  stop(): Promise<void>;
}

/** A fresh topic for each test: queues outlive the test that made them. */
export const someRpc = () =>
  contract(`topic-${systemIds.hex(4)}`, {
    echo: call({ to: 'any', params: { value: t.Unknown(), more: t.Optional(t.String()) }, returns: t.Unknown() }),
    onHost: call({ to: 'host', params: { text: t.String() }, returns: t.String() }),
    nothing: call({ to: 'any', params: {}, returns: t.Null() }),
    number: call({ to: 'any', params: {}, returns: t.Number(), timeoutMs: 5_000 }),
    slow: call({ to: 'any', params: {}, returns: t.String(), timeoutMs: 300 }),
    work: cast({ to: 'any', params: { item: t.Integer() } }),
    hostWork: cast({ to: 'host', params: { item: t.Integer() } }),
    news: cast({ to: 'all', params: { item: t.Integer() } }),
  });
/** The contract of the tests. */
export type SomeRpc = ReturnType<typeof someRpc>;
export type SomeManager = Manager<SomeRpc>;

/** The caller's context in the tests. */
export const ctx = { ...serviceContext('req-7'), projectId: 'p1', spanId: 'span-1' };

/** A manager that records the messages it gets. */
export const recorder = (seen: string[], name: string, own: Partial<SomeManager> = {}): SomeManager => ({
  echo: async (_ctx, { value }) => value,
  onHost: async (_ctx, { text }) => `${name}: ${text}`,
  nothing: async () => {},
  number: async () => 1,
  slow: async () => 'done',
  work: async (_ctx, { item }) => void seen.push(`${name}/${item}`),
  hostWork: async (_ctx, { item }) => void seen.push(`${name}/${item}`),
  news: async (_ctx, { item }) => void seen.push(`${name}/${item}`),
  ...own,
});

/** Waits until the check passes. */
export const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

/** What a bus test works with; everything it opens is closed after the test. */
export interface BusLab {
  /** A process. */
  connect(): Promise<MortalBus>;
  /** A service in a process of its own. */
  service(
    rpc: SomeRpc,
    name: string,
    seen?: string[],
    own?: Partial<SomeManager>,
    concurrency?: number,
  ): Promise<{ bus: MortalBus; serving: Serving }>;
  /** A client in a process of its own. */
  clientFor(rpc: SomeRpc): Promise<Client<SomeRpc>>;
}

/** A test bed over a broker that is started before the tests and stopped after them. */
export function busLab(startWorld: () => Promise<BusWorld>): BusLab {
  let world: BusWorld;
  const buses: MortalBus[] = [];
  beforeAll(async () => {
    world = await startWorld();
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });
  afterAll(() => world.stop());
  const connect = async () => {
    const bus = await world.connect();
    buses.push(bus);
    return bus;
  };
  return {
    connect,
    service: async (rpc, name, seen = [], own = {}, concurrency = 16) => {
      const bus = await connect();
      const serving = await serve(bus, rpc, recorder(seen, name, own), { host: name, concurrency, log: silentLog });
      return { bus, serving };
    },
    clientFor: async (rpc) => clientOf(rpc, await connect()),
  };
}
