/** What a call returns: values, nothing, and declared errors. */
import { expect, test } from 'vitest';
import { errorType } from '../../errors/error-type.ts';
import { Type as t } from '@sinclair/typebox';
import { systemClock } from '../../clock/clock.ts';
import { silentLog } from '../../log/log.ts';
import { clientOf } from '../client.ts';
import { call, contract } from '../contract.ts';
import { serve } from '../serve.ts';
import { type BusLab, ctx, recorder, someRpc } from './bus-lab.ts';

const ServerIsLocked = errorType('ServerIsLocked', 'conflict', (p: { serverId: string }) => `Server ${p.serverId} is locked.`);

const broken = (): never => {
  throw new TypeError('x is not a function');
};

/** Tests of answers, on any bus. */
export function describeAnswers({ connect, service, clientFor }: BusLab): void {
  test('a call brings the context and the parameters, and the answer back', async () => {
    const rpc = someRpc();
    const heard: unknown[] = [];
    await service(rpc, 'h1', [], {
      onHost: async (...args) => {
        heard.push(...args);
        return 'hello';
      },
    });
    const client = await clientFor(rpc);
    await expect(client.onHost(ctx, { host: 'h1', text: 'äöü ☃' })).resolves.toBe('hello');
    expect(heard).toEqual([ctx, { text: 'äöü ☃' }]);
  });

  test('a call that returns nothing resolves with nothing', async () => {
    const rpc = someRpc();
    await service(rpc, 'h1');
    await expect((await clientFor(rpc)).nothing(ctx, {})).resolves.toBeUndefined();
  });

  test('values make a trip through JSON: undefined is dropped, a Date is refused', async () => {
    const rpc = someRpc();
    await service(rpc, 'h1');
    const client = await clientFor(rpc);
    const answer = await client.echo(ctx, { value: { a: 1, b: undefined, c: [null, 'x'] } });
    expect(answer).toStrictEqual({ a: 1, c: [null, 'x'] });
    await expect(client.echo(ctx, { value: { at: systemClock.now() } })).rejects.toMatchObject({
      code: 'MessageInvalid',
      kind: 'internal',
    });
    await expect(client.echo(ctx, { value: Number.NaN })).rejects.toMatchObject({ code: 'MessageInvalid' });
  });

  test('a declared error comes out with its code, kind, params and causes', async () => {
    const rpc = someRpc();
    const locked = ServerIsLocked({ serverId: 's1' }, { cause: new Error('disk', { cause: new RangeError('deep') }) });
    await service(rpc, 'h1', [], { number: () => Promise.reject(locked) });
    const error: unknown = await (await clientFor(rpc)).number(ctx, {}).catch((thrown: unknown) => thrown);
    expect(ServerIsLocked.is(error) && error.params).toEqual({ serverId: 's1' });
    expect(error).toMatchObject({
      kind: 'conflict',
      message: 'Server s1 is locked.',
      cause: { message: 'disk', cause: { code: 'RangeError' } },
    });
  });

  test('an error nobody declared comes out as internal', async () => {
    const rpc = someRpc();
    await service(rpc, 'h1', [], { number: broken });
    await expect((await clientFor(rpc)).number(ctx, {})).rejects.toMatchObject({ code: 'TypeError', kind: 'internal' });
  });

  test('a result that does not fit its contract is an internal error', async () => {
    const rpc = someRpc();
    await service(rpc, 'h1', [], { number: async () => 'seven' as unknown as number });
    await expect((await clientFor(rpc)).number(ctx, {})).rejects.toMatchObject({ code: 'MessageInvalid', params: { part: 'result' } });
  });

  test('a message that the receiver does not know is not implemented', async () => {
    const rpc = someRpc();
    await service(rpc, 'h1');
    const newer = contract(rpc.topic, { later: call({ to: 'any', params: {}, returns: t.Null() }) });
    await expect(clientOf(newer, await connect()).later(ctx, {})).rejects.toMatchObject({
      code: 'MessageUnknown',
      kind: 'not-implemented',
    });
  });

  test('parameters that only a newer sender knows are let through', async () => {
    const rpc = someRpc();
    await service(rpc, 'h1');
    const newer = contract(rpc.topic, {
      onHost: call({ to: 'host', params: { text: t.String(), tone: t.String() }, returns: t.String() }),
    });
    await expect(clientOf(newer, await connect()).onHost(ctx, { host: 'h1', text: 'a', tone: 'b' })).resolves.toBe('h1: a');
  });

  test('each handled message is one traced hop, and the handler gets the context of the hop', async () => {
    const rpc = someRpc();
    const hops: unknown[] = [];
    const bus = await connect();
    const spans: unknown[] = [];
    await serve(bus, rpc, recorder([], 'a', { nothing: async (inner) => void spans.push(inner.spanId) }), {
      host: 'a',
      log: silentLog,
      trace: {
        around: (hop, run) => {
          hops.push(hop);
          return run({ ...hop.ctx, spanId: 'span-2' });
        },
      },
    });
    await clientOf(rpc, bus).nothing(ctx, {});
    expect(hops).toEqual([{ service: rpc.topic, what: 'nothing', ctx }]);
    expect(spans).toEqual(['span-2']);
  });
}
