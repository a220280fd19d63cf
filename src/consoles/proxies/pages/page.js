// What the console pages share: where the WebSocket is, what they say about it, and when they try again.

const state = document.getElementById('state');
const notice = document.getElementById('notice');

/** The WebSocket of this page: noVNC's addresses name its path, others have the token themselves. */
export function socketUrl() {
  const asked = new URLSearchParams(location.search);
  const path = asked.get('path') ?? `?token=${encodeURIComponent(asked.get('token') ?? '')}`;
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${location.host}/${path.replace(/^\//, '')}`;
}

export function say(text) {
  state.textContent = text;
}

/** Says why the session has ended, and keeps saying it. */
export function sayEnded({ code, reason }) {
  say('disconnected');
  notice.textContent = reason || (code === 1006 ? 'The connection was lost.' : 'The session has ended.');
  notice.hidden = false;
}

export function sayConnected() {
  say('connected');
  notice.hidden = true;
}

/** Codes after which it is no use to try again. */
const FINAL = [4401, 4403, 4408];
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
