/** As much of OpenAPI 3.1 as LinkTime's own document uses. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly paths: Record<string, Record<string, Operation>>;
  webhooks?: Record<string, Record<string, unknown>>;
  readonly components: Components;
  [extension: `x-${string}`]: unknown;
}

export interface Components {
  schemas: Record<string, Schema>;
  [kind: string]: Record<string, unknown>;
}

export interface Operation {
  readonly responses: Record<string, Answer>;
  readonly requestBody?: { required?: boolean; readonly content: Content };
  parameters?: (Reference | Parameter)[];
  security?: Record<string, string[]>[];
  [extension: `x-${string}`]: unknown;
}

export interface Answer {
  readonly $ref?: string;
  headers?: Record<string, unknown>;
  readonly content?: Content;
}

export type Content = Record<string, { readonly schema: Schema; example?: unknown }>;

export interface Parameter {
  readonly name: string;
  readonly in: string;
}

export interface Reference {
  readonly $ref: string;
}

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
}

export interface Meaning {
  /** Neither a reference nor a choice. */
  readonly schema: Schema;
  /** null if any type will do. */
  readonly type: string | null;
  readonly orNull: boolean;
}

/**
 * What a schema means once references are followed and null is set apart. Throws for what the document has no use for: references
 * that lead nowhere, and choices other than between one shape and null.
 */
export function meaningOf(schema: Schema, components: Components): Meaning {
  const { $ref, allOf, anyOf } = schema;
  if ($ref !== undefined) {
    const target = components.schemas[$ref.slice('#/components/schemas/'.length)];
    if (!target) throw new Error(`${$ref} leads nowhere`);
    return meaningOf(target, components);
  }
  const choices = allOf ?? anyOf;
  if (choices) {
    const [shape, another] = choices.filter(({ type }) => type !== 'null');
    if (!shape || another) throw new Error(`Not understood: ${JSON.stringify(schema)}`);
    const meaning = meaningOf(shape, components);
    return { ...meaning, orNull: meaning.orNull || choices.length > 1 };
  }
  const types = [schema.type ?? []].flat();
  const [type = null, another] = types.filter((each) => each !== 'null');
  if (another) throw new Error(`Not understood: ${JSON.stringify(schema)}`);
  return { schema, type, orNull: types.includes('null') };
}
