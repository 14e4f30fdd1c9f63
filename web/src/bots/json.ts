import { json } from "@codemirror/lang-json";
import type { SyntaxNode } from "@lezer/common";

// Places in the JSON text of a bot document: from a step or a lint path to characters, and from characters to a path.

export interface Range {
  from: number;
  to: number;
}

export type Path = (string | number)[];

const parser = json().language.parser;

const values = new Set(["Object", "Array", "String", "Number", "True", "False", "Null"]);
const isValue = (node: SyntaxNode) => values.has(node.name);

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

const valueIn = (node: SyntaxNode) => childrenOf(node).find(isValue);

function nameOf(text: string, property: SyntaxNode): string {
  const name = property.getChild("PropertyName");
  return name ? unquote(text.slice(name.from, name.to)) : "";
}

function unquote(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal.replaceAll('"', "");
  }
}

function inside(text: string, node: SyntaxNode, key: string | number): SyntaxNode | undefined {
  if (node.name === "Array") return childrenOf(node).filter(isValue)[Number(key)];
  const property = node.getChildren("Property").find((one) => nameOf(text, one) === String(key));
  return property ? valueIn(property) : undefined;
}

/** The value at a path, or the deepest part of the path that exists: a missing field is shown where it should be. */
export function rangeOfPath(text: string, path: Path): Range | undefined {
  let node = valueIn(parser.parse(text).topNode);
  for (const key of path) {
    const next = node && inside(text, node, key);
    if (!next) break;
    node = next;
  }
  return node && { from: node.from, to: node.to };
}

/** Where the step with that id is written, or the part of it that path names, such as "config.text". */
export function rangeOfStep(text: string, step: string, path: Path = []): Range | undefined {
  const root = valueIn(parser.parse(text).topNode);
  const steps = root && inside(text, root, "steps");
  const items = steps ? childrenOf(steps).filter(isValue) : [];
  const index = items.findIndex((item) => {
    const id = inside(text, item, "id");
    return id !== undefined && unquote(text.slice(id.from, id.to)) === step;
  });
  return index < 0 ? undefined : rangeOfPath(text, ["steps", index, ...path]);
}

/** Reads a path as lint writes it: "steps.3.config.text", "steps[3].config.text" or "/steps/3/config/text". */
export function parsePath(path: string): Path {
  return path
    .split(/[./[\]]+/)
    .filter(Boolean)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

export interface Spot {
  /** The path of the object or value that the cursor is in. */
  path: Path;
  /** Whether a property name or a value is being written. */
  at: "name" | "value";
  /** What is written there so far, with its quotes. */
  range: Range;
}

/** What the cursor is about to write: a name in which object, or a value of which field. */
export function spotAt(text: string, pos: number): Spot | undefined {
  const node = parser.parse(text).resolveInner(pos, -1);
  const written: Range = node.name === "PropertyName" || isScalar(node) ? node : { from: pos, to: pos };
  if (node.name === "PropertyName")
    return { path: pathOf(text, node.parent?.parent), at: "name", range: written };
  if (isScalar(node)) {
    // A string straight in an object is the beginning of a name: its colon is not there yet.
    const bare = node.parent?.name === "Object" || node.parent?.name === "⚠";
    const holder = bare ? closest(node, "Object") : node;
    return { path: pathOf(text, holder), at: bare ? "name" : "value", range: written };
  }
  const property = closest(node, "Property");
  const object = closest(node, "Object");
  if (property && (!object || property.from > object.from) && !valueIn(property))
    return { path: [...pathOf(text, property.parent), nameOf(text, property)], at: "value", range: written };
  const array = closest(node, "Array");
  if (array && (!object || array.from > object.from)) {
    const index = childrenOf(array).filter((child) => isValue(child) && child.to <= pos).length;
    return { path: [...pathOf(text, array), index], at: "value", range: written };
  }
  return object ? { path: pathOf(text, object), at: "name", range: written } : undefined;
}

const isScalar = (node: SyntaxNode) => isValue(node) && node.name !== "Object" && node.name !== "Array";

function closest(node: SyntaxNode, name: string): SyntaxNode | undefined {
  for (let one: SyntaxNode | null = node; one; one = one.parent) if (one.name === name) return one;
  return undefined;
}

function pathOf(text: string, node: SyntaxNode | null | undefined): Path {
  const path: Path = [];
  for (let one = node; one?.parent; one = one.parent) {
    const { parent } = one;
    if (one.name === "Property") path.unshift(nameOf(text, one));
    else if (parent.name === "Array") {
      const start = one.from;
      path.unshift(childrenOf(parent).filter((child) => isValue(child) && child.from < start).length);
    }
  }
  return path;
}
