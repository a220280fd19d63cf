import type { Flavor } from './flavor.ts';
import type { HostName, ImageId, ServerId } from './ids.ts';
import type { ImageMeta } from './image.ts';
import type { NetworkInfo } from './network-info.ts';
import type { ServerVolume } from './server-volume.ts';
import type { PowerState, TaskState, VmState } from './states.ts';

/** Why a server is in error, for its owner (`message`) and for operators (`details`). */
export interface Fault {
  readonly code: number;
  readonly message: string;
  readonly details: string | null;
  readonly createdAt: Date;
}

/** A file injected into the guest at boot: its path in the guest, and its content in base64. */
export interface InjectedFile {
  readonly path: string;
  readonly contents: string;
}

/** What a shelved server is started from. */
export interface Shelved {
  /** Null for one that boots from a volume, which has its data. */
  readonly imageId: ImageId | null;
  /** When it was shelved, in ISO 8601. */
  readonly at: string;
}

/** Who created a server, as images of it say. */
export interface Creator {
  readonly userName?: string | undefined;
  readonly projectName?: string | undefined;
  readonly roles: readonly string[];
}

/** A server as it is stored: the one record that every view and every operation reads. */
export interface Server {
  readonly id: ServerId;
  /** A small unique number. */
  readonly number: number;
  /** The template of the guest's name in the hypervisor: `instance-%08x`. Stored, because a guest keeps its name. */
  readonly guestNameTemplate: string;
  readonly projectId: string;
  readonly userId: string;
  readonly name: string;
  readonly description: string | null;
  readonly hostname: string;
  readonly vmState: VmState;
  readonly taskState: TaskState | null;
  readonly powerState: PowerState;
  /** The workflow that holds the task state; only it may change the server's state. */
  readonly workflowId: string | null;
  readonly host: HostName | null;
  readonly node: string | null;
  /** The requested availability zone; null when the request named none. */
  readonly requestedZone: string | null;
  readonly zone: string | null;
  readonly flavor: Flavor;
  /** What its guest needs of a machine; `namedImage` is what is told. */
  readonly image: ImageMeta | null;
  readonly keyName: string | null;
  readonly publicKey: string | null;
  readonly userData: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly files: readonly InjectedFile[];
  /** Ids of the certificates that may have signed the image; null when the request named none. */
  readonly trustedCertificates: readonly string[] | null;
  readonly schedulerHints: Readonly<Record<string, unknown>>;
  /** The security groups that the request to boot named. Those that hold now are `groupsOf`. */
  readonly securityGroups: readonly string[];
  readonly networkInfo: NetworkInfo;
  /** In the order of their attachment. */
  readonly volumes: readonly ServerVolume[];
  readonly configDrive: boolean;
  readonly diskConfig: 'AUTO' | 'MANUAL';
  readonly accessIpV4: string | null;
  readonly accessIpV6: string | null;
  readonly progress: number;
  readonly lockedBy: 'owner' | 'admin' | null;
  readonly lockedReason: string | null;
  readonly reservationId: string;
  readonly launchIndex: number;
  readonly rootDeviceName: string | null;
  readonly fault: Fault | null;
  /** Set from when it is shelved until its image is no longer needed. */
  readonly shelved: Shelved | null;
  /** Null where an earlier release created it. */
  readonly creator: Creator | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly launchedAt: Date | null;
  readonly terminatedAt: Date | null;
}

/** The image that its owner named; one that boots from a volume may have none. */
export const namedImage = ({ image }: Pick<Server, 'image'>): ImageMeta | null => (image?.isOfVolume ? null : image);

/** The names of the security groups of a server's ports; for a record that does not say, those that its request named. */
export function groupsOf({ networkInfo, securityGroups }: Pick<Server, 'networkInfo' | 'securityGroups'>): readonly string[] {
  if (networkInfo.length === 0) return [];
  return [...new Set(networkInfo.flatMap((port) => port.securityGroups ?? securityGroups))];
}
