import { IconSitemap } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import { LinkButton } from "@/ui/LinkButton";

interface LineageButtonProps {
  kind: "file" | "job" | "analysis";
  id: string;
  version?: number;
}

/** Leads to the picture of what this was made of, and what was made of it. */
export function LineageButton({ kind, id, version }: LineageButtonProps) {
  return (
    <LinkButton
      to="/provenance/$kind/$id"
      params={{ kind, id }}
      search={version === undefined ? {} : { version }}
      variant="default"
      leftSection={<IconSitemap size={16} />}
    >
      {t("Lineage")}
    </LinkButton>
  );
}
