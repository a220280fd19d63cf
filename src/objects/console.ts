/** Consoles: their kinds at the hypervisor, the types that the API knows, and the way to one. */
import { type Static, Type as t } from '@sinclair/typebox';
import type { HostName, ServerId } from './ids.ts';

/** What a guest has: a screen over VNC or SPICE, or its first serial port. */
export const consoleKinds = ['vnc', 'spice', 'serial'] as const;
export type ConsoleKind = (typeof consoleKinds)[number];
export const consoleKind = t.Union(consoleKinds.map((kind) => t.Literal(kind)));

/** The types of consoles that a client can get, with the kind of each: what shows it to its viewer. */
export const consoleTypes = {
  novnc: 'vnc',
  'spice-html5': 'spice',
  'spice-direct': 'spice',
  serial: 'serial',
} as const satisfies Readonly<Record<string, ConsoleKind>>;
export type ConsoleType = keyof typeof consoleTypes;

/** The types that several viewers see at once, some of whom may only look. */
export const sharedTypes: readonly ConsoleType[] = ['novnc', 'serial'];

/** Where a host lets in whoever has the key, once and soon, to one console of one guest. */
export const consoleDoor = t.Object({
  address: t.String(),
  port: t.Integer(),
  /** Names the console, in TLS and as the path that plain clients ask for. */
  path: t.String(),
  /** In hex; a pre-shared key of TLS. */
  key: t.String(),
});
export type ConsoleDoor = Static<typeof consoleDoor>;

/** A token that was given out, without the token itself. */
export interface ConsoleGrant {
  readonly serverId: ServerId;
  readonly host: HostName;
  readonly type: ConsoleType;
  readonly expiresAt: Date;
  /** Where its viewer was sent, without the token. */
  readonly baseUrl: string;
  /** Whether its viewers see only: what they type goes nowhere. */
  readonly isViewOnly: boolean;
}

/** A console behind a token that is good: what a proxy needs to show it. */
export const openedConsole = t.Object({
  serverId: t.Unsafe<ServerId>(t.String()),
  serverName: t.String(),
  type: t.Union(Object.keys(consoleTypes).map((type) => t.Unsafe<ConsoleType>(t.Literal(type)))),
  expiresAt: t.String({ format: 'date-time' }),
  baseUrl: t.String(),
  door: consoleDoor,
  isViewOnly: t.Optional(t.Boolean()),
  /** Where what the viewer sees is to be recorded. */
  recording: t.Optional(t.Object({ id: t.String({ format: 'uuid' }) })),
});
export type OpenedConsole = Static<typeof openedConsole>;

/**
 * Why a token opens nothing: another viewer has used it; or its guest cannot be seen at the moment, because it starts anew or has just left
 * its host. A token that is unknown, expired or revoked has no reason.
 */
export const consoleRefusal = t.Union([t.Literal('used'), t.Literal('away')]);
export type ConsoleRefusal = Static<typeof consoleRefusal>;

/** What a viewer of a serial console saw; its request is among the server's actions. */
export interface ConsoleRecording {
  readonly id: string;
  readonly serverId: ServerId;
  readonly requestId: string;
  readonly startedAt: Date;
}
