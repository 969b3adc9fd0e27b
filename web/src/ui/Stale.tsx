import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import classes from "./Stale.module.css";

/** Above rows that could not be refreshed: they are those of before. */
export function Stale({ error, onRetry }: { error: Error | null; onRetry: () => void }) {
  return error ? (
    <div className={classes.bar} role="status">
      <IconAlertTriangle size={15} stroke={1.8} aria-hidden="true" />
      <span>{t("Not up to date. {message}", { message: error.message })}</span>
      <Button size="compact-xs" variant="subtle" onClick={onRetry}>
        {t("Retry")}
      </Button>
    </div>
  ) : null;
}
