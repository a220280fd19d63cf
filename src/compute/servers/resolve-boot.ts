import { findFlavor } from '../../db/stores/flavors/flavors.ts';
import { hostOfNode } from '../../db/stores/hosts/hosts.ts';
import { findKeypair } from '../../db/stores/servers/keypairs.ts';
import type { WholeDb } from '../../db/sql/queries.ts';
import { listServices } from '../../db/stores/hosts/services.ts';
import type { Context } from '../../lib/context/context.ts';
import type { NetworkingChecks } from '../../network/server-networking.ts';
import type { Flavor } from '../../objects/flavor.ts';
import type { HostName } from '../../objects/ids.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { DeviceAliases } from '../../objects/pci/device-request.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Usage } from '../../quota/usage.ts';
import { bootImage } from './boot-image.ts';
import type { BootRequest } from './boot-request.ts';
import { type BootVolume, type BootVolumeDeps, bootVolume } from './devices/boot-volumes.ts';
import { planDevices } from './devices/plan-devices.ts';
import { checkHardware, withDevices } from './guest-hardware.ts';
import { checkSizes } from './image-sizes.ts';
import { checkDevices } from './missing-devices.ts';
import { CertificatesNotValidated, UnknownFlavor, UnknownHost, UnknownKeypair, UnknownZone, ZeroDiskForbidden } from './errors.ts';

/** A boot request with every name resolved. */
export interface ResolvedBoot {
  readonly request: BootRequest;
  readonly flavor: Flavor;
  /** What says which machine the guests need: the named image, or that of the volume that they boot from. */
  readonly image: ImageMeta | null;
  readonly volumes: readonly BootVolume[];
  readonly publicKey: string | null;
}

export type BootResolver = (ctx: Context, request: BootRequest) => Promise<ResolvedBoot>;

export interface BootResolverDeps extends BootVolumeDeps {
  readonly db: WholeDb;
  readonly policy: Policy;
  readonly networks: NetworkingChecks;
  /** What flavors may ask for of PCI devices. */
  readonly deviceAliases: DeviceAliases;
}

/** Resolves all that a request names, and refuses the impossible before anything is written. */
export const bootResolver =
  ({ db, policy, images, volumes, networks, deviceAliases }: BootResolverDeps): BootResolver =>
  async (ctx, request) => {
    checkAsked(policy, ctx, request);
    const listed = await findFlavor(db, request.flavorId, ctx.isAdmin ? null : (ctx.projectId ?? ''));
    if (!listed || listed.disabled) throw UnknownFlavor({ id: request.flavorId });
    const asked = request.imageId === null ? null : await bootImage(images, ctx, request.imageId);
    const devices = planDevices({ devices: request.blockDevices, image: asked, flavor: listed, servers: request.maxCount });
    const found: BootVolume[] = [];
    for (const device of devices.filter(({ destination }) => destination === 'volume'))
      found.push(await bootVolume({ images, volumes }, { ctx, mayShareVolumes: request.mayShareVolumes }, device));
    const root = found.find(({ bootIndex }) => bootIndex === 0);
    const image = asked ?? root?.image ?? null;
    const flavor = withDevices(listed, image, deviceAliases);
    if (image) checkSizes(flavor, image, { isVolumeBacked: root !== undefined });
    checkDevices(flavor);
    checkHardware(flavor, image ?? { properties: {} });
    if (root === undefined && flavor.rootGb === 0 && !policy.may(ctx, 'os_compute_api:servers:create:zero_disk_flavor'))
      throw ZeroDiskForbidden({});
    await networks.checkRequested(ctx, request.networks, request.maxCount);
    await networks.checkSecurityGroups(ctx, request.securityGroups);
    const requestedHost = await placeFor(db, request);
    return {
      request: { ...request, requestedHost },
      flavor,
      image,
      volumes: found,
      publicKey: await publicKeyOf(db, ctx, request.keyName),
    };
  };

/** The quota usage of so many servers of a request. */
export const usageOfBoots = ({ flavor }: Pick<ResolvedBoot, 'flavor'>, count: number): Usage => ({
  instances: count,
  cores: count * flavor.vcpus,
  ram: count * flavor.ramMb,
});

/** Checks the policy of options that need a right of their own. */
function checkAsked(policy: Policy, ctx: Context, request: BootRequest): void {
  const { requestedHost, requestedNode, askedByZone, trustedCertificates, networks, blockDevices } = request;
  if (requestedHost !== null || requestedNode !== null)
    policy.check(ctx, askedByZone ? 'os_compute_api:servers:create:forced_host' : 'compute:servers:create:requested_destination');
  if (trustedCertificates !== null) {
    policy.check(ctx, 'os_compute_api:servers:create:trusted_certs');
    throw CertificatesNotValidated({});
  }
  if (blockDevices.length > 0) policy.check(ctx, 'os_compute_api:servers:create:attach_volume');
  if (typeof networks !== 'string') policy.check(ctx, 'os_compute_api:servers:create:attach_network');
}

/** The requested host, given by its name or its hypervisor's, if any. */
async function placeFor(db: WholeDb, { zone, requestedHost, requestedNode }: BootRequest): Promise<HostName | null> {
  if (zone === null && requestedHost === null && requestedNode === null) return null;
  const hosts = (await listServices(db)).filter(({ binary }) => binary === 'nova-compute');
  if (zone !== null && !hosts.some((host) => host.zone === zone)) throw UnknownZone({ zone });
  if (requestedHost !== null && !hosts.some(({ host }) => host === requestedHost)) throw UnknownHost({ host: requestedHost });
  if (requestedNode === null) return requestedHost;
  const ofNode = await hostOfNode(db, requestedNode);
  if (ofNode === undefined || (requestedHost !== null && requestedHost !== ofNode)) throw UnknownHost({ host: requestedNode });
  return ofNode;
}

async function publicKeyOf(db: WholeDb, ctx: Context, name: string | null): Promise<string | null> {
  if (name === null) return null;
  const keypair = await findKeypair(db, { userId: ctx.userId ?? '', name });
  if (!keypair) throw UnknownKeypair({ name });
  return keypair.publicKey;
}
