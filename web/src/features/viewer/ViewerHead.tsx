import { ActionIcon, Text, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconDownload } from "@tabler/icons-react";
import { fileUrl } from "@/api/download";
import { t } from "@/i18n/text";
import { LinkIcon } from "@/ui/LinkIcon";
import { Logo } from "@/ui/Logo";
import type { Series } from "./useSeries";
import classes from "./ViewerHead.module.css";

interface ViewerHeadProps {
  labels: string[];
  back: string;
  file: Series | undefined;
}

/** Way back, what is viewed, and its download. */
export function ViewerHead({ labels, back, file }: ViewerHeadProps) {
  return (
    <header className={classes.head}>
      <Tooltip label={t("Back")}>
        <LinkIcon to={back} variant="subtle" color="gray" size={34} aria-label={t("Leave the viewer")}>
          <IconArrowLeft size={20} stroke={1.6} />
        </LinkIcon>
      </Tooltip>
      <Logo size={22} />
      <Text component="h1" size="sm" className="cut" title={labels.join(" / ")}>
        <span className={classes.above}>{[...labels, ""].join(" / ")}</span>
        <b>{file?.label}</b>
      </Text>
      {file ? (
        <Tooltip label={t("Download this series")}>
          <ActionIcon
            component="a"
            href={fileUrl(file.file, { version: file.version })}
            download={file.file.name}
            variant="subtle"
            color="gray"
            size={34}
            ml="auto"
            aria-label={t("Download this series")}
          >
            <IconDownload size={19} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      ) : null}
    </header>
  );
}
