import { ActionIcon, Button, CloseButton, Group, Progress, Text, VisuallyHidden } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconRefresh } from "@tabler/icons-react";
import { useEffect, useState } from "react";
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
  const said =
    open.length > 0
      ? `Uploading ${rows.length - open.length + 1} of ${rows.length}`
      : failed.length > 0
        ? `${failed.length} of ${rows.length} not uploaded`
        : `${rows.length} uploaded`;
  // Those that go on first: the end of a list of thousands would never be seen.
  const shown = [...failed, ...open, ...rows.filter((row) => row.state === "done")].slice(0, SHOWN);
  return (
    <section className={classes.tray} aria-label="Uploads">
      <Group justify="space-between" wrap="nowrap" className={classes.head}>
        <div>
          <Text fw={600} size="sm">
            {said}
          </Text>
          <Text size="xs" c="dimmed">
            {bytes(sent)} of {bytes(size)}
          </Text>
        </div>
        <Group gap={4} wrap="nowrap">
          {rows.length > open.length ? (
            <Button size="compact-sm" variant="subtle" onClick={clearEnded}>
              Clear
            </Button>
          ) : null}
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => setFolded(!folded)}
            aria-label={folded ? "Show uploads" : "Hide uploads"}
            aria-expanded={!folded}
          >
            {folded ? <IconChevronUp size={18} /> : <IconChevronDown size={18} />}
          </ActionIcon>
        </Group>
      </Group>
      <Progress value={share} size="xs" radius={0} aria-label="All uploads" />
      <VisuallyHidden role="status">
        {open.length > 0 ? `${said}, ${Math.floor(share / 10) * 10} percent` : said}
      </VisuallyHidden>
      {folded ? null : (
        <ul className={classes.list}>
          {shown.map((row) => (
            <TrayRow key={row.key} row={row} />
          ))}
          {rows.length > SHOWN ? <li className={classes.more}>and {rows.length - SHOWN} more</li> : null}
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
          aria-label={`Try ${row.name} again`}
        >
          <IconRefresh size={16} />
        </ActionIcon>
      ) : null}
      <CloseButton
        size="sm"
        onClick={() => dropUpload(row.key)}
        aria-label={row.state === "done" ? `Take ${row.name} off the list` : `Cancel ${row.name}`}
      />
    </li>
  );
}

function told(row: UploadRow): string {
  if (row.state === "waiting") return `${bytes(row.size)}, waiting`;
  if (row.state === "done") return `${bytes(row.size)}, done`;
  return `${bytes(row.sent)} of ${bytes(row.size)}`;
}
