import { Text, type TextProps } from "@mantine/core";
import { dateTime, relative } from "./format";
import { useNow } from "./useNow";

/** A moment as its distance from now, with the full date on hover; at is in Unix seconds. */
export function Ago({ at, ...props }: { at: number } & TextProps) {
  return (
    <Text component="time" dateTime={new Date(at * 1000).toISOString()} title={dateTime(at)} span {...props}>
      {relative(at, useNow())}
    </Text>
  );
}
