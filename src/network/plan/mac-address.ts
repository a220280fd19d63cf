/** A MAC address that one card may have, in any of the usual notations: not zero, no group address. */
export const MAC_PATTERN = '^(?!(00[:-]?){5}00$)[0-9a-fA-F][02468aceACE]([:-]?[0-9a-fA-F]{2}){5}$';

/** The form in which MAC addresses are kept: small letters and colons. */
export const canonicalMac = (text: string): string =>
  text
    .replaceAll(/[:-]/g, '')
    .toLowerCase()
    .replaceAll(/..(?!$)/g, '$&:');
