import { Badge } from "@mantine/core";

const colors: Record<string, string> = {
  starting: "blue",
  running: "blue",
  waiting: "cyan",
  paused: "yellow",
  finished: "teal",
  stopped: "gray",
  replaced: "gray",
  refused: "orange",
  failed: "red",
};

const alive = new Set(["starting", "running", "waiting", "paused"]);

/** Whether a run in this state may still move. */
export const isAlive = (status: string) => alive.has(status);

export function RunStatus({ status }: { status: string }) {
  return (
    <Badge color={colors[status] ?? "gray"} variant="light" size="sm">
      {status}
    </Badge>
  );
}
