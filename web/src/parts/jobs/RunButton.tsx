import { IconPlayerPlay } from "@tabler/icons-react";
import type { May } from "@/api/rights";
import { t } from "@/i18n/text";
import { LinkButton } from "@/ui/LinkButton";
import { mayRunAny } from "./rights";

/** Leads to the page that starts a gear for this container, perhaps on one of its files. */
export function RunButton({ target, file, may }: { target: string; file?: string; may: May }) {
  if (!mayRunAny(may)) return null;
  return (
    <LinkButton
      to="/run"
      search={{ target, ...(file ? { file } : {}) }}
      variant="default"
      leftSection={<IconPlayerPlay size={16} />}
    >
      {t("Run gear")}
    </LinkButton>
  );
}
