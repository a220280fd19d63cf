import { WebSocket } from 'ws';
import { systemClock } from '../src/lib/clock/clock.ts';
import { type BenchCloud, newStateDir, removeStateDir, startCloud } from './cloud.ts';
import { insist, paceOf, run } from './load.ts';
import { familyPssMb } from './memory.ts';
import { boot, imageAndNetwork } from './servers.ts';
import { type Figure, figure, perSecond } from './table.ts';

// Measures serial consoles: how many are open at once, what each costs, and how long a character takes to come back.

const SERVERS = 50;
const CONNECTIONS = 500;
/** Viewers who type at the same moment. */
const TYPISTS = 10;
const ROUNDS = 4;
/** An echo that takes longer is lost. */
const ECHO_LIMIT_MS = 30_000;
const SETTLE_MS = 3_000;

/** All measurements of the consoles of a cloud of its own. */
export async function paceOfConsoles(): Promise<Figure[]> {
  const stateDir = await newStateDir();
  const cloud = await startCloud(stateDir);
  try {
    const common = await imageAndNetwork(cloud);
    const servers: string[] = [];
    await run(SERVERS, async (n) => servers.push(await boot(cloud, { name: `shown-${n}`, ...common })));
    await systemClock.sleep(SETTLE_MS);
    return await measure(cloud, servers);
  } finally {
    await cloud.stop();
    await removeStateDir(stateDir);
  }
}

async function measure(cloud: BenchCloud, servers: readonly string[]): Promise<Figure[]> {
  const before = await familyPssMb(cloud.pid);
  const viewers: Viewer[] = [];
  const opened = paceOf(await run(CONNECTIONS, async (n) => (viewers[n] = await view(cloud, servers[n % servers.length] ?? ''))));
  await systemClock.sleep(SETTLE_MS);
  const after = await familyPssMb(cloud.pid);
  // The viewers of one server see what any of them types.
  const echoes = await run(CONNECTIONS * ROUNDS, (n) => viewers[n % CONNECTIONS]?.echo(`${n}`) ?? Promise.resolve(), { inFlight: TYPISTS });
  const lost = viewers.filter(({ isOpen }) => !isOpen()).length;
  for (const viewer of viewers) viewer.close();
  if (lost > 0) throw new Error(`${lost} of ${CONNECTIONS} consoles were lost`);
  return [
    figure('consoleOpens', `open ${CONNECTIONS} serial consoles at once`, perSecond(opened)),
    figure('consoleEcho', `a text comes back, ${CONNECTIONS} consoles open, ${TYPISTS} typing`, perSecond(paceOf(echoes))),
    ...(before === undefined || after === undefined
      ? []
      : [
          figure('consoleMemory', 'all processes, for each open console, PSS', {
            value: ((after - before) * 1024) / CONNECTIONS,
            unit: 'kB',
          }),
        ]),
  ];
}

interface Viewer {
  /** Types a text, and waits until it has come back. */
  echo(text: string): Promise<void>;
  isOpen(): boolean;
  close(): void;
}

/** Opens the serial console of a server, and waits for its prompt. */
async function view(cloud: BenchCloud, server: string): Promise<Viewer> {
  const body = JSON.stringify({ remote_console: { protocol: 'serial', type: 'serial' } });
  const { url } = JSON.parse(
    await insist(cloud.compute({ method: 'POST', path: `/servers/${server}/remote-consoles`, body })),
  ).remote_console;
  const socket = new WebSocket(url, ['binary']);
  let shown = '';
  let look: (() => void) | undefined;
  socket.on('message', (data: Buffer) => {
    shown = (shown + data.toString('latin1')).slice(-1_000);
    look?.();
  });
  const shows = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const limit = new AbortController();
      systemClock.sleep(ECHO_LIMIT_MS, limit.signal).then(
        () => reject(new Error(`a console does not show ${text}`)),
        () => {},
      );
      look = () => {
        if (!shown.includes(text)) return;
        limit.abort();
        resolve();
      };
      look();
    });
  await shows(':');
  return {
    echo: async (text) => {
      shown = '';
      const back = shows(`<${text}>`);
      socket.send(`\x15<${text}>`);
      await back;
    },
    isOpen: () => socket.readyState === socket.OPEN,
    close: () => socket.close(),
  };
}
