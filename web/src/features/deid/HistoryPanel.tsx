import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { t, tIn } from "@/i18n/text";
import { dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { type Place, type Version, versionQuery, versionsQuery } from "./deid";

const CodeDiff = lazy(() => import("@/viewers/code/CodeDiff").then((found) => ({ default: found.CodeDiff })));

const by = ({ origin }: Version) => origin.id ?? origin.type ?? tIn("saved by", "the system");

interface HistoryPanelProps {
  place: Place;
  /** The text in the editor, against which a version is compared. */
  text: string;
  mayEdit: boolean;
  onTake: (text: string) => void;
}

/** Every version of the place's profile; each can be compared with what is in the editor and taken back. */
export function HistoryPanel({ place, text, mayEdit, onTake }: HistoryPanelProps) {
  const versions = useQuery(versionsQuery(place)).data ?? [];
  const [shown, setShown] = useState<number | null>(null);
  const known = useQuery({ ...versionQuery(place, shown ?? 0), enabled: shown !== null }).data;
  if (versions.length === 0) return null;
  return (
    <Panel title={t("Versions")} flush>
      <SimpleTable
        label={t("Versions")}
        rows={versions}
        rowKey={(row) => String(row.version)}
        columns={[
          { head: t("Version"), cell: (row) => row.version },
          {
            head: t("Saved"),
            cell: (row) => <span title={t("by {name}", { name: by(row) })}>{dateTime(row.created)}</span>,
          },
          {
            head: t("Compare"),
            quiet: true,
            cell: (row) =>
              row.removed ? (
                <span className="dim">{t("taken away")}</span>
              ) : (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  aria-label={t("Compare version {version}", { version: row.version })}
                  onClick={() => setShown(row.version)}
                >
                  {t("Compare")}
                </Button>
              ),
          },
        ]}
      />
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={
          known
            ? t("Version {version}, saved by {name}, and the editor", {
                version: shown ?? "",
                name: by(known),
              })
            : t("Version {version} and the editor", { version: shown ?? "" })
        }
        size="xl"
      >
        {known && known.version === shown ? (
          <Suspense fallback={<Loading rows={6} />}>
            <CodeDiff label={t("Differences")} before={known.text ?? ""} after={text} />
            {mayEdit ? (
              <Button
                mt="md"
                variant="default"
                onClick={() => {
                  onTake(known.text ?? "");
                  setShown(null);
                }}
              >
                {t("Put version {version} into the editor", { version: known.version })}
              </Button>
            ) : null}
          </Suspense>
        ) : (
          <Loading rows={6} />
        )}
      </Modal>
    </Panel>
  );
}
