import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type Booting, createServer, order, untilActive } from './boot.ts';
import { untilGuestReady } from './console.ts';
import { credentialsIn } from './credentials.ts';
import { logIn, type Session } from './session.ts';
import { seconds, type Stage } from './stage.ts';
import { walkOfBoot } from './walk.ts';

/** The main act: a server from request to ready guest, through the public API only. `created` learns of the server as soon as there is one. */
export async function showBoot(stateDir: string, stage: Stage, created: (booting: Booting, session: Session) => void): Promise<Booting> {
  const { screen, clock, signal } = stage;
  screen.heading(`Boot a server: image ${order.image}, flavor ${order.flavor}, network ${order.network}`);
  const session = await logIn(await credentialsIn(stateDir, 'nova-ts-demo'), signal);
  const booting = await createServer(session, stage);
  created(booting, session);
  const since = () => seconds(clock.monotonicMs() - booting.askedMs);
  const addresses = await untilActive(booting, session, stage);
  screen.say(`ACTIVE ${since()} after the request, at ${addresses.join(', ') || 'no address'}`);

  screen.heading('Its console, by os-getConsoleOutput');
  const { before, ready } = await untilGuestReady(booting, session, stage);
  for (const line of before) screen.whisper(line);
  screen.say(ready);
  screen.say(`guest ready ${since()} after the request`);

  screen.heading(`The trace of the request ${booting.requestId}`);
  const admin = await logIn(await credentialsIn(stateDir, 'nova-ts'), signal);
  screen.say(await walkOfBoot(booting.requestId, { url: await operatorUrl(stateDir), session: admin }, stage));
  return booting;
}

const readyFile = t.Object({ endpoints: t.Object({ operator: t.String() }) });

/** The operator API is in no catalog: the cloud tells its address where it tells that it is ready. */
const operatorUrl = async (stateDir: string): Promise<string> =>
  Value.Parse(readyFile, JSON.parse(await readFile(join(stateDir, 'ready.json'), 'utf8'))).endpoints.operator;
