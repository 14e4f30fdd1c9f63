import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { Tooltip } from "@codemirror/view";
import { asDocument, exitLabel, ownExits } from "../steps/graph";
import { type Path, spotAt } from "./json";
import { fieldsAt, helpAt, type Schema, type Suggestion, valuesAt } from "./schema";

/** Completes field names, choices and step ids while a document is written. lastGood answers its last valid state. */
export function completer(latest: () => Schema, lastGood: () => unknown) {
  return (context: CompletionContext): CompletionResult | null => {
    const schema = latest();
    const text = context.state.doc.toString();
    const spot = spotAt(text, context.pos);
    if (!spot || (!context.explicit && spot.range.from === spot.range.to)) return null;
    const document = lastGood();
    const found =
      spot.at === "name" ? names(schema, document, spot.path) : literals(schema, document, spot.path);
    return found.length > 0 ? { from: spot.range.from, to: spot.range.to, options: found } : null;
  };
}

function names(schema: Schema, document: unknown, path: Path): Completion[] {
  const fields = [...fieldsAt(schema, document, path), ...exitsAt(schema, document, path)];
  return fields.map((field) => ({
    ...option(field, "property"),
    label: JSON.stringify(field.label),
    apply: `${JSON.stringify(field.label)}: `,
    boost: field.detail === "required" ? 1 : 0,
  }));
}

/** The names of a step's exits: those of its kind, and those that its buttons, branches, rules or waits bring. */
function exitsAt(schema: Schema, document: unknown, path: Path): Suggestion[] {
  if (path[0] !== "steps" || path[2] !== "exits" || path.length !== 3) return [];
  const step = asDocument(document)?.steps[Number(path[1])];
  if (!step) return [];
  const own = ownExits(step).map((exit) => ({ label: exit, detail: exitLabel(step, exit) }));
  const kind = schema.$defs?.[step.kind]?.["x-exits"] ?? [];
  const present = new Set(Object.keys(step.exits ?? {}));
  return [...own, ...kind.map(({ name, title }) => ({ label: name, detail: title }))].filter(
    ({ label }) => !present.has(label),
  );
}

function literals(schema: Schema, document: unknown, path: Path): Completion[] {
  const found = valuesAt(schema, document, path).map((value) => option(value, "enum"));
  return leadsToStep(path) ? [...stepIds(document), ...found] : found;
}

/** Whether the value there is the id of a step: the start, an exit, or a jump's target. */
export function leadsToStep(path: Path): boolean {
  return (
    path.at(-1) === "start" || path.at(-2) === "exits" || (path.at(-1) === "step" && path.includes("config"))
  );
}

function stepIds(document: unknown): Completion[] {
  return (asDocument(document)?.steps ?? []).map((step) => ({
    label: JSON.stringify(step.id),
    detail: step.title || step.kind,
    type: "constant",
  }));
}

const option = ({ label, detail, info }: Suggestion, type: string): Completion => ({
  label,
  detail,
  info,
  type,
});

/** The catalogue's help for the field under the pointer. */
export function hoverHelp(latest: () => Schema, lastGood: () => unknown) {
  return (view: { state: { doc: { toString(): string } } }, pos: number): Tooltip | null => {
    const spot = spotAt(view.state.doc.toString(), pos);
    if (!spot) return null;
    const text = view.state.doc.toString().slice(spot.range.from, spot.range.to);
    const path = spot.at === "name" ? [...spot.path, text.replaceAll('"', "")] : spot.path;
    const help = helpAt(latest(), lastGood(), path);
    if (!help) return null;
    return {
      pos: spot.range.from,
      end: spot.range.to,
      create: () => {
        const dom = document.createElement("div");
        dom.className = "cm-help";
        dom.textContent = help;
        return { dom };
      },
    };
  };
}
