import { Group, Text, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { describe } from "../api/problem";
import type { LintIssue } from "../api/types";
import classes from "./Bot.module.css";

interface Props {
  issues: LintIssue[];
  /** Why the text can't be read at all. */
  problem: string | undefined;
  /** Why the linter could not be asked. */
  error: unknown;
  onJump: (issue: LintIssue) => void;
}

/** What lint found; a click leads to the place. */
export function Issues({ issues, problem, error, onJump }: Props) {
  const failure = problem ?? (error ? describe(error).detail : undefined);
  const errors = issues.filter((issue) => issue.level === "error").length;
  return (
    <section className={classes.issues} aria-label="Problems" aria-live="polite">
      {failure ? (
        <Text size="sm" c="red" p="xs">
          {failure}
        </Text>
      ) : (
        <Counts errors={errors} warnings={issues.length - errors} />
      )}
      {!problem &&
        issues.map((issue) => (
          <UnstyledButton
            key={`${issue.code} ${issue.step} ${issue.path} ${issue.message}`}
            className={classes.issue}
            onClick={() => onJump(issue)}
          >
            {issue.level === "error" ? (
              <IconCircleX size={16} color="var(--mantine-color-error)" role="img" aria-label="Error" />
            ) : (
              <IconAlertTriangle
                size={16}
                color="var(--mantine-color-orange-text)"
                role="img"
                aria-label="Warning"
              />
            )}
            <span>
              {issue.step && <b>{issue.step}: </b>}
              {issue.message}{" "}
              {issue.fix && (
                <Text span size="sm" c="dimmed">
                  {issue.fix}
                </Text>
              )}
            </span>
          </UnstyledButton>
        ))}
    </section>
  );
}

function Counts({ errors, warnings }: { errors: number; warnings: number }) {
  if (errors + warnings === 0)
    return (
      <Group gap={6} px="sm" py={6} c="teal">
        <IconCircleCheck size={16} />
        <Text size="sm">No problems found</Text>
      </Group>
    );
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  return (
    <Text size="sm" px="sm" pt={6} fw={600}>
      {count(errors, "error")}, {count(warnings, "warning")}
    </Text>
  );
}
