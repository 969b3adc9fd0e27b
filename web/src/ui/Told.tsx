import { Text } from "@mantine/core";

/** Why something was refused, where it was tried. */
export function Told({ error }: { error: Error }) {
  return (
    <Text size="sm" c="red" mt="sm" role="alert">
      {error.message}
    </Text>
  );
}
