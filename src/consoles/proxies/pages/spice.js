// The screen of a guest over SPICE, drawn by spice-html5.
import { keepOpen, offerKeyboard, pasted, sayMissing, socketUrl, typeSlowly } from './page.js';
import { keyOf } from './us-keys.js';

const KEY_DOWN = 101;
const KEY_UP = 102;
const RELEASED = 0x80;
const SHIFT = 0x2a;

// spice-html5 says with it that it does not know a key, and a page stands still until it is answered.
window.alert = () => {};

let session;

/** Sends a key by its scan code: a message of four bytes below a header of six. */
function sendKey(type, code) {
  const message = new DataView(new ArrayBuffer(10));
  message.setUint16(0, type, true);
  message.setUint32(2, 4, true);
  message.setUint32(6, code, true);
  session?.inputs?.ws?.send(message.buffer);
}

function press(char) {
  const key = keyOf(char);
  if (!key) return;
  if (key.shift) sendKey(KEY_DOWN, SHIFT);
  sendKey(KEY_DOWN, key.code);
  sendKey(KEY_UP, key.code | RELEASED);
  if (key.shift) sendKey(KEY_UP, SHIFT | RELEASED);
}

try {
  const { SpiceMainConn, sendCtrlAltDel } = await import('/spice-html5/main.js');
  document.getElementById('paste').addEventListener('click', async () => typeSlowly(await pasted(), press));
  offerKeyboard(press);
  document.getElementById('keys').addEventListener('click', () => session && sendCtrlAltDel(session));
  keepOpen(() => {
    session?.stop();
    document.getElementById('console').replaceChildren();
    session = new SpiceMainConn({ uri: socketUrl(), screen_id: 'console', password: '', onerror: () => {} });
    return session.ws;
  });
} catch {
  sayMissing('This proxy has no client for SPICE: its operator must install the package spice-html5.');
}
