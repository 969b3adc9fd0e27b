import { ActionIcon, Button, CloseButton, Group, Progress, Text, VisuallyHidden } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconRefresh } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { figure, t, tIn } from "@/i18n/text";
import { bytes } from "@/ui/format";
import { clearEnded, dropUpload, retryUpload, type UploadRow, useUploads } from "./queue";
import classes from "./Upload.module.css";

const SHOWN = 100;

/** What is being sent, on every page, until somebody takes it away. */
export function UploadTray() {
  const rows = useUploads();
  const [folded, setFolded] = useState(false);
  const open = rows.filter((row) => row.state === "waiting" || row.state === "running");
  const failed = rows.filter((row) => row.state === "failed");
  useEffect(() => {
    if (open.length === 0) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [open.length]);
  if (rows.length === 0) return null;
  const size = rows.reduce((sum, row) => sum + row.size, 0);
  const sent = rows.reduce((sum, row) => sum + row.sent, 0);
  const share = size > 0 ? Math.floor((100 * sent) / size) : 100;
  const total = figure(rows.length);
  const said =
    open.length > 0
      ? t("Uploading {number} of {total}", { number: figure(rows.length - open.length + 1), total })
      : failed.length > 0
        ? t("{failed} of {total} not uploaded", { failed: figure(failed.length), total })
        : t("{total} uploaded", { total });
  // Those that go on first: the end of a list of thousands would never be seen.
  const shown = [...failed, ...open, ...rows.filter((row) => row.state === "done")].slice(0, SHOWN);
  return (
    <section className={classes.tray} aria-label={t("Uploads")}>
      <Group justify="space-between" wrap="nowrap" className={classes.head}>
        <div>
          <Text fw={600} size="sm">
            {said}
          </Text>
          <Text size="xs" c="dimmed">
            {t("{sent} of {size}", { sent: bytes(sent), size: bytes(size) })}
          </Text>
        </div>
        <Group gap={4} wrap="nowrap">
          {rows.length > open.length ? (
            <Button size="compact-sm" variant="subtle" onClick={clearEnded}>
              {tIn("uploads", "Clear")}
            </Button>
          ) : null}
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => setFolded(!folded)}
            aria-label={folded ? t("Show uploads") : t("Hide uploads")}
            aria-expanded={!folded}
          >
            {folded ? <IconChevronUp size={18} /> : <IconChevronDown size={18} />}
          </ActionIcon>
        </Group>
      </Group>
      <Progress value={share} size="xs" radius={0} aria-label={t("All uploads")} />
      <VisuallyHidden role="status">
        {open.length > 0 ? t("{said}, {share} percent", { said, share: Math.floor(share / 10) * 10 }) : said}
      </VisuallyHidden>
      {folded ? null : (
        <ul className={classes.list}>
          {shown.map((row) => (
            <TrayRow key={row.key} row={row} />
          ))}
          {rows.length > SHOWN ? (
            <li className={classes.more}>{t("and {count} more", { count: figure(rows.length - SHOWN) })}</li>
          ) : null}
        </ul>
      )}
    </section>
  );
}

function TrayRow({ row }: { row: UploadRow }) {
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <div className={`${classes.name} cut`} title={row.name}>
          {row.name}
        </div>
        <div className={row.state === "failed" ? classes.bad : classes.dim} title={row.error ?? undefined}>
          {row.error ?? `${told(row)} · ${row.target.label}`}
        </div>
      </div>
      {row.state === "failed" ? (
        <ActionIcon
          variant="subtle"
          onClick={() => retryUpload(row.key)}
          aria-label={t("Try {name} again", { name: row.name })}
        >
          <IconRefresh size={16} />
        </ActionIcon>
      ) : null}
      <CloseButton
        size="sm"
        onClick={() => dropUpload(row.key)}
        aria-label={
          row.state === "done"
            ? t("Take {name} off the list", { name: row.name })
            : t("Cancel {name}", { name: row.name })
        }
      />
    </li>
  );
}

function told(row: UploadRow): string {
  const size = bytes(row.size);
  if (row.state === "waiting") return t("{size}, waiting", { size });
  if (row.state === "done") return t("{size}, done", { size });
  return t("{sent} of {size}", { sent: bytes(row.sent), size });
}
