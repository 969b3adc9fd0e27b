import { IconPlayerPlay } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import { LinkButton } from "@/ui/LinkButton";

/** Leads to the page that runs one gear on everything in a project or a collection. */
export function BatchLink(within: { project: string } | { collection: string }) {
  return (
    <LinkButton to="/batch/new" search={within} variant="default" leftSection={<IconPlayerPlay size={16} />}>
      {t("Run gear")}
    </LinkButton>
  );
}
