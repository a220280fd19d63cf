/** `nova-ts manage verify`: checks the invariants of a cloud, and can repair breaches. */
import { existsSync } from 'node:fs';
import { plainVerdict, renderRepairs, renderVerdict } from '../books/render.ts';
import { type Repaired, repairBooks } from '../books/repair.ts';
import { type BooksDeps, type Verdict, verifyBooks } from '../books/verify.ts';
import { FileImageStore } from '../image/drivers/builtin/file-store.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import { type AtHand, openBooks } from './cloud/books.ts';
import { openBus } from './cloud/bus.ts';
import { openCloudDatabase } from './cloud/database.ts';
import { openDataStoreIfAny } from './cloud/object-files.ts';
import { inState, type Runtime } from './cloud/runtime.ts';

/** Exit statuses besides 0 (clean): breaches are left, or the check was incomplete. */
const BROKEN = 1;
const INCOMPLETE = 2;

export interface VerifyOptions {
  readonly repair?: boolean;
  readonly json?: boolean;
}

/** Checks the books, repairs them if asked to and checks again, and prints the result; @returns the exit status. */
export async function verify(open: () => Runtime, options: VerifyOptions): Promise<number> {
  let runtime: Runtime | undefined;
  try {
    runtime = open();
    const books = openBooks(runtime, await openCloudDatabase(runtime), await atHand(runtime));
    const first = await verifyBooks(books);
    const last = options.repair && !first.isClean ? await repaired(books, first, runtime) : { verdict: first, repairs: [] };
    console.log(options.json ? asJson(first, last) : asText(first, last));
    if (last.verdict.silent.length > 0) return INCOMPLETE;
    return last.verdict.isClean ? 0 : BROKEN;
  } catch (error) {
    console.error(`nova-ts: the books could not be checked: ${messageOf(error)}`);
    return INCOMPLETE;
  } finally {
    await runtime?.life.end();
  }
}

interface Last {
  readonly verdict: Verdict;
  readonly repairs: readonly Repaired[];
}

async function repaired(books: BooksDeps, verdict: Verdict, { ids }: Runtime): Promise<Last> {
  const repairs = await repairBooks(books, verdict, { requestId: `req-${ids.uuid()}` });
  return { repairs, verdict: await verifyBooks(books) };
}

const asJson = (first: Verdict, { verdict, repairs }: Last): string =>
  JSON.stringify(verdict === first ? plainVerdict(first) : { ...plainVerdict(verdict), repairs, before: plainVerdict(first) }, null, 2);

const asText = (first: Verdict, { verdict, repairs }: Last): string =>
  verdict === first
    ? renderVerdict(first)
    : [renderVerdict(first), '', renderRepairs(repairs) || 'nothing could be repaired', '', renderVerdict(verdict)].join('\n');

/** A queue within another process cannot be reached; image files are read where they are. */
async function atHand(runtime: Runtime): Promise<AtHand> {
  const images = inState(runtime, 'images');
  return {
    bus: runtime.config.DEFAULT.transport_url.startsWith('memory:')
      ? { missing: 'the queue is inside the process of the cloud, which compares them itself every ten minutes' }
      : await openBus(runtime),
    objects: await openDataStoreIfAny(runtime),
    images: existsSync(images) ? await FileImageStore.open({ directory: images }) : { missing: `there is no ${images}` },
  };
}
