/** JSON Schema, as far as zod writes it, in the words of TypeScript. */

/** The subset of JSON Schema 2020-12 that zod emits. */
export interface Schema {
  readonly $ref?: string;
  /** What `$ref`s inside of this schema name. */
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema | false;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

const quote = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`);
/** JSON's escapes mean the same in TypeScript; only the quotes around a text are others. */
const literal = (value: unknown): string => {
  const json = JSON.stringify(value);
  if (typeof value !== 'string') return json;
  return `'${json
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`;
};
const union = (parts: readonly string[]): string => [...new Set(parts)].join(' | ') || 'never';
const wrap = (type: string): string => (/[|&]/.test(type) ? `(${type})` : type);

const objectType = (schema: Schema, deep: (part: Schema) => string): string => {
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties ?? {}).map(([name, part]) => {
    const type = deep(part);
    return required.has(name) ? `${quote(name)}: ${type}` : `${quote(name)}?: ${type} | undefined`;
  });
  if (fields.length > 0) return `{ ${fields.join('; ')} }`;
  const rest = schema.additionalProperties;
  if (rest === false) return 'Record<string, never>';
  return typeof rest === 'object' ? `Record<string, ${deep(rest)}>` : 'Record<string, unknown>';
};

/** The TypeScript type of a schema, on one line; throws for a word of JSON Schema that it does not know. */
export const typeOf = (schema: Schema, outer: Readonly<Record<string, Schema>> = {}): string => {
  const named = schema.$defs === undefined ? outer : { ...outer, ...schema.$defs };
  const deep = (part: Schema): string => typeOf(part, named);
  if (schema.$ref !== undefined) {
    const target = named[schema.$ref.split('/').at(-1) ?? ''];
    if (target === undefined) throw new Error(`nothing at ${schema.$ref}`);
    return deep(target);
  }
  if (schema.enum !== undefined) return union(schema.enum.map(literal));
  if ('const' in schema) return literal(schema.const);
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return union(either.map(deep));
  if (schema.allOf !== undefined) return schema.allOf.map((part) => wrap(deep(part))).join(' & ');
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => deep({ ...schema, type })));
  switch (schema.type) {
    case undefined:
      return 'unknown';
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(deep).join(', ')}]`;
      return `${wrap(deep(schema.items || {}))}[]`;
    case 'object':
      return objectType(schema, deep);
    default:
      throw new Error(`no type for ${String(schema.type)}`);
  }
};
