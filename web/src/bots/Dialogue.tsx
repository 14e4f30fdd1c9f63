import { Badge, Group, Text, VisuallyHidden } from "@mantine/core";
import type { Sample } from "../api/types";
import classes from "./Dialogue.module.css";

/** What a client and a bot say to each other. */
export function Dialogue({ lines }: { lines: Sample["dialogue"] & object }) {
  return (
    <ol className={classes.lines}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines never change, and the same may be said twice
        <li key={index} className={classes.line} data-from={line.from}>
          <VisuallyHidden>{line.from === "bot" ? "The bot: " : "The client: "}</VisuallyHidden>
          <Text size="sm" span>
            {line.text}
          </Text>
          {line.buttons && line.buttons.length > 0 && (
            <Group gap={4} mt={4}>
              {line.buttons.map((button) => (
                <Badge key={button} variant="outline" tt="none">
                  {button}
                </Badge>
              ))}
            </Group>
          )}
        </li>
      ))}
    </ol>
  );
}
