/** Shutdowns, crashes, redeliveries and exceeded limits. */
import { expect, test } from 'vitest';
import { clientOf } from '../client.ts';
import { MAX_MESSAGE_BYTES } from '../limits.ts';
import { type BusLab, ctx, eventually, MAX_QUEUED_IN_TESTS, someRpc } from './bus-lab.ts';

/** Tests of failures, on any bus. */
export function describeFailures({ connect, service, clientFor }: BusLab): void {
  test('a full queue refuses, and keeps what it has accepted', async () => {
    const rpc = someRpc();
    const client = await clientFor(rpc);
    // Sent first and alone, so that the queue exists before the burst.
    await client.hostWork(ctx, { host: 'slow', item: 0 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 2 * MAX_QUEUED_IN_TESTS }, (_, index) => client.hostWork(ctx, { host: 'slow', item: index + 1 })),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'MessagingQueueFull', kind: 'unavailable' });
    expect(refused.length).toBeGreaterThanOrEqual(MAX_QUEUED_IN_TESTS);
    const seen: string[] = [];
    await service(rpc, 'slow', seen);
    await eventually(() => expect(seen).toHaveLength(1 + outcomes.length - refused.length));
  });

  test('a call without an answer in time says which message it was', async () => {
    const rpc = someRpc();
    const { promise: released, resolve: release } = Promise.withResolvers<string>();
    await service(rpc, 'h1', [], { slow: () => released });
    const failing = (await clientFor(rpc)).slow(ctx, {});
    await expect(failing).rejects.toMatchObject({
      code: 'MessagingTimeout',
      kind: 'unavailable',
      params: { topic: rpc.topic, message: 'slow', timeoutMs: 300 },
    });
    release('too late');
  });

  test('what a killed service was working on is done by another, and the caller gets its answer', async () => {
    const rpc = someRpc();
    const { promise: never } = Promise.withResolvers<never>();
    const started: string[] = [];
    const { bus: doomed } = await service(rpc, 'a', [], {
      number: () => (started.push('number'), never),
      work: () => (started.push('work'), never),
    });
    const client = await clientFor(rpc);
    const answer = client.number(ctx, {});
    await client.work(ctx, { item: 5 });
    await eventually(() => expect(started.toSorted()).toEqual(['number', 'work']));
    await doomed.crash();

    const seen: string[] = [];
    await service(rpc, 'b', seen, { number: async () => 2 });
    await expect(answer).resolves.toBe(2);
    await eventually(() => expect(seen).toEqual(['b/5']));
  });

  test('a message that comes twice is run once, and a call is answered from memory', async () => {
    const rpc = someRpc();
    const seen: string[] = [];
    let runs = 0;
    await service(rpc, 'a', seen, { number: async () => ++runs });
    const bus = await connect();
    const any = { topic: rpc.topic, to: 'any' } as const;
    const parcelOf = (name: string, params: object) => {
      const id = bus.messageId();
      return { id, name, body: JSON.stringify({ id, name, ctx, params }) };
    };
    const work = parcelOf('work', { item: 9 });
    for (const parcel of [work, work, parcelOf('work', { item: 10 })]) await bus.cast(any, parcel);
    const number = parcelOf('number', {});
    const first = await bus.call(any, number, 5_000);
    expect(await bus.call(any, number, 5_000)).toBe(first);
    await eventually(() => expect(seen.toSorted()).toEqual(['a/10', 'a/9']));
    expect(runs).toBe(1);
  });

  test('a message or an answer beyond the limit is refused with its size', async () => {
    const rpc = someRpc();
    await service(rpc, 'h1', [], { echo: async () => 'x'.repeat(MAX_MESSAGE_BYTES) });
    const client = await clientFor(rpc);
    const tooLarge = { code: 'MessageTooLarge', kind: 'over-limit', params: { maxBytes: MAX_MESSAGE_BYTES } };
    await expect(client.echo(ctx, { value: 'x'.repeat(MAX_MESSAGE_BYTES) })).rejects.toMatchObject(tooLarge);
    await expect(client.echo(ctx, { value: 'small' })).rejects.toMatchObject(tooLarge);
  });

  test('closing a serving lets the running handler answer and leaves the rest to others', async () => {
    const rpc = someRpc();
    const { promise: released, resolve: release } = Promise.withResolvers<number>();
    const started: string[] = [];
    const { serving } = await service(rpc, 'a', [], { number: () => (started.push('number'), released) });
    const client = await clientFor(rpc);
    const answer = client.number(ctx, {});
    await eventually(() => expect(started).toHaveLength(1));
    const closing = serving.close();
    await client.work(ctx, { item: 1 });
    release(3);
    await closing;
    await expect(answer).resolves.toBe(3);
    const seen: string[] = [];
    await service(rpc, 'b', seen);
    await client.work(ctx, { item: 2 });
    // The first service may have handled a message that it took while closing.
    await eventually(() => expect(seen).toContain('b/2'));
  });

  test('a closed bus says so', async () => {
    const bus = await connect();
    expect([bus.healthy(), bus.healthyForMs()]).toEqual([true, Number.POSITIVE_INFINITY]);
    await bus.close();
    expect([bus.healthy(), bus.healthyForMs(), bus.reasons()]).toEqual([false, 0, ['the bus is closed']]);
    await expect(clientOf(someRpc(), bus).work(ctx, { item: 1 })).rejects.toMatchObject({
      code: 'MessagingUnavailable',
      kind: 'unavailable',
    });
  });
}
