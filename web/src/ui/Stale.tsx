import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import classes from "./Stale.module.css";

/** Above rows that could not be refreshed: they are those of before. */
export function Stale({ error, onRetry }: { error: Error | null; onRetry: () => void }) {
  return error ? (
    <div className={classes.bar} role="status">
      <IconAlertTriangle size={15} stroke={1.8} aria-hidden="true" />
      <span>Not up to date. {error.message}</span>
      <Button size="compact-xs" variant="subtle" onClick={onRetry}>
        Retry
      </Button>
    </div>
  ) : null;
}
