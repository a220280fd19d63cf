import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ConsoleKind } from '../objects/console.ts';
import { asId, type ServerId } from '../objects/ids.ts';
import type { VirtDriver } from './driver.ts';
import type { ContractHost, ContractSubject } from './driver.contract.ts';
import { GuestInWrongState, GuestNotFound } from './errors.ts';

const READY_LIMIT_MS = 60_000;
const LIMIT_MS = 20_000;
const nobody = asId<ServerId>('00000000-0000-4000-8000-000000000000');

/** The contract of consoles: what viewers of a guest see and type. */
export const describeConsoles = ({ name, skip, makeHost }: ContractSubject): void => {
  describe.skipIf(skip !== undefined)(`${name}, a virt driver, shows consoles`, () => {
    let host: ContractHost;
    let driver: VirtDriver;
    let id: ServerId;

    beforeAll(async () => {
      host = await makeHost();
      driver = host.makeDriver();
      await driver.start();
      const guest = host.makeGuest();
      id = guest.serverId;
      await driver.spawn(guest, new AbortController().signal);
    });
    afterAll(async () => {
      await driver?.close();
      await host?.stop();
    });

    const open = async (kind: ConsoleKind): Promise<Viewer> => {
      const viewer = viewerOf(await (await driver.console(id, kind)).open());
      onTestFinished(() => void viewer.stream.destroy());
      return viewer;
    };

    test('the viewers of a serial port see and type the same, and the log has it', async () => {
      await expect.poll(() => driver.consoleOutput(id), { timeout: READY_LIMIT_MS }).toContain('GUEST-READY');
      const [one, other] = [await open('serial'), await open('serial')];
      one.stream.write('\r');
      await shows(other, 'login:');
      other.stream.write('somebody');
      await shows(one, 'somebody');
      one.stream.destroy();
      other.stream.write('\x15\r');
      await shows(other, '\n');
      await expect.poll(() => driver.consoleOutput(id), { timeout: LIMIT_MS }).toContain('somebody');
    });

    test('a serial port can be opened again after its last viewer has left', async () => {
      (await open('serial')).stream.destroy();
      const again = await open('serial');
      again.stream.write('\r');
      await shows(again, '\n');
    });

    test('the screen speaks VNC, to several viewers', async () => {
      for (const viewer of [await open('vnc'), await open('vnc')]) await shows(viewer, 'RFB 003.008\n');
    });

    test('the screen speaks SPICE, each of whose channels is a connection', async () => {
      for (const viewer of [await open('spice'), await open('spice')]) {
        viewer.stream.write(spiceLink);
        await shows(viewer, 'REDQ');
      }
    });

    test('a viewer sees the end of its guest; a guest that is off has no console', async () => {
      const [serial, screen] = [await open('serial'), await open('vnc')];
      const ended = Promise.all([serial, screen].map(({ stream }) => once(stream, 'close')));
      await driver.powerOff(id, { graceMs: 0 });
      await ended;
      const refused = await driver.console(id, 'serial').catch((error: unknown) => error);
      expect(GuestInWrongState.is(refused)).toBe(true);
      expect(GuestNotFound.is(await driver.console(nobody, 'vnc').catch((error: unknown) => error))).toBe(true);
    });
  });
};

/** What a client of SPICE says first: it wants the main channel, chooses how to authenticate, and knows short headers. */
const spiceLink = Buffer.from(
  ['52454451', '02000000', '02000000', '16000000', '00000000', '0100', '01000000', '00000000', '12000000', '09000000'].join(''),
  'hex',
);

const shows = (viewer: Viewer, text: string) => expect.poll(viewer.text, { timeout: LIMIT_MS }).toContain(text);

interface Viewer {
  readonly stream: Duplex;
  readonly text: () => string;
}

function viewerOf(stream: Duplex): Viewer {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  stream.on('error', () => {});
  return { stream, text: () => text };
}
