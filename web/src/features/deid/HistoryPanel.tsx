import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { type Place, type Version, versionQuery, versionsQuery } from "./deid";

const CodeDiff = lazy(() => import("@/viewers/code/CodeDiff").then((found) => ({ default: found.CodeDiff })));

const by = ({ origin }: Version) => origin.id ?? origin.type ?? "the system";

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
    <Panel title="Versions" flush>
      <SimpleTable
        label="Versions"
        rows={versions}
        rowKey={(row) => String(row.version)}
        columns={[
          { head: "Version", cell: (row) => row.version },
          { head: "Saved", cell: (row) => <span title={`by ${by(row)}`}>{dateTime(row.created)}</span> },
          {
            head: "Compare",
            quiet: true,
            cell: (row) =>
              row.removed ? (
                <span className="dim">taken away</span>
              ) : (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  aria-label={`Compare version ${row.version}`}
                  onClick={() => setShown(row.version)}
                >
                  Compare
                </Button>
              ),
          },
        ]}
      />
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={`Version ${shown ?? ""}${known ? `, saved by ${by(known)},` : ""} and the editor`}
        size="xl"
      >
        {known && known.version === shown ? (
          <Suspense fallback={<Loading rows={6} />}>
            <CodeDiff label="Differences" before={known.text ?? ""} after={text} />
            {mayEdit ? (
              <Button
                mt="md"
                variant="default"
                onClick={() => {
                  onTake(known.text ?? "");
                  setShown(null);
                }}
              >
                Put version {known.version} into the editor
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
