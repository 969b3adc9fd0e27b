import { ActionIcon, Badge, Group, Tooltip } from "@mantine/core";
import { IconDownload, IconEye } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { fileUrl } from "@/api/download";
import type { May } from "@/api/rights";
import type { FileDoc } from "@/api/types";
import { t, tIn } from "@/i18n/text";
import { DropZone } from "@/parts/upload/DropZone";
import type { Target } from "@/parts/upload/queue";
import { UploadButton } from "@/parts/upload/UploadButton";
import { bytes, middleCut } from "@/ui/format";
import { LinkIcon } from "@/ui/LinkIcon";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { FULL_WINDOW, previewKind } from "@/viewers/preview/kinds";
import { Classes } from "./Classes";

interface FilesPanelProps {
  files: FileDoc[];
  may: May;
  /** The container they are in. */
  into: Target;
  title?: string;
}

/** The files of a container; more are added by a button or by dropping them here. */
export function FilesPanel({ files, may, into, title = t("Files") }: FilesPanelProps) {
  const target = may("files_create_single") ? into : null;
  return (
    <DropZone target={target}>
      <Panel title={title} flush aside={target ? <UploadButton target={target} /> : null}>
        {files.length === 0 ? (
          <Message title={t("No files here")}>{target ? t("Drop files or a folder here.") : null}</Message>
        ) : (
          <SimpleTable
            label={title}
            rows={files}
            rowKey={(file) => file.file_id}
            columns={[
              {
                head: t("Name"),
                cell: (file) => (
                  <Link to="/files/$f" params={{ f: file.file_id }} title={file.name}>
                    {middleCut(file.name, 40)}
                  </Link>
                ),
              },
              {
                head: t("Type"),
                cell: (file) => (
                  <>
                    {file.type}
                    {file.modality ? (
                      <Badge color="gray" size="sm" ml={6}>
                        {file.modality}
                      </Badge>
                    ) : null}
                  </>
                ),
              },
              { head: t("Classification"), cell: (file) => <Classes of={file.classification} /> },
              { head: t("Instances"), number: true, cell: (file) => file.zip_member_count },
              { head: t("Size"), number: true, cell: (file) => bytes(file.size) },
              {
                head: t("Actions"),
                quiet: true,
                cell: (file) => (
                  <Group gap={2} wrap="nowrap" justify="flex-end">
                    {FULL_WINDOW.has(previewKind(file)) && may("files_view_contents") ? (
                      <Tooltip label={tIn("verb", "View")}>
                        <LinkIcon
                          to="/viewer"
                          search={{ file: file.file_id }}
                          variant="subtle"
                          aria-label={t("View {name}", { name: file.name })}
                        >
                          <IconEye size={17} />
                        </LinkIcon>
                      </Tooltip>
                    ) : null}
                    {may("files_download") ? (
                      <Tooltip label={t("Download")}>
                        <ActionIcon
                          component="a"
                          href={fileUrl(file)}
                          download={file.name}
                          variant="subtle"
                          color="gray"
                          aria-label={t("Download {name}", { name: file.name })}
                        >
                          <IconDownload size={17} />
                        </ActionIcon>
                      </Tooltip>
                    ) : null}
                  </Group>
                ),
              },
            ]}
          />
        )}
      </Panel>
    </DropZone>
  );
}
