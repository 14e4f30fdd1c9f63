import { Alert, Button, Center, Group, Loader, Stack, Text } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { describe, isStatus } from "../api/problem";

export function Loading({ label = "Loading" }: { label?: string }) {
  return (
    <Center mih={120} role="status" aria-label={label}>
      <Loader size="sm" />
    </Center>
  );
}

interface EmptyProps {
  title: string;
  /** It stands for the whole page, and its title is the page's. */
  page?: boolean;
  children?: ReactNode;
  icon?: ReactNode;
}

/** A list with nothing in it: says what would be here and how it gets here. */
export function Empty({ title, page, children, icon }: EmptyProps) {
  return (
    <Center p="lg">
      <Stack gap={4} align="center" maw={360}>
        {icon}
        <Text fw={600} component={page ? "h1" : "p"} m={0}>
          {title}
        </Text>
        <Text size="sm" c="dimmed" ta="center" component="div">
          {children}
        </Text>
      </Stack>
    </Center>
  );
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, detail } = describe(error);
  return (
    <Alert color="red" icon={<IconAlertCircle />} title={title} role="alert" m="xs">
      <Group justify="space-between" align="end">
        <Text size="sm" style={{ whiteSpace: "pre-line" }}>
          {detail}
        </Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  );
}

interface AsyncProps<T> {
  query: Pick<UseQueryResult<T>, "data" | "error" | "isPending" | "refetch">;
  children: (data: NonNullable<T>) => ReactNode;
  /** Shown when the answer is empty: nothing, or a list without items. */
  empty?: ReactNode;
}

/** The three faces of every question to the server: waiting, failed, answered. */
export function Async<T>({ query, children, empty = null }: AsyncProps<T>) {
  const { data, error, isPending, refetch } = query;
  if (error && data === undefined && isStatus(error, 404)) return <>{empty}</>;
  if (error && data === undefined) return <Failed error={error} onRetry={() => void refetch()} />;
  if (isPending) return <Loading />;
  if (data === undefined || data === null || (Array.isArray(data) && data.length === 0)) return <>{empty}</>;
  return <>{children(data as NonNullable<T>)}</>;
}
