/** What operators say about types of volumes: plain records without I/O. */

/** Who keeps to the limits: the hypervisor is the front end. */
export const qosConsumers = ['front-end', 'back-end', 'both'] as const;
export type QosConsumer = (typeof qosConsumers)[number];

/** Limits that types may share. */
export interface QosSpecs {
  readonly id: string;
  readonly name: string;
  readonly consumer: QosConsumer;
  readonly specs: Readonly<Record<string, string>>;
}

export const controlLocations = ['front-end', 'back-end'] as const;
export type ControlLocation = (typeof controlLocations)[number];

/** How volumes of a type are to be encrypted. */
export interface TypeEncryption {
  readonly id: string;
  readonly typeId: string;
  readonly provider: string;
  readonly controlLocation: ControlLocation;
  readonly cipher: string | null;
  readonly keySize: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

/** The type of a project's volumes that name none. */
export interface DefaultType {
  readonly projectId: string;
  readonly typeId: string;
}
