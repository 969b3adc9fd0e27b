import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import type { FileDoc } from "@/api/types";
import { t } from "@/i18n/text";
import { Facts } from "@/ui/Facts";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";

const Form = lazy(async () => ({ default: (await import("./ClassificationForm")).ClassificationForm }));

/** What kind of image a file holds, in the words of its modality. */
export function ClassificationPanel({ file, mayEdit }: { file: FileDoc; mayEdit: boolean }) {
  const [editing, edit] = useDisclosure(false);
  const said = Object.entries(file.classification).filter(([, values]) => values.length > 0);
  return (
    <Panel
      title={t("Classification")}
      aside={
        mayEdit && !editing ? (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPencil size={14} />}
            onClick={edit.open}
          >
            {t("Edit")}
          </Button>
        ) : null
      }
    >
      {editing ? (
        <Suspense fallback={<Loading rows={3} />}>
          <Form file={file} onDone={edit.close} />
        </Suspense>
      ) : said.length === 0 && !file.modality ? (
        <span className="dim">{t("Not classified.")}</span>
      ) : (
        <Facts
          facts={[
            [t("Modality"), file.modality],
            ...said.map(([key, values]): [string, string] => [key, values.join(", ")]),
          ]}
        />
      )}
    </Panel>
  );
}
