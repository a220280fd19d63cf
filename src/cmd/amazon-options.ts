import { option, optionGroup } from '../lib/config/option.ts';
import { list, text } from '../lib/config/value-type.ts';
import { limit, publicEndpoint } from './option-kinds.ts';

/** Options of the object store. */
export const objectstore = optionGroup('objectstore', {
  public_endpoint: publicEndpoint('objectstore'),
  domains: option(list(text()), { default: ['localhost'], help: 'Names whose subdomains are buckets: yard.localhost is the bucket yard.' }),
  quota_buckets: limit('Buckets per project', 100),
  quota_gigabytes: limit('GiB of objects per project', 1000),
});

/** Options of the EC2 API. */
export const ec2 = optionGroup('ec2', { public_endpoint: publicEndpoint('ec2') });
