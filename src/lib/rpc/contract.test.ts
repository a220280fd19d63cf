import { Type as t } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import { systemIds } from '../clock/ids.ts';
import { systemClock } from '../clock/clock.ts';
import { serviceContext } from '../context/context.ts';
import { silentLog } from '../log/log.ts';
import { clientOf } from './client.ts';
import { call, cast, contract, type Client, type Manager, task } from './contract.ts';
import { goldenOf } from './golden.ts';
import { memoryBus } from './memory/memory-bus.ts';

type ServerId = string & { readonly __brand: 'ServerId' };
const serverId = t.Unsafe<ServerId>({ type: 'string' });
const id = 's1' as ServerId;

const fooRpc = contract('foo', {
  spawn: cast({ to: 'host', params: { serverId, kind: t.Union([t.Literal('soft'), t.Literal('hard')]) } }),
  console: call({ to: 'host', params: { serverId, lines: t.Optional(t.Integer()) }, returns: t.String() }),
  pick: call({ to: 'any', params: {}, returns: t.Union([serverId, t.Null()]) }),
  probe: call({ to: 'any', params: {}, returns: t.Null() }),
  refresh: cast({ to: 'all', params: {} }),
  measure: task({ params: { taskId: t.String() }, reports: t.Object({ sizeMb: t.Integer() }) }),
  shrink: task({ params: { taskId: t.String() } }),
});
type FooRpcApi = Client<typeof fooRpc>;
const ctx = serviceContext('req-1');

class FooManager implements Manager<typeof fooRpc> {
  async spawn(_ctx: typeof ctx, params: { serverId: ServerId; kind: 'soft' | 'hard' }) {
    void params;
  }
  async console() {
    return 'login:';
  }
  async pick() {
    return id;
  }
  async probe() {}
  async refresh() {}
  async measure() {
    return { sizeMb: 1 };
  }
  async shrink() {
    return undefined;
  }
}
void FooManager;

// @ts-expect-error a manager without one of the methods does not compile
class Incomplete implements Manager<typeof fooRpc> {
  async spawn() {}
  async console() {
    return '';
  }
  async pick() {
    return id;
  }
  async probe() {}
}
void Incomplete;

class Wrong implements Manager<typeof fooRpc> {
  async spawn() {}
  // @ts-expect-error the result is a string
  async console() {
    return 7;
  }
  async pick() {
    return null;
  }
  async probe() {
    return null;
  }
  async refresh() {}
  // @ts-expect-error the result is a number
  async measure() {
    return { sizeMb: 'much' };
  }
  // @ts-expect-error there is nothing to report
  async shrink() {
    return 7;
  }
}
void Wrong;

/** Never run: the compiler is the test. */
export function promisedRefusals(rpc: FooRpcApi): void {
  const text: Promise<string> = rpc.console(ctx, { host: 'h', serverId: id });
  const nothing: Promise<void> = rpc.probe(ctx, {});
  const maybe: Promise<ServerId | null> = rpc.pick(ctx, {});
  void [text, nothing, maybe];
  // @ts-expect-error a message to a host needs the host
  void rpc.spawn(ctx, { serverId: id, kind: 'soft' });
  // @ts-expect-error a plain string is no server id
  void rpc.spawn(ctx, { host: 'h', serverId: 'raw', kind: 'soft' });
  // @ts-expect-error a call cannot go to all
  void call({ to: 'all', params: {}, returns: t.String() });
  // @ts-expect-error an answer is no number
  const number: Promise<number> = rpc.console(ctx, { host: 'h', serverId: id });
  void number;
  // @ts-expect-error a task is reported under its id
  void task({ params: { text: t.String() } });
  void rpc.measure(ctx, { host: 'h', taskId: 't' }).then(({ read }) => {
    const size: number = read(null).sizeMb;
    // @ts-expect-error a size is no text
    const text: string = read(null).sizeMb;
    void [size, text];
  });
}

describe('a contract', () => {
  const rpc = clientOf(fooRpc, memoryBus({ clock: systemClock, ids: systemIds, log: silentLog }));

  test('refuses a parameter called host in a message to a host', () => {
    expect(() => contract('x', { y: cast({ to: 'host', params: { host: t.String() } }) })).toThrow('no parameter of that name');
  });

  test('refuses parameters that do not fit, also where TypeBox leaves a branded type unchecked', async () => {
    const wrong = { host: 'h', serverId: 7 as unknown as ServerId, kind: 'soft' as const };
    await expect(rpc.spawn(ctx, wrong)).rejects.toMatchObject({
      code: 'MessageInvalid',
      kind: 'internal',
      params: { part: 'params', message: 'spawn' },
    });
  });

  test('tells how to read what a task reports, and refuses what does not fit', async () => {
    const measured = await rpc.measure(ctx, { host: 'h', taskId: 't' });
    expect(measured.read({ sizeMb: 7 })).toEqual({ sizeMb: 7 });
    for (const wrong of [{ sizeMb: 'much' }, null, undefined])
      expect(() => measured.read(wrong)).toThrow(
        expect.objectContaining({ code: 'MessageInvalid', params: expect.objectContaining({ part: 'result' }) }),
      );
    const shrunk = await rpc.shrink(ctx, { host: 'h', taskId: 't' });
    // A newer host may tell more than this sender knows of.
    expect([shrunk.read(null), shrunk.read({ sizeMb: 7 })]).toEqual([undefined, undefined]);
  });

  test('refuses a message that came with a later number than its own', () => {
    const late = { y: cast({ to: 'any', params: {}, since: 3 }) };
    expect(() => contract('x', late, { number: 2 })).toThrow('no later number');
    expect(() => contract('x', late)).toThrow('no later number');
    expect(contract('x', late, { number: 3 })).toMatchObject({ number: 3 });
  });

  test('has a golden text that does not depend on the order of declaration', () => {
    const turned = contract('foo', Object.fromEntries(Object.entries(fooRpc.messages).reverse()));
    expect(goldenOf(turned)).toBe(goldenOf(fooRpc));
    expect(JSON.parse(goldenOf(fooRpc))).toMatchObject({
      topic: 'foo',
      messages: { console: { kind: 'call', to: 'host', returns: { type: 'string' } } },
    });
  });
});
