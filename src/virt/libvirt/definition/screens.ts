/** The screens of a guest: how viewers see it, over VNC, SPICE or both. */
import { element, type XmlElement } from '../xml.ts';

/** The values of QEMU's options for SPICE. */
export const spiceChoices = {
  image: ['auto_glz', 'auto_lz', 'quic', 'glz', 'lz', 'off'],
  jpeg: ['auto', 'never', 'always'],
  zlib: ['auto', 'never', 'always'],
  streaming: ['filter', 'all', 'off'],
} as const;

/** How guests speak SPICE; QEMU chooses what is undefined. */
export interface SpiceChoice {
  /** Whether guests get the channel of SPICE's agent, which shares clipboard and size of the screen. */
  readonly hasAgent: boolean;
  readonly image?: (typeof spiceChoices.image)[number] | undefined;
  readonly jpeg?: (typeof spiceChoices.jpeg)[number] | undefined;
  readonly zlib?: (typeof spiceChoices.zlib)[number] | undefined;
  readonly streaming?: (typeof spiceChoices.streaming)[number] | undefined;
  /** Whether sound is compressed. */
  readonly playback?: boolean | undefined;
}

/** The screens that all guests of a host get. */
export interface ScreenChoice {
  readonly vnc: boolean;
  readonly spice: SpiceChoice | undefined;
}

/** The screens of a host whose operator chose nothing. */
export const usualScreens: ScreenChoice = { vnc: true, spice: undefined };

/**
 * Their devices. Hypervisors listen on unix sockets, which only the host reaches. libvirt chooses them: QEMU's user may not create one in our
 * directory, and the path could be too long.
 */
export const screens = ({ vnc, spice }: ScreenChoice): readonly XmlElement[] => [
  ...(vnc ? [element('graphics', { type: 'vnc' }, socket())] : []),
  ...(spice ? [spiceScreen(spice)] : []),
  ...(spice?.hasAgent ? [element('channel', { type: 'spicevmc' }, element('target', { type: 'virtio', name: 'com.redhat.spice.0' }))] : []),
];

const socket = (): XmlElement => element('listen', { type: 'socket' });

const spiceScreen = ({ image, jpeg, zlib, playback, streaming }: SpiceChoice): XmlElement =>
  element(
    'graphics',
    { type: 'spice' },
    socket(),
    image && element('image', { compression: image }),
    jpeg && element('jpeg', { compression: jpeg }),
    zlib && element('zlib', { compression: zlib }),
    playback === undefined ? undefined : element('playback', { compression: playback ? 'on' : 'off' }),
    streaming && element('streaming', { mode: streaming }),
  );
