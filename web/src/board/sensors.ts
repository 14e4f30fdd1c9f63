import {
  KeyboardCode,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";

/** A mouse drags after a few pixels, a finger after holding still (so that it can scroll), a keyboard by Space. */
export function useBoardSensors() {
  return useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: byColumn,
      // Enter stays what it is on a link: it opens the lead.
      keyboardCodes: {
        start: [KeyboardCode.Space],
        cancel: [KeyboardCode.Esc],
        end: [KeyboardCode.Space, KeyboardCode.Enter],
      },
    }),
  );
}

/** Left and right go from stage to stage, in the order in which they stand on the screen. */
const byColumn: KeyboardCoordinateGetter = (event, { context }) => {
  const step = event.code === KeyboardCode.Right ? 1 : event.code === KeyboardCode.Left ? -1 : 0;
  const card = context.collisionRect;
  if (!step || !card) return undefined;
  event.preventDefault();
  const columns = [...context.droppableRects.entries()].sort(([, a], [, b]) => a.left - b.left);
  const middle = card.left + card.width / 2;
  const here = columns.findIndex(([, rect]) => middle >= rect.left && middle <= rect.right);
  const [id, target] = columns[Math.min(Math.max(here + step, 0), columns.length - 1)] ?? [];
  if (id === undefined || !target) return undefined;
  context.droppableContainers.get(id)?.node.current?.scrollIntoView({ inline: "nearest", block: "nearest" });
  return { x: target.left + (target.width - card.width) / 2, y: target.top + 60 };
};
