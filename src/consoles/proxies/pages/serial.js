// The serial console: a terminal whose bytes go to the guest and come from it.
import { Terminal } from '../xterm/lib/xterm.mjs';
import { keepOpen, pasted, socketUrl } from './page.js';

const terminal = new Terminal({ cursorBlink: true, scrollback: 5000 });
terminal.open(document.getElementById('console'));

let socket;
const send = (text) => socket?.readyState === WebSocket.OPEN && socket.send(new TextEncoder().encode(text));
terminal.onData(send);

document.getElementById('paste').addEventListener('click', async () => terminal.paste(await pasted()));
document.getElementById('interrupt').addEventListener('click', () => send('\x03'));

keepOpen(() => {
  socket = new WebSocket(socketUrl());
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => terminal.focus());
  socket.addEventListener('message', ({ data }) => terminal.write(typeof data === 'string' ? data : new Uint8Array(data)));
  return socket;
});
