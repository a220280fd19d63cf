/** The options of consoles, under Nova's names. */
import { option, optionGroup } from '../lib/config/option.ts';
import { boolean, integer, list, oneOf, text } from '../lib/config/value-type.ts';
import { spiceChoices } from '../virt/libvirt/definition/screens.ts';

const baseUrl = (what: string) => option(text(), { help: `Where clients reach ${what}; unset: where it listens.` });

export const vnc = optionGroup('vnc', {
  enabled: option(boolean(), { default: true, help: 'Give out consoles over VNC.' }),
  novncproxy_base_url: baseUrl('the proxy for noVNC, with the page: http://cloud.example.com:6080/vnc_auto.html'),
});

const chosenByQemu = <const T extends string>(values: readonly T[], what: string) =>
  option(oneOf(values), { help: `${what}; unset: QEMU's choice.` });

export const spice = optionGroup('spice', {
  enabled: option(boolean(), {
    default: false,
    help: 'Give out consoles over SPICE. Guests on libvirt have them from when they are made, rebuilt, resized or rescued.',
  }),
  agent_enabled: option(boolean(), { default: true, help: "Give guests the channel of SPICE's agent." }),
  image_compression: chosenByQemu(spiceChoices.image, 'How pictures are compressed'),
  jpeg_compression: chosenByQemu(spiceChoices.jpeg, 'When pictures are compressed with loss for slow connections'),
  zlib_compression: chosenByQemu(spiceChoices.zlib, 'When pictures are compressed once more for slow connections'),
  playback_compression: option(boolean(), { help: "Whether sound is compressed; unset: QEMU's choice." }),
  streaming_mode: chosenByQemu(spiceChoices.streaming, 'Which moving parts of the screen are sent as video'),
  html5proxy_base_url: baseUrl('the proxy for SPICE, with the page: http://cloud.example.com:6082/spice_auto.html'),
  spice_direct_proxy_base_url: option(text(), {
    default: 'http://127.0.0.1:13002/nova',
    help: 'Where clients reach a proxy of yours for SPICE itself. It looks tokens up at os-console-auth-tokens.',
  }),
});

export const serialConsole = optionGroup('serial_console', {
  enabled: option(boolean(), { default: true, help: 'Give out serial consoles.' }),
  base_url: baseUrl('the proxy for serial consoles: ws://cloud.example.com:6083/'),
});

export const consoleauth = optionGroup('consoleauth', {
  token_ttl: option(integer({ min: 1 }), { default: 600, help: 'Seconds that the token of a console is good for.' }),
  enforce_session_timeout: option(boolean(), { default: false, help: 'End a session when its token expires.' }),
});

export const consoles = optionGroup('console', {
  allowed_origins: option(list(text()), {
    default: [],
    help: 'Names of hosts whose pages may show consoles, beside that of the proxy itself.',
  }),
  cert: option(text(), { help: 'Certificate of the proxies, a PEM file; with key they listen for TLS.' }),
  key: option(text(), { help: 'Its key, a PEM file.' }),
  ssl_minimum_version: option(oneOf(['default', 'tlsv1_2', 'tlsv1_3']), { default: 'default', help: 'The oldest TLS; default is 1.2.' }),
  ssl_ciphers: option(text(), { help: "What they may encrypt with, in OpenSSL's words; unset: what Node.js takes." }),
  record_serial: option(boolean(), {
    default: false,
    help: 'Record what serial consoles show to those who may type; they are told. Administrators read it with nova-ts manage console.',
  }),
  record_max_bytes: option(integer({ min: 1024 }), { default: 1_048_576, help: 'How long a recording may become.' }),
  idle_timeout: option(integer({ min: 0 }), {
    default: 3600,
    help: 'Seconds without a byte in either direction after which a session ends; 0 is never.',
  }),
  max_sessions: option(integer({ min: 1 }), { default: 5000, help: 'Sessions of one proxy; further ones are refused.' }),
});
