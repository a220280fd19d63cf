/** The services of a host that is to be removed: those that have ended, and those that still work. */
import { type ServiceRow, listServices } from '../../db/stores/hosts/services.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import { programsIn } from '../cloud/running-programs.ts';
import { HostRuns } from './refusals.ts';

/** The services that make a host what it is. Others may share its name, and go on without it. */
const ESSENTIAL = ['nova-compute', 'nova-network'];
/** The programs with these services. */
const ESSENTIAL_PROGRAMS = ['all', 'compute', 'network'];

const POLL_MS = 500;

/** A service that has missed this many heartbeats in a row is no longer running. */
const MISSED_HEARTBEATS = 2;

interface Question {
  readonly db: CellDb;
  readonly clock: Clock;
  readonly host: string;
  readonly stateDir: string;
  readonly reportIntervalS: number;
  /** Told once, when the answer takes a while. */
  readonly onWait: (seconds: number) => void;
}

/** The services of the host that have ended; fails when one still works that makes it a host. Waits for two heartbeats to be sure. */
export async function endedServices(question: Question): Promise<readonly ServiceRow[]> {
  const { db, clock, host, stateDir, reportIntervalS, onWait } = question;
  const program = (await programsIn(stateDir)).find((one) => one.host === host && ESSENTIAL_PROGRAMS.includes(one.service));
  if (program) throw HostRuns({ host, service: `nova-ts ${program.service}`, where: `process ${program.pid}` });
  const silenceS = reportIntervalS * MISSED_HEARTBEATS;
  const ofHost = async () => (await listServices(db)).filter((service) => service.host === host);
  const first = new Map((await ofHost()).map(({ id, seenAt }) => [id, seenAt.getTime()]));
  for (let polls = 0; ; polls++) {
    const services = await ofHost();
    const works = ({ id, seenAt }: ServiceRow) => seenAt.getTime() !== first.get(id);
    const running = services.find((service) => ESSENTIAL.includes(service.binary) && works(service));
    if (running) throw HostRuns({ host, service: running.binary, where: 'it has just sent a heartbeat' });
    const unsure = services.filter((service) => !works(service) && service.silentSeconds < silenceS);
    if (unsure.length === 0) return services.filter((service) => !works(service));
    if (polls === 0) onWait(Math.ceil(silenceS - Math.min(...unsure.map(({ silentSeconds }) => silentSeconds))));
    await clock.sleep(POLL_MS);
  }
}
