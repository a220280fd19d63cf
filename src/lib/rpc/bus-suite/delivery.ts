/** Who gets a message, and when: one of many, a host, everyone, a consumer that starts later. */
import { expect, test } from 'vitest';
import { systemClock } from '../../clock/clock.ts';
import { silentLog } from '../../log/log.ts';
import { HOST_GRACE_MS } from '../limits.ts';
import { serve } from '../serve.ts';
import { type BusLab, type SomeManager, ctx, eventually, recorder, someRpc } from './bus-lab.ts';

/** Tests of delivery, on any bus. */
export function describeDelivery({ service, clientFor }: BusLab): void {
  test('a message to any goes to exactly one of several, and all of them get some', async () => {
    const rpc = someRpc();
    const seen: string[] = [];
    await Promise.all(['a', 'b', 'c'].map((name) => service(rpc, name, seen)));
    const client = await clientFor(rpc);
    const items = Array.from({ length: 60 }, (_, item) => item);
    await Promise.all(items.map((item) => client.work(ctx, { item })));
    await eventually(() => expect(seen).toHaveLength(60));
    expect(seen.map((entry) => Number(entry.split('/')[1])).sort((a, b) => a - b)).toEqual(items);
    expect(new Set(seen.map((entry) => entry.split('/')[0])).size).toBe(3);
  });

  test('a message to a host goes there and nowhere else', async () => {
    const rpc = someRpc();
    const seen: string[] = [];
    await Promise.all(['a', 'b'].map((name) => service(rpc, name, seen)));
    const client = await clientFor(rpc);
    await Promise.all([1, 2, 3].map((item) => client.hostWork(ctx, { host: 'b', item })));
    await eventually(() => expect(seen.toSorted()).toEqual(['b/1', 'b/2', 'b/3']));
    await expect(client.onHost(ctx, { host: 'a', text: 'x' })).resolves.toBe('a: x');
  });

  test('a message to all reaches every service once, also two in one process', async () => {
    const rpc = someRpc();
    const seen: string[] = [];
    const { bus } = await service(rpc, 'a', seen);
    await serve(bus, rpc, recorder(seen, 'b'), { host: 'b', log: silentLog });
    await service(rpc, 'c', seen);
    await (await clientFor(rpc)).news(ctx, { item: 1 });
    await eventually(() => expect(seen.toSorted()).toEqual(['a/1', 'b/1', 'c/1']));
  });

  test('a message to all with nobody listening is accepted', async () => {
    await expect((await clientFor(someRpc())).news(ctx, { item: 1 })).resolves.toBeUndefined();
  });

  test('casts wait for a service that is yet to come', async () => {
    const rpc = someRpc();
    const seen: string[] = [];
    const client = await clientFor(rpc);
    await client.hostWork(ctx, { host: 'late', item: 1 });
    await client.work(ctx, { item: 2 });
    await service(rpc, 'late', seen);
    await eventually(() => expect(seen.toSorted()).toEqual(['late/1', 'late/2']));
  });

  test('a call to a host that nobody serves fails soon, and is never run later', async () => {
    const rpc = someRpc();
    const ran: string[] = [];
    const client = await clientFor(rpc);
    const startMs = systemClock.monotonicMs();
    const failing = client.onHost(ctx, { host: 'ghost', text: 'x' });
    await expect(failing).rejects.toMatchObject({
      code: 'NoSuchHost',
      kind: 'unavailable',
      params: { topic: rpc.topic, message: 'onHost' },
    });
    expect(systemClock.monotonicMs() - startMs).toBeLessThan(HOST_GRACE_MS + 2_000);
    const onHost: SomeManager['onHost'] = async (_ctx, { text }) => {
      ran.push(text);
      return text;
    };
    await service(rpc, 'ghost', [], { onHost });
    await client.onHost(ctx, { host: 'ghost', text: 'second' });
    expect(ran).toEqual(['second']);
  });

  test('a call to a host that is just starting finds it', async () => {
    const rpc = someRpc();
    const client = await clientFor(rpc);
    const answer = client.onHost(ctx, { host: 'soon', text: 'x' });
    await systemClock.sleep(50);
    await service(rpc, 'soon');
    await expect(answer).resolves.toBe('soon: x');
  });

  test('no more handlers run at once than asked for', async () => {
    const rpc = someRpc();
    let atOnce = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++atOnce);
      await systemClock.sleep(20);
      atOnce -= 1;
      return 1;
    };
    await service(rpc, 'h1', [], { number: work }, 3);
    const client = await clientFor(rpc);
    await Promise.all(Array.from({ length: 12 }, () => client.number(ctx, {})));
    expect(most).toBe(3);
  });
}
