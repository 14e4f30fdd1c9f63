import { type ComponentProps, lazy, Suspense } from "react";
import { Loading } from "../ui/States";
import type { Canvas } from "./Canvas";

const Loaded = lazy(() => import("./Canvas").then((module) => ({ default: module.Canvas })));

/** The canvas, loaded when it is first shown: its library is larger than the rest of a page. */
export function LazyCanvas(props: ComponentProps<typeof Canvas>) {
  return (
    <Suspense fallback={<Loading label="Loading the canvas" />}>
      <Loaded {...props} />
    </Suspense>
  );
}
