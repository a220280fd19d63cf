// The screen of a guest over VNC, drawn by noVNC.
import RFB from '../novnc/core/rfb.js';
import { isViewOnly, keepOpen, offerKeyboard, pasted, say, socketUrl, typeSlowly } from './page.js';

/** Keys of X that are no characters. */
const NAMED = { '\n': 0xff0d, '\b': 0xff08, '\t': 0xff09 };

let screen;

const press = (char) => {
  const code = char.codePointAt(0);
  screen?.sendKey(NAMED[char] ?? (code < 0x100 ? code : 0x01000000 + code));
};

document.getElementById('paste').addEventListener('click', async () => typeSlowly(await pasted(), press));
offerKeyboard(press);
document.getElementById('keys').addEventListener('click', () => screen?.sendCtrlAltDel());

keepOpen(() => {
  const socket = new WebSocket(socketUrl(), ['binary']);
  socket.binaryType = 'arraybuffer';
  screen?.disconnect();
  screen = new RFB(document.getElementById('console'), socket, { shared: true });
  screen.scaleViewport = true;
  screen.viewOnly = isViewOnly;
  screen.addEventListener('connect', () => screen.focus());
  screen.addEventListener('desktopname', ({ detail }) => {
    document.title = detail.name;
    say(detail.name);
  });
  return socket;
});
