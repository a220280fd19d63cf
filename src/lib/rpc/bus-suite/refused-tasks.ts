/** Tasks that a receiver of an older or newer version does not understand. */
import { Type as t } from '@sinclair/typebox';
import { expect, test } from 'vitest';
import { marshalError } from '../../errors/marshal.ts';
import { systemIds } from '../../clock/ids.ts';
import { silentLog } from '../../log/log.ts';
import type { Bus } from '../bus.ts';
import { clientOf } from '../client.ts';
import { call, cast, contract, task } from '../contract.ts';
import { serve } from '../serve.ts';
import { type BusLab, ctx, eventually } from './bus-lab.ts';

const taskId = t.String();

/** The old and the new version of one topic's contract. */
function ages() {
  const topic = `topic-${systemIds.hex(4)}`;
  const known = { grow: task({ params: { taskId, byGb: t.Integer() } }), note: cast({ to: 'host', params: { text: t.String() } }) };
  return {
    old: contract(topic, known, { number: 3 }),
    young: contract(
      topic,
      {
        ...known,
        grow: task({ params: { taskId, byGb: t.Union([t.Integer(), t.Literal('all')]) } }),
        shrink: task({ params: { taskId }, since: 4 }),
        measure: call({ to: 'host', params: {}, returns: t.Integer(), since: 4 }),
      },
      { number: 4 },
    ),
  };
}

/** Serves the old contract; records what it runs and what it refuses. */
async function oldHost(bus: Bus, { old }: ReturnType<typeof ages>) {
  const [done, refused]: [string[], unknown[]] = [[], []];
  const manager = {
    grow: async (_ctx: unknown, asked: { taskId: string; byGb: number }) => {
      if (asked.byGb < 0) throw new Error('broken');
      done.push(asked.taskId);
      return undefined;
    },
    note: async () => {},
  };
  const onTaskRefused = async (_ctx: unknown, id: string, error: unknown) => {
    refused.push({ id, ...marshalError(error) });
  };
  await serve(bus, old, manager, { host: 'h', log: silentLog, onTaskRefused });
  return { done, refused };
}

/** Tests of refused tasks, on any bus. */
export function describeRefusedTasks({ connect }: BusLab): void {
  test('a task that the receiver does not know, or does not understand, is told to it as refused, with the numbers of both contracts', async () => {
    const both = ages();
    const { done, refused } = await oldHost(await connect(), both);
    const young = clientOf(both.young, await connect());
    await young.shrink(ctx, { host: 'h', taskId: 'unknown' });
    await young.grow(ctx, { host: 'h', taskId: 'odd', byGb: 'all' });
    await young.grow(ctx, { host: 'h', taskId: 'fine', byGb: 1 });
    await eventually(() => expect([refused.length, done]).toEqual([2, ['fine']]));
    const tooOld = { code: 'ContractTooOld', kind: 'not-implemented', params: { speaks: 3, needs: 4 } };
    expect(refused).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'unknown', ...tooOld, params: { topic: both.old.topic, message: 'shrink', ...tooOld.params } }),
        expect.objectContaining({ id: 'odd', code: 'ContractTooOld', cause: expect.objectContaining({ code: 'MessageInvalid' }) }),
      ]),
    );
    expect(refused).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ message: `${both.old.topic}.shrink needs contract 4 of its receiver, which speaks contract 3.` }),
      ]),
    );
  });

  test('a task whose handler breaks is told as refused; a broken cast is not, for nobody waits for it', async () => {
    const both = ages();
    const { refused } = await oldHost(await connect(), both);
    const same = clientOf(both.old, await connect());
    // As a newer version might, after changing the message.
    const bus = await connect();
    const id = bus.messageId();
    const parcel = { id, name: 'note', body: JSON.stringify({ id, name: 'note', ctx, params: { taskId: 'none' } }) };
    await bus.cast({ topic: both.old.topic, to: 'host', host: 'h' }, parcel);
    await same.grow(ctx, { host: 'h', taskId: 'broken', byGb: -1 });
    await eventually(() => expect(refused).toMatchObject([{ id: 'broken', code: 'Error', message: 'broken' }]));
  });

  test('what a host said it does not know yet is not sent, whether a task or a question', async () => {
    const both = ages();
    const { done, refused } = await oldHost(await connect(), both);
    const asked: string[] = [];
    const spokenBy = async (host: string) => (asked.push(host), 3);
    const young = clientOf(both.young, await connect(), { spokenBy });
    const tooOld = { code: 'ContractTooOld', params: { speaks: 3, needs: 4 } };
    await expect(young.shrink(ctx, { host: 'h', taskId: 't' })).rejects.toMatchObject(tooOld);
    await expect(young.measure(ctx, { host: 'h' })).rejects.toMatchObject(tooOld);
    expect(asked).toEqual(['h', 'h']);
    // A message that every host knows is sent without asking for the host's contract number.
    await young.grow(ctx, { host: 'h', taskId: 'fine', byGb: 1 });
    await eventually(() => expect(done).toEqual(['fine']));
    expect([asked.length, refused]).toEqual([2, []]);
  });
}
