import { Text } from "@mantine/core";
import { figure, t } from "@/i18n/text";
import { Copyable } from "@/ui/Copyable";
import { ago, dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import type { Held } from "./figures";
import classes from "./HeldPanel.module.css";

/** Series the server would not take: why, since when, and what to type to try again. */
export function HeldPanel({ held, total }: { held: Held[]; total: number }) {
  if (held.length === 0) return null;
  return (
    <Panel
      title={t("Held series")}
      aside={
        <Text size="sm" c="dimmed">
          {total > held.length
            ? t("the latest {shown} of {total}", { shown: figure(held.length), total: figure(total) })
            : null}
        </Text>
      }
    >
      <ul className={classes.list}>
        {held.map((one) => (
          <li key={one.id}>
            <div className={classes.head}>
              <b>{one.device}</b>
              {one.since ? (
                <span title={dateTime(one.since)}>{ago(one.since)}</span>
              ) : (
                t("tried again by itself")
              )}
              <span className="mono">{one.id}</span>
            </div>
            <div className={classes.reason}>{one.reason}</div>
            <div className={classes.retry}>
              {t("To try again, on the connector’s machine:")}
              <Copyable text={one.retry} label={t("command for series {id}", { id: one.id })} />
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
