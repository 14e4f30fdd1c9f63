import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Row } from "../core/rows";

/** Pixels from the end within which the reader is taken to follow the chat. */
const NEAR = 60;

/** Keeps the end in sight for who is there; tells who reads further up that something came (`behind`). */
export function useScroll(rows: readonly Row[], shown: boolean, pendingCount: number) {
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const sizes = useRef("");
  const lastKey = useRef<string | undefined>(undefined);
  const lastPending = useRef(0);
  const [behind, setBehind] = useState(false);

  const measure = () => `${box.current?.scrollHeight} ${box.current?.clientHeight}`;
  const toEnd = () => {
    follows.current = true;
    setBehind(false);
    box.current?.scrollTo({ top: box.current.scrollHeight });
    sizes.current = measure();
  };
  const onScroll = () => {
    const element = box.current;
    // A hidden panel says nothing about the reader, and neither does a scroll that came from a change of sizes: the
    // observer below will deal with that.
    if (!element?.clientHeight || sizes.current !== measure()) return;
    follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    if (follows.current) setBehind(false);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when rows have been drawn.
  useLayoutEffect(() => {
    const key = rows.at(-1)?.key;
    const wrote = pendingCount > lastPending.current;
    const isNew = key !== lastKey.current;
    lastPending.current = pendingCount;
    lastKey.current = key;
    if (wrote || follows.current) toEnd();
    else if (isNew) setBehind(true);
  }, [rows]);

  // Pictures load late, the keyboard comes and goes: sizes change without a new row.
  // biome-ignore lint/correctness/useExhaustiveDependencies: toEnd only touches refs.
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (follows.current) toEnd();
      sizes.current = measure();
    });
    if (box.current) observer.observe(box.current);
    if (inner.current) observer.observe(inner.current);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of `shown` counts.
  useEffect(() => {
    if (shown && follows.current) toEnd();
  }, [shown]);

  return { box, inner, behind, toEnd, onScroll };
}
