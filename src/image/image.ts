import type { ImageId } from '../objects/ids.ts';
import type { DiskFormat } from './formats/inspect.ts';

export const visibilities = ['public', 'private', 'shared', 'community'] as const;
export type Visibility = (typeof visibilities)[number];

export const containerFormats = ['bare', 'aki', 'ari', 'ami'] as const;
export type ContainerFormat = (typeof containerFormats)[number];

/** queued: no data yet; saving: data is coming; active: it is there. */
export type ImageStatus = 'queued' | 'saving' | 'active';

/** An image as the image service knows it. */
export interface Image {
  readonly id: ImageId;
  readonly name: string | null;
  /** The project that owns it. */
  readonly owner: string;
  readonly visibility: Visibility;
  readonly status: ImageStatus;
  readonly isProtected: boolean;
  readonly isHidden: boolean;
  readonly diskFormat: DiskFormat | null;
  readonly containerFormat: ContainerFormat | null;
  readonly minDiskGb: number;
  readonly minRamMb: number;
  readonly tags: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  /** Of the data; null until it is active. */
  readonly sizeBytes: number | null;
  /** Of the disk that a guest sees. */
  readonly virtualSizeBytes: number | null;
  /** Hex; for clients that still compare it. */
  readonly md5: string | null;
  /** Hex. */
  readonly sha512: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What the creator of an image says; the rest begins at its default. */
export interface NewImage {
  readonly id?: ImageId;
  readonly name?: string | null;
  readonly owner?: string;
  readonly visibility?: Visibility;
  readonly isProtected?: boolean;
  readonly isHidden?: boolean;
  readonly diskFormat?: DiskFormat | null;
  readonly containerFormat?: ContainerFormat | null;
  readonly minDiskGb?: number;
  readonly minRamMb?: number;
  readonly tags?: readonly string[];
  readonly properties?: Readonly<Record<string, string>>;
}

/** What may be changed later; properties and tags replace the old ones as a whole. */
export type ImageChanges = Omit<NewImage, 'id' | 'owner'>;

export const sortKeys = ['id', 'name', 'status', 'disk_format', 'container_format', 'size', 'created_at', 'updated_at'] as const;
export type ImageSortKey = (typeof sortKeys)[number];

/** Which images to list. Each filter names the values that pass. */
export interface ImageQuery {
  /** 'all': whatever the caller may see, community images too. Unset: that without the community's. */
  readonly visibility?: Visibility | 'all';
  readonly owner?: string;
  readonly isHidden?: boolean;
  readonly isProtected?: boolean;
  readonly names?: readonly string[];
  readonly ids?: readonly string[];
  readonly statuses?: readonly string[];
  readonly diskFormats?: readonly string[];
  readonly containerFormats?: readonly string[];
  readonly tags?: readonly string[];
  readonly properties?: Readonly<Record<string, string>>;
  readonly sort: readonly { readonly key: ImageSortKey; readonly direction: 'asc' | 'desc' }[];
  readonly marker?: string;
  readonly limit: number;
}
