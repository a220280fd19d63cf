import type { CloudDb } from '../../../db/sql/queries.ts';
import { findKeypair } from '../../../db/stores/servers/keypairs.ts';
import type { ServerDetails } from '../../../db/stores/servers/servers.ts';
import type { ImageSources } from '../../../image/image-sources.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import type { Server } from '../../../objects/server.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { ImageMeta } from '../../../objects/image.ts';
import { rootVolumeOf, type ServerVolume } from '../../../objects/server-volume.ts';
import type { ServerVolumes } from '../../../volume/server-volumes.ts';
import type { RebuildInput } from '../../../operations/actions/rebuild/input.ts';
import type { Policy } from '../../../policy/policy.ts';
import { checkMetadataItems } from '../../../quota/check.ts';
import type { QuotaLimits } from '../../../quota/resources.ts';
import { CertificatesNotValidated, ImageUnacceptable, PreserveEphemeralUnsupported, UnknownKeypair } from '../errors.ts';
import { bootImage, wantsConfigDrive } from '../boot-image.ts';
import { checkFiles } from '../injected-files.ts';
import { checkHardware, checkSameNodes } from '../guest-hardware.ts';
import { VolumeTooSmall } from '../devices/block-device.ts';
import { listsVolumes } from '../devices/image-devices.ts';
import { checkSizes, diskNeededGb } from '../image-sizes.ts';
import { hostOf } from '../may-begin.ts';
import { generatedPassword } from '../generated-password.ts';
import type { Prepare } from './preparers.ts';

export interface RebuildDeps {
  readonly db: CloudDb;
  readonly policy: Policy;
  readonly quotaLimits: QuotaLimits;
  readonly images: Pick<ImageSources, 'forBoot'>;
  readonly volumes: Pick<ServerVolumes, 'sizeOf'>;
  readonly ids: Ids;
}

/** Resolves what a rebuild names, and refuses what is known to be impossible. */
export const prepareRebuild =
  ({ db, policy, quotaLimits, images, volumes, ids }: RebuildDeps): Prepare<'rebuild'> =>
  async (ctx, server, asked) => {
    const target = { project_id: server.projectId, user_id: server.userId };
    if (asked.trustedCertificates) {
      policy.check(ctx, 'os_compute_api:servers:rebuild:trusted_certs', target);
      throw CertificatesNotValidated({});
    }
    if (asked.preserveEphemeral) throw PreserveEphemeralUnsupported({});
    const [image, key] = await Promise.all([bootImage(images, ctx, asked.imageId), keyOf(db, server, asked.keyName)]);
    if (listsVolumes(image)) throw ImageUnacceptable({ id: image.id, because: 'It has no data: it is a list of volumes.' });
    const root = rootVolumeOf(server);
    if (root) await checkReimage(volumes, ctx, { image, root, server, mayReimage: asked.mayReimage === true });
    checkSizes(server.flavor, image, { isVolumeBacked: root !== undefined });
    checkHardware(server.flavor, image);
    checkSameNodes(server, image);
    // A server that shows no image since it was booted from a volume keeps showing none.
    const isOfVolume = root !== undefined && (server.image?.isOfVolume ?? server.image === null);
    const adminPassword = asked.adminPassword ?? (await generatedPassword({ db, ids }, ctx));
    const drive = server.configDrive || wantsConfigDrive(image) ? { config_drive: true, admin_password: adminPassword } : {};
    return {
      // The new guest chooses a password of its own, which only posts where none is.
      details: {
        ...detailsOf(asked),
        ...key,
        ...drive,
        image: JSON.stringify({ ...image, ...(isOfVolume && { isOfVolume }) }),
        progress: 0,
        guest_password: null,
      },
      adminPassword,
      check: async (trx) => {
        const owner = { projectId: server.projectId };
        if (asked.metadata) await checkMetadataItems(trx, owner, Object.keys(asked.metadata).length, quotaLimits);
        if (asked.files) await checkFiles(trx, owner, asked.files, quotaLimits);
      },
      workOf: (locked) => ({
        serverId: locked.id,
        host: hostOf(locked),
        imageBefore: locked.image,
        isOtherImage: locked.image?.id !== image.id,
        ...(root && asked.mayReimage && { reimages: { volumeId: root.volumeId, attachmentId: root.attachmentId, imageId: image.id } }),
      }),
    };
  };

/** A boot volume keeps its image, unless the caller knows that it can get the data of another one, which then fits it. */
async function checkReimage(
  volumes: RebuildDeps['volumes'],
  ctx: Context,
  { image, root, server, mayReimage }: { image: ImageMeta; root: ServerVolume; server: Server; mayReimage: boolean },
): Promise<void> {
  if (!mayReimage && image.id !== server.image?.id)
    throw ImageUnacceptable({ id: image.id, because: 'Unable to rebuild with a different image for a volume-backed server.' });
  const hasGb = (await volumes.sizeOf(ctx, root.volumeId)) ?? 0;
  const needsGb = diskNeededGb(image);
  if (mayReimage && hasGb < needsGb) throw VolumeTooSmall({ hasGb, needsGb });
}

/** The columns of a keypair of the server's owner, by its name; null removes the key. */
async function keyOf(db: CloudDb, { userId }: Server, name: string | null | undefined): Promise<ServerDetails> {
  if (name === undefined) return {};
  if (name === null) return { key_name: null, public_key: null };
  const keypair = await findKeypair(db, { userId, name });
  if (!keypair) throw UnknownKeypair({ name });
  return { key_name: name, public_key: keypair.publicKey };
}

/** Only given fields are written. */
function detailsOf(asked: RebuildInput): ServerDetails {
  const { name, description, hostname, metadata, accessIpV4, accessIpV6, diskConfig, userData, trustedCertificates, files } = asked;
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
    ...(accessIpV4 === undefined ? {} : { access_ip_v4: accessIpV4 || null }),
    ...(accessIpV6 === undefined ? {} : { access_ip_v6: accessIpV6 || null }),
    ...(diskConfig === undefined ? {} : { disk_config: diskConfig }),
    ...(userData === undefined ? {} : { user_data: userData }),
    ...(trustedCertificates === undefined ? {} : { trusted_certificates: trustedCertificates && JSON.stringify(trustedCertificates) }),
    ...(files === undefined ? {} : { files: JSON.stringify(files) }),
  };
}
