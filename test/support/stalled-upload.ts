/** A program for tests to kill: uploads half of an image, prints that, and waits. Arguments: database URL, store directory, image id, project. */
import { openDatabase } from '../../src/db/connect/open.ts';
import { ImageApi } from '../../src/image/api.ts';
import { FileImageStore } from '../../src/image/drivers/builtin/file-store.ts';
import { ImagePasses } from '../../src/image/image-pass.ts';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { novaPolicy } from '../../src/policy/policy.ts';

const [url = '', directory = '', id = '', projectId = ''] = process.argv.slice(2);
const { db } = await openDatabase({ url, poolSize: 2, log: silentLog, applicationName: 'stalled-upload' });
const store = await FileImageStore.open({ directory });
const passes = new ImagePasses({ secret: 'secret', clock: systemClock });
const images = new ImageApi({ db, store, ids: systemIds, policy: novaPolicy(), passes, maxSizeBytes: 1_000_000 });

async function* half(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half of the data');
  process.stdout.write('half\n');
  await systemClock.sleep(60_000);
}

await images.upload({ requestId: 'req-1', userId: 'u', projectId, roles: ['member'], isAdmin: false }, id, half());
