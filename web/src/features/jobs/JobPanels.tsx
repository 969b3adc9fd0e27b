import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { JobDetail } from "@/api/jobs";
import type { Json } from "@/api/types";
import { t } from "@/i18n/text";
import { bytes } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";

interface FilesOfJobProps {
  title: string;
  /** Of the column that says what a file was taken as. */
  head: string;
  files: (JobDetail["outputs"][number] & { as: string })[];
  /** Said when there are none. */
  children: ReactNode;
}

/** The exact versions of files that a run read or made. */
export function FilesOfJob({ title, head, files, children }: FilesOfJobProps) {
  return (
    <Panel title={title} flush>
      {files.length === 0 ? (
        <Text c="dimmed" size="sm" p="md">
          {children}
        </Text>
      ) : (
        <SimpleTable
          label={title}
          rows={files}
          rowKey={({ as, ref }) => `${as}/${ref.file_id}/${ref.version}`}
          columns={[
            { head, cell: ({ as }) => as },
            {
              head: t("File"),
              cell: ({ ref, object }) =>
                object ? (
                  <Link to="/files/$f" params={{ f: ref.file_id }} search={{ version: ref.version }}>
                    {ref.name}
                  </Link>
                ) : (
                  t("{name} (deleted, or not to be seen by you)", { name: ref.name })
                ),
            },
            { head: t("Version"), number: true, cell: ({ ref }) => ref.version },
            { head: t("Size"), number: true, cell: ({ object }) => (object ? bytes(object.size) : "") },
          ]}
        />
      )}
    </Panel>
  );
}

const shown = (value: Json) => (typeof value === "string" ? value : JSON.stringify(value));

/** What the run was set to, defaults included. */
export function ConfigPanel({ config }: { config: Record<string, Json> }) {
  const rows = Object.entries(config);
  if (rows.length === 0) return null;
  return (
    <Panel title={t("Configuration")} flush>
      <SimpleTable
        label={t("Configuration")}
        rows={rows}
        rowKey={([name]) => name}
        columns={[
          { head: t("Option"), cell: ([name]) => name },
          { head: t("Value"), cell: ([, value]) => <span className="mono">{shown(value)}</span> },
        ]}
      />
    </Panel>
  );
}
