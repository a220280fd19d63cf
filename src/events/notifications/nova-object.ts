/** The objects in payloads of versioned notifications: consumers recognise them by name and version. */

export interface NovaObject {
  readonly 'nova_object.name': string;
  readonly 'nova_object.namespace': 'nova';
  readonly 'nova_object.version': string;
  readonly 'nova_object.data': object;
}

/** An object of a name and version. */
export const novaObject = (name: string, version: string, data: object): NovaObject => ({
  'nova_object.name': name,
  'nova_object.namespace': 'nova',
  'nova_object.version': version,
  'nova_object.data': data,
});

/** A time in an object, in seconds: `2026-11-30T12:14:00Z`. */
export function objectTime(at: string | Date | null | undefined): string | null {
  return at === null || at === undefined ? null : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
