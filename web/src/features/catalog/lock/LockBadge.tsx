import { Badge } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import type { Project } from "@/api/types";
import { t } from "@/i18n/text";
import { lockReason } from "./lockWords";

/** That a project is locked; the tooltip says why. */
export function LockBadge({ locked }: { locked: Project["locked"] }) {
  return locked ? (
    <Badge
      color="yellow"
      size="sm"
      tt="none"
      fw={500}
      leftSection={<IconLock size={12} aria-hidden="true" />}
      title={lockReason(locked.reason)}
    >
      {t("Locked")}
    </Badge>
  ) : null;
}
