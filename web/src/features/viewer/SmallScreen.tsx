import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { t } from "@/i18n/text";
import { Message } from "@/ui/Message";

/** On a phone the viewer is offered, not forced: its tools need room. */
export function SmallScreen({ children }: { children: ReactNode }) {
  const small = useMediaQuery("(max-width: 640px)", false, { getInitialValueInEffect: false });
  const [anyway, setAnyway] = useState(false);
  if (!small || anyway) return children;
  return (
    <main>
      <Message
        title={t("The viewer likes a larger screen")}
        action={<Button onClick={() => setAnyway(true)}>{t("Show it here anyway")}</Button>}
      >
        {t(
          "Its tools and pictures need about the width of a laptop. Open the same address there, or have a quick look here.",
        )}
      </Message>
    </main>
  );
}
