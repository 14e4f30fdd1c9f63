import { autocompletion } from "@codemirror/autocomplete";
import { indentWithTab } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { type Diagnostic, linter, lintGutter } from "@codemirror/lint";
import { EditorState, StateEffect } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { type RefObject, useEffect, useImperativeHandle, useMemo, useRef } from "react";
import type { LintIssue } from "../api/types";
import documentSchema from "../gen/document.schema.json";
import { completer, hoverHelp } from "./complete";
import { highlighting } from "./highlight";
import classes from "./JsonEditor.module.css";
import { parsePath, type Range, rangeOfPath, rangeOfStep } from "./json";
import { type Registered, withActivities } from "./registered";
import type { Schema } from "./schema";

const catalogue = documentSchema as unknown as Schema;
const parseErrors = jsonParseLinter();
const issuesChanged = StateEffect.define<null>();

export interface EditorHandle {
  /** Puts the cursor on what the issue is about. */
  reveal: (issue: Pick<LintIssue, "step" | "path">) => void;
}

interface Props {
  value: string;
  onChange: (text: string) => void;
  onSave: () => void;
  issues: LintIssue[];
  /** The account's custom activities. */
  activities: Registered[];
  handle: RefObject<EditorHandle | null>;
}

/** A JSON editor that knows the catalogue. Tab indents; Escape then Tab leaves the editor. */
export function JsonEditor({ value, onChange, onSave, issues, activities, handle }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const schema = useMemo(() => withActivities(catalogue, activities), [activities]);
  const latest = useRef({ onChange, onSave, issues, schema });
  latest.current = { onChange, onSave, issues, schema };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once and then told of changes
  useEffect(() => {
    if (!host.current) return;
    const good = remember(value);
    const extensions = [
      basicSetup,
      json(),
      linter(
        (editor) => [
          ...parseErrors(editor),
          ...diagnostics(editor.state.doc.toString(), latest.current.issues),
        ],
        {
          delay: 100,
          needsRefresh: (update) =>
            update.transactions.some((one) => one.effects.some((it) => it.is(issuesChanged))),
        },
      ),
      lintGutter(),
      highlighting,
      keymap.of([
        indentWithTab,
        {
          key: "Mod-s",
          preventDefault: true,
          run: () => {
            latest.current.onSave();
            return true;
          },
        },
      ]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": "The bot's document as JSON", tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        const text = update.state.doc.toString();
        good.hear(text);
        latest.current.onChange(text);
      }),
      autocompletion({ override: [completer(() => latest.current.schema, good.last)] }),
      hoverTooltip(hoverHelp(() => latest.current.schema, good.last)),
    ];
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({ doc: value, extensions }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new issues are what makes the old marks wrong
  useEffect(() => {
    view.current?.dispatch({ effects: issuesChanged.of(null) });
  }, [issues]);

  useImperativeHandle(handle, () => ({ reveal: (issue) => view.current && reveal(view.current, issue) }), []);
  return <div ref={host} className={classes.editor} />;
}

/** The last text that was valid JSON: while somebody writes, the document is broken most of the time. */
function remember(text: string) {
  let last: unknown = {};
  const hear = (next: string) => {
    try {
      last = JSON.parse(next);
    } catch {
      // Keep what we had.
    }
  };
  hear(text);
  return { hear, last: () => last };
}

function placeOf(text: string, { step, path }: Pick<LintIssue, "step" | "path">): Range | undefined {
  const parts = parsePath(path ?? "");
  if (step && parts[0] !== "steps") return rangeOfStep(text, step, parts) ?? rangeOfPath(text, parts);
  if (parts.length > 0) return rangeOfPath(text, parts);
  return step ? rangeOfStep(text, step) : undefined;
}

function diagnostics(text: string, issues: LintIssue[]): Diagnostic[] {
  return issues.flatMap((issue) => {
    const place = placeOf(text, issue);
    if (!place) return [];
    // A whole step underlined says less than its first line.
    const line = text.indexOf("\n", place.from);
    const to = line < 0 ? place.to : Math.min(place.to, line);
    const message = issue.fix ? `${issue.message} ${issue.fix}` : issue.message;
    return [{ from: place.from, to, severity: issue.level, message }];
  });
}

function reveal(editor: EditorView, issue: Pick<LintIssue, "step" | "path">) {
  const place = placeOf(editor.state.doc.toString(), issue);
  if (!place) return;
  editor.dispatch({
    selection: { anchor: place.from, head: Math.min(place.to, editor.state.doc.lineAt(place.from).to) },
    effects: EditorView.scrollIntoView(place.from, { y: "center" }),
  });
  editor.focus();
}
