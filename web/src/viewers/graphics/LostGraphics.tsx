import { Button } from "@mantine/core";
import { t } from "@/i18n/text";
import { Message } from "@/ui/Message";
import classes from "./LostGraphics.module.css";

interface LostGraphicsProps {
  /** What becomes of what was done. */
  kept?: string;
  onReload: () => void;
}

/** Over the images while the browser has taken the graphics context away. */
export function LostGraphics({ kept, onReload }: LostGraphicsProps) {
  return (
    <div className={classes.over}>
      <Message
        title={t("The browser stopped drawing")}
        alert
        action={<Button onClick={onReload}>{t("Reload the images")}</Button>}
      >
        {t("The graphics processor was taken away from this page. The images come back when it does.")} {kept}
      </Message>
    </div>
  );
}
