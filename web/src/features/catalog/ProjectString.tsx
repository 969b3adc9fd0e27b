import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { IconQrcode } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { t } from "@/i18n/text";
import { Copyable } from "@/ui/Copyable";
import { routingString } from "@/ui/routingWords";

/** What to type at the scanner for this project, and the card to print. */
export function ProjectString({ id, group, label }: { id: string; group: string; label: string }) {
  return (
    <Group gap={2} wrap="nowrap" mt={4} miw={0}>
      <Copyable text={routingString(group, label)} label={t("routing string")} />
      <Tooltip label={t("Card for the scanner")}>
        <ActionIcon
          component={Link}
          to={`/projects/${id}/card`}
          variant="subtle"
          color="gray"
          aria-label={t("Card for the scanner")}
        >
          <IconQrcode size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
