// What the console pages share: where the WebSocket is, what they say about it, and when they try again.

const state = document.getElementById('state');
const notice = document.getElementById('notice');

/** Whether the page is of a link to look only. The proxy keeps to it by itself; the page shows it. */
export const isViewOnly = location.hash === '#view-only';

/** The secret by which the proxy knows this page again: an address that was opened here opens nowhere else. It outlives a reload. */
function viewerSecret() {
  const fresh = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  try {
    const known = sessionStorage.getItem('viewer') ?? fresh;
    sessionStorage.setItem('viewer', known);
    return known;
  } catch {
    return fresh;
  }
}
const secret = viewerSecret();

/** The path of the WebSocket of this page: noVNC's addresses name it, others have the token themselves. */
function socketPath() {
  const asked = new URLSearchParams(location.search);
  const path = asked.get('path') ?? `?token=${encodeURIComponent(asked.get('token') ?? '')}`;
  return `/${path.replace(/^\//, '')}&viewer=${secret}`;
}

/** The WebSocket of this page. */
export function socketUrl() {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${socketPath()}`;
}

/** Gives an address to look at this console; the button exists where others may. */
async function share() {
  const answer = await fetch('/console/share', { method: 'POST', body: socketPath() }).catch(() => undefined);
  if (!answer?.ok) return say('cannot be shared now');
  const { url } = await answer.json();
  prompt('Whoever has this address may look, for a while', `${url.replace(/^ws/, 'http')}#view-only`);
}
const shareButton = document.getElementById('share');
if (isViewOnly) shareButton?.remove();
else shareButton?.addEventListener('click', share);

export function say(text) {
  state.textContent = text;
}

/** Says why the session has ended, and keeps saying it. */
export function sayEnded({ code, reason }) {
  say('disconnected');
  notice.textContent = reason || (code === 1006 ? 'The connection was lost.' : 'The session has ended.');
  notice.hidden = false;
}

/** Says that the page cannot work, and why. */
export function sayMissing(reason) {
  sayEnded({ reason });
}

export function sayConnected() {
  say(isViewOnly ? 'connected, to look only' : 'connected');
  notice.hidden = true;
}

/** Codes after which it is no use to try again. */
const FINAL = [4401, 4403, 4408, 4409];
const TRIES = 5;
const FIRST_WAIT_MS = 500;

/** Opens the console, and again when the connection is lost; `open` returns a WebSocket. The button closes it and begins anew. */
export function keepOpen(open) {
  let tries = 0;
  let timer;
  let current;
  const connect = () => {
    clearTimeout(timer);
    say('connecting');
    current?.close();
    const socket = open();
    current = socket;
    socket.addEventListener('open', () => {
      sayConnected();
    });
    socket.addEventListener('message', () => {
      tries = 0;
    });
    socket.addEventListener('close', (event) => {
      // The button has closed it: another one is open.
      if (socket !== current) return;
      sayEnded(event);
      if (FINAL.includes(event.code) || tries >= TRIES) return;
      timer = setTimeout(connect, FIRST_WAIT_MS * 2 ** tries);
      tries += 1;
    });
  };
  document.getElementById('reconnect').addEventListener('click', () => {
    tries = 0;
    connect();
  });
  connect();
}

/** Asks for a text to paste where the page may not read the clipboard. */
export async function pasted() {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return prompt('Text to paste') ?? '';
  }
}

/** A guest's keyboard holds few keys: those that come faster than it reads are lost. */
const KEY_PAUSE_MS = 30;

/** Types a text key by key, for guests without an agent, which have no clipboard; `press` presses and releases the key of a character. */
export async function typeSlowly(text, press) {
  for (const char of text.replaceAll('\r\n', '\n')) {
    press(char);
    await new Promise((resolve) => setTimeout(resolve, KEY_PAUSE_MS));
  }
}

/** What a hidden field holds at first, so that there is something to erase. */
const FILLING = ' '.repeat(8);

/**
 * Opens the keyboard of a phone, which comes for fields only: what is written into a hidden one is typed. Such keyboards replace what they
 * have written already, so the difference is what counts.
 */
export function offerKeyboard(press) {
  const field = document.getElementById('field');
  let known = (field.value = FILLING);
  document.getElementById('keyboard').addEventListener('click', () => field.focus());
  field.addEventListener('input', () => {
    const now = field.value;
    let same = 0;
    while (same < known.length && known[same] === now[same]) same += 1;
    for (let erased = known.length; erased > same; erased -= 1) press('\b');
    for (const char of now.slice(same)) press(char);
    known = now;
    if (now.length < FILLING.length || now.endsWith('\n')) known = field.value = FILLING;
  });
}
