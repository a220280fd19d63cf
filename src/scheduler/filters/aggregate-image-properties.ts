import { type ImagePropertyName, imageProperty } from '../../objects/image-properties.ts';
import { valuesOf } from '../aggregate-metadata.ts';
import { type Filter, giveUp, pass, reject } from './filter.ts';

/** Where the metadata of the host's aggregates name properties of images, the image has one of the values. */
export const aggregateImagePropertiesIsolation: Filter = {
  name: 'AggregateImagePropertiesIsolation',
  onRebuild: true,
  checkFor: ({ image }, { imagePropertiesNamespace: namespace, imagePropertiesSeparator: separator }) => {
    const properties = image?.properties ?? {};
    const prefix = namespace === undefined ? '' : `${namespace}${separator}`;
    // Seam: any metadata key may be the name of a property; for others, the value stands as it is.
    const valueOf = (key: string) => imageProperty(properties, key as ImagePropertyName);
    return (host) => {
      for (const { metadata } of host.aggregates)
        for (const key of Object.keys(metadata)) {
          if (!key.startsWith(prefix)) continue;
          const value = valueOf(key.slice(prefix.length));
          if (value === undefined) continue;
          if (!valuesOf(host, key).includes(value)) return reject(`kept for images with another ${key} than ${value}`);
        }
      return pass;
    };
  },
  remedy: giveUp('from another image'),
};
