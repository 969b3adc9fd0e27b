import { IconMapOff } from "@tabler/icons-react";
import { useEffect } from "react";
import { t } from "@/i18n/text";
import { LinkButton } from "@/ui/LinkButton";
import { Message } from "@/ui/Message";

/** Shown for every address the app does not know. */
export function NotFound() {
  useEffect(() => {
    document.title = `${t("Page not found")} · Treadle`;
  }, []);
  return (
    <main>
      <Message
        title={t("Page not found")}
        icon={<IconMapOff size={28} stroke={1.5} />}
        action={
          <LinkButton to="/" variant="default">
            {t("Go home")}
          </LinkButton>
        }
      >
        {t("There is nothing at this address. The link may be old or mistyped.")}
      </Message>
    </main>
  );
}
