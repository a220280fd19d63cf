/** How a session ends: the code and the sentence that the viewer's page shows. At most 123 bytes fit. */
export const endings = {
  badToken: { code: 4401, reason: 'The address of this console has expired or was revoked: ask for a new one.' },
  usedToken: { code: 4409, reason: 'This address is open in another page already: ask for one of your own.' },
  foreignPage: { code: 4403, reason: 'This page may not show consoles.' },
  tooMany: { code: 4429, reason: 'This proxy shows as many consoles as it may.' },
  unavailable: { code: 1013, reason: 'The console cannot be reached now: try again.' },
  over: { code: 4410, reason: 'The server has stopped, moved or gone.' },
  idle: { code: 4408, reason: 'Nothing happened for a long time.' },
  expired: { code: 4401, reason: 'The time of this session is over: ask for a new address.' },
  stopping: { code: 1001, reason: 'The proxy stops.' },
} as const;

export type Ending = (typeof endings)[keyof typeof endings];
