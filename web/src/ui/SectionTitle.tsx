import { Group, Text } from "@mantine/core";

export function SectionTitle({ children, count }: { children: string; count?: number }) {
  return (
    <Group gap={6}>
      <Text component="h2" fw={650} size="sm">
        {children}
      </Text>
      {count ? (
        <Text size="xs" c="dimmed">
          {count}
        </Text>
      ) : null}
    </Group>
  );
}
