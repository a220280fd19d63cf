// The screen of a guest over VNC, drawn by noVNC.
import RFB from '../novnc/core/rfb.js';
import { isViewOnly, keepOpen, pasted, say, socketUrl, typeSlowly } from './page.js';

let screen;

const press = (char) => {
  const code = char.codePointAt(0);
  screen?.sendKey(char === '\n' ? 0xff0d : code < 0x100 ? code : 0x01000000 + code);
};

document.getElementById('paste').addEventListener('click', async () => typeSlowly(await pasted(), press));
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
