import { Alert, Button, Group, SimpleGrid, Stack } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { t } from "@/i18n/text";

/** The way in when the telephone is lost; shown this once. */
export function RecoveryCodes({
  codes,
  done,
  onDone,
}: {
  codes: string[];
  done: string;
  onDone: () => void;
}) {
  return (
    <Stack gap="md">
      <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} p="xs">
        {t(
          "Keep these recovery codes somewhere safe. Each opens your account once when the app is lost. They are not shown again.",
        )}
      </Alert>
      <SimpleGrid
        cols={{ base: 1, xs: 2 }}
        spacing={4}
        component="ul"
        m={0}
        p={0}
        aria-label={t("Recovery codes")}
      >
        {codes.map((code) => (
          <li key={code} className="mono" style={{ listStyle: "none" }}>
            {code}
          </li>
        ))}
      </SimpleGrid>
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={() => void navigator.clipboard?.writeText(codes.join("\n"))}>
          {t("Copy all")}
        </Button>
        <Button onClick={onDone}>{done}</Button>
      </Group>
    </Stack>
  );
}
