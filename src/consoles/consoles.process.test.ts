import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';
import { consolesOf, openFace, type SimulatedFace } from '../../test/support/simulated-face.ts';
import { view } from '../../test/support/console-viewer.ts';
import { until } from '../../test/support/until.ts';
import { listRecordings, readRecording } from '../db/stores/servers/console-recordings.ts';
import { systemClock } from '../lib/clock/clock.ts';
import { systemIds } from '../lib/clock/ids.ts';
import { memoryBus } from '../lib/rpc/memory/memory-bus.ts';
import { asId, type ServerId } from '../objects/ids.ts';
import { ConsoleProxy } from './proxies/console-proxy.ts';
import { serialPages } from './proxies/pages-of.ts';
import { silentLog } from '../lib/log/log.ts';
import { clientOf } from '../lib/rpc/client.ts';
import { serve } from '../lib/rpc/serve.ts';
import type { OpenedConsole } from '../objects/console.ts';
import { consoleManager } from './manager.ts';
import { enterDoor } from './proxies/enter-door.ts';
import { consoleRpc } from './rpcapi.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
  face = await openFace(cloud);
  await serve(cloud.bus, consoleRpc, consoleManager(consolesOf(cloud)), { log: silentLog });
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const ask = (id: string, protocol: string, type: string, asking: { at?: string; as?: 'admin' | 'demo' | 'other' } = {}) =>
  face.ask('POST', `/servers/${id}/remote-consoles`, { at: '2.99', ...asking, body: { remote_console: { protocol, type } } });

async function tokenOf(id: string, protocol = 'serial', type = 'serial'): Promise<string> {
  const { status, body } = await ask(id, protocol, type);
  expect(status).toBe(200);
  const [, token = ''] = /token(?:=|%3D)([0-9a-f-]{36})$/.exec(body.remote_console.url) ?? [];
  return token;
}

const rpc = () => clientOf(consoleRpc, cloud.bus);

/** What a proxy gets. */
const asked = (token: string, secret = 's-1') => rpc().openConsole(someone(), { token, secret, keepsFromTyping: true });
const opened = async (token: string): Promise<OpenedConsole | null> => {
  const answer = await asked(token);
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
};

/** Goes through the door, as a proxy does. */
async function enter({ door }: OpenedConsole): Promise<Duplex> {
  const socket = await enterDoor(door);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Reads until the text has come. */
async function reads(from: Duplex, text: string): Promise<void> {
  let read = '';
  from.on('data', (chunk: Buffer) => (read += chunk.toString('latin1')));
  await until(async () => read.includes(text), { what: `"${text}" is read`, timeoutMs: 5_000 });
}

describe('the address of a console', () => {
  test('has the form of its type', async () => {
    const id = await face.boot();
    const url = async (protocol: string, type: string, as: 'admin' | 'demo' = 'demo') =>
      (await ask(id, protocol, type, { as })).body.remote_console.url.replace(/[0-9a-f-]{36}$/, 'T');
    expect(await url('vnc', 'novnc')).toBe('http://consoles.example:6080/vnc_auto.html?path=%3Ftoken%3DT');
    expect(await url('serial', 'serial')).toBe('ws://consoles.example:6083/?token=T');
    const old = await face.act(id, { 'os-getVNCConsole': { type: 'novnc' } });
    expect(old).toMatchObject({ status: 200, body: { console: { type: 'novnc', url: expect.stringContaining('token%3D') } } });
  });

  test('is refused for types that are unknown, turned off or of another protocol', async () => {
    const id = await face.boot();
    const refused = async (protocol: string, type: string) => {
      const { status, body } = await ask(id, protocol, type);
      return [status, body.badRequest?.message];
    };
    expect(await refused('vnc', 'serial')).toEqual([400, 'Invalid console type serial']);
    expect(await refused('vnc', 'xvpvnc')).toEqual([400, 'Invalid console type xvpvnc']);
    expect(await refused('rdp', 'rdp-html5')).toEqual([400, 'Unavailable console type rdp-html5.']);
    expect(await refused('mks', 'webmks')).toEqual([400, 'Unavailable console type webmks.']);
    expect((await refused('vnc', 'teletype'))[0]).toBe(400);
    expect((await ask(id, 'mks', 'webmks', { at: '2.7' })).status).toBe(400);
    expect((await ask(id, 'serial', 'serial', { at: '2.5' })).status).toBe(404);
    expect((await face.act(id, { 'os-getVNCConsole': { type: 'novnc' } }, { at: '2.6' })).status).toBe(404);
    expect((await ask(id, 'serial', 'serial', { as: 'other' })).status).toBe(404);
    expect((await ask(id, 'spice', 'spice-direct')).status).toBe(403);
  });

  test('is refused while the guest is off or leaving', async () => {
    const id = await face.boot();
    await face.act(id, { 'os-stop': null });
    await until(async () => (await cloud.server(id)).vmState === 'stopped', { what: 'the server is stopped', timeoutMs: 10_000 });
    const off = await ask(id, 'serial', 'serial');
    expect([off.status, off.body.conflictingRequest.message]).toEqual([409, `Instance ${id} is not ready`]);
    await cloud.db.updateTable('servers').set({ task_state: 'migrating', workflow_id: 'w-1' }).where('id', '=', id).execute();
    const leaving = await ask(id, 'vnc', 'novnc');
    expect([leaving.status, leaving.body.conflictingRequest.message]).toEqual([
      409,
      `Cannot 'get_vnc_console' instance ${id} while it is in task_state migrating`,
    ]);
  });
});

describe('a token', () => {
  test('opens the console of its guest, and its key opens it once', async () => {
    const id = await face.boot({ name: 'shown' });
    const console = await opened(await tokenOf(id));
    expect(console).toMatchObject({ serverId: id, serverName: 'shown', type: 'serial', baseUrl: 'ws://consoles.example:6083/' });
    if (!console) return;
    const serial = await enter(console);
    serial.write('root\r');
    await reads(serial, 'root@');
    serial.write('echo one $((1))\r');
    await reads(serial, '\r\none $((1))\r\n');
    await expect(enter(console)).rejects.toThrow();
    expect((await face.act(id, { 'os-getConsoleOutput': {} })).body.output).toContain('one $((1))');
  });

  test('belongs to its first viewer, who may come again and share what it sees', async () => {
    const id = await face.boot();
    const token = await tokenOf(id);
    const both = await Promise.all([asked(token, 's-1'), asked(token, 's-2')]);
    expect(both.filter((answer) => answer === 'used')).toHaveLength(1);
    const [mine, other] = both[0] === 'used' ? ['s-2', 's-1'] : ['s-1', 's-2'];
    expect([await asked(token, mine), await asked(token, other)]).toEqual([expect.objectContaining({ isViewOnly: false }), 'used']);
    expect(await rpc().openConsole(someone(), { token })).toBe('used');
    expect(await rpc().shareConsole(someone(), { token, secret: other })).toBe(null);
    const shared = String(await rpc().shareConsole(someone(), { token, secret: mine })).replace(/.*token=/, '');
    for (const secret of ['s-3', 's-4']) expect(await asked(shared, secret)).toMatchObject({ isViewOnly: true });
    expect(await rpc().shareConsole(someone(), { token: shared, secret: 's-3' })).toBe(null);
    // A proxy that cannot keep its viewers from typing.
    expect(await rpc().openConsole(someone(), { token: shared })).toBe(null);
    const looked = (wanted: string) => face.ask('GET', `/os-console-auth-tokens/${wanted}`, { at: '2.31', as: 'admin' });
    expect([(await looked(token)).status, (await looked(shared)).status]).toEqual([200, 404]);
  });

  test('lasts as long as its viewer is connected, and follows the server to another host', async () => {
    const id = await face.boot();
    const [used, shared, unused] = [await tokenOf(id), await tokenOf(id), await tokenOf(id)];
    await opened(used);
    const soon = new Date(Date.now() + 60_000);
    await cloud.db.updateTable('console_tokens').set({ expires_at: soon }).where('server_id', '=', id).execute();
    expect(await rpc().prolongConsole(someone(), { token: used, secret: 's-2' })).toBe(null);
    expect(await rpc().prolongConsole(someone(), { token: shared, secret: 's-1' })).toBe(null);
    const until = await rpc().prolongConsole(someone(), { token: used, secret: 's-1' });
    expect(new Date(String(until)).getTime()).toBeGreaterThan(soon.getTime());
    const { host } = await cloud.server(id);
    const move = (to: string | null) => cloud.db.updateTable('servers').set({ host: to }).where('id', '=', id).execute();
    await move('host-2');
    expect(await asked(unused)).toBe(null);
    // Not there yet, or not there any more: the viewer tries again.
    await move(host);
    expect(await asked(used)).toMatchObject({ serverId: id });
    await move(null);
    expect(await asked(used)).toBe(null);
  });

  test('is not in the database, but its hash', async () => {
    const id = await face.boot();
    const token = await tokenOf(id);
    const rows = await cloud.db.selectFrom('console_tokens').selectAll().where('server_id', '=', id).execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test('is good for nothing when unknown, expired, or given out before the server was stopped', async () => {
    const id = await face.boot();
    expect(await opened('8a1d7b9e-0000-4000-8000-000000000000')).toBe(null);
    const token = await tokenOf(id);
    expect(await opened(token)).not.toBe(null);
    await cloud.db
      .updateTable('console_tokens')
      .set({ expires_at: new Date(0) })
      .where('server_id', '=', id)
      .execute();
    expect(await opened(token)).toBe(null);
    const another = await tokenOf(id);
    const viewer = await opened(another).then((console) => console && enter(console));
    const closed = viewer && once(viewer.resume(), 'close');
    await face.act(id, { 'os-stop': null });
    await closed;
    await until(async () => (await cloud.server(id)).taskState === null, { what: 'it is stopped', timeoutMs: 10_000 });
    expect(await opened(another)).toBe(null);
    await face.act(id, { 'os-start': null });
    await until(async () => (await cloud.server(id)).vmState === 'active', { what: 'it runs again', timeoutMs: 10_000 });
    expect(await opened(another)).toBe(null);
  });

  test('is looked up by administrators, for proxies that connect with the path alone', async () => {
    const id = await face.boot();
    const token = await tokenOf(id, 'vnc', 'novnc');
    const path = `/os-console-auth-tokens/${token}`;
    const looked = await face.ask('GET', path, { at: '2.31', as: 'admin' });
    expect(looked).toMatchObject({ status: 200, body: { console: { instance_uuid: id, host: '127.0.0.1' } } });
    expect(looked.body.console).not.toHaveProperty('tls_port');
    expect((await face.ask('GET', path, { at: '2.99', as: 'admin' })).body.console).toMatchObject({ tls_port: null });
    expect((await face.ask('GET', `${path}?a=b`, { at: '2.99', as: 'admin' })).status).toBe(400);
    const before = await face.ask('GET', path, { at: '2.30', as: 'admin' });
    expect([before.status, before.body.badRequest.message]).toEqual([400, 'The requested console type details are not accessible']);
    expect((await face.ask('GET', path, { at: '2.99' })).status).toBe(403);
    const unknown = await face.ask('GET', '/os-console-auth-tokens/none', { at: '2.99', as: 'admin' });
    expect([unknown.status, unknown.body.itemNotFound.message]).toEqual([404, 'Token not found']);

    const { host, port, internal_access_path } = looked.body.console;
    const socket = connectPlain({ host, port });
    onTestFinished(() => void socket.destroy());
    socket.write(`CONNECT ${internal_access_path} HTTP/1.1\r\n\r\n`);
    await reads(socket, 'HTTP/1.1 200 OK\r\n\r\nRFB 003.008\n');
    const stranger = connectPlain({ host, port });
    onTestFinished(() => void stranger.destroy());
    stranger.write(`CONNECT ${internal_access_path} HTTP/1.1\r\n\r\n`);
    await reads(stranger, '404 Not Found');
  });
});

/** A proxy that records up to 4000 bytes of each session. */
async function recordingProxy() {
  const bus = memoryBus({ clock: systemClock, ids: systemIds, log: silentLog });
  await serve(bus, consoleRpc, consoleManager(consolesOf(cloud, { recordingBytes: 4_000 })), { log: silentLog });
  const proxy = new ConsoleProxy({
    type: 'serial',
    pages: serialPages(),
    consoles: clientOf(consoleRpc, bus),
    allowedOrigins: [],
    maxSessions: 10,
    idleMs: 0,
    endsWithToken: false,
    tls: undefined,
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
  });
  onTestFinished(() => proxy.close());
  const port = await proxy.listen({ host: '127.0.0.1', port: 0 });
  const watched = async (id: string) => {
    const viewer = view(`ws://127.0.0.1:${port}/?token=${await tokenOf(id)}`);
    await viewer.reads('[What this console shows is recorded.]');
    return viewer;
  };
  return { proxy, bus, watched };
}

describe('a recording', () => {
  test('has what the viewer of a serial console saw, up to its bound, and goes with the server', async () => {
    const id = await face.boot({ name: 'filmed' });
    const { bus, watched } = await recordingProxy();
    const record = async (typed: readonly string[]) => {
      const viewer = await watched(id);
      for (const text of typed) {
        viewer.send(`${text}\r`);
        await viewer.reads(text);
      }
      viewer.close();
      await viewer.ended;
    };
    const recordings = (text?: string) => listRecordings(cloud.db, asId<ServerId>(id), text);
    await record(['root', 'echo "quoted"']);
    await expect.poll(async () => (await recordings('"quoted"')).length, { timeout: 5_000 }).toBe(1);
    const [kept] = await recordings();
    const [head = '', ...lines] = String(await readRecording(cloud.db, String(kept?.id)))
      .trimEnd()
      .split('\n');
    expect(JSON.parse(head)).toMatchObject({ version: 2, title: 'filmed' });
    const outputs = lines.map((line) => JSON.parse(line));
    expect(outputs.every(([at, kind]) => at >= 0 && kind === 'o')).toBe(true);
    expect(outputs.map(([, , text]) => text).join('')).toContain('echo "quoted"');
    // What is sent again, because nobody has answered, is there once.
    for (const lines of ['{}\n', '{}\n[]\n', '{}\n[]\n'])
      expect(await clientOf(consoleRpc, bus).recordConsole(someone(), { recording: String(kept?.id), at: 0, lines })).toBe(true);
    expect(await readRecording(cloud.db, String(kept?.id))).toBe('{}\n[]\n');
    const actions = await face.ask('GET', `/servers/${id}/os-instance-actions`);
    expect(actions.body.instanceActions).toContainEqual(expect.objectContaining({ action: 'serial_console', request_id: kept?.requestId }));
    await record(Array.from({ length: 100 }, (_, n) => `echo ${'long '.repeat(10)}${n}`));
    await expect.poll(async () => (await recordings()).length).toBe(2);
    expect((await recordings()).every(({ bytes }) => bytes <= 4_000)).toBe(true);
    expect(await recordings('nothing')).toEqual([]);
    await face.ask('DELETE', `/servers/${id}`);
    await expect.poll(async () => await recordings(), { timeout: 10_000 }).toEqual([]);
  });

  test('is whole when its proxy has stopped', async () => {
    const id = await face.boot();
    const { proxy, watched } = await recordingProxy();
    const viewer = await watched(id);
    viewer.send('somebody\r');
    await viewer.reads('somebody');
    await proxy.close();
    expect(await listRecordings(cloud.db, asId<ServerId>(id), 'somebody')).toHaveLength(1);
  });
});
