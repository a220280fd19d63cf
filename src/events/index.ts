/** The catalogue of all event types, by name. */
import * as compute from './compute.ts';
import { type EventType } from './event-type.ts';
import * as identity from './identity.ts';
import * as image from './image.ts';
import * as network from './network.ts';
import * as networkDefaults from './network-defaults.ts';
import * as networkQos from './network-qos.ts';
import * as networkSharing from './network-sharing.ts';
import * as objectstore from './objectstore.ts';
import * as routers from './routers.ts';
import * as servers from './servers.ts';
import * as volume from './volume.ts';
import * as volumeBackups from './volume-backups.ts';
import * as volumeTransfers from './volume-transfers.ts';
import * as volumeTypeSpecs from './volume-type-specs.ts';

const isType = (value: unknown): value is EventType => typeof value === 'function' && 'payload' in value;

/** The event types in the exports of a file, including those in lists and operations. */
const typesIn = (value: unknown): readonly EventType[] => {
  if (isType(value)) return [value];
  return typeof value === 'object' && value !== null && !('properties' in value) ? Object.values(value).flatMap(typesIn) : [];
};

export const eventTypes: ReadonlyMap<string, EventType> = new Map(
  [
    servers,
    compute,
    identity,
    image,
    network,
    networkDefaults,
    networkQos,
    networkSharing,
    routers,
    volume,
    volumeBackups,
    volumeTransfers,
    objectstore,
    volumeTypeSpecs,
  ]
    .flatMap(typesIn)
    .map((type) => [type.type, type]),
);
