import { Badge, Tooltip } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Acquisition, Page } from "@/api/types";
import { t, tIn } from "@/i18n/text";
import { bytes, dateTime, middleCut } from "@/ui/format";
import { LinkIcon } from "@/ui/LinkIcon";
import { ListPanel } from "@/ui/ListPanel";
import { Message } from "@/ui/Message";
import { Classes } from "./Classes";

const first = (row: Acquisition) => row.files?.find((file) => file.type === "dicom");
const instances = (row: Acquisition) =>
  row.files?.reduce((sum, file) => sum + (file.type === "dicom" ? (file.zip_member_count ?? 1) : 0), 0) || "";

/** A session's acquisitions, in the order they were scanned. */
export function AcquisitionsTable({
  found,
  mayView,
}: {
  found: UseQueryResult<Page<Acquisition>>;
  mayView: boolean;
}) {
  const rows = found.data?.results ?? [];
  return (
    <ListPanel
      title={t("Acquisitions")}
      what={t("acquisition list")}
      found={found}
      rows={found.data ? rows : undefined}
      empty={<Message title={t("No acquisitions yet")} />}
      rowKey={(row) => row._id}
      columns={[
        {
          head: t("Acquisition"),
          cell: (row) => (
            <Link to="/acquisitions/$a" params={{ a: row._id }} title={row.label}>
              {middleCut(row.label || t("untitled"), 48)}
            </Link>
          ),
        },
        {
          head: t("Modality"),
          cell: (row) =>
            first(row)?.modality ? (
              <Badge color="gray" size="sm">
                {first(row)?.modality}
              </Badge>
            ) : null,
        },
        { head: t("Classification"), cell: (row) => <Classes of={first(row)?.classification ?? {}} /> },
        { head: t("Instances"), number: true, cell: instances },
        {
          head: t("Size"),
          number: true,
          cell: (row) => bytes(row.files?.reduce((sum, file) => sum + file.size, 0) ?? 0),
        },
        {
          head: t("Time"),
          cell: (row) => <span title={dateTime(row.timestamp)}>{dateTime(row.timestamp).slice(11)}</span>,
        },
        {
          head: tIn("verb", "View"),
          quiet: true,
          cell: (row) => {
            const file = first(row);
            return file && mayView ? (
              <Tooltip label={tIn("verb", "View")}>
                <LinkIcon
                  to="/viewer"
                  search={{ session: row.session, series: file.file_id }}
                  variant="subtle"
                  aria-label={t("View {label}", { label: row.label })}
                >
                  <IconEye size={17} />
                </LinkIcon>
              </Tooltip>
            ) : null;
          },
        },
      ]}
    />
  );
}
