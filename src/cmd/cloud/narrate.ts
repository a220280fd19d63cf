import { endOfEvents, MAX_EVENTS_READ, readEvents } from '../../db/stores/cloud/event-feed.ts';
import { findProject } from '../../db/stores/identity/projects.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { Narration } from './narration.ts';
import type { Shared } from './shared.ts';

/** How often it looks for new events. */
const POLL_MS = 1_000;

/** Tells whoever watches the terminal what happens in the cloud: a line for each operation. Programs read logs and events instead. */
export async function narrate({ db, runtime: { clock, log, life } }: Shared): Promise<void> {
  if (!process.stdout.isTTY) return;
  const narration = new Narration();
  let position = await endOfEvents(db);
  const run = async (): Promise<void> => {
    const page = await readEvents(db, position, MAX_EVENTS_READ);
    position = page.next;
    for (const event of page.events) {
      const told = narration.tell(event);
      if (!told) continue;
      const project = told.projectId === null ? undefined : await findProject(db, told.projectId);
      console.log(`${told.at.toISOString().slice(11, 19)} ${project?.name ?? 'cloud'}: ${told.words}`);
    }
  };
  life.run('the narration', repeat({ name: 'narrate', everyMs: POLL_MS, run }, { clock, log, signal: life.signal }));
}
