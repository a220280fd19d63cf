/** Reads what a flavor's extra specs and an image's properties ask of the hardware of a guest. */
import type { Flavor } from '../flavor.ts';
import { imageFlag, type ImageFlagName, imageProperty, type ImagePropertyName, saysYes } from '../image-properties.ts';
import { FlavorImageConflict, HardwareInvalid } from './errors.ts';

/** A flavor and the properties of an image. */
export interface AskedOf {
  readonly flavor: Pick<Flavor, 'vcpus' | 'ramMb' | 'extraSpecs'>;
  readonly properties: Readonly<Record<string, string>>;
}

/** The two sources, with the ways in which they are combined. */
export class Asked {
  readonly vcpus: number;
  readonly ramMb: number;
  readonly #specs: Readonly<Record<string, string>>;
  readonly #properties: Readonly<Record<string, string>>;

  constructor({ flavor, properties }: AskedOf) {
    this.vcpus = flavor.vcpus;
    this.ramMb = flavor.ramMb;
    this.#specs = flavor.extraSpecs;
    this.#properties = properties;
  }

  /** An extra spec of the flavor. */
  spec(key: string): string | undefined {
    return Object.hasOwn(this.#specs, key) ? this.#specs[key] : undefined;
  }

  /** A property of the image, in its canonical spelling. */
  property(name: ImagePropertyName): string | undefined {
    return imageProperty(this.#properties, name);
  }

  /** A property of any name, as it stands: `hw_machine_type`, `hw_numa_cpus.0`. */
  freeProperty(name: string): string | undefined {
    return Object.hasOwn(this.#properties, name) ? this.#properties[name] : undefined;
  }

  /** What either says; where both do, it must be the same. */
  agreed(spec: string, property: ImagePropertyName): string | undefined {
    const [flavor, image] = [this.spec(spec), this.property(property)];
    if (flavor !== undefined && image !== undefined && flavor !== image) throw FlavorImageConflict({ what: property, flavor, image });
    return flavor ?? image;
  }

  /** A boolean that either says; where both do, it must be the same. */
  agreedFlag(spec: string, property: ImageFlagName): boolean | undefined {
    const [flavor, image] = [this.flag(spec), imageFlag(this.#properties, property)];
    if (flavor !== undefined && image !== undefined && flavor !== image)
      throw FlavorImageConflict({ what: property, flavor: String(flavor), image: String(image) });
    return flavor ?? image;
  }

  /** Whether either says yes. */
  eitherFlag(spec: string, property: ImageFlagName): boolean {
    return this.flag(spec) === true || imageFlag(this.#properties, property) === true;
  }

  /** A boolean of the flavor. */
  flag(spec: string): boolean | undefined {
    const value = this.spec(spec);
    return value === undefined ? undefined : saysYes(value);
  }

  /** A whole number of the flavor. Flavors of clients before 2.86 are unchecked. */
  count(spec: string, least = 0): number | undefined {
    return countIn(spec, this.spec(spec), least);
  }

  /** A whole number of the image. */
  imageCount(name: ImagePropertyName, least = 0): number | undefined {
    return countIn(name, this.property(name), least);
  }
}

/** The member that a text names; undefined where it names none. */
export function choice<Member extends string>(value: string | undefined, ...members: readonly Member[]): Member | undefined {
  return members.find((member) => member === value);
}

const MOST = 1e15;

function countIn(name: string, value: string | undefined, least: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || value.trim() === '' || number < least || number > MOST)
    throw HardwareInvalid({ because: `${name} cannot be '${value}': it must be a whole number from ${least} up.` });
  return number;
}
