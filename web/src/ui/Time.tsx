import { Text, type TextProps, Tooltip } from "@mantine/core";
import { dateTime, relative } from "./format";
import { useNow } from "./useNow";

/** A moment as its distance from now, with the full date on hover; at is in Unix seconds. */
export function Ago({ at, ...props }: { at: number } & TextProps) {
  const now = useNow();
  return (
    <Tooltip label={dateTime(at)} openDelay={400}>
      <Text component="time" dateTime={new Date(at * 1000).toISOString()} span {...props}>
        {relative(at, now)}
      </Text>
    </Tooltip>
  );
}
