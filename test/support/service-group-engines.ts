/** A test's own Memcached and ZooKeeper: Debian's servers. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, startEngine } from './engine-process.ts';
import { takeEnginePort } from './engine-port.ts';

const MEMCACHED = '/usr/bin/memcached';
const ZOOKEEPER = '/usr/share/java/zookeeper.jar';

/** What is missing on this machine, as a phrase; undefined when both can be started. */
export const serviceGroupEnginesMissing = (): string | undefined => {
  const missing = [...(existsSync(MEMCACHED) ? [] : ['memcached']), ...(existsSync(ZOOKEEPER) ? [] : ['zookeeper'])];
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not installed`;
};

export async function startMemcached(): Promise<Engine> {
  const port = await takeEnginePort();
  const args = ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-m', '16', '-t', '1', '-u', 'nobody'];
  return await startEngine(port, { command: MEMCACHED, args });
}

/** Sessions are checked every tick, so that a test need not wait long for one to end. */
const TICK_MS = 250;

export async function startZooKeeper(): Promise<Engine> {
  const port = await takeEnginePort();
  const home = await mkdtemp(join(tmpdir(), 'nova-zookeeper-'));
  const config = join(home, 'zoo.cfg');
  const settings = [
    `tickTime=${TICK_MS}`,
    `dataDir=${join(home, 'data')}`,
    `clientPort=${port}`,
    'clientPortAddress=127.0.0.1',
    'admin.enableServer=false',
    'minSessionTimeout=500',
    'maxSessionTimeout=60000',
    'maxClientCnxns=0',
  ];
  await writeFile(config, `${settings.join('\n')}\n`);
  const java = ['-Xmx64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dzookeeper.jmx.log4j.disable=true'];
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
  const args = [...java, '-cp', ZOOKEEPER, main, config];
  return await startEngine(port, { command: 'java', args, cwd: home }, () => rm(home, { recursive: true, force: true }));
}
