import type { Path } from "./json";

/** The part of JSON Schema (2020-12) that the catalogue's generator writes. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  title?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  if?: Schema;
  then?: Schema;
  else?: Schema;
  /** A kind's exits; ours, no word of JSON Schema. */
  "x-exits"?: { name: string; title?: string }[];
}

/** All schemas that apply at a path of a value, with references followed and alternatives chosen by the value. */
export function schemasAt(root: Schema, value: unknown, path: Path): Schema[] {
  let found = expand(root, root, value);
  let here = value;
  for (const key of path) {
    const child = childOf(here, key);
    found = found.flatMap((schema) => step(schema, key)).flatMap((schema) => expand(root, schema, child));
    here = child;
  }
  return found;
}

function childOf(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}

function step(schema: Schema, key: string | number): Schema[] {
  if (typeof key === "number") return schema.items ? [schema.items] : [];
  const own = schema.properties?.[key];
  if (own) return [own];
  return typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : [];
}

const MAX_DEPTH = 12;

function expand(root: Schema, schema: Schema, value: unknown, depth = 0): Schema[] {
  if (depth > MAX_DEPTH) return [];
  const into = (part: Schema) => expand(root, part, value, depth + 1);
  const found = [schema];
  if (schema.$ref) found.push(...into(resolve(root, schema.$ref)));
  for (const part of schema.allOf ?? []) found.push(...into(part));
  const options = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const fitting = options.filter((option) => fits(root, option, value));
  for (const part of fitting.length > 0 ? fitting : options) found.push(...into(part));
  if (schema.if) {
    const branch = fits(root, schema.if, value, true) ? schema.then : schema.else;
    if (branch) found.push(...into(branch));
  }
  return found;
}

function resolve(root: Schema, ref: string): Schema {
  let node: unknown = root;
  for (const part of ref.replace(/^#\/?/, "").split("/").filter(Boolean)) node = childOf(node, part);
  return (node as Schema | undefined) ?? {};
}

/** Whether a value may be meant by a schema, judged by its constants: enough to tell a step's kind. */
function fits(root: Schema, schema: Schema, value: unknown, strict = false): boolean {
  const full = schema.$ref ? { ...resolve(root, schema.$ref), ...schema } : schema;
  return Object.entries(full.properties ?? {}).every(([name, property]) => {
    const actual = childOf(value, name);
    if (property.const === undefined && !property.enum) return true;
    if (actual === undefined) return !strict;
    return property.const === undefined ? property.enum?.includes(actual) : property.const === actual;
  });
}

export interface Suggestion {
  label: string;
  detail?: string;
  info?: string;
}

/** The fields that an object at that place may have and does not have yet. */
export function fieldsAt(root: Schema, value: unknown, path: Path): Suggestion[] {
  const present = new Set(Object.keys((path.reduce<unknown>(childOf, value) as object | undefined) ?? {}));
  const found = new Map<string, Suggestion>();
  for (const schema of schemasAt(root, value, path))
    for (const [label, field] of Object.entries(schema.properties ?? {}))
      if (!present.has(label) && !found.has(label))
        found.set(label, {
          label,
          detail: schema.required?.includes(label) ? "required" : typeOf(root, field),
          info: described(root, field),
        });
  return [...found.values()];
}

/** The values that a field at that place may take. */
export function valuesAt(root: Schema, value: unknown, path: Path): Suggestion[] {
  const found = new Map<string, Suggestion>();
  const add = (literal: unknown, schema: Schema) => {
    const label = JSON.stringify(literal);
    if (!found.has(label)) found.set(label, { label, detail: schema.title, info: schema.description });
  };
  // Alternatives are judged by the value being written, so it must not narrow them.
  for (const schema of schemasAt(root, without(value, path), path)) {
    if (schema.const !== undefined) add(schema.const, schema);
    for (const literal of schema.enum ?? []) add(literal, schema);
    if (schema.type === "boolean") for (const literal of [true, false]) add(literal, schema);
  }
  return [...found.values()];
}

function without(value: unknown, path: Path): unknown {
  const copy = structuredClone(value);
  const holder = path.slice(0, -1).reduce<unknown>(childOf, copy);
  const last = path.at(-1);
  if (typeof holder === "object" && holder !== null && last !== undefined && !Array.isArray(holder))
    delete (holder as Record<string, unknown>)[last];
  return copy;
}

/** What the catalogue says about the field at that place. */
export function helpAt(root: Schema, value: unknown, path: Path): string | undefined {
  return schemasAt(root, value, path).find((schema) => schema.description)?.description;
}

const described = (root: Schema, schema: Schema) =>
  schema.description ?? (schema.$ref ? resolve(root, schema.$ref).description : undefined);

function typeOf(root: Schema, schema: Schema): string | undefined {
  const type = schema.type ?? (schema.$ref ? resolve(root, schema.$ref).type : undefined);
  return Array.isArray(type) ? type.join(" or ") : type;
}
