import { limits } from '../limits.ts';
import { LibvirtError } from '../libvirt-error.ts';
import { bool, double, hyper, int, list, mapped, string, uhyper, uint, type Codec, type Decoder } from '../xdr/codec.ts';

/** A named value with its type. */
export type TypedParam = { readonly field: string } & (
  | { readonly type: 'int' | 'uint' | 'double'; readonly value: number }
  | { readonly type: 'llong' | 'ullong'; readonly value: bigint }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
);

/** A value of a typed parameter: 64-bit numbers are always bigint, even small ones. */
export type TypedValue = TypedParam['value'];

// virTypedParameterType: the first is 1.
const types = ['int', 'uint', 'llong', 'ullong', 'double', 'boolean', 'string'] as const satisfies readonly TypedParam['type'][];

const typedParam: Codec<TypedParam> = {
  write: (writer, param) => {
    writer.string(param.field);
    writer.int(types.indexOf(param.type) + 1);
    switch (param.type) {
      case 'int':
        return int.write(writer, param.value);
      case 'uint':
        return uint.write(writer, param.value);
      case 'llong':
        return hyper.write(writer, param.value);
      case 'ullong':
        return uhyper.write(writer, param.value);
      case 'double':
        return double.write(writer, param.value);
      case 'boolean':
        return bool.write(writer, param.value);
      case 'string':
        return string.write(writer, param.value);
    }
  },
  read: (reader) => {
    const field = reader.string();
    const number = reader.int();
    const type = types[number - 1];
    switch (type) {
      case 'int':
        return { field, type, value: reader.int() };
      case 'uint':
        return { field, type, value: reader.uint() };
      case 'llong':
        return { field, type, value: reader.hyper() };
      case 'ullong':
        return { field, type, value: reader.uhyper() };
      case 'double':
        return { field, type, value: reader.double() };
      case 'boolean':
        return { field, type, value: bool.read(reader) };
      case 'string':
        return { field, type, value: reader.string() };
      default:
        throw new LibvirtError('protocol-violation', `The typed parameter "${field}" has the unknown type ${number}.`);
    }
  },
};

/** A list of typed parameters. */
export const typedParams: Codec<readonly TypedParam[]> = list(typedParam, limits.typedParams);

/** Typed parameters as one record of field to value. */
export const typedRecord: Decoder<Readonly<Record<string, TypedValue>>> = mapped(typedParams, (params) =>
  Object.fromEntries(params.map(({ field, value }) => [field, value])),
);
