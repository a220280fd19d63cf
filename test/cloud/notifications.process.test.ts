/** Notifications of a real cloud over a real broker: what a consumer gets is what happened, whatever is killed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeState, newStateDir, type Cloud, startCloud } from '../support/cloud.ts';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from '../support/rabbitmq.ts';

const missing = rabbitmqMissing();
const WAIT = { timeout: 60_000, interval: 200 };

interface Received {
  readonly message_id: string;
  readonly event_type: string;
  readonly publisher_id: string;
  readonly priority: string;
  readonly payload: Record<string, unknown>;
}

/** The data of the object in a versioned payload. */
const dataOf = ({ payload }: Received) => payload['nova_object.data'] as Record<string, unknown>;

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`notifications of a cloud${missing ? ` (${missing})` : ''}`, () => {
  let broker: Rabbitmq;
  let cloud: Cloud;
  let stateDir: string;
  const received: Received[] = [];
  const unversioned: Received[] = [];

  beforeAll(async () => {
    broker = await startRabbitmq();
    stateDir = await newStateDir();
    await mkdir(stateDir, { recursive: true });
    const file = join(stateDir, 'nova.conf');
    const lines = [
      '[notifications]',
      'notification_format = both',
      'notify_on_state_change = vm_and_task_state',
      '[oslo_messaging_notifications]',
      'driver = messagingv2',
      `transport_url = ${broker.url}`,
      '[oslo_messaging_rabbit]',
      'amqp_durable_queues = true',
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    cloud = await startCloud({ stateDir, env: { NOVA_CONFIG: file } });
    await listen('versioned_notifications', received);
    await listen('notifications', unversioned);
  });
  afterAll(async () => {
    await cloud?.destroy();
    await broker?.stop();
    if (stateDir) await removeState(stateDir);
  });

  /** Consumes a topic at all levels, as a service that started after the cloud would. */
  async function listen(topic: string, into: Received[]): Promise<void> {
    const connection = await connect(broker.url, {
      recovery: {
        setup: async (model: Awaited<ReturnType<typeof connect>>) => {
          const channel = await model.createChannel();
          await channel.assertExchange('nova', 'topic', { durable: true });
          for (const level of ['info', 'error']) {
            await channel.assertQueue(`${topic}.${level}`, { durable: true });
            await channel.bindQueue(`${topic}.${level}`, 'nova', `${topic}.${level}`);
            await channel.consume(`${topic}.${level}`, (message) => {
              if (!message) return;
              const envelope = JSON.parse(message.content.toString()) as Record<string, string>;
              into.push(JSON.parse(envelope['oslo.message'] ?? '') as Received);
              channel.ack(message);
            });
          }
        },
      },
    });
    connection.on('error', () => {});
  }

  const typesOf = (id: string) => received.filter((one) => dataOf(one)['uuid'] === id).map(({ event_type }) => event_type);
  const operations = (id: string) => typesOf(id).filter((type) => type !== 'instance.update');

  test('a server is told from its boot to its end, in both formats', { timeout: 120_000 }, async () => {
    const demo = await cloud.demo();
    const id = await demo.boot({ name: 'told' });
    await demo.settled(id);
    const act = (body: object) => demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, body);
    await act({ pause: null });
    await demo.settled(id);
    await demo.remove(id);
    await expect.poll(() => operations(id).at(-1), WAIT).toBe('instance.delete.end');
    expect(operations(id)).toEqual([
      'instance.create.start',
      'instance.create.end',
      'instance.pause.start',
      'instance.pause.end',
      'instance.delete.start',
      'instance.shutdown.start',
      'instance.shutdown.end',
      'instance.delete.end',
    ]);
    const end = received.find((one) => one.event_type === 'instance.create.end' && dataOf(one)['uuid'] === id);
    expect(end).toMatchObject({ priority: 'INFO', publisher_id: expect.stringMatching(/^nova-compute:./) });
    expect(end && dataOf(end)).toMatchObject({
      display_name: 'told',
      state: 'active',
      task_state: null,
      power_state: 'running',
      instance_name: expect.stringMatching(/^instance-\w{8}$/),
      ip_addresses: [{ 'nova_object.name': 'IpPayload' }],
      action_initiator_user: expect.stringMatching(/^\w+$/),
      request_id: expect.stringMatching(/^req-/),
    });
    const states = received.filter((one) => one.event_type === 'instance.update' && dataOf(one)['uuid'] === id);
    expect(states.map((one) => (dataOf(one)['state_update'] as Record<string, unknown>)['nova_object.data'])).toContainEqual({
      old_state: 'active',
      state: 'paused',
      old_task_state: 'pausing',
      new_task_state: null,
    });
    await expect
      .poll(() => unversioned.filter(({ payload }) => payload['instance_id'] === id).at(-1)?.event_type, WAIT)
      .toBe('compute.instance.delete.end');
    const legacy = unversioned.find(
      ({ event_type, payload }) => event_type === 'compute.instance.create.end' && payload['instance_id'] === id,
    );
    expect(legacy?.payload).toMatchObject({ state: 'active', message: 'Success', fixed_ips: [{ type: 'fixed' }] });
  });

  test('nothing is lost and at most a page repeated when the publisher and the broker are killed at work', {
    timeout: 240_000,
  }, async () => {
    const demo = await cloud.demo();
    const servers: string[] = [];
    const boot = async (name: string) => void servers.push(await demo.boot({ name }));
    for (const name of ['a', 'b', 'c']) await boot(name);
    await cloud.kill9();
    await cloud.start();
    for (const name of ['d', 'e']) await boot(name);
    await broker.kill9();
    for (const name of ['f', 'g']) await boot(name);
    await cloud.kill9();
    await broker.restart();
    await cloud.start();
    for (const id of servers) await (await cloud.demo()).settled(id);
    for (const id of servers)
      await expect.poll(() => new Set(operations(id)), WAIT).toEqual(new Set(['instance.create.start', 'instance.create.end']));
    const inOrder = servers.filter((id) => operations(id).indexOf('instance.create.start') < operations(id).indexOf('instance.create.end'));
    expect(inOrder).toEqual(servers);
    // Consumers recognise what is repeated by its id.
    const ids = received.map(({ message_id }) => message_id);
    const distinct = new Set(received.map((one) => `${one.message_id} ${one.event_type}`));
    expect(distinct.size).toBe(new Set(ids).size);
    expect(await cursorIsAtEnd()).toBe(true);
  });

  async function cursorIsAtEnd(): Promise<boolean> {
    const client = new Client({ connectionString: await cloud.databaseUrl() });
    await client.connect();
    const { rows } = await client.query<{ position: string; last: string }>(`
      SELECT position, (SELECT epoch || '.' || transaction || '.' || seq FROM events ORDER BY epoch DESC, transaction DESC, seq DESC LIMIT 1) AS last
      FROM notification_cursors`);
    await client.end();
    return rows.length === 1 && rows[0]?.position === rows[0]?.last;
  }
});
