import type { ImageId } from '../objects/ids.ts';
import type { DiskFormat } from './formats/inspect.ts';

export const visibilities = ['public', 'private', 'shared', 'community'] as const;
export type Visibility = (typeof visibilities)[number];

export const containerFormats = ['bare', 'aki', 'ari', 'ami'] as const;
export type ContainerFormat = (typeof containerFormats)[number];

/** queued: no data yet; saving: data is coming; active: it is there; deactivated: it is there, and withheld for now. */
export const imageStatuses = ['queued', 'saving', 'active', 'deactivated'] as const;
export type ImageStatus = (typeof imageStatuses)[number];

/** A project's answer to an image that is shared with it; until it accepts, its lists do not show the image. */
export const memberStatuses = ['pending', 'accepted', 'rejected'] as const;
export type MemberStatus = (typeof memberStatuses)[number];

/** A project that a shared image is shared with. */
export interface ImageMember {
  readonly imageId: ImageId;
  /** The project. */
  readonly member: string;
  readonly status: MemberStatus;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

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

/** The attributes of a new image; omitted ones get their default. */
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
export type ImageChanges = Omit<NewImage, 'id'>;

export const sortKeys = ['id', 'name', 'status', 'disk_format', 'container_format', 'size', 'created_at', 'updated_at'] as const;
export type ImageSortKey = (typeof sortKeys)[number];

/** Attributes that filter a list by their value. */
export const valueFilters = [
  'id',
  'name',
  'status',
  'owner',
  'disk_format',
  'container_format',
  'min_disk',
  'min_ram',
  'size',
  'checksum',
  'os_hash_value',
] as const;
export type ValueFilter = (typeof valueFilters)[number];

/** How an attribute is compared with a value. */
export const comparisons = ['eq', 'neq', 'lt', 'lte', 'gt', 'gte'] as const;
export type Comparison = (typeof comparisons)[number];

/** A comparison that an image has to pass; times are compared in whole seconds, as they are shown. */
export type AttributeTest =
  | { readonly attribute: 'size'; readonly is: Comparison; readonly value: number }
  | { readonly attribute: 'created_at' | 'updated_at'; readonly is: Comparison; readonly value: Date };

/** Which images to list. Each filter names the values that pass. */
export interface ImageQuery {
  /** 'all': whatever the caller may see. Unset: the same without community images. */
  readonly visibility?: Visibility | 'all';
  /** The member status of images that others share with the caller; accepted when unset. */
  readonly memberStatus?: MemberStatus | 'all';
  readonly isHidden?: boolean;
  readonly isProtected?: boolean;
  readonly values?: Readonly<Partial<Record<ValueFilter, readonly string[]>>>;
  readonly tests?: readonly AttributeTest[];
  /** All of them. */
  readonly tags?: readonly string[];
  readonly properties?: Readonly<Record<string, string>>;
  readonly sort: readonly { readonly key: ImageSortKey; readonly direction: 'asc' | 'desc' }[];
  readonly marker?: string;
  readonly limit: number;
}
